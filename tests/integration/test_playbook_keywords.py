# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keywords of tasks and plays: become, delegate_to, loop, strategy, async. `serial` is in test_site_playbook.py.

One playbook on one fleet shows them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.playbook_run import play, plays_text, task
from integration.winsim_server import FleetServer, PlaybookRun

pytestmark = pytest.mark.one_core

ACTIONS = sorted(
    path.stem for path in Path(__file__).resolve().parents[2].joinpath("plugins", "action").glob("[!_]*.py")
)
FLEET = """
clock: 2026-11-24T08:00:00Z
kms_hosts: {kms01.corp.example: {address: 127.52.0.1, serves: [2021], count: 30}}
defaults: {office: [{product: proplus, version: 2021}], dns_suffix: corp.example}
hosts:
  kms01.corp.example: {os: Windows Server 2022, office: [], elevated: true}
  plain_account: {elevated: false}
  delegating:
  delegated:
  loops: {office: [{product: proplus, version: 2021, key: none}, {product: visio_pro, version: 2021, key: none}]}
  free[1:4]: {groups: [free]}
  background:
"""
CLIENT = {"products": [{"product": "all", "method": "kms"}], "kms_host": "kms01.corp.example"}
AS_SYSTEM = {"become": True, "become_method": "ansible.builtin.runas", "become_user": "SYSTEM"}


def tasks_of(name: str) -> list[dict]:
    """The same task twice: the second time nothing is left to do."""
    return [task(f"{name} {number}", "ospp_client", CLIENT) for number in ("first", "again")]


PLAYBOOK = plays_text(
    play(*tasks_of("become"), hosts="plain_account", **AS_SYSTEM),
    play(
        task("kms host", "kms_host_info", delegate_to="kms01.corp.example"),
        task("delegated", "ospp_client", CLIENT, delegate_to="delegated", delegate_facts=True),
        task(
            "facts",
            "ansible.builtin.debug",
            {
                "msg": {
                    "here": "{{ officefleet_pending is defined }}",
                    "there": "{{ hostvars.delegated.officefleet_pending is defined }}",
                }
            },
        ),
        hosts="delegating",
    ),
    play(
        *(
            task(name, "ospp_product_key", {"product": "{{ item }}"}, loop=["proplus", "visio_pro"])
            for name in ("loop first", "loop again")
        ),
        hosts="loops",
    ),
    play(*tasks_of("free"), hosts="free", strategy="ansible.builtin.free"),
    play(
        *(task(f"async {name}", name, **{"async": 30, "poll": 1}, ignore_errors=True) for name in ACTIONS),
        task("later", "ospp_client", **{"async": 30, "poll": 0}, ignore_errors=True),
        hosts="background",
    ),
)


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


@pytest.fixture(scope="module")
def run(fleet: FleetServer) -> PlaybookRun:
    return fleet.play(PLAYBOOK)


def test_become_with_runas_does_what_a_plain_account_may_not(run: PlaybookRun, fleet: FleetServer) -> None:
    first, again = run.results("become first")["plain_account"], run.results("become again")["plain_account"]
    assert first["status"]["elevated"] is True
    assert (first["changed"], again["changed"]) == (True, False)
    assert {entry.get("become") for entry in fleet.log("plain_account")} == {"SYSTEM"}


def test_a_task_of_a_client_may_ask_its_kms_host(run: PlaybookRun, fleet: FleetServer) -> None:
    result = run.results("kms host")["delegating"]
    assert "2021" in [str(one["office"]) for one in result["status"]["licences"] if one["state"] == "licensed"]
    assert len(fleet.commands("kms01.corp.example")) == 1


def test_a_delegated_task_changes_the_other_host_alone(run: PlaybookRun, fleet: FleetServer) -> None:
    assert run.results("delegated")["delegating"]["changed"]
    assert fleet.product("delegated", "ProPlus2021VL_KMS")["KeyManagementServiceMachine"] == "kms01.corp.example"
    assert fleet.commands("delegating") == []


def test_the_fact_of_a_delegated_task_goes_where_delegate_facts_says(run: PlaybookRun) -> None:
    assert run.results("facts")["delegating"]["msg"] == {"here": False, "there": True}


def test_a_loop_over_products(run: PlaybookRun, fleet: FleetServer) -> None:
    first, again = run.results("loop first")["loops"], run.results("loop again")["loops"]
    assert [item["changed"] for item in first["results"]] == [True, True]
    assert [item["changed"] for item in again["results"]] == [False, False]
    assert fleet.product("loops", "VisioPro2021VL_KMS")["PartialProductKey"]


def test_the_strategy_free_gives_what_linear_gives(run: PlaybookRun) -> None:
    first, again = run.results("free first"), run.results("free again")
    assert set(first) == {"free1", "free2", "free3", "free4"}
    assert all(result["changed"] for result in first.values())
    assert not any(result["changed"] for result in again.values())


@pytest.mark.parametrize("name", ACTIONS)
def test_async_is_refused_by_every_module(name: str, run: PlaybookRun) -> None:
    result = run.results(f"async {name}")["background"]
    assert result["failed"]
    assert f"This action (officefleet.activation.{name}) does not support async" in result["msg"]


def test_async_without_waiting_is_refused_too(run: PlaybookRun) -> None:
    assert "does not support async" in run.results("later")["background"]["msg"]


def test_what_is_refused_reaches_no_host(run: PlaybookRun, fleet: FleetServer) -> None:
    assert fleet.log("background") == []
    assert fleet.violations() == []
