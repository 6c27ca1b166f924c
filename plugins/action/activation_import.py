# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a file of activation_export into the store; documentation in plugins/modules/activation_import.yml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.officefleet.activation.plugins.plugin_utils._inventory_files import read_inventory
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import STORE, StoreAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._this_run import this_run


class ActionModule(StoreAction):
    """Every host of the file that is newer there than in the store."""

    SPEC = {"argument_spec": {"path": {"type": "path", "required": True}, "store": STORE}}

    def run_in_store(self, options: dict[str, Any], store: Store, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        # The whole file is read before anything is written: one that is wrong in its middle changes nothing.
        records = list(read_inventory(Path(options["path"])))
        hosts = len({record.host for record in records})
        if self._task.check_mode:
            return {"changed": bool(records), "hosts": hosts}
        run = this_run(task_vars)
        learnt = [store.record(record, run) for record in records]
        return {"changed": any(learnt), "hosts": hosts}
