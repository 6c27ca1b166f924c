# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts without VBScript get it where the role may add it; a MAK that a proxy holds up is told which proxy, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from integration.playbook_run import Answer, play, plays_text, task
from integration.winsim_server import FleetServer, PlaybookRun

MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK21"
HOST_KEY = "AAAAA-BBBBB-CCCCC-DDDDD-HST21"
BY_MAK = "[{product: proplus, method: mak, key: '{{ vault_mak }}'}]"
# Without a retry, so that what a host costs is the attempt and the look at the proxy.
MAK_VARS = f"vars: {{office_client_products: {BY_MAK}, office_client_activation_retries: 0}}"
PROXY = "winhttp_proxy: {server: 'proxy.corp.example:8080', authenticating: true"
FLEET = rf"""
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example}}]}}}}
kms_hosts: {{kms01.corp.example: {{address: 10.9.1.1, serves: [2021], count: 10}}}}
microsoft:
  maks:
    - {{key: {MAK}, office: 2021, family: proplus, limit: 50}}
    - {{key: {HOST_KEY}, office: 2021, channel: kms_host, limit: 60}}
downloads: {{'\\files\fod\VBSCRIPT.cab': {{text: features on demand}}}}
defaults:
  domain: corp.example
  os: Windows 11 24H2
  office: [{{product: proplus, version: 2021}}]
  vars: {{office_client_vbscript: ensure_present}}
hosts:
  has_it: {{groups: [clients]}}
  missing: {{groups: [clients], vbscript: false}}
  german: {{groups: [clients], vbscript: false, language: de-DE}}
  offline: {{groups: [clients], vbscript: false, reach: {{microsoft: false}}}}
  from_share:
    {{groups: [clients], vbscript: false, reach: {{microsoft: false}},
      vars: {{office_client_vbscript: ensure_present, office_client_vbscript_source: '\\files\fod'}}}}
  wsus: {{groups: [clients], vbscript: false, faults: [dism_fails]}}
  older: {{groups: [clients], vbscript: false, os: Windows 10 22H2}}
  plain_account: {{groups: [clients], vbscript: false, elevated: false}}
  restart: {{groups: [clients], faults: [no_vbscript]}}
  behind_proxy: {{groups: [clients], language: de-DE, {PROXY}, bypass: <local>}}, {MAK_VARS}}}
  exempt: {{groups: [clients], {PROXY}, bypass: '*.sls.microsoft.com'}}, {MAK_VARS}}}
  no_way: {{groups: [clients], reach: {{microsoft: false}}, {MAK_VARS}}}
  server:
    groups: [servers]
    os: Windows Server 2025
    office: [{{product: proplus, version: 2021, channel: kms_host, key: none}}]
    vbscript: false
"""
SERVER_VARS = {
    "kms_host_vbscript": "ensure_present",
    "kms_host_products": [{"product": "2021", "key": "{{ vault_host_key }}"}],
    "kms_host_firewall": False,
    "kms_host_verify": False,
}
ADDED = ["missing", "german", "from_share"]
NOT_ADDED = {
    "wsus": ("the WSUS server of the host does not offer", "0x800F0954", "source"),
    "offline": ("the name of the update server", "0x8024402C", "source"),
    "older": ("this version of Windows does not know", "0x800F080C", "sfc /scannow"),
    "plain_account": ("The account is not elevated on the host", None, "become with runas"),
    "restart": ("DISM reports no error, but the VBScript engine is still missing", None, "win_reboot"),
}
CLIENTS = [*ADDED, *NOT_ADDED, "has_it", "behind_proxy", "exempt", "no_way"]
#: Where check mode and the second run are looked at.
LOOKED_AT = ["missing", "has_it", "exempt", "server"]
PLAYS = plays_text(
    play(hosts="clients", vars_files=["keys.yml"], roles=[{"name": "officefleet.activation.office_client"}]),
    play(
        hosts="servers",
        vars=SERVER_VARS,
        vars_files=["keys.yml"],
        roles=[{"name": "officefleet.activation.kms_host"}],
    ),
    play(task("proxies", "ospp_info", {"gather": ["proxy"]}), hosts="exempt,has_it"),
)


@dataclass(frozen=True)
class Pass:
    """One run over hosts of the fleet."""

    run: PlaybookRun
    answers: dict[str, Answer]


def one_pass(fleet: FleetServer, hosts: list[str], *arguments: str) -> Pass:
    before = {host: len(fleet.commands(host)) for host in hosts}
    run = fleet.play(PLAYS, "--diff", "--limit", ",".join(hosts), *arguments)
    sent = {host: fleet.commands(host)[count:] for host, count in before.items()}
    results = results_of_role(run)
    return Pass(run, {host: Answer(results[host], sent[host]) for host in results})


