# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as lines for a job log, and as data for JSON. Text from hosts can't play tricks on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import (
    Cell,
    Column,
    Figure,
    Report,
    Table,
)

FORMAT = "officefleet.activation report"
FORMAT_VERSION = 1

_WIDEST = 60
#: A table with more columns makes lines that no log shows whole; it is printed only where somebody has to act.
_MOST_COLUMNS = 8
_DATE_LENGTH = len("2026-11-24T08:00Z")


def plain(value: Cell) -> str:
    """A cell as one line of printable text: anything else, such as an escape sequence, shows question marks."""
    return "" if value is None else "".join(char if char.isprintable() else "?" for char in str(value))


def text_lines(report: Report, most_rows: int = 25) -> list[str]:
    """Lines for a job log: figures, then the tables, those that want somebody to act grouped by cause.

    At most ``most_rows`` rows of a table are printed; a table without problems is printed only where it is no longer
    and not wide. Columns without a value are left out.
    """
    lines = [plain(report.title), plain(report.subtitle), *(f"NOTE: {plain(notice)}" for notice in report.notices)]
    if report.figures:
        lines += ["", *_figure_lines(report.figures)]
    for table in report.tables:
        lines += ["", *_table_lines(table, most_rows)]
    return lines


def _figure_lines(figures: Sequence[Figure]) -> list[str]:
    values = [number_text(figure.value) for figure in figures]
    width = max(len(value) for value in values)
    return [
        f"{value:>{width}}  {plain(figure.title)}{f' ({plain(figure.note)})' if figure.note else ''}"
        for value, figure in zip(values, figures, strict=True)
    ]


def number_text(value: int | str) -> str:
    """A number for people, with thousands set apart; text as it is."""
    return f"{value:,}" if isinstance(value, int) else plain(value)


def _table_lines(table: Table, most_rows: int) -> list[str]:
    title, count = plain(table.title), len(table.rows)
    if not count:
        return [f"{title}: {plain(table.empty)}"]
    wide = sum(not column.long for column in table.columns) > _MOST_COLUMNS
    if not table.problem and (count > most_rows or wide):
        return [f"{title}: {count:,}; see the page, CSV or JSON file of the report."]
    lines = [f"{title.upper()}: {count:,}"]
    short = [place for place, column in enumerate(table.columns) if not column.long and _is_used(table, place)]
    groups = _groups(table)
    room = most_rows
    for told, rows in groups.items():
        shown = rows[:room]
        room -= len(shown)
        if told:
            lines.append(f"{len(rows):,} x {told}")
        indent = "    " if told else "  "
        lines += [indent + line for line in _aligned(table.columns, short, shown)] if shown else []
        if len(rows) > len(shown):
            lines.append(f"{indent}and {len(rows) - len(shown):,} more; see the page, CSV or JSON file of the report.")
    return lines


def _is_used(table: Table, place: int) -> bool:
    return any(row[place] not in (None, "") for row in table.rows)


def _groups(table: Table) -> dict[str, list[tuple[Cell, ...]]]:
    """Rows by what their long columns say, in the order in which that comes first."""
    long = [place for place, column in enumerate(table.columns) if column.long]
    groups: dict[str, list[tuple[Cell, ...]]] = {}
    for row in table.rows:
        told = " -> ".join(plain(row[place]) for place in long if row[place])
        groups.setdefault(told, []).append(row)
    return groups


def _aligned(columns: Sequence[Column], places: Sequence[int], rows: Sequence[tuple[Cell, ...]]) -> list[str]:
    lines = [[plain(columns[place].title) for place in places]]
    lines += [[_cell(columns[place], row[place]) for place in places] for row in rows]
    widths = [max(len(line[index]) for line in lines) for index in range(len(places))]
    right = [columns[place].kind == "number" for place in places]
    return [
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    ]


def _cell(column: Column, value: Cell) -> str:
    text = date_text(value) if column.kind == "date" else plain(value)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 3] + "..."


def date_text(value: Cell) -> str:
    """A time cell for people: the title of its column says that it is UTC."""
    text = plain(value)
    return text.replace("T", " ").removesuffix("Z") if len(text) == _DATE_LENGTH else text


def report_data(report: Report, numbers: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The report as plain data for JSON: each table is a list of objects by column key.

    ``numbers``: see FleetNumbers.as_data.
    """
    return {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "report": report.key,
        "title": report.title,
        "subtitle": report.subtitle,
        "notices": list(report.notices),
        "numbers": dict(numbers or {}),
        "figures": [dict(vars(figure)) for figure in report.figures],
        "charts": [
            {"title": chart.title, "unit": chart.unit, "bars": [dict(vars(bar)) for bar in chart.bars]}
            for chart in report.charts
        ],
        "tables": {table.key: table_data(table) for table in report.tables},
    }


def table_data(table: Table) -> list[dict[str, Cell]]:
    """The rows of a table as objects by column key."""
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]
