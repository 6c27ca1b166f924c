# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""kms_host and kms_host_info on simulated servers: from bare to serving, and what is left alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from integration.kms_host_fleet import OFFICES, SPP, WINDOWS, fleet_text, host_key
from integration.playbook_run import Answer, alike, ask, licensing_state
from integration.winsim_server import FleetServer
from winsim.microsoft import CONFIRMATION_ID_DIGITS, derived_digits

RESTART = "restart the service sppsvc, so that the settings take effect"
DOMAINS = [{"domain": "corp.example"}, {"domain": "branch.example", "priority": 10, "weight": 5}]
HOSTS: dict[str, Any] = {
    "all": {"address": "127.10.70.1"},
    "german": {"language": "de-DE", "address": "127.10.70.2"},
    "german_plain": {"language": "de-DE", "address": "127.10.70.3"},
    "office": {},
    "later": {},
    "keys_only": {},
    "first_keyed": {"windows_licence": False},
    "behind_windows": {},
    "phone": {},
    "port": {"address": "127.10.70.9"},
}


def products(host: str, *names: int | str, **more: Any) -> list[dict[str, Any]]:
    return [{"product": str(name), "key": host_key(HOSTS, host, name), **more} for name in names]


EVERYTHING = {"port": 1700, "dns_publishing": True, "publish_domains": DOMAINS}
WISHES: dict[str, dict[str, Any]] = {
    "all": {"products": products("all", WINDOWS, *OFFICES), **EVERYTHING},
    "german": {"products": products("german", WINDOWS, *OFFICES), **EVERYTHING},
    "german_plain": {"products": products("german_plain", 2021)},
    "office": {"products": products("office", 2016, 2021)},
    "later": {"products": products("later", 2016)},
    "keys_only": {"products": products("keys_only", 2016, 2021), "activation": "none"},
    "first_keyed": {"products": products("first_keyed", 2016), "priority": "low", "dns_publishing": False},
    "port": {"products": products("port", 2021), "port": 1700},
}


@dataclass(frozen=True)
class Runs:
    """Check mode, the run that it foretold, and the same again; then what is to be read."""

    bare: dict[str, dict[str, Any]]
    predicted: dict[str, Answer]
    untouched: dict[str, dict[str, Any]]
    first: dict[str, Answer]
    second: dict[str, Answer]
    info: dict[str, Answer]


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(fleet_text(HOSTS)) as running:
        yield running
        assert running.violations() == []


@pytest.fixture(scope="module")
def runs(fleet: FleetServer) -> Runs:
    bare = {host: licensing_state(fleet, host) for host in WISHES}
    predicted = ask(fleet, "kms_host", WISHES, check=True)
    untouched = {host: licensing_state(fleet, host) for host in WISHES}
    first = ask(fleet, "kms_host", WISHES)
    second = ask(fleet, "kms_host", WISHES)
    return Runs(bare, predicted, untouched, first, second, ask(fleet, "kms_host_info", alike(WISHES)))


def kms_host(fleet: FleetServer, host: str) -> dict[str, Any]:
    """The Key Management Service of a server as the network sees it."""
    (found,) = [one for one in fleet.world()["kms_hosts"] if one["name"] == f"{host}.corp.example"]
    return found


# -- what holds for every host --------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", WISHES)
def test_nothing_fails(runs: Runs, host: str) -> None:
    for answer in (runs.predicted[host], runs.first[host], runs.second[host]):
        assert not answer.failed, answer.message


@pytest.mark.parametrize("host", WISHES)
def test_check_mode_foretells_the_run_and_changes_nothing(runs: Runs, host: str) -> None:
    predicted, first = runs.predicted[host], runs.first[host]
    assert runs.untouched[host] == runs.bare[host]
    assert len(predicted.commands) == 1
    assert (predicted.changed, first.changed) == (True, True)
    assert (predicted.operations, predicted.result["diff"]) == (first.operations, first.result["diff"])


@pytest.mark.parametrize("host", WISHES)
def test_the_second_run_costs_one_command_and_changes_nothing(runs: Runs, host: str) -> None:
    second = runs.second[host]
    assert (len(second.commands), second.changed, second.operations) == (1, False, [])
    assert second.result["diff"]["before"] == second.result["diff"]["after"] == runs.first[host].result["diff"]["after"]


@pytest.mark.parametrize("host", WISHES)
def test_a_change_costs_three_commands_more_and_two_for_the_priority(runs: Runs, host: str) -> None:
    assert len(runs.first[host].commands) <= (6 if "priority" in WISHES[host] else 4)


@pytest.mark.parametrize("host", WISHES)
def test_no_key_is_removed_and_no_copy_is_left(fleet: FleetServer, runs: Runs, host: str) -> None:
    assert not any("/upk" in command for command in fleet.commands(host))
    assert not [path for path, _ in fleet.state(host)["files"].values() if path.lower().endswith("vbs")]
    assert f"{SPP}\\OfficeFleetRestartPending" not in str(fleet.state(host)["licensing"]["registry"])


