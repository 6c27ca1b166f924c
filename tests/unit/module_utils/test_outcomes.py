# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an activation or a change gave, judged by what was read back."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    DesiredClient,
    read_products,
    read_settings,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import (
    Kind,
    Operation,
    Plan,
    Step,
    steps_for,
)
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import CODE_NOT_TOLD
from ansible_collections.officefleet.activation.plugins.module_utils.outcomes import (
    Failure,
    Outcome,
    explain,
    failure_message,
    outcome_failures,
    outcome_of,
    product_outcomes,
    result_data,
    step_codes,
    unconfirmed,
)
from ansible_collections.officefleet.activation.plugins.module_utils.plan import plan_client
from ansible_collections.officefleet.activation.plugins.module_utils.plan_products import KEY_MAY_BE_HIDDEN
from ansible_collections.officefleet.activation.plugins.module_utils.problems import ENDED_EARLY
from unit.module_utils.host_output import (
    EXITING,
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    VISIO_2016,
    keyed,
    reading,
    transcript,
)

PROPLUS = "Office 2016 proplus"
MAK_KEY = "AAAAA-BBBBB-CCCCC-DDDDD-MAK16"
ACTIVATE = Operation(Kind.ACTIVATE, "activate", PROPLUS, sku_id=PROPLUS_2016.sku_id, channel="kms_client")
ACTIVATE_MAK = Operation(Kind.ACTIVATE, "activate", "a MAK", sku_id=PROPLUS_2016_MAK.sku_id, channel="mak")
SET_HOST = Operation(Kind.SET_KMS_HOST, "set the KMS host", value="kms01")
INSTALL = Operation(Kind.INSTALL_KEY, "install", PROPLUS, MAK_KEY, channel="mak")

NOTIFIED = reading(keyed(PROPLUS_2016, "NOTIFICATIONS", reason="0xC004F009"))
LICENSED = reading(keyed(PROPLUS_2016))


# --- codes of steps --------------------------------------------------------------------------------------------------


def test_act_gives_each_product_its_own_code() -> None:
    codes = step_codes([Step("/act", (ACTIVATE, ACTIVATE_MAK))], [transcript("32")])
    assert codes == {ACTIVATE: "0xC004F074", ACTIVATE_MAK: None}


def test_a_product_that_act_did_not_reach_does_not_take_the_code_of_another() -> None:
    text = transcript("32")
    cut = text[: text.index("Installed product key detected", text.index("0xC004F074"))]
    codes = step_codes([Step("/act", (ACTIVATE, ACTIVATE_MAK))], [cut])
    assert codes == {ACTIVATE: "0xC004F074", ACTIVATE_MAK: CODE_NOT_TOLD}


def test_a_service_that_refuses_the_query_fails_every_product() -> None:
    codes = step_codes([Step("/act", (ACTIVATE, ACTIVATE_MAK))], [transcript("120")])
    assert codes == {ACTIVATE: "0x80070422", ACTIVATE_MAK: "0x80070422"}


@pytest.mark.parametrize(("number", "code"), [("95", None), ("97", "0x80072EE7"), ("119", CODE_NOT_TOLD)])
def test_slmgr_gives_the_code_of_its_product(number: str, code: str | None) -> None:
    assert step_codes([Step("cscript.exe ...", (ACTIVATE,), uses_slmgr=True)], [transcript(number)]) == {ACTIVATE: code}


@pytest.mark.parametrize(("number", "code"), [("55", None), ("60", "0x80070005"), ("61", "0xC004F025")])
def test_a_setting_gives_the_code_of_its_step(number: str, code: str | None) -> None:
    assert step_codes([Step("/sethst:kms01", (SET_HOST,))], [transcript(number)]) == {SET_HOST: code}


def test_a_step_without_its_end_line_failed_with_an_untold_code() -> None:
    text = transcript("55").replace(EXITING, "")
    assert step_codes([Step("/sethst:kms01", (SET_HOST,))], [text]) == {SET_HOST: CODE_NOT_TOLD}


# --- outcomes of activations -----------------------------------------------------------------------------------------


def test_licensed() -> None:
    assert outcome_of(ACTIVATE, NOTIFIED, LICENSED, None) == Outcome(
        PROPLUS_2016.sku_id, PROPLUS, "licensed", attempt="online"
    )


def test_an_activation_by_confirmation_id_says_so() -> None:
    deposit = dataclasses.replace(ACTIVATE, kind=Kind.DEPOSIT)
    assert outcome_of(deposit, NOTIFIED, LICENSED, None).attempt == "confirmation_id"


