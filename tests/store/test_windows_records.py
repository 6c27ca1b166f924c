# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows itself in the store: beside Office, and never taken for it."""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    WINDOWS,
    HostProblem,
    HostRecord,
    ProductRecord,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from store.fleet import KEY, RUN, START, attempt, host, later, place, product, record

UNREACHABLE = HostProblem("connect", "The host can not be reached.", "Check it.")
NO_MAK = HostProblem("change", "Windows: Windows has no MAK.", "Give it.")


def licence(state: str = "licensed", **fields: Any) -> ProductRecord:
    """The licence of Windows itself."""
    of_windows = {"family": None, "office": None, "application": WINDOWS}
    return product("Windows", state, **{**of_windows, **fields})


def windows(*products: ProductRecord, minutes: float = 0, **fields: Any) -> HostRecord:
    """What was read of Windows itself on pc1."""
    return record("pc1", *products, minutes=minutes, about=WINDOWS, **fields)


def test_an_office_listing_keeps_windows_and_the_other_way_round(store: Store) -> None:
    store.record(windows(licence()), RUN)
    store.record(record("pc1", product(), minutes=5), RUN)
    store.record(windows(licence(), minutes=6), RUN)
    assert [one.record.product for one in host(store).windows] == ["Windows"]
    assert [one.record.product for one in host(store).office] == ["proplus2021"]


def test_a_key_of_windows_that_is_gone_is_forgotten(store: Store) -> None:
    store.record(windows(licence()), RUN)
    store.record(windows(minutes=5), RUN)
    assert host(store).products == ()


def test_each_has_a_time_of_its_own_when_it_was_read(store: Store) -> None:
    store.record(record("pc1", product()), RUN)
    store.record(windows(licence(), minutes=5), RUN)
    assert (host(store).read_at, host(store).windows_read_at) == (later(0), later(5))


def test_each_has_a_problem_of_its_own(store: Store) -> None:
    store.record(windows(licence(), problem=NO_MAK, changes=True), RUN)
    store.record(record("pc1", product(), minutes=5, changes=True), RUN)
    assert (host(store).problem, host(store).windows_problem) == (None, NO_MAK)


def test_a_change_of_windows_that_succeeds_ends_its_problem(store: Store) -> None:
    store.record(windows(licence(), problem=NO_MAK, changes=True), RUN)
    store.record(windows(licence(), minutes=5, changes=True), RUN)
    assert host(store).windows_problem is None


def test_a_change_of_windows_ends_no_problem_of_office(store: Store) -> None:
    problem = HostProblem("change", "The KMS host could not be set.")
    store.record(record("pc1", product(), problem=problem, changes=True), RUN)
    store.record(windows(licence(), minutes=5, changes=True), RUN)
    assert host(store).problem == problem


def test_a_host_whose_windows_was_read_is_reached_again(store: Store) -> None:
    store.record(HostRecord("pc1", later(0), problem=UNREACHABLE), RUN)
    store.record(windows(licence(), minutes=5), RUN)
    assert host(store).problem is None


def test_a_mak_of_windows_is_counted_apart_from_one_of_office(store: Store) -> None:
    by_mak = {"channel": "mak", "last_five": KEY[-5:]}
    sent = attempt("Windows", sku_id="sku-Windows", application=WINDOWS)
    store.record(windows(licence(**by_mak), attempts=(sent,)), RUN)
    store.reserve(place("pc1", budget=5), RUN, START)
    told = [(key.application, key.last_five, key.budget, key.spent, key.reserved) for key in store.mak_keys()]
    assert told == [("office", KEY[-5:], 5, 0, 1), ("windows", KEY[-5:], None, 1, 0)]
    assert host(store).windows[0].activated_by == "online"
