# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one result says about a host."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_plan import WAITS
from ansible_collections.officefleet.activation.plugins.module_utils.host_verdict import (
    NO_RESULT,
    HostClass,
    Reason,
    judge,
)

PENDING = {"result": "pending", "cause": "Too few computers.", "code": "0xC004F038", "remedy": "Ask again later."}
LICENSED = {"result": "licensed", "cause": None, "code": None, "remedy": None}
SKIPPED = {"result": "skipped", "cause": "Not installed.", "code": None, "remedy": None}
WAITING = {**SKIPPED, "cause": WAITS}
FAILURE = {"product": "Visio", "cause": "The key is invalid.", "code": "0xC004C001", "remedy": "Check the key."}


def licence(state: str, **fields: Any) -> dict[str, Any]:
    """A licence of a status, with a key."""
    return {"state": state, "partial_product_key": "ABCDE", "channel": "kms_client", "reason": None, **fields}


def read(*licences: dict[str, Any]) -> dict[str, Any]:
    """A result of ospp_info."""
    return {"changed": False, "status": {"licences": list(licences)}}


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([LICENSED, PENDING], HostClass.PENDING),
        ([LICENSED, SKIPPED], HostClass.LICENSED),
        ([LICENSED, WAITING], HostClass.NOT_LICENSED),
        ([WAITING, PENDING], HostClass.PENDING),
        ([SKIPPED], HostClass.NOTHING),
        ([], HostClass.NOTHING),
    ],
)
def test_a_host_counts_by_the_worst_of_its_products(outcomes: list[dict[str, Any]], expected: HostClass) -> None:
    assert judge({"outcomes": outcomes}).kind is expected


def test_a_product_that_waits_for_its_confirmation_id_says_what_to_do() -> None:
    (reason,) = judge({"outcomes": [WAITING, WAITING]}).reasons
    assert reason.cause == "The MAK is installed and waits for a confirmation ID."
    assert "mak_proxy_apply.yml" in reason.remedy


def test_a_failure_is_worse_than_what_is_pending() -> None:
    verdict = judge({"failed": True, "outcomes": [PENDING], "failures": [FAILURE]})
    assert verdict.reasons == (Reason("The key is invalid.", "0xC004C001", "Check the key."),)


def test_the_same_reason_of_two_products_counts_once() -> None:
    assert len(judge({"outcomes": [PENDING, PENDING]}).reasons) == 1


@pytest.mark.parametrize("result", [None, {"unreachable": True, "msg": "timed out"}])
def test_a_host_without_a_result_is_unreachable(result: dict[str, Any] | None) -> None:
    assert judge(result) == NO_RESULT


def test_a_failure_without_a_list_of_causes_shows_its_message() -> None:
    assert (
        judge({"failed": True, "msg": "kms_host: no such host name."}).reasons[0].cause
        == "kms_host: no such host name."
    )


def test_a_callback_says_that_a_result_failed_beside_the_result() -> None:
    assert judge({"outcomes": [], "msg": "Broken."}, failed=True).kind is HostClass.FAILED


def test_a_loop_counts_by_the_worst_of_its_items() -> None:
    loop = {"results": [{"outcomes": [LICENSED]}, {"failed": True, "failures": [FAILURE]}, {"outcomes": [PENDING]}]}
    assert judge(loop).kind is HostClass.FAILED


def test_a_result_hidden_by_no_log_is_no_result_that_says_nothing_to_do() -> None:
    assert judge({"censored": "the output has been hidden", "changed": True}).kind is HostClass.HIDDEN


def test_a_host_that_was_only_read_is_licensed_when_all_its_keyed_products_are() -> None:
    unkeyed = licence("unlicensed", partial_product_key=None)
    assert judge(read(licence("licensed"), unkeyed)).kind is HostClass.LICENSED


def test_a_host_with_an_unlicensed_product_shows_the_catalogues_cause() -> None:
    verdict = judge(read(licence("licensed"), licence("notification", reason="0xC004F056")))
    assert (verdict.kind, verdict.reasons[0].code) == (HostClass.NOT_LICENSED, "0xC004F056")
    assert "KMS" in verdict.reasons[0].cause


def test_without_a_reason_the_state_is_the_cause() -> None:
    assert judge(read(licence("oob_grace"))).reasons[0].cause == "The state is oob_grace."


def test_a_subscription_is_never_counted_as_unlicensed() -> None:
    verdict = judge(read(licence("licensed"), licence("notification", channel="subscription")))
    assert verdict.kind is HostClass.LICENSED


def test_a_host_without_any_key_is_a_class_of_its_own() -> None:
    assert judge(read()).kind is HostClass.NO_KEY
