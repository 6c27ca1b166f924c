# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways to a host: WinRM over HTTP and over HTTPS with its certificate checked, and SSH with PowerShell as the shell.

One playbook, run twice: settings and a MAK by ospp_client, then on two hosts over SSH the role, with files and facts.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from integration.playbook_run import Answer, play, plays_text, task
from integration.winsim_server import FleetServer, PlaybookRun

pytestmark = pytest.mark.needs("ssh")

MAK = "AAAAA-BBBBB-CCCCC-DDDDD-SSMAK"
FLEET = f"""
clock: 2026-11-24T08:00:00Z
microsoft: {{maks: [{{key: {MAK}, office: 2021, family: proplus, limit: 9}}]}}
kms_hosts: {{kms01.corp.example: {{address: 127.51.0.1, port: 1688, serves: [2021], count: 30}}}}
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example, port: 1688}}]}}}}
defaults: {{office: [{{product: proplus, version: 2021}}], dns_suffix: corp.example, groups: [all_ways]}}
hosts:
  http:
  https: {{connection: https}}
  expired: {{connection: https, certificate: expired}}
  other_name: {{connection: https, certificate: other_name}}
  other_authority: {{connection: https, certificate: other_authority}}
  ssh: {{connection: ssh}}
  ssh_by_become: {{connection: ssh, elevated: false, vars: {{ansible_become: true}}}}
  ssh_not_elevated: {{connection: ssh, elevated: false}}
  ssh_lost_reading: {{connection: ssh, faults: [{{name: drop_before, when: /dstatus, times: 1}}]}}
  ssh_lost_setting: {{connection: ssh, faults: [{{name: drop_during, when: /sethst, times: 1}}]}}
  ssh_lost_activation:
    connection: ssh
    faults: [{{name: drop_after, when: /ato, times: 1}}]
    vars: {{ansible_ssh_retries: 2}}
  ssh_retried:
    connection: ssh
    faults: [{{name: drop_before, when: /dstatus, times: 1}}]
    vars: {{ansible_ssh_retries: 2}}
  ssh_closed: {{connection: ssh, faults: [not_windows]}}
  role[1:2]: {{connection: ssh, groups: [by_role]}}
"""
BAD_CERTIFICATES = {
    "expired": "certificate has expired",
    "other_name": "certificate is not valid for '127.0.0.1'",
    "other_authority": "unable to get local issuer certificate",
}
LOST = ("ssh_lost_reading", "ssh_lost_setting", "ssh_lost_activation")
GOOD = ("http", "https", "ssh", "ssh_by_become", "ssh_retried")
ROLE = ("role1", "role2")
BECOME = {"ansible_become_method": "ansible.builtin.runas", "ansible_become_user": "SYSTEM"}
PLAYBOOK = plays_text(
    play(
        task(
            "ask",
            "ospp_client",
            {
                "products": [{"product": "proplus", "method": "mak", "key": "{{ vault_mak }}"}],
                "kms_host": "kms01.corp.example",
            },
        ),
        hosts="all_ways",
        vars={"vault_mak": MAK, **BECOME},
    ),
    play(
        task("facts", "ansible.builtin.setup"),
        task("file", "ansible.windows.win_copy", {"content": "über", "dest": r"C:\Windows\Temp\note.txt"}),
        task("look", "ansible.windows.win_stat", {"path": r"C:\Windows\Temp\note.txt"}),
        task("role", "ansible.builtin.include_role", {"name": "officefleet.activation.office_client"}),
        hosts="by_role",
    ),
)
Runs = tuple[dict[str, Answer], PlaybookRun]


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


def run_all(fleet: FleetServer) -> Runs:
    """Run the playbook; the answers of its first play."""
    before = len(fleet.log())
    run = fleet.play(PLAYBOOK)
    commands: dict[str, list[str]] = {}
    for entry in fleet.log()[before:]:
        if entry["module"] == "win_command":
            commands.setdefault(entry["host"], []).append(entry["command"])
    return {host: Answer(result, commands.get(host, [])) for host, result in run.results("ask").items()}, run


@pytest.fixture(scope="module")
def first(fleet: FleetServer) -> Runs:
    return run_all(fleet)


@pytest.fixture(scope="module")
def second(first: Runs, fleet: FleetServer) -> Runs:
    return run_all(fleet)