def test_a_product_that_was_licensed_already_was_not_attempted() -> None:
    (outcome,) = product_outcomes(Plan(satisfied=((PROPLUS, "sku"),)), {}, [])
    assert outcome.attempt is None


def test_an_attempt_is_told_also_where_something_else_failed_afterwards() -> None:
    sent = {PROPLUS: Outcome("sku", PROPLUS, "licensed", attempt="online")}
    (outcome,) = product_outcomes(Plan(), sent, [Failure(PROPLUS, "Cause.", "Remedy.")])
    assert (outcome.result, outcome.sku_id, outcome.attempt) == ("failed", "sku", "online")


def test_what_was_read_back_counts_more_than_an_error() -> None:
    assert outcome_of(ACTIVATE, NOTIFIED, LICENSED, "0xC004F074").result == "licensed"


def test_what_was_read_back_counts_more_than_a_success() -> None:
    outcome = outcome_of(ACTIVATE, NOTIFIED, NOTIFIED, None)
    assert (outcome.result, outcome.code) == ("failed", "0xC004F009")


def test_too_few_computers_counted_is_pending_and_no_failure() -> None:
    outcome = outcome_of(ACTIVATE, NOTIFIED, NOTIFIED, "0xC004F038")
    assert (outcome.result, outcome.code) == ("pending", "0xC004F038")
    assert outcome.cause
    assert outcome.remedy


@pytest.mark.parametrize(
    ("code", "retryable"), [("0xC004F074", True), ("0xC004C020", False), ("0x80070005", False), ("0xC004F069", False)]
)
def test_failed_with_cause_remedy_and_whether_a_retry_can_help(code: str, retryable: bool) -> None:
    outcome = outcome_of(ACTIVATE, NOTIFIED, NOTIFIED, code)
    assert (outcome.result, outcome.code, outcome.retryable) == ("failed", code, retryable)
    assert outcome.cause
    assert outcome.remedy


def test_an_unknown_code_is_named() -> None:
    outcome = outcome_of(ACTIVATE, NOTIFIED, NOTIFIED, "0x8004FE2F")
    assert (outcome.result, outcome.code) == ("failed", "0x8004FE2F")
    assert "0x8004FE2F" in (outcome.cause or "") + (outcome.remedy or "")


def test_an_untold_code_is_replaced_by_the_reason_that_was_read_back() -> None:
    assert outcome_of(ACTIVATE, NOTIFIED, NOTIFIED, CODE_NOT_TOLD).code == "0xC004F009"


def test_neither_code_nor_reason() -> None:
    silent = reading(keyed(PROPLUS_2016, "NOTIFICATIONS"))
    outcome = outcome_of(ACTIVATE, silent, silent, CODE_NOT_TOLD)
    assert (outcome.result, outcome.code) == ("failed", None)
    assert outcome.cause == "The script reports no success and no error code."


def test_a_renewal_that_failed_leaves_the_product_licensed_and_is_a_failure() -> None:
    outcome = outcome_of(ACTIVATE, LICENSED, LICENSED, "0xC004F074")
    assert (outcome.result, outcome.code) == ("failed", "0xC004F074")


def test_a_renewal_that_succeeded() -> None:
    assert outcome_of(ACTIVATE, LICENSED, LICENSED, None).result == "licensed"


def test_a_product_whose_key_is_gone() -> None:
    assert outcome_of(ACTIVATE, NOTIFIED, reading(), None).result == "failed"


@pytest.mark.parametrize("code", [None, CODE_NOT_TOLD])
def test_an_untold_code_is_explained_without_a_number(code: str | None) -> None:
    shown, cause, remedy, retryable = explain(code)
    assert shown is None
    assert cause
    assert remedy
    assert not retryable


# --- settings and keys -----------------------------------------------------------------------------------------------


def client(**options: object) -> DesiredClient:
    return DesiredClient(read_settings(options))


def test_a_setting_that_is_read_back_is_confirmed() -> None:
    wanted = client(kms_host="kms01")
    (sent,) = plan_client(reading(keyed(PROPLUS_2016)), wanted).operations
    after = reading(keyed(PROPLUS_2016, host="kms01:1688"))
    assert unconfirmed([sent], plan_client(after, wanted), {sent: None}) == []


def test_a_setting_reported_as_applied_although_an_error_stands_above_it() -> None:
    wanted, host = client(kms_host="kms01"), reading(keyed(PROPLUS_2016))
    (sent,) = plan_client(host, wanted).operations
    codes = step_codes(steps_for([sent], frozenset(), False, "x"), [transcript("61")])
    (failure,) = unconfirmed([sent], plan_client(host, wanted), codes)
    assert failure.code == "0xC004F025"
    assert failure.cause.startswith("Could not set the KMS host: ")
    assert "kms01" not in failure.cause


