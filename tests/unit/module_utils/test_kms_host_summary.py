# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role kms_host says at its end, and what keeps it from beginning."""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_plan import (
    NO_HOST_LICENCE,
    TOO_OLD,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_summary import (
    NOT_ACTIVATED,
    obstacles,
    summary_lines,
)


def result(*licences: dict[str, Any], port: int = 1688) -> dict[str, Any]:
    """A result of kms_host."""
    return {"status": {"licences": list(licences), "settings": {"port": port}}}


def licence(count: int | None, product: str = "Office 2021", required: int = 5) -> dict[str, Any]:
    """An activated host licence."""
    return {"product": product, "service": {"current_count": count}, "required_count": required}


def record(**values: Any) -> dict[str, Any]:
    """A record that kms_discovery_info found."""
    found = {"domain": "corp.example", "target": "kms01.corp.example", "port": 1688, "priority": 0, "weight": 0}
    return {**found, "answers": True, **values}


def test_how_many_computers_are_missing() -> None:
    def line(count: int | None) -> str:
        return summary_lines(result(licence(count)))[0]

    assert line(None) == line(0)
    assert line(0) == ("Office 2021: 0 of 5 computers counted; 5 more computers must ask before clients are activated.")
    assert line(4) == "Office 2021: 4 of 5 computers counted; 1 more computer must ask before clients are activated."
    assert line(5) == "Office 2021: 5 computers counted; clients are activated when they ask."


def test_windows_has_two_thresholds() -> None:
    assert summary_lines(result(licence(3, "Windows", 25))) == [
        "Windows: 3 computers counted; servers are activated from 5 on, clients from 25 on."
    ]


def test_a_host_without_activated_licence_answers_nobody() -> None:
    assert summary_lines(result({**licence(0), "service": None})) == [NOT_ACTIVATED]
    assert summary_lines(result(), {}) == [NOT_ACTIVATED]


def test_what_clients_find() -> None:
    records = [record(), record(target="kms02.corp.example", priority=10, answers=False), record(answers=None)]
    assert summary_lines(result(licence(9)), {"records": records})[1:] == [
        "corp.example: clients try kms01.corp.example port 1688 (priority 0, weight 0), which answers",
        "corp.example: clients try kms02.corp.example port 1688 (priority 10, weight 0), which does not answer",
        "corp.example: clients try kms01.corp.example port 1688 (priority 0, weight 0)",
    ]


def test_problems_come_with_their_remedy() -> None:
    problem = {"domain": "corp.example", "cause": "The domain has no SRV record.", "remedy": "Publish one."}
    assert summary_lines(result(licence(9)), {"records": [], "problems": [problem]})[1:] == [
        "corp.example: The domain has no SRV record. Publish one."
    ]


def test_a_record_of_the_host_with_another_port_is_stale() -> None:
    records = [record(), record(port=1700), record(target="kms02.corp.example")]
    lines = summary_lines(result(licence(9), port=1700), {"records": records}, "KMS01.corp.example.")
    assert lines[-1] == (
        "corp.example: the record of this host with port 1688 is stale, it listens on 1700. Remove the record in DNS."
    )
    assert len(lines) == 5


def test_the_remote_calls_are_told_last() -> None:
    assert summary_lines(result(), {}, None, 3)[-1] == "Remote calls of this run: 3."
    assert summary_lines(result(), {}, None, 5, True)[-1] == (
        "Remote calls of this run: 5, beside those for licence packs and files."
    )


def test_a_missing_licence_is_no_obstacle_where_it_will_be_installed() -> None:
    missing = {"product": "Office 2021", "cause": NO_HOST_LICENCE.cause}
    old = {"product": "Office 2024", "cause": TOO_OLD.cause}
    assert obstacles({"failed": True, "failures": [missing]}, ["Office 2021"]) == []
    assert obstacles({"failed": True, "failures": [missing]}, []) == [f"Office 2021: {NO_HOST_LICENCE.cause}"]
    assert obstacles({"failed": True, "failures": [missing, old]}, ["Office 2021", "Office 2024"]) == [
        f"Office 2024: {TOO_OLD.cause}"
    ]


def test_a_failure_of_the_whole_host_is_an_obstacle() -> None:
    host = {"product": None, "cause": "The connection is bad."}
    assert obstacles({"failed": True, "failures": [host]}, ["Office 2021"]) == ["The connection is bad."]
    assert obstacles({"failed": True, "msg": "products: at least one"}, ["Office 2021"]) == ["products: at least one"]


def test_success_has_no_obstacles() -> None:
    assert obstacles({"failed": False}, []) == []
    assert obstacles({}, []) == []
