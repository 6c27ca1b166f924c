# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as figures, charts and tables, before it is written as a page, Markdown, CSV, JSON or text. Shapes only."""

from __future__ import annotations

from dataclasses import dataclass

#: How a figure or a bar is to be taken: "good", "warn", "bad" or "plain".
GOOD, WARN, BAD, PLAIN = "good", "warn", "bad", "plain"

Cell = str | int | float | None


@dataclass(frozen=True)
class Column:
    """A column of a table. ``kind``: text, number, or date (ISO 8601 text). ``choices``: few distinct values, worth a
    filter of their own on a page. ``long``: whole sentences."""

    key: str
    title: str
    kind: str = "text"
    choices: bool = False
    long: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under a heading. ``note`` defines what the table shows, ``empty`` is said where it has no row.

    ``problem``: its rows want somebody to act, so that it is printed whole and stands open on a page.
    """

    key: str
    title: str
    note: str
    empty: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    problem: bool = False


@dataclass(frozen=True)
class Figure:
    """One number with its meaning, such as 12, "Unlicensed products"."""

    title: str
    value: int | str
    note: str = ""
    tone: str = PLAIN


@dataclass(frozen=True)
class Bar:
    """One bar of a chart."""

    label: str
    value: int
    tone: str = PLAIN


@dataclass(frozen=True)
class Chart:
    """Horizontal bars with one unit, such as products."""

    title: str
    unit: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Report:
    """Everything on one page. ``subtitle`` says what it is of and as of when, ``notices`` what to know before reading
    it, such as data that is old."""

    key: str
    title: str
    subtitle: str
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    notices: tuple[str, ...] = ()
