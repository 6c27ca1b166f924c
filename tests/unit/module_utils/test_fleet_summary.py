# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many hosts in a few lines."""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_summary import summary_lines

LICENSED = {"outcomes": [{"result": "licensed", "cause": None, "code": None, "remedy": None}]}


def failed(cause: str, code: str | None = None) -> dict[str, Any]:
    """A result of a host that failed for one cause."""
    failure = {"product": None, "cause": cause, "code": code, "remedy": "Do this."}
    return {"failed": True, "outcomes": [], "failures": [failure]}


def test_the_first_line_counts_every_host_once() -> None:
    results = {"a": LICENSED, "b": LICENSED, "c": failed("Broken."), "d": None}
    assert summary_lines(results)[0] == "4 hosts: 2 licensed, 1 failed, 1 unreachable"


def test_without_hosts_there_is_one_line() -> None:
    assert summary_lines({}) == ["0 hosts: none"]


def test_a_group_shows_cause_code_remedy_and_sorted_names() -> None:
    results = {"b": failed("Broken.", "0x80070005"), "a": failed("Broken.", "0x80070005")}
    assert summary_lines(results)[1:] == ["FAILED 2: Broken. (0x80070005) -> Do this.", "    a, b"]


def test_the_largest_group_comes_first() -> None:
    results = {"a": failed("Rare."), "b": failed("Usual."), "c": failed("Usual.")}
    assert [line.split(":")[0] for line in summary_lines(results)[1::2]] == ["FAILED 2", "FAILED 1"]


def test_of_many_names_the_first_ten_are_shown() -> None:
    lines = summary_lines({f"h{number:03}": failed("Broken.") for number in range(500)})
    assert lines[2].endswith("h008, h009 and 490 more")


def test_text_of_a_host_stays_on_one_line_without_control_characters() -> None:
    lines = summary_lines({"a\x1b[2J": failed("First\r\nsecond\x1b]0;name\x07.")})
    assert lines[1:] == ["FAILED 1: First second?]0;name?. -> Do this.", "    a?[2J"]