def test_a_setting_that_a_policy_sets_back() -> None:
    wanted, host = client(kms_host="kms01"), reading(keyed(PROPLUS_2016, host="policy:1688"))
    (sent,) = plan_client(host, wanted).operations
    (failure,) = unconfirmed([sent], plan_client(host, wanted), {sent: None})
    assert "the setting read back is still the old one" in failure.cause
    assert "policy" in failure.remedy


def test_a_setting_that_no_listing_can_show_is_believed_when_its_step_succeeded() -> None:
    unseen = Operation(Kind.SET_LOOKUP_DOMAIN, "set", value="corp.example", unseen=True)
    assert unconfirmed([unseen], Plan((unseen,)), {unseen: None}) == []
    assert unconfirmed([unseen], Plan((unseen,)), {unseen: "0x80070005"})


def test_a_key_that_was_refused_fails_its_product() -> None:
    products = read_products([{"product": "all", "method": "mak", "key": MAK_KEY}])
    plan = plan_client(NOTIFIED, DesiredClient(products=products))
    sent = plan.operations[0]
    codes = step_codes(steps_for([sent], frozenset(), False, "x"), [transcript("48")])
    (failure,) = unconfirmed([sent], plan, codes)
    assert (failure.product, failure.code) == (PROPLUS, "0xC004F050")


@pytest.mark.parametrize("problem", [KEY_MAY_BE_HIDDEN, ENDED_EARLY])
def test_a_key_that_a_listing_hides_after_it_was_installed_is_not_confirmed(problem: object) -> None:
    products = read_products([{"product": "proplus", "method": "mak", "key": MAK_KEY}])
    block = keyed(PROPLUS_2016 if problem is KEY_MAY_BE_HIDDEN else VISIO_2016, "NOTIFICATIONS", reason="0x8007000D")
    plan = plan_client(reading(block, stopped=True), DesiredClient(products=products))
    (failure,) = unconfirmed([INSTALL], plan, {INSTALL: None})
    assert (failure.product, failure.cause) == (PROPLUS, problem.cause)  # type: ignore[attr-defined]


def test_a_key_that_an_incomplete_listing_shows_is_confirmed() -> None:
    products = read_products([{"product": "proplus", "method": "mak", "key": MAK_KEY}])
    host = reading(keyed(PROPLUS_2016_MAK, "NOTIFICATIONS", reason="0x8007000D"), stopped=True)
    assert unconfirmed([INSTALL], plan_client(host, DesiredClient(products=products)), {INSTALL: None}) == []


# --- the whole result ------------------------------------------------------------------------------------------------


def test_one_outcome_for_each_product() -> None:
    plan = Plan(satisfied=(("a", "sku-a"),), skipped=(("b", "not installed"),))
    failed = Outcome("sku-c", "c", "failed", "0xC004F074", "cause", "remedy", True)
    outcomes = product_outcomes(
        plan, {"c": failed}, [Failure("d", "cause d", "remedy d", "0x1"), Failure(None, "host", "x")]
    )
    assert [(outcome.product, outcome.result) for outcome in outcomes] == [
        ("a", "licensed"),
        ("b", "skipped"),
        ("c", "failed"),
        ("d", "failed"),
    ]
    assert outcome_failures(outcomes) == [
        Failure("c", "cause", "remedy", "0xC004F074"),
        Failure("d", "cause d", "remedy d", "0x1"),
    ]


def test_a_pending_product_is_no_failure() -> None:
    assert outcome_failures([Outcome("sku", "a", "pending", "0xC004F038")]) == []


def test_an_outcome_has_exactly_the_promised_keys() -> None:
    assert set(result_data(Outcome(None, "a", "skipped"))) == {
        "sku_id", "product", "result", "code", "cause", "remedy", "retryable", "attempt",
    }  # fmt: skip


def test_a_failure_names_product_code_cause_and_remedy() -> None:
    message = failure_message([Failure(PROPLUS, "Cause.", "Remedy.", "0xC004F074")], sent=True)
    assert message == f"{PROPLUS}: Cause. (0xC004F074) Remedy."


def test_a_failure_before_anything_was_sent_says_so() -> None:
    message = failure_message([Failure(None, "A.", "B."), Failure("x", "C.", "D.")], sent=False)
    assert message == "A. B. | x: C. D. Nothing was changed."
