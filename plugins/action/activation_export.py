# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what the store knows of the fleet to a file; documentation in plugins/modules/activation_export.yml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.officefleet.activation.plugins.plugin_utils._inventory_files import write_inventory
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import STORE, StoreAction


class ActionModule(StoreAction):
    """One file with every host."""

    SPEC = {"argument_spec": {"path": {"type": "path", "required": True}, "store": STORE}}

    def run_in_store(self, options: dict[str, Any], store: Store, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        path = Path(options["path"])
        if self._task.check_mode:
            return {"changed": True, "hosts": sum(1 for _host in store.hosts())}
        before = path.read_bytes() if path.is_file() else None
        hosts = write_inventory(store.hosts(), path)
        return {"changed": path.read_bytes() != before, "hosts": hosts}
