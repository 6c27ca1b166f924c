# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records what was read and done in the store; documentation in plugins/modules/activation_record.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import STORE, StoreAction, record_of
from ansible_collections.officefleet.activation.plugins.plugin_utils._this_run import this_run


class ActionModule(StoreAction):
    """One result of one host."""

    SPEC = {
        "argument_spec": {
            "result": {"type": "dict", "required": True},
            "store": STORE,
        },
    }

    def run_in_store(self, options: dict[str, Any], store: Store, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        record = record_of(options["result"], task_vars)
        if self._task.check_mode:
            return {"changed": False, "recorded": False}
        return {"changed": store.record(record, this_run(task_vars)), "recorded": True}
