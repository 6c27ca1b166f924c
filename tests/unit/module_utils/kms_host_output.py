# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the text that a KMS host answers, from transcripts and the forms of the reference pages.

Nothing here uses the code under test, except that ``host`` hands the finished text to it, and ``wanted`` options.
"""

from __future__ import annotations

import re
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import (
    DesiredHost,
    read_host_options,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import HostReading, read_host
from unit.module_utils.host_output import SERVICES, SPP, registry_key, transcript

SERVER_2022 = "10.0.20348.2527"
ID_2013 = "2e28138a-847f-42bc-9752-61b03fff33cd"
ID_2016 = "98ebfe73-2084-4c97-932c-c0cd1643bea7"
ID_2021 = "47f3b983-7c53-4d45-abc6-bcd91e2dd90a"
KEY_2013 = "AAAAA-BBBBB-CCCCC-DDDDD-HST15"
KEY_2016 = "AAAAA-BBBBB-CCCCC-DDDDD-HST16"
OTHER_KEY = "AAAAA-BBBBB-CCCCC-DDDDD-OTHER"
WINDOWS_KEY = "AAAAA-BBBBB-CCCCC-DDDDD-WSKMS"
CONFIRMATION_ID = "123456" * 8
NOT_FOUND = "Software licensing service version: 10.0.20348.2527\r\nError: product key not found.\r\n\r\n"

# Listings by transcript: a host licence in each stage, and Windows as a KMS client.
KEYLESS_2013 = transcript("81")
KEYED_2013 = transcript("82")
LICENSED_2013 = transcript("83")
LICENSED_2016 = transcript("84")
KEYLESS_2016 = re.split(r"(?=Name: )", transcript("88"))[0] + re.split(r"(?=Name: )", transcript("88"))[3]
KEYED_2016 = KEYED_2013.replace(ID_2013, ID_2016).replace("Office 15, Office", "Office 16, Office16").replace(
    "Office 15, V", "Office 16, V"
).replace("HST15", "HST16")  # fmt: skip
WINDOWS_CLIENT = transcript("89")
WINDOWS_HOST = "".join(re.split(r"(?=Name: )", transcript("88"))[:2])


def answer(
    listings: dict[str, str],
    *,
    steps: tuple[str, ...] = (),
    os_version: str = SERVER_2022,
    elevated: bool = True,
    vbscript: bool = True,
    start: int | None = 2,
    end: bool = True,
    **settings: Any,
) -> str:
    """What a host answers. ``listings``: output of /dlv by activation ID or ``windows``; ``settings``: registry."""
    parts = [f"@step {number}\r\n{step}" for number, step in enumerate(steps, start=1)]
    parts.append(f"@os\r\n\r\nMicrosoft Windows [Version {os_version}]\r\n@elevated\r\n")
    if elevated:
        parts.append("\r\nHKEY_USERS\\S-1-5-19\r\n    (Default)    REG_SZ    \r\n\r\n")
    parts += ["@vbscript\r\n"] if vbscript else []
    parts += [f"@dlv {asked_for}\r\n{text}" for asked_for, text in listings.items()]
    domains = settings.pop("DnsDomainPublishList", None)
    parts.append("@registry\r\n" + "".join(registry_key(SPP, **{name: value}) for name, value in settings.items()))
    if domains is not None:
        parts.append(f"\r\n{SPP}\r\n    DnsDomainPublishList    REG_MULTI_SZ    {domains}\r\n\r\n")
    parts += [registry_key(rf"{SERVICES}\sppsvc", Start=start)] if start is not None else []
    return "".join(parts) + ("@end\r\n" if end else "")


def host(listings: dict[str, str], **of_the_host: Any) -> HostReading:
    """A host with these listings, as the collection reads it."""
    return read_host(answer(listings, **of_the_host))


def options(*products: dict[str, Any], **given: Any) -> dict[str, Any]:
    """Options as Ansible hands them over, with their defaults."""
    empty = {"port": None, "priority": None, "dns_publishing": None, "publish_domains": None}
    return {"products": list(products), "activation": "online", **empty, **given}


def wanted(*products: dict[str, Any], **given: Any) -> DesiredHost:
    """The desired state that options stand for."""
    return read_host_options(options(*products, **given))
