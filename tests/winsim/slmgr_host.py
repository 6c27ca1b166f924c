# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""slmgr.vbs: the settings of a KMS host (slmgr.md, section 2). They take effect when the service starts anew."""

from __future__ import annotations

from .slmgr_page import Command, Run, ScriptError, is_host_machine, whole_number


def _set_port(page: Run, arguments: list[str]) -> None:
    page.wmi.service()
    if not any(map(is_host_machine, page.keyed())):
        page.tell("port_warning")
        return
    try:
        port = whole_number(arguments[0])
    except ScriptError:
        # The script notices only after it has called the setter with an empty value.
        page.wmi.set_listening_port(0)
        raise
    page.wmi.set_listening_port(port)
    page.tell("port_set", port=arguments[0])
    page.tell("restart_needed")


def _set_publishing(page: Run, enabled: bool) -> None:
    page.wmi.service()
    if not any(map(is_host_machine, page.keyed())):
        page.tell("dns_warning")
        return
    page.wmi.set_dns_publishing(enabled)
    page.tell("dns_enabled" if enabled else "dns_disabled")
    page.tell("restart_needed")


def _set_priority(page: Run, low: bool) -> None:
    """Unlike the others it looks at the first keyed licence only (118-slmgr-cpri-client-first)."""
    page.wmi.service()
    if not any(map(is_host_machine, page.keyed()[:1])):
        page.tell("priority_warning")
        return
    page.wmi.set_low_priority(low)
    page.tell("priority_set_low" if low else "priority_set_normal")
    page.tell("restart_needed")


COMMANDS: dict[str, Command] = {
    "/sprt": Command(_set_port, ("port",), needed=1),
    "/sdns": Command(lambda page, _: _set_publishing(page, enabled=True)),
    "/cdns": Command(lambda page, _: _set_publishing(page, enabled=False)),
    "/spri": Command(lambda page, _: _set_priority(page, low=False)),
    "/cpri": Command(lambda page, _: _set_priority(page, low=True)),
}
