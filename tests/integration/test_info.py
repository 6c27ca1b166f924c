# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ospp_info returns is what the simulated machine's own state says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from integration.playbook_run import Answer, alike, ask, licensing_state
from integration.winsim_server import FleetServer

MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK21"
OFFICE = ("0ff1ce15-a989-479d-af46-f275c6370663", "59a52881-a989-479d-af46-f275c6370663")
KMS_EVENT, FAILURE_EVENT = "12288", "8200"
FLEET = rf"""
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example}}], kms01: 10.9.7.1}}}}
kms_hosts: {{kms01.corp.example: {{address: 10.9.7.1, serves: [2013, 2016, 2019, 2021], count: 10}}}}
microsoft: {{maks: [{{key: {MAK}, office: 2021, family: proplus, limit: 50, blocked: true}}]}}
defaults: {{domain: corp.example, office: [&proplus {{product: proplus, version: 2021}}]}}
hosts:
  kms:
  never_asked:
  no_answer: {{reach: {{kms: false}}}}
  blocked_mak: {{office: [{{product: proplus, version: 2021, key: {MAK}}}]}}
  two: {{office: [*proplus, {{product: visio_pro, version: 2021}}]}}
  windows7: {{os: Windows 7, office: [{{product: proplus, version: 2013}}]}}
  windows8: {{os: Windows 8, office: [{{product: proplus, version: 2016}}]}}
  windows8_new: {{os: Windows 8, office: [{{product: proplus, version: 2016}}]}}
  script2013: {{os: Windows 8.1, office: [{{product: proplus, version: 2013}}, {{product: visio_std, version: 2013}}]}}
  limited: {{elevated: false}}
  beside_2010: {{office: [{{product: proplus, version: 2010}}, {{product: proplus, version: 2016}}]}}
  only_2010: {{office: [{{product: proplus, version: 2010}}]}}
"""
ASKED = ("kms", "no_answer", "blocked_mak", "two", "windows7", "windows8", "script2013")
HOSTS = (*ASKED, "never_asked", "windows8_new", "limited", "beside_2010", "only_2010")
WITH_EXTRAS = tuple(host for host in HOSTS if host != "only_2010")


@dataclass(frozen=True)
class Readings:
    """Everything read after some activations, the machines' own states, and a reading in check mode."""

    info: dict[str, Answer]
    plain: dict[str, Answer]
    states: dict[str, dict[str, Any]]
    untouched: bool


@pytest.fixture(scope="module")
def readings() -> Iterator[Readings]:
    with FleetServer(FLEET) as fleet:
        ask(fleet, "ospp_activate", alike(ASKED))
        before = {host: licensing_state(fleet, host) for host in HOSTS}
        info = ask(fleet, "ospp_info", alike(HOSTS, gather=["cmid", "installation_ids", "history"]))
        plain = ask(fleet, "ospp_info", alike(HOSTS), check=True)
        after = {host: licensing_state(fleet, host) for host in HOSTS}
        yield Readings(info, plain, {host: fleet.state(host)["licensing"] for host in HOSTS}, before == after)


def keyed(state: dict[str, Any]) -> list[dict[str, str]]:
    """The machine's own Office licences with a key."""
    return [one for one in state["products"] if one["PartialProductKey"] and one["ApplicationId"] in OFFICE]


def test_reading_changes_nothing(readings: Readings) -> None:
    assert readings.untouched
    assert not any(answer.changed for answer in (*readings.info.values(), *readings.plain.values()))


@pytest.mark.parametrize("host", HOSTS)
def test_licences_are_those_of_the_machine(readings: Readings, host: str) -> None:
    shown = {
        one["sku_id"]: (one["name"], one["description"], one["partial_product_key"], one["grace_minutes"] or 0)
        for one in readings.info[host].licences.values()
    }
    assert shown == {
        one["ID"].lower(): (
            one["Name"],
            one["Description"],
            one["PartialProductKey"],
            int(one["GracePeriodRemaining"] or 0),
        )
        for one in keyed(readings.states[host])
    }


