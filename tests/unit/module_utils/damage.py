# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Damages text as connections, code pages, other languages and spreadsheets do; the same seed damages it alike."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

_NOISE = ["\x00", "\r", "\n", "\t", "\ufeff", "\ufffd", "\u0661", "\u202e", "\x1b[2J", '"', ";", ",", ": ",
          "@end\r\n", "é", "Lizenzstatus: Lizenziert", "9" * 400, "-1", "0x", "{", "[", "null", "1e999", "%s",
          "\ud800"]  # fmt: skip
_CODE_PAGES = (("utf-8", "cp850"), ("utf-16-le", "latin-1"), ("utf-8", "cp932"), ("cp850", "utf-8"))


def damaged(texts: Sequence[str], seed: int) -> str:
    """One of the texts, one to six times damaged."""
    chance = random.Random(seed)
    text = chance.choice(texts)
    for _ in range(chance.randint(1, 6)):
        text = chance.choice(_WAYS)(text, chance, texts)
    return text[:20_000]


def _cut(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    return text[: chance.randint(0, len(text))]


def _behead(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    return text[chance.randint(0, len(text)) :]


def _lines(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    """Drop, repeat or swap lines."""
    lines = text.splitlines(keepends=True) or [""]
    here, there = chance.randrange(len(lines)), chance.randrange(len(lines))
    how = chance.choice(("drop", "repeat", "swap"))
    if how == "drop":
        del lines[here : here + chance.randint(1, 3)]
    elif how == "repeat":
        lines.insert(there, lines[here])
    else:
        lines[here], lines[there] = lines[there], lines[here]
    return "".join(lines)


def _splice(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    """A part of another text in the middle."""
    other, at = chance.choice(texts), chance.randint(0, len(text))
    start = chance.randint(0, len(other))
    return text[:at] + other[start : start + chance.randint(0, 400)] + text[at:]


def _garble(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    """Random bytes, or something with a meaning, in place of some characters."""
    at = chance.randint(0, len(text))
    if chance.random() < 0.5:
        noise = chance.choice(_NOISE)
    else:
        noise = chance.randbytes(chance.randint(1, 12)).decode("utf-8", "replace")
    return text[:at] + noise + text[at + chance.randint(0, 6) :]


def _recode(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    """Read with a code page that it was not written in."""
    written, read = chance.choice(
        (("utf-8", "cp850"), ("utf-16-le", "latin-1"), ("utf-8", "cp932"), ("cp850", "utf-8"))
    )
    return text.encode(written, "replace").decode(read, "replace")


def _line_ends(text: str, chance: random.Random, texts: Sequence[str]) -> str:
    return text.replace("\r\n", "\n").replace("\n", chance.choice(("\n", "\r\n", "\r\r\n", "\r", "")))


_WAYS: tuple[Callable[[str, random.Random, Sequence[str]], str], ...] = (
    _cut, _behead, _lines, _lines, _lines, _splice, _garble, _garble, _garble, _recode, _line_ends,
)  # fmt: skip
