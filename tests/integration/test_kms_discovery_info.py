# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients would find, looked up in a real BIND, with hosts that answer and hosts that do not."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from integration.bind_server import BindServer
from integration.controller_run import HOST, run_tasks
from integration.playbook_run import task

pytestmark = [pytest.mark.one_core, pytest.mark.needs("named")]

ALIVE, DEAD = "127.77.0.1", "127.77.0.2"
# Domain -> its SRV records.
ZONE = {
    "good.corp.example": ["0 0 1688 alive.corp.example."],
    "order.corp.example": [
        "20 0 1688 alive.corp.example.",
        "10 1 1688 both.corp.example.",
        "10 9 1688 ALIVE.corp.example.",
    ],
    "stale.corp.example": ["0 0 1688 alive.corp.example.", "0 0 1688 dead.corp.example."],
    "nameless.corp.example": ["0 0 1688 gone.corp.example."],
    "alias.corp.example": ["0 0 1688 www.corp.example."],
    "dangling.corp.example": ["0 0 1688 dangling-alias.corp.example."],
    "port.corp.example": ["0 0 1 alive.corp.example."],
    "elsewhere.corp.example": ["0 0 1688 kms.other.example."],
    "refused.corp.example": ["0 0 0 ."],
}
# Domain -> the problems, as (kind, target).
PROBLEMS = {
    "good.corp.example": [],
    "order.corp.example": [("order_in_use", None)],
    "stale.corp.example": [("not_answering", "dead.corp.example")],
    "nameless.corp.example": [("no_address", "gone.corp.example")],
    "alias.corp.example": [("alias", "www.corp.example")],
    "dangling.corp.example": [("no_address", "dangling-alias.corp.example"), ("alias", "dangling-alias.corp.example")],
    "port.corp.example": [("not_answering", "alive.corp.example"), ("other_port", "alive.corp.example")],
    "elsewhere.corp.example": [("lookup_failed", "kms.other.example")],
    "refused.corp.example": [("no_record", None)],
    "empty.corp.example": [("no_record", None)],
    "other.example": [("lookup_failed", None)],
    "broken.example": [("lookup_failed", None)],
}


@pytest.fixture(scope="module")
def bind() -> Iterator[BindServer]:
    with BindServer() as server, socket.create_server((ALIVE, 1688)):
        for domain, values in ZONE.items():
            server.add(f"_vlmcs._tcp.{domain}", 300, "SRV", *values)
        server.add("alive.corp.example", 60, "A", ALIVE)
        server.add("dead.corp.example", 60, "A", DEAD)
        server.add("both.corp.example", 60, "A", ALIVE, DEAD)
        server.add("both.corp.example", 60, "AAAA", "2001:db8::1")
        server.add("www.corp.example", 60, "CNAME", "alive.corp.example.")
        server.add("dangling-alias.corp.example", 60, "CNAME", "gone.corp.example.")
        yield server


@pytest.fixture(scope="module")
def answers(bind: BindServer) -> dict[str, Any]:
    """All domains at once; without connections; with a server that does not answer; with bad input."""
    quick = {**bind.place, "timeout": 15}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        deaf = {"server": "127.0.0.1", "port": silent.getsockname()[1], "timeout": 1}
        wishes = {
            "all": {**quick, "domains": list(PROBLEMS)},
            "unchecked": {**quick, "domains": ["stale.corp.example"], "check_port": False},
            "twice": {**quick, "domains": ["good.corp.example", "Good.Corp.Example."]},
            "deaf": {**deaf, "domains": ["good.corp.example"]},
            "no server": {"domains": ["good.corp.example"], "server": "ns.does-not-exist.invalid"},
            "bad domain": {"domains": ["corp"]},
            "no domain": {"domains": []},
        }
        run = run_tasks([task(name, "kms_discovery_info", one, ignore_errors=True) for name, one in wishes.items()])
    return {name: run.results(name)[HOST] for name in wishes}


@pytest.mark.parametrize("domain", PROBLEMS)
def test_problems_in_words_and_by_kind(domain: str, answers: dict[str, Any]) -> None:
    found = [one for one in answers["all"]["problems"] if one["domain"] == domain]
    assert [(one["kind"], one["target"]) for one in found] == PROBLEMS[domain]
    for one in found:
        assert one["cause"].endswith((".", ")"))
        assert one["remedy"].endswith(".")
        assert domain not in one["cause"]


def test_problems_fail_nothing_and_change_nothing(answers: dict[str, Any]) -> None:
    assert not answers["all"].get("failed")
    assert answers["all"]["changed"] is False


def test_records_in_the_order_in_which_clients_try_them(answers: dict[str, Any]) -> None:
    found = [one for one in answers["all"]["records"] if one["domain"] == "order.corp.example"]
    assert [(one["priority"], one["weight"], one["target"]) for one in found] == [
        (10, 9, "alive.corp.example"),
        (10, 1, "both.corp.example"),
        (20, 0, "alive.corp.example"),
    ]


def test_everything_about_a_record(answers: dict[str, Any]) -> None:
    (found,) = [one for one in answers["all"]["records"] if one["target"] == "both.corp.example"]
    assert found == {
        "domain": "order.corp.example",
        "target": "both.corp.example",
        "port": 1688,
        "priority": 10,
        "weight": 1,
        "ttl": 300,
        "addresses": [ALIVE, DEAD, "2001:db8::1"],
        "answers": True,
    }


def test_stale_records_can_be_picked_out(answers: dict[str, Any]) -> None:
    stale = {one["target"] for one in answers["all"]["records"] if one["answers"] is False}
    assert stale == {"dead.corp.example", "alive.corp.example"}
    unknown = {one["target"] for one in answers["all"]["records"] if one["answers"] is None}
    assert unknown == {"gone.corp.example", "dangling-alias.corp.example", "kms.other.example"}


def test_without_connections_nothing_is_said_about_answers(answers: dict[str, Any]) -> None:
    assert [one["answers"] for one in answers["unchecked"]["records"]] == [None, None]
    assert answers["unchecked"]["problems"] == []


def test_a_domain_that_is_listed_twice_is_looked_up_once(answers: dict[str, Any]) -> None:
    assert len(answers["twice"]["records"]) == 1


def test_a_dns_server_that_does_not_answer_is_a_problem(answers: dict[str, Any]) -> None:
    (problem,) = answers["deaf"]["problems"]
    assert problem["kind"] == "lookup_failed"
    assert problem["cause"] == "The DNS server did not answer in time. (TIMEOUT)"


def test_what_the_user_has_to_correct_is_a_failure(answers: dict[str, Any]) -> None:
    assert "The DNS server's name has no address." in answers["no server"]["msg"]
    assert "domains: a DNS domain name" in answers["bad domain"]["msg"]
    assert "domains: at least one domain" in answers["no domain"]["msg"]
