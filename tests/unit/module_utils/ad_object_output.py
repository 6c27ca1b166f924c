# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the text that a domain member answers about activation objects, in the form of the reference page.

Nothing here uses the code under test, except that ``forest`` hands the finished text to it, and ``wanted`` options.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_desired import (
    DesiredObject,
    read_object_options,
)
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_reading import (
    ForestReading,
    read_forest,
)
from unit.module_utils.host_output import SERVICES, registry_key
from unit.module_utils.kms_host_output import ID_2016, ID_2021, KEYLESS_2016, NOT_FOUND, SERVER_2022

CONTAINER = "CN=Activation Objects,CN=Microsoft SPP,CN=Services,CN=Configuration,DC=corp,DC=example"
KEY_2021 = "AAAAA-BBBBB-CCCCC-DDDDD-HST21"
EXTENDED_PID = "55041-00206-000-000001-03-1033-9600.0000-0012016"
EMPTY = "Activation Objects\r\n    No objects found\r\n\r\n"
OLD_SCHEMA = "Active Directory-Based Activation is not supported in the current Active Directory schema.\r\n\r\n"


def entry(name: str, activation_id: str, last_five: str, common_name: str | None = None) -> str:
    """An object as /ao-list shows it."""
    return (
        f"    Activation Object name: {name}\r\n"
        f"        Activation ID: {{{activation_id.upper()}}}\r\n"
        f"        Partial Product Key: {last_five}\r\n"
        f"        AO extended PID: {EXTENDED_PID}\r\n"
        f"        AO DN: CN={common_name or name},{CONTAINER}\r\n\r\n"
    )


def listing(*entries: str) -> str:
    """A list of objects."""
    return "Activation Objects\r\n" + "".join(entries) + "\r\n" if entries else EMPTY


OBJECT_2016 = entry("Office 2016", ID_2016, "HST16")
OBJECT_2021 = entry("Office LTSC 2021", ID_2021, "HST21")
OBJECT_WINDOWS = entry("Windows Server 2022", "11111111-2222-4333-8444-555555555555", "WSKMS")


def answer(
    objects: str,
    *,
    steps: tuple[str, ...] = (),
    licence: bool | None = True,
    os_version: str = SERVER_2022,
    elevated: bool = True,
    vbscript: bool = True,
    start: int | None = 2,
    end: bool = True,
) -> str:
    """What a host answers. ``objects``: output of /ao-list; ``licence``: whether the host licence is installed."""
    parts = [f"@step {number}\r\n{step}" for number, step in enumerate(steps, start=1)]
    parts.append(f"@os\r\n\r\nMicrosoft Windows [Version {os_version}]\r\n@elevated\r\n")
    if elevated:
        parts.append("\r\nHKEY_USERS\\S-1-5-19\r\n    (Default)    REG_SZ    \r\n\r\n")
    parts += ["@vbscript\r\n"] if vbscript else []
    parts.append(f"@objects\r\n{objects}")
    if licence is not None:
        parts.append(f"@dlv {ID_2021}\r\n{KEYLESS_2016 if licence else NOT_FOUND}")
    parts.append("@registry\r\n")
    parts += [registry_key(rf"{SERVICES}\sppsvc", Start=start)] if start is not None else []
    return "".join(parts) + ("@end\r\n" if end else "")


def forest(objects: str, **of_the_host: Any) -> ForestReading:
    """A forest with this list, as the collection reads it."""
    return read_forest(answer(objects, **of_the_host))


def wanted(**given: Any) -> DesiredObject:
    """The desired state that options stand for, with the defaults of the module."""
    return read_object_options({"state": "present", "activation": "online"} | given)