@pytest.mark.parametrize("host", sorted(set(WITH_EXTRAS) - {"windows8_new"}))
def test_the_cmid_is_that_of_the_machine(readings: Readings, host: str) -> None:
    assert readings.info[host].result["status"]["cmid"] == readings.states[host]["service"]["ClientMachineID"]


def test_windows_8_has_no_cmid_before_the_first_request(readings: Readings) -> None:
    assert readings.info["windows8_new"].result["status"]["cmid"] is None


@pytest.mark.parametrize("host", WITH_EXTRAS)
def test_installation_ids_are_those_of_the_keyed_products(readings: Readings, host: str) -> None:
    shown = {one["name"]: one["installation_id"] for one in readings.info[host].result["status"]["installation_ids"]}
    assert shown == {
        one["Name"]: one["OfflineInstallationId"]
        for one in keyed(readings.states[host])
        if one["ApplicationId"] == OFFICE[0]
    }


@pytest.mark.parametrize("host", WITH_EXTRAS)
def test_the_kms_history_has_every_request(readings: Readings, host: str) -> None:
    shown = [(one["code"], one["kms_host"]) for one in readings.info[host].result["status"]["history"]["kms"]]
    events = [event for event in readings.states[host]["events"] if event["EventCode"] == KMS_EVENT]
    fields = [event["Message"].rpartition("\n")[2].split(", ") for event in events]
    assert shown == [
        (None if int(code, 16) == 0 else "0x" + code[2:].lstrip("0"), asked.rpartition(":")[0])
        for code, _flags, asked, *_rest in fields
    ]
    assert bool(shown) == (host in ASKED and host != "blocked_mak")


def test_the_kms_history_tells_why_no_host_answered(readings: Readings) -> None:
    history = readings.info["no_answer"].result["status"]["history"]["kms"]
    assert {(one["code"], one["kms_host"]) for one in history} == {("0xC004F074", "kms01.corp.example")}


@pytest.mark.parametrize("host", WITH_EXTRAS)
def test_the_failure_history_has_every_failed_activation(readings: Readings, host: str) -> None:
    shown = [one["code"] for one in readings.info[host].result["status"]["history"]["activation_failures"]]
    events = [event for event in readings.states[host]["events"] if event["EventCode"] == FAILURE_EVENT]
    assert shown == [event["Message"].rpartition("hr=")[2] for event in events]
    assert shown == (["0xC004C003"] if host == "blocked_mak" else [])


@pytest.mark.parametrize("host", HOSTS)
def test_what_was_not_asked_for_is_not_returned(readings: Readings, host: str) -> None:
    assert not {"cmid", "installation_ids", "history"} & set(readings.plain[host].result["status"])


@pytest.mark.parametrize("host", HOSTS)
def test_check_mode_reads_the_same(readings: Readings, host: str) -> None:
    extras = ("cmid", "installation_ids", "history")
    full = {name: value for name, value in readings.info[host].result["status"].items() if name not in extras}
    assert readings.plain[host].result["status"] == full


def test_whether_the_account_is_elevated(readings: Readings) -> None:
    elevated = {host: answer.result["status"]["elevated"] for host, answer in readings.info.items()}
    assert elevated == {host: host != "limited" for host in HOSTS}


def test_office_2010_and_2016_are_both_listed(readings: Readings) -> None:
    status = readings.info["beside_2010"].result["status"]
    assert {one["office"]: one["channel"] for one in status["licences"]} == {2010: "kms_client", 2016: "kms_client"}
    assert (status["script_version"], status["complete"]) == (16, True)


def test_office_2010_alone_is_read_by_its_own_script(readings: Readings) -> None:
    status = readings.info["only_2010"].result["status"]
    assert ([one["office"] for one in status["licences"]], status["script_version"]) == ([2010], 14)
    assert status["complete"]


def test_office_2010_alone_has_no_extras(readings: Readings) -> None:
    status = readings.info["only_2010"].result["status"]
    assert [status[name] for name in ("cmid", "installation_ids", "history")] == [None, None, None]
