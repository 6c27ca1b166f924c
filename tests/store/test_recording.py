# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a record changes in the store."""

from __future__ import annotations

import dataclasses
from datetime import timedelta, timezone

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    KMS_HOST,
    Change,
    FleetProduct,
    HostProblem,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from store.fleet import NEXT_RUN, RUN, START, attempt, host, later, product, record

UNREACHABLE = HostProblem("connect", "The host can not be reached.", "Check it.")
UNREADABLE = HostProblem("read", "There is no ospp.vbs.", None, "0x1")
UNCHANGED = HostProblem("change", "The KMS host could not be set.", "Run again.")

WHOLE = product(
    reason="0x4004F040",
    expires=later(180),
    kms_host="kms01.corp.example",
    kms_port=1688,
    ad_object="Office 21",
    kms_count=12,
)


class TestWhatWasRead:
    def test_a_host_comes_back_as_it_was_recorded(self, store: Store) -> None:
        store.record(record("pc1", groups=("design", "desktops"), os_version="10.0.26100", cmid="c-1"), RUN)
        found = host(store)
        assert (found.groups, found.os_version, found.cmid, found.complete, found.problem) == (
            ("design", "desktops"),
            "10.0.26100",
            "c-1",
            True,
            None,
        )

    def test_a_product_comes_back_as_it_was_recorded(self, store: Store) -> None:
        store.record(record("pc1", WHOLE), RUN)
        assert host(store).products == (FleetProduct(WHOLE, since=START),)

    def test_times_come_back_in_utc(self, store: Store) -> None:
        elsewhere = START.astimezone(timezone(timedelta(hours=5, minutes=30)))
        store.record(dataclasses.replace(record("pc1"), at=elsewhere), RUN)
        assert (host(store).read_at, host(store).read_at.utcoffset()) == (START, timedelta(0))

    def test_the_same_again_changes_only_the_times(self, store: Store) -> None:
        store.record(record("pc1", WHOLE, attempts=(attempt(),), problem=UNCHANGED), RUN)
        again = record("pc1", WHOLE, attempts=(attempt(),), problem=UNCHANGED, minutes=5)
        assert (store.record(again, RUN), host(store).read_at) == (False, later(5))

    @pytest.mark.parametrize(
        "change",
        [
            {"os_version": "10.0.1"},
            {"groups": ("laptops",)},
            {"cmid": "c-2"},
            {"complete": False},
            {"problem": UNREADABLE},
            {"attempts": (attempt(),)},
        ],
        ids=str,
    )
    def test_anything_else_is_a_change(self, store: Store, change: dict[str, object]) -> None:
        store.record(record("pc1", WHOLE), RUN)
        assert store.record(record("pc1", WHOLE, minutes=1, **change), RUN)

    def test_a_later_end_of_an_activation_is_kept_and_is_no_change(self, store: Store) -> None:
        store.record(record("pc1", product(expires=later(1))), RUN)
        changed = store.record(record("pc1", product(expires=later(99)), minutes=1), RUN)
        assert (changed, host(store).products[0].record.expires) == (False, later(99))

    def test_a_product_is_in_its_state_since_it_was_first_seen_so(self, store: Store) -> None:
        store.record(record("pc1", product(state="oob_grace")), RUN)
        store.record(record("pc1", product(state="licensed"), minutes=5), RUN)
        store.record(record("pc1", product(state="licensed", reason="0x1"), minutes=9), RUN)
        assert host(store).products[0].since == later(5)

    def test_what_was_not_told_stays_known(self, store: Store) -> None:
        store.record(record("pc1", WHOLE, groups=("design",), os_version="10.0", cmid="c-1"), RUN)
        store.record(record("pc1", products=None, problem=UNREACHABLE, minutes=5), RUN)
        found = host(store)
        assert (found.groups, found.os_version, found.cmid, len(found.products)) == (("design",), "10.0", "c-1", 1)


