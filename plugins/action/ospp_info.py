# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the state of Office activation; documentation in plugins/modules/ospp_info.yml."""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.status import status_data
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import OfficeAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import HostError, RemoteHost

_COMMANDS = {
    "cmid": ("cmid",),
    "installation_ids": ("installation_ids",),
    "history": ("kms_history", "failure_history"),
    "proxy": ("proxy",),
}


class ActionModule(OfficeAction):
    """One command, nothing changed, in check mode too."""

    SPEC = {
        "argument_spec": {
            "gather": {"type": "list", "elements": "str", "choices": list(_COMMANDS), "default": []},
        },
    }

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        asked = tuple(options["gather"])
        reading = host.read(tuple(command for name in asked for command in _COMMANDS[name]))
        if reading.problem is not None and reading.problem.fatal:
            raise HostError(reading.problem)
        result: dict[str, Any] = {"changed": False, "status": status_data(reading.status, asked)}
        if reading.problem is not None:
            result["warnings"] = [reading.problem.message]
        return result