@pytest.mark.parametrize("host", WISHES)
def test_info_reads_every_product_in_one_command(runs: Runs, host: str) -> None:
    info = runs.info[host]
    assert (len(info.commands), info.changed, info.failed) == (1, False, False)
    assert info.commands[0].count(" /dlv") == 7
    offices = {one["product"] for one in info.result["status"]["licences"]} - {"Windows"}
    assert offices == {f"Office {office}" for office in OFFICES}


# -- several products on one host -----------------------------------------------------------------------------------


def test_windows_and_three_versions_share_a_host(fleet: FleetServer, runs: Runs) -> None:
    assert runs.first["all"].result["diff"]["after"]["products"] == {
        "Windows": "key *W00WS, licensed",
        "Office 2013": "key *K0013, licensed",
        "Office 2016": "key *K0016, licensed",
        "Office 2021": "key *K0021, licensed",
    }
    made = kms_host(fleet, "all")
    assert (made["serves"], made["serves_windows"], made["port"]) == ([2013, 2016, 2021], True, 1700)
    assert {one["result"] for one in runs.first["all"].outcomes.values()} == {"licensed"}


def test_the_host_publishes_itself_in_its_domains(fleet: FleetServer, runs: Runs) -> None:
    records = fleet.world()["dns"]["srv"]
    assert [one for one in records["branch.example"] if one["target"] == "all.corp.example"] == [
        {"target": "all.corp.example", "port": 1700, "priority": 10, "weight": 5}
    ]
    assert {"target": "all.corp.example", "port": 1700, "priority": 0, "weight": 0} in records["corp.example"]


def test_a_german_windows_makes_no_difference(runs: Runs) -> None:
    def neutral(value: Any) -> str:
        return str(value).replace("01WS", "00WS").replace("K01", "K00").replace("W01", "W00")

    for names in ("operations", "diff"):
        assert neutral(runs.first["german"].result[names]) == neutral(runs.first["all"].result[names])
    assert runs.info["german"].result["status"]["settings"] == runs.info["all"].result["status"]["settings"]


def test_the_key_of_windows_stays_unless_it_is_asked_for(fleet: FleetServer, runs: Runs) -> None:
    for host in ("office", "later", "port"):
        before = [one for one in runs.bare[host]["licensing"]["products"] if one["Name"].startswith("Windows")]
        now = [
            one for one in licensing_state(fleet, host)["licensing"]["products"] if one["Name"].startswith("Windows")
        ]
        assert [one.get("PartialProductKey") for one in now] == [one.get("PartialProductKey") for one in before]
        assert " /dlv& " not in runs.first[host].commands[-1]


def test_a_version_that_is_added_later_touches_nothing_else(fleet: FleetServer, runs: Runs) -> None:
    before = fleet.product("later", "Office 16")
    wish = {"products": products("later", 2016, 2021)}
    answer = ask(fleet, "kms_host", {"later": wish})["later"]
    assert answer.operations == [
        "install the KMS host key *K0421 of Office 2021",
        "activate the KMS host Office 2021",
    ]
    assert fleet.product("later", "Office 16") == before
    sent = " ".join(answer.commands)
    assert f"/ato {before['ID']}" not in sent
    assert kms_host(fleet, "later")["serves"] == [2016, 2021]


def test_keys_alone(fleet: FleetServer, runs: Runs) -> None:
    first = runs.first["keys_only"]
    assert {one["result"] for one in first.outcomes.values()} == {"skipped"}
    assert len(first.commands) == 2
    assert fleet.product("keys_only", "Office 21")["LicenseStatus"] != "1"


# -- settings -------------------------------------------------------------------------------------------------------


def test_the_service_is_restarted_only_for_a_setting(runs: Runs) -> None:
    restarted = {host for host in WISHES if any("net start sppsvc" in one for one in runs.first[host].commands)}
    assert restarted == {host for host in WISHES if RESTART in runs.first[host].operations}
    assert restarted == {"all", "german", "first_keyed", "port"}


def test_the_priority_of_a_machine_whose_first_key_is_that_of_a_host(fleet: FleetServer, runs: Runs) -> None:
    assert runs.first["first_keyed"].result["diff"]["after"] == {
        "products": {"Office 2016": "key *K0616, licensed"},
        "priority": "low",
        "dns_publishing": False,
    }
    assert runs.info["first_keyed"].result["status"]["settings"]["priority"] == "low"
    assert not [one for one in fleet.world()["dns"]["srv"]["corp.example"] if one["target"].startswith("first_keyed")]


