# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line that runs slmgr.vbs, from a copy, so that it prints English on every system, and reads listings."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.officefleet.activation.plugins.module_utils.command_lines import (
    copy_path,
    cscript,
    join_line,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import SERVICE, WINDOWS
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import SERVICES_KEY

#: The marker of a section of the answer, and the arguments of slmgr.vbs that fill it.
Listing = tuple[str, str]


def licence_listing(activation_id: str) -> Listing:
    """The listing of one licence; C(windows) for those of Windows itself, which /dlv shows without an ID."""
    return f"dlv {activation_id}", "/dlv" if activation_id == WINDOWS else f"/dlv {activation_id}"


def slmgr_line(
    copy_name: str,
    steps: Sequence[str],
    listings: Sequence[Listing],
    registry: Sequence[str] = (),
    first: Sequence[str] = (),
) -> str:
    """Run ``steps`` (arguments of slmgr.vbs, or whole commands), then read, in one command.

    ``copy_name``: unique name (letters and digits) of the copy of slmgr.vbs, which is removed at the end.
    ``registry``: the commands that read it; ``first``: what runs before the steps. Raises LineTooLongError.
    """
    script = copy_path(copy_name)
    parts = [f'copy /y "%windir%\\System32\\slmgr.vbs" "{script}" >nul', *first]
    for number, step in enumerate(steps, start=1):
        parts += [f"echo @step {number}", cscript(script, step) if step.startswith("/") else step]
    parts += [
        "echo @os",
        "ver",
        "echo @elevated",
        r"reg query HKU\S-1-5-19 /ve",
        r'(if exist "%windir%\System32\vbscript.dll" echo @vbscript)',
    ]
    for marker, arguments in listings:
        parts += [f"echo @{marker}", cscript(script, arguments)]
    parts += [
        f'del "{script}"',
        "echo @registry",
        *registry,
        f"reg query HKLM\\{SERVICES_KEY}\\{SERVICE} /v Start",
        "echo @end",
    ]
    return join_line(parts)
