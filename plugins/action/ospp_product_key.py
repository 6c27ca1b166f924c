# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Product keys; documentation in plugins/modules/ospp_product_key.yml."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.desired import read_product_key
from ansible_collections.officefleet.activation.plugins.module_utils.plan import Planner, plan_product_key
from ansible_collections.officefleet.activation.plugins.module_utils.views import Focus
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import ClientAction


class ActionModule(ClientAction):
    """Install a key, or remove keys."""

    SPEC = {
        "argument_spec": {
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "key": {"type": "str", "no_log": True},
            "product": {"type": "str"},
            "exclusive": {"type": "bool", "default": False},
            "last_five": {"type": "list", "elements": "str"},
        },
        "required_if": [
            ("state", "present", ("key", "product"), True),
            ("state", "absent", ("last_five",)),
        ],
    }

    def plan(self, options: dict[str, Any]) -> tuple[Planner, Focus]:
        return partial(plan_product_key, desired=read_product_key(options)), Focus(products=True)
