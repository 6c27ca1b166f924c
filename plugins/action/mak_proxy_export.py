# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what waits for a confirmation ID to a file; documentation in plugins/modules/mak_proxy_export.yml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_intake import merged, take
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.plugin_utils._confirmation_files import (
    differs,
    read_entries,
    write_requests,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import STORE, StoreAction


class ActionModule(StoreAction):
    """What people filled in before goes into the store first, so that writing the file again loses nothing."""

    SPEC = {"argument_spec": {"path": {"type": "path", "required": True}, "store": STORE}}

    def run_in_store(self, options: dict[str, Any], store: Store, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        path, known = Path(options["path"]), store.confirmations()
        intake = take(read_entries(path) if path.is_file() else (), known)
        if intake.errors:
            raise InputError("path", f"{path} has what is wrong, and was left as it is: {intake.message()}")
        waiting = [request for request in merged(known, intake.taken) if request.waiting]
        if self._task.check_mode:
            changed = differs(waiting, path)
        else:
            store.take_confirmations(intake.taken)
            self._has_written = bool(intake.taken)
            changed = write_requests(waiting, path)
        missing = sum(1 for request in waiting if not request.confirmation_id)
        return {
            "changed": changed,
            "waiting": missing,
            "ready": len(waiting) - missing,
            **({"warnings": intake.warnings} if intake.warnings else {}),
        }
