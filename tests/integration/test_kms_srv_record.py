# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Publishing into a real BIND: what stands in the zone afterwards, a second run, check mode, other hosts' records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from integration.bind_server import BindServer
from integration.controller_run import HOST, run_tasks
from integration.playbook_run import task

pytestmark = [pytest.mark.one_core, pytest.mark.needs("named")]

OTHER = "0 0 1688 other.corp.example."
KMS01 = "0 0 1688 kms01.corp.example."
HERE = "_vlmcs._tcp.{domain}"


@dataclass(frozen=True)
class Case:
    """What stands in the zone, what a task asks for, and what stands there afterwards.

    ``{domain}`` is a domain of the case's own. ``there`` and ``then``: name -> (kind, TTL, values).
    """

    options: dict[str, Any]
    then: dict[str, tuple[str, int | None, list[str]]]
    there: dict[str, tuple[str, int, list[str]]] = field(default_factory=dict)
    changed: bool = True
    zone: str = "corp.example"
    warns: str | None = None


def records(*records: dict[str, Any], **options: Any) -> dict[str, Any]:
    return {"records": [{"target": "kms01.corp.example", **one} for one in records], **options}


CASES = {
    "the first record of a domain": Case(records({}), {HERE: ("SRV", 3600, [KMS01])}),
    "the first record with a TTL": Case(records({}, ttl=900), {HERE: ("SRV", 900, [KMS01])}),
    "every number": Case(
        records({"port": 1700, "priority": 10, "weight": 20}), {HERE: ("SRV", 3600, ["10 20 1700 kms01.corp.example."])}
    ),
    "names in capitals with a dot at the end": Case(
        records({"target": "KMS01.Corp.Example."}), {HERE: ("SRV", 3600, [KMS01])}
    ),
    "beside another host": Case(records({}), {HERE: ("SRV", 300, [KMS01, OTHER])}, there={HERE: ("SRV", 300, [OTHER])}),
    "two hosts at once": Case(
        records({}, {"target": "kms02.corp.example", "priority": 5}),
        {HERE: ("SRV", 3600, [KMS01, "5 0 1688 kms02.corp.example."])},
    ),
    "as wanted": Case(
        records({}),
        {HERE: ("SRV", 300, [KMS01, OTHER])},
        there={HERE: ("SRV", 300, [OTHER, KMS01])},
        changed=False,
    ),
    "as wanted, published in capitals": Case(
        records({}),
        {HERE: ("SRV", 300, ["0 0 1688 KMS01.corp.example."])},
        there={HERE: ("SRV", 300, ["0 0 1688 KMS01.corp.example."])},
        changed=False,
    ),
    "another port, priority and weight": Case(
        records({"port": 1700, "priority": 1, "weight": 2}),
        {HERE: ("SRV", 300, [OTHER, "1 2 1700 kms01.corp.example."])},
        there={HERE: ("SRV", 300, [OTHER, "0 0 1688 KMS01.corp.example."])},
    ),
    "two records of one host become one": Case(
        records({}),
        {HERE: ("SRV", 300, [KMS01, OTHER])},
        there={HERE: ("SRV", 300, [OTHER, KMS01, "0 0 1700 kms01.corp.example."])},
    ),
    "a new TTL": Case(
        records({}, {"target": "kms02.corp.example"}, ttl=900),
        {HERE: ("SRV", 900, [KMS01, "0 0 1688 kms02.corp.example."])},
        there={HERE: ("SRV", 300, [KMS01, "0 0 1688 kms02.corp.example."])},
    ),
    "a TTL that others share stays": Case(
        records({}, ttl=900),
        {HERE: ("SRV", 300, [KMS01, OTHER])},
        there={HERE: ("SRV", 300, [OTHER])},
        warns="keep their TTL of 300 seconds",
    ),
    "absent": Case(
        records({"port": 1688}, state="absent"),
        {HERE: ("SRV", 300, [OTHER])},
        there={HERE: ("SRV", 300, [OTHER, KMS01, "7 7 1700 kms01.corp.example."])},
    ),
    "absent, the last one": Case(
        records({}, state="absent"), {HERE: ("SRV", None, [])}, there={HERE: ("SRV", 300, [KMS01])}
    ),
    "absent already": Case(
        records({}, state="absent"),
        {HERE: ("SRV", 300, [OTHER])},
        there={HERE: ("SRV", 300, [OTHER])},
        changed=False,
    ),
    "addresses": Case(
        records({"target": "kms.{domain}", "addresses": ["192.0.2.10", "2001:DB8:0::10"]}),
        {
            HERE: ("SRV", 3600, ["0 0 1688 kms.{domain}."]),
            "kms.{domain}": ("A", 300, ["192.0.2.10", "192.0.2.9"]),
            "kms.{domain} ": ("AAAA", 3600, ["2001:db8::10"]),
        },
        there={"kms.{domain}": ("A", 300, ["192.0.2.9"])},
    ),
    "addresses absent": Case(
        records({"target": "kms.{domain}", "addresses": ["192.0.2.10", "2001:db8::10"]}, state="absent"),
        {HERE: ("SRV", None, []), "kms.{domain}": ("A", 300, ["192.0.2.9"]), "kms.{domain} ": ("AAAA", None, [])},
        there={
            HERE: ("SRV", 300, ["0 0 1688 kms.{domain}."]),
            "kms.{domain}": ("A", 300, ["192.0.2.9", "192.0.2.10"]),
            "kms.{domain} ": ("AAAA", 300, ["2001:db8::10"]),
        },
    ),
    "an address in another zone": Case(
        records({"target": "kms-corp.branch.example", "addresses": ["192.0.2.10"]}),
        {
            HERE: ("SRV", 3600, ["0 0 1688 kms-corp.branch.example."]),
            "kms-corp.branch.example": ("A", 3600, ["192.0.2.10"]),
        },
    ),
    "a zone that is named": Case(
        records({}, zone="branch.example"), {HERE: ("SRV", 3600, [KMS01])}, zone="branch.example"
    ),
    "no key where everybody may update": Case(
        records({}, tsig=None), {HERE: ("SRV", 3600, [KMS01])}, zone="open.example"
    ),
}