class TestProductsThatAreGone:
    def test_a_complete_listing_removes_what_it_lacks(self, store: Store) -> None:
        store.record(record("pc1", product("visio2021"), WHOLE), RUN)
        store.record(record("pc1", WHOLE, minutes=5), RUN)
        assert [item.record.product for item in host(store).products] == ["proplus2021"]

    def test_an_incomplete_listing_removes_nothing(self, store: Store) -> None:
        store.record(record("pc1", product("visio2021"), WHOLE), RUN)
        store.record(record("pc1", WHOLE, complete=False, minutes=5), RUN)
        assert (len(host(store).products), host(store).complete) == (2, False)

    def test_an_office_listing_keeps_the_licences_of_a_kms_host(self, store: Store) -> None:
        store.record(record("pc1", product("kms2021", channel="kms_host"), about=KMS_HOST), RUN)
        store.record(record("pc1", WHOLE, minutes=5), RUN)
        assert [item.record.product for item in host(store).products] == ["kms2021", "proplus2021"]

    def test_a_kms_host_listing_keeps_office(self, store: Store) -> None:
        store.record(record("pc1", WHOLE), RUN)
        store.record(record("pc1", about=KMS_HOST, minutes=5), RUN)
        assert len(host(store).products) == 1


class TestHistory:
    def changes(self, store: Store) -> list[Change]:
        return list(store.changes_since(later(1)))

    def test_a_state_that_stays_leaves_no_trace(self, store: Store) -> None:
        store.record(record("pc1", WHOLE), RUN)
        store.record(record("pc1", WHOLE, minutes=5), NEXT_RUN)
        assert self.changes(store) == []

    def test_a_state_that_changes_is_told_with_both_ends(self, store: Store) -> None:
        store.record(record("pc1", product(state="licensed")), RUN)
        store.record(record("pc1", product(state="oot_grace"), minutes=5), RUN)
        store.record(record("pc1", product(state="notification"), minutes=9), RUN)
        assert self.changes(store) == [Change("pc1", "proplus2021", "licensed", "notification", later(9))]

    def test_a_state_that_came_back_is_no_difference(self, store: Store) -> None:
        store.record(record("pc1", product(state="licensed")), RUN)
        store.record(record("pc1", product(state="oot_grace"), minutes=5), RUN)
        store.record(record("pc1", product(state="licensed"), minutes=9), RUN)
        assert self.changes(store) == []

    def test_a_product_that_went_is_told(self, store: Store) -> None:
        store.record(record("pc1", WHOLE), RUN)
        store.record(record("pc1", minutes=5), RUN)
        assert self.changes(store) == [Change("pc1", "proplus2021", "licensed", None, later(5))]

    def test_a_host_that_is_new_is_told(self, store: Store) -> None:
        store.record(record("pc1", WHOLE, minutes=5), RUN)
        assert self.changes(store) == [
            Change("pc1", None, None, "reached", later(5)),
            Change("pc1", "proplus2021", None, "licensed", later(5)),
        ]

    def test_a_host_that_is_not_reached_any_more_is_told(self, store: Store) -> None:
        store.record(record("pc1", WHOLE), RUN)
        store.record(record("pc1", products=None, problem=UNREACHABLE, minutes=5), RUN)
        assert self.changes(store) == [Change("pc1", None, "reached", "unreachable", later(5))]

    def test_a_host_that_could_not_be_changed_is_told_as_failed(self, store: Store) -> None:
        store.record(record("pc1", WHOLE), RUN)
        store.record(record("pc1", WHOLE, problem=UNCHANGED, minutes=5), RUN)
        assert self.changes(store) == [Change("pc1", None, "reached", "failed", later(5))]

    def test_changes_come_ordered_by_host(self, store: Store) -> None:
        for name in ("pc2", "PC3", "pc10"):
            store.record(record(name, minutes=5), RUN)
        assert [change.host for change in self.changes(store)] == ["PC3", "pc10", "pc2"]


class TestOlderRecords:
    def test_an_older_record_does_not_overwrite_what_is_known(self, store: Store) -> None:
        store.record(record("pc1", product(state="licensed"), minutes=5), RUN)
        changed = store.record(record("pc1", product(state="oob_grace"), minutes=1), RUN)
        assert (changed, host(store).products[0].record.state) == (False, "licensed")

    def test_an_older_record_tells_when_the_host_was_first_seen(self, store: Store) -> None:
        store.record(record("pc1", minutes=5), RUN)
        store.record(record("pc1", minutes=1), RUN)
        assert (host(store).first_seen, host(store).tried_at) == (later(1), later(5))

    def test_the_activations_of_an_older_record_are_kept(self, store: Store) -> None:
        store.record(record("pc1", WHOLE, minutes=5), RUN)
        store.record(record("pc1", attempts=(attempt(),), minutes=1), RUN)
        assert host(store).products[0].attempted_at == later(1)


