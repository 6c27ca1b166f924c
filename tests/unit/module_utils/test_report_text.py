# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report in a job log."""

from __future__ import annotations

import json

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import (
    Bar,
    Cell,
    Chart,
    Column,
    Figure,
    Report,
    Table,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_text import report_data, text_lines
from unit.module_utils.fleet_samples import HOSTILE

COLUMNS = (
    Column("host", "Host"),
    Column("days", "Days", "number"),
    Column("cause", "Cause", long=True),
    Column("remedy", "What to do", long=True),
    Column("read", "Last read (UTC)", "date"),
)
READ = "2026-11-24T08:00Z"


def table(rows: list[tuple[Cell, ...]], problem: bool = True) -> Table:
    return Table("late", "Late", "Those that are late.", "Nobody is late.", COLUMNS, tuple(rows), problem)


def report(*tables: Table) -> Report:
    figures = (Figure("Hosts", 12345, "as read"), Figure("Late", 2))
    return Report("fleet", "A report", "12,345 hosts", figures, (), tables, ("The data is old.",))


def row(name: str, days: int = 1, cause: str = "Off.") -> tuple[Cell, ...]:
    return (name, days, cause, "Switch it on.", READ)


def test_rows_with_the_same_cause_stand_under_it() -> None:
    lines = text_lines(report(table([row("pc1"), row("pc10", 12), row("pc2", cause="Lost.")])))
    assert lines == [
        "A report",
        "12,345 hosts",
        "NOTE: The data is old.",
        "",
        "12,345  Hosts (as read)",
        "     2  Late",
        "",
        "LATE: 3",
        "2 x Off. -> Switch it on.",
        "    Host  Days  Last read (UTC)",
        "    pc1      1  2026-11-24 08:00",
        "    pc10    12  2026-11-24 08:00",
        "1 x Lost. -> Switch it on.",
        "    Host  Days  Last read (UTC)",
        "    pc2      1  2026-11-24 08:00",
    ]


def test_of_many_rows_a_few_are_shown_and_every_cause() -> None:
    rows = [row(f"pc{number:03}") for number in range(412)] + [row("pc999", cause="Lost.")]
    lines = text_lines(report(table(rows)), most_rows=2)
    assert lines[8:] == [
        "412 x Off. -> Switch it on.",
        "    Host   Days  Last read (UTC)",
        "    pc000     1  2026-11-24 08:00",
        "    pc001     1  2026-11-24 08:00",
        "    and 410 more; see the page, CSV or JSON file of the report.",
        "1 x Lost. -> Switch it on.",
        "    and 1 more; see the page, CSV or JSON file of the report.",
    ]


def test_a_table_without_rows_says_so() -> None:
    assert text_lines(report(table([])))[-1] == "Late: Nobody is late."


def test_a_long_table_that_is_no_problem_is_not_printed() -> None:
    lines = text_lines(report(table([row("pc1"), row("pc2")], problem=False)), most_rows=1)
    assert lines[-1] == "Late: 2; see the page, CSV or JSON file of the report."


def test_a_wide_table_that_is_no_problem_is_not_printed() -> None:
    wide = Table("all", "All", "", "None.", tuple(Column(str(n), str(n)) for n in range(9)), (tuple(range(9)),))
    assert text_lines(report(wide))[-1] == "All: 1; see the page, CSV or JSON file of the report."


def test_a_column_without_a_value_is_left_out() -> None:
    lines = text_lines(report(table([("pc1", None, "Off.", "Switch it on.", READ)])))
    assert lines[-2:] == ["    Host  Last read (UTC)", "    pc1   2026-11-24 08:00"]


def test_rows_without_cause_are_counted_too_where_they_are_not_shown() -> None:
    rows = [("pc1", 1, None, None, READ), ("pc2", 1, None, None, READ)]
    assert text_lines(report(table(rows)), 1)[-1] == "  and 1 more; see the page, CSV or JSON file of the report."


def test_a_report_without_figures_has_its_tables() -> None:
    bare = Report("plan", "A plan", "1 host", tables=(table([row("pc1")]),))
    assert text_lines(bare)[:4] == ["A plan", "1 host", "", "LATE: 1"]


@pytest.mark.parametrize("name", HOSTILE)
def test_text_from_hosts_prints_no_control_character(name: str) -> None:
    lines = text_lines(report(table([row(name, cause=name)])))
    assert [line for line in lines if not line.isprintable()] == []


def test_a_very_long_name_is_cut() -> None:
    assert max(map(len, text_lines(report(table([row("x" * 500)]))))) < 120


def test_data_names_each_cell_by_its_column() -> None:
    chart = Chart("States", "products", (Bar("licensed", 3, "good"),))
    whole = Report("fleet", "A report", "1 host", (Figure("Late", 2, "", "bad"),), (chart,), (table([row("pc1")]),))
    data = json.loads(json.dumps(report_data(whole, {"hosts": 1})))
    assert data == {
        "format": "officefleet.activation report",
        "version": 1,
        "report": "fleet",
        "title": "A report",
        "subtitle": "1 host",
        "notices": [],
        "numbers": {"hosts": 1},
        "figures": [{"title": "Late", "value": 2, "note": "", "tone": "bad"}],
        "charts": [
            {"title": "States", "unit": "products", "bars": [{"label": "licensed", "value": 3, "tone": "good"}]}
        ],
        "tables": {
            "late": [{"host": "pc1", "days": 1, "cause": "Off.", "remedy": "Switch it on.", "read": READ}],
        },
    }
