# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One activation object of the forest; documentation in plugins/modules/ad_activation_object.yml."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_desired import (
    AD_PRODUCTS,
    read_object_options,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._ad_object_run import ActivationObjectRun
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import OfficeAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import RemoteHost


class ActionModule(OfficeAction):
    """Makes or removes an activation object."""

    EMPTY: ClassVar[dict[str, Any]] = {"operations": [], "telephone": [], "clients": []}
    SPEC = {
        "argument_spec": {
            "product": {"type": "str", "choices": AD_PRODUCTS},
            "activation_id": {"type": "str"},
            "name": {"type": "str"},
            "key": {"type": "str", "no_log": True},
            "activation": {"type": "str", "choices": ["online", "telephone"], "default": "online"},
            "confirmation_id": {"type": "str", "no_log": True},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        },
    }

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        return ActivationObjectRun(host, read_object_options(options)).run(check_mode=self._task.check_mode)
