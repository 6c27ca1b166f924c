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
dns: {{corp.example: {{kms01: 127.10.67.11, kms02: 127.10.67.12, _vlmcs: [{{host: kms01.corp.example}}]}}}}
kms_hosts:
  kms01.corp.example: {{address: 127.10.67.11, serves: [2021], count: 10, serves_windows: true, windows_count: 30}}
  kms02.corp.example: {{address: 127.10.67.12, serves_windows: true}}
microsoft:
  maks:
    - {{key: {WINDOWS_MAK}, windows: Enterprise, limit: 50, used: 7}}
    - {{key: {SPENT_MAK}, windows: Enterprise, limit: 5, used: 5}}
    - {{key: {OFFICE_MAK}, office: 2021, family: proplus, limit: 50}}
defaults: {{domain: corp.example, os: Windows 11 24H2, windows_licence: {{channel: kms_client}}}}
hosts:
  'studio[01:02]': {{office: [{{product: proplus, version: 2021}}, {{product: visio_pro, version: 2021}}]}}
  laptop01: {{}}
  activated01: {{windows_licence: {{channel: mak, key: {WINDOWS_MAK}, state: licensed}}}}
  back01: {{windows_licence: {{channel: mak, key: {WINDOWS_MAK}, state: licensed}}}}
  oem01: {{os: Windows Server 2022, language: de-DE, windows_licence: {{channel: oem, state: licensed}}}}
  home01: {{windows_licence: {{edition: Core, channel: oem, state: licensed}}}}
  full01: {{}}
  early01: {{}}
  behind01: {{winhttp_proxy: {{server: 'proxy.corp.example:8080', authenticating: true}}}}
  nonet01: {{reach: {{microsoft: false}}}}
  user01: {{elevated: false}}
  noscript01: {{vbscript: false}}
  gone01: {{vars: {{ansible_port: 1}}}}
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
    **alike(("behind01", "nonet01"), method="mak", key=WINDOWS_MAK),
    "early01": {"method": "kms", "kms_host": "kms02.corp.example", "kms_port": 1688, "activation_retries": 2},
}
RIGHT = ("studio01", "back01", "oem01", "laptop01", "activated01")
WRONG = ("home01", "full01", "behind01", "nonet01", "user01", "noscript01")
WINDOWS, STATUS, REPORT = (Path(f"officefleet.activation.{name}") for name in ("windows", "status", "report"))
#: The computer that one playbook brings home with its Windows and its Office. Nothing else activates it.
HOME = "studio02"
APPLICATIONS = {"windows": "55c92734-d682-4d71-983e-d6ec3f16059f", "office": "0ff1ce15-a989-479d-af46-f275c6370663"}


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
    counts: list[dict[str, tuple[int, int]]]
    status: PlaybookRun
    rows: list[dict[str, Any]]
    report: dict[str, Any]
    metrics: str
    limits: list[str]
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
        hosts=HOME,
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
        counts = [counted(fleet)]
        home = [run_home(fleet), run_home(fleet)]
        counts.append(counted(fleet))
        looked = {"officefleet_status_windows": True, "officefleet_status_file": f"{fleet.folder}/status.json"}
        status = fleet.play(STATUS, "--limit", f"{HOME},noscript01,gone01", "-e", json.dumps(looked))
        asked = {"officefleet_report_folder": str(fleet.folder / "report"), "officefleet_report_windows": True}
        asked |= {"officefleet_prometheus_file": f"{fleet.folder}/fleet.prom"}
        asked |= {"officefleet_limits": {"windows_unlicensed": 0}}
        reported = fleet.play(REPORT, "-e", json.dumps({**store, **asked}))
        (report,) = reported.results("Write the report").values()
        yield Story(
            dry,
            untouched,
            real,
            again,
            {host: windows_of(fleet, host) for host in (*WISHES, HOME, *(f"server{number}" for number in range(1, 6)))},
            {key["key"][-5:]: key["used"] for key in fleet.world()["microsoft"]["keys"]},
            settled,
            home,
            counts,
            status,
            json.loads((fleet.folder / "status.json").read_text()),
            json.loads((fleet.folder / "report" / "report.json").read_text()),
            (fleet.folder / "fleet.prom").read_text(),
            report["limits_passed"],
            settled.stdout + reported.stdout + "".join(run.stdout for run in home),
        )


def counted(fleet: FleetServer) -> dict[str, tuple[int, int]]:
    """For Windows and for Office the computers that kms01 remembers and the requests that it got."""
    (host,) = [one for one in fleet.world()["kms_hosts"] if one["name"] == "kms01.corp.example"]
    return {
        name: (len(host["clients"].get(app, {})), host["counters"].get(app, {}).get("TotalRequests", 0))
        for name, app in APPLICATIONS.items()
    }


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
        ("behind01", "0x8004FE33", "The WinHTTP proxy of the host asks for a password", 4),
        ("nonet01", "0x80072EE7", "Microsoft's activation server is not reached, and the host has no WinHTTP proxy", 4),
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