def results_of_role(run: PlaybookRun) -> dict[str, dict[str, Any]]:
    """The last result of each host that a task of the role office_client gave about the host itself."""
    names = ("Bring Office into the described state", "Add VBScript")
    found: dict[str, dict[str, Any]] = {}
    for each in run.report["plays"]:
        for one in each["tasks"]:
            if one["task"]["name"].removeprefix("officefleet.activation.office_client : ") in names:
                found |= {host: result for host, result in one["hosts"].items() if not result.get("skipped")}
    return found


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        # Read from a file, as from a vault: a key in the playbook is shown by Ansible itself.
        (running.folder / "keys.yml").write_text(f"vault_mak: {MAK}\nvault_host_key: {HOST_KEY}\n")
        yield running


@pytest.fixture(scope="module")
def passes(fleet: FleetServer) -> tuple[Pass, Pass, Pass]:
    """Check mode, the run, and the run once more."""
    everyone = [*CLIENTS, "server"]
    return one_pass(fleet, LOOKED_AT, "--check"), one_pass(fleet, everyone), one_pass(fleet, LOOKED_AT)


Passes = tuple[Pass, Pass, Pass]


# -- VBScript -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ADDED)
def test_a_host_without_vbscript_gets_it_and_then_its_office(host: str, passes: Passes, fleet: FleetServer) -> None:
    assert fleet.state(host)["vbscript"]
    assert {one["result"] for one in passes[1].answers[host].outcomes.values()} == {"licensed"}


def test_a_second_run_changes_nothing(passes: Passes) -> None:
    assert [one.run.stats["missing"]["changed"] for one in passes] == [1, 2, 0]


def test_a_host_that_has_got_it_costs_one_command(passes: Passes) -> None:
    assert len(passes[2].answers["missing"].commands) == 1


def test_no_host_that_has_it_is_asked_for_it(passes: Passes) -> None:
    assert not [line for one in passes for line in one.answers["has_it"].commands if "dism" in line]


@pytest.mark.parametrize("host", NOT_ADDED)
def test_a_host_where_it_can_not_be_added_says_why_and_what_to_do(host: str, passes: Passes) -> None:
    cause, code, remedy = NOT_ADDED[host]
    (failure,) = passes[1].answers[host].result["failures"]
    assert cause in failure["cause"]
    assert failure["code"] == code
    assert remedy in failure["remedy"]
    assert passes[1].run.stats[host]["failures"] == 1


def test_check_mode_says_what_would_be_added_and_adds_nothing(passes: Passes) -> None:
    answer = passes[0].answers["missing"]
    assert answer.operations == ["add the Windows feature on demand VBSCRIPT~~~~"]
    assert not [line for line in answer.commands if "dism" in line]


def test_a_kms_host_without_vbscript_gets_it_too(passes: Passes, fleet: FleetServer) -> None:
    assert [one.run.stats["server"]["failures"] for one in passes] == [0, 0, 0]
    assert [one.run.stats["server"]["changed"] for one in passes] == [1, 2, 0]
    assert fleet.product("server", "KMS_Host")["LicenseStatus"] == "1"


# -- proxies --------------------------------------------------------------------------------------------------------


def test_a_mak_that_a_proxy_holds_up_is_told_the_proxy_and_the_ways_out(passes: Passes) -> None:
    (outcome,) = passes[1].answers["behind_proxy"].outcomes.values()
    ways = ("proxy.corp.example:8080, bypass list <local>", "exempt", "MAK proxy", "KMS")
    assert (outcome["result"], outcome["code"]) == ("failed", "0x8004FE33")
    assert "asks for a password" in outcome["cause"]
    assert [way for way in ways if way not in outcome["remedy"]] == []


def test_a_host_without_a_proxy_is_told_that_it_has_none(passes: Passes) -> None:
    assert "no WinHTTP proxy" in passes[1].answers["no_way"].message


def test_a_bypass_for_microsoft_lets_the_mak_through(passes: Passes) -> None:
    (outcome,) = passes[1].answers["exempt"].outcomes.values()
    assert outcome["result"] == "licensed"


@pytest.mark.parametrize(("host", "looks"), [("behind_proxy", 1), ("no_way", 1), ("exempt", 0), ("has_it", 0)])
def test_the_proxy_is_read_in_one_command_more_where_microsoft_was_not_reached(
    host: str, looks: int, passes: Passes
) -> None:
    alone = [line for line in passes[1].answers[host].commands if "netsh" in line and "dstatus" not in line]
    assert len(alone) == looks


@pytest.mark.parametrize(
    ("host", "proxy"),
    [
        ("exempt", {"server": "proxy.corp.example:8080", "bypass": "*.sls.microsoft.com"}),
        ("has_it", {"server": None, "bypass": None}),
    ],
)
def test_info_reads_the_proxy_when_asked(host: str, proxy: dict[str, str | None], passes: Passes) -> None:
    assert passes[2].run.results("proxies")[host]["status"]["winhttp_proxy"] == proxy


def test_only_the_plain_language_was_sent(passes: Passes, fleet: FleetServer) -> None:
    assert fleet.violations() == []


def test_no_key_is_shown(passes: Passes) -> None:
    assert not [one for one in passes if MAK in one.run.stdout or HOST_KEY in one.run.stdout]
