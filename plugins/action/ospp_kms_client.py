# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""KMS client settings; documentation in plugins/modules/ospp_kms_client.yml."""

from __future__ import annotations

from functools import partial
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    DesiredClient,
    DesiredSettings,
    read_settings,
)
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.operations import ACTIVATION_TYPE_NUMBERS
from ansible_collections.officefleet.activation.plugins.module_utils.plan import Planner, plan_client
from ansible_collections.officefleet.activation.plugins.module_utils.views import Focus
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import ClientAction

SETTINGS: dict[str, Any] = {
    "kms_host": {"type": "str"},
    "kms_port": {"type": "int"},
    "dns_discovery": {"type": "bool", "default": False},
    "remove_inherited": {"type": "bool", "default": False},
    "lookup_domain": {"type": "str"},
    "host_caching": {"type": "bool"},
    "activation_type": {"type": "str", "choices": list(ACTIVATION_TYPE_NUMBERS)},
}


class ActionModule(ClientAction):
    """Which KMS host a client asks, and how it finds it."""

    SPEC = {"argument_spec": SETTINGS}

    def plan(self, options: dict[str, Any]) -> tuple[Planner, Focus]:
        settings = read_settings(options)
        if settings == DesiredSettings():
            # required_one_of cannot tell this: dns_discovery has a default and always counts as given.
            raise InputError(
                "kms_host", "is needed, or dns_discovery: true, lookup_domain, host_caching or activation_type"
            )
        return partial(plan_client, desired=DesiredClient(settings)), Focus(settings)
