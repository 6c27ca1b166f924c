# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out what a planner decides: read, apply, read back, activate, read back. Not a public interface."""

from __future__ import annotations

import dataclasses
import time
import uuid
from typing import TYPE_CHECKING, Any

from ansible.errors import AnsibleConnectionFailure
from ansible_collections.officefleet.activation.plugins.module_utils import outcomes as out
from ansible_collections.officefleet.activation.plugins.module_utils.command_lines import LineTooLongError
from ansible_collections.officefleet.activation.plugins.module_utils.mak_budget import without
from ansible_collections.officefleet.activation.plugins.module_utils.operations import (
    ACTIVATING,
    Operation,
    Plan,
    in_order,
    next_batch,
    steps_for,
)
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import parse_step
from ansible_collections.officefleet.activation.plugins.module_utils.plan import Planner
from ansible_collections.officefleet.activation.plugins.module_utils.plan_settings import NO_KMS_LICENCE
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.proxy_explanation import OFFICE_WAYS
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from ansible_collections.officefleet.activation.plugins.module_utils.status import status_data
from ansible_collections.officefleet.activation.plugins.module_utils.views import Focus, predict, view
from ansible_collections.officefleet.activation.plugins.plugin_utils._proxy_reading import explain_by_proxy
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import (
    HostError,
    RemoteHost,
    lost_while,
)

if TYPE_CHECKING:  # it brings SQLAlchemy, which only tasks with a budget need
    from ansible_collections.officefleet.activation.plugins.plugin_utils._mak_budget import MakBudget


@dataclasses.dataclass(frozen=True)
class Retries:
    """Further attempts for activations that failed with a code where a retry can help; ``delay`` in seconds."""

    count: int = 0
    delay: int = 0