def domain_of(name: str) -> str:
    return f"case{list(CASES).index(name):02}.{CASES[name].zone}"


def filled(value: Any, domain: str) -> Any:
    if isinstance(value, str):
        return value.replace("{domain}", domain)
    if isinstance(value, dict):
        return {filled(key, domain): filled(item, domain) for key, item in value.items()}
    return [filled(item, domain) for item in value] if isinstance(value, list) else value


def options_of(case: Case, domain: str, bind: BindServer) -> dict[str, Any]:
    options = {**bind.place, "tsig": "{{ vault_tsig }}", "domain": domain, **filled(case.options, domain)}
    return {name: value for name, value in options.items() if value is not None}


@pytest.fixture(scope="module")
def bind() -> Iterator[BindServer]:
    with BindServer() as server:
        yield server


@pytest.fixture(scope="module")
def runs(bind: BindServer) -> dict[str, dict[str, Any]]:
    """Every case in check mode, for real, and once more; results by task name."""
    tasks = []
    for name, case in CASES.items():
        domain = domain_of(name)
        for owner, (kind, ttl, values) in case.there.items():
            bind.add(filled(owner, domain).strip(), ttl, kind, *[filled(value, domain) for value in values])
        for step in ("check", "run", "again"):
            keywords = {"check_mode": step == "check", "diff": True, "ignore_errors": True}
            tasks.append(task(f"{step}: {name}", "kms_srv_record", options_of(case, domain, bind), **keywords))
    run = run_tasks(tasks, variables={"vault_tsig": bind.options["tsig"]})
    return {one["name"]: run.results(one["name"])[HOST] for one in tasks}


