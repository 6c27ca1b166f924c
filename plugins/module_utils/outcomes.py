# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an activation gave, product by product, and what else failed. The truth is what was read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import (
    PENDING_CODES,
    lookup,
    parse_code,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import (
    ACTIVATING,
    Kind,
    Operation,
    Plan,
    Step,
)
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import (
    CODE_NOT_TOLD,
    StepResult,
    parse_act,
    parse_step,
)
from ansible_collections.officefleet.activation.plugins.module_utils.plan_products import (
    KEY_MAY_BE_HIDDEN,
    keyed_products,
)
from ansible_collections.officefleet.activation.plugins.module_utils.problems import ENDED_EARLY, Problem
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import parse_result
from ansible_collections.officefleet.activation.plugins.module_utils.status import Licence

#: Operation target ("" for the host) and kind, to the code of its step; None where the step reported success.
Codes = dict[Operation, "str | None"]


@dataclass(frozen=True)
class Outcome:
    """What became of one product. ``result``: licensed, pending, failed or skipped.

    ``attempt``: how an activation was sent for it in this task, C(online) or C(confirmation_id); None where none was.
    """

    sku_id: str | None
    product: str
    result: str
    code: str | None = None
    cause: str | None = None
    remedy: str | None = None
    retryable: bool = False
    attempt: str | None = None


@dataclass(frozen=True)
class Failure:
    """What failed, in the form that results carry. ``product`` is None where it concerns the whole host."""

    product: str | None
    cause: str
    remedy: str
    code: str | None = None

    @property
    def message(self) -> str:
        """Product, cause, code and remedy in one line for a job log."""
        code = f" ({self.code})" if self.code else ""
        return f"{self.product + ': ' if self.product else ''}{self.cause}{code} {self.remedy}"


def step_codes(steps: Iterable[Step], texts: Iterable[str]) -> Codes:
    """The code of every operation from the output of its step."""
    codes: Codes = {}
    for step, text in zip(steps, texts, strict=False):  # a cut-off answer has fewer texts
        if step.command == "/act":
            by_sku = {result.sku_id: result.code for result in parse_act(text)}
            # An error without a product means that the query for products failed; else it belongs to its product.
            refused = CODE_NOT_TOLD if by_sku else next(iter(parse_step(text).errors), CODE_NOT_TOLD)
            codes.update({item: by_sku.get(item.sku_id or "", refused) for item in step.operations})
        elif step.uses_slmgr:
            codes.update({item: parse_result(text).code for item in step.operations})
        elif step.command.startswith("/"):
            codes.update({item: _step_code(parse_step(text)) for item in step.operations})
    return codes


def _step_code(result: StepResult) -> str | None:
    if result.ok:
        return None
    return result.errors[0] if result.errors else CODE_NOT_TOLD


def explain(code: str | None) -> tuple[str | None, str, str, bool]:
    """Code, cause, remedy and whether a retry can help. An untold code becomes None."""
    if code in (None, CODE_NOT_TOLD):
        cause = "The script reports no success and no error code."
        return None, cause, "Run the command by hand on the host and look at the Application event log.", False
    entry = lookup(parse_code(code or ""))
    return code, entry.cause, entry.remedy, entry.retryable


def outcome_of(operation: Operation, before: Reading, after: Reading, code: str | None) -> Outcome:
    """The outcome of an activation that was sent. ``code``: of its step, None where that reported success."""
    licence = _licence(after, operation)
    earlier = _licence(before, operation)
    attempt = "confirmation_id" if operation.kind is Kind.DEPOSIT else "online"
    if licence is None:
        cause, remedy = "The product shows no key after the activation.", "Run again and read the status."
        return Outcome(operation.sku_id, operation.target, "failed", None, cause, remedy, attempt=attempt)
    renewed = earlier is None or not earlier.licensed or code is None
    if licence.licensed and renewed:
        return Outcome(licence.sku_id, operation.target, "licensed", attempt=attempt)
    if code in (None, CODE_NOT_TOLD):
        code = licence.reason
    shown, cause, remedy, retryable = explain(code)
    pending = shown is not None and parse_code(shown) in PENDING_CODES
    result = "pending" if pending else "failed"
    return Outcome(licence.sku_id, operation.target, result, shown, cause, remedy, retryable, attempt)


def _licence(reading: Reading, operation: Operation) -> Licence | None:
    licences = keyed_products(reading).get(operation.target, [])
    return next((licence for licence in licences if licence.channel == operation.channel), None)


