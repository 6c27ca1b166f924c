# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grammar of the listings of ospp.vbs: /dstatus and /dstatusall.

The texts are constants of the script and English on every Windows; error sentences and dates are not, so
nothing here depends on them. Source: reference/ospp.md section 4 and the transcripts 01 to 30.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import (
    format_code,
    parse_code,
)
from ansible_collections.officefleet.activation.plugins.module_utils.products import channel_of, office_version
from ansible_collections.officefleet.activation.plugins.module_utils.status import (
    AdActivation,
    KmsSettings,
    Licence,
    State,
    as_data,
)

HEADER = "---Processing--------------------------"
EXITING = "---Exiting-----------------------------"
SEPARATOR = "---------------------------------------"
NO_KEYS = "<No installed product keys detected>"

_STATES = {
    "UNLICENSED": State.UNLICENSED,
    "LICENSED": State.LICENSED,
    "OOB_GRACE": State.OOB_GRACE,
    "OOT_GRACE": State.OOT_GRACE,
    "NON_GENUINE_GRACE": State.NON_GENUINE_GRACE,
    "NOTIFICATIONS": State.NOTIFICATION,
    "EXTENDED GRACE": State.EXTENDED_GRACE,
    "UNKNOWN": State.UNKNOWN,
}
_ACTIVATION_TYPES = {"AD": "ad", "KMS": "kms", "Token": "token", "ALL": "all"}
_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)

#: What stands where characters could not be read. Sentences and dates of the system may hold it, and names that people
#: gave; nothing else.
DAMAGE = "\ufffd"
_SUBSTITUTE = "\u241a"
_IN_WORDS = ("BETA EXPIRATION: ", "ERROR DESCRIPTION: ")
_NAMED_BY_PEOPLE = ("\tActivation Object name: ", "\tAO DN: ")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")
_STATUS = re.compile(r"LICENSE STATUS:  ---(.+?)--- ?")
_CODE = re.compile(r"ERROR CODE: (0x[0-9A-Fa-f]{1,8})( \(for information purposes only.*)?")
_GRACE = re.compile(r"REMAINING GRACE: [0-9]{1,7} days {1,2}\(([0-9]{1,10}) minute\(s\) before expiring\)")
_MINUTES = re.compile(r"([0-9]{1,10}) minutes")
_OTHER_COMMAND = (
    "Installed product key detected",
    "<Product activation",
    "<Product key ",
    "<Offline product",
    "Successfully applied setting.",
    "No Office KMS licenses were found",
    "Installation ID for: ",
    "Client Machine ID (CMID): ",
    "Searching for ",
    "Uninstalling product key",
)


class OsppTextError(ValueError):
    """The text is no listing of ospp.vbs."""


@dataclass(frozen=True)
class Listing:
    """A listing. ``complete``: it has its end line, did not stop in the middle, and no line of it is ``damaged``.

    ``error``: the code with which the licensing service refused to list anything, else None.
    """

    complete: bool
    licences: tuple[Licence, ...] = ()
    finished: bool = True
    error: str | None = None
    damaged: bool = False


@dataclass
class _Block:
    """The lines of one licence, as far as they were read. What a damaged line says of it is not believed."""

    damaged: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    kms: dict[str, Any] | None = None
    ad: dict[str, Any] | None = None

    def licence(self) -> Licence | None:
        values = dict(self.values)
        if (
            self.damaged
            or not {"sku_id", "name", "description", "state"} <= values.keys()
            or not _GUID.fullmatch(values["sku_id"])
        ):
            return None
        values["sku_id"] = values["sku_id"].lower()
        channel = channel_of(values["name"], values["description"])
        return Licence(
            office=office_version(values["name"], channel),
            channel=channel,
            kms=None if self.kms is None else KmsSettings(**self.kms),
            ad=None if self.ad is None else AdActivation(**self.ad),
            **values,
        )


def normal_lines(text: str) -> list[str]:
    """The lines of console output: CR LF, and the CR CR LF that /dhistory prints, are one line end.

    Control characters but the tab become the symbol for a substitute: no text of a host may play tricks on a terminal.
    """
    lines = text.replace("\r\r\n", "\r\n").split("\n")
    return [_CONTROL.sub(_SUBSTITUTE, line.rstrip("\r")) for line in lines]


def split_host_port(text: str) -> tuple[str | None, int | None]:
    """C(host:port) as the scripts print it. The last colon parts them, so IPv6 needs no brackets; they are dropped."""
    host, colon, number = text.strip().rpartition(":")
    if not colon or not re.fullmatch(r"[0-9]{1,5}", number, re.ASCII):
        return text.strip() or None, None
    return host.strip("[]") or None, int(number)


def parse_listing(text: str) -> Listing:
    """Read /dstatus or /dstatusall. Raises OsppTextError for text that is no such listing."""
    lines = normal_lines(text)
    starts = [index for index, line in enumerate(lines) if line.rstrip() == HEADER.rstrip()]
    if len(starts) != 1:
        what = "no" if not starts else "more than one"
        raise OsppTextError(f"this is no listing of ospp.vbs: it has {what} line {HEADER.strip('-')!r}")
    reader = _ListingReader()
    for line in lines[starts[0] + 1 :]:
        if reader.finished:
            break
        reader.read(line)
    return reader.listing()


