# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registered results of many hosts, for the filters. Not a public interface."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def host_values(hosts: Iterable[str], hostvars: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The value of a variable on each host, None where it is not set."""
    return {host: (hostvars[host].get(name) if host in hostvars else None) for host in hosts}
