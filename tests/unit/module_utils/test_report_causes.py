# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which cause and remedy a row of a report shows."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import lookup
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import FleetHost, HostProblem
from ansible_collections.officefleet.activation.plugins.module_utils.report_causes import (
    READ_THE_LOG,
    Explanation,
    explain_kms_host,
    explain_product,
    explain_risk,
    host_need,
    mak_remedy,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_rules import ReportRules, Risk
from unit.module_utils.fleet_samples import NOW, ago, attempt, host, in_days, product, record

UNREACHABLE = "0xC004F074"
TOO_FEW = "0xC004F038"
NOT_ELEVATED = HostProblem("change", "The account is not elevated.", "Use an elevated account.", "0x80070005")


def of_catalogue(code: str) -> Explanation:
    entry = lookup(int(code, 16))
    return Explanation(entry.cause, entry.remedy, code)


def unlicensed(**values: Any) -> Any:
    return product(**{"state": "unlicensed", "since": ago(5), **values})


def test_the_reason_of_the_licensing_service_explains_a_product() -> None:
    assert explain_product(host(), unlicensed(reason=UNREACHABLE)) == of_catalogue(UNREACHABLE)


def test_an_activation_that_failed_in_this_state_explains_it_better() -> None:
    failed = attempt("pending", code=TOO_FEW, cause="Too few.", remedy="Ask again.")
    item = unlicensed(reason=UNREACHABLE, attempt=failed, attempted_at=ago(5))
    assert explain_product(host(), item) == Explanation("Too few.", "Ask again.", TOO_FEW)


def test_an_activation_before_this_state_explains_nothing() -> None:
    item = unlicensed(reason=UNREACHABLE, attempt=attempt(code=TOO_FEW), attempted_at=ago(6))
    assert explain_product(host(), item) == of_catalogue(UNREACHABLE)


def test_an_activation_that_succeeded_explains_nothing() -> None:
    item = unlicensed(reason=UNREACHABLE, attempt=attempt("licensed"), attempted_at=ago(1))
    assert explain_product(host(), item) == of_catalogue(UNREACHABLE)


def test_what_an_activation_does_not_tell_is_taken_from_the_catalogue() -> None:
    item = unlicensed(attempt=attempt(code=TOO_FEW), attempted_at=ago(1))
    assert explain_product(host(), item) == of_catalogue(TOO_FEW)


def test_what_stopped_the_change_of_the_host_is_the_best_cause() -> None:
    item = unlicensed(reason=UNREACHABLE, attempt=attempt(code=TOO_FEW), attempted_at=ago(1))
    expected = Explanation("The account is not elevated.", "Use an elevated account.", "0x80070005")
    assert explain_product(host(problem=NOT_ELEVATED), item) == expected


def test_what_stopped_the_change_of_another_product_is_no_cause() -> None:
    other = HostProblem("change", "Office 2021 visio_pro: Could not install the product key: bad.", "Check it.")
    assert explain_product(host(problem=other), unlicensed(reason=UNREACHABLE)) == of_catalogue(UNREACHABLE)


def test_what_stopped_the_change_of_this_product_is_said_without_its_name() -> None:
    own = HostProblem("change", "Office 2021 proplus: Could not install the product key: bad.")
    expected = Explanation("Could not install the product key: bad.", READ_THE_LOG)
    assert explain_product(host(problem=own), unlicensed()) == expected


def test_that_a_host_can_not_be_reached_does_not_explain_its_licence() -> None:
    gone = HostProblem("connect", "Gone.", "Switch it on.")
    assert explain_product(host(problem=gone), unlicensed(reason=UNREACHABLE)) == of_catalogue(UNREACHABLE)


@pytest.mark.parametrize("reason", [None, "", "no code"])
def test_without_a_code_the_state_explains_itself(reason: str | None) -> None:
    assert explain_product(host(), unlicensed(reason=reason)).cause == "The product is not activated."


@pytest.mark.parametrize(("ad_object", "whom"), [(None, "KMS host"), ("AO", "domain controller")])
def test_an_activation_that_is_not_renewed_names_whom_the_host_must_reach(ad_object: str | None, whom: str) -> None:
    why = explain_risk(host(), product(expires=in_days(100), ad_object=ad_object), Risk.NOT_RENEWED)
    assert whom in why.remedy


def test_an_activation_that_ran_out_says_how_to_reach_a_host_that_can_not_be_reached() -> None:
    gone = host(problem=HostProblem("connect", "Gone.", "Switch it on."), read=ago(20))
    assert explain_risk(gone, product(expires=ago(1)), Risk.RAN_OUT).remedy == "Switch it on."


def kind(item: FleetHost) -> str | None:
    need = host_need(item, NOW, ReportRules())
    return need.kind if need else None


def test_why_a_host_needs_a_person() -> None:
    assert kind(host("pc", product())) is None
    assert kind(host("pc", product(), problem=HostProblem("connect", "Gone."))) == "not reached"
    assert kind(host("pc", problem=HostProblem("read", "Hung."))) == "not read"
    assert kind(host("pc", product(), problem=NOT_ELEVATED)) == "not changed"
    assert kind(host("pc", read=None)) == "never read"
    assert kind(host("pc", product(), read=ago(30))) == "not read lately"
    assert kind(host("pc", product(), read=ago(29.9))) is None
    assert kind(host("pc", product(), complete=False)) == "listing incomplete"
    assert kind(host("pc")) == "no key"


def test_whoever_is_to_read_a_host_again_is_told_the_playbook_that_records_what_it_reads() -> None:
    needs = [
        host_need(item, NOW, ReportRules()) for item in (host("pc", read=None), host("pc", product(), read=ago(30)))
    ]
    remedies = [need.why.remedy for need in needs if need]
    remedies.append(explain_risk(host(read=ago(20)), product(expires=ago(1)), Risk.RAN_OUT).remedy)
    assert ["with the report playbook" in remedy for remedy in remedies] == [True] * 3


def test_a_problem_without_remedy_gets_that_of_its_code() -> None:
    need = host_need(host(problem=HostProblem("read", "Disabled.", code="0x80070422")), NOW, ReportRules())
    assert need is not None
    assert need.why.remedy == lookup(0x80070422).remedy


@pytest.mark.parametrize(
    ("product_name", "count", "enough"),
    [("Office 2021", 4, False), ("Office 2021", 5, True), ("Windows", 24, False), ("Windows", 25, True)],
)
def test_how_many_computers_a_kms_host_needs(product_name: str, count: int, enough: bool) -> None:
    why = explain_kms_host(record(channel="kms_host", product=product_name, kms_count=count))
    assert (why is None) is enough


def test_a_kms_host_that_is_not_activated_answers_nobody() -> None:
    why = explain_kms_host(record(channel="kms_host", product="Office 2021", state="unlicensed", kms_count=9))
    assert why is not None
    assert why.cause == "The KMS host key is installed, but not activated."


@pytest.mark.parametrize(
    ("budget", "left", "told"), [(None, None, False), (100, 11, False), (100, 10, True), (5, 1, False), (5, 0, True)]
)
def test_a_mak_is_told_to_be_short_at_a_tenth_of_its_budget(budget: int | None, left: int | None, told: bool) -> None:
    assert (mak_remedy(budget, left) is not None) is told
