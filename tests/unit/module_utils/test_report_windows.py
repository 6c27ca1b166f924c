# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows itself from a result to the report and through an inventory file: always apart from Office."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    WINDOWS,
    FleetHost,
    FleetProduct,
    HostProblem,
    HostRecord,
)
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_report import fleet_report
from ansible_collections.officefleet.activation.plugins.module_utils.problems import NO_VBSCRIPT, Problem
from ansible_collections.officefleet.activation.plugins.module_utils.recording import host_record
from ansible_collections.officefleet.activation.plugins.module_utils.report_numbers import FleetNumbers
from ansible_collections.officefleet.activation.plugins.module_utils.report_rules import ReportRules
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import Report
from ansible_collections.officefleet.activation.plugins.module_utils.windows_reading import windows_status
from unit.module_utils.fleet_samples import NOW, ago, attempt, host, product
from unit.module_utils.test_inventory_rows import BOTH
from unit.module_utils.windows_output import KMS_HOST, LICENSED, windows

NAME = "Windows(R), ServerStandard edition"
DENIED = HostProblem("change", "The account is not elevated.", "Use an elevated account.")


def result(listing: str, **values: Any) -> dict[str, Any]:
    return {"application": "windows", "changed": False, "status": windows_status(windows(listing)), **values}


def recorded(of_task: dict[str, Any]) -> HostRecord:
    return host_record("pc01", ("all",), NOW, of_task)


def failure(problem: Problem) -> dict[str, Any]:
    return {"product": None, "cause": problem.cause, "remedy": problem.remedy, "code": problem.code}


def licence(state: str = "licensed", **values: Any) -> FleetProduct:
    of_windows = {"sku_id": "w", "product": "Windows", "name": NAME, "family": None, "office": None}
    return product(**{**of_windows, "state": state, "application": WINDOWS, **values})


def of_windows(name: str, *products: FleetProduct, **values: Any) -> FleetHost:
    return host(name, *products, **{"windows_read_at": NOW, **values})


def made(*hosts: FleetHost) -> tuple[Report, FleetNumbers]:
    return fleet_report(iter(hosts), [], (), [], NOW, ReportRules(), None)


def rows(report: Report, key: str = "windows") -> list[dict[str, Any]]:
    table = next(table for table in report.tables if table.key == key)
    return [dict(zip([column.key for column in table.columns], row, strict=True)) for row in table.rows]


# -- from a result --------------------------------------------------------------------------------------------------


def test_a_result_is_of_windows_with_its_kms_host() -> None:
    (kept,) = recorded(result(LICENSED)).products or ()
    assert (kept.product, kept.application, kept.channel) == ("Windows", "windows", "kms_client")
    assert (kept.kms_host, kept.kms_port) == ("kms01.corp.example", 1688)


def test_a_result_tells_the_cmid() -> None:
    assert recorded(result(LICENSED)).cmid == "4a7e5c8e-1111-4c3b-9d2a-6f2d0b7a9c01"


def test_the_licence_of_a_kms_host_is_left_to_the_results_about_it() -> None:
    assert recorded(result(KMS_HOST)).products == ()


def test_a_windows_that_could_not_be_read_is_no_problem_of_office() -> None:
    failed = {"application": "windows", "failed": True, "changed": False, "failures": [failure(NO_VBSCRIPT)]}
    kept = recorded(failed)
    assert (kept.about, kept.products, kept.problem and kept.problem.step) == ("windows", None, "read")


def test_an_activation_of_windows_says_so() -> None:
    sent = {"sku_id": "w", "product": "Windows", "result": "licensed", "code": None, "cause": None, "remedy": None}
    (kept,) = recorded(result(LICENSED, operations=[], outcomes=[{**sent, "attempt": "online"}])).attempts
    assert kept.application == "windows"


# -- in the report --------------------------------------------------------------------------------------------------


def test_windows_is_in_no_number_of_office() -> None:
    _report, numbers = made(of_windows("pc01", product(), licence("notification")), of_windows("pc02", licence()))
    assert (numbers.products, numbers.unlicensed, numbers.at_risk) == (1, 0, 0)
    assert (numbers.windows, numbers.windows_unlicensed) == (2, 1)


