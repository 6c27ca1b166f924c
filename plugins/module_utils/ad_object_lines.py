# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines for activation objects: slmgr.vbs, always from a copy, so that it prints English everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_desired import DesiredObject
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_plan import ObjectKind
from ansible_collections.officefleet.activation.plugins.module_utils.command_lines import (
    copy_path,
    cscript,
    join_line,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import SERVICE
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import SERVICES_KEY


def forest_line(copy_name: str, activation_id: str | None = None, steps: Sequence[str] = ()) -> str:
    """Run ``steps`` (arguments of slmgr.vbs) and list the activation objects, in one command.

    ``copy_name``: unique name (letters and digits) of the copy of slmgr.vbs, which is removed at the end.
    ``activation_id``: the KMS host licence to look for on the computer. Raises LineTooLongError.
    """
    script = copy_path(copy_name)
    parts = [f'copy /y "%windir%\\System32\\slmgr.vbs" "{script}" >nul']
    for number, step in enumerate(steps, start=1):
        parts += [f"echo @step {number}", cscript(script, step)]
    parts += [
        "echo @os",
        "ver",
        "echo @elevated",
        r"reg query HKU\S-1-5-19 /ve",
        r'(if exist "%windir%\System32\vbscript.dll" echo @vbscript)',
        "echo @objects",
        cscript(script, "/ao-list"),
    ]
    if activation_id is not None:
        parts += [f"echo @dlv {activation_id}", cscript(script, "/dlv", activation_id)]
    parts += [
        f'del "{script}"',
        "echo @registry",
        f"reg query HKLM\\{SERVICES_KEY}\\{SERVICE} /v Start",
        "echo @end",
    ]
    return join_line(parts)


def step_arguments(operation: Operation, desired: DesiredObject) -> str:
    """The arguments of slmgr.vbs that carry out an operation (reference/slmgr.md)."""
    name = f' "{desired.name}"' if desired.name else ""
    arguments = {
        ObjectKind.READ_ID: f"/ad-activation-get-iid {desired.key}",
        ObjectKind.CREATE: f"/ad-activation-online {desired.key}{name}",
        ObjectKind.CONFIRM: f"/ad-activation-apply-cid {desired.key} {desired.confirmation_id}{name}",
        # By its DN: then nothing has to be guessed from a name.
        ObjectKind.REMOVE: f'/del-ao "{operation.value}"',
    }
    return arguments[ObjectKind(operation.kind)]
