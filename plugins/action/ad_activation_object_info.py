# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists the activation objects of a forest; documentation in plugins/modules/ad_activation_object_info.yml."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_results import forest_status
from ansible_collections.officefleet.activation.plugins.plugin_utils._ad_object_run import read_activation_objects
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import OfficeAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import HostError, RemoteHost


class ActionModule(OfficeAction):
    """One command, nothing changed, in check mode too."""

    SPEC: ClassVar[dict[str, Any]] = {"argument_spec": {}}

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        del options
        reading = read_activation_objects(host)
        if reading.problem is not None:
            raise HostError(reading.problem)
        return {"changed": False, "status": forest_status(reading)}
