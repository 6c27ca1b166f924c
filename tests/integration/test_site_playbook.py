# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""site.yml: preflight, rollout in waves, second pass for pending hosts, summary; and defaults for all modules."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.playbook_run import licensing_state, play, plays_text, task
from integration.winsim_server import FleetServer, PlaybookRun

LIMITED_SUMMARY = "Show what came out of a run with a limit, grouped by cause"
SITE = Path("officefleet.activation.site")
KMS_HOST = "127.10.22.11"
NOBODY = "127.10.22.99"
FLEET = f"""
kms_hosts: {{kms01.corp.example: {{address: {KMS_HOST}, port: 1688, serves: [2021]}}}}
defaults:
  office: [{{product: proplus, version: 2021}}]
  vars: {{office_client_kms_host: {KMS_HOST}, office_client_activation_retry_delay: 0}}
hosts:
  desk[01:06]: {{groups: [fleet]}}
  plain[01:02]: {{groups: [fleet], elevated: false}}
  bare: {{groups: [fleet], office: []}}
  gone: {{groups: [fleet], vars: {{ansible_port: 1}}}}
  canary: {{groups: [waves], elevated: false}}
  wave[01:03]: {{groups: [waves]}}
  free[01:04]: {{groups: [free]}}
  alone[01:03]: {{groups: [limited]}}
  default01:
"""
DESKS = [f"desk{number:02}" for number in range(1, 7)]
BROKEN = ["plain01", "plain02", "bare"]


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


def site(fleet: FleetServer, group: str, *arguments: str, strategy: str = "linear", **variables: Any) -> PlaybookRun:
    """Run site.yml on a group, with variables of the playbook."""
    extra = json.dumps({"officefleet_hosts": group, "officefleet_preflight_timeout": 1, **variables})
    return fleet.play(SITE, "-e", extra, *arguments, ANSIBLE_STRATEGY=strategy)


def summary(run: PlaybookRun) -> list[str]:
    """The lines of the summary."""
    return run.results("Show what came out, grouped by cause")["localhost"]["msg"]


def sent(fleet: FleetServer, hosts: list[str]) -> dict[str, int]:
    """How many commands each host has run."""
    return {host: len(fleet.commands(host)) for host in hosts}


def lasting(fleet: FleetServer, host: str) -> dict[str, Any]:
    """The state of a machine without what changes by the minute."""
    state = copy.deepcopy(licensing_state(fleet, host))
    for product in state["licensing"]["products"]:
        product.pop("GracePeriodRemaining", None)
    return state


# -- preflight ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kms_host", "strategy", "arguments"),
    [
        (NOBODY, "linear", []),
        ("kms01.nowhere.invalid", "linear", []),
        (NOBODY, "free", []),
        (NOBODY, "linear", ["--check"]),
    ],
)
def test_a_kms_host_that_does_not_answer_stops_the_run_before_any_host_is_touched(
    kms_host: str, strategy: str, arguments: list[str], fleet: FleetServer
) -> None:
    run = site(fleet, "waves", *arguments, strategy=strategy, office_client_kms_host=kms_host)
    assert run.exit_code != 0
    assert f"KMS host {kms_host} does not answer on TCP port 1688" in run.stdout
    assert [host for host in ("canary", "wave01", "wave02", "wave03") if fleet.log(host)] == []


def test_one_of_several_named_kms_hosts_that_does_not_answer_is_enough(fleet: FleetServer) -> None:
    play_vars = {"office_client_kms_port": "{{ 1699 if inventory_hostname == 'wave03' else 1688 }}"}
    run = site(fleet, "waves", **play_vars)
    assert "does not answer on TCP port 1699" in run.stdout
    assert fleet.log("wave01") == []


# -- the first and the second run ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def check_run(fleet: FleetServer) -> PlaybookRun:
    """A run in check mode on the untouched fleet, which must leave it untouched."""
    before = {host: lasting(fleet, host) for host in DESKS}
    run = site(fleet, "fleet", "--check", "--diff")
    assert {host: lasting(fleet, host) for host in DESKS} == before
    return run


@pytest.fixture(scope="module")
def first_run(fleet: FleetServer, check_run: PlaybookRun) -> PlaybookRun:
    """The first run that changes something."""
    return site(fleet, "fleet")


@pytest.fixture(scope="module")
def second_run(fleet: FleetServer, first_run: PlaybookRun) -> tuple[PlaybookRun, dict[str, int]]:
    """The second run, and how many commands each host ran in it."""
    before = sent(fleet, [*DESKS, *BROKEN])
    run = site(fleet, "fleet")
    return run, {host: number - before[host] for host, number in sent(fleet, [*DESKS, *BROKEN]).items()}


def test_check_mode_tells_who_would_be_changed(check_run: PlaybookRun) -> None:
    assert {host for host in DESKS if check_run.stats[host]["changed"]} == set(DESKS)
    assert not any(check_run.stats[host]["changed"] for host in BROKEN)


