# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection lost before, during or after the change: the host is unreachable, and the next run repairs it.

A fault strikes the first command whose line holds a text: /dstatus is in every line; settings and keys go in one
line, and the activation, by slmgr.vbs /ato because the old key is still there, in another.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from integration.playbook_run import Answer, ask
from integration.winsim_server import FleetServer

MOMENTS = {"before": "drop_before", "during": "drop_during", "after": "drop_after"}
COMMANDS = {"reading": "/dstatus", "settings": "/sethst", "key": "/inpkey", "activation": "/ato"}
HOSTS = [f"{command}_{moment}" for command in COMMANDS for moment in MOMENTS]


def mak(host: str) -> str:
    """A MAK of its own for each host, so that the service counts each alone."""
    return f"AAAAA-BBBBB-CCCCC-DDDDD-{HOSTS.index(host):02}MAK"


FLEET = "\n".join(
    [
        "clock: 2026-11-24T08:00:00Z",
        "microsoft:",
        "  maks:",
        *(f"    - {{key: {mak(host)}, office: 2021, family: proplus, limit: 5, used: 0}}" for host in HOSTS),
        "defaults: {office: [{product: proplus, version: 2021}]}",
        "hosts:",
        *(f"  {host}:" for host in (*HOSTS, "undisturbed")),
        "  late: {faults: [{name: drop_after, when: /dstatus, after: 1, times: 1}]}",
    ]
)
Answers = dict[str, Answer]


def wish(host: str) -> dict[str, object]:
    """A MAK and a setting, so that a run has a line for settings and keys and one for the activation."""
    key = mak(host if host in HOSTS else HOSTS[0])
    return {"products": [{"product": "proplus", "method": "mak", "key": key}], "kms_host": "kms01.corp.example"}


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        for host in HOSTS:
            command, _, moment = host.partition("_")
            running.set_fault(host, MOMENTS[moment], when=COMMANDS[command], times=1)
        yield running


def counts(fleet: FleetServer) -> dict[str, int]:
    """How many activations Microsoft's service has counted, by host."""
    used = {entry["key"]: entry["used"] for entry in fleet.world()["microsoft"]["keys"]}
    return {host: used[mak(host)] for host in HOSTS}


@pytest.fixture(scope="module")
def runs(fleet: FleetServer) -> tuple[Answers, Answers, Answers]:
    """Three runs of one task: the first meets the faults."""
    wishes = {host: wish(host) for host in (*HOSTS, "undisturbed")}
    return ask(fleet, "ospp_client", wishes), ask(fleet, "ospp_client", wishes), ask(fleet, "ospp_client", wishes)


@pytest.mark.parametrize("host", HOSTS)
def test_a_lost_connection_makes_the_host_unreachable(host: str, runs: tuple[Answers, ...]) -> None:
    result = runs[0][host].result
    assert result["unreachable"] is True
    assert "Traceback" not in result["msg"]


@pytest.mark.parametrize("host", [host for host in HOSTS if not host.startswith("reading")])
def test_the_error_says_what_was_under_way_and_what_to_do(host: str, runs: tuple[Answers, ...]) -> None:
    message = runs[0][host].result["msg"]
    assert "connection was lost" in message
    assert {"settings": "set the KMS host", "key": "install the key *", "activation": "activate"}[
        host.partition("_")[0]
    ] in message
    assert "run again" in message


@pytest.mark.parametrize("host", HOSTS)
def test_the_next_run_continues_and_ends_in_the_described_state(
    host: str, runs: tuple[Answers, ...], fleet: FleetServer
) -> None:
    assert not runs[1][host].failed
    assert runs[1][host].outcomes["Office 2021 proplus"]["result"] == "licensed"
    assert fleet.product(host, "ProPlus2021VL_MAK")["LicenseStatus"] == "1"
    assert fleet.product(host, "ProPlus2021VL_KMS")["KeyManagementServiceMachine"] == "kms01.corp.example"


@pytest.mark.parametrize("host", [*HOSTS, "undisturbed"])
def test_then_nothing_is_left_to_do(host: str, runs: tuple[Answers, ...]) -> None:
    assert not runs[2][host].changed
    assert len(runs[2][host].commands) == 1


@pytest.mark.parametrize("host", HOSTS[1:])
def test_no_mak_count_is_spent_twice(host: str, runs: tuple[Answers, ...], fleet: FleetServer) -> None:
    assert counts(fleet)[host] == 1


def test_a_host_whose_change_was_made_reports_no_change_the_next_time(runs: tuple[Answers, ...]) -> None:
    assert runs[0]["activation_after"].result["unreachable"]
    assert not runs[1]["activation_after"].changed
    assert runs[1]["activation_before"].changed


def test_other_hosts_of_the_run_are_not_affected(runs: tuple[Answers, ...]) -> None:
    assert runs[0]["undisturbed"].changed
    assert not runs[1]["undisturbed"].changed


def test_a_connection_lost_while_reading_can_be_retried(fleet: FleetServer) -> None:
    fleet.set_fault("late", "drop_before", when="/dstatus", times=1)
    answers = [ask(fleet, "ospp_info", {"late": {"gather": ["cmid"]}})["late"] for _ in range(3)]
    assert [bool(answer.result.get("unreachable")) for answer in answers] == [True, True, False]
