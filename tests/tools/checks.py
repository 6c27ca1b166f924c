# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks of noxfile.py, all of them even when one fails, and end with a plain list of how each went.

Arguments go to nox: `--tags lint` runs the checks that are no tests, `--sessions core-2.16` one alone.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent.parent
# Here nox leaves its report, and each run of the tests its results as <check>.xml.
REPORTS = ROOT / ".build" / "checks"
WORDS = {"success": "ok", "skipped": "skipped"}


def run_nox(arguments: list[str]) -> tuple[int, list[dict]]:
    """Run nox and return its exit code and what it reports of each check."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    for old in REPORTS.iterdir():
        old.unlink()
    report = REPORTS / "nox.json"
    command = [sys.executable, "-m", "nox", "--report", str(report), *arguments]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    checks = json.loads(report.read_text(encoding="utf-8"))["sessions"] if report.is_file() else []
    return status, checks


def test_results(name: str) -> tuple[str, list[str]]:
    """Return how many tests of a check ended how, and the reasons of those that were skipped."""
    path = REPORTS / f"{name}.xml"
    if not path.is_file():
        return "", []
    # Our own pytest wrote this file a moment ago.
    suites = ElementTree.parse(path).getroot()  # noqa: S314
    total = sum(int(suite.get("tests", 0)) for suite in suites)
    failed = sum(int(suite.get("failures", 0)) + int(suite.get("errors", 0)) for suite in suites)
    reasons = [skip.get("message", "") for skip in suites.iter("skipped")]
    passed = total - failed - len(reasons)
    return f"  {passed} passed, {failed} failed, {len(reasons)} skipped", sorted(set(reasons))


def summary(checks: list[dict]) -> list[str]:
    """Return a line for each check (name, how it went, seconds, tests) and for each reason of a skipped test."""
    width = max((len(check["name"]) for check in checks), default=0)
    lines = []
    for check in checks:
        word = WORDS.get(check["result"], "FAILED")
        tests, reasons = test_results(check["name"])
        detail = check["reason"] if word == "skipped" else f"{check['duration']:4.0f} s{tests}"
        lines.append(f"  {check['name']:{width}}  {word:7}  {detail}")
        lines += [f"  {'':{width}}  {'':7}  skipped: {reason}" for reason in reasons]
    return lines


def main() -> int:
    """Run the checks and sum up; return nox's exit code, which is not 0 when any check failed."""
    status, checks = run_nox(sys.argv[1:])
    print("\nChecks:", *summary(checks), sep="\n")
    print("All checks that ran passed." if status == 0 else "Not every check passed.")
    return status


if __name__ == "__main__":
    sys.exit(main())
