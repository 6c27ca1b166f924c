# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows itself beside Office: by KMS, by MAK, pending, refused; and a store that tells the two apart."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from integration.playbook_run import Answer, Options, alike, ask, licensing_state, play, plays_text, task
from integration.winsim_server import FleetServer, PlaybookRun

pytestmark = pytest.mark.one_core

KEY = "AAAAA-BBBBB-CCCCC-DDDDD"
WINDOWS_MAK, OFFICE_MAK, SPENT_MAK = f"{KEY}-WNMAK", f"{KEY}-MAK21", f"{KEY}-FULLX"
FLEET = f"""
clock: 2026-11-24T08:00:00Z
dns: {{corp.example: {{kms01: 127.10.61.11, kms02: 127.10.61.12, _vlmcs: [{{host: kms01.corp.example}}]}}}}
kms_hosts:
  kms01.corp.example: {{address: 127.10.61.11, serves: [2021], count: 10, serves_windows: true, windows_count: 30}}
  kms02.corp.example: {{address: 127.10.61.12, serves_windows: true}}
microsoft:
  maks:
    - {{key: {WINDOWS_MAK}, windows: Enterprise, limit: 50, used: 7}}
    - {{key: {SPENT_MAK}, windows: Enterprise, limit: 5, used: 5}}
    - {{key: {OFFICE_MAK}, office: 2021, family: proplus, limit: 50}}
defaults: {{domain: corp.example, os: Windows 11 24H2, windows_licence: {{channel: kms_client}}}}
hosts:
  studio01: {{office: [{{product: proplus, version: 2021}}, {{product: visio_pro, version: 2021}}]}}
  laptop01: {{}}
  activated01: {{windows_licence: {{channel: mak, key: {WINDOWS_MAK}, state: licensed}}}}
  back01: {{windows_licence: {{channel: mak, key: {WINDOWS_MAK}, state: licensed}}}}
  oem01: {{os: Windows Server 2022, language: de-DE, windows_licence: {{channel: oem, state: licensed}}}}
  home01: {{windows_licence: {{edition: Core, channel: oem, state: licensed}}}}
  full01: {{}}
  early01: {{}}
  user01: {{elevated: false}}
  noscript01: {{vbscript: false}}
  'server[1:5]':
    groups: [servers]
    os: Windows Server 2022
    vars: {{windows_activation_kms_host: kms02.corp.example}}
"""
BY_KMS = {"method": "kms", "kms_host": "KMS01.corp.example."}
WISHES: dict[str, Options] = {
    **alike(("studio01", "back01", "user01", "noscript01"), **BY_KMS),
    "oem01": {"method": "ad", "dns_discovery": True},
    "home01": BY_KMS,
    "laptop01": {"method": "mak", "key": WINDOWS_MAK},
    "activated01": {"method": "mak", "key": WINDOWS_MAK},
    "full01": {"method": "mak", "key": SPENT_MAK},
    "early01": {"method": "kms", "kms_host": "kms02.corp.example", "kms_port": 1688, "activation_retries": 2},
}
RIGHT = ("studio01", "back01", "oem01", "laptop01", "activated01")
WRONG = ("home01", "full01", "user01", "noscript01")
SITE, WINDOWS, REPORT = (Path(f"officefleet.activation.{name}") for name in ("site", "windows", "report"))


@dataclass(frozen=True)
class Story:
    """One fleet: a dry run, a real one, a second one; then Office, the store and the report."""

    dry: dict[str, Answer]
    untouched: bool
    real: dict[str, Answer]
    again: dict[str, Answer]
    truth: dict[str, dict[str, str]]
    used: dict[str, int]
    settled: PlaybookRun
    home: list[PlaybookRun]
    report: dict[str, Any]
    text: str


