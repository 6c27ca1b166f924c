# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activation by standard users; documentation in plugins/modules/ospp_user_operations.yml."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    DesiredClient,
    DesiredSettings,
)
from ansible_collections.officefleet.activation.plugins.module_utils.plan import Planner, plan_client
from ansible_collections.officefleet.activation.plugins.module_utils.views import Focus
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import ClientAction


class ActionModule(ClientAction):
    """Allow or deny it."""

    SPEC = {"argument_spec": {"allowed": {"type": "bool", "required": True}}}

    def plan(self, options: dict[str, Any]) -> tuple[Planner, Focus]:
        settings = DesiredSettings(user_operations=options["allowed"])
        return partial(plan_client, desired=DesiredClient(settings)), Focus(settings)
