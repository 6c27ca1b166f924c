# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grammar of slmgr.vbs /dlv for KMS hosts: licences, and what each of them serves.

Run from a copy, so that the texts are English on every system (reference/slmgr.md, transcripts 81 to 90).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.ospp_text import normal_lines
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import parse_licences
from ansible_collections.officefleet.activation.plugins.module_utils.status import State, as_data

_REQUESTS = {
    "Total requests received": "total",
    "Failed requests received": "failed",
    "Requests with License Status Unlicensed": "unlicensed",
    "Requests with License Status Licensed": "licensed",
    "Requests with License Status Initial grace period": "oob_grace",
    "Requests with License Status License expired or Hardware out of tolerance": "oot_grace",
    "Requests with License Status Non-genuine grace period": "non_genuine_grace",
    "Requests with License Status Notification": "notification",
}
_ENABLED = "Key Management Service is enabled on this machine"


@dataclass(frozen=True)
class KmsService:
    """What an activated KMS host says of its service. Port, publishing and priority are the machine's."""

    current_count: int | None
    port: int | None
    dns_publishing: bool
    priority: str
    requests: dict[str, int] | None


@dataclass(frozen=True)
class HostLicence:
    """A licence of a KMS host. ``service`` is None while the host is not activated."""

    activation_id: str
    name: str
    description: str
    channel: str
    office: int | None
    state: State
    partial_product_key: str | None
    installation_id: str | None
    extended_pid: str | None
    grace_minutes: int | None
    reason: str | None
    service: KmsService | None

    @property
    def licensed(self) -> bool:
        """Whether the licence is activated."""
        return self.state is State.LICENSED


def parse_host_licences(text: str) -> tuple[HostLicence, ...]:
    """Read /dlv; empty for an unknown activation ID. Raises SlmgrTextError for text that is no /dlv output."""
    licences = parse_licences(text)
    lines = normal_lines(text)
    starts = [number for number, line in enumerate(lines) if line.strip().partition(": ")[:2] == ("Name", ": ")]
    blocks = [lines[start:end] for start, end in zip(starts, [*starts, len(lines)][1:], strict=True)]
    return tuple(
        HostLicence(
            activation_id=(licence.get("sku_id") or "").lower(),
            name=licence["name"],
            description=licence.get("description") or "",
            channel=licence["channel"],
            office=licence["office"],
            state=State(licence.get("state", State.UNKNOWN.value)),
            partial_product_key=licence.get("partial_product_key"),
            installation_id=licence.get("installation_id"),
            extended_pid=licence.get("extended_pid"),
            grace_minutes=licence.get("grace_minutes"),
            reason=licence.get("reason"),
            service=_service(block),
        )
        for licence, block in zip(licences, blocks, strict=True)
    )


def licence_data(licence: HostLicence) -> dict[str, Any]:
    """A licence as data, ready for JSON."""
    data: dict[str, Any] = as_data(licence)
    return data


def _service(block: list[str]) -> KmsService | None:
    """The indented lines; other lines of the block can't be mistaken for them."""
    if _ENABLED not in block:
        return None
    indented = [line[4:] for line in block if line.startswith("    ")]
    values = {label: value.strip() for label, _colon, value in (line.partition(": ") for line in indented)}
    requests = {name: _number(values.get(label)) for label, name in _REQUESTS.items()}
    return KmsService(
        current_count=_number(values.get("Current count")),
        port=_number(values.get("Listening on Port")),
        dns_publishing="DNS publishing enabled" in values,
        priority=values.get("KMS priority", "").lower() or "normal",
        requests={name: number for name, number in requests.items() if number is not None} or None,
    )


def _number(text: str | None) -> int | None:
    return int(text) if text and re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) else None
