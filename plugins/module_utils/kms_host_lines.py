# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines for a KMS host: slmgr.vbs, always from a copy, so that it prints English on every system."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import DesiredHost
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_plan import HostKind
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import (
    LISTENING_PORT,
    LOW_PRIORITY,
    NO_PUBLISHING,
    PUBLISH_DOMAINS,
    RESTART_PENDING,
    SERVICE,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import SPP_KEY
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_lines import (
    licence_listing,
    slmgr_line,
)

_SETTINGS = (LISTENING_PORT, NO_PUBLISHING, PUBLISH_DOMAINS, LOW_PRIORITY, RESTART_PENDING)
_KEY = f'"HKLM\\{SPP_KEY}"'


def host_line(
    activation_ids: Sequence[str], copy_name: str, steps: Sequence[str] = (), mark_restart: bool = False
) -> str:
    """Run ``steps`` (arguments of slmgr.vbs, or whole commands) and read the host, in one command.

    ``activation_ids``: what to read, C(windows) for Windows itself. ``copy_name``: unique name (letters and
    digits) of the copy of slmgr.vbs, which is removed at the end. ``mark_restart``: note on the host beforehand
    that the service has to be restarted, so that a later run knows if this one breaks off. Raises LineTooLongError.
    """
    first = [f"reg add {_KEY} /v {RESTART_PENDING} /t REG_DWORD /d 1 /f"] if mark_restart else []
    # Single values only: the root of the platform also holds a whole product key of Windows.
    registry = [f"reg query {_KEY} /v {name}" for name in _SETTINGS]
    return slmgr_line(copy_name, steps, [licence_listing(one) for one in activation_ids], registry, first)


def step_command(operation: Operation, desired: DesiredHost) -> str:
    """The arguments of slmgr.vbs, or the whole command, that carry out an operation (reference/slmgr.md)."""
    commands = {
        HostKind.INSTALL_KEY: f"/ipk {operation.value}",
        HostKind.DEPOSIT: f"/atp {operation.value} {operation.sku_id}",
        HostKind.ACTIVATE: f"/ato {operation.sku_id}",
        HostKind.SET_PORT: f"reg add {_KEY} /v {LISTENING_PORT} /t REG_SZ /d {desired.port} /f",
        HostKind.SET_PRIORITY: "/spri" if desired.priority == "normal" else "/cpri",
        HostKind.SET_PUBLISHING: f"reg add {_KEY} /v {NO_PUBLISHING} /t REG_DWORD"
        f" /d {int(not desired.dns_publishing)} /f",
        HostKind.SET_DOMAINS: _domains_command(desired),
        # net.exe waits for the service, and sc.exe tells in numbers that it stopped and runs, in every language.
        HostKind.RESTART: f"net stop {SERVICE} /y& sc query {SERVICE}& net start {SERVICE}& sc query {SERVICE}& "
        f"reg delete {_KEY} /v {RESTART_PENDING} /f",
    }
    return commands[HostKind(operation.kind)]


def _domains_command(desired: DesiredHost) -> str:
    if not desired.publish_domains:
        return f"reg delete {_KEY} /v {PUBLISH_DOMAINS} /f"
    data = "\\0".join(domain.text for domain in desired.publish_domains)
    return f'reg add {_KEY} /v {PUBLISH_DOMAINS} /t REG_MULTI_SZ /d "{data}" /f'
