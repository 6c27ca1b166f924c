# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Confirmation IDs as people write them, and installation IDs as they are read aloud."""

from __future__ import annotations

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_digits import (
    grouped_confirmation_id,
    grouped_installation_id,
    read_confirmation_id,
    read_installation_id,
)
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

GROUPS = ["731904", "582617", "395048", "261739", "504826", "173950", "482617", "395048"]
DIGITS = "".join(GROUPS)


@pytest.mark.parametrize(
    "text",
    [
        DIGITS,
        "-".join(GROUPS),
        "  ".join(GROUPS),
        "\u2013".join(GROUPS),
        "\u00a0".join(GROUPS),
        ", ".join(GROUPS),
        "/".join(GROUPS),
        " ".join(f"{name}: {group}" for name, group in zip("ABCDEFGH", GROUPS, strict=True)),
        " ".join(f"{name}{group}" for name, group in zip("abcdefgh", GROUPS, strict=True)),
    ],
)
def test_groups_and_separators_as_people_write_them_are_accepted(text: str) -> None:
    assert read_confirmation_id("here", text) == DIGITS


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (DIGITS[:-1], "48 digits, this one has 47"),
        (DIGITS + "0", "48 digits, this one has 49"),
        (DIGITS[:-1] + "O", "digits only"),
        (DIGITS[:-1] + "\u0667", "digits only"),
        ("7.31905E+47", "a spreadsheet took the confirmation ID for a number"),
        ("7,31904582617395E+47", "a spreadsheet took the confirmation ID for a number"),
    ],
)
def test_what_is_no_confirmation_id_is_refused_without_repeating_it(text: str, rule: str) -> None:
    with pytest.raises(InputError) as refused:
        read_confirmation_id("line 3", text)
    assert rule in str(refused.value)
    assert text[:12] not in str(refused.value)


@pytest.mark.parametrize(("length", "size"), [(63, 7), (54, 6)])
def test_an_installation_id_is_read_aloud_in_nine_groups(length: int, size: int) -> None:
    assert [len(group) for group in grouped_installation_id("1" * length).split("-")] == [size] * 9


def test_what_is_written_in_groups_is_read_back() -> None:
    digits = "0123456789" * 6 + "012"
    assert read_installation_id("here", grouped_installation_id(digits)) == digits
    assert read_confirmation_id("here", grouped_confirmation_id(DIGITS)) == DIGITS


@pytest.mark.parametrize("text", ["", "123", "1" * 49, "1" * 64, "x" * 63])
def test_an_installation_id_that_was_cut_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not whole"):
        read_installation_id("here", text)