def test_a_mak_that_a_proxy_holds_up_is_told_the_proxy_and_the_ways_out(story: Story) -> None:
    remedy = story.real["behind01"].outcomes["Windows"]["remedy"]
    ways = ("proxy.corp.example:8080, exempt", "telephone (slui.exe 4", "by KMS (method: kms)")
    assert [way for way in ways if way not in remedy] == []


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
    assert [run.stats[HOME]["failures"] for run in story.home] == [0, 0]
    products = {(row["product"], row["channel"], row["state"]) for row in of_host(story, "products", HOME)}
    assert products == {
        ("Office 2021 proplus", "mak", "licensed"),
        ("Office 2021 visio_pro", "kms_client", "licensed"),
    }
    (windows,) = of_host(story, "windows", HOME)
    assert (windows["state"], windows["kms_host"]) == ("licensed", "kms01.corp.example:1688")
    second = [run.results(name) for run in story.home[1:] for name in role_tasks(run)]
    assert [result[HOME]["changed"] for result in second] == [False, False]


def test_kms_host_and_microsoft_count_that_computer_once_for_each_product(story: Story) -> None:
    before, after = story.counts
    more = {name: tuple(b - a for a, b in zip(before[name], after[name], strict=True)) for name in APPLICATIONS}
    assert more == {"windows": (1, 1), "office": (1, 1)}
    assert story.used["MAK21"] == 1


def test_one_status_shows_windows_and_office_told_apart(story: Story) -> None:
    rows = [row for row in story.rows if row["host"] == HOME]
    shown = [(row["application"], row["product"], row["channel"], row["state"], row["kms_host"]) for row in rows]
    assert sorted(shown, key=str) == [
        ("office", "Office 2021 proplus", "mak", "licensed", None),
        ("office", "Office 2021 visio_pro", "kms_client", "licensed", "kms01.corp.example"),
        ("windows", "Windows Enterprise", "kms_client", "licensed", "kms01.corp.example"),
    ]
    lines = next(result["msg"] for result in story.status.results("Show a line for each product").values())
    column = slice(lines[0].index("product"), lines[0].index("state"))
    assert [line[column].strip() for line in lines if line.startswith(HOME)] == [row["product"] for row in rows]


def test_status_tells_why_windows_was_not_read_and_waits_once_for_who_does_not_answer(story: Story) -> None:
    told = [(row["host"], row["application"], row["state"]) for row in story.rows if row["host"] != HOME]
    assert told == [
        ("noscript01", "office", "no status"),
        ("noscript01", "windows", "no status"),
        ("gone01", "office", "unreachable"),
    ]


def role_tasks(run: PlaybookRun) -> list[str]:
    names = [one["task"]["name"] for part in run.report["plays"] for one in part["tasks"]]
    return [name for name in names if "described" in name]


def of_host(story: Story, table: str, host: str) -> list[dict[str, Any]]:
    return [row for row in story.report["tables"][table] if row["host"] == host]


def test_windows_is_counted_apart_from_office(story: Story) -> None:
    numbers = story.report["numbers"]
    unlicensed = {host for host, licence in story.truth.items() if licence["LicenseStatus"] != "1"} - {"noscript01"}
    assert (numbers["products"], numbers["unlicensed"]) == (4, 2)  # of studio01, where Office was not asked for
    assert (numbers["windows"], numbers["windows_unlicensed"]) == (len(story.truth) - 1, len(unlicensed))
    assert {row["product"] for row in story.report["tables"]["products"]} == {
        "Office 2021 proplus",
        "Office 2021 visio_pro",
    }


def test_the_maks_of_windows_have_rows_of_their_own(story: Story) -> None:
    usage = {(row["application"], row["key"]): row for row in story.report["tables"]["mak_usage"]}
    assert {key: (row["computers"], row["licensed"]) for key, row in usage.items()} == {
        ("Office", "MAK21"): (1, 1),
        ("Windows", "WNMAK"): (4, 2),
        ("Windows", "FULLX"): (1, 0),
    }


def test_prometheus_and_limits_have_numbers_of_windows_alone(story: Story) -> None:
    numbers, lines = story.report["numbers"], story.metrics.splitlines()
    assert f"officefleet_unlicensed_windows {numbers['windows_unlicensed']:.1f}" in lines
    assert f'officefleet_windows{{state="licensed"}} {numbers["windows"] - numbers["windows_unlicensed"]:.1f}' in lines
    assert story.limits == [f"Unlicensed Windows: {numbers['windows_unlicensed']}; the limit is 0."]


@pytest.mark.parametrize("host", ["full01", "early01", "user01", "noscript01"])
def test_a_windows_that_is_not_licensed_or_not_read_has_its_cause_and_remedy(story: Story, host: str) -> None:
    (row,) = of_host(story, "windows", host)
    assert row["cause"]
    assert row["remedy"]
