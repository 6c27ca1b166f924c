# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base of the actions that work with the store, on the controller. Not a public interface."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, ClassVar

from ansible.errors import AnsibleConnectionFailure
from ansible.module_utils.parsing.convert_bool import boolean
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import HostRecord
from ansible_collections.officefleet.activation.plugins.module_utils.recording import host_record
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import OfficeAction, redact
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import RemoteHost
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store, StoreError, store_url
from ansible_collections.officefleet.activation.plugins.plugin_utils._this_run import awx_job, this_run

STORE: dict[str, Any] = {"type": "str", "no_log": True}
RECORD: dict[str, Any] = {"record": {"type": "bool", "default": False}, "store": STORE}


def open_store(option: str | None, task_vars: Mapping[str, Any]) -> Store:
    """The store that an option names, or the default one. Raises StoreError."""
    return Store(store_url(option, in_awx=awx_job(task_vars) is not None, folder=Path.cwd()))


def record_of(result: Mapping[str, Any], task_vars: Mapping[str, Any]) -> HostRecord:
    """What the store keeps of the result of a task on its host. Raises InputError for what is no such result."""
    groups = tuple(sorted(task_vars["group_names"]))
    return host_record(task_vars["inventory_hostname"], groups, datetime.now(timezone.utc), redact(result))


class RecordedAction(OfficeAction):
    """An action on a host that records its own result where the option C(record) is true: a task for it would come too
    late for hosts that fail or can't be reached."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        try:
            result = super().run(tmp, task_vars)
        except AnsibleConnectionFailure as error:
            self._record({"unreachable": True, "msg": str(error)}, task_vars or {})
            raise
        return self._record(result, task_vars or {})

    def _record(self, result: dict[str, Any], task_vars: dict[str, Any]) -> dict[str, Any]:
        """Record the result where the task asks for it; the result, which fails where the store does."""
        if self._task.check_mode or not boolean(self._task.args.get("record", False), strict=False):
            return result
        try:
            with open_store(self._task.args.get("store"), task_vars) as store:
                store.record(record_of({**self.EMPTY, **result}, task_vars), this_run(task_vars))
        except StoreError as error:
            self._display.warning(f"{task_vars['inventory_hostname']} is not recorded: {error}")
            return {**result, "failed": True, "msg": result["msg"] if result.get("failed") else str(error)}
        return result


class StoreAction(OfficeAction):
    """An action that does something with the store; unless it says otherwise the host is not connected to."""

    EMPTY: ClassVar[dict[str, Any]] = {}
    _requires_connection = False

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        try:
            with open_store(options["store"], host.task_vars) as store:
                return self.run_on_host(options, store, host)
        except StoreError as error:
            failure = {"product": None, "cause": error.cause, "remedy": error.remedy, "code": None}
            return {**self.EMPTY, "failed": True, "changed": False, "msg": str(error), "failures": [failure]}

    def run_on_host(self, options: dict[str, Any], store: Store, host: RemoteHost) -> dict[str, Any]:
        """The result of an action that works with the host too. Raises InputError, StoreError and what hosts raise."""
        return self.run_in_store(options, store, host.task_vars)

    def run_in_store(self, options: dict[str, Any], store: Store, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """The result for validated options. Raises InputError and StoreError."""
        raise NotImplementedError
