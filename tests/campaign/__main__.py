# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``make faults``: every fault at every remote step of every scenario. Ends with 1 when a rule was broken.

python -m campaign [--sample] [--scenario NAME ...] [--fault NAME ...] [--size 100] [--workers 2]
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from campaign.battle import fight, fleets, steps_of
from campaign.cases import every, numbered, sample
from campaign.report import Tally, write
from campaign.scenarios import SCENARIOS

FOLDER = Path(__file__).resolve().parents[2] / ".build" / "faults"


def main() -> int:
    """Run the campaign and write its report."""
    options = _options()
    chosen = [one for one in SCENARIOS.values() if not options.scenario or one.name in options.scenario]
    steps = steps_of(chosen)
    cases = numbered(
        one
        for one in (sample if options.sample else every)(steps)
        if not options.fault or one[2].fault in options.fault
    )
    batches = list(fleets(cases, options.size))
    print(f"{len(cases)} cases on {len(batches)} fleets, {sum(steps.values())} remote steps", flush=True)
    tally = Tally(steps=sum(steps.values()))
    with ProcessPoolExecutor(options.workers) as pool:
        for battle in pool.map(fight, batches):
            found = tally.add(battle)
            print(f"{tally.cases} cases, {battle.seconds:.0f} s, {len(found)} findings", flush=True)
            for one in found:
                print(f"  {one.rule}: {one.case}: {one.text[:400]}", flush=True)
            write(tally, FOLDER)
    print(write(tally, FOLDER))
    return 1 if tally.findings else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="campaign", description="Faults at every remote step, and what must hold.")
    parser.add_argument("--sample", action="store_true", help="every pair of a kind of scenario and a fault only")
    parser.add_argument("--scenario", nargs="+", choices=SCENARIOS, help="these scenarios only")
    parser.add_argument("--fault", nargs="+", help="these faults only")
    parser.add_argument("--size", type=int, default=100, help="hosts in a fleet (default: %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="fleets at a time (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
