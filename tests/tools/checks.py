# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the checks of noxfile.py, all of them even when one fails, and end with a plain list of how each went.

Arguments go to nox: `--tags lint` runs the checks that are no tests, `--sessions core-2.16` one alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from version_matrix import Run, version_matrix

ROOT = Path(__file__).resolve().parent.parent.parent
WORDS = {"success": "ok", "skipped": "skipped"}


def run_nox(arguments: list[str], reports: Path) -> tuple[int, list[dict]]:
    """Run nox and return its exit code and what it reports of each check."""
    report = reports / "nox.json"
    command = [sys.executable, "-m", "nox", "--report", str(report), *arguments]
    # Each run of the tests leaves its results there, as <check>.xml.
    environment = {**os.environ, "OFFICEFLEET_REPORTS": str(reports)}
    status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    checks = json.loads(report.read_text(encoding="utf-8"))["sessions"] if report.is_file() else []
    return status, checks


def test_results(results: Path) -> tuple[str, list[str]]:
    """Return how many tests of a check ended how, and the reasons of those that were skipped."""
    if not results.is_file():
        return "", []
    suites = ElementTree.parse(results).getroot()
    total = sum(int(suite.get("tests", 0)) for suite in suites)
    failed = sum(int(suite.get("failures", 0)) + int(suite.get("errors", 0)) for suite in suites)
    reasons = [skip.get("message", "") for skip in suites.iter("skipped")]
    passed = total - failed - len(reasons)
    return f"  {passed} passed, {failed} failed, {len(reasons)} skipped", sorted(set(reasons))


def summary(checks: list[dict], reports: Path) -> list[str]:
    """Return a line for each check (name, how it went, seconds, tests) and for each reason of a skipped test."""
    width = max((len(check["name"]) for check in checks), default=0)
    lines = []
    for check in checks:
        word = WORDS.get(check["result"], "FAILED")
        tests, reasons = test_results(reports / f"{check['name']}.xml")
        detail = check["reason"] if word == "skipped" else f"{check['duration']:4.0f} s{tests}"
        lines.append(f"  {check['name']:{width}}  {word:7}  {detail}")
        lines += [f"  {'':{width}}  {'':7}  skipped: {reason}" for reason in reasons]
    return lines


def versions(checks: list[dict], reports: Path) -> list[str]:
    """Return the table of versions that the tests ran with and did not run with; nothing where no test ran."""
    runs = []
    for check in checks:
        facts = reports / f"{check['name']}.json"
        if facts.is_file():
            outcome = WORDS.get(check["result"], "FAILED") + test_results(facts.with_suffix(".xml"))[0]
            runs.append(Run(json.loads(facts.read_text(encoding="utf-8")), outcome))
    if not runs:
        return []
    command = [sys.executable, "-m", "nox", "--list", "--json", "--tags", "matrix"]
    known = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return ["", "Versions:", *(f"  {line}" for line in version_matrix(json.loads(known), runs))]


def main() -> int:
    """Run the checks and sum up; return nox's exit code, which is not 0 when any check failed."""
    with tempfile.TemporaryDirectory() as folder:
        status, checks = run_nox(sys.argv[1:], Path(folder))
        print("\nChecks:", *summary(checks, Path(folder)), *versions(checks, Path(folder)), sep="\n")
    print("All checks that ran passed." if status == 0 else "Not every check passed.")
    return status


if __name__ == "__main__":
    sys.exit(main())
