# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes confirmation IDs into the store; documentation in plugins/modules/mak_proxy_import.yml."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_file import Entry
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_intake import merged, take
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.plugin_utils._confirmation_files import read_entries
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
        taken: list[Request] = []
        warnings: list[str] = []
        known = store.confirmations()
        if options["path"]:
            taken, warnings = self._take("path", read_entries(Path(options["path"])), known, store)
        missing = _missing(merged(known, taken), options["hosts"])
        if options["lookup"] and not self._task.check_mode:  # asking may spend something
            entries = fetch(self, options["lookup"], missing, task_vars)
            fetched, more = self._take("lookup", entries, merged(known, taken), store)
            taken, warnings = [*taken, *fetched], [*warnings, *more]
            missing = _missing(merged(known, taken), options["hosts"])
        return {
            "changed": bool(taken),
            "taken": sum(1 for item in taken if item.confirmation_id),
            "waiting": len(missing),
            **({"warnings": warnings} if warnings else {}),
        }

    def _take(
        self, option: str, entries: list[Entry], known: list[Request], store: Store
    ) -> tuple[list[Request], list[str]]:
        intake = take(entries, known)
        if intake.errors:
            raise InputError(option, f"nothing was taken, because of what is wrong: {intake.message()}")
        if intake.taken and not self._task.check_mode:
            store.take_confirmations(intake.taken)
        return intake.taken, intake.warnings


def _missing(requests: Iterable[Request], hosts: Collection[str] | None) -> list[Request]:
    """What has no confirmation ID, on these hosts or on all."""
    missing = [item for item in requests if item.waiting and not item.confirmation_id]
    return [item for item in missing if hosts is None or item.host in hosts]
