# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of versions that the collection is tested with: each ansible-core on each Python, what ran and what not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_SESSION = re.compile(r"core-(?P<core>\d+\.\d+)-py(?P<python>\d+\.\d+)")
_TITLES = ("ansible-core", "Python", "ansible.windows", "community.windows", "")


@dataclass(frozen=True)
class Run:
    """A run of the tests: ``versions`` of ansible-core, Python and the two collections, by these names."""

    versions: Mapping[str, str]
    outcome: str


def version_matrix(sessions: Iterable[Mapping], runs: Iterable[Run]) -> list[str]:
    """The lines of the table: what ran, in full, and every other pair that ``sessions`` of nox knows, with the reason.

    ``sessions``: as `nox --list --json` prints them, which lists only those that it would run.
    """
    ran: dict[tuple[str, str], list[Run]] = {}
    for run in runs:
        ran.setdefault((_short(run.versions["ansible-core"]), _short(run.versions["Python"])), []).append(run)
    known = {match.groups(): session for session in sessions if (match := _SESSION.fullmatch(session["name"]))}
    rows = [_TITLES]
    for pair in sorted({*known, *ran}, key=lambda pair: [int(part) for part in ".".join(pair).split(".")]):
        rows += [(*(run.versions.get(title, "?") for title in _TITLES[:-1]), run.outcome) for run in ran.get(pair, ())]
        if pair not in ran:
            rows.append((*pair, "", "", _reason(known[pair])))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_TITLES))]
    return ["  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _short(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _reason(session: Mapping) -> str:
    if not session["python"]:
        return "not run: this Python was not found"
    return f"not run this time; nox -s {session['name']} or make matrix does"
