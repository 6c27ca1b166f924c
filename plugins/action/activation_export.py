# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what the store knows of the fleet to a file; documentation in plugins/modules/activation_export.yml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ansible_collections.officefleet.activation.plugins.plugin_utils._inventory_files import write_inventory
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import STORE, StoreAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._whole_file import content_of


class ActionModule(StoreAction):
    """One file with every host."""

    SPEC = {"argument_spec": {"path": {"type": "path", "required": True}, "store": STORE}}

    def run_in_store(self, options: dict[str, Any], store: Store, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        path = Path(options["path"])
        before = content_of(path)
        with TemporaryDirectory() as folder:  # where check mode writes
            written = Path(folder) / path.name if self._task.check_mode else path
            hosts = write_inventory(store.hosts(), written)
            return {"changed": content_of(written) != before, "hosts": hosts}
