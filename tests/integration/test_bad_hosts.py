# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every bad host gives a clear error, soon, and leaves the other hosts of the run alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from integration.playbook_run import Answer, alike, ask
from integration.winsim_server import FleetServer


class Bad(NamedTuple):
    """What a host must be told: words of the cause and of the remedy, and the code where there is one."""

    cause: str
    remedy: str
    code: str | None = None


FLEET = """
clock: 2026-11-24T08:00:00Z
dns: {corp.example: {_vlmcs: [{host: kms01.corp.example}]}}
kms_hosts: {kms01.corp.example: {address: 127.10.21.11, port: 1688, serves: [2013, 2016, 2021], count: 10}}
defaults: {domain: corp.example, office: [{product: proplus, version: 2021}]}
hosts:
  healthy01:
  no_office: {office: []}
  no_script: {faults: [no_script]}
  not_elevated: {elevated: false}
  no_vbscript: {vbscript: false}
  hung_script: {faults: [hung_script]}
  message_box: {os: Windows 7, faults: [service_absent], office: [{product: proplus, version: 2013}]}
  disabled: {faults: [service_disabled]}
  disabled_on_windows_7: {os: Windows 7, faults: [service_disabled], office: [{product: proplus, version: 2013}]}
  absent: {faults: [service_absent]}
  cut_output: {faults: [cut_output]}
  german: {language: de-DE}
  french_not_elevated: {language: fr-FR, elevated: false}
  french_disabled: {language: fr-FR, faults: [service_disabled]}
  # The reason code is unknown to the script: it stops after this product, and does not list Visio.
  ended_early:
    office:
      - {product: proplus, version: 2021, properties: {LicenseStatus: 5, LicenseStatusReason: 8007000D}}
      - {product: visio_pro, version: 2021}
  http_500: {faults: [http_500]}
  not_windows: {faults: [not_windows]}
  nothing_listens: {vars: {ansible_port: 1}}
  local: {vars: {ansible_connection: local}}
  garbage[01:12]: {faults: [garbage]}
  healthy02:
"""
NOT_ELEVATED = Bad("The account is not elevated", "become with runas")
TO_FAIL = {
    "no_office": Bad("No Office is installed", "out of the group"),
    "no_script": Bad("OSPP.VBS is missing", "Repair the Office installation"),
    "no_vbscript": Bad("The VBScript engine is not installed", "DISM /Online /Add-Capability"),
    "hung_script": Bad("opened a message box or hung and was ended by its time limit", "on the host's desktop"),
    "message_box": Bad("The licensing service osppsvc does not exist", "Repair"),
    "disabled": Bad("The licensing service sppsvc is disabled", "sc.exe config sppsvc", "0x80070422"),
    "disabled_on_windows_7": Bad("The licensing service osppsvc is disabled", "sc.exe config osppsvc", "0x80070422"),
    "french_disabled": Bad("The licensing service sppsvc is disabled", "sc.exe config sppsvc", "0x80070422"),
    "absent": Bad("The licensing service sppsvc does not exist", "Repair Windows"),
    "cut_output": Bad("The answer of the host was cut off", "Run again"),
    "local": Bad("The host is not reached as a Windows host", "ansible_connection"),
}
FAIL_ON_CHANGE = {"not_elevated": NOT_ELEVATED, "french_not_elevated": NOT_ELEVATED}
UNREACHABLE = {"http_500": "500", "not_windows": "404", "nothing_listens": "refused"}
GARBAGE = [f"garbage{number:02}" for number in range(1, 13)]
HEALTHY = ("healthy01", "healthy02", "german")
HOSTS = (*TO_FAIL, *FAIL_ON_CHANGE, *UNREACHABLE, *HEALTHY, "ended_early", *GARBAGE)
CLIENT = {"products": [{"product": "all", "method": "kms"}], "kms_host": "127.10.21.11"}
Answers = dict[str, dict[str, Answer]]


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


@pytest.fixture(scope="module")
def answers(fleet: FleetServer) -> Answers:
    """Both modules on all hosts; reading first."""
    return {
        "ospp_info": ask(fleet, "ospp_info", alike(HOSTS, gather=[])),
        "ospp_client": ask(fleet, "ospp_client", alike(HOSTS, **CLIENT)),
    }


def check(answer: Answer, expected: Bad) -> None:
    """A failure in words and as data."""
    result = answer.result
    assert answer.failed
    assert not answer.changed
    (failure,) = result["failures"]
    assert set(failure) == {"product", "cause", "remedy", "code"}
    assert failure["product"] is None
    assert expected.cause in failure["cause"]
    assert expected.remedy in failure["remedy"]
    assert failure["code"] == expected.code
    shown = [failure["cause"], failure["remedy"], *([expected.code] if expected.code else [])]
    assert [part for part in shown if part not in result["msg"]] == []


