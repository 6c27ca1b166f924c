# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a host before anything is changed: each with its cause and the next step.

The cause names no host, product or path, so that a summary can group hosts by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import lookup, parse_code
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_text import HEADER, Listing
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import SERVICES_KEY, Registry
from ansible_collections.officefleet.activation.plugins.module_utils.status import Status

_DISABLED = 4


@dataclass(frozen=True)
class Problem:
    """A fact about a host that stops the work. ``fatal`` is False where what was read can still be used."""

    cause: str
    remedy: str
    code: str | None = None
    fatal: bool = True

    @property
    def message(self) -> str:
        """Cause, code and remedy in one line for a job log."""
        return " ".join(filter(None, [self.cause, f"({self.code})" if self.code else "", self.remedy]))


class HasText(Protocol):
    """A section of an output."""

    @property
    def text(self) -> str:
        """Its lines."""


NO_ANSWER = Problem(
    "The host did not run the command line of this collection as Windows does.",
    "Check that the host is Windows 7 / Server 2008 R2 or later and that cmd.exe runs for this account.",
)
CUT_OFF = Problem(
    "The answer of the host was cut off before its end.",
    "Run again; if it happens again, look for a proxy or a WinRM limit (MaxMemoryPerShellMB) on the way.",
)
NO_OFFICE = Problem(
    "No Office is installed: OSPP.VBS was found in none of the Office14, Office15 and Office16 folders.",
    "Install a volume edition of Office, or take the host out of the group.",
)
SCRIPT_MISSING = Problem(
    "The Microsoft Office folder exists, but the activation script OSPP.VBS is missing.",
    "Repair the Office installation; a subscription-only or viewer installation has no volume activation.",
)
NO_VBSCRIPT = Problem(
    "The VBScript engine is not installed, so that no activation script can run.",
    "Add the Windows feature on demand VBSCRIPT (DISM /Online /Add-Capability /CapabilityName:VBSCRIPT~~~~).",
)
SCRIPT_HUNG = Problem(
    "The activation script opened a message box or hung and was ended by its time limit.",
    "Run 'cscript ospp.vbs /dstatus' on the host's desktop and read the message; often WMI is damaged (winmgmt).",
)
GARBLED = Problem(
    "The activation script printed something that is not a licence listing.",
    "Run 'cscript ospp.vbs /dstatus' on the host; a replaced or damaged OSPP.VBS needs an Office repair.",
)
DAMAGED = Problem(
    "The answer of the host came damaged: lines of the licence listing hold characters that no script prints.",
    "Run again; if it happens again, look for what changes the output on its way, or repair Office.",
)
ENDED_EARLY = Problem(
    "The licence listing ended early; products that it does not show may exist.",
    "Bring the products that are listed with an error to a licensed state, then run again.",
    fatal=False,
)


def service_problem(service: str, start: int | None) -> Problem:
    """The licensing service is absent (``start`` None) or disabled."""
    if start is None:
        return Problem(
            f"The licensing service {service} does not exist.",
            "Repair Windows (sppsvc) or Office (osppsvc); activation is impossible without the service.",
        )
    return Problem(
        f"The licensing service {service} is disabled.",
        f"Set its start type back to automatic or manual: sc.exe config {service} start= demand.",
        code="0x80070422",
    )


def find_problem(
    sections: Mapping[str, HasText], status: Status, listing: Listing | None, registry: Registry
) -> Problem | None:
    """The most telling reason why a host can't be judged or worked on; None when all is well."""
    if status.os_version is None and "end" not in sections:
        return NO_ANSWER if not sections else CUT_OFF
    if "ospp" not in sections:
        return _nothing_found(sections)
    if status.licences and listing is not None and listing.complete:
        return None if "end" in sections else CUT_OFF
    if "end" not in sections and "vbscript" in sections:
        return CUT_OFF
    return _listing_problem(sections, status, listing, registry)


def _nothing_found(sections: Mapping[str, HasText]) -> Problem:
    if "end" not in sections:
        return CUT_OFF
    return SCRIPT_MISSING if "folder" in sections else NO_OFFICE


def _listing_problem(
    sections: Mapping[str, HasText], status: Status, listing: Listing | None, registry: Registry
) -> Problem | None:
    if "vbscript" not in sections:
        return NO_VBSCRIPT
    windows7 = (status.os_version or "").startswith("6.1.")
    service = "osppsvc" if windows7 or status.script_version == 14 else "sppsvc"
    start = registry.number(f"{SERVICES_KEY}\\{service}", "Start")
    if (start is None or start == _DISABLED) and not (listing and listing.complete):
        return service_problem(service, start)
    if listing is not None and listing.error:
        entry = lookup(parse_code(listing.error))
        return Problem(entry.cause, entry.remedy, code=listing.error)
    return problem_of_listing(sections["ospp"].text, listing)


def problem_of_listing(text: str, listing: Listing | None) -> Problem | None:
    """Why a listing does not show everything; None when it does."""
    if listing is None:
        return SCRIPT_HUNG if HEADER not in text and not text.strip() else GARBLED
    if listing.damaged:
        return DAMAGED
    if not listing.finished:
        return SCRIPT_HUNG
    return None if listing.complete else ENDED_EARLY
