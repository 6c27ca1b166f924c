# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark on few hosts: what hosts are asked is the same on every machine, unlike the times."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.winsim_server import FleetServer

from bench.activation import Bench, BenchError
from bench.cases import CASES, Case, fleet_text
from bench.goals import Cost, count_goals

pytestmark = pytest.mark.one_core
HOSTS = 4
GOALS = [goal.what for goal in count_goals(dict.fromkeys("ABCD", Cost(1, 1, 1, 1, 1, 1, 1)))]


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(fleet_text(HOSTS)) as running:
        yield running


@pytest.fixture(scope="module")
def costs(fleet: FleetServer) -> dict[str, Cost]:
    """Each case once; a run that changes or fails a host raises BenchError."""
    return {case.letter: Bench(fleet, forks=2).run(case, HOSTS) for case in CASES}


@pytest.mark.parametrize("what", GOALS)
def test_what_hosts_are_asked_keeps_its_goal(costs: dict[str, Cost], what: str) -> None:
    (goal,) = (goal for goal in count_goals(costs) if goal.what == what)
    assert goal.met, goal


@pytest.mark.parametrize("letter", ["A", "D"])
def test_a_host_that_is_right_starts_one_powershell_and_one_script(costs: dict[str, Cost], letter: str) -> None:
    assert (costs[letter].powershell, costs[letter].cscript) == (1, 1)


def test_the_simulated_hosts_understood_every_line(costs: dict[str, Cost], fleet: FleetServer) -> None:
    assert fleet.violations() == []


def test_a_run_in_which_a_host_is_changed_is_no_measurement(costs: dict[str, Cost], fleet: FleetServer) -> None:
    (path,) = fleet.folder.glob("A.yml")
    port = path.read_text().replace("1688", "1699")
    other = Case("A", "another port", playbook=str(Path(fleet.folder, "other.yml")))
    Path(other.playbook).write_text(port)
    with pytest.raises(BenchError, match="of 4 hosts went wrong"):
        Bench(fleet, forks=2).run(other, HOSTS)


@pytest.mark.parametrize(
    ("row", "count"),
    [
        ("WinRM requests", "requests"),
        ("starts of PowerShell", "powershell"),
        ("starts of `cscript.exe`", "cscript"),
        ("starts of other programs", "other"),
    ],
)
def test_the_page_says_what_hosts_are_asked(costs: dict[str, Cost], row: str, count: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "performance.md").read_text(encoding="utf-8")
    (line,) = (line for line in page.splitlines() if line.startswith(f"| {row} |"))
    told = dict(zip("ABCD", map(float, line.strip("| ").split("|")[1:]), strict=True))
    assert {letter: getattr(costs[letter], count) for letter in "ABCD"} == told
