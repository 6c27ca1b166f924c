# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the four cases side by side on simulated hosts over WinRM; `make bench`, docs/performance.md."""

from __future__ import annotations

import argparse
import os
import re
import sys
import sysconfig
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from integration.winsim_server import FleetServer

from bench.cases import CASES, A, B, Case, D, fleet_text
from bench.goals import Cost, Goal, count_goals, growth_goals, middle, time_goals
from bench.process import measure
from bench.results import ROOT, machine, save, show

REMOTE_COST = {"powershell": 1.0, "cscript": 0.7}
GROWING = (A, B, D)
FORKS = 20
_RECAP = re.compile(r"^(\S+) +: ok=(\d+) +changed=(\d+) +unreachable=(\d+) +failed=(\d+)", re.MULTILINE)


@dataclass(frozen=True)
class Sizes:
    """How much is measured: hosts of the comparison, of that with a remote cost, the fewest and the most of the
    growth, and rounds of each."""

    compared: int = 200
    delayed: int = 100
    fewest: int = 50
    most: int = 1000
    rounds: int = 3


QUICK = Sizes(compared=20, delayed=20, fewest=10, most=50, rounds=1)


class BenchError(Exception):
    """A run did not do what it should: its numbers would mean nothing."""


class Bench:
    """A simulated fleet, and runs on its first hosts."""

    def __init__(self, fleet: FleetServer, forks: int = FORKS) -> None:
        self._fleet = fleet
        self._forks = forks

    def run(self, case: Case, hosts: int) -> Cost:
        """Run a case once and check that it did what it should. Raises BenchError."""
        folder = self._fleet.folder
        playbook = case.playbook
        if not playbook:
            path = folder / f"{case.letter}.yml"
            path.write_text(case.text())
            playbook = str(path)
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        environment |= {"ANSIBLE_FORKS": str(self._forks), "ANSIBLE_STDOUT_CALLBACK": "default"}
        program = Path(sys.executable).parent / "ansible-playbook"
        command = [str(program), "-i", str(self._inventory(hosts)), playbook]
        self._fleet.forget_usage()
        output = folder / "output.txt"
        took = measure(command, environment, output)
        _check(case, hosts, took.exit_code, output.read_text())
        used = self._fleet.usage().values()
        started = sum((Counter(one["processes"]) for one in used), Counter())
        powershell, cscript = started.pop("powershell"), started.pop("cscript", 0)
        return Cost(
            wall=1000 * took.wall / hosts,
            cpu=1000 * took.cpu / hosts,
            requests=sum(one["requests"] for one in used) / hosts,
            sent=sum(one["received"] for one in used) / 1000 / hosts,
            powershell=powershell / hosts,
            cscript=cscript / hosts,
            other=started.total() / hosts,
            memory=took.memory,
        )

    def _inventory(self, hosts: int) -> Path:
        """An inventory of the first hosts: a limit instead would leave localhost out of site.yml."""
        path = self._fleet.folder / f"inventory-{hosts}.yml"
        if not path.exists():
            inventory = yaml.safe_load(self._fleet.inventory.read_text())
            group = inventory["all"]["children"]["winsim"]
            group["hosts"] = dict(list(group["hosts"].items())[:hosts])
            path.write_text(yaml.safe_dump(inventory, sort_keys=False))
        return path

    def rounds(self, cases: Iterable[Case], hosts: int, rounds: int) -> dict[str, list[Cost]]:
        """Several rounds of cases in turn, so that what else the machine does meets all of them."""
        costs: dict[str, list[Cost]] = {case.letter: [] for case in cases}
        for number in range(rounds):
            for case in cases:
                print(f"  {case.title}, {hosts:,} hosts, round {number + 1}", file=sys.stderr, flush=True)
                costs[case.letter].append(self.run(case, hosts))
        return costs


def _check(case: Case, hosts: int, exit_code: int, output: str) -> None:
    recap = {name: tuple(map(int, numbers)) for name, *numbers in _RECAP.findall(output) if name != "localhost"}
    bad = {name for name, (_ok, changed, *wrong) in recap.items() if any(wrong) or (changed and not case.may_change)}
    if exit_code or bad or len(recap) != hosts:
        which = f"{sorted(bad)[:5]} of {len(recap)} hosts went wrong"
        raise BenchError(f"{case.title} ended with {exit_code}, {which}:\n{output[-3000:]}")


def rows(costs: dict[str, list[Cost]], hosts: int) -> list[list[Any]]:
    """The rows of a table."""
    made = []
    for case in CASES:
        if case.letter in costs:
            one = middle(costs[case.letter])
            numbers = [f"{one.wall:.1f}", f"{one.cpu:.1f}", f"{one.requests:.1f}", f"{one.sent:.0f}"]
            numbers += [f"{number:.0f}" for number in (one.powershell, one.cscript, one.other)]
            memory = "-" if one.memory is None else f"{one.memory:.0f}"
            made.append([case.letter, case.title, hosts, *numbers, memory])
    return made


