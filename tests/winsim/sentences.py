# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error sentences of the simulated scripts, in this project's own words (sentences.tsv).

On Windows ospp.vbs reads Microsoft's from ``slerror.xml`` and slmgr.vbs has its own for a few codes; which code has
one is genuine, because what the scripts do depends on it.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

NO_SLMGR_TEXT = (
    "On a computer running Microsoft Windows non-core edition, run 'slui.exe 0x2a 0x{code}' to display the error text."
)


@cache
def _table() -> dict[int, dict[str, str]]:
    with Path(__file__).with_name("sentences.tsv").open(encoding="utf-8", newline="") as file:
        return {int(row["code"], 16): row for row in csv.DictReader(file, delimiter="\t")}


def sentence_codes() -> list[int]:
    """Every error number of the table."""
    return list(_table())


def hex_code(code: int) -> str:
    """The scripts' form of an error number: upper-case hex without prefix and padding."""
    return f"{code:X}"


def signed(code: int) -> int:
    """An HRESULT as the signed 32-bit number that becomes slmgr's exit code."""
    return code - (1 << 32) if code >= 1 << 31 else code


def ospp_sentence(code: int) -> str | None:
    """What slerror.xml has for the code, or None."""
    row = _table().get(code)
    return f"{row['sentence']}." if row and row["in_ospp"] == "yes" else None


def slmgr_sentence(code: int) -> str:
    """slmgr's text for the code: its own sentence, else the hint to look it up."""
    if has_slmgr_sentence(code):
        return _table()[code]["sentence"]
    return NO_SLMGR_TEXT.format(code=hex_code(code))


def has_slmgr_sentence(code: int) -> bool:
    """Whether slmgr has a sentence of its own for the code."""
    return _table().get(code, {}).get("in_slmgr") == "yes"


def meaning(code: int) -> str:
    """What WMI itself would say about a code, for message boxes."""
    row = _table().get(code)
    return row["sentence"] if row else "Unspecified error"