def test_pending_hosts_are_activated_in_the_second_pass(first_run: PlaybookRun, fleet: FleetServer) -> None:
    assert [fleet.product(host, "ProPlus2021VL_KMS")["LicenseStatus"] for host in DESKS] == ["1"] * 6
    assert sum(first_run.stats[host]["changed"] for host in DESKS) > len(DESKS)


def test_bad_hosts_fail_and_the_others_do_not(first_run: PlaybookRun) -> None:
    assert [first_run.stats[host]["failures"] for host in (*DESKS, *BROKEN)] == [0] * 6 + [1] * 3
    assert first_run.stats["gone"]["unreachable"] == 1
    assert first_run.exit_code != 0


def test_the_summary_groups_hosts_by_cause_with_their_number_first(first_run: PlaybookRun) -> None:
    lines = summary(first_run)
    assert lines[0] == "10 hosts: 6 licensed, 3 failed, 1 unreachable"
    (elevation,) = [
        index for index, line in enumerate(lines) if line.startswith("FAILED 2: The account is not elevated")
    ]
    assert "become" in lines[elevation]
    assert lines[elevation + 1].strip() == "plain01, plain02"
    assert any(line.startswith("FAILED 1: No Office is installed") for line in lines)


def test_hosts_that_cannot_be_reached_are_in_the_summary(first_run: PlaybookRun) -> None:
    lines = summary(first_run)
    (index,) = [index for index, line in enumerate(lines) if line.startswith("UNREACHABLE 1: ")]
    assert lines[index + 1].strip() == "gone"


def test_the_second_run_changes_nothing(second_run: tuple[PlaybookRun, dict[str, int]]) -> None:
    assert {host: numbers["changed"] for host, numbers in second_run[0].stats.items() if numbers["changed"]} == {}


def test_the_second_run_costs_one_remote_command_a_host(second_run: tuple[PlaybookRun, dict[str, int]]) -> None:
    assert second_run[1] == dict.fromkeys([*DESKS, *BROKEN], 1)


def test_a_host_that_is_right_meets_three_tasks(second_run: tuple[PlaybookRun, dict[str, int]]) -> None:
    """Each task costs every host, a skipped one too. The first host has what runs once, too."""
    stats = second_run[0].stats
    assert {host: stats[host]["ok"] + stats[host]["skipped"] for host in DESKS[1:]} == dict.fromkeys(DESKS[1:], 3)


def test_the_simulated_hosts_understood_every_line(
    second_run: tuple[PlaybookRun, dict[str, int]], fleet: FleetServer
) -> None:
    assert fleet.violations() == []


# -- waves, strategies, limits --------------------------------------------------------------------------------------


def test_a_canary_wave_that_fails_stops_the_rest(fleet: FleetServer) -> None:
    as_text = '[2, "100%"]'
    run = site(fleet, "waves", officefleet_serial=as_text, officefleet_max_fail_percentage=49)
    assert run.exit_code != 0
    assert [len(fleet.commands(host)) for host in ("canary", "wave01")] == [1, 3]
    assert [host for host in ("wave02", "wave03") if fleet.log(host)] == []

    site(fleet, "waves", officefleet_serial=[2, "100%"], officefleet_max_fail_percentage=50)
    registered = [fleet.product(host, "KMS_Client").get("KeyManagementServiceMachine") for host in ("wave02", "wave03")]
    assert registered == [KMS_HOST] * 2


def test_the_strategy_free_gives_the_same_result(first_run: PlaybookRun, fleet: FleetServer) -> None:
    run = site(fleet, "free", strategy="free")
    assert run.exit_code == 0, run.stdout
    assert summary(run)[0] == "4 hosts: 4 licensed"


@pytest.mark.parametrize(("limit", "host"), [("alone01,localhost", "alone01"), ("alone02", "alone02")])
def test_with_a_limit_only_those_hosts_are_touched_and_summed_up(
    limit: str, host: str, first_run: PlaybookRun, fleet: FleetServer
) -> None:
    run = site(fleet, "limited", "--limit", limit, officefleet_serial="")
    lines = summary(run) if "localhost" in limit else run.results(LIMITED_SUMMARY)[host]["msg"]
    assert lines == ["1 hosts: 1 licensed"]
    assert fleet.commands(host)
    assert fleet.log("alone03") == []


# -- module_defaults ------------------------------------------------------------------------------------------------


def test_defaults_for_the_action_group_reach_the_modules(fleet: FleetServer) -> None:
    group = {"group/officefleet.activation.all": {"kms_host": "kms-default.corp.example"}}
    one = task("set", "ospp_kms_client")
    fleet.play(plays_text(play(one, hosts="default01", module_defaults=group)))
    product = fleet.product("default01", "KMS_Client")
    assert product["KeyManagementServiceMachine"] == "kms-default.corp.example"
