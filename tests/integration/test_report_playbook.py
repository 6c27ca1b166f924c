# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""site.yml and report.yml with a store: what is reported is what the machines really are."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.playbook_run import licensing_state, play, plays_text, task
from integration.winsim_server import FleetServer, PlaybookRun

SITE, REPORT = Path("officefleet.activation.site"), Path("officefleet.activation.report")
KEY = "AAAAA-BBBBB-CCCCC-DDDDD"
FLEET = f"""
clock: 2026-11-24T08:00:00Z
dns: {{corp.example: {{kms01: 127.10.42.11, _vlmcs: [{{host: kms01.corp.example}}]}}}}
kms_hosts: {{kms01.corp.example: {{address: 127.10.42.11, serves: [2016, 2021], count: 10}}}}
microsoft:
  maks:
    - {{key: {KEY}-LTP21, office: 2021, family: proplus, limit: 50, used: 12}}
    - {{key: {KEY}-FULLX, office: 2016, family: proplus, limit: 5, used: 5}}
defaults: {{domain: corp.example, office: [{{product: proplus, version: 2021}}]}}
hosts:
  kms01.corp.example: {{groups: [kms_hosts], os: Windows Server 2022, office: []}}
  desk01:
  desk02: {{cmid: 11111111-2222-3333-4444-555555555555}}
  desk03: {{cmid: 11111111-2222-3333-4444-555555555555}}
  studio01: {{office: [{{product: proplus, version: 2021}}, {{product: visio_pro, version: 2021}}]}}
  laptop01: {{vars: {{office_client_products: [{{product: proplus, method: mak, key: {KEY}-LTP21, budget: 20}}]}}}}
  fullkey01:
    office: [{{product: proplus, version: 2016}}]
    vars: {{office_client_products: [{{product: proplus, method: mak, key: {KEY}-FULLX}}]}}
  kiosk01: {{elevated: false}}
  island01: {{reach: {{kms: false}}}}
  bare01: {{office: []}}
  gone01: {{vars: {{ansible_port: 1}}}}
  cloud01:
    office: [{{product: o365proplus, version: 2016, channel: subscription, key: {KEY}-SUB36, state: licensed}}]
"""
CLIENTS = ("-e", "officefleet_hosts=all:!kms_hosts")
STATES = {"0": "unlicensed", "1": "licensed", "2": "oob_grace", "3": "oot_grace", "5": "notification"}


class Fleet(FleetServer):
    """A fleet with a store, and reports of it."""

    @property
    def store(self) -> Path:
        return self.folder / "fleet.sqlite"

    def site(self, *options: str) -> PlaybookRun:
        return self.play(SITE, *CLIENTS, "-e", f"officefleet_store_url={self.store}", *options)

    def report(self, *options: str, name: str = "report") -> PlaybookRun:
        places = {"officefleet_store_url": str(self.store), "officefleet_report_folder": str(self.folder / name)}
        return self.play(REPORT, "-e", json.dumps(places), *options, ANSIBLE_SHOW_CUSTOM_STATS="true")

    def written(self, name: str = "report") -> dict[str, Any]:
        return json.loads((self.folder / name / "report.json").read_text())

    def table(self, key: str, name: str = "report") -> list[dict[str, Any]]:
        return self.written(name)["tables"][key]

    def truth(self) -> list[tuple[str, str, str]]:
        """Host, last five and state of every Office product with a key that is no subscription, as winsim has it."""
        found = []
        for host in self.clients():
            for product in self.state(host)["licensing"]["products"]:
                is_office = product.get("Name", "").startswith("Office") and "O365" not in product["Name"]
                if is_office and product.get("PartialProductKey"):
                    found.append((host, product["PartialProductKey"], STATES[str(product["LicenseStatus"])]))
        return sorted(found)

    def clients(self) -> list[str]:
        """The clients that were asked for anything."""
        return sorted({one["host"] for one in self.log()} - {"kms01.corp.example"})


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet(FLEET) as running:
        yield running


@pytest.fixture(scope="module")
def runs(fleet: Fleet) -> dict[str, PlaybookRun]:
    """One site run that records, then a report."""
    return {
        "site": fleet.site(),
        "report": fleet.report("-e", f"officefleet_prometheus_file={fleet.folder}/fleet.prom"),
    }


@pytest.fixture(scope="module")
def report(fleet: Fleet, runs: dict[str, PlaybookRun]) -> dict[str, Any]:
    return fleet.written()


@pytest.fixture(scope="module")
def need_person(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["host"]: row for row in report["tables"]["need_person"]}


# -- numbers --------------------------------------------------------------------------------------------------------


def test_every_product_is_reported_as_the_machine_has_it(fleet: Fleet, report: dict[str, Any]) -> None:
    with sqlite3.connect(fleet.store) as database:
        query = "SELECT host, last_five, state FROM product WHERE channel NOT IN ('subscription', 'kms_host')"
        stored = sorted(database.execute(query).fetchall())
    assert stored == fleet.truth()
    states = Counter(state for _host, _key, state in fleet.truth())
    assert report["numbers"]["products_by_state"] == dict(states)
    assert report["numbers"]["products"] == sum(states.values()) == 9
    assert report["numbers"]["unlicensed"] == sum(states.values()) - states["licensed"] == 3


