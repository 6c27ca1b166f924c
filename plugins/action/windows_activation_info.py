# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads Windows' own activation; documentation in plugins/modules/windows_activation_info.yml."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.officefleet.activation.plugins.module_utils.windows_reading import windows_status
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import OfficeAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import HostError, RemoteHost
from ansible_collections.officefleet.activation.plugins.plugin_utils._windows_run import APPLICATION, read_windows_host


class ActionModule(OfficeAction):
    """One command, nothing changed, in check mode too."""

    EMPTY: ClassVar[dict[str, Any]] = dict(APPLICATION)
    SPEC = {"argument_spec": {}}

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        reading = read_windows_host(host)
        if reading.problem is not None:
            raise HostError(reading.problem)
        return {**APPLICATION, "changed": False, "status": windows_status(reading)}
