# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the report of a store and writes its files. Not a public interface."""

from __future__ import annotations

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


def write_report(report: Report, numbers: FleetNumbers, folder: Path, formats: tuple[str, ...]) -> list[Path]:
    """Write the report into a folder, which is made where it is missing; the files. Raises InputError."""
    files = []
    try:
        if formats:
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("folder", f"{folder} can't be made ({error.strerror})") from None
    if "html" in formats:
        files.append(folder / "report.html")
        write_page(report, files[-1])
    if "json" in formats:
        files.append(folder / "report.json")
        write_json(report, files[-1], numbers.as_data())
    if "markdown" in formats:
        files.append(folder / "report.md")
        write_markdown(report, files[-1])
    for table in report.tables if "csv" in formats else ():
        files.append(folder / f"{table.key}.csv")
        write_csv(table, files[-1])
    return files
