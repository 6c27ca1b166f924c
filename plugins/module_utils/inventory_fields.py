# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Single values of an inventory file: each has one rule, and a refusal says where the value stands.

Values come as text from CSV and as numbers, booleans and null from JSON. No message repeats a value, as somebody may
have put a whole key where its last five characters belong.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.inputs import PRODUCT_KEY, InputError, last_five

_LONGEST = 4000
_TIME_RULE = "a time with its zone is needed, such as 2026-11-24T08:00:00Z"


@dataclass(frozen=True)
class Fields:
    """The values of one row or object. ``where`` names it: C(line 7), C(hosts[3])."""

    where: str
    values: Mapping[str, Any]

    def refuse(self, name: str, rule: str) -> InputError:
        """The error for a value that breaks its rule."""
        return InputError(f"{self.where}, {name}", rule)

    def only(self, known: Iterable[str]) -> None:
        """Raises InputError where there is a value of an unknown name."""
        unknown = [str(name)[:50] for name in self.values if name not in set(known)]
        if unknown:
            raise InputError(self.where, f"unknown: {', '.join(map(repr, unknown))}; known are {', '.join(known)}")

    def text(self, name: str) -> str | None:
        """A text; None where it is empty or not there."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str) or len(value) > _LONGEST:
            raise self.refuse(name, f"a text of at most {_LONGEST} characters is needed")
        if PRODUCT_KEY.search(value.upper()):
            raise self.refuse(name, "it holds a whole product key (not shown); no inventory may hold one")
        return value

    def needed(self, name: str) -> str:
        """A text that must be there."""
        value = self.text(name)
        if value is None:
            raise self.refuse(name, "a value is needed")
        return value

    def one_of(self, name: str, choices: Iterable[str]) -> str:
        """A text out of a few."""
        value, known = self.needed(name), tuple(choices)
        if value not in known:
            raise self.refuse(name, f"one of {', '.join(known)} is needed")
        return value

    def number(self, name: str) -> int | None:
        """A whole number from 0 on."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        text = str(value)
        if isinstance(value, bool) or not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise self.refuse(name, "a whole number from 0 on is needed")
        return int(text)

    def flag(self, name: str, default: bool) -> bool:
        """True or false."""
        value = self.values.get(name)
        if value is None or value == "":
            return default
        known = {"true": True, "false": False}
        if str(value).lower() not in known:
            raise self.refuse(name, "true or false is needed")
        return known[str(value).lower()]

    def time(self, name: str) -> datetime | None:
        """A time with its zone, as UTC."""
        value = self.text(name)
        if value is None:
            return None
        at: datetime | None
        try:
            at = datetime.fromisoformat(value[:-1] + "+00:00" if value.endswith(("Z", "z")) else value)
            at = at.astimezone(timezone.utc) if at.tzinfo else None
        except (ValueError, OverflowError):
            at = None
        if at is None:
            raise self.refuse(name, _TIME_RULE)
        return at

    def key(self, name: str) -> str | None:
        """The last five characters of a product key."""
        value = self.text(name)
        return None if value is None else last_five(f"{self.where}, {name}", value)


def time_data(at: datetime | None) -> str | None:
    """A time as Fields.time reads it, without loss."""
    return None if at is None else at.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
