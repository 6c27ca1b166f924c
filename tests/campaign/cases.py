# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which fault strikes which remote step of which scenario: all of them, or a sample that has every pair.

Steps are not written down here: they are what a run without faults has logged on its host.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from allpairspy import AllPairs
from winsim.faults import BREAKING, MOMENTS, NAMES

from campaign.scenarios import SCENARIOS, Scenario

#: Faults whose moment is their own name, or that break the answer at one of several.
LOST = ("drop_before", "drop_during", "drop_after", *BREAKING)
#: Faults that fight with time, in real seconds: as short as a test can see them.
OPTIONS: dict[str, dict[str, Any]] = {
    "slow": {"seconds": 0.5},
    "trickle": {"seconds": 0.5},
    "reboot": {"seconds": 0.3},
    "cut_idle": {"seconds": 0.2},
}
POSITIONS = ("first", "middle", "last")
#: Once, or from the step on until somebody mends it.
LASTS = ("once", "on")


@dataclass(frozen=True)
class Trouble:
    """A fault, when it strikes a command, and for how long it lasts."""

    fault: str
    moment: str = "before"
    lasts: str = "once"
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def at(self, step: int) -> list[dict[str, Any]]:
        """The entries of the fleet file that let it strike the command with this number, counted from 0."""
        common = {"when": "", "after": step, **({"times": 1} if self.lasts == "once" else {})}
        moment = {"moment": self.moment} if self.moment != "before" else {}
        entries = [{"name": self.fault, **common, **moment, **OPTIONS.get(self.fault, {}), **self.options}]
        if self.fault == "cut_idle":
            entries.append({"name": "slow", **common, "seconds": 0.5})
        return entries

    @property
    def words(self) -> str:
        """As the report names it."""
        more = "".join(f" {value}" for value in self.options.values())
        return f"{self.fault}{more}" + (f", {self.moment}" if self.fault in BREAKING else "") + f", {self.lasts}"


@dataclass(frozen=True)
class Case:
    """One host: what is done to it, and what happens meanwhile."""

    number: int
    scenario: Scenario
    step: int
    trouble: Trouble | None

    @property
    def host(self) -> str:
        """The name of its host."""
        return f"c{self.number:04}" if self.trouble else f"healthy{self.number:04}"

    @property
    def words(self) -> str:
        """As the report names it."""
        where = f"{self.trouble.words} at step {self.step + 1}" if self.trouble else "no fault"
        return f"{self.scenario.name}: {where}"


def troubles() -> list[Trouble]:
    """Every fault of winsim in each of its forms."""
    found = []
    for name in NAMES:
        if name in BREAKING:
            found += [
                Trouble(name, moment) for moment in MOMENTS if moment != "between" or name in ("auth_fails", "reboot")
            ]
        elif name == "clock_jump":
            found += [
                Trouble(name, moment, options={"by": by}) for by in ("200d", "-2d") for moment in ("before", "after")
            ]
        elif name == "localised":
            found += [
                Trouble(name, lasts=lasts, options={"language": one}) for one in ("de-DE", "ja-JP") for lasts in LASTS
            ]
        elif name in LOST or name == "cut_idle":
            found.append(Trouble(name))
        else:
            found += [Trouble(name, lasts=lasts) for lasts in LASTS]
    return found  # fmt: skip


def every(steps: Mapping[str, int]) -> Iterator[tuple[Scenario, int, Trouble]]:
    """The cross product. ``steps``: how many remote steps each scenario has."""
    for name, count in steps.items():
        for step in range(count):
            for trouble in troubles():
                yield SCENARIOS[name], step, trouble


def sample(steps: Mapping[str, int]) -> Iterator[tuple[Scenario, int, Trouble]]:
    """A sample in which every kind of scenario meets every fault, and each fault takes each form at each position.

    Scenarios of a forest, whose fleets are small, meet four faults only.
    """
    forms: dict[str, list[Trouble]] = {}
    for trouble in troubles():
        forms.setdefault(trouble.fault, []).append(trouble)
    kinds: dict[str, list[str]] = {}
    for name in steps:
        kinds.setdefault(SCENARIOS[name].kind, []).append(name)
    directory = kinds.pop("forest", [])
    pairs = AllPairs([list(kinds), list(forms), list(POSITIONS), list(range(4))]) if kinds else ()
    turns = {kind: itertools.cycle(names) for kind, names in kinds.items()}
    for kind, fault, position, form in pairs:
        name = next(turns[kind])
        step = {"first": 0, "middle": steps[name] // 2, "last": steps[name] - 1}[position]
        yield SCENARIOS[name], step, forms[fault][form % len(forms[fault])]
    for name in directory[:1]:
        for fault in ("drop_before", "drop_during", "drop_after", "reboot"):
            yield SCENARIOS[name], steps[name] - 1, forms[fault][-1]


def numbered(chosen: Iterable[tuple[Scenario, int, Trouble | None]], start: int = 0) -> list[Case]:
    """Cases with hosts and keys of their own."""
    return [Case(number, *one) for number, one in enumerate(chosen, start)]
