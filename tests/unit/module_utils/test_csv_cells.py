# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cells of CSV files: no formula, and nothing is lost where they are read back."""

from __future__ import annotations

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.csv_cells import (
    guarded,
    lossless,
    readable,
    table_rows,
    unguarded,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import Column, Table
from hypothesis import given
from hypothesis import strategies as st
from unit.module_utils.fleet_samples import HOSTILE


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "'=1"])
def test_a_text_that_would_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("value", ["pc01", "", "a=b", "'quoted'", -5, 1.5, None])
def test_everything_else_stays_as_it_is(value: str | float | None) -> None:
    assert guarded(value) == value


def test_a_table_has_numbers_as_numbers_and_invisible_characters_as_question_marks() -> None:
    columns = (Column("host", "Host"), Column("days", "Days left", "number"))
    table = Table("late", "Late", "", "", columns, (("=\x1b[1m\n", -3), ("pc1", None)))
    assert list(table_rows(table)) == [["Host", "Days left"], ["'=?[1m?", -3], ["pc1", None]]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_comes_back_as_it_was(text: str) -> None:
    assert readable(str(lossless(text))) == text


@given(st.text(st.characters(categories=None), max_size=20) | st.text("'=\\u0005c\x1b", max_size=12))
def test_every_text_comes_back_as_it_was(text: str) -> None:
    assert readable(str(lossless(text))) == text


@given(st.text("'=+x", max_size=6))
def test_an_apostrophe_is_taken_only_where_one_was_given(text: str) -> None:
    assert unguarded(str(guarded(text))) == text


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_neither_formula_nor_control_character(text: str) -> None:
    cell = str(lossless(text))
    assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r"}
    assert not {char for char in cell if ord(char) < 32}


def test_ordinary_text_stays_readable() -> None:
    assert lossless("C:\\users\\ümlaut \u00a0 \U0001f600") == "C:\\users\\ümlaut \u00a0 \U0001f600"
