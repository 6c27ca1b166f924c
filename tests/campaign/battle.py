# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One fleet of cases: a run that meets the faults, a clean run, and one that must find nothing left to do."""

from __future__ import annotations

import subprocess
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from integration.winsim_server import FleetServer, PlaybookRun

from campaign import field as ground
from campaign.cases import OPTIONS, Case, numbered
from campaign.scenarios import FOREST, Scenario

FORKS = "8"
Results = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Seen:
    """A case after one run: the results of its tasks in order, its numbers in the recap, its machine, how often
    Microsoft has counted its key."""

    results: Results = field(repr=False)
    stats: dict[str, int]
    state: dict[str, Any] = field(repr=False)
    licensed: frozenset[str]
    used: int | None
    commands: int

    @property
    def failed(self) -> bool:
        """Whether the host failed or was unreachable."""
        return bool(self.stats.get("failures") or self.stats.get("unreachable"))

    @property
    def unreachable(self) -> bool:
        """Whether its connection was lost."""
        return bool(self.stats.get("unreachable"))

    @property
    def changed(self) -> bool:
        """Whether a task reported a change."""
        return bool(self.stats.get("changed"))

    @property
    def last(self) -> tuple[str, dict[str, Any]]:
        """The result that decides: the last that failed or was unreachable, else the last one."""
        bad = [one for one in self.results if one[1].get("failed") or one[1].get("unreachable")]
        told = bad if self.failed else [one for one in self.results if not one[1].get("skipped")]
        return told[-1] if told else ("no task", {})


@dataclass
class Battle:
    """Everything that was seen of one fleet. ``texts``: what Ansible printed in each run; ``hung``: how long the run
    was given that did not end."""

    cases: Sequence[Case]
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    rounds: list[dict[str, Seen]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    struck: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)
    hung: float = 0.0
    seconds: float = 0.0


def fight(cases: Sequence[Case], rounds: int = 3, mended: bool = True) -> Battle:
    """Three runs on a fleet of its own. Faults are mended after the first."""
    battle = Battle(cases)
    start = time.monotonic()
    server = FleetServer("")
    server.fleet_file.write_text(ground.fleet_text(cases, str(server.folder)))
    with server as fleet:
        ground.prepare(fleet)
        world = fleet.world()
        battle.before = {case.host: ground.state_of(fleet.state(case.host), case, world) for case in cases}
        try:
            for number in range(rounds):
                battle.rounds.append(_round(fleet, battle, cases))
                if number == 0 and mended:
                    _mend(fleet, cases)
        except subprocess.TimeoutExpired as error:
            battle.hung = error.timeout
            battle.texts.append(str(error.stdout or ""))
        battle.violations = fleet.violations()
        battle.struck = {entry["host"] for entry in fleet.log() if entry.get("faults")}
    battle.seconds = time.monotonic() - start
    return battle


def limit(cases: Sequence[Case]) -> float:
    """Seconds that one run may take: five times what a busy machine with two cores needs."""
    return 120 + 3.0 * len(cases)


def _round(fleet: FleetServer, battle: Battle, cases: Sequence[Case]) -> dict[str, Seen]:
    before = _logged(fleet)
    run = fleet.play(ground.playbook(cases), "--diff", "--forks", FORKS, timeout=limit(cases))
    battle.texts.append(run.stdout + run.stderr)
    world = fleet.world()
    logged, results = _logged(fleet), _results(run)
    return {case.host: _seen(fleet, case, run, results.get(case.host, []), world, logged.get(case.host, 0)
                        - before.get(case.host, 0)) for case in cases}  # fmt: skip


def _seen(
    fleet: FleetServer, case: Case, run: PlaybookRun, results: Results, world: dict[str, Any], commands: int
) -> Seen:
    machine = fleet.state(case.host)
    licensed = {one["ID"] for one in machine["licensing"]["products"] if one.get("LicenseStatus") == "1"}
    state = ground.state_of(machine, case, world)
    used = {key["key"]: key["used"] for key in world["microsoft"]["keys"]}.get(ground.key_of(case.number))
    return Seen(results, run.stats.get(case.host, {}), state, frozenset(licensed), used, commands)


def _results(run: PlaybookRun) -> dict[str, Results]:
    """The results of each host in order, with the names of their tasks; of a loop, those of its rounds."""
    found: dict[str, Results] = {}
    for play in run.report["plays"]:
        for task in play["tasks"]:
            for host, result in task["hosts"].items():
                rounds = [{"action": result.get("action"), **one} for one in result.get("results") or ()]
                found.setdefault(host, []).extend((task["task"]["name"], one) for one in rounds or [result])
    return found


def _logged(fleet: FleetServer) -> dict[str, int]:
    """How many commands each host has seen."""
    counts: dict[str, int] = {}
    for entry in fleet.log():
        counts[entry["host"]] = counts.get(entry["host"], 0) + 1
    return counts


def _mend(fleet: FleetServer, cases: Sequence[Case]) -> None:
    for case in cases:
        if case.trouble is not None:
            fleet.clear_faults(case.host)
    time.sleep(OPTIONS["reboot"]["seconds"])


def steps_of(scenarios: Sequence[Scenario]) -> dict[str, int]:
    """How many remote steps each scenario has on a host without faults."""
    cases = numbered((scenario, 0, None) for scenario in scenarios)
    battle = fight(cases, rounds=1)
    seen = {case.scenario.name: battle.rounds[0][case.host] for case in cases}
    bad = {name: one.last for name, one in seen.items() if one.failed or not one.results}
    if bad:
        raise RuntimeError(f"scenarios fail without a fault: {bad}\n{battle.texts[0][-3000:]}")
    return {name: one.commands for name, one in seen.items()}


def fleets(cases: Sequence[Case], size: int) -> Iterator[list[Case]]:
    """The cases in fleets, each with a healthy host for every scenario in it; a forest takes five hosts."""
    others = deque(case for case in cases if not case.scenario.forest)
    sharing = deque(case for case in cases if case.scenario.forest)
    while others or sharing:
        batch = [others.popleft() for _ in range(min(size, len(others)))]
        name = sharing[0].scenario.name if sharing else ""
        for _ in range(len(FOREST) - 1):
            if sharing and sharing[0].scenario.name == name:
                batch.append(sharing.popleft())
        yield with_healthy(batch)


def with_healthy(batch: list[Case]) -> list[Case]:
    """A batch and a host without a fault for each of its scenarios, whose numbers nobody else has."""
    scenarios = {case.scenario.name: case.scenario for case in batch}
    return [*batch, *(Case(9900 + place, one, 0, None) for place, one in enumerate(scenarios.values()))]