class _ListingReader:
    """Reads line by line. A licence counts when its block is closed by a separator line."""

    def __init__(self) -> None:
        self.licences: list[Licence] = []
        self.block = _Block()
        self.finished = False
        self.stopped = False
        self.damaged = False
        self.no_keys = False
        self.error: str | None = None

    def read(self, line: str) -> None:
        text = line.rstrip()
        if text == EXITING:
            self.finished = True
        elif text == SEPARATOR:
            self._close()
        elif text.startswith(_OTHER_COMMAND):
            raise OsppTextError("this is the output of another ospp.vbs command, not of /dstatus or /dstatusall")
        elif text.startswith("ERROR DESCRIPTION: An unknown error occurred.") and "reason" not in self.block.values:
            self.stopped = True
        elif text == NO_KEYS:
            self.no_keys = True
        elif line.startswith("\t"):
            self._read_indented(text.lstrip("\t"))
        else:
            self._read_field(line)

    def _close(self) -> None:
        if self.block.values:
            licence = self.block.licence()
            if licence is not None:
                self.licences.append(licence)
            elif set(self.block.values) <= {"reason", "reason_informational"}:
                self.error = self.block.values["reason"]
            else:
                self.stopped = True
        elif self.block.kms is not None or self.block.ad is not None:
            self.stopped = True
        self.block = _Block()

    def _read_field(self, line: str) -> None:
        values = self.block.values
        if DAMAGE in line and not line.startswith((*_IN_WORDS, *_NAMED_BY_PEOPLE)):
            self.block.damaged = self.stopped = self.damaged = True
        for label, name in _FIELDS.items():
            if line.startswith(label):
                self._new_block_if_repeated(name)
                self.block.values[name] = line[len(label) :].strip()
                return
        if match := _STATUS.fullmatch(line):
            self._new_block_if_repeated("state")
            self.block.values["state"] = _STATES.get(match.group(1), State.UNKNOWN)
        elif match := _CODE.fullmatch(line.rstrip()):
            values["reason"] = format_code(parse_code(match.group(1)))
            values["reason_informational"] = bool(match.group(2))
        elif match := _GRACE.fullmatch(line.rstrip()):
            values["grace_minutes"] = int(match.group(1))
        elif line.startswith("Activation Type Configuration: "):
            values["activation_type"] = _ACTIVATION_TYPES.get(line.partition(": ")[2].strip())
        elif line.startswith("Most recent successful activation client information: AD"):
            self.block.ad = {}
        elif not _known_but_unread(line):
            self.stopped = self.stopped or bool(values)

    def _new_block_if_repeated(self, name: str) -> None:
        """A field seen twice means that the separator between two licences is lost: the first one is not whole."""
        if name in self.block.values:
            self.stopped = True
            self.block = _Block()

    def _read_indented(self, text: str) -> None:
        if self.block.ad is not None:
            _read_pair(text, _AD_FIELDS, self.block.ad)
            return
        kms = self.block.kms = self.block.kms if self.block.kms is not None else {}
        label, _colon, value = text.partition(": ")
        if label == "KMS machine name from DNS":
            kms["discovered_host"], kms["discovered_port"] = split_host_port(value)
        elif label == "KMS machine registry override defined":
            kms["host"], kms["port"] = split_host_port(value)
        elif label == "KMS Lookup Domain":
            kms["lookup_domain"] = value.strip() or None
        elif label == "KMS host caching":
            kms["host_caching"] = {"Enabled": True, "Disabled": False}.get(value.strip())
        elif label in _INTERVALS:
            match = _MINUTES.fullmatch(value.strip())
            kms[_INTERVALS[label]] = int(match.group(1)) if match else None

    def listing(self) -> Listing:
        unfinished_block = bool(self.block.values)
        if self.finished and not (self.licences or self.no_keys or self.error or self.stopped):
            raise OsppTextError("this is no listing of licences: it names neither a licence nor their absence")
        complete = self.finished and not self.stopped and not unfinished_block and self.error is None
        return Listing(complete, tuple(self.licences), self.finished, self.error, self.damaged)


_FIELDS = {
    "PRODUCT ID: ": "product_id",
    "SKU ID: ": "sku_id",
    "LICENSE NAME: ": "name",
    "LICENSE DESCRIPTION: ": "description",
    "Last 5 characters of installed product key: ": "partial_product_key",
}
_AD_FIELDS = {
    "Activation Object name": "object_name",
    "AO DN": "object_dn",
    "AO extended PID": "extended_pid",
    "AO activation ID": "activation_id",
}
_INTERVALS = {"Activation Interval": "activation_interval", "Renewal Interval": "renewal_interval"}


def _read_pair(text: str, fields: dict[str, str], into: dict[str, Any]) -> None:
    label, _colon, value = text.partition(":")
    if label in fields:
        into[fields[label]] = value.strip() or None


def _known_but_unread(line: str) -> bool:
    return not line.strip() or line.startswith((*_IN_WORDS, "ERROR CODE: "))


def listing_data(listing: Listing) -> dict[str, Any]:
    """A listing in the form of the C(ospp_status) filter: C(complete) and C(licences)."""
    return {"complete": listing.complete, "licences": as_data(listing.licences)}
