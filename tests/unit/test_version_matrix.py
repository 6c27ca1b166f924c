# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of versions at the end of `make test`."""

from __future__ import annotations

from tools.version_matrix import Run, version_matrix

SESSIONS = [
    {"name": "ruff", "python": False},
    {"name": "core-2.16", "python": "/usr/bin/python3.11"},
    {"name": "core-2.16-py3.11", "python": "/usr/bin/python3.11"},
    {"name": "core-2.16-py3.12", "python": "/usr/bin/python3.12"},
    {"name": "core-2.20-py3.14", "python": False},
]
RUN = Run(
    {"ansible-core": "2.16.14", "Python": "3.11.2", "ansible.windows": "2.5.0", "community.windows": "2.3.0"},
    "ok  12 passed",
)


def test_what_ran_is_told_with_its_whole_versions() -> None:
    assert version_matrix(SESSIONS, [RUN])[1].split() == ["2.16.14", "3.11.2", "2.5.0", "2.3.0", "ok", "12", "passed"]


def test_each_pair_has_one_line() -> None:
    pairs = [line.split()[:2] for line in version_matrix(SESSIONS, [RUN])[1:]]
    assert pairs == [["2.16.14", "3.11.2"], ["2.16", "3.12"], ["2.20", "3.14"]]


def test_what_could_run_but_did_not_names_its_session() -> None:
    line = version_matrix(SESSIONS, [RUN])[2]
    assert line.endswith("not run this time; nox -s core-2.16-py3.12 or make matrix does")


def test_what_can_not_run_says_that_the_python_is_missing() -> None:
    assert version_matrix(SESSIONS, [RUN])[3].endswith("not run: this Python was not found")


def test_two_runs_of_one_pair_are_both_shown() -> None:
    assert len(version_matrix(SESSIONS, [RUN, Run(RUN.versions, "FAILED")])) == len(version_matrix(SESSIONS, [RUN])) + 1


def test_versions_in_order_of_their_numbers() -> None:
    sessions = [{"name": f"core-{core}-py3.12", "python": False} for core in ("2.9", "2.16", "2.100")]
    assert [line.split()[0] for line in version_matrix(sessions, [])[1:]] == ["2.9", "2.16", "2.100"]
