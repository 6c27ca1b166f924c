# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes confirmation IDs into the store; documentation in plugins/modules/mak_proxy_import.yml."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_intake import Intake, merged, missing
from ansible_collections.officefleet.activation.plugins.plugin_utils._confirmation_files import read_entries
from ansible_collections.officefleet.activation.plugins.plugin_utils._confirmation_intake import take_in
from ansible_collections.officefleet.activation.plugins.plugin_utils._confirmation_lookup import fetch
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import STORE, StoreAction


class ActionModule(StoreAction):
    """From a file, and for what is still missing then from a lookup plugin."""

    SPEC = {
        "argument_spec": {
            "path": {"type": "path"},
            "lookup": {"type": "str"},
            "hosts": {"type": "list", "elements": "str"},
            "store": STORE,
        },
        "required_one_of": [["path", "lookup"]],
    }

    def run_in_store(self, options: dict[str, Any], store: Store, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        check_mode, hosts = self._task.check_mode, options["hosts"]
        known, taken = store.confirmations(), Intake()
        if options["path"]:
            taken = take_in(read_entries(Path(options["path"])), known, store, "path", check_mode)
        self._has_written = bool(taken.taken) and not check_mode
        known = merged(known, taken.taken)
        fetched = Intake()
        if options["lookup"] and not check_mode:  # asking may spend something
            entries = fetch(self, options["lookup"], missing(known, hosts), task_vars)
            fetched = take_in(entries, known, store, "lookup", check_mode)
        new, warnings = [*taken.taken, *fetched.taken], [*taken.warnings, *fetched.warnings]
        return {
            "changed": bool(new),
            "taken": sum(1 for item in new if item.confirmation_id),
            "waiting": len(missing(merged(known, fetched.taken), hosts)),
            **({"warnings": warnings} if warnings else {}),
        }
