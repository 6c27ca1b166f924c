# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as Markdown, for a wiki page or a ticket. Text from hosts makes no markup, no link and no HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import (
    Cell,
    Chart,
    Column,
    Report,
    Table,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_text import date_text, number_text, plain

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+!|~$])")
_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What some Markdown dialects make a link or a mention of, without any markup.
_LINKS = re.compile(r"(?<=:)//|(?<=www)\.|@", re.IGNORECASE)


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, on one line."""
    text = "".join(_HTML.get(char, char) for char in plain(text))
    text = _MARKUP.sub(r"\\\1", text)
    return _LINKS.sub(lambda match: "".join(f"&#{ord(char)};" for char in match.group()), text)


def markdown(report: Report, most_rows: int = 200) -> str:
    """The report as Markdown. Tables that want somebody to act are whole, of others ``most_rows`` rows are shown."""
    parts = [f"# {escaped(report.title)}", escaped(report.subtitle)]
    parts += [f"> {escaped(notice)}" for notice in report.notices]
    if report.figures:
        figures = [(number_text(item.value), item.title, item.note) for item in report.figures]
        parts.append(_grid((_number("Number"), _text("Of"), _text("Note")), figures))
    parts += [part for table in report.tables for part in _table_parts(table, most_rows)]
    parts += [part for chart in report.charts for part in _chart_parts(chart)]
    return "\n\n".join(parts) + "\n"


def _text(title: str) -> Column:
    return Column(title, title)


def _number(title: str) -> Column:
    return Column(title, title, "number")


def _table_parts(table: Table, most_rows: int) -> list[str]:
    parts = [f"## {escaped(table.title)}", escaped(table.note)]
    if not table.rows:
        return [*parts, escaped(table.empty)]
    rows = table.rows if table.problem else table.rows[:most_rows]
    parts.append(_grid(table.columns, rows))
    if len(rows) < len(table.rows):
        parts.append(f"And {len(table.rows) - len(rows):,} more; see the page, CSV or JSON file of the report.")
    return parts


def _chart_parts(chart: Chart) -> list[str]:
    columns = (_text(chart.title), _number(chart.unit))
    return [f"## {escaped(chart.title)}", _grid(columns, [(bar.label, bar.value) for bar in chart.bars])]


def _grid(columns: tuple[Column, ...], rows: Iterable[tuple[Cell, ...]]) -> str:
    lines = ["| " + " | ".join(escaped(column.title) for column in columns) + " |"]
    lines.append("| " + " | ".join("---:" if column.kind == "number" else "---" for column in columns) + " |")
    lines += ["| " + " | ".join(_cell(*item) for item in zip(columns, row, strict=True)) + " |" for row in rows]
    return "\n".join(lines)


def _cell(column: Column, value: Cell) -> str:
    return escaped(date_text(value) if column.kind == "date" else plain(value))
