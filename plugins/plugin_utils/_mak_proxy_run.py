# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""MAK proxy on one host: what the store knows goes into the plan, what the host shows goes into the store.

Not a public interface.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_plan import (
    installation_ids,
    licensed_skus,
    matching,
    plan_mak_proxy,
    requests_of,
)
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.desired import DesiredProduct
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Plan
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from ansible_collections.officefleet.activation.plugins.module_utils.views import Focus
from ansible_collections.officefleet.activation.plugins.plugin_utils._client_run import ClientRun, Retries
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import RemoteHost
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store, StoreError


class MakProxyRun:
    """One task on one host. ``deposits``: whether confirmation IDs that the store has are deposited.

    ``foreseen``: what the store does not have yet, because in check mode nothing is taken into it.
    """

    def __init__(
        self,
        host: RemoteHost,
        products: Sequence[DesiredProduct],
        deposits: bool,
        store: Store,
        foreseen: Sequence[Request] = (),
    ) -> None:
        self._host = host
        self._name = str(host.task_vars["inventory_hostname"])
        self._products = products
        self._deposits = deposits
        self._store = store
        self._foreseen = foreseen
        self._known: dict[tuple[str, ...], Request] = {}
        host.extras = ("installation_ids",)

    def run(self, check_mode: bool) -> dict[str, Any]:
        """The result of the task. Raises StoreError before anything is sent, and where nothing was deposited."""
        self._learn(())
        result = ClientRun(self._host, self._plan, Focus(products=True), Retries()).run(check_mode)
        reading = self._host.latest
        if reading is None or (reading.problem is not None and reading.problem.fatal):
            return {**result, "installation_ids": [], "recorded": False}
        asked = requests_of(self._name, reading)
        result["installation_ids"] = [self._shown(request) for request in asked]
        if check_mode:
            return {**result, "recorded": False}
        try:
            return {**result, "recorded": self._record(result, reading, asked)}
        except StoreError as error:
            return {**result, "recorded": False, **self._not_recorded(result, error)}

    def _plan(self, reading: Reading) -> Plan:
        new = set(installation_ids(reading).values()) - {item.installation_id for item in self._known.values()}
        if new and self._deposits:
            self._learn(sorted(new))
        return plan_mak_proxy(reading, self._name, self._products, list(self._known.values()), self._deposits)

    def _learn(self, ids: Sequence[str]) -> None:
        near = [item for item in self._foreseen if item.host == self._name or item.installation_id in ids]
        found = [*self._store.confirmations(self._name, ids), *near]
        self._known.update({request.identity: request for request in found})

    def _shown(self, request: Request) -> dict[str, Any]:
        known = matching(self._known.values(), request.last_five, request.installation_id)
        names = ("product", "sku_id", "last_five", "installation_id")
        return {**{name: getattr(request, name) for name in names}, "has_confirmation_id": known is not None}

    def _record(self, result: dict[str, Any], reading: Reading, asked: Sequence[Request]) -> bool:
        at, licensed = datetime.now(timezone.utc), licensed_skus(reading)
        if not self._deposits:
            return self._store.collect_installation_ids(self._name, asked, licensed, at)
        used = self._used(result, reading)
        places = {(self._name, sku_id) for sku_id in licensed}
        if not used and not any(item.waiting and item.place in places for item in self._known.values()):
            return False
        self._store.confirmations_applied(self._name, used, licensed, at)
        return True

    def _not_recorded(self, result: dict[str, Any], error: StoreError) -> dict[str, Any]:
        """A host that was activated is activated; one whose installation IDs are lost was not collected."""
        if self._deposits:
            warning = f"The store does not know yet which confirmation IDs were used on this host. {error}"
            return {"warnings": [*result.get("warnings", ()), warning]}
        failure = {"product": None, "cause": error.cause, "remedy": error.remedy, "code": None}
        messages = [result["msg"]] if result.get("failed") else []
        failures = [*result.get("failures", ()), failure]
        return {"failed": True, "failures": failures, "msg": " | ".join([*messages, str(error)])}

    def _used(self, result: dict[str, Any], reading: Reading) -> list[Request]:
        """The requests whose confirmation ID activated a product in this task; marks repeated ones in the outcomes."""
        ids = installation_ids(reading)
        licences = {licence.sku_id: licence for licence in reading.status.licences}
        used = []
        for outcome in result["outcomes"]:
            licence = licences.get(outcome["sku_id"] or "")
            if outcome["attempt"] is None or outcome["result"] != "licensed" or licence is None:
                continue
            last_five = licence.partial_product_key or ""
            found = matching(self._known.values(), last_five, ids.get(licence.sku_id))
            if found is None:
                continue
            if found.applied_at is not None:
                outcome["attempt"] = "reactivation"
            used.append(dataclasses.replace(found, host=self._name, product=outcome["product"], sku_id=licence.sku_id))
        return used
