# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a report as CSV, JSON and Markdown. Not a public interface.

Every function raises InputError where the file can't be written.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.csv_cells import table_rows
from ansible_collections.officefleet.activation.plugins.module_utils.report_markdown import markdown
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import Report, Table
from ansible_collections.officefleet.activation.plugins.module_utils.report_text import report_data
from ansible_collections.officefleet.activation.plugins.plugin_utils._whole_file import whole_file

#: With the mark by which Excel recognises UTF-8.
CSV_ENCODING = "utf-8-sig"


def write_csv(table: Table, path: Path) -> None:
    """A table as CSV for a spreadsheet: no cell becomes a formula."""
    with whole_file(path, encoding=CSV_ENCODING) as file:
        csv.writer(file).writerows(table_rows(table))


def write_json(report: Report, path: Path, numbers: Mapping[str, Any] | None = None) -> None:
    """The whole report as JSON in ASCII. ``numbers``: see FleetNumbers.as_data."""
    with whole_file(path) as file:
        json.dump(report_data(report, numbers), file, indent=1)
        file.write("\n")


def write_markdown(report: Report, path: Path) -> None:
    """The report as Markdown."""
    with whole_file(path) as file:
        file.write(markdown(report))
