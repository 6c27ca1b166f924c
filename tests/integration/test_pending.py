# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pending is not failed: a KMS host that has counted fewer than five Office computers is asked again later."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from integration.playbook_run import Answer, alike, ask, licensing_state
from integration.winsim_server import FleetServer, PlaybookRun

PENDING = "0xC004F038"
TASK = "Bring Office into the described state"
LABEL = "Office 2021 proplus"
LICENSED = "licensed: {office: [{product: proplus, version: 2021, state: licensed}]}"


def world(hosts: str, count: int = 0) -> str:
    """A fleet of hosts that all ask one KMS host, which has counted ``count`` others."""
    return rf"""
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example}}], kms01: 10.9.6.1}}}}
kms_hosts: {{kms01.corp.example: {{address: 10.9.6.1, serves: [2013, 2016, 2019, 2021, 2024], count: {count}}}}}
defaults: {{domain: corp.example, office: [{{product: proplus, version: 2021}}]}}
hosts: {{{hosts}}}
"""


def play(*tasks: dict[str, Any], **variables: Any) -> dict[str, Any]:
    """A play on all hosts."""
    return {"hosts": "all", "gather_facts": False, "vars": variables, "tasks": list(tasks)}


def role(entry: str, name: str) -> dict[str, Any]:
    """A task that runs an entry point of the role."""
    return {
        "name": name,
        "ansible.builtin.import_role": {"name": "officefleet.activation.office_client", "tasks_from": entry},
    }


def results(run: PlaybookRun, number: int) -> dict[str, dict[str, Any]]:
    """The results of the role's task in one of the plays; hosts that skipped it are left out."""
    found: dict[str, dict[str, Any]] = {}
    for task in run.report["plays"][number]["tasks"]:
        if task["task"]["name"].endswith(TASK):
            found |= {host: result for host, result in task["hosts"].items() if not result.get("skipped")}
    return found


# -- fewer than five --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def few() -> Iterator[dict[str, Answer]]:
    with FleetServer(world(f"'d[1:4]': , {LICENSED}")) as fleet:
        yield ask(
            fleet,
            "ospp_client",
            alike(("d1", "d2", "d3", "d4", "licensed"), products=[{"method": "kms"}], activation_retries=3),
        )


@pytest.mark.parametrize("host", ["d1", "d2", "d3", "d4"])
def test_with_fewer_than_five_clients_a_host_is_pending_and_not_failed(few: dict[str, Answer], host: str) -> None:
    outcome = few[host].outcomes[LABEL]
    assert (few[host].message, few[host].result["pending"]) == ("", True)
    assert (outcome["result"], outcome["code"]) == ("pending", PENDING)
    assert outcome["cause"]
    assert outcome["remedy"]


@pytest.mark.parametrize("host", ["d1", "d2", "d3", "d4"])
def test_pending_is_not_retried_within_the_task(few: dict[str, Answer], host: str) -> None:
    assert len(few[host].commands) == 2


def test_a_licensed_host_is_not_pending(few: dict[str, Answer]) -> None:
    assert few["licensed"].result["pending"] is False


def test_pending_becomes_a_fact_for_later_plays(few: dict[str, Answer]) -> None:
    facts = {host: answer.result["ansible_facts"]["officefleet_pending"] for host, answer in few.items()}
    assert facts == {"d1": True, "d2": True, "d3": True, "d4": True, "licensed": False}


# -- the second pass --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Passes:
    """The role on five hosts, then its entry point settle."""

    first: dict[str, dict[str, Any]]
    settled: dict[str, dict[str, Any]]
    commands: dict[str, int]
    states: set[str]


@pytest.fixture(scope="module")
def five() -> Iterator[Passes]:
    playbook = [play(role("main", "all")), play(role("settle", "again"))]
    with FleetServer(world("'d[1:5]': ")) as fleet:
        run = fleet.play(json.dumps(playbook))
        assert run.exit_code == 0, run.stdout + run.stderr
        names = [f"d{number}" for number in range(1, 6)]
        yield Passes(
            results(run, 0),
            results(run, 1),
            {name: len(fleet.commands(name)) for name in names},
            {fleet.product(name, "6F7TH")["LicenseStatus"] for name in names},
        )


def test_the_fifth_client_is_activated_at_once_and_four_are_pending(five: Passes) -> None:
    assert sorted(result["pending"] for result in five.first.values()) == [False, True, True, True, True]


def test_settle_activates_the_pending_hosts_and_asks_no_other(five: Passes) -> None:
    assert set(five.settled) == {host for host, result in five.first.items() if result["pending"]}
    assert all(result["changed"] and not result["pending"] for result in five.settled.values())
    assert five.states == {"1"}


def test_settle_costs_a_pending_host_two_commands(five: Passes) -> None:
    assert sorted(five.commands.values()) == [2, 4, 4, 4, 4]


# -- still pending ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on_pending", "failed"), [("fail", 1), ("warn", 0)])
def test_on_pending_decides_what_settle_does_with_hosts_that_stay_pending(on_pending: str, failed: int) -> None:
    settle = play(role("settle", "again"), office_client_on_pending=on_pending)
    with FleetServer(world(f"'d[1:2]': , {LICENSED}")) as fleet:
        run = fleet.play(json.dumps([play(role("main", "all")), settle]))
    failures = {host: numbers["failures"] for host, numbers in run.stats.items()}
    assert failures == {"d1": failed, "d2": failed, "licensed": 0}
    assert all(result["pending"] for result in results(run, 1).values())
    assert ("Still pending" in run.stdout) == bool(failed)


def test_the_role_runs_in_check_mode_and_announces_the_activation() -> None:
    playbook = [play(role("main", "all")), play(role("settle", "again"), office_client_on_pending="fail")]
    with FleetServer(world("'d[1:2]': ")) as fleet:
        before = licensing_state(fleet, "d1")
        run = fleet.play(json.dumps(playbook), "--check", "--diff")
        assert licensing_state(fleet, "d1") == before
    assert run.exit_code == 0, run.stdout
    assert {result["changed"] for result in results(run, 0).values()} == {True}


# -- until, as the documentation shows it -----------------------------------------------------------------------------


def until(retries: int) -> str:
    """The example of the documentation, with another module and delay."""
    task = {
        "name": "ask",
        "officefleet.activation.ospp_activate": {},
        "register": "activation",
        "until": "activation is failed or not activation.pending",
        "retries": retries,
        "delay": 1,
    }
    return json.dumps([play(task)])


def test_until_not_pending_asks_again_until_five_are_counted() -> None:
    with FleetServer(world("'d[1:5]': ")) as fleet:
        run = fleet.play(until(retries=10))
        assert run.exit_code == 0, run.stdout
        assert {fleet.product(f"d{number}", "6F7TH")["LicenseStatus"] for number in range(1, 6)} == {"1"}
    assert max(result["attempts"] for result in run.results("ask").values()) > 1


def test_ansible_itself_fails_the_task_when_the_retries_of_until_run_out() -> None:
    with FleetServer(world("'d[1:2]': ")) as fleet:
        result = fleet.play(until(retries=1)).results("ask")["d1"]
    assert (result["failed"], result["pending"]) == (True, True)
