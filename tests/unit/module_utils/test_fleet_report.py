# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of one small fleet, every number of which was counted by hand.

host   read      products                                              so
pc01   now       proplus by KMS, 177 days                              licensed
pc02   now       proplus by KMS, 100 days; visio unlicensed 0xC004F074 unlicensed, at risk (not renewed)
pc03   now       proplus in grace, 3 days                              unlicensed, at risk
pc04   now       proplus by MAK MAKAA, online; Microsoft 365           licensed
pc05   now       project by MAK MAKBB, not recorded how                licensed
pc06   40 days   proplus by KMS, ran out 2 days ago; unreachable       licensed, at risk, needs a person
pc07   never     unreachable                                           needs a person
pc08   now       proplus by AD                                         licensed
pc09   now       no key                                                needs a person
kms01  now       KMS host licence 2021 (4 counted) and 2019 (9)        no client product
pc01 and pc08 share a CMID.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    Change,
    FleetHost,
    HostProblem,
    MakKey,
    Run,
    RunSummary,
)
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_report import fleet_report
from ansible_collections.officefleet.activation.plugins.module_utils.report_numbers import FleetNumbers
from ansible_collections.officefleet.activation.plugins.module_utils.report_rules import ReportRules
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import Report, Table
from unit.module_utils.fleet_samples import NOW, ago, host, in_days, mak, product

CMID = "7b0a1c5e-0000-4000-8000-00000000abcd"
GONE = HostProblem("connect", "The host could not be reached.", "Switch it on.")
VISIO = {"product": "Office 2021 visio_pro", "sku_id": "visio", "family": "visio_pro"}
HOST_LICENCE = {"channel": "kms_host", "last_five": "CSVLK"}


def fleet() -> list[FleetHost]:
    subscription = product(channel="subscription", state="unlicensed", product="O365", sku_id="o365", office=None)
    project = {"product": "Office 2019 project_pro", "sku_id": "project", "office": 2019}
    return [
        host(
            "kms01",
            product(**HOST_LICENCE, sku_id="csvlk21", product="Office 2021", kms_count=4),
            product(**HOST_LICENCE, sku_id="csvlk19", product="Office 2019", office=2019, kms_count=9),
        ),
        host("pc01", product(), cmid=CMID),
        host(
            "pc02",
            product(expires=in_days(100), kms_host="KMS01.corp.example"),
            product(**VISIO, state="unlicensed", reason="0xC004F074"),
        ),
        host("pc03", product(state="oob_grace", expires=in_days(3.5))),
        host("pc04", mak("MAKAA"), subscription),
        host("pc05", mak("MAKBB", activated_by=None, **project)),
        host("pc06", product(expires=ago(2)), read=ago(40), problem=GONE, tried_at=NOW),
        host("pc07", read=None, problem=GONE),
        host("pc08", product(ad_object="AO 2021", kms_host=None), cmid=CMID.upper()),
        host("pc09"),
    ]


MAKS = [MakKey("MAKAA", "f1", 20, 18, 1), MakKey("MAKCC", "f2", None, 3)]
CHANGES = [
    Change("pc02", "Office 2021 visio_pro", "licensed", "unlicensed", ago(2)),
    Change("pc07", None, None, "unreachable", ago(1)),
]
RUNS = [RunSummary(Run("r1", ago(1), "42", "0.1.0", "2.18.1"), 10, 3)]


@pytest.fixture(scope="module")
def made() -> tuple[Report, FleetNumbers]:
    return fleet_report(iter(fleet()), MAKS, iter(CHANGES), RUNS, NOW, ReportRules(), since=ago(7))


@pytest.fixture(scope="module")
def report(made: tuple[Report, FleetNumbers]) -> Report:
    return made[0]


@pytest.fixture(scope="module")
def numbers(made: tuple[Report, FleetNumbers]) -> FleetNumbers:
    return made[1]


def table(report: Report, key: str) -> Table:
    return next(table for table in report.tables if table.key == key)


def cells(report: Report, key: str, *columns: str) -> list[tuple]:
    found = table(report, key)
    places = [[column.key for column in found.columns].index(name) for name in columns]
    return [tuple(row[place] for place in places) for row in found.rows]


def test_numbers(numbers: FleetNumbers) -> None:
    assert numbers.as_data() == {
        "as_of": "2026-11-24T08:00:00+00:00",
        "newest_record": "2026-11-24T08:00:00+00:00",
        "hosts": 10,
        "hosts_by_state": {"licensed": 5, "unlicensed": 2, "no_product": 2, "never_read": 1},
        "unreachable_hosts": 2,
        "stale_hosts": 1,
        "need_person": 3,
        "duplicate_cmid_hosts": 2,
        "products": 8,
        "products_by_state": {"licensed": 6, "oob_grace": 1, "unlicensed": 1},
        "subscriptions": 1,
        "unlicensed": 2,
        "at_risk": 3,
        "at_risk_percent": 37.5,
        "mak_left": {"MAKAA": 1},
        "kms_hosts_not_ready": 1,
        "windows": 0,
        "windows_by_state": {},
        "windows_unlicensed": 0,
        "windows_failed": 0,
    }


def test_unlicensed_products(report: Report) -> None:
    assert cells(report, "unlicensed", "host", "product", "state", "code") == [
        ("pc02", "Office 2021 visio_pro", "unlicensed", "0xC004F074"),
        ("pc03", "Office 2021 proplus", "grace after installation", None),
    ]


