# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installation IDs and confirmation IDs in the store."""

from __future__ import annotations

import dataclasses
import functools
from datetime import datetime

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from store.fleet import RUN, START, another_run, at_once, attempt, later, mak, record

ID, NEW_ID = "1" * 63, "2" * 63
ANSWER, OTHER_ANSWER = "123456" * 8, "654321" * 8
WANTED = Request("pc1", "Office 2021 proplus", "sku-proplus", "MAK21", ID)
ANSWERED = dataclasses.replace(WANTED, confirmation_id=ANSWER)
OTHER_PRODUCT = dataclasses.replace(WANTED, sku_id="sku-visio", product="Office 2021 visio_pro")


def collect(store: Store, *requests: Request, licensed: tuple[str, ...] = (), at: datetime = START) -> bool:
    return store.collect_installation_ids("pc1", requests, licensed, at)


def known(store: Store) -> dict[str, tuple[str | None, bool]]:
    """Confirmation ID and whether it is waited for, by installation ID."""
    return {item.installation_id: (item.confirmation_id, item.waiting) for item in store.confirmations()}


def collect_one(url: str, number: int) -> bool:
    with Store(url) as store:
        request = dataclasses.replace(WANTED, host=f"pc{number % 4}")
        return store.collect_installation_ids(request.host, [request], (), START)


class TestCollecting:
    def test_an_empty_store_knows_nothing(self, store: Store) -> None:
        assert store.confirmations() == []

    def test_what_a_host_needs_is_kept_with_the_time(self, store: Store) -> None:
        assert collect(store, WANTED, OTHER_PRODUCT) is True
        expected = [dataclasses.replace(item, collected_at=START) for item in (WANTED, OTHER_PRODUCT)]
        assert store.confirmations() == expected

    def test_the_same_again_is_nothing_new(self, store: Store) -> None:
        collect(store, WANTED)
        assert collect(store, WANTED, at=later(60)) is False

    def test_a_new_installation_id_takes_the_place_of_one_that_nobody_answered(self, store: Store) -> None:
        collect(store, WANTED)
        assert collect(store, dataclasses.replace(WANTED, installation_id=NEW_ID)) is True
        assert known(store) == {NEW_ID: (None, True)}

    def test_an_answer_for_an_earlier_installation_id_is_kept(self, store: Store) -> None:
        collect(store, WANTED)
        store.take_confirmations([ANSWERED])
        collect(store, dataclasses.replace(WANTED, installation_id=NEW_ID))
        assert known(store) == {ID: (ANSWER, False), NEW_ID: (None, True)}

    def test_a_product_that_is_licensed_waits_no_longer(self, store: Store) -> None:
        collect(store, WANTED, OTHER_PRODUCT)
        assert collect(store, OTHER_PRODUCT, licensed=(WANTED.sku_id,)) is True
        assert [item.waiting for item in store.confirmations()] == [False, True]

    def test_hosts_that_collect_at_once_do_not_disturb_each_other(self, url: str) -> None:
        new = at_once(functools.partial(collect_one, url), range(16))
        with Store(url) as store:
            assert (new.count(True), len(store.confirmations())) == (4, 4)


class TestConfirmationIds:
    def test_an_answer_goes_to_its_request(self, store: Store) -> None:
        collect(store, WANTED)
        store.take_confirmations([ANSWERED])
        assert store.confirmations() == [dataclasses.replace(ANSWERED, collected_at=START)]

    def test_an_answer_of_another_controller_brings_its_request_along(self, store: Store) -> None:
        store.take_confirmations([ANSWERED])
        assert store.confirmations() == [ANSWERED]

    def test_an_answer_is_found_by_host_or_by_installation_id(self, store: Store) -> None:
        store.take_confirmations([ANSWERED])
        assert store.confirmations("pc1") == [ANSWERED]
        assert store.confirmations("renamed", [ID]) == [ANSWERED]
        assert store.confirmations("renamed", [NEW_ID]) == []

    def test_an_answer_that_activated_is_kept_with_the_time_and_never_replaced(self, store: Store) -> None:
        store.take_confirmations([ANSWERED])
        store.confirmations_applied("pc1", [ANSWERED], (WANTED.sku_id,), later(5))
        store.take_confirmations([dataclasses.replace(WANTED, confirmation_id=OTHER_ANSWER)])
        assert store.confirmations() == [dataclasses.replace(ANSWERED, waiting=False, applied_at=later(5))]

    def test_a_machine_that_was_installed_anew_waits_again_and_has_its_answer(self, store: Store) -> None:
        store.take_confirmations([ANSWERED])
        store.confirmations_applied("pc1", [ANSWERED], (WANTED.sku_id,), later(5))
        assert collect(store, WANTED) is True
        assert known(store) == {ID: (ANSWER, True)}


def test_a_reactivation_spends_nothing_of_the_mak(store: Store) -> None:
    by_telephone = attempt(method="confirmation_id")
    store.record(record("pc1", mak(), attempts=(by_telephone,)), RUN)
    again = attempt(method="reactivation")
    store.record(record("pc1", mak(), minutes=60, attempts=(again,)), another_run(2))
    assert [key.spent for key in store.mak_keys()] == [1]