def test_a_mak_of_windows_and_one_of_office_with_the_same_end_have_rows_of_their_own() -> None:
    by_mak = licence("notification", channel="mak", last_five="WNMAK")
    office = product(channel="mak", last_five="WNMAK")
    report, numbers = made(of_windows("pc01", office, by_mak), of_windows("pc02", by_mak))
    usage = [(row["application"], row["key"], row["computers"], row["licensed"]) for row in rows(report, "mak_usage")]
    assert sorted(usage) == [("Office", "WNMAK", 1, 1), ("Windows", "WNMAK", 2, 0)]
    assert numbers.mak_left == ()


def test_hosts_whose_windows_could_not_be_worked_on_are_counted() -> None:
    _report, numbers = made(of_windows("pc01", licence(), windows_problem=DENIED), of_windows("pc02", licence()))
    assert (numbers.windows_failed, numbers.windows_by_state) == (1, (("licensed", 2),))


def test_a_figure_counts_windows_that_are_not_licensed() -> None:
    report, _numbers = made(of_windows("pc01", licence("notification")), of_windows("pc02", licence()))
    figure = next(figure for figure in report.figures if figure.title == "Windows not licensed")
    assert (figure.value, figure.note, figure.tone) == (1, "of 2 read", "bad")


def test_without_windows_there_is_neither_table_nor_figure() -> None:
    report, _numbers = made(host("pc01", product()))
    assert "windows" not in {table.key for table in report.tables}
    assert "Windows not licensed" not in {figure.title for figure in report.figures}


def test_a_row_names_edition_state_and_kms_host() -> None:
    (row,) = rows(made(of_windows("pc01", licence()))[0])
    shown = (row["edition"], row["state"], row["kms_host"], row["activated_by"])
    assert shown == ("ServerStandard", "licensed", "kms01.corp.example:1688", "KMS host")


@pytest.mark.parametrize(
    ("product", "problem", "cause"),
    [
        (licence("notification", reason="0xC004F074"), None, "No KMS host answers"),
        (licence("oob_grace"), None, "Windows was installed, but not activated yet."),
        (licence("oob_grace"), DENIED, "The account is not elevated."),
        (
            licence("oob_grace", attempt=attempt(cause="The MAK has none left."), attempted_at=NOW, since=ago(1)),
            None,
            "The MAK has none left.",
        ),
    ],
)
def test_a_windows_that_is_not_licensed_has_cause_and_remedy(
    product: FleetProduct, problem: HostProblem | None, cause: str
) -> None:
    (row,) = rows(made(of_windows("pc01", product, windows_problem=problem))[0])
    assert row["cause"].startswith(cause)
    assert row["remedy"]
    assert "ospp" not in row["remedy"]


def test_a_windows_that_was_never_read_has_a_row_with_the_cause() -> None:
    never = host("pc01", product(), windows_problem=DENIED)
    (row,) = rows(made(never)[0])
    assert (row["host"], row["state"], row["cause"]) == ("pc01", None, "The account is not elevated.")


def test_a_host_of_which_windows_alone_is_known_needs_no_person() -> None:
    report, numbers = made(of_windows("pc01", licence(), read=None))
    assert (rows(report, "need_person"), dict(numbers.hosts_by_state)["never_read"]) == ([], 0)


def test_a_host_without_an_office_key_needs_one_whatever_its_windows_has() -> None:
    assert [row["what"] for row in rows(made(of_windows("pc01", licence()))[0], "need_person")] == ["no key"]


# -- in an inventory file -------------------------------------------------------------------------------------------


@BOTH
def test_windows_and_office_come_back_as_records_apart(carried: Any) -> None:
    whole = of_windows("pc01", product(), licence(), read=ago(1), windows_read_at=NOW, windows_problem=DENIED)
    told = [(record.about, record.at, record.problem) for record in carried(whole)]
    assert told == [("office", ago(1), None), ("windows", NOW, DENIED)]


@BOTH
def test_windows_alone_comes_back_without_a_word_of_office(carried: Any) -> None:
    assert [record.about for record in carried(of_windows("pc01", licence(), read=None))] == ["windows"]
