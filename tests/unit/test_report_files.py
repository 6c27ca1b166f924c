# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a report, as they are on the disk."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import HostProblem
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_report import fleet_report
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.report_rules import ReportRules
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import Report
from ansible_collections.officefleet.activation.plugins.plugin_utils._prometheus import write_prometheus
from ansible_collections.officefleet.activation.plugins.plugin_utils._report_files import (
    write_csv,
    write_json,
    write_markdown,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._whole_file import whole_file
from prometheus_client.parser import text_string_to_metric_families
from unit.module_utils.fleet_samples import HOSTILE, NOW, ago, host, mak, product

FLEET = [host(text, product(product=text, state="unlicensed")) for text in HOSTILE]
REPORT, NUMBERS = fleet_report(FLEET, [], [], [], NOW, ReportRules(), None)


def table_of(report: Report, key: str) -> int:
    return next(place for place, table in enumerate(report.tables) if table.key == key)


def test_csv_has_a_header_and_a_row_for_each_row_and_no_formula(tmp_path: Path) -> None:
    path = tmp_path / "unlicensed.csv"
    write_csv(REPORT.tables[table_of(REPORT, "unlicensed")], path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][:3] == ["Host", "Product", "State"]
    assert len(rows) == 1 + len(HOSTILE)
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_json_holds_names_as_they_are_and_only_ascii(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_json(REPORT, path, NUMBERS.as_data())
    data = json.loads(path.read_bytes().decode("ascii"))
    assert [row["host"] for row in data["tables"]["unlicensed"]] == list(HOSTILE)
    assert data["numbers"]["unlicensed"] == len(HOSTILE)


def test_markdown_begins_with_its_title(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    write_markdown(REPORT, path)
    assert path.read_text(encoding="utf-8").startswith("# Office activation report\n")


def test_a_file_can_be_read_by_everybody_and_its_folder_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new" / "report.md"
    write_markdown(REPORT, path)
    assert path.stat().st_mode & 0o777 == 0o644
    assert [item.name for item in path.parent.iterdir()] == ["report.md"]


def test_a_file_whose_writing_fails_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "report.md"
    path.write_text("old", encoding="utf-8")

    def lines() -> Iterator[str]:
        yield "new"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), whole_file(path) as file:
        file.writelines(lines())
    assert {item.name: item.read_text(encoding="utf-8") for item in tmp_path.iterdir()} == {"report.md": "old"}


def test_a_place_that_can_not_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"^path: .*file/report\.md can't be written \(.+\); name another place"):
        write_markdown(REPORT, tmp_path / "file" / "report.md")


def metrics(path: Path) -> dict[tuple[str, ...], float]:
    families = text_string_to_metric_families(path.read_text(encoding="utf-8"))
    return {
        (sample.name.removeprefix("officefleet_"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def test_prometheus_reads_the_numbers(tmp_path: Path) -> None:
    kms_host = product(channel="kms_host", product='Of"fice\n2021', kms_count=7)
    of_windows = product(product="Windows", office=None, application="windows")
    not_read = HostProblem("read", "Cause.", "Remedy.")
    fleet = [
        host("pc01", product(), of_windows, read=ago(1), windows_problem=not_read),
        host("kms01", kms_host, read=ago(2)),
        host("pc02", mak(state="notification")),
    ]
    _report, numbers = fleet_report(fleet, [], [], [], NOW, ReportRules(), None)
    path = tmp_path / "officefleet.prom"
    write_prometheus(numbers, path)
    assert metrics(path) == {
        ("hosts", "licensed"): 1,
        ("hosts", "unlicensed"): 1,
        ("hosts", "no_product"): 1,
        ("hosts", "never_read"): 0,
        ("hosts_failed", "connect"): 0,
        ("hosts_failed", "read"): 0,
        ("hosts_failed", "change"): 0,
        ("hosts_stale",): 0,
        ("hosts_need_person",): 0,
        ("hosts_duplicate_cmid",): 0,
        ("products", "2021", "licensed"): 1,
        ("products", "2021", "notification"): 1,
        ("unlicensed_products",): 1,
        ("at_risk_products",): 1,
        ("windows", "licensed"): 1,
        ("unlicensed_windows",): 0,
        ("hosts_windows_failed",): 1,
        ("kms_host_counted_computers", "kms01", 'Of"fice?2021'): 7,
        ("report_timestamp_seconds",): NOW.timestamp(),
        ("newest_record_timestamp_seconds",): NOW.timestamp(),
    }


def test_the_node_exporter_would_not_find_a_file_of_another_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^path: the node exporter reads only files whose name ends in \.prom$"):
        write_prometheus(NUMBERS, tmp_path / "metrics.txt")
