# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulated servers that are to become KMS hosts, each with keys of its own, because a key serves six hosts only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

OFFICES = (2013, 2016, 2021)
WINDOWS = "windows"
SPP = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
LICENCES = [{"channel": "kms_host", "version": office, "key": "none"} for office in OFFICES]


def host_key(hosts: Iterable[str], host: str, product: int | str) -> str:
    """The KMS host key of a server for a product; its last five characters are its own too."""
    number = list(hosts).index(host)
    return f"AAAAA-BBBBB-CCCCC-DDDDD-{'W' if product == WINDOWS else 'K'}{number:02}{str(product)[-2:].upper()}"


def fleet_text(hosts: Mapping[str, Mapping[str, Any] | None], key_values: Mapping[str, Any] | None = None) -> str:
    """A fleet of Windows Server 2022 with the licence packs of three versions. ``key_values``: by key, what is special
    about it (used, blocked)."""
    keys: list[dict[str, Any]] = []
    for host in hosts:
        keys += [{"key": host_key(hosts, host, office), "office": office} for office in OFFICES]
        keys.append({"key": host_key(hosts, host, WINDOWS), "windows": "ws22"})
    for key in keys:
        key |= {"channel": "kms_host", **(key_values or {}).get(key["key"], {})}
    fleet = {
        "clock": "2026-11-24T08:00:00Z",
        "dns": {"corp.example": {}, "branch.example": {}},
        "microsoft": {"keys": keys},
        "defaults": {"os": "Windows Server 2022", "domain": "corp.example", "office": LICENCES},
        "hosts": {host: dict(values or {}) for host, values in hosts.items()},
    }
    return yaml.safe_dump(fleet, sort_keys=False)
