# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of a report as a file: what is in it, and how it is written. What it does in a browser: tests/pages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import (
    Bar,
    Chart,
    Column,
    Figure,
    Report,
    Table,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._page import render_page, write_page
from pages.fleet_pages import HOSTILE, hostile_fleet, large_fleet, small_fleet

DATA = re.compile(r'<script type="application/json">(.*?)</script>')


def page_of(*rows: tuple[Any, ...], kind: str = "text", problem: bool = False) -> str:
    """A page with one table of one column."""
    table = Table("things", "Things", "All of them.", "There is none.", (Column("a", "A", kind),), rows, problem)
    return render_page(Report("things", "Things", "as of now", tables=(table,)))


def values_of(page: str) -> list[Any]:
    """The values of the only column of the only table, as the script of the page reads them, by row."""
    data = json.loads(DATA.findall(page)[0])
    return [data["values"][0][place] for place in data["at"][0]]


def test_the_same_report_gives_the_same_page() -> None:
    assert render_page(small_fleet()) == render_page(small_fleet())


def test_a_page_of_10000_computers_is_smaller_than_10_mb() -> None:
    assert len(render_page(large_fleet()).encode()) < 10_000_000


def test_the_page_holds_every_row() -> None:
    lengths = [json.loads(data)["length"] for data in DATA.findall(render_page(large_fleet()))]
    assert lengths == [3000, 1500, 1, 3, 13000]


def test_rows_are_found_again_in_the_data() -> None:
    assert values_of(page_of(("b",), ("a",), ("b",), (None,))) == ["b", "a", "b", None]


def test_numbers_stay_numbers_and_text_stays_text() -> None:
    assert values_of(page_of((1,), ("1",), (1.5,), (2.0,))) == [1, "1", 1.5, 2]


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_shown_as_nothing(number: float) -> None:
    assert values_of(page_of((number,), kind="number")) == [None]


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        ("2026-03-01T10:00:59+00:00", "2026-03-01 10:00"),
        ("2026-03-01T10:00:00.123456Z", "2026-03-01 10:00"),
        ("2026-03-01T01:30:00+02:00", "2026-02-28 23:30"),
        ("2026-03-01T10:00:00", "2026-03-01 10:00"),
        ("2026-03-01", "2026-03-01"),
        ("9999-12-31T23:59:00-05:00", "9999-12-31T23:59:00-05:00"),
        ("never", "never"),
    ],
)
def test_times_are_shown_in_utc_to_the_minute(time: str, shown: str) -> None:
    assert values_of(page_of((time,), kind="date")) == [shown]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred", "\u241b[31mred"),
        ("\x9b31mred", "<U+009B>31mred"),
        ("fdp\u202egpj.exe", "fdp<U+202E>gpj.exe"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("half \ud800 pair", "half <U+D800> pair"),
        ("two\r\nlines", "two\nlines"),
        ("Zürich 東京", "Zürich 東京"),
    ],
)
def test_what_would_act_unseen_is_written_out(text: str, shown: str) -> None:
    assert values_of(page_of((text,))) == [shown]


@pytest.mark.parametrize("part", ["<script>document", "<img", "</script><script>document", "\x1b", "\u202e", "\u2028"])
def test_no_hostile_text_is_part_of_the_markup(part: str) -> None:
    assert part not in render_page(hostile_fleet())


def test_data_holds_no_character_that_could_end_its_element() -> None:
    (data,) = DATA.findall(render_page(hostile_fleet()))
    assert re.findall("[<>&\u2028\u2029]", data) == []


def test_hostile_text_is_found_again_in_the_data() -> None:
    assert values_of(page_of((HOSTILE[1],))) == [HOSTILE[1]]


@pytest.mark.parametrize(("element", "directive"), [("style", "style-src"), ("script", "script-src")])
def test_the_policy_names_the_only_style_and_the_only_script(element: str, directive: str) -> None:
    page = render_page(hostile_fleet())
    (text,) = re.findall(f"<{element}>(.*?)</{element}>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    policy = re.findall('http-equiv="Content-Security-Policy" content="([^"]*)"', page)[0].replace("&#39;", "'")
    assert [part.strip() for part in policy.split(";") if directive in part] == [f"{directive} 'sha256-{digest}'"]


def test_the_policy_forbids_everything_else() -> None:
    assert "default-src 'none'; img-src data:; style-src" in page_of(("a",))


def test_the_page_names_no_address_on_a_network() -> None:
    assert re.findall(r"https?://|src=|url\(|@import", render_page(small_fleet())) == []


def test_the_first_100_problems_can_be_read_without_script() -> None:
    page = page_of(*((f"pc{number}",) for number in range(200)), problem=True)
    assert page.count("<th scope=row") == 100


def test_a_report_without_rows_charts_or_figures_is_a_page_too() -> None:
    assert "There is none." in page_of()


def test_a_report_without_tables_is_a_page_too() -> None:
    assert "<h1>Plan</h1>" in render_page(Report("plan", "Plan", "of today"))


def test_a_chart_of_zeros_has_no_bar() -> None:
    report = Report("a", "A", "b", charts=(Chart("States", "products", (Bar("Licensed", 0), Bar("Other", 0))),))
    assert 'class="fill-' not in render_page(report)


def test_the_longest_bar_takes_all_room_and_the_others_their_share_of_it() -> None:
    report = Report("a", "A", "b", charts=(Chart("States", "products", (Bar("Licensed", 300), Bar("Other", 75))),))
    assert re.findall(r'class="fill-plain" y="\d+" width="([\d.]+)%"', render_page(report)) == ["100.0", "25.0"]


def test_a_tone_is_said_in_words() -> None:
    report = Report("a", "A", "b", figures=(Figure("Unlicensed", 3, tone="bad"),))
    assert '<span class="tone">Needs action</span>' in render_page(report)


def test_the_file_holds_the_page(tmp_path: Path) -> None:
    write_page(hostile_fleet(), tmp_path / "fleet.html")
    assert (tmp_path / "fleet.html").read_bytes() == render_page(hostile_fleet()).encode()


def test_everybody_may_read_the_file(tmp_path: Path) -> None:
    write_page(small_fleet(), tmp_path / "fleet.html")
    assert stat.S_IMODE((tmp_path / "fleet.html").stat().st_mode) == 0o644


def test_an_earlier_page_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "fleet.html"
    path.write_text("earlier", encoding="utf-8")
    write_page(small_fleet(), str(path))
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_page_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "fleet.html").mkdir()
    with pytest.raises(InputError, match="page_file"):
        write_page(small_fleet(), tmp_path / "fleet.html", "page_file")
    assert [path.name for path in tmp_path.iterdir()] == ["fleet.html"]
