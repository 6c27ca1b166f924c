# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole desired state of an Office client; documentation in plugins/modules/ospp_client.yml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.module_utils.parsing.convert_bool import boolean
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
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import StoreError
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import STORE, open_store, record_of
from ansible_collections.officefleet.activation.plugins.plugin_utils._this_run import this_run


class ActionModule(ClientAction):
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
            "record": {"type": "bool", "default": False},
            "store": STORE,
            **SETTINGS,
            "user_operations": {"type": "bool"},
            "activate": {"type": "bool", "default": True},
            **RULES,
        },
    }

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            result = super().run(tmp, task_vars)
        except AnsibleConnectionFailure as error:
            self._record({"unreachable": True, "msg": str(error)}, task_vars or {})
            raise
        return self._record(result, task_vars or {})

    def _record(self, result: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Record the result where the task asks for it; the result, which fails where the store does."""
        if self._task.check_mode or not boolean(self._task.args.get("record", False), strict=False):
            return result
        try:
            with open_store(self._task.args.get("store"), task_vars) as store:
                store.record(record_of(result, task_vars), this_run(task_vars))
        except StoreError as error:
            self._display.warning(f"{task_vars['inventory_hostname']} is not recorded: {error}")
            return {**result, "failed": True, "msg": result["msg"] if result.get("failed") else str(error)}
        return result

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        result = super().run_module(options, host)
        return {**result, "ansible_facts": {"officefleet_pending": result["pending"]}}

    def plan(self, options: dict[str, Any]) -> tuple[Planner, Focus]:
        desired = read_client(options)
        focus = Focus(desired.settings, bool(desired.products), desired.rules)
        return partial(plan_client, desired=desired), focus

    def budget(self, options: dict[str, Any], task_vars: Mapping[str, Any]) -> MakBudget | None:
        products = read_products(options["products"])
        return (
            MakBudget(products, options["store"], task_vars)
            if any(item.budget is not None for item in products)
            else None
        )