def test_the_csv_files_hold_the_same_as_the_json_file(fleet: Fleet, report: dict[str, Any]) -> None:
    for name, rows in report["tables"].items():
        with (fleet.folder / "report" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.reader(file))) == len(rows) + 1


def test_a_subscription_is_shown_and_not_counted(report: dict[str, Any]) -> None:
    assert report["numbers"]["subscriptions"] == 1
    assert "cloud01" in {row["host"] for row in report["tables"]["products"]}
    assert "cloud01" not in {row["host"] for row in report["tables"]["unlicensed"]}


def test_the_numbers_are_handed_on_to_later_jobs(runs: dict[str, PlaybookRun], report: dict[str, Any]) -> None:
    numbers = runs["report"].report["global_custom_stats"]["officefleet_numbers"]
    assert numbers == report["numbers"]


def test_the_numbers_for_prometheus(fleet: Fleet, report: dict[str, Any]) -> None:
    metrics = (fleet.folder / "fleet.prom").read_text()
    assert f"officefleet_unlicensed_products {report['numbers']['unlicensed']:.1f}" in metrics.splitlines()


# -- who needs somebody ---------------------------------------------------------------------------------------------


def test_the_unlicensed_with_the_cause_of_their_last_activation(report: dict[str, Any]) -> None:
    rows = {row["host"]: row for row in report["tables"]["unlicensed"]}
    assert rows.keys() == {"fullkey01", "island01", "kiosk01"}
    assert rows["fullkey01"]["code"] == "0xC004C020"
    assert rows["island01"]["code"] == "0xC004F074"
    assert rows["kiosk01"]["cause"].startswith("The account is not elevated on the host")
    assert all(row["remedy"] for row in rows.values())


@pytest.mark.parametrize(
    ("host", "cause"),
    [
        ("bare01", "No Office is installed"),
        ("gone01", "The host could not be reached"),
        ("kiosk01", "The account is not elevated on the host"),
    ],
)
def test_hosts_that_need_a_person_with_cause_and_remedy(
    host: str, cause: str, need_person: dict[str, dict[str, Any]]
) -> None:
    assert need_person[host]["cause"].startswith(cause)
    assert need_person[host]["remedy"]


def test_nobody_else_needs_a_person(need_person: dict[str, dict[str, Any]]) -> None:
    assert need_person.keys() == {"bare01", "gone01", "kiosk01"}


def test_computers_that_share_a_cmid(report: dict[str, Any]) -> None:
    assert [row["host"] for row in report["tables"]["duplicate_cmid"]] == ["desk02", "desk03"]


def test_the_mak_with_its_budget(report: dict[str, Any]) -> None:
    usage = {row["key"]: row for row in report["tables"]["mak_usage"]}
    assert (usage["LTP21"]["spent"], usage["LTP21"]["budget"], usage["LTP21"]["left"]) == (1, 20, 19)
    assert usage["FULLX"]["spent"] == 0


def test_who_activated_what(report: dict[str, Any]) -> None:
    found = {(row["way"], row["name"]): row["products"] for row in report["tables"]["by_authority"]}
    assert found == {("KMS host", "kms01.corp.example:1688"): 5, ("MAK, online", "LTP21"): 1}


def test_the_kms_host_with_the_computers_that_it_counts(fleet: Fleet, report: dict[str, Any]) -> None:
    counts = {row["product"]: row["counted"] for row in report["tables"]["kms_hosts"]}
    assert counts.keys() == {"Office 2016", "Office 2021"}
    assert set(counts.values()) == {10}


def test_the_site_run_records_hosts_that_it_cannot_reach(fleet: Fleet, report: dict[str, Any]) -> None:
    with sqlite3.connect(fleet.store) as database:
        query = "SELECT run.run_id FROM run ORDER BY started"
        site, *_others = database.execute(query).fetchall()
        query = "SELECT run_id FROM history WHERE host = 'gone01' AND state = 'unreachable'"
        assert database.execute(query).fetchall() == [site]


# -- in the job log -------------------------------------------------------------------------------------------------


def test_the_log_says_what_to_do(runs: dict[str, PlaybookRun]) -> None:
    shown = runs["report"].results("Show what needs somebody to act")
    lines = next(result["msg"] for result in shown.values() if "msg" in result)
    assert any(line.startswith("UNLICENSED PRODUCTS: 3") for line in lines)
    assert any("The account is not elevated on the host" in line for line in lines)


def test_a_host_that_is_not_reached_or_has_no_office_does_not_fail_the_report(runs: dict[str, PlaybookRun]) -> None:
    assert runs["report"].exit_code == 0
    assert sum(stats["failures"] for stats in runs["report"].stats.values()) == 0


