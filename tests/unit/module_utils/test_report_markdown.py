# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report as Markdown."""

from __future__ import annotations

import re

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.report_markdown import escaped, markdown
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import (
    Bar,
    Cell,
    Chart,
    Column,
    Figure,
    Report,
    Table,
)
from unit.module_utils.fleet_samples import HOSTILE

COLUMNS = (Column("host", "Host"), Column("days", "Days left", "number"), Column("read", "Read", "date"))


def table(rows: list[tuple[Cell, ...]], problem: bool = True) -> Table:
    return Table("late", "Late", "Those that are late.", "Nobody is late.", COLUMNS, tuple(rows), problem)


def report(table: Table) -> Report:
    chart = Chart("By state", "products", (Bar("licensed", 3),))
    return Report("fleet", "A report", "2 hosts", (Figure("Late", 1, "of 2"),), (chart,), (table,), ("Old.",))


def test_a_report() -> None:
    assert markdown(report(table([("pc1", 3, "2026-11-24T08:00Z"), ("pc2", None, None)]))) == (
        "# A report\n\n2 hosts\n\n> Old.\n\n"
        "| Number | Of | Note |\n| ---: | --- | --- |\n| 1 | Late | of 2 |\n\n"
        "## Late\n\nThose that are late.\n\n"
        "| Host | Days left | Read |\n| --- | ---: | --- |\n| pc1 | 3 | 2026-11-24 08:00 |\n| pc2 |  |  |\n\n"
        "## By state\n\n| By state | products |\n| --- | ---: |\n| licensed | 3 |\n"
    )


def test_an_empty_table_says_so() -> None:
    assert "Nobody is late." in markdown(report(table([])))


def test_problem_tables_are_whole_and_others_are_cut() -> None:
    rows: list[tuple[Cell, ...]] = [(f"pc{number}", 1, None) for number in range(5)]
    assert "| pc4 |" in markdown(report(table(rows)), most_rows=2)
    assert "And 3 more;" in markdown(report(table(rows, problem=False)), most_rows=2)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_makes_no_further_cell_or_line(name: str) -> None:
    line = next(line for line in markdown(report(table([(name, 7, None)]))).split("\n") if "| 7 |" in line)
    assert len(re.findall(r"(?<!\\)\|", line)) == 4


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<b>&amp;", "&lt;b&gt;&amp;amp;"),
        ("[x](http://evil.example)", r"\[x\]\(http:&#47;&#47;evil.example\)"),
        ("www.evil.example", "www&#46;evil.example"),
        ("a@b.example", "a&#64;b.example"),
        ("`a` *b* _c_ \\", r"\`a\` \*b\* \_c\_ \\"),
        ("a\r\nb\x1b[0m", r"a??b?\[0m"),
    ],
)
def test_markup_is_shown_as_it_is(text: str, shown: str) -> None:
    assert escaped(text) == shown