def test_products_at_risk_come_by_urgency(report: Report) -> None:
    assert cells(report, "at_risk", "host", "risk", "days_left") == [
        ("pc06", "ran out, not read since", -2),
        ("pc03", "grace ends", 3),
        ("pc02", "not renewed", 100),
    ]


def test_hosts_that_need_a_person(report: Report) -> None:
    assert cells(report, "need_person", "host", "what", "read_at") == [
        ("pc06", "not reached", "2026-10-15T08:00Z"),
        ("pc07", "not reached", None),
        ("pc09", "no key", "2026-11-24T08:00Z"),
    ]


@pytest.mark.parametrize("key", ["unlicensed", "at_risk", "need_person", "duplicate_cmid"])
def test_every_row_of_a_problem_table_says_what_to_do(report: Report, key: str) -> None:
    assert all(remedy for (remedy,) in cells(report, key, "remedy"))


def test_mak_usage_has_keys_of_the_store_and_those_only_seen_installed(report: Report) -> None:
    columns = ("key", "computers", "licensed", "spent", "reserved", "budget", "left")
    assert cells(report, "mak_usage", *columns) == [
        ("MAKAA", 1, 1, 18, 1, 20, 1),
        ("MAKBB", 1, 1, 0, 0, None, None),
        ("MAKCC", 0, 0, 3, 0, None, None),
    ]


def test_a_mak_that_is_short_wants_somebody_to_act(report: Report) -> None:
    assert table(report, "mak_usage").problem
    assert [bool(remedy) for (remedy,) in cells(report, "mak_usage", "remedy")] == [True, False, False]


def test_a_shared_cmid_names_its_computers(report: Report) -> None:
    assert cells(report, "duplicate_cmid", "cmid", "computers", "host") == [(CMID, 2, "pc01"), (CMID, 2, "pc08")]


def test_who_activated(report: Report) -> None:
    assert cells(report, "by_authority", "way", "name", "products", "computers", "percent") == [
        ("KMS host", "kms01.corp.example:1688", 3, 3, 50.0),
        ("Active Directory", "AO 2021", 1, 1, 16.7),
        ("MAK, not recorded how", "MAKBB", 1, 1, 16.7),
        ("MAK, online", "MAKAA", 1, 1, 16.7),
    ]


def test_kms_hosts_and_what_they_lack(report: Report) -> None:
    assert cells(report, "kms_hosts", "host", "product", "counted", "needed") == [
        ("kms01", "Office 2021", 4, 5),
        ("kms01", "Office 2019", 9, 5),
    ]
    assert [bool(remedy) for (remedy,) in cells(report, "kms_hosts", "remedy")] == [True, False]


def test_the_inventory_has_every_product_of_every_host(report: Report) -> None:
    assert len(table(report, "products").rows) == 11


def test_changes_come_latest_first_and_in_words(report: Report) -> None:
    assert cells(report, "changes", "host", "product", "before", "after") == [
        ("pc07", "the host itself", "not there", "unreachable"),
        ("pc02", "Office 2021 visio_pro", "licensed", "unlicensed"),
    ]


def test_runs(report: Report) -> None:
    assert cells(report, "runs", "started", "job", "hosts", "activations") == [("2026-11-23T08:00Z", "42", 10, 3)]


def test_figures(report: Report) -> None:
    assert [figure.value for figure in report.figures] == [10, 5, 2, 3, 3, 1]


def test_charts(report: Report) -> None:
    bars = [[(bar.label, bar.value) for bar in chart.bars if bar.value] for chart in report.charts]
    assert bars == [
        [("licensed", 6), ("unlicensed", 1), ("grace after installation", 1)],
        [("Office 2019", 1), ("Office 2021", 7)],
        [
            ("KMS host: kms01.corp.example:1688", 3),
            ("MAK, online: MAKAA", 1),
            ("MAK, not recorded how: MAKBB", 1),
            ("Active Directory: AO 2021", 1),
        ],
        [("has run out", 1), ("in week 1 from now", 1)],
    ]


def test_notices_tell_of_hosts_that_were_not_read(report: Report) -> None:
    assert report.notices == (
        "1 host was not read for 30 days or more: the tables show what was true then.",
        "1 host was never read: nothing is known of their products.",
    )


def test_a_notice_tells_the_age_of_old_data() -> None:
    old = [host("pc01", product(), read=NOW - timedelta(days=3, hours=5))]
    report, _numbers = fleet_report(old, [], [], [], NOW, ReportRules(), None)
    assert report.notices == (
        "The newest record is 3 days old. Read the fleet with the report playbook to see it as it is.",
    )


def test_a_fleet_without_trouble_has_no_problem_row() -> None:
    report, _numbers = fleet_report([host("pc01", product())], [], [], [], NOW, ReportRules(), None)
    assert [table.key for table in report.tables if table.problem and table.rows] == []


def test_changes_are_shown_only_when_asked_for() -> None:
    report, _numbers = fleet_report([], [], CHANGES, [], NOW, ReportRules(), None)
    assert "changes" not in [table.key for table in report.tables]


def test_an_empty_store_says_what_to_run() -> None:
    report, numbers = fleet_report([], [], [], [], NOW, ReportRules(), None)
    assert report.notices == ("The store holds no host yet. Read the fleet with the report playbook.",)
    assert numbers.at_risk_percent == 0