def run_home(fleet: FleetServer) -> PlaybookRun:
    """Windows and Office of one computer from one playbook."""
    office = [{"product": "proplus", "method": "mak", "key": OFFICE_MAK}, {"product": "visio_pro", "method": "kms"}]
    results = ["{{ windows_activation_result }}", "{{ office_client_result }}"]
    record = {"result": "{{ item }}", "store": f"{fleet.folder}/fleet.sqlite"}
    one = play(
        {"name": "Windows", "ansible.builtin.import_role": {"name": "officefleet.activation.windows_activation"}},
        {"name": "Office", "ansible.builtin.import_role": {"name": "officefleet.activation.office_client"}},
        task("record", "activation_record", record, loop=results),
        hosts="studio01",
        vars={"windows_activation_kms_host": "kms01.corp.example", "office_client_products": office},
    )
    return fleet.play(plays_text(one))


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with FleetServer(FLEET) as fleet:
        before = {host: licensing_state(fleet, host) for host in WISHES}
        dry = ask(fleet, "windows_activation", WISHES, check=True)
        untouched = {host: licensing_state(fleet, host) for host in WISHES} == before
        real, again = ask(fleet, "windows_activation", WISHES), ask(fleet, "windows_activation", WISHES)
        store = {"officefleet_store_url": f"{fleet.folder}/fleet.sqlite"}
        settled = fleet.play(WINDOWS, "-e", json.dumps({**store, "officefleet_hosts": "servers"}))
        home = [run_home(fleet), run_home(fleet)]
        asked = {"officefleet_report_folder": str(fleet.folder / "report"), "officefleet_report_windows": True}
        reported = fleet.play(REPORT, "-e", json.dumps({**store, **asked}))
        assert reported.exit_code == 0, reported.stdout + reported.stderr
        yield Story(
            dry,
            untouched,
            real,
            again,
            {host: windows_of(fleet, host) for host in (*WISHES, *(f"server{number}" for number in range(1, 6)))},
            {key["key"][-5:]: key["used"] for key in fleet.world()["microsoft"]["keys"]},
            settled,
            home,
            json.loads((fleet.folder / "report" / "report.json").read_text()),
            settled.stdout + reported.stdout + "".join(run.stdout for run in home),
        )


def windows_of(fleet: FleetServer, host: str) -> dict[str, str]:
    """The licence of Windows that has a key, as the machine has it."""
    products = fleet.state(host)["licensing"]["products"]
    return next(one for one in products if one["Name"].startswith("Windows") and one.get("PartialProductKey"))


# -- what comes out -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", RIGHT)
def test_windows_is_licensed_as_wanted(story: Story, host: str) -> None:
    assert story.real[host].message == ""
    assert story.real[host].outcomes["Windows"]["result"] == "licensed"
    assert story.truth[host]["LicenseStatus"] == "1"


def test_the_kms_host_is_set_for_windows_alone(story: Story) -> None:
    assert story.real["studio01"].operations == [
        "set the KMS host kms01.corp.example port 1688 for Windows alone",
        "activate Windows (kms_client)",
    ]
    assert story.truth["studio01"]["KeyManagementServiceMachine"] == "kms01.corp.example"


def test_a_mak_gives_way_to_the_public_key_of_the_edition(story: Story) -> None:
    assert story.real["back01"].operations[0] == "install the key *2YT43 on Windows"
    assert (story.truth["back01"]["PartialProductKey"], story.truth["oem01"]["PartialProductKey"]) == ("2YT43", "VMK7H")


def test_a_licensed_mak_is_not_activated_again(story: Story) -> None:
    assert (story.real["activated01"].changed, len(story.real["activated01"].commands)) == (False, 1)
    assert story.used["WNMAK"] == 8


def test_a_windows_that_waits_for_other_computers_is_pending_and_no_failure(story: Story) -> None:
    outcome = story.real["early01"].outcomes["Windows"]
    assert (story.real["early01"].failed, story.real["early01"].result["pending"]) == (False, True)
    assert (outcome["code"], outcome["cause"].endswith("Windows clients from 25 on, servers from 5 on.")) == (
        "0xC004F038",
        True,
    )
    assert len(story.real["early01"].commands) == 3


@pytest.mark.parametrize(
    ("host", "code", "cause", "commands"),
    [
        ("full01", "0xC004C020", "The MAK has no activations left", 3),
        ("home01", None, "Windows has no KMS client key", 1),
        ("user01", None, "The account is not elevated", 1),
        ("noscript01", None, "The VBScript engine is not installed", 1),
    ],
)
def test_what_is_wrong_is_told_with_cause_and_remedy(
    story: Story, host: str, code: str | None, cause: str, commands: int
) -> None:
    (failure,) = story.real[host].result["failures"]
    assert failure["code"] == code
    assert failure["cause"].startswith(cause)
    assert failure["remedy"]
    assert len(story.real[host].commands) == commands


