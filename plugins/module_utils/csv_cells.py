# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cells of CSV files that people open in a spreadsheet: no text becomes a formula.

A text that a spreadsheet would calculate gets an apostrophe before it, which importing takes off again. Numbers stay
numbers. In an inventory file, which is read back, invisible characters are written as C(\\u001b), so that nothing is
lost; in a report, which is only read, they become question marks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import Cell, Table
from ansible_collections.officefleet.activation.plugins.module_utils.report_text import plain

# Apostrophes before the sign: so that each export adds one and each import takes one, however many there are.
_FORMULA = re.compile("'*[=+\\-@\\t\\r\\n\uff1d\uff0b\uff0d\uff20]")
_WRITTEN_OUT = re.compile(r"\\u([0-9a-f]{4})")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_LAST_SHORT = 0xFFFF


def guarded(value: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and _FORMULA.match(value) else value


def unguarded(text: str) -> str:
    """The text of a cell that guarded() wrote."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def table_rows(table: Table) -> Iterator[list[Cell]]:
    """The header and the rows of a table, ready for a CSV writer."""
    yield [guarded(plain(column.title)) for column in table.columns]
    for row in table.rows:
        yield [guarded(plain(cell)) if isinstance(cell, str) else cell for cell in row]


def lossless(value: Cell) -> Cell:
    """A cell of a file that is read back: see readable() for the way back."""
    return guarded(_written_out(value)) if isinstance(value, str) else value


def readable(text: str) -> str:
    """The text that lossless() was given."""
    return _WRITTEN_OUT.sub(lambda match: chr(int(match[1], 16)), unguarded(text))


def _written_out(text: str) -> str:
    if text.isprintable() and "\\u" not in text:
        return text
    # A backslash that already looks like ours is written out itself.
    text = _WRITTEN_OUT.sub(lambda match: f"\\u005cu{match[1]}", text)
    return "".join(f"\\u{ord(char):04x}" if _is_invisible(char) else char for char in text)


def _is_invisible(char: str) -> bool:
    return ord(char) <= _LAST_SHORT and unicodedata.category(char) in _INVISIBLE
