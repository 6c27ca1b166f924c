# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places in the budget of a MAK, and what the store tells of MAKs."""

from __future__ import annotations

import functools
import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import MakKey
from ansible_collections.officefleet.activation.plugins.plugin_utils import _store_budget
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_database import Database
from store.fleet import (
    KEY,
    NEXT_RUN,
    RUN,
    START,
    TWIN_KEY,
    another_run,
    at_once,
    attempt,
    host,
    later,
    mak,
    place,
    product,
    record,
)


def reserve(store: Store, *hosts: str, budget: int = 2, key: str = KEY) -> list[bool]:
    return [store.reserve(place(name, budget, key=key), RUN, START) for name in hosts]


def figures(store: Store) -> tuple[int, int]:
    """What is spent and reserved of the only MAK."""
    (key,) = store.mak_keys()
    return key.spent, key.reserved


class TestPlaces:
    def test_exactly_the_budget_is_given(self, store: Store) -> None:
        assert reserve(store, "pc1", "pc2", "pc3") == [True, True, False]

    def test_a_budget_of_nothing_gives_no_place(self, store: Store) -> None:
        assert not store.has_place(place(budget=0)), "in an empty database"
        assert reserve(store, "pc1", budget=0) == [False]

    def test_two_products_of_a_host_need_two_places(self, store: Store) -> None:
        reserve(store, "pc1", budget=1)
        assert not store.reserve(place("pc1", budget=1, name="visio2021"), RUN, START)

    def test_a_place_that_was_freed_is_given_again(self, store: Store) -> None:
        reserve(store, "pc1", "pc2")
        store.settle(place("pc1"), RUN, START, "failed")
        assert reserve(store, "pc3") == [True]

    def test_a_pending_activation_has_spent_nothing(self, store: Store) -> None:
        reserve(store, "pc1")
        store.settle(place("pc1"), RUN, START, "pending")
        assert figures(store) == (0, 0)

    def test_a_place_that_was_spent_stays_taken(self, store: Store) -> None:
        reserve(store, "pc1", "pc2")
        store.settle(place("pc1"), RUN, START, "licensed")
        assert (reserve(store, "pc3"), figures(store)) == ([False], (1, 1))

    def test_a_spent_place_can_not_be_freed(self, store: Store) -> None:
        reserve(store, "pc1")
        store.settle(place("pc1"), RUN, START, "licensed")
        store.settle(place("pc1"), RUN, START, "failed")
        assert figures(store) == (1, 0)

    def test_the_budget_that_was_given_last_counts(self, store: Store) -> None:
        reserve(store, "pc1", "pc2", budget=2)
        assert reserve(store, "pc3", budget=3) == [True]
        assert reserve(store, "pc4", budget=2) == [False]
        assert store.mak_keys()[0].budget == 2

    def test_two_keys_that_end_alike_have_budgets_of_their_own(self, store: Store) -> None:
        assert reserve(store, "pc1", budget=1) + reserve(store, "pc2", budget=1, key=TWIN_KEY) == [True, True]

    def test_a_key_is_the_same_in_small_letters(self, store: Store) -> None:
        assert reserve(store, "pc1", budget=1) + reserve(store, "pc2", budget=1, key=KEY.lower()) == [True, False]


class TestPlacesThatStayedOpen:
    def test_the_next_run_takes_over_the_place_of_its_host(self, store: Store) -> None:
        reserve(store, "pc1", budget=1)
        assert store.has_place(place("pc1", budget=1))
        assert store.reserve(place("pc1", budget=1), NEXT_RUN, later(5))
        assert figures(store) == (0, 1)

    def test_a_place_that_was_taken_over_can_be_freed(self, store: Store) -> None:
        reserve(store, "pc1", budget=1)
        store.reserve(place("pc1", budget=1), NEXT_RUN, later(5))
        store.settle(place("pc1", budget=1), NEXT_RUN, later(6), "failed")
        assert figures(store) == (0, 0)

    def test_another_host_does_not_get_it(self, store: Store) -> None:
        reserve(store, "pc1", budget=1)
        assert not store.has_place(place("pc2", budget=1))

    def test_a_place_that_was_taken_over_is_spent_by_the_run_that_asked_first_too(self, store: Store) -> None:
        reserve(store, "pc1")
        store.reserve(place("pc1"), NEXT_RUN, later(5))
        store.settle(place("pc1"), RUN, later(6), "licensed")
        assert figures(store) == (1, 1)

    def test_it_is_spent_once_where_the_attempt_was_recorded_before(self, store: Store) -> None:
        reserve(store, "pc1")
        store.reserve(place("pc1"), NEXT_RUN, later(5))
        store.record(record("pc1", attempts=(attempt(),), minutes=6), RUN)
        store.settle(place("pc1"), RUN, later(7), "licensed")
        assert figures(store) == (1, 1)

    def test_it_is_spent_when_the_product_turns_out_to_be_licensed(self, store: Store) -> None:
        reserve(store, "pc1")
        assert store.record(record("pc1", mak(), minutes=5), NEXT_RUN)
        assert figures(store) == (1, 0)

    @pytest.mark.parametrize("seen", [mak(state="oob_grace"), product(last_five=KEY[-5:]), mak(last_five="OTHER")])
    def test_it_stays_open_when_the_product_is_not_licensed_by_that_key(self, store: Store, seen: object) -> None:
        reserve(store, "pc1")
        store.record(record("pc1", seen, minutes=5), NEXT_RUN)
        assert [key.reserved for key in store.mak_keys() if key.fingerprint] == [1]

    def test_it_is_no_activation_of_the_product(self, store: Store) -> None:
        reserve(store, "pc1")
        store.record(record("pc1", mak(state="oob_grace"), minutes=5), NEXT_RUN)
        assert host(store).products[0].last_attempt is None


