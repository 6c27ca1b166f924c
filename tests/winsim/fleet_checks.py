# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the fleet file that say where something is wrong."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


class FleetError(ValueError):
    """The fleet file is wrong; the text says where and how."""


def as_mapping(data: Any, where: str) -> Mapping[str, Any]:
    """The data when it is a mapping."""
    if not isinstance(data, Mapping):
        raise FleetError(f"{where}: must be a mapping, not {data!r}")
    return data


def as_list(data: Any, where: str) -> list[Any]:
    """The data as a list; a single value is a list of one."""
    if isinstance(data, Mapping):
        raise FleetError(f"{where}: must be a list, not a mapping")
    return list(data) if isinstance(data, list | tuple) else [data]


def options(data: Mapping[str, Any], where: str, allowed: set[str]) -> Mapping[str, Any]:
    """The data when it has no other keys."""
    unknown = [str(key) for key in data if key not in allowed]
    if unknown:
        raise FleetError(f"{where}: unknown key {', '.join(unknown)}; known: {', '.join(sorted(allowed))}")
    return data


def addresses_in(data: Any, where: str) -> list[str]:
    """One address or a list of them."""
    found = [str(one) for one in as_list(data, where)]
    for one in found:
        with checked(where, f"an IP address, not {one!r}"):
            ipaddress.ip_address(one)
    return found


@contextmanager
def checked(where: str, expected: str = "") -> Iterator[None]:
    """Make an error about a value or its type inside a FleetError with its place."""
    try:
        yield
    except FleetError:
        raise
    except (ValueError, TypeError) as error:
        raise FleetError(f"{where}: {f'must be {expected}' if expected else error}") from error
