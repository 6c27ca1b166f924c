# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activation; documentation in plugins/modules/ospp_activate.yml."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.desired import read_activation
from ansible_collections.officefleet.activation.plugins.module_utils.plan import Planner, plan_activation
from ansible_collections.officefleet.activation.plugins.module_utils.views import Focus
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import ClientAction

RULES: dict[str, Any] = {
    "renew_below_days": {"type": "int"},
    "allow_mak_reactivation": {"type": "bool", "default": False},
    "activation_retries": {"type": "int", "default": 0},
    "activation_retry_delay": {"type": "int", "default": 10},
}


class ActionModule(ClientAction):
    """Activate what needs it."""

    SPEC = {
        "argument_spec": {
            "products": {"type": "list", "elements": "str"},
            "confirmation_ids": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "product": {"type": "str", "required": True},
                    "confirmation_id": {"type": "str", "required": True, "no_log": True},
                },
            },
            **RULES,
        },
    }

    def plan(self, options: dict[str, Any]) -> tuple[Planner, Focus]:
        desired = read_activation(options)
        return partial(plan_activation, desired=desired), Focus(products=True, rules=desired.rules)
