# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OSPPREARM.EXE of Office 2013 and later: what it changes, and how often it can.

Source: Microsoft's "Rearm a volume licensed version of Office that's included in an operating system image". It resets
the client machine ID, which the service makes anew when it is asked next: each clone of an image makes its own. The
texts of failures and the exit codes are not documented; these are assumed. That the grace timer stands still until
Office or ospp.vbs runs is not simulated.
"""

from __future__ import annotations

from .licensing import ACCESS_DENIED, Licensing, Record, is_kms_client, is_office
from .machine import View
from .program_base import NotSimulatedError, Output
from .world_activator import OOB_GRACE

KIND = "ospprearm.exe"
NONE_LEFT = 0xC004D307
_NO_OFFICE_LICENCE = 0xC004F012


def ospprearm(view: View, arguments: list[str]) -> Output:
    """Rearm all of Office."""
    if arguments:
        raise NotSimulatedError(f"OSPPREARM.EXE {' '.join(arguments)}")
    if not view.elevated:
        return _failure(0x80070000 | ACCESS_DENIED)
    licences = [product for product in view.licensing.products if is_office(product)]
    if not licences:
        return _failure(_NO_OFFICE_LICENCE)
    left = min(int(product.get("RemainingAppReArmCount") or 0) for product in licences)
    if left < 1:
        return _failure(NONE_LEFT)
    _rearm(view.licensing, licences, left - 1)
    return Output("Microsoft Office rearm successful.\r\n")


def _rearm(licensing: Licensing, licences: list[Record], left: int) -> None:
    licensing.service.pop("ClientMachineID", None)
    for product in licences:
        product["RemainingAppReArmCount"] = str(left)
        if is_kms_client(product) and product.get("PartialProductKey"):
            product |= {"LicenseStatus": "2", "LicenseStatusReason": "4004F00C"}
            product["GracePeriodRemaining"] = str(OOB_GRACE)


def _failure(code: int) -> Output:
    hint = f"run 'slui.exe 0x2a 0x{code:08x}' to display the error text."
    return Output(stderr=f"Error: 0x{code:08x} On a computer running Microsoft Windows, {hint}\r\n", exit_code=1)