@pytest.mark.parametrize("module", ["ospp_info", "ospp_client"])
@pytest.mark.parametrize("host", TO_FAIL)
def test_a_bad_host_is_told_cause_remedy_and_code(host: str, module: str, answers: Answers) -> None:
    check(answers[module][host], TO_FAIL[host])


@pytest.mark.parametrize("host", FAIL_ON_CHANGE)
def test_a_host_without_elevation_can_be_read_but_not_changed(host: str, answers: Answers, fleet: FleetServer) -> None:
    assert answers["ospp_info"][host].result["status"]["elevated"] is False
    check(answers["ospp_client"][host], FAIL_ON_CHANGE[host])
    assert not fleet.product(host, "KMS_Client").get("KeyManagementServiceMachine")


@pytest.mark.parametrize("host", [*TO_FAIL, *FAIL_ON_CHANGE])
def test_nothing_is_sent_after_a_reading_that_shows_a_bad_host(host: str, answers: Answers) -> None:
    answer = answers["ospp_client"][host]
    assert len(answer.commands) == (0 if host == "local" else 1)
    if host != "local":
        assert "Nothing was changed." in answer.result["msg"]


@pytest.mark.parametrize("module", ["ospp_info", "ospp_client"])
@pytest.mark.parametrize("host", UNREACHABLE)
def test_a_broken_endpoint_makes_the_host_unreachable_and_says_what_it_answered(
    host: str, module: str, answers: Answers
) -> None:
    result = answers[module][host].result
    assert result["unreachable"] is True
    assert UNREACHABLE[host] in result["msg"]


@pytest.mark.parametrize("host", HEALTHY)
def test_other_hosts_of_the_run_are_not_affected(host: str, answers: Answers, fleet: FleetServer) -> None:
    assert not answers["ospp_info"][host].failed
    assert answers["ospp_client"][host].changed
    assert fleet.product(host, "KMS_Client")["LicenseStatus"] == "1"


def test_localised_error_text_does_not_matter(answers: Answers) -> None:
    german, english = (answers["ospp_info"][host].result["status"] for host in ("german", "healthy01"))
    assert german["licences"][0]["state"] == english["licences"][0]["state"]
    assert german["complete"]


def test_products_of_a_listing_that_ends_early_are_still_worked_on(answers: Answers, fleet: FleetServer) -> None:
    status = answers["ospp_info"]["ended_early"].result["status"]
    assert status["complete"] is False
    assert len(status["licences"]) == 1
    assert "ended early" in answers["ospp_info"]["ended_early"].result["warnings"][0]
    assert not answers["ospp_client"]["ended_early"].failed
    assert {outcome["result"] for outcome in answers["ospp_client"]["ended_early"].outcomes.values()} == {"licensed"}
    assert [
        fleet.product("ended_early", name)["LicenseStatus"] for name in ("ProPlus2021VL_KMS", "VisioPro2021VL_KMS")
    ] == [
        "1",
        "1",
    ]


@pytest.mark.parametrize("host", GARBAGE)
def test_garbled_output_ends_in_a_clear_error_or_in_the_described_state(
    host: str, answers: Answers, fleet: FleetServer
) -> None:
    answer = answers["ospp_client"][host]
    if answer.failed:
        assert answer.result["failures"]
        assert all(failure["cause"] and failure["remedy"] for failure in answer.result["failures"])
    else:
        product = fleet.product(host, "KMS_Client")
        assert (product["LicenseStatus"], product["KeyManagementServiceMachine"]) == ("1", "127.10.21.11")


@pytest.mark.parametrize("module", ["ospp_info", "ospp_client"])
def test_no_result_holds_control_characters_of_a_host(module: str, answers: Answers) -> None:
    text = "".join(answers[module][host].result.get("msg") or "" for host in HOSTS)
    assert [char for char in text if unicodedata.category(char) == "Cc" and char != "\n"] == []


def test_no_bad_host_gives_a_traceback(answers: Answers) -> None:
    shown = str([answer.result for given in answers.values() for answer in given.values()])
    assert "Traceback" not in shown
    assert "MODULE FAILURE" not in shown


def test_the_simulated_hosts_understood_every_line(answers: Answers, fleet: FleetServer) -> None:
    assert fleet.violations() == []


def test_every_script_is_started_with_a_time_limit(answers: Answers) -> None:
    lines = [line for given in answers.values() for answer in given.values() for line in answer.commands]
    scripts = [start for line in lines for start in line.split("cscript.exe ")[1:]]
    assert len(scripts) > len(HOSTS)
    assert [start for start in scripts if not start.startswith("//Nologo //T:60 ")] == []
