# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sorting, filtering, turning pages and downloading, in Chromium."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from pages.fleet_pages import HOSTILE
from pages.opened_page import OpenPage
from pages.table_reader import ShownTable
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.needs("chromium")


def rows_of_download(page: Page, table: ShownTable) -> list[list[str]]:
    with page.expect_download() as download:
        table.button("Download CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.reader(text.splitlines(keepends=True)))


def test_rows_stand_in_the_order_of_the_report_at_first(small: Page) -> None:
    assert ShownTable(small, "unlicensed").hosts() == ["pc10", "pc2", "pc1", "laptop7"]


def test_text_sorts_as_people_count(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    table.sort("Host")
    assert table.hosts() == ["laptop7", "pc1", "pc2", "pc10"]


def test_numbers_sort_by_value_and_empty_cells_come_last(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    table.sort("Days left")
    assert table.column("Days left") == ["0", "9", "12", ""]


def test_empty_cells_come_last_in_the_other_direction_too(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    table.sort("Days left")
    table.sort("Days left")
    assert table.column("Days left") == ["12", "9", "0", ""]


def test_dates_sort_by_time_and_are_shown_in_utc(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    table.sort("Since")
    assert table.column("Since") == ["2026-01-02 07:15", "2026-02-11 08:00", "2026-02-27 16:30", ""]


def test_a_third_click_restores_the_order_of_the_report(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    for _click in range(3):
        table.sort("Host")
    assert table.hosts() == ["pc10", "pc2", "pc1", "laptop7"]


def test_only_the_sorted_column_says_so(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    table.sort("Host")
    table.sort("Cause")
    table.sort("Cause")
    states = [header.get_attribute("aria-sort") for header in table.section.locator("thead th").all()]
    assert states == ["none"] * 6 + ["descending", "none"]


def test_the_filter_wants_every_word_somewhere_in_the_row(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    table.filter("2021 FIVE computers")
    assert table.hosts() == ["pc2"]


def test_a_list_keeps_the_rows_of_the_chosen_value(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    table.section.get_by_label("State").select_option(label="oob_grace (2)")
    assert table.hosts() == ["pc2", "pc1"]


def test_a_list_offers_the_empty_cells(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    table.section.get_by_label("Code").select_option(label="(none) (1)")
    assert table.hosts() == ["pc1"]


def test_filter_and_lists_hold_together(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    table.section.get_by_label("State").select_option(label="oob_grace (2)")
    table.filter("visio")
    assert table.count() == "1 of 4 rows"


def test_nothing_found_is_said(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    table.filter("no such thing")
    assert table.position() == "No row matches."


def test_clearing_the_filters_brings_all_rows_back(small: Page) -> None:
    table = ShownTable(small, "unlicensed")
    table.section.get_by_label("State").select_option(label="oob_grace (2)")
    table.filter("nothing like this")
    table.button("Clear filters").click()
    assert table.count() == "4 rows"


def test_the_number_of_rows_is_announced(small: Page) -> None:
    ShownTable(small, "unlicensed").filter("pc1")
    expect(small.get_by_role("status")).to_have_text("Unlicensed: 2 of 4 rows")


def test_a_host_name_filters_every_table_that_names_hosts(small: Page) -> None:
    small.get_by_label("Host name").fill("PC2.corp")
    contents = small.get_by_role("navigation", name="Tables").get_by_role("link")
    expected = ["Unlicensed 1 of 4", "At risk 1 of 2", "Duplicate CMID 1 of 1", "Changes 0", "MAK usage 3"]
    expect(contents).to_have_text([*expected, "Products 0 of 40"])


def test_a_host_name_is_not_looked_for_in_other_columns(small: Page) -> None:
    small.get_by_label("Host name").fill("kms1")
    assert ShownTable(small, "products").position() == "No row matches."


def test_a_link_opens_a_closed_table(small: Page) -> None:
    small.get_by_role("link", name="Products").click()
    expect(small.locator("#table-products table")).to_be_in_viewport()


def test_an_address_opens_a_closed_table(open_page: OpenPage) -> None:
    page = open_page("small", "#table-products")
    expect(page.locator("#table-products table")).to_be_visible()


def test_pages_are_turned_to_the_last_row(large: Page) -> None:
    table = ShownTable(large, "products")
    table.section.get_by_label("Rows a page").select_option("100")
    for _page in range(2):
        table.button("Next").click()
    table.button("Previous").click()
    assert (table.position(), len(table.hosts())) == ("101 to 200 of 13,000 rows.", 100)


def test_the_last_page_holds_the_rows_that_are_left(medium: Page) -> None:
    table = ShownTable(medium, "products")
    table.section.get_by_label("Rows a page").select_option("500")
    table.button("Next").click()
    assert (table.position(), len(table.hosts())) == ("501 to 520 of 520 rows.", 20)


def test_after_the_last_page_there_is_none_and_the_button_keeps_the_focus(large: Page) -> None:
    table = ShownTable(large, "unlicensed")
    table.filter("visio_pro site5.corp.example")
    table.button("Next").focus()
    for _page in range(4):
        large.keyboard.press("Enter")
    assert table.position() == "51 to 75 of 75 rows that match."
    expect(table.button("Next")).to_be_focused()


def test_a_filter_starts_at_the_first_page_again(large: Page) -> None:
    table = ShownTable(large, "products")
    table.button("Next").click()
    table.filter("visio_pro")
    assert table.position() == "1 to 25 of 3,000 rows that match."


def test_the_download_holds_the_rows_that_match_in_their_order(large: Page) -> None:
    table = ShownTable(large, "unlicensed")
    table.filter("visio_pro site5.corp.example")
    table.sort("Host")
    table.sort("Host")
    rows = rows_of_download(large, table)
    names = [row[0] for row in rows[1:]]
    assert (len(names), names) == (75, sorted(names, reverse=True))


def test_the_download_begins_with_the_titles_of_the_columns(small: Page) -> None:
    titles = ["Host", "Product", "State", "Since", "Days left", "Code", "Cause", "What to do"]
    assert rows_of_download(small, ShownTable(small, "unlicensed"))[0] == titles


def test_no_cell_of_the_download_is_a_formula(open_page: OpenPage) -> None:
    page = open_page("hostile")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    formulas = [cell for row in csv.reader(text.splitlines()) for cell in row if re.match(r"[=+\-@\t\r]", cell)]
    assert (formulas, text.count("'=cmd|")) == ([], 8)


def test_hostile_text_is_shown_as_it_is_written(open_page: OpenPage) -> None:
    cells = open_page("hostile").locator("tbody th").all_text_contents()
    assert [text for text in HOSTILE if "<" in text and text in cells] == [text for text in HOSTILE if "<" in text]
