# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the modules of the store, and of the filters of the plan, run as they stand.

They write into the current folder, which is that of the fleet here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from integration.playbook_run import play, plays_text, task
from integration.test_examples import PLUGINS, differences, failed, results
from integration.winsim_server import FleetServer, PlaybookRun

pytestmark = pytest.mark.one_core

FLEET = """
dns: {corp.example: {kms01: 127.10.65.11, _vlmcs: [{host: kms01.corp.example}]}}
kms_hosts: {kms01.corp.example: {address: 127.10.65.11, serves: [2021], count: 10}}
defaults: {domain: corp.example, office: [{product: proplus, version: 2021}]}
hosts:
  desk[01:02]: {groups: [office]}
"""
#: In the order in which one needs what another has made.
MODULES = ("activation_record", "activation_report", "activation_export", "activation_import")
FILTERS = ("activation_plan", "activation_plan_inventory", "activation_plan_lines", "activation_plan_page")
FILES = {
    "activation_record": {"officefleet.sqlite", "central.sqlite"},
    "activation_report": {"officefleet-report", "monthly", "officefleet.prom"},
    "activation_export": {"lab.json", "fleet.csv"},
    "activation_plan_inventory": {"activation_plan.yml"},
    "activation_plan_page": {"activation_plan.html"},
}
VARIABLES = {
    "vault_officefleet_store": "central.sqlite",
    "plan": "{{ groups['office'] | officefleet.activation.activation_plan(hostvars, 'info') }}",
}


@cache
def page(name: str) -> dict[str, Any]:
    kind = "modules" if name in MODULES else "filter"
    return yaml.safe_load((PLUGINS / kind / f"{name}.yml").read_text(encoding="utf-8"))


def examples(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load(page(name)["EXAMPLES"])


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running
        assert running.violations() == []


@pytest.fixture(scope="module")
def runs(fleet: FleetServer) -> list[PlaybookRun]:
    """All examples, page after page, twice."""
    read = task("read", "ospp_info", {"gather": ["cmid"]}, register="info")
    plays = [play(read, hosts="office"), *(play(*examples(name), vars=VARIABLES) for name in (*MODULES, *FILTERS))]
    return [fleet.play(plays_text(*plays), "--diff", folder=fleet.folder) for _time in range(2)]


def test_the_examples_run_as_they_stand(runs: list[PlaybookRun]) -> None:
    assert [failed(run) for run in runs] == [{}, {}]


@pytest.mark.parametrize("name", MODULES)
def test_what_they_return_is_what_the_page_describes(runs: list[PlaybookRun], name: str) -> None:
    action = f"officefleet.activation.{name}"
    found = [result for run in runs for result in results(run, action)]
    assert len(found) >= 2 * sum(action in example for example in examples(name))
    assert [difference for result in found for difference in differences(result, page(name)["RETURN"])] == []


@pytest.mark.parametrize("name", FILES)
def test_they_write_the_files_that_they_name(fleet: FleetServer, runs: list[PlaybookRun], name: str) -> None:
    assert FILES[name] <= {path.name for path in fleet.folder.iterdir()}


@pytest.mark.parametrize("name", ["activation_record", "activation_import"])
def test_a_second_time_they_change_nothing(runs: list[PlaybookRun], name: str) -> None:
    assert not any(result["changed"] for result in results(runs[1], f"officefleet.activation.{name}"))


def test_the_report_of_the_examples_knows_the_fleet(runs: list[PlaybookRun]) -> None:
    reports = results(runs[0], "officefleet.activation.activation_report")
    assert [report["numbers"]["hosts"] for report in reports] == [2, 2, 2]


@pytest.mark.parametrize(
    ("example", "words"),
    [("Show the method of each computer", "desk01: mak. Only 2 of 5 computers"), ("Show the plan", "Activation plan")],
)
def test_the_filters_of_the_plan_show_it(runs: list[PlaybookRun], example: str, words: str) -> None:
    assert words in str(list(runs[0].results(example).values()))