class ClientRun:
    """One task on one host."""

    def __init__(
        self, host: RemoteHost, planner: Planner, focus: Focus, retries: Retries, budget: MakBudget | None = None
    ) -> None:
        self._host = host
        self._planner = planner
        self._focus = focus
        self._retries = retries
        self._budget = budget
        self._sent: list[Operation] = []
        self._codes: out.Codes = {}
        self._activations: dict[str, out.Outcome] = {}
        self._warnings: list[str] = []

    def run(self, check_mode: bool) -> dict[str, Any]:
        """The result of the task. In check mode nothing is sent that changes the host."""
        before = self._host.read()
        if fatal := _fatal(before):
            return self._result(before, before, fatal)
        plan = self._planner(before)
        if plan.needs_all_licences or (check_mode and plan.guesses):
            before = self._host.read(("all",))
            if fatal := _fatal(before):
                return self._result(before, before, fatal)
            plan = self._planner(before)
        refused = _refusals(plan)
        if refused:
            return self._result(before, before, out.problem_failures(refused), plan)
        plan = self._within_budget(before, plan, check_mode)
        if check_mode:
            return self._predicted(before, plan)
        try:
            after, failures = self._carry_out(before, plan)
        except (HostError, LineTooLongError) as error:
            return self._broken_off(before, plan, error)
        return self._result(before, after, failures, plan)

    def _within_budget(self, before: Reading, plan: Plan, check_mode: bool) -> Plan:
        """The plan, and from now on every later one, without the products whose MAK has no place left."""
        refused = self._budget.refuse(plan, before, check_mode) if self._budget else {}
        planner = self._planner
        if refused:
            self._planner = lambda reading: without(planner(reading), reading, refused)
        return without(plan, before, refused)

    def _carry_out(self, before: Reading, plan: Plan) -> tuple[Reading, list[out.Failure]]:
        after, current, failures = before, plan, []
        while batch := next_batch(current.operations, self._sent):
            after = self._send(batch, after)
            if fatal := _fatal(after):
                return after, fatal
            current = self._planner(after)
            failures = out.unconfirmed(self._sent, current, self._codes)
            self._note_outcomes(batch, before, after)
            if any(failure.product is None for failure in failures) or _refusals(current):
                break
        after = self._retry(before, after)
        self._explain_by_proxy()
        problems = plan.problems
        sent = {(operation.kind, operation.target) for operation in self._sent}
        if any((operation.kind, operation.target) not in sent for operation in plan.operations):
            # What was planned and not done: what was read back says why, for example a listing that ended early.
            problems = tuple(dict.fromkeys((*problems, *current.problems)))
        return after, failures + out.problem_failures(problems)

    def _send(self, batch: list[Operation], reading: Reading) -> Reading:
        keyed = frozenset(item.sku_id for item in reading.status.licences if item.partial_product_key)
        copy_name = f"officefleet{uuid.uuid4().hex[:12]}"
        steps = steps_for(batch, keyed, reading.windows7, copy_name)
        uses_slmgr = any(step.uses_slmgr for step in steps)
        self._sent.extend(operation for operation in batch if operation not in self._sent)
        try:
            after = self._host.apply(
                reading.status.script or "",
                [step.command for step in steps],
                copy_name if uses_slmgr else None,
                secret=any(step.secret for step in steps),
            )
        except AnsibleConnectionFailure as error:
            raise lost_while(batch, error) from None
        self._codes.update(out.step_codes(steps, after.steps))
        if any(parse_step(text).no_kms_licences for text in after.steps):
            self._warnings.append(NO_KMS_LICENCE)
        return dataclasses.replace(after, installed=reading.installed)

    def _note_outcomes(self, batch: list[Operation], before: Reading, after: Reading) -> None:
        for operation in batch:
            if operation.kind in ACTIVATING:
                code = self._codes.get(operation, "unknown")
                self._activations[operation.target] = out.outcome_of(operation, before, after, code)

    def _retry(self, before: Reading, after: Reading) -> Reading:
        for _attempt in range(self._retries.count):
            again = self._worth_a_retry(self._planner(after))
            if not again:
                break
            time.sleep(self._retries.delay)
            after = self._send(again, after)
            self._note_outcomes(again, before, after)
        return after

    def _worth_a_retry(self, plan: Plan) -> list[Operation]:
        """The activations that failed for a reason that may pass, as ``plan``, made from what was read last, has them.

        That plan knows what the attempt before has changed: a MAK that it activated and that /act would activate once
        more on Windows 7, or a listing that ends early now and hides other keyed products.
        """
        if _refusals(plan):
            return []
        failed = {
            target for target, outcome in self._activations.items() if outcome.result == "failed" and outcome.retryable
        }
        return [item for item in plan.operations if item.kind in ACTIVATING and item.target in failed]

    def _explain_by_proxy(self) -> None:
        """Look at the proxy of a host whose MAKs did not reach Microsoft; whoever reached it pays nothing for that."""
        maks = {item.target for item in self._sent if item.kind in ACTIVATING and item.channel == "mak"}
        targets = [target for target in maks if target in self._activations]
        told = explain_by_proxy(self._host, (self._activations[target] for target in targets), OFFICE_WAYS)
        self._activations.update(zip(targets, told, strict=True))

    def _predicted(self, before: Reading, plan: Plan) -> dict[str, Any]:
        """What the run would do. Products with a problem fail in the run as well, so they do here."""
        operations = in_order(plan.operations)
        failures = out.problem_failures(plan.problems)
        result = self._result(before, before, failures, plan, [operation.words for operation in operations])
        seen = result["diff"]["before"]
        predicted = predict(seen, tuple(operations), self._focus.settings)
        return {**result, "changed": predicted != seen, "diff": {"before": seen, "after": predicted}}

    def _broken_off(self, before: Reading, plan: Plan, error: Exception) -> dict[str, Any]:
        problem = (
            error.problem
            if isinstance(error, HostError)
            else Problem(
                "More is to be done on the host than one command line can carry.", "Name fewer products in one task."
            )
        )
        if self._sent:
            problem = dataclasses.replace(
                problem, remedy=f"{problem.remedy} Changes were sent and could not be read back: run again to continue."
            )
        return self._result(before, before, [out.Failure(None, *_parts(problem))], plan)

    def _result(
        self,
        before: Reading,
        after: Reading,
        failures: list[out.Failure],
        plan: Plan | None = None,
        operations: list[str] | None = None,
    ) -> dict[str, Any]:
        plan = plan or Plan()
        outcomes = out.product_outcomes(plan, self._activations, failures)
        known = {failure.product for failure in failures}
        failures = failures + [item for item in out.outcome_failures(outcomes) if item.product not in known]
        if self._budget:
            self._warnings += self._budget.settle(
                outcomes, {item.target for item in self._sent if item.kind in ACTIVATING}
            )
        seen, now = view(before, self._focus), view(after, self._focus)
        readable = after.problem is None or not after.problem.fatal
        result: dict[str, Any] = {
            "changed": readable and seen != now,
            "diff": {"before": seen, "after": now if readable else seen},
            "status": status_data(after.status),
            "operations": [item.words for item in self._sent] if operations is None else operations,
            "outcomes": [out.result_data(outcome) for outcome in outcomes],
            "pending": any(outcome.result == "pending" for outcome in outcomes),
        }
        warnings = [*plan.warnings, *self._warnings]
        if after.problem is not None and not after.problem.fatal:
            warnings.append(after.problem.message)
        if warnings:
            result["warnings"] = list(dict.fromkeys(warnings))
        if result["pending"]:
            result["msg"] = out.pending_message(outcomes)
        if failures:
            result.update(failed=True, failures=[dict(vars(item)) for item in failures])
            result["msg"] = out.failure_message(failures, bool(self._sent))
        return result


def _fatal(reading: Reading) -> list[out.Failure]:
    """Why nothing can be concluded from what was read; empty where something can."""
    problem = reading.problem
    return [out.Failure(None, *_parts(problem))] if problem is not None and problem.fatal else []


def _refusals(plan: Plan) -> list[tuple[str, Problem]]:
    """What forbids the whole task on this host."""
    return [(target, problem) for target, problem in plan.problems if not target]


def _parts(problem: Problem) -> tuple[str, str, str | None]:
    return problem.cause, problem.remedy, problem.code
