# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the events of a run add up to."""

from __future__ import annotations

import tracemalloc
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_progress import HOST_MODULES, FleetTally
from ansible_collections.officefleet.activation.plugins.module_utils.host_verdict import HostClass

HOSTS = [f"desk{number}" for number in range(1, 5)]


def outcome(result: str) -> dict[str, Any]:
    """A result of ospp_client about one product."""
    reason = {"cause": "A cause.", "code": None, "remedy": "A remedy."}
    return {"outcomes": [{"result": result, **reason}]}


STATUS = {"status": {"licences": [{"state": "licensed", "partial_product_key": "ABCDE", "channel": "mak"}]}}
BROKEN = {"failures": [{"product": None, "cause": "Broken.", "code": None, "remedy": "Repair."}]}


# What works on Windows itself or on the forest says nothing of a computer's Office.
OF_OTHER_THINGS = {
    "ad_activation_object",
    "ad_activation_object_info",
    "vbscript_engine",
    "windows_activation",
    "windows_activation_info",
}


def test_every_module_that_works_on_an_office_client_or_a_kms_host_is_watched() -> None:
    package = "ansible_collections.officefleet.activation.plugins.action"
    names = [path.stem for path in Path(import_module(f"{package}.ospp_client").__file__ or "").parent.glob("*.py")]
    connecting = {name for name in names if import_module(f"{package}.{name}").ActionModule._requires_connection}
    assert {name.rsplit(".", 1)[1] for name in HOST_MODULES} == connecting - OF_OTHER_THINGS


@pytest.fixture
def tally() -> FleetTally:
    """A play over four hosts, at the start of the task that matters."""
    begun = FleetTally()
    begun.begin_play(HOSTS)
    begun.expect_results()
    return begun


def lines(tally: FleetTally) -> list[str]:
    """The summary as lines."""
    headline, groups = tally.summary()
    return [headline, *(line for group in groups for line in group.lines)]


# -- the bar ----------------------------------------------------------------------------------------------------------


def test_a_play_counts_all_its_hosts(tally: FleetTally) -> None:
    assert (tally.done, tally.total) == (0, 4)


def test_a_host_that_gave_a_result_is_done(tally: FleetTally) -> None:
    tally.add_result("desk1", outcome("licensed"))
    assert (tally.done, tally.total) == (1, 4)


def test_a_host_that_gives_several_results_is_done_once(tally: FleetTally) -> None:
    tally.add_result("desk1", outcome("licensed"))
    tally.add_result("desk1", outcome("licensed"))
    assert tally.done == 1


def test_a_host_that_fails_elsewhere_is_done(tally: FleetTally) -> None:
    tally.add_stopped("desk1", "Copy a file", unreachable=False)
    assert tally.done == 1


def test_a_host_that_has_nothing_to_do_leaves_the_total(tally: FleetTally) -> None:
    tally.add_skipped("desk1", ours=False)
    assert (tally.done, tally.total) == (0, 3)


def test_a_host_that_has_something_to_do_after_all_comes_back(tally: FleetTally) -> None:
    tally.add_skipped("desk1", ours=False)
    tally.add_result("desk1", outcome("licensed"))
    assert (tally.done, tally.total) == (1, 4)


def test_a_host_that_skips_something_after_its_result_stays(tally: FleetTally) -> None:
    tally.add_result("desk1", outcome("licensed"))
    tally.add_skipped("desk1", ours=True)
    assert (tally.done, tally.total) == (1, 4)


def test_a_host_that_left_is_not_in_the_next_play(tally: FleetTally) -> None:
    tally.leave("desk1")
    tally.begin_play(HOSTS)
    assert tally.total == 3


# -- the class of a host ----------------------------------------------------------------------------------------------


def test_a_pending_host_that_settles_is_licensed(tally: FleetTally) -> None:
    tally.add_result("desk1", outcome("pending"))
    tally.add_result("desk1", outcome("licensed"))
    assert tally.numbers == {HostClass.LICENSED: 1}


def test_a_setting_made_later_does_not_take_back_an_activation(tally: FleetTally) -> None:
    tally.add_result("desk1", outcome("licensed"))
    tally.add_result("desk1", {"outcomes": []})
    assert tally.numbers == {HostClass.LICENSED: 1}


def test_a_reading_does_not_take_back_what_an_activation_gave(tally: FleetTally) -> None:
    tally.add_result("desk1", outcome("pending"))
    tally.add_result("desk1", STATUS)
    assert tally.numbers == {HostClass.PENDING: 1}


def test_an_activation_says_more_than_an_earlier_reading(tally: FleetTally) -> None:
    tally.add_result("desk1", STATUS)
    tally.add_result("desk1", outcome("pending"))
    assert tally.numbers == {HostClass.PENDING: 1}


def test_a_later_failure_counts(tally: FleetTally) -> None:
    tally.add_result("desk1", outcome("licensed"))
    tally.add_result("desk1", BROKEN, failed=True)
    assert tally.numbers == {HostClass.FAILED: 1}


def test_a_host_stopped_by_another_task_keeps_what_is_known_of_it(tally: FleetTally) -> None:
    tally.add_result("desk1", outcome("pending"))
    tally.add_stopped("desk1", "Stop on hosts that are still pending", unreachable=False)
    assert tally.numbers == {HostClass.PENDING: 1}


def test_a_host_that_skips_the_task_of_ours_has_nothing_to_do(tally: FleetTally) -> None:
    tally.add_skipped("desk1", ours=True)
    assert tally.numbers == {HostClass.NOTHING: 1}


# -- the summary ------------------------------------------------------------------------------------------------------


def test_no_result_of_ours_means_that_there_is_nothing_to_sum_up(tally: FleetTally) -> None:
    tally.add_stopped("desk1", "Copy a file", unreachable=False)
    assert not tally.has_results


def test_a_failure_elsewhere_is_grouped_by_the_task(tally: FleetTally) -> None:
    for host in HOSTS:
        tally.add_stopped(host, "Copy a file", unreachable=False)
    assert lines(tally)[1].startswith("FAILED 4: The task 'Copy a file' failed.")


def test_hosts_that_a_stopped_run_left_out_are_not_forgotten(tally: FleetTally) -> None:
    tally.add_result("desk1", outcome("licensed"))
    assert lines(tally)[0] == "4 hosts: 1 licensed, 3 not done"
    assert lines(tally)[2] == "    desk2, desk3, desk4"


def test_hosts_with_nothing_to_do_are_not_left_out(tally: FleetTally) -> None:
    for host in HOSTS:
        tally.add_skipped(host, ours=False)
    assert lines(tally) == ["0 hosts: none"]


def test_a_fleet_costs_little_memory() -> None:
    hosts = [f"host{number}" for number in range(5000)]
    tally = FleetTally()
    tally.begin_play(hosts)
    tracemalloc.start()
    for host in hosts:
        tally.add_result(host, {**outcome("pending"), "stdout": "x" * 10_000})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000
