# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of C(netsh winhttp show proxy).

netsh is the documented way to the proxy; the registry value behind it has a binary form that Microsoft does not
document. netsh speaks the system's language: only the shape of its lines and the addresses in them are looked at.
"""

from __future__ import annotations

import re

from ansible_collections.officefleet.activation.plugins.module_utils.ospp_text import normal_lines
from ansible_collections.officefleet.activation.plugins.module_utils.status import WinHttpProxy

# A label ends with a colon and blanks, in some languages with a full-width colon; a value follows.
_VALUE = re.compile(r"\s+[^:\uff1a]+[:\uff1a]\s*(\S.*?)\s*")
_SERVER = re.compile(
    r"(?:[a-z]+=)?(?:https?://)?(?:[a-z0-9_][a-z0-9_.-]*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?/?", re.IGNORECASE | re.ASCII
)
_BYPASS = re.compile(r"[\w.*:<>\[\]/-]+", re.ASCII)


def parse_proxy(text: str) -> WinHttpProxy | None:
    """What netsh printed: servers and bypass list, both None for direct access. None where it can't be understood."""
    lines = [line for line in normal_lines(text) if line[:1].isspace() and line.strip()]
    values = [match[1] for match in map(_VALUE.fullmatch, lines) if match]
    if not values:
        return WinHttpProxy(None, None) if lines else None
    servers = re.split(r"[;\s]+", values[0])
    found = [_SERVER.fullmatch(server) for server in servers]
    # Several words without a port are a sentence and no servers.
    if not all(found) or (len(found) > 1 and not all(match and match[1] for match in found)):
        return None
    bypass = re.split(r"[;\s]+", values[1]) if len(values) > 1 else [""]
    return WinHttpProxy(";".join(servers), ";".join(bypass) if all(map(_BYPASS.fullmatch, bypass)) else None)
