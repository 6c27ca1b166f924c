# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes and remedies of error codes, in the words of Windows' own activation; the catalogue speaks of Office."""

from __future__ import annotations

import dataclasses
import re

from ansible_collections.officefleet.activation.plugins.module_utils import error_codes_remedies as remedies
from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import (
    ErrorEntry,
    lookup,
    parse_code,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Kind, Operation
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import CODE_NOT_TOLD
from ansible_collections.officefleet.activation.plugins.module_utils.outcomes import Failure

_BY_TELEPHONE = (
    "Activate Windows by telephone: slui.exe 4 on the host shows the numbers, and slmgr.vbs /atp deposits the"
    " confirmation ID."
)
_OTHER_KEY = "Give windows_activation the key that your agreement lists for this Windows edition and version."
_TOO_FEW = (
    "Activate again after more computers with Windows have asked the KMS host. Clones that share a client machine ID"
    " (CMID) count once: run sysprep /generalize on their image."
)
#: Where the catalogue means Office, by code: cause and remedy.
_OF_WINDOWS = {
    0xC004F038: (
        "The KMS host counts too few computers so far; it activates Windows clients from 25 on, servers from 5 on.",
        _TOO_FEW,
    ),
    0xC004F042: (
        "The KMS host answers, but has no key that serves this version of Windows.",
        "Install the KMS host key of this or a later Windows version on the KMS host (kms_host, product: windows), or"
        " name another host in windows_activation kms_host.",
    ),
    0xC004F050: ("The key is no valid key of Windows.", _OTHER_KEY),
    0xC004F069: ("The key belongs to another edition or version of Windows.", _OTHER_KEY),
}
_REMEDIES = {
    remedies.TELEPHONE: _BY_TELEPHONE,
    remedies.READ_IDS_AGAIN: _BY_TELEPHONE,
    remedies.CHECK_KEY: _OTHER_KEY,
    remedies.REPLACE_KEY: _OTHER_KEY,
    remedies.KEY_OF_PRODUCT: _OTHER_KEY,
    remedies.WINDOWS_KEY: _OTHER_KEY,
    remedies.MORE_ACTIVATIONS: "Ask volume licensing for more activations of this MAK (Volume Licensing Service"
    " Center), or use windows_activation with method: kms.",
    remedies.REPAIR_OFFICE: "Install the licence files of Windows anew with slmgr.vbs /rilc, restart the computer, then"
    " activate again.",
}
_MODULES = (("ospp_info", "windows_activation_info"), (r"ospp_\w+", "windows_activation"))
_PLAIN = {
    Kind.INSTALL_KEY: "install the product key of Windows",
    Kind.SET_KMS_HOST: "set the KMS host of Windows",
    Kind.CLEAR_KMS_HOST: "remove the registered KMS host of Windows",
    Kind.SET_ACTIVATION_TYPE: "set the activation type of Windows",
}
_UNTOLD = (
    "The script reports no success and no error code.",
    "Run 'cscript slmgr.vbs /ato' on the host and look at its Application event log.",
)
_SET_BACK = (
    "The script reports success, but what was read back is still the old state.",
    "Look for a policy that sets it back, and run again.",
)


def explain_on_windows(code: str) -> ErrorEntry:
    """The entry of an error code, in the words of Windows. Raises ValueError for what is no code."""
    entry = lookup(parse_code(code))
    if entry.code in _OF_WINDOWS:
        cause, remedy = _OF_WINDOWS[entry.code]
        return dataclasses.replace(entry, cause=cause, remedy=remedy)
    remedy = _REMEDIES.get(entry.remedy, entry.remedy)
    for ours, theirs in _MODULES:
        remedy = re.sub(ours, theirs, remedy)
    return dataclasses.replace(entry, remedy=remedy)


def failure_of(operation: Operation, code: str | None) -> Failure:
    """Why a key or setting had no effect. ``code``: of its step, None where that shows no error."""
    shown = None if code == CODE_NOT_TOLD else code
    cause, remedy = _UNTOLD if code == CODE_NOT_TOLD else _SET_BACK
    if shown is not None:
        entry = explain_on_windows(shown)
        cause, remedy = entry.cause, entry.remedy
    return Failure(operation.target or None, f"Could not {_PLAIN[Kind(operation.kind)]}: {cause}", remedy, shown)


def explain_activation(code: str | None) -> tuple[str | None, str, str, bool]:
    """Code, cause, remedy and whether a retry can help, of an activation that gave no licence."""
    if code in (None, CODE_NOT_TOLD):
        return None, *_UNTOLD, False
    entry = explain_on_windows(code or "")
    return code, entry.cause, entry.remedy, entry.retryable