@pytest.mark.parametrize("host", GOOD)
def test_every_way_leads_to_the_same_state(host: str, first: Runs, second: Runs, fleet: FleetServer) -> None:
    assert first[0][host].outcomes["Office 2021 proplus"]["result"] == "licensed"
    assert (first[0][host].changed, second[0][host].changed) == (True, False)
    assert fleet.product(host, "ProPlus2021VL_MAK")["LicenseStatus"] == "1"


def test_every_way_costs_the_same_commands(first: Runs, second: Runs) -> None:
    ways = ("http", "https", "ssh")
    assert [len(first[0][host].commands) for host in ways] == [3, 3, 3]
    assert [len(second[0][host].commands) for host in ways] == [1, 1, 1]


@pytest.mark.parametrize("host", BAD_CERTIFICATES)
def test_a_bad_certificate_makes_the_host_unreachable_and_nothing_is_sent(
    host: str, second: Runs, fleet: FleetServer
) -> None:
    result = second[0][host].result
    assert result["unreachable"] is True
    assert BAD_CERTIFICATES[host] in result["msg"]
    assert fleet.log(host) == []


def test_an_ssh_server_that_closes_makes_the_host_unreachable(first: Runs, fleet: FleetServer) -> None:
    result = first[0]["ssh_closed"].result
    assert result["unreachable"] is True
    assert "reached over ssh" in result["msg"]
    assert fleet.log("ssh_closed") == []


def test_an_account_over_ssh_must_be_elevated(first: Runs) -> None:
    answer = first[0]["ssh_not_elevated"]
    assert "The account is not elevated on the host" in answer.message
    assert "become with runas" in answer.message
    assert len(answer.commands) == 1


def test_become_with_runas_elevates_over_ssh(first: Runs, fleet: FleetServer) -> None:
    assert first[0]["ssh_by_become"].changed
    assert {entry.get("become") for entry in fleet.log("ssh_by_become")} == {"SYSTEM"}


@pytest.mark.parametrize("host", LOST)
def test_a_connection_lost_over_ssh_makes_the_host_unreachable(host: str, first: Runs) -> None:
    result = first[0][host].result
    assert result["unreachable"] is True
    assert "Traceback" not in result["msg"]


def test_the_error_says_what_was_under_way(first: Runs) -> None:
    message = first[0]["ssh_lost_setting"].result["msg"]
    assert "The connection was lost while the host was to: set the KMS host" in message
    assert "run again" in message
    assert message.count("over ssh") + message.count("via ssh") <= 1


@pytest.mark.parametrize("host", LOST)
def test_the_next_run_over_ssh_continues(host: str, second: Runs, fleet: FleetServer) -> None:
    assert second[0][host].outcomes["Office 2021 proplus"]["result"] == "licensed"
    assert fleet.product(host, "ProPlus2021VL_MAK")["LicenseStatus"] == "1"


def test_ssh_may_repeat_what_only_reads(first: Runs) -> None:
    reading, again, *_ = first[0]["ssh_retried"].commands
    assert reading == again


def test_ssh_never_repeats_what_changes_something(first: Runs) -> None:
    activations = [line for line in first[0]["ssh_lost_activation"].commands if "/ato" in line]
    assert len(activations) == 1


@pytest.mark.parametrize("host", ROLE)
def test_role_files_and_facts_over_ssh(host: str, first: Runs, second: Runs, fleet: FleetServer) -> None:
    run, again = first[1], second[1]
    assert run.results("facts")[host]["ansible_facts"]["ansible_os_family"] == "Windows"
    assert run.results("look")[host]["stat"]["size"] == len("über".encode())
    assert run.stats[host]["failures"] + run.stats[host]["unreachable"] == 0
    assert (run.stats[host]["changed"], again.stats[host]["changed"]) == (2, 0)
    assert fleet.product(host, "ProPlus2021VL_KMS")["LicenseStatus"] == "1"


def test_nothing_outside_the_simulation_was_asked_for(second: Runs, fleet: FleetServer) -> None:
    assert fleet.violations() == []


def test_the_key_is_shown_nowhere(first: Runs, second: Runs) -> None:
    assert not any(MAK in text for _, run in (first, second) for text in (run.stdout, run.stderr))
