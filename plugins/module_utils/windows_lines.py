# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines for Windows' own activation: slmgr.vbs, always from a copy, which prints English everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.officefleet.activation.plugins.module_utils.desired import DesiredSettings
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import WINDOWS
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Kind, Operation
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import KMS_NAME, KMS_PORT, SPP_KEY
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_lines import licence_listing, slmgr_line
from ansible_collections.officefleet.activation.plugins.module_utils.windows_editions import WINDOWS_APPLICATION_ID


def windows_line(copy_name: str, steps: Sequence[str] = ()) -> str:
    """Run ``steps`` (arguments of slmgr.vbs) and read Windows' licence and KMS settings, in one command.

    ``copy_name``: unique name (letters and digits) of the copy of slmgr.vbs. Raises LineTooLongError.
    """
    # Single values of the root: it also holds a whole product key. The key of the application holds none.
    registry = [f'reg query "HKLM\\{SPP_KEY}" /v {name}' for name in (KMS_NAME, KMS_PORT)]
    registry.append(f'reg query "HKLM\\{SPP_KEY}\\{WINDOWS_APPLICATION_ID}" /s')
    return slmgr_line(copy_name, steps, [licence_listing(WINDOWS)], registry)


def windows_step(operation: Operation, settings: DesiredSettings) -> str:
    """The arguments of slmgr.vbs that carry out an operation.

    With an activation ID they act on Windows' licence alone; without it they would on the whole licensing service.
    """
    host = settings.kms_host or ""
    address = f"[{host}]" if ":" in host else host
    commands = {
        Kind.INSTALL_KEY: f"/ipk {operation.value}",
        Kind.SET_KMS_HOST: f"/skms {address}:{settings.kms_port} {operation.sku_id}",
        Kind.CLEAR_KMS_HOST: f"/ckms {operation.sku_id}",
        Kind.SET_ACTIVATION_TYPE: f"/act-type {operation.value} {operation.sku_id}",
        Kind.ACTIVATE: f"/ato {operation.sku_id}",
    }
    return commands[Kind(operation.kind)]