def test_no_remedy_names_a_module_of_office(story: Story) -> None:
    assert [host for host in WRONG if "ospp" in story.real[host].message] == []


@pytest.mark.parametrize("host", RIGHT)
def test_a_second_run_changes_nothing_and_costs_one_command(story: Story, host: str) -> None:
    assert (story.again[host].changed, len(story.again[host].commands)) == (False, 1)


# -- check mode and secrets -----------------------------------------------------------------------------------------


def test_check_mode_changes_nothing(story: Story) -> None:
    assert story.untouched


@pytest.mark.parametrize("host", [*RIGHT, "home01", "user01"])
def test_check_mode_foretells_change_operations_and_diff(story: Story, host: str) -> None:
    dry, real = story.dry[host].result, story.real[host].result
    assert [dry[name] for name in ("changed", "operations", "diff")] == [
        real[name] for name in ("changed", "operations", "diff")
    ]


def test_a_whole_key_is_in_no_result(story: Story) -> None:
    results = json.dumps([[answer.result for answer in run.values()] for run in (story.dry, story.real)])
    assert [key for key in (WINDOWS_MAK, SPENT_MAK, "NPPR9") if key in results + story.text] == []


# -- playbooks, store and report ------------------------------------------------------------------------------------


def test_the_playbook_asks_pending_servers_again_when_five_have_asked(story: Story) -> None:
    assert {story.truth[f"server{number}"]["LicenseStatus"] for number in range(1, 6)} == {"1"}
    shown = next(iter(story.settled.results("Show what came out for Windows, grouped by cause").values()))
    assert "5 hosts: 5 licensed" in str(shown["msg"])


def test_one_playbook_brings_windows_and_office_home_and_then_changes_nothing(story: Story) -> None:
    assert [run.stats["studio01"]["failures"] for run in story.home] == [0, 0]
    products = {(row["product"], row["channel"], row["state"]) for row in of_host(story, "products", "studio01")}
    assert products == {
        ("Office 2021 proplus", "mak", "licensed"),
        ("Office 2021 visio_pro", "kms_client", "licensed"),
    }
    (windows,) = of_host(story, "windows", "studio01")
    assert (windows["state"], windows["kms_host"]) == ("licensed", "kms01.corp.example:1688")
    second = [run.results(name) for run in story.home[1:] for name in role_tasks(run)]
    assert [result["studio01"]["changed"] for result in second] == [False, False]


def role_tasks(run: PlaybookRun) -> list[str]:
    names = [one["task"]["name"] for part in run.report["plays"] for one in part["tasks"]]
    return [name for name in names if "described" in name]


def of_host(story: Story, table: str, host: str) -> list[dict[str, Any]]:
    return [row for row in story.report["tables"][table] if row["host"] == host]


def test_windows_is_counted_apart_from_office(story: Story) -> None:
    numbers = story.report["numbers"]
    unlicensed = {host for host, licence in story.truth.items() if licence["LicenseStatus"] != "1"} - {"noscript01"}
    assert (numbers["products"], numbers["unlicensed"]) == (2, 0)
    assert (numbers["windows"], numbers["windows_unlicensed"]) == (len(story.truth) - 1, len(unlicensed))
    assert {row["product"] for row in story.report["tables"]["products"]} == {
        "Office 2021 proplus",
        "Office 2021 visio_pro",
    }


def test_the_maks_of_windows_are_none_of_office(story: Story) -> None:
    assert {row["key"] for row in story.report["tables"]["mak_usage"]} == {"MAK21"}


@pytest.mark.parametrize("host", ["full01", "early01", "user01", "noscript01"])
def test_a_windows_that_is_not_licensed_or_not_read_has_its_cause_and_remedy(story: Story, host: str) -> None:
    (row,) = of_host(story, "windows", host)
    assert row["cause"]
    assert row["remedy"]
