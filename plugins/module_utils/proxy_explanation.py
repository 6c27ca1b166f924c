# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the WinHTTP proxy of a host explains: activation over the Internet goes through it, and can't log on to it."""

from __future__ import annotations

import dataclasses
from typing import TypeVar

from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import parse_code
from ansible_collections.officefleet.activation.plugins.module_utils.outcomes import Failure, Outcome
from ansible_collections.officefleet.activation.plugins.module_utils.status import WinHttpProxy

#: Codes that say that Microsoft's activation server was not reached. A clock or a certificate that is wrong
#: (0x80072F8F) is not among them: that has a remedy of its own.
_PROXY_REFUSES = frozenset({0x8004FE33, 0x80190197})
NOT_REACHED = frozenset({0x80072EE7, 0x80072EFD, 0x80072EE2, 0x80072EFE}) | _PROXY_REFUSES

_ADDRESSES = "*.sls.microsoft.com, go.microsoft.com, crl.microsoft.com and www.microsoft.com"
#: The way around Microsoft's servers, the end of a remedy: for Office by MAK, for Windows by MAK, and for the KMS host
#: keys of a KMS host or an activation object.
OFFICE_WAYS = "or activate by MAK proxy (mak_proxy, confirmation IDs) or by KMS"
WINDOWS_WAYS = "or activate Windows by telephone (slui.exe 4 on the host shows the numbers) or by KMS (method: kms)"
HOST_KEY_WAYS = "or activate by telephone (activation: telephone)"

#: What an activation gave, or why it failed: both have a code, a cause and a remedy.
Told = TypeVar("Told", Outcome, Failure)


def not_reached(told: Outcome | Failure | None) -> bool:
    """Whether an activation over the Internet failed because Microsoft was not reached."""
    if told is None or told.code is None or (isinstance(told, Outcome) and told.result != "failed"):
        return False
    return parse_code(told.code) in NOT_REACHED


def told_with_proxy(told: Told, proxy: WinHttpProxy | None, other_ways: str) -> Told:
    """What did not reach Microsoft, explained by the proxy of its host; unchanged where that is unknown.

    The cause names no proxy, so that hosts can be grouped by it; the remedy does, and ends with C(other_ways).
    """
    if proxy is None:
        return told
    if proxy.server is None:
        cause = "Microsoft's activation server is not reached, and the host has no WinHTTP proxy (direct access)."
        remedy = (
            f"Let the host reach {_ADDRESSES} over HTTPS, or set the proxy that leads there with 'netsh winhttp set "
            f"proxy', {other_ways}."
        )
        return dataclasses.replace(told, cause=cause, remedy=remedy)
    certain = parse_code(told.code or "0") in _PROXY_REFUSES
    cause = (
        "The WinHTTP proxy of the host asks for a password, which activation can't give."
        if certain
        else "Microsoft's activation server is not reached through the host's WinHTTP proxy, which may want a password."
    )
    bypass = f", bypass list {proxy.bypass}" if proxy.bypass else ""
    remedy = (
        f"On the proxy {proxy.server}{bypass}, exempt {_ADDRESSES} from authentication (ports 80 and 443), "
        f"{other_ways}."
    )
    return dataclasses.replace(told, cause=cause, remedy=remedy)