@pytest.mark.parametrize("name", CASES)
def test_what_stands_in_the_zone_afterwards(name: str, runs: dict[str, Any], bind: BindServer) -> None:
    result = runs[f"run: {name}"]
    assert not result.get("failed"), result["msg"]
    assert result["changed"] is CASES[name].changed
    assert bool(result["operations"]) is CASES[name].changed
    for owner, (kind, ttl, values) in CASES[name].then.items():
        place = filled(owner, domain_of(name)).strip()
        # Messages name a host once, so that the case of its letters depends on what else is in them.
        assert [value.lower() for value in bind.records(place, kind)] == [
            value.lower() for value in sorted(filled(values, domain_of(name)))
        ]
        assert bind.ttl(place, kind) == ttl


@pytest.mark.parametrize("name", CASES)
def test_a_second_run_changes_nothing(name: str, runs: dict[str, Any]) -> None:
    again = runs[f"again: {name}"]
    assert not again.get("failed")
    assert again["changed"] is False
    assert again["operations"] == []
    assert again["records"] == runs[f"run: {name}"]["records"]


@pytest.mark.parametrize("name", CASES)
def test_check_mode_and_diff_predict_the_run_exactly(name: str, runs: dict[str, Any]) -> None:
    predicted, done = runs[f"check: {name}"], runs[f"run: {name}"]
    for part in ("changed", "diff", "operations", "records", "zone", "server"):
        assert predicted[part] == done[part], part
    assert (done["diff"]["before"] != done["diff"]["after"]) is CASES[name].changed


@pytest.mark.parametrize("name", CASES)
def test_warnings_are_given_where_something_is_not_as_asked_for(name: str, runs: dict[str, Any]) -> None:
    warnings = runs[f"run: {name}"].get("warnings", [])
    words = CASES[name].warns
    assert (words in " ".join(warnings)) if words else warnings == []


def test_records_are_given_in_the_order_in_which_clients_try_them(bind: BindServer) -> None:
    domain = "order.corp.example"
    bind.add(f"_vlmcs._tcp.{domain}", 300, "SRV", "5 0 1688 c.example.", "0 1 1688 b.example.", "0 9 1688 a.example.")
    options = {**bind.place, "tsig": "{{ vault_tsig }}", "domain": domain, **records({"priority": 3})}
    run = run_tasks([task("publish", "kms_srv_record", options)], variables={"vault_tsig": bind.options["tsig"]})
    found = run.results("publish")[HOST]["records"]
    assert [one["target"] for one in found] == ["a.example", "b.example", "kms01.corp.example", "c.example"]
    assert found[2] == {"target": "kms01.corp.example", "port": 1688, "priority": 3, "weight": 0, "ttl": 300}


def test_many_hosts_publish_themselves_at_the_same_moment(bind: BindServer) -> None:
    hosts = [f"kms{number:02}" for number in range(12)]
    own = [{"target": "{{ inventory_hostname }}.corp.example"}]
    options = {**bind.place, "tsig": "{{ vault_tsig }}", "domain": "crowd.corp.example", "records": own}
    run = run_tasks(
        [task("publish", "kms_srv_record", options)],
        "--forks=12",
        hosts=hosts,
        variables={"vault_tsig": bind.options["tsig"]},
    )
    answers = run.results("publish")
    assert [answers[host].get("msg") for host in hosts if answers[host].get("failed")] == []
    assert len(bind.records("_vlmcs._tcp.crowd.corp.example", "SRV")) == 12


def test_check_mode_sends_no_update(bind: BindServer) -> None:
    before = bind.serial("corp.example")
    options = {**bind.place, "tsig": "{{ vault_tsig }}", "domain": "check.corp.example", **records({})}
    variables = {"vault_tsig": bind.options["tsig"]}
    run = run_tasks([task("publish", "kms_srv_record", options)], "--check", variables=variables)
    assert run.results("publish")[HOST]["changed"]
    assert bind.serial("corp.example") == before
