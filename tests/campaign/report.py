# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a campaign came to: numbers and findings, as JSON and as Markdown."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from campaign.battle import Battle
from campaign.cases import Case
from campaign.checks import RULES, Finding, findings


@dataclass
class Tally:
    """Counts over the fleets of a campaign."""

    steps: int = 0
    fleets: int = 0
    runs: int = 0
    seconds: float = 0.0
    cases: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    scenarios: Counter[str] = field(default_factory=Counter)
    missed: int = 0
    findings: list[Finding] = field(default_factory=list)

    def add(self, battle: Battle) -> list[Finding]:
        """Count a fleet; gives what was found in it."""
        found = findings(battle)
        self.findings += found
        self.fleets += 1
        self.runs += len(battle.rounds)
        self.seconds += battle.seconds
        for case in battle.cases:
            if case.trouble is not None:
                self._count(case, battle)
        return found

    def _count(self, case: Case, battle: Battle) -> None:
        self.cases += 1
        self.faults[case.trouble.fault if case.trouble else ""] += 1
        self.scenarios[case.scenario.name] += 1
        if battle.rounds:
            first = battle.rounds[0][case.host]
            end = "unreachable" if first.unreachable else "failed" if first.failed else "succeeded"
            self.ends[end] += 1
            self.missed += case.host not in battle.struck

    def data(self) -> dict[str, Any]:
        """Plain data."""
        counts = {name: dict(getattr(self, name)) for name in ("ends", "faults", "scenarios")}
        return {**vars(self), **counts, "findings": [asdict(one) for one in self.findings]}


def write(tally: Tally, folder: Path) -> Path:
    """Write both files; gives the path of the one to read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "campaign.json").write_text(json.dumps(tally.data(), indent=1))
    path = folder / "campaign.md"
    path.write_text("\n".join(_lines(tally)) + "\n")
    return path


def _lines(tally: Tally) -> Sequence[str]:
    ends = ", ".join(f"{number} {end}" for end, number in tally.ends.most_common())
    lines = [
        "# Fault campaign",
        "",
        f"{tally.cases} cases ({tally.steps} remote steps of {len(tally.scenarios)} scenarios, {len(tally.faults)}"
        f" faults), {tally.runs} runs of ansible-playbook on {tally.fleets} fleets, {tally.seconds / 60:.0f} minutes.",
        "",
        f"The run with the fault: {ends}. A fault had nothing to strike in {tally.missed} cases.",
        "",
        "| Rule | Broken |",
        "| --- | --- |",
        *(f"| {rule} | {sum(one.rule == rule for one in tally.findings)} |" for rule in _rules(tally)),
        "",
        "| Fault | Cases |",
        "| --- | --- |",
        *(f"| `{fault}` | {number} |" for fault, number in sorted(tally.faults.items())),
        "",
    ]
    return [*lines, *(f"- {one.rule}: {one.case}: {one.text}" for one in tally.findings)]


def _rules(tally: Tally) -> list[str]:
    """The rules that every case is held against, and those of whole runs."""
    whole = ["no run hangs", "no secret is shown", "winsim understands every command"]
    return [*RULES, *whole]
