# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grammar of slmgr.vbs for clients: /ato ID, /atp CID ID, /dti ID and /dlv ID, run from an English copy.

slmgr.vbs exits 0 for "not found" and for warnings; only its text tells (reference/slmgr.md, transcripts 81
to 121).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import (
    format_code,
    parse_code,
)
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import CODE_NOT_TOLD
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_text import (
    DAMAGE,
    normal_lines,
    split_host_port,
)
from ansible_collections.officefleet.activation.plugins.module_utils.products import channel_of, office_version
from ansible_collections.officefleet.activation.plugins.module_utils.status import State

_ERROR = re.compile(r"Error:? (0x[0-9A-Fa-f]{1,8}|[0-9]{1,10})\b.*")
_MINUTES = re.compile(r"([0-9]{1,10}) minute")
_STATES = {
    "Unlicensed": State.UNLICENSED,
    "Licensed": State.LICENSED,
    "Initial grace period": State.OOB_GRACE,
    "Additional grace period (KMS license expired or hardware out of tolerance)": State.OOT_GRACE,
    "Non-genuine grace period.": State.NON_GENUINE_GRACE,
    "Notification": State.NOTIFICATION,
    "Extended grace period": State.EXTENDED_GRACE,
}


class SlmgrTextError(ValueError):
    """The text is not what slmgr.vbs prints for this command. ``code``: with which it failed, where it says so."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class SlmgrResult:
    """What a command said. ``code``: its error code, C(unknown) where it failed without one, None for success.

    ``found`` is False where no keyed licence has the activation ID.
    """

    ok: bool
    code: str | None = None
    found: bool = True


def parse_result(text: str) -> SlmgrResult:
    """Read /ato ID or /atp CID ID."""
    for line in normal_lines(text):
        if line.startswith(("Product activated successfully.", "Confirmation ID for product ")):
            return SlmgrResult(ok=True)
        if line.startswith("Error: product not found."):
            return SlmgrResult(ok=False, code=CODE_NOT_TOLD, found=False)
        if match := _ERROR.fullmatch(line):
            return SlmgrResult(ok=False, code=_code(match.group(1)))
    return SlmgrResult(ok=False, code=CODE_NOT_TOLD)


def parse_error(text: str) -> str | None:
    """The error code in the output of any command; C(unknown) for an error without one, None where none is shown."""
    for line in normal_lines(text):
        if match := _ERROR.fullmatch(line):
            return _code(match.group(1))
        if line.startswith("Error: "):
            return CODE_NOT_TOLD
    return None


def _code(text: str) -> str:
    return format_code(parse_code(text) if text.lower().startswith("0x") else int(text))


def parse_installation_id(text: str) -> str | None:
    """Read /dti ID: the installation ID, or None where the licence has no key."""
    match = re.search(r"^Installation ID: ([0-9]+)\s*$", text, re.MULTILINE)
    return match.group(1) if match else None


def parse_licences(text: str) -> list[dict[str, Any]]:
    """Read /dlv: the licences with what a client's licence tells; an empty list for an unknown activation ID.

    Raises SlmgrTextError for text that is no /dlv output. Minutes are minutes, counts are counts.
    """
    lines = normal_lines(text)
    if not any(line.startswith("Software licensing service version: ") for line in lines):
        failed = next((match for line in lines if (match := _ERROR.fullmatch(line))), None)
        code = _code(failed.group(1)) if failed else None
        reason = f"slmgr.vbs failed with {code}" if code else "this is no output of slmgr.vbs /dlv"
        raise SlmgrTextError(reason, code)
    licences: list[dict[str, Any]] = []
    for line in lines:
        label, _colon, value = line.strip().partition(": ")
        if label in _CACHING and licences:
            licences[-1]["host_caching"] = _CACHING[label]
        elif label == "Name":
            licences.append({"name": value})
        elif licences:
            _read_line(licences[-1], label.rstrip(":"), value.strip())
        if _is_damaged(line):
            raise SlmgrTextError("a line of the listing is damaged")
    for licence in licences:
        if licence.get("partial_product_key") and "state" not in licence:
            raise SlmgrTextError("the listing does not say whether a licence with a key is activated")
        channel = channel_of(licence["name"], licence.get("description") or "")
        licence["channel"] = channel
        licence["office"] = office_version(licence["name"], channel)
    return licences


def _is_damaged(line: str) -> bool:
    """Whether a label, or a value that decisions depend on, could not be read; names and dates of a system may be.

    A line that decides and ends after its label is cut off.
    """
    label, colon, value = line.strip().partition(": ")
    return DAMAGE in label or (label in _DECISIVE and (not colon or DAMAGE in value))


_DECISIVE = ("Name", "Description", "Activation ID", "Partial Product Key", "License Status")
_PLAIN = {
    "Description": "description",
    "Activation ID": "sku_id",
    "Application ID": "application_id",
    "Extended PID": "extended_pid",
    "Installation ID": "installation_id",
    "Partial Product Key": "partial_product_key",
    "Client Machine ID (CMID)": "cmid",
    "Registered KMS SRV record lookup domain": "lookup_domain",
    "Activation Object name": "ad_object_name",
    "AO DN": "ad_object_dn",
    "AO extended PID": "ad_extended_pid",
    "AO activation ID": "ad_activation_id",
}
_CACHING = {"KMS host caching is enabled": True, "KMS host caching is disabled": False}
_HOSTS = {
    "Registered KMS machine name": ("host", "port"),
    "KMS machine name from DNS": ("discovered_host", "discovered_port"),
}


def _read_line(licence: dict[str, Any], label: str, value: str) -> None:
    if label in _PLAIN:
        licence[_PLAIN[label]] = value or None
    elif label in _HOSTS:
        host, port = _HOSTS[label]
        licence[host], licence[port] = split_host_port(value)
    elif label == "License Status":
        licence["state"] = _STATES.get(value, State.UNKNOWN).value
    elif label in ("Volume activation expiration", "Time remaining"):
        match = _MINUTES.match(value)
        licence["grace_minutes"] = int(match.group(1)) if match else None
    elif label == "Notification Reason":
        match = re.match(r"0x[0-9A-Fa-f]{1,8}", value)
        licence["reason"] = format_code(parse_code(match.group(0))) if match else None
    elif label == "Configured Activation Type":
        licence["activation_type"] = value.lower()
    elif label in ("Activation interval", "Renewal interval"):
        match = _MINUTES.match(value)
        licence[label.lower().replace(" ", "_")] = int(match.group(1)) if match else None
