# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the MAKs of one task to their budgets, whose places are kept in the store. Not a public interface."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timezone
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.desired import DesiredProduct
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import Place
from ansible_collections.officefleet.activation.plugins.module_utils.mak_budget import places_needed, used_up
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Plan
from ansible_collections.officefleet.activation.plugins.module_utils.outcomes import Outcome
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import StoreError
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import open_store
from ansible_collections.officefleet.activation.plugins.plugin_utils._this_run import this_run


class MakBudget:
    """Places for the activations of one host: reserved before anything is sent, settled by what became of it."""

    def __init__(self, products: Iterable[DesiredProduct], store: str | None, task_vars: Mapping[str, Any]) -> None:
        self._products = [product for product in products if product.budget is not None]
        self._store = store
        self._task_vars = task_vars
        self._reserved: dict[str, Place] = {}

    def refuse(self, plan: Plan, reading: Reading, check_mode: bool) -> dict[str, Problem]:
        """Reserve a place for each activation that needs one, in check mode only look; the products without one.

        A store that does not answer refuses every activation that needs a place.
        """
        places = places_needed(str(self._task_vars["inventory_hostname"]), plan, reading, self._products)
        if not places:
            return {}
        refused = {}
        try:
            with open_store(self._store, self._task_vars) as store:
                for label, place in places.items():
                    if check_mode:
                        granted = store.has_place(place)
                    else:
                        granted = store.reserve(place, this_run(self._task_vars), datetime.now(timezone.utc))
                    if not granted:
                        refused[label] = used_up(place)
                    elif not check_mode:
                        self._reserved[label] = place
        except StoreError as error:
            problem = Problem(f"The budget of a MAK could not be asked for: {error.cause}", error.remedy)
            refused.update({label: problem for label in places if label not in self._reserved})
        return refused

    def settle(self, outcomes: Iterable[Outcome], sent: Collection[str]) -> list[str]:
        """Spend or free what was reserved; warnings. ``sent``: products whose activation was sent to the host.

        Of an activation that was sent and has no outcome nothing is known: its place stays reserved, and the next run
        on this host takes it over.
        """
        known = {item.product: item.result for item in outcomes if item.attempt is not None}
        known.update({label: "failed" for label in self._reserved if label not in sent})
        results = {label: known[label] for label in self._reserved if label in known}
        if not results:
            return []
        try:
            with open_store(self._store, self._task_vars) as store:
                for label, result in results.items():
                    store.settle(self._reserved[label], this_run(self._task_vars), datetime.now(timezone.utc), result)
        except StoreError as error:
            return [f"Places in the budget of a MAK stay reserved until the next run on this host: {error}"]
        return []
