# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the text that a host answers about Windows itself, from transcripts and the forms of the reference pages.

Nothing here uses the code under test, except that ``windows`` hands the finished text to it, and ``wanted`` options.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.windows_desired import (
    DesiredWindows,
    read_windows_options,
)
from ansible_collections.officefleet.activation.plugins.module_utils.windows_reading import WindowsReading, read_windows
from unit.module_utils.host_output import SPP, registry_key
from unit.module_utils.kms_host_output import NOT_FOUND, WINDOWS_CLIENT, WINDOWS_HOST, answer

WINDOWS_ID = "de32eafd-aaee-4662-9444-c1befb41bde2"
APPLICATION = rf"{SPP}\55c92734-d682-4d71-983e-d6ec3f16059f"
SKU = rf"{APPLICATION}\{WINDOWS_ID}"
MAK, OTHER_MAK = "AAAAA-BBBBB-CCCCC-DDDDD-WNMAK", "AAAAA-BBBBB-CCCCC-DDDDD-OTHER"
SERVER_2019_GVLK = "N69G4-B89J2-4G8F4-WWYCC-J464C"

LICENSED = WINDOWS_CLIENT
#: A KMS client that is not activated shows no KMS lines.
IN_GRACE = (
    WINDOWS_CLIENT.partition("Most recent")[0]
    .replace("License Status: Licensed", "License Status: Initial grace period")
    .replace("Volume activation expiration: 254112", "Time remaining: 43200")
)
BY_MAK = (
    WINDOWS_CLIENT.partition("Configured Activation Type")[0]
    .replace("VOLUME_KMSCLIENT", "VOLUME_MAK")
    .replace("J464C", "WNMAK")
    .replace("Volume activation expiration: 254112 minute(s) (177 day(s))\r\n", "")
)
BY_DIRECTORY = WINDOWS_CLIENT.partition("Key Management Service client")[0] + (
    "AD Activation client information\r\n    Activation Object name: Windows AO\r\n"
    "    AO DN: CN=Windows AO,CN=Activation Objects\r\n"
)
KMS_HOST = WINDOWS_HOST
NO_KEY = NOT_FOUND


def windows(listing: str, registry: dict[str, dict[str, Any]] | None = None, **of_the_host: Any) -> WindowsReading:
    """A host with this listing, as the collection reads it. ``registry``: values by key."""
    of_the_host = {"os_version": "10.0.17763.5830", **of_the_host}
    keys = "".join(registry_key(key, **values) for key, values in (registry or {}).items())
    return read_windows(answer({"windows": listing}, **of_the_host).replace("@registry\r\n", f"@registry\r\n{keys}"))


def wanted(method: str = "kms", **options: Any) -> DesiredWindows:
    """The desired state that options stand for."""
    usual = {"method": method, "activate": True, "activation_retries": 0, "activation_retry_delay": 10}
    return read_windows_options({**usual, **options})
