# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The versions of Windows that the fleet file can name."""

from __future__ import annotations

import re
from dataclasses import dataclass

WORKSTATION, SERVER = "1", "3"


@dataclass(frozen=True)
class Windows:
    """One Windows version. ``version`` is what WMI tells, ``revision`` the patch level that ``ver`` adds."""

    caption: str
    version: str
    revision: int
    product_type: str = WORKSTATION


_CLIENTS = {
    "7": ("Microsoft Windows 7 Enterprise", "6.1.7601", 0),
    "8": ("Microsoft Windows 8 Enterprise", "6.2.9200", 0),
    "8.1": ("Microsoft Windows 8.1 Enterprise", "6.3.9600", 0),
    "10": ("Microsoft Windows 10 Enterprise", "10.0.19045", 5131),
    "10 1809": ("Microsoft Windows 10 Enterprise", "10.0.17763", 6532),
    "10 21h2": ("Microsoft Windows 10 Enterprise", "10.0.19044", 5131),
    "10 22h2": ("Microsoft Windows 10 Enterprise", "10.0.19045", 5131),
    "11": ("Microsoft Windows 11 Enterprise", "10.0.22631", 4460),
    "11 21h2": ("Microsoft Windows 11 Enterprise", "10.0.22000", 3260),
    "11 22h2": ("Microsoft Windows 11 Enterprise", "10.0.22621", 4460),
    "11 23h2": ("Microsoft Windows 11 Enterprise", "10.0.22631", 4460),
    "11 24h2": ("Microsoft Windows 11 Enterprise", "10.0.26100", 2314),
}
_SERVERS = {
    "2008 r2": ("Microsoft Windows Server 2008 R2 Standard", "6.1.7601", 0),
    "2012": ("Microsoft Windows Server 2012 Standard", "6.2.9200", 0),
    "2012 r2": ("Microsoft Windows Server 2012 R2 Standard", "6.3.9600", 0),
    "2016": ("Microsoft Windows Server 2016 Standard", "10.0.14393", 7515),
    "2019": ("Microsoft Windows Server 2019 Standard", "10.0.17763", 6532),
    "2022": ("Microsoft Windows Server 2022 Standard", "10.0.20348", 2849),
    "2025": ("Microsoft Windows Server 2025 Standard", "10.0.26100", 2314),
}


def find(name: str) -> Windows:
    """The Windows of a name such as ``Windows 10 22H2``, ``Server 2019`` or a version number such as
    ``10.0.19045``. Raises ValueError."""
    text = re.sub(r"^(microsoft )?(windows )?", "", name.strip().lower())
    if text.startswith("server ") and text[7:] in _SERVERS:
        return Windows(*_SERVERS[text[7:]], product_type=SERVER)
    if text in _CLIENTS:
        return Windows(*_CLIENTS[text])
    if re.fullmatch(r"\d+\.\d+\.\d+", text):
        return Windows(f"Microsoft Windows {text}", text, 0)
    known = [f"Windows {client}" for client in _CLIENTS] + [f"Windows Server {server}" for server in _SERVERS]
    raise ValueError(f"unknown Windows {name!r}; known: {', '.join(known)}, or a version number")
