# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""netsh.exe: the WinHTTP proxy."""

from __future__ import annotations

from . import languages
from .machine import View
from .program_base import NotSimulatedError, Output


def netsh(view: View, arguments: list[str]) -> Output:
    """``netsh winhttp show proxy``."""
    if [argument.lower() for argument in arguments] != ["winhttp", "show", "proxy"]:
        raise NotSimulatedError(f"netsh.exe {' '.join(arguments)}".strip())
    proxy = view.machine.winhttp_proxy
    none = languages.message(view.language, "netsh_none")
    if proxy is None:
        shown = [languages.message(view.language, "netsh_direct")]
    else:
        shown = [languages.message(view.language, "netsh_server", proxy["server"])]
        shown.append(languages.message(view.language, "netsh_bypass", proxy.get("bypass") or none))
    title = languages.message(view.language, "netsh_title")
    return Output(f"\r\n{title}\r\n\r\n" + "".join(f"    {line}\r\n" for line in shown) + "\r\n")