class TestActivatingAgain:
    def test_a_machine_that_was_installed_anew_spends_a_second_place(self, store: Store) -> None:
        reserve(store, "pc1")
        store.settle(place("pc1"), RUN, START, "licensed")
        assert store.reserve(place("pc1"), NEXT_RUN, later(5))
        assert not store.has_place(place("pc2"))

    def test_so_it_does_within_one_run(self, store: Store) -> None:
        for minutes in (0, 5):
            store.reserve(place("pc1"), RUN, later(minutes))
            store.settle(place("pc1"), RUN, later(minutes), "licensed")
        assert figures(store) == (2, 0)


class TestRecordsOfWhatWasReserved:
    @pytest.mark.parametrize("settled", [True, False])
    def test_reservation_and_attempt_of_a_run_are_one_activation(self, store: Store, settled: bool) -> None:
        reserve(store, "pc1")
        if settled:
            store.settle(place("pc1"), RUN, later(1), "licensed")
        store.record(record("pc1", mak(), attempts=(attempt(),), minutes=2), RUN)
        assert (figures(store), store.runs()[0].activations) == ((1, 0), 1)

    def test_a_recorded_attempt_keeps_what_key_it_was(self, store: Store) -> None:
        reserve(store, "pc1")
        store.record(record("pc1", mak(), attempts=(attempt(),), minutes=2), RUN)
        assert not store.has_place(place("pc2", budget=1))

    def test_a_recorded_failure_frees_the_place(self, store: Store) -> None:
        reserve(store, "pc1")
        store.record(record("pc1", mak(state="oob_grace"), attempts=(attempt(result="failed"),), minutes=2), RUN)
        assert figures(store) == (0, 0)

    def test_an_attempt_by_another_key_leaves_the_place_open(self, store: Store) -> None:
        reserve(store, "pc1")
        by_kms = attempt(channel="kms_client", last_five="6F7TH")
        store.record(record("pc1", product(), attempts=(by_kms,), minutes=2), RUN)
        assert figures(store) == (0, 1)


class TestCheckMode:
    def test_looking_for_a_place_makes_no_file(self, sqlite_url: str, tmp_path: Path) -> None:
        with Store(sqlite_url) as store:
            assert store.has_place(place())
        assert list(tmp_path.iterdir()) == []

    def test_looking_for_a_place_takes_none(self, store: Store) -> None:
        reserve(store, "pc1")
        assert store.has_place(place("pc2"))
        assert figures(store) == (0, 1)


class TestKeys:
    def test_a_key_is_told_by_its_last_five_with_its_budget(self, store: Store) -> None:
        reserve(store, "pc1", budget=7)
        (key,) = store.mak_keys()
        assert (key.last_five, key.budget) == (KEY[-5:], 7)

    def test_an_activation_without_a_budget_counts_for_the_only_key_that_ends_so(self, store: Store) -> None:
        reserve(store, "pc1")
        store.record(record("pc2", mak(), attempts=(attempt(),)), RUN)
        assert figures(store) == (1, 1)

    def test_between_two_keys_that_end_so_it_stands_alone(self, store: Store) -> None:
        reserve(store, "pc1")
        reserve(store, "pc2", key=TWIN_KEY)
        store.record(record("pc3", mak(), attempts=(attempt(),)), RUN)
        assert [(key.fingerprint is None, key.spent, key.reserved) for key in store.mak_keys()] == [
            (True, 1, 0),
            (False, 0, 1),
            (False, 0, 1),
        ]

    def test_only_activations_by_a_mak_are_spent(self, store: Store) -> None:
        store.record(record("pc1", attempts=(attempt(channel="kms_client"),)), RUN)
        assert store.mak_keys() == []

    def test_a_key_that_was_only_seen_installed_is_told(self, store: Store) -> None:
        store.record(record("pc1", mak()), RUN)
        assert store.mak_keys() == [MakKey(KEY[-5:], None, None, spent=0)]

    def test_no_key_is_in_the_database(self, sqlite_url: str, tmp_path: Path) -> None:
        with Store(sqlite_url) as store:
            reserve(store, "pc1")
        text = "\n".join(sqlite3.connect(tmp_path / "officefleet.sqlite").iterdump())
        assert KEY[:5] not in text


def _ask_for_a_place(number: int, url: str) -> bool:
    with Store(url) as store:
        return store.reserve(place(f"pc{number}", budget=20), another_run(number % 3), START)


def test_eight_processes_get_exactly_the_budget(url: str) -> None:
    given = at_once(functools.partial(_ask_for_a_place, url=url), range(50))
    with Store(url) as store:
        assert (sum(given), figures(store)) == (20, (0, 20))


def test_who_asks_while_another_is_asking_waits_for_the_outcome(store: Store, url: str) -> None:
    last = functools.partial(place, budget=1)
    reserve(store, "pc1", budget=1)
    store.settle(last("pc1"), RUN, START, "failed")
    store.close()
    with ThreadPoolExecutor() as threads:
        with Database(url).writing() as connection:
            assert _store_budget.reserve(connection, last("pc1"), RUN, START)
            asked = threads.submit(store.reserve, last("pc2"), RUN, START)
            _done, waiting = wait([asked], timeout=1)
        assert (len(waiting), asked.result()) == (1, False)