def unconfirmed(sent: Iterable[Operation], plan: Plan, codes: Codes) -> list[Failure]:
    """Settings and keys that were sent, and that the plan made from what was read back still asks for."""
    failures = []
    told = {operation.target for operation in plan.operations}
    told.update(label for label, _ in (*plan.satisfied, *plan.skipped))
    hidden = next((problem for _, problem in plan.problems if problem in (ENDED_EARLY, KEY_MAY_BE_HIDDEN)), None)
    for operation in sent:
        if hidden and operation.kind is Kind.INSTALL_KEY and operation.target not in told:
            failures.append(Failure(operation.target or None, hidden.cause, hidden.remedy, hidden.code))
        if operation.kind in ACTIVATING or operation not in plan.operations:
            continue
        if operation.unseen and codes.get(operation) is None:
            continue
        code, cause, remedy, _retryable = explain(codes.get(operation))
        if codes.get(operation) is None:
            cause = "The script reports success, but the setting read back is still the old one."
            remedy = "Look for a policy that sets it back, and run again."
        if codes.get(operation) is None and operation.kind is Kind.INSTALL_KEY:
            cause = "The script reports success, but the product did not get it; it may be the key of another product."
            remedy = "Look which product shows these last five characters now, and name the product the key is for."
        failures.append(Failure(operation.target or None, f"Could not {_plain(operation)}: {cause}", remedy, code))
    return failures


_PLAIN: dict[Enum, str] = {
    Kind.SET_KMS_HOST: "set the KMS host",
    Kind.SET_KMS_PORT: "set the KMS port",
    Kind.CLEAR_KMS_HOST: "remove the registered KMS host",
    Kind.REMOVE_INHERITED: "remove an inherited KMS value from the registry",
    Kind.SET_LOOKUP_DOMAIN: "set the KMS lookup domain",
    Kind.CLEAR_LOOKUP_DOMAIN: "clear the KMS lookup domain",
    Kind.SET_HOST_CACHING: "switch KMS host caching",
    Kind.SET_ACTIVATION_TYPE: "set the activation type",
    Kind.SET_USER_OPERATIONS: "set UserOperations",
    Kind.INSTALL_KEY: "install the product key",
    Kind.REMOVE_KEY: "remove the product key",
}


def _plain(operation: Operation) -> str:
    """The operation without names, so that failures of many hosts group by cause."""
    return _PLAIN[operation.kind]


def problem_failures(problems: Iterable[tuple[str, Problem]]) -> list[Failure]:
    """Problems of a plan in the form of failures."""
    return [Failure(target or None, item.cause, item.remedy, item.code) for target, item in problems]


def arisen_failures(planned: Plan, left: Plan) -> list[Failure]:
    """What stands in the way now and did not when the task was planned, such as a licence that has gone meanwhile.

    ``left``: the plan of what was read back. It asks nothing more for such a product, which is no sign of success.
    """
    return problem_failures(problem for problem in left.problems if problem not in planned.problems)


def product_outcomes(plan: Plan, activations: Mapping[str, Outcome], failures: Iterable[Failure]) -> list[Outcome]:
    """One outcome for each product that the task was about."""
    outcomes: dict[str, Outcome] = {label: Outcome(sku, label, "licensed") for label, sku in plan.satisfied}
    for label, reason in plan.skipped:
        outcomes[label] = Outcome(None, label, "skipped", cause=reason)
    outcomes.update(activations)
    for failure in failures:
        if failure.product is not None:
            sent = activations.get(failure.product)
            outcomes[failure.product] = Outcome(
                sent.sku_id if sent else None,
                failure.product,
                "failed",
                failure.code,
                failure.cause,
                failure.remedy,
                attempt=sent.attempt if sent else None,
            )
    return sorted(outcomes.values(), key=lambda outcome: outcome.product)


def outcome_failures(outcomes: Iterable[Outcome]) -> list[Failure]:
    """The failed outcomes in the form of failures."""
    return [
        Failure(item.product, item.cause or "", item.remedy or "", item.code)
        for item in outcomes
        if item.result == "failed"
    ]


def pending_message(outcomes: Iterable[Outcome]) -> str:
    """The message of a task whose products wait, for a job log and for C(until)."""
    waiting = [item for item in outcomes if item.result == "pending"]
    return " | ".join(f"{item.product} is pending: {item.cause} ({item.code}) {item.remedy}" for item in waiting)


def failure_message(failures: list[Failure], sent: bool) -> str:
    """The message of a failed task: what is wrong, the code, what to do next, and whether something was changed."""
    text = " | ".join(failure.message for failure in failures)
    return text if sent else f"{text} Nothing was changed."


def result_data(outcome: Outcome) -> dict[str, Any]:
    """An outcome as data."""
    return dict(vars(outcome))
