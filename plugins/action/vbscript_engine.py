# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adds the VBScript engine to a host that lacks it; documentation in plugins/modules/vbscript_engine.yml."""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.vbscript_feature import (
    engine_line,
    engine_problem,
    engine_result,
    feature_source,
    read_engine,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import OfficeAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import HostError, RemoteHost


class ActionModule(OfficeAction):
    """One command, which looks, adds what is missing, and looks again."""

    SPEC = {"argument_spec": {"source": {"type": "str"}}}
    EMPTY = {"operations": []}

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        source = feature_source(options["source"])
        reading = read_engine(host.run(engine_line(not self._task.check_mode, source), secret=False))
        problem = engine_problem(reading)
        if problem is not None:
            raise HostError(problem)
        return engine_result(reading)