class TestProblems:
    def test_a_host_that_was_never_reached_is_in_the_store(self, store: Store) -> None:
        store.record(record("pc1", products=None, problem=UNREACHABLE), RUN)
        found = host(store)
        assert (found.problem, found.read_at, found.tried_at) == (UNREACHABLE, None, START)

    def test_a_host_that_is_not_reached_was_read_when_it_was_read(self, store: Store) -> None:
        store.record(record("pc1", WHOLE), RUN)
        store.record(record("pc1", products=None, problem=UNREACHABLE, minutes=5), RUN)
        assert (host(store).read_at, host(store).tried_at) == (START, later(5))

    @pytest.mark.parametrize("problem", [UNREACHABLE, UNREADABLE], ids=lambda problem: problem.step)
    def test_reading_ends_a_problem_of_reaching_and_reading(self, store: Store, problem: HostProblem) -> None:
        store.record(record("pc1", products=None, problem=problem), RUN)
        store.record(record("pc1", minutes=5), RUN)
        assert host(store).problem is None

    def test_a_task_that_read_nothing_ends_no_problem_of_reading(self, store: Store) -> None:
        store.record(record("pc1", products=None, problem=UNREADABLE), RUN)
        store.record(record("pc1", products=None, minutes=5), RUN)
        assert host(store).problem == UNREADABLE

    def test_reading_does_not_end_a_problem_of_changing(self, store: Store) -> None:
        store.record(record("pc1", problem=UNCHANGED), RUN)
        store.record(record("pc1", minutes=5), RUN)
        assert host(store).problem == UNCHANGED

    def test_a_change_that_went_well_ends_a_problem_of_changing(self, store: Store) -> None:
        store.record(record("pc1", problem=UNCHANGED), RUN)
        store.record(record("pc1", changes=True, minutes=5), RUN)
        assert host(store).problem is None


class TestActivations:
    def test_the_last_activation_stands_at_its_product(self, store: Store) -> None:
        failed = attempt(result="failed", code="0xC004C008", cause="The MAK is used up.", remedy="Ask for more.")
        store.record(record("pc1", WHOLE, attempts=(attempt(),)), RUN)
        store.record(record("pc1", WHOLE, attempts=(failed,), minutes=5), NEXT_RUN)
        found = host(store).products[0]
        assert (found.last_attempt, found.attempted_at) == (failed, later(5))

    def test_a_product_is_activated_by_the_method_that_licensed_its_key(self, store: Store) -> None:
        by_telephone = attempt(method="confirmation_id", last_five="6F7TH")
        other_key = attempt(last_five="OTHER")
        store.record(record("pc1", WHOLE, attempts=(by_telephone,)), RUN)
        store.record(record("pc1", WHOLE, attempts=(other_key,), minutes=5), NEXT_RUN)
        assert host(store).products[0].activated_by == "confirmation_id"

    def test_a_product_without_a_recorded_activation_tells_no_method(self, store: Store) -> None:
        store.record(record("pc1", WHOLE), RUN)
        assert host(store).products[0].activated_by is None

    def test_a_second_attempt_of_a_run_takes_the_place_of_a_failed_first(self, store: Store) -> None:
        store.record(record("pc1", WHOLE, attempts=(attempt(result="pending"),)), RUN)
        store.record(record("pc1", WHOLE, attempts=(attempt(),), minutes=5), RUN)
        assert [summary.activations for summary in store.runs()] == [1]

    def test_a_failed_attempt_does_not_undo_an_activation_that_was_spent(self, store: Store) -> None:
        store.record(record("pc1", attempts=(attempt(),)), RUN)
        store.record(record("pc1", attempts=(attempt(result="failed"),), minutes=5), RUN)
        assert store.mak_keys()[0].spent == 1

    def test_an_attempt_that_is_recorded_again_is_not_spent_again(self, store: Store) -> None:
        for minutes in (0, 5):
            store.record(record("pc1", attempts=(attempt(),), minutes=minutes), RUN)
        assert store.mak_keys()[0].spent == 1
