# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the cases may cost beside each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Cost:
    """What one run took per host: milliseconds of wall time and of controller CPU, requests, kilobytes sent, starts of
    PowerShell, of cscript.exe and of other programs; ``memory`` is the peak of the whole controller in MiB."""

    wall: float
    cpu: float
    requests: float
    sent: float
    powershell: float
    cscript: float
    other: float
    memory: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


def middle(rounds: list[Cost]) -> Cost:
    """The median of each number."""
    columns = {one.name: [getattr(cost, one.name) for cost in rounds] for one in fields(Cost)}
    return Cost(**{name: None if None in values else median(values) for name, values in columns.items()})


@dataclass(frozen=True)
class Goal:
    """A ratio, and the most that it may be, or the least that it must be."""

    what: str
    ratio: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the measured ratio keeps the limit."""
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    def row(self) -> list[str]:
        """The cells of a table."""
        sign = "at least" if self.at_least else "at most"
        return [self.what, f"{self.ratio:.2f}", f"{sign} {self.limit:g}", "met" if self.met else "MISSED"]


def count_goals(costs: Mapping[str, Cost]) -> list[Goal]:
    """Goals on what hosts are asked, which is the same on every machine."""
    a, b, c, d = (costs[letter] for letter in "ABCD")
    return [
        Goal("requests, A to B", a.requests / b.requests, 1.1),
        Goal("requests, C to A", c.requests / a.requests, 4, at_least=True),
        Goal("requests, D to A", d.requests / a.requests, 2),
        Goal("bytes, A to B", a.sent / b.sent, 1.1),
        Goal("PowerShell starts, A to B", a.powershell / b.powershell, 1.1),
        Goal("PowerShell starts, C to A", c.powershell / a.powershell, 4, at_least=True),
        Goal("PowerShell starts, D to A", d.powershell / a.powershell, 2),
        Goal("cscript.exe starts, C to A", c.cscript / a.cscript, 3.5, at_least=True),
        Goal("cscript.exe starts, D to A", d.cscript / a.cscript, 2),
    ]


def time_goals(costs: Mapping[str, Cost]) -> list[Goal]:
    """Goals on time."""
    a, b, c, d = (costs[letter] for letter in "ABCD")
    return [
        Goal("controller CPU, A to B", a.cpu / b.cpu, 1.25),
        Goal("wall time, C to A", c.wall / a.wall, 3.5, at_least=True),
        Goal("controller CPU, D to A", d.cpu / a.cpu, 2),
        Goal("wall time, D to A", d.wall / a.wall, 2),
    ]


def growth_goals(few: Mapping[str, Cost], many: Mapping[str, Cost]) -> list[Goal]:
    """Goals on what a host costs among many, beside what it costs among few."""
    return [
        Goal(f"{words} of {letter} per host, most hosts to fewest", getattr(many[letter], name) / was, 1.15)
        for letter in ("A", "D")
        for name, words in (("wall", "wall time"), ("cpu", "controller CPU"))
        if (was := getattr(few[letter], name))
    ]