HEADINGS = ["", "", "hosts", "wall ms", "CPU ms", "requests", "kB sent"]
HEADINGS += ["PowerShell", "cscript", "other programs", "peak MiB"]


def run(bench: Bench, fleet: FleetServer, sizes: Sizes) -> dict[str, Any]:
    """Measure everything, show it and return it as data."""
    compared = bench.rounds(CASES, sizes.compared, sizes.rounds)
    grown = {hosts: bench.rounds(GROWING, hosts, sizes.rounds) for hosts in (sizes.fewest, sizes.most)}
    fleet.set_cost(**REMOTE_COST)
    delayed = bench.rounds(CASES, sizes.delayed, sizes.rounds)

    show("Per host, programs on it take no time", [HEADINGS, *rows(compared, sizes.compared)])
    seconds = f"PowerShell {REMOTE_COST['powershell']:g} s a start, cscript.exe {REMOTE_COST['cscript']:g} s"
    show(f"Per host, programs on it take their time: {seconds}", [HEADINGS, *rows(delayed, sizes.delayed)])
    few, many = (medians(grown[hosts]) for hosts in (sizes.fewest, sizes.most))
    steps = {sizes.compared: {case.letter: compared[case.letter] for case in GROWING}, **grown}
    growth = [row for hosts, costs in steps.items() for row in rows(costs, hosts)]
    growth.sort(key=lambda row: (row[0], row[2]))
    show("Per host, from few to many hosts", [HEADINGS, *growth])
    goals = [*count_goals(medians(compared)), *time_goals(medians(compared))]
    goals += [replace(goal, what=f"{goal.what}, with remote cost") for goal in time_goals(medians(delayed))]
    goals += growth_goals(few, many)
    show("Goals", [["", "ratio", "goal", ""], *(goal.row() for goal in goals)])
    parts = [("compared", sizes.compared, compared), ("with remote cost", sizes.delayed, delayed)]
    parts += [("growth", hosts, costs) for hosts, costs in grown.items()]
    return {"runs": [_data(*part) for part in parts], "goals": [_goal_data(goal) for goal in goals]}


def medians(costs: dict[str, list[Cost]]) -> dict[str, Cost]:
    """The median round of each case."""
    return {letter: middle(rounds) for letter, rounds in costs.items()}


def _data(part: str, hosts: int, costs: dict[str, list[Cost]]) -> dict[str, Any]:
    cases = {
        letter: {"median": middle(rounds).to_json(), "rounds": [one.to_json() for one in rounds]}
        for letter, rounds in costs.items()
    }
    return {"part": part, "hosts": hosts, "cases": cases}


def _goal_data(goal: Goal) -> dict[str, Any]:
    return {"what": goal.what, "ratio": goal.ratio, "limit": goal.limit, "at_least": goal.at_least, "met": goal.met}


def _options(arguments: list[str]) -> tuple[Sizes, int]:
    parser = argparse.ArgumentParser(prog="python -m bench.activation", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few hosts and one round: shows that it works")
    parser.add_argument("--rounds", type=int, help="rounds of each run (3)")
    parser.add_argument("--most", type=int, metavar="HOSTS", help="hosts of the largest run (1000)")
    parser.add_argument("--forks", type=int, default=FORKS, help="(%(default)s)")
    options = parser.parse_args(arguments)
    sizes = QUICK if options.quick else Sizes()
    given = {name: getattr(options, name) for name in ("rounds", "most") if getattr(options, name)}
    return replace(sizes, **given), options.forks


def main() -> int:
    """Entry point of `make bench`."""
    sizes, forks = _options(sys.argv[1:])
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = f"{ROOT / '.collections'}{os.pathsep}{sysconfig.get_paths()['purelib']}"
    began = time.monotonic()
    hosts = max(sizes.compared, sizes.delayed, sizes.fewest, sizes.most)
    try:
        with FleetServer(fleet_text(hosts)) as fleet:
            measured = run(Bench(fleet, forks), fleet, sizes)
            refused = fleet.violations()
    except BenchError as error:
        print(f"The benchmark failed: {error}", file=sys.stderr)
        return 1
    if refused:
        print(f"The simulated hosts refused commands: {refused[:5]}", file=sys.stderr)
        return 1
    path = save("activation", {"forks": forks, "remote_cost": REMOTE_COST, "sizes": vars(sizes), **measured})
    print(f"\n{sizes.rounds} rounds, medians; {forks} forks; {(time.monotonic() - began) / 60:.0f} minutes.")
    print(", ".join(f"{name} {value}" for name, value in machine().items()))
    print(f"Every round: {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
