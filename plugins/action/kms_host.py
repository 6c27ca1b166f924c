# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A KMS host's keys, activation and settings; documentation in plugins/modules/kms_host.yml."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import PRODUCTS, read_host_options
from ansible_collections.officefleet.activation.plugins.plugin_utils._kms_host_run import KmsHostRun
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import OfficeAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import RemoteHost


class ActionModule(OfficeAction):
    """The whole desired state of a KMS host."""

    EMPTY: ClassVar[dict[str, Any]] = {"operations": [], "outcomes": [], "telephone": []}
    SPEC = {
        "argument_spec": {
            "products": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "product": {"type": "str", "choices": PRODUCTS, "required": True},
                    "key": {"type": "str", "no_log": True},
                    "activation_id": {"type": "str"},
                    "confirmation_id": {"type": "str", "no_log": True},
                },
            },
            "activation": {"type": "str", "choices": ["online", "telephone", "none"], "default": "online"},
            "port": {"type": "int"},
            "priority": {"type": "str", "choices": ["normal", "low"]},
            "dns_publishing": {"type": "bool"},
            "publish_domains": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "domain": {"type": "str", "required": True},
                    "priority": {"type": "int", "default": 0},
                    "weight": {"type": "int", "default": 0},
                },
            },
        },
    }

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        return KmsHostRun(host, read_host_options(options)).run(check_mode=self._task.check_mode)
