# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""MAK proxy and activation by telephone; documentation in plugins/modules/mak_proxy.yml."""

from __future__ import annotations

from typing import Any, ClassVar

from ansible.errors import AnsibleConnectionFailure
from ansible_collections.officefleet.activation.plugins.action.ospp_client import ActionModule as ClientModule
from ansible_collections.officefleet.activation.plugins.module_utils.desired import read_products
from ansible_collections.officefleet.activation.plugins.plugin_utils._confirmation_intake import foreseen
from ansible_collections.officefleet.activation.plugins.plugin_utils._mak_proxy_run import MakProxyRun
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import RemoteHost
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store, StoreError
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import STORE, StoreAction, record_of
from ansible_collections.officefleet.activation.plugins.plugin_utils._this_run import this_run


class ActionModule(StoreAction):
    """Installation IDs from the host into the store, or confirmation IDs from the store onto the host."""

    EMPTY: ClassVar[dict[str, Any]] = {
        "operations": [], "outcomes": [], "pending": False, "installation_ids": [], "recorded": False,
    }  # fmt: skip
    SECRETS = frozenset({"key", "deposit"})
    SPEC = {
        "argument_spec": {
            "products": ClientModule.SPEC["argument_spec"]["products"],
            "deposit": {"type": "bool", "default": False},
            "path": {"type": "path"},
            "store": STORE,
        },
    }
    _requires_connection = True

    def run_on_host(self, options: dict[str, Any], store: Store, host: RemoteHost) -> dict[str, Any]:
        check_mode = self._task.check_mode
        more = foreseen(options["path"], store) if check_mode else []
        run = MakProxyRun(host, read_products(options["products"]), options["deposit"], store, more)
        try:
            result = run.run(check_mode)
        except AnsibleConnectionFailure as error:
            self._keep({"unreachable": True, "msg": str(error)}, store, host)
            raise
        return self._keep(result, store, host)

    def _keep(self, result: dict[str, Any], store: Store, host: RemoteHost) -> dict[str, Any]:
        """Record the state of the host for reports; the result, with a warning where the store does not take it."""
        if self._task.check_mode:
            return result
        try:
            store.record(record_of(result, host.task_vars), this_run(host.task_vars))
        except StoreError as error:
            return {**result, "warnings": [*result.get("warnings", ()), f"The host is not recorded: {error}"]}
        return result