def test_recording_counts_as_no_change_of_a_host(runs: dict[str, PlaybookRun]) -> None:
    assert {host for host, stats in runs["site"].stats.items() if stats["changed"]} == {
        "desk01", "desk02", "desk03", "studio01", "laptop01",
    }  # fmt: skip
    assert not any(stats["changed"] for stats in runs["report"].stats.values())


def test_the_hosts_are_only_read(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    hosts = ("desk01", "fullkey01", "kiosk01", "bare01")
    before = {host: licensing_state(fleet, host) for host in hosts}
    fleet.report(name="again")
    assert {host: licensing_state(fleet, host) for host in hosts} == before


def test_no_key_is_in_any_file(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    files = [
        path for path in fleet.folder.rglob("*") if path.is_file() and path.name not in ("fleet.yml", "inventory.yml")
    ]
    kept = [path for path in files if not path.name.startswith("state.sqlite")]
    assert {"report.html", "report.json", "fleet.sqlite", "fleet.prom"} <= {path.name for path in kept}
    assert [path for path in kept if KEY.encode() in path.read_bytes()] == []
    assert not any(KEY in run.stdout + run.stderr for run in runs.values())


# -- limits and changes ---------------------------------------------------------------------------------------------


def test_a_limit_that_is_passed_fails_the_playbook_and_is_named(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    limits = {
        "officefleet_read": False,
        "officefleet_limits": {"unlicensed": 2, "at_risk_percent": 100, "mak_left": 20},
    }
    run = fleet.report("-e", json.dumps(limits), name="limited")
    assert run.exit_code != 0
    messages = {result["msg"] for result in run.results("Stop where a limit is passed").values()}
    assert messages == {
        "Unlicensed products: 3; the limit is 2."
        " Activations left of the MAK that ends in LTP21: 19; at least 20 are wanted."
    }
    assert (fleet.folder / "limited" / "report.html").is_file()


def test_without_reading_no_host_is_asked_and_limits_of_a_survey_may_be_text(
    fleet: Fleet, runs: dict[str, PlaybookRun]
) -> None:
    before = len(fleet.commands())
    asked = {"officefleet_read": False, "officefleet_limits": "unlicensed=3,mak_left=19"}
    assert fleet.report("-e", json.dumps(asked), name="unread").exit_code == 0
    assert len(fleet.commands()) == before
    assert fleet.written("unread")["numbers"]["products"] == 9


def test_check_mode_reads_and_writes_nothing(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    before = fleet.store.read_bytes()
    run = fleet.report("--check", name="checked")
    assert run.exit_code == 0
    assert not (fleet.folder / "checked").exists()
    assert fleet.store.read_bytes() == before


def test_a_run_with_a_limit_records_its_hosts_and_shows_what_changed_since_a_date(
    fleet: Fleet, runs: dict[str, PlaybookRun]
) -> None:
    fleet.change("island01", reach={"kms": True})
    fleet.site("--limit", "island01")
    run = fleet.report("--limit", "island01", "-e", "officefleet_report_since=2026-01-01", name="later")
    assert run.exit_code == 0
    assert fleet.written("later")["numbers"]["unlicensed"] == 2
    changed = {(row["host"], row["before"], row["after"]) for row in fleet.table("changes", "later")}
    assert ("desk01", "not there", "licensed") in changed


def test_a_date_that_is_none_is_refused(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    run = fleet.report("-e", "officefleet_report_since=yesterday", "-e", "officefleet_read=false", name="refused")
    assert run.exit_code != 0
    assert re.search(r"since: a date such as 2026-11-01", run.stdout)


# -- AWX, and another store -----------------------------------------------------------------------------------------


def test_in_awx_a_store_must_be_named_and_until_then_no_host_is_asked(fleet: Fleet) -> None:
    before = len(fleet.commands())
    run = fleet.play(REPORT, "-e", "awx_job_id=7", "--limit", "desk01")
    assert run.exit_code != 0
    assert "vanish" in run.stdout
    assert "store" in run.stdout
    assert len(fleet.commands()) == before


def test_an_inventory_goes_to_another_store_and_back(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    other = f"{fleet.folder}/other.sqlite"
    tasks = []
    for form in ("csv", "json"):
        path = f"{fleet.folder}/fleet.{form}"
        tasks += [
            task(f"export {form}", "activation_export", {"path": path, "store": str(fleet.store)}),
            task(f"import {form}", "activation_import", {"path": path, "store": other}),
        ]
    tasks.append(task("report", "activation_report", {"formats": [], "store": other}))
    run = fleet.play(plays_text(play(*tasks, hosts="desk01")))
    results = {name: run.results(name)["desk01"] for name in ("export csv", "import csv", "import json", "report")}
    assert (results["export csv"]["hosts"], results["import csv"]["hosts"]) == (12, 12)
    assert (results["import csv"]["changed"], results["import json"]["changed"]) == (True, False)
    fleet.report("-e", "officefleet_read=false", name="original")
    ours, theirs = fleet.written("original")["numbers"], results["report"]["numbers"]
    not_taken_in = {"as_of", "mak_left"}
    assert {key: value for key, value in theirs.items() if key not in not_taken_in} == {
        key: value for key, value in ours.items() if key not in not_taken_in
    }
