# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the report of a store and writes its files. Not a public interface."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_report import fleet_report
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.report_numbers import FleetNumbers
from ansible_collections.officefleet.activation.plugins.module_utils.report_options import ReportOptions
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import Report
from ansible_collections.officefleet.activation.plugins.plugin_utils._page import write_page
from ansible_collections.officefleet.activation.plugins.plugin_utils._report_files import (
    write_csv,
    write_json,
    write_markdown,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store

_RUNS_SHOWN = 10


def read_report(store: Store, asked: ReportOptions, now: datetime) -> tuple[Report, FleetNumbers]:
    """The report of what the store has. Raises StoreError."""
    changes = store.changes_since(asked.since) if asked.since else ()
    runs = store.runs(_RUNS_SHOWN)
    return fleet_report(store.hosts(), store.mak_keys(), changes, runs, now, asked.rules, asked.since)


def write_report(report: Report, numbers: FleetNumbers, folder: Path, formats: tuple[str, ...]) -> Iterator[Path]:
    """Write the report into a folder, made where it is missing; each file once it is there. Raises InputError."""
    try:
        if formats:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("folder", f"{folder} can't be made ({error.strerror})") from None
    if "html" in formats:
        write_page(report, folder / "report.html")
        yield folder / "report.html"
    if "json" in formats:
        write_json(report, folder / "report.json", numbers.as_data())
        yield folder / "report.json"
    if "markdown" in formats:
        write_markdown(report, folder / "report.md")
        yield folder / "report.md"
    for table in report.tables if "csv" in formats else ():
        write_csv(table, folder / f"{table.key}.csv")
        yield folder / f"{table.key}.csv"
