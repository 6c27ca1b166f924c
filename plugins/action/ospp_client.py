# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole desired state of an Office client; documentation in plugins/modules/ospp_client.yml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ansible_collections.officefleet.activation.plugins.action.ospp_activate import RULES
from ansible_collections.officefleet.activation.plugins.action.ospp_kms_client import SETTINGS
from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    METHODS,
    read_client,
    read_products,
)
from ansible_collections.officefleet.activation.plugins.module_utils.plan import Planner, plan_client
from ansible_collections.officefleet.activation.plugins.module_utils.views import Focus
from ansible_collections.officefleet.activation.plugins.plugin_utils._mak_budget import MakBudget
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import ClientAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import RemoteHost
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import RECORD, RecordedAction


class ActionModule(RecordedAction, ClientAction):
    """Settings, keys and activation in one task."""

    SPEC = {
        "argument_spec": {
            "products": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "product": {"type": "str", "default": "all"},
                    "method": {"type": "str", "choices": list(METHODS), "required": True},
                    "key": {"type": "str", "no_log": True},
                    "budget": {"type": "int"},
                },
            },
            **RECORD,
            **SETTINGS,
            "user_operations": {"type": "bool"},
            "activate": {"type": "bool", "default": True},
            **RULES,
        },
    }

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        result = super().run_module(options, host)
        return {**result, "ansible_facts": {"officefleet_pending": result["pending"]}}

    def plan(self, options: dict[str, Any]) -> tuple[Planner, Focus]:
        desired = read_client(options)
        focus = Focus(desired.settings, bool(desired.products), desired.rules)
        return partial(plan_client, desired=desired), focus

    def budget(self, options: dict[str, Any], task_vars: Mapping[str, Any]) -> MakBudget:
        return MakBudget(read_products(options["products"]), options["store"], task_vars)
