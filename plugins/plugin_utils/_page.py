# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as one HTML page that needs nothing else: no network, no second file. Not a public interface.

The page carries every row as data, in the order of the report; page/*.js shows, sorts and filters them. A policy in the
page itself (Content-Security-Policy) lets no script and no style run but the page's own, whatever a host is called.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import (
    BAD,
    GOOD,
    WARN,
    Cell,
    Chart,
    Column,
    Report,
    Table,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._whole_file import whole_file
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_FOLDER = Path(__file__).resolve().parent / "page"
_STYLES = ("page.css", "tables.css", "print.css")
_SCRIPTS = ("table_rows.js", "table_view.js", "page.js")

#: Rows that are in the page itself, for readers without script, of a table of problems and of any other.
_READY_PROBLEM_ROWS, _READY_ROWS = 100, 25

#: Longest text, in characters, that is kept on one line: a GUID or a usual host name.
_SHORT = 36
#: Most columns that a landscape page of paper takes without breaking words.
_MANY = 9

#: What a tone is called, so that nobody has to tell it by its colour.
_TONE_WORDS = {GOOD: "In order", WARN: "Watch", BAD: "Needs action"}

# What a terminal or a browser obeys instead of showing it: control characters, marks that turn the direction of
# writing, characters without width, and halves of surrogate pairs, which no file can hold.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")


@dataclass(frozen=True)
class _DrawnBar:
    """A bar with the texts beside it. ``percent``: of all bars together; ``width``: per cent of the longest one."""

    label: str
    number: str
    percent: str
    width: float
    tone: str


@dataclass(frozen=True)
class _DrawnTable:
    """A table as the template takes it. ``shape`` and ``classes``: how it and its columns are set.
    ``ready``: its first rows as text. ``data``: all of them, for the script."""

    table: Table
    shape: str
    classes: list[str]
    ready: list[list[str]]
    data: Markup


def _seen(match: re.Match[str]) -> str:
    code = ord(match.group())
    return chr(0x2400 + code) if code < 0x20 else f"<U+{code:04X}>"


def _visible(text: str) -> str:
    """The text with what would act unseen written out: ESC as a picture of it, others such as <U+202E>."""
    return _UNSEEN.sub(_seen, text.replace("\r\n", "\n"))


def _utc_minute(text: str) -> str:
    """An ISO 8601 time to the minute, in UTC; a day, and what is no time, as it is."""
    if not _DATE.match(text):
        return text
    try:
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
        return (time.astimezone(timezone.utc) if time.tzinfo else time).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return text


def _shown(cell: Cell, kind: str) -> str | int | float | None:
    """A cell as it stands on the page: a number, text, or None where there is nothing to show."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        if not math.isfinite(cell):
            return None
        return int(cell) if cell.is_integer() else cell
    if isinstance(cell, int) or not cell:
        return cell if cell != "" else None
    text = _visible(str(cell))
    return _utc_minute(text) if kind == "date" else text


def _distinct(cells: Iterable[Cell], kind: str) -> tuple[list[str | int | float | None], list[int]]:
    """The distinct values of a column, and for each row the place of its value among them.

    Most columns of a fleet hold few values many times: this makes the page small and its filters fast.
    """
    places: dict[Any, int] = {}
    at = [places.setdefault((type(cell), cell), len(places)) for cell in cells]
    return [_shown(cell, kind) for _type, cell in places], at


def _json(data: Any) -> Markup:
    """Data for a script element: JSON in which nothing can end the element or a line of script."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped above, for the only place where it stands


def _class(column: Column, values: list[str | int | float | None]) -> str:
    """How a column is set: by its kind, and "long" for sentences or "short" where each value fits on one line."""
    if column.long:
        return f"{column.kind} long"
    longest = max((len(str(value)) for value in values), default=0)
    return f"{column.kind} short" if longest <= _SHORT else column.kind


def _shape(table: Table) -> str:
    """How a table is set: "wide" where sentences take all room, and "many" where paper is too narrow for it."""
    wide = ["wide"] if any(column.long for column in table.columns) else []
    return " ".join(wide + (["many"] if len(table.columns) > _MANY else []))


def _drawn_table(table: Table) -> _DrawnTable:
    columns = [_distinct((row[place] for row in table.rows), column.kind) for place, column in enumerate(table.columns)]
    ready = range(min(len(table.rows), _READY_PROBLEM_ROWS if table.problem else _READY_ROWS))
    shown = [[values[at[row]] for values, at in columns] for row in ready]
    data = {
        "key": table.key,
        "title": table.title,
        "problem": table.problem,
        "length": len(table.rows),
        "columns": [asdict(column) for column in table.columns],
        "values": [values for values, _at in columns],
        "at": [at for _values, at in columns],
    }
    return _DrawnTable(
        table=table,
        shape=_shape(table),
        classes=[_class(column, values) for column, (values, _at) in zip(table.columns, columns, strict=True)],
        ready=[["" if cell is None else str(cell) for cell in row] for row in shown],
        data=_json(data),
    )


def _number(value: Cell) -> str:
    """A number for people, such as 13,000; text as it is."""
    return f"{value:,}" if isinstance(value, int) else _visible(str(value))


def _drawn_bars(chart: Chart) -> list[_DrawnBar]:
    total = sum(bar.value for bar in chart.bars)
    longest = max((bar.value for bar in chart.bars), default=0)

    def percent(value: int) -> str:
        share = 100 * value / total if total else 0
        return "<1%" if 0 < share < 1 else ">99%" if 99 < share < 100 else f"{share:.0f}%"

    return [
        _DrawnBar(
            label=_visible(bar.label),
            number=_number(bar.value),
            percent=percent(bar.value),
            width=round(100 * bar.value / longest, 2) if longest else 0,
            tone=bar.tone,
        )
        for bar in chart.bars
    ]


def _read(*names: str) -> str:
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


def _hash(text: str) -> str:
    """The name of an inline style or script in a Content-Security-Policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(number=_number, visible=_visible)
    return environment


def render_page(report: Report) -> str:
    """The report as one HTML page, the same bytes for the same report.

    Times are shown in UTC to the minute. Characters that would act unseen, such as ESC or marks that turn the direction
    of writing, are written out.
    """
    style, script = _read(*_STYLES), _read(*_SCRIPTS)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            charts=[(chart, _drawn_bars(chart)) for chart in report.charts],
            tables=[_drawn_table(table) for table in report.tables],
            dated=any(column.kind == "date" for table in report.tables for column in table.columns),
            tone_words=_TONE_WORDS,
            style=Markup(style),  # noqa: S704 - a file of this collection
            script=Markup(script),  # noqa: S704 - files of this collection
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


def write_page(report: Report, path: str | os.PathLike[str], option: str = "path") -> None:
    """Write the report as a page that everybody may read (mode 0644), in one step: an earlier page stays until then.

    A missing folder is made. Raises InputError, which names ``option``, where the page cannot be written.
    """
    page = render_page(report)
    with whole_file(Path(path), option) as file:
        file.write(page)