def test_the_priority_behind_a_windows_client_licence_cannot_be_set(fleet: FleetServer) -> None:
    wish = {"products": products("behind_windows", 2016), "priority": "low"}
    for operations in (3, 1):
        answer = ask(fleet, "kms_host", {"behind_windows": wish})["behind_windows"]
        assert answer.failed
        assert len(answer.operations) == operations
        (failure,) = answer.result["failures"]
        assert failure["product"] is None
        assert "only when the first licence with a key on the machine is an activated KMS host" in failure["cause"]
        assert RESTART not in answer.operations
    assert answer.outcomes["Office 2016"]["result"] == "licensed"


def test_the_port_moves_and_comes_back(fleet: FleetServer, runs: Runs) -> None:
    assert kms_host(fleet, "port")["port"] == 1700
    back = ask(fleet, "kms_host", {"port": {**WISHES["port"], "port": 1688}})["port"]
    assert back.operations == ["set the listening port 1688", RESTART]
    assert len(back.commands) == 3
    assert kms_host(fleet, "port")["port"] == 1688


def test_domains_are_replaced_and_removed(fleet: FleetServer, runs: Runs) -> None:
    wish = {"products": products("office", 2016)}
    domains = [{"domain": "branch.example"}, {"domain": "corp.example", "weight": 7}]
    made = ask(fleet, "kms_host", {"office": {**wish, "publish_domains": domains}})["office"]
    assert made.result["diff"]["after"]["publish_domains"] == ["branch.example", "corp.example, 0, 7"]
    same = ask(fleet, "kms_host", {"office": {**wish, "publish_domains": domains[::-1]}})["office"]
    assert not same.changed
    gone = ask(fleet, "kms_host", {"office": {**wish, "publish_domains": []}})["office"]
    assert gone.result["diff"]["after"]["publish_domains"] == []
    assert "DnsDomainPublishList" not in str(fleet.state("office")["licensing"]["registry"])


# -- telephone ------------------------------------------------------------------------------------------------------


def test_activation_by_telephone_in_two_runs(fleet: FleetServer) -> None:
    wish = {"products": products("phone", 2021), "activation": "telephone", "port": 1700}
    first = ask(fleet, "kms_host", {"phone": wish})["phone"]
    assert (first.failed, first.changed) == (False, True)
    assert first.outcomes["Office 2021"]["result"] == "skipped"
    (line,) = first.result["telephone"]
    groups = line["installation_id"].split(" ")
    assert (line["product"], [len(group) for group in groups]) == ("Office 2021", [7] * 9)
    assert line["installation_id"] in first.result["msg"]
    assert first.operations[1:] == ["set the listening port 1700", RESTART]

    again = ask(fleet, "kms_host", {"phone": wish})["phone"]
    assert (again.changed, len(again.commands), again.result["telephone"]) == (False, 1, [line])

    wrong = {**wish, "products": products("phone", 2021, confirmation_id="0" * CONFIRMATION_ID_DIGITS)}
    refused = ask(fleet, "kms_host", {"phone": wrong})["phone"]
    assert refused.failures["Office 2021"]["code"] == "0xC004F031"
    assert refused.result["telephone"] == [line]

    key = host_key(HOSTS, "phone", 2021)
    right = derived_digits(f"{''.join(groups)} {key[-5:]}", CONFIRMATION_ID_DIGITS)
    wish = {**wish, "products": products("phone", 2021, confirmation_id=right)}
    second = ask(fleet, "kms_host", {"phone": wish})["phone"]
    assert not second.failed, second.message
    assert second.operations == [
        "activate the KMS host Office 2021 by confirmation ID",
    ]
    assert (second.result["telephone"], kms_host(fleet, "phone")["port"]) == ([], 1700)
    third = ask(fleet, "kms_host", {"phone": wish})["phone"]
    assert (third.changed, len(third.commands)) == (False, 1)


def test_info_shows_the_installation_id_when_asked(fleet: FleetServer, runs: Runs) -> None:
    wish = {"keys_only": {"products": ["2021"], "installation_ids": True}}
    (licence,) = ask(fleet, "kms_host_info", wish, check=True)["keys_only"].result["status"]["licences"]
    assert len(licence["installation_id"]) == 63
    assert all("installation_id" not in one for one in runs.info["keys_only"].result["status"]["licences"])


# -- a licence that is gone when its key is in ------------------------------------------------------------------------


def test_a_licence_that_is_gone_after_a_step_is_a_failure_and_not_a_success() -> None:
    hosts = {"uninstalled": {"faults": [{"name": "no_office", "when": "/ipk"}]}}
    wish = {"products": [{"product": "2021", "key": host_key(hosts, "uninstalled", 2021)}]}
    with FleetServer(fleet_text(hosts)) as fleet:
        answer = ask(fleet, "kms_host", {"uninstalled": wish})["uninstalled"]
        assert answer.failed
        assert "licence of this Office version is not installed" in answer.failures["Office 2021"]["cause"]
