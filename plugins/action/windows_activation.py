# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows' own activation; documentation in plugins/modules/windows_activation.yml."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.officefleet.activation.plugins.module_utils.windows_desired import (
    METHODS,
    read_windows_options,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._client_run import Retries
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import RemoteHost
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import RECORD, RecordedAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._windows_run import APPLICATION, WindowsRun


class ActionModule(RecordedAction):
    """Key, KMS client settings and activation of Windows in one task."""

    EMPTY: ClassVar[dict[str, Any]] = {**APPLICATION, "operations": [], "outcomes": [], "pending": False}
    SPEC = {
        "argument_spec": {
            "method": {"type": "str", "choices": list(METHODS), "required": True},
            "key": {"type": "str", "no_log": True},
            "kms_host": {"type": "str"},
            "kms_port": {"type": "int"},
            "dns_discovery": {"type": "bool", "default": False},
            "activate": {"type": "bool", "default": True},
            "activation_retries": {"type": "int", "default": 0},
            "activation_retry_delay": {"type": "int", "default": 10},
            **RECORD,
        },
    }

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        desired = read_windows_options(options)
        retries = Retries(options["activation_retries"], options["activation_retry_delay"])
        return WindowsRun(host, desired, retries).run(check_mode=self._task.check_mode)
