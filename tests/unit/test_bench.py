# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the benchmark measures a program, and what it makes of the numbers."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bench.goals import Cost, Goal, growth_goals, middle
from bench.process import measure

BURN = "import time\nwhile time.process_time() < 0.3: pass\n"


def with_child(program: str, megabytes: int = 0) -> str:
    """A program that keeps some memory while another runs."""
    kept = f"kept = bytearray(b'x' * {megabytes << 20})"
    return f"import subprocess, sys\n{kept}\nsubprocess.run([sys.executable, '-c', {program!r}], check=True)\n"


def cost(wall: float = 1, cpu: float = 1, memory: float | None = 1) -> Cost:
    return Cost(wall, cpu, 1, 1, 1, 1, 1, memory)


@pytest.mark.parametrize("program", [BURN, with_child(BURN)], ids=["itself", "a child"])
def test_processor_time_is_that_of_a_program_and_its_children(program: str, tmp_path: Path) -> None:
    took = measure([sys.executable, "-c", program], os.environ, tmp_path / "output")
    assert took.cpu >= 0.3


def test_what_a_program_prints_and_its_exit_code_are_kept(tmp_path: Path) -> None:
    took = measure([sys.executable, "-c", "print('words'); raise SystemExit(3)"], os.environ, tmp_path / "output")
    assert (took.exit_code, (tmp_path / "output").read_text()) == (3, "words\n")


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="memory is read from /proc of Linux")
def test_memory_is_that_of_a_program_and_its_children(tmp_path: Path) -> None:
    inner = f"import time\nkept = bytearray(b'x' * {40 << 20})\ntime.sleep(4)\n"
    outer = with_child(inner, megabytes=60)
    took = measure([sys.executable, "-c", outer], os.environ, tmp_path / "output")
    assert took.memory is not None
    assert 100 < took.memory < 200


def test_the_middle_is_the_median_of_each_number_alone() -> None:
    rounds = [cost(1, 30), cost(2, 10), cost(9, 20)]
    assert (middle(rounds).wall, middle(rounds).cpu) == (2, 20)
    assert middle([cost(memory=None), cost()]).memory is None


@pytest.mark.parametrize(
    ("goal", "met"),
    [
        (Goal("", 1.25, 1.25), True),
        (Goal("", 1.26, 1.25), False),
        (Goal("", 3.5, 3.5, at_least=True), True),
        (Goal("", 3.4, 3.5, at_least=True), False),
    ],
)
def test_a_goal_is_met_up_to_its_limit(goal: Goal, met: bool) -> None:
    assert goal.met is met


def test_growth_compares_what_a_host_costs_among_many_with_what_it_costs_among_few() -> None:
    few, many = dict.fromkeys("AD", cost(10, 20)), dict.fromkeys("AD", cost(12, 21))
    ratios = {goal.what.partition(" per")[0]: (goal.ratio, goal.met) for goal in growth_goals(few, many)}
    assert ratios["wall time of A"] == (1.2, False)
    assert ratios["controller CPU of D"] == (1.05, True)
