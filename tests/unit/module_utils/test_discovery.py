# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said about what clients find in DNS."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils import discovery
from ansible_collections.officefleet.activation.plugins.module_utils.discovery import FoundDomain, FoundRecord
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.srv_records import SrvRecord

GOOD = FoundRecord(SrvRecord(0, 0, 1688, "kms01.corp.example"), 300, ("192.0.2.1",), True)
SECOND = dataclasses.replace(GOOD, srv=SrvRecord(0, 0, 1688, "kms02.corp.example"))


def like(record: FoundRecord = GOOD, **changes: Any) -> FoundRecord:
    numbers = {name: changes.pop(name) for name in ("priority", "weight", "port") if name in changes}
    return dataclasses.replace(record, srv=dataclasses.replace(record.srv, **numbers), **changes)


def kinds(*records: FoundRecord, **domain: Any) -> list[str]:
    return [one.kind for one in discovery.find_problems(FoundDomain("corp.example", records, **domain))]


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], ["no_record"]),
        ([GOOD], []),
        ([GOOD, SECOND], []),
        ([like(answers=None)], []),
        ([like(answers=False)], ["not_answering"]),
        ([like(addresses=(), answers=None)], ["no_address"]),
        ([like(addresses=(), answers=None, lookup_code="SERVFAIL")], ["lookup_failed"]),
        ([like(alias=True)], ["alias"]),
        ([like(port=1700)], ["other_port"]),
        ([like(port=1700, answers=False)], ["not_answering", "other_port"]),
        ([GOOD, like(SECOND, priority=1)], ["order_in_use"]),
        ([GOOD, like(SECOND, weight=1)], ["order_in_use"]),
        ([like(priority=1, weight=5), like(SECOND, priority=1, weight=5)], []),
        ([like(priority=1)], []),
    ],
)
def test_problems_of_a_domain(records: list[FoundRecord], expected: list[str]) -> None:
    assert kinds(*records) == expected


def test_a_domain_that_could_not_be_looked_up_says_nothing_about_records() -> None:
    assert kinds(lookup_code="TIMEOUT") == ["lookup_failed"]


def test_problems_name_domain_and_target_beside_the_words() -> None:
    (problem,) = discovery.find_problems(FoundDomain("corp.example", (like(answers=False),)))
    assert discovery.problem_data(problem).keys() == {"kind", "domain", "target", "cause", "remedy"}
    assert (problem.domain, problem.target) == ("corp.example", "kms01.corp.example")
    assert "corp.example" not in problem.cause


def test_records_stand_in_the_order_of_clients_whatever_dns_gave() -> None:
    found = FoundDomain("corp.example", (like(priority=9), like(SECOND, weight=1), GOOD))
    assert [(one["target"], one["priority"], one["weight"]) for one in discovery.record_data(found)] == [
        ("kms02.corp.example", 0, 1),
        ("kms01.corp.example", 0, 0),
        ("kms01.corp.example", 9, 0),
    ]


def test_domains_are_read_once_each() -> None:
    assert discovery.read_domains(["Corp.Example.", "corp.example", "a.example"]) == ("corp.example", "a.example")
    for bad in ([], ["corp"], ["10.0.0.1"]):
        with pytest.raises(InputError, match="domains"):
            discovery.read_domains(bad)
