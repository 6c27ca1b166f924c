# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out the plan of Windows' own activation: read, apply, read back, activate, read back.

Not a public interface.
"""

from __future__ import annotations

import dataclasses
import time
import uuid
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible_collections.officefleet.activation.plugins.module_utils import outcomes as out
from ansible_collections.officefleet.activation.plugins.module_utils.operations import (
    ACTIVATING,
    Kind,
    Operation,
    Plan,
    in_order,
    next_batch,
)
from ansible_collections.officefleet.activation.plugins.module_utils.proxy_explanation import WINDOWS_WAYS
from ansible_collections.officefleet.activation.plugins.module_utils.windows_desired import DesiredWindows
from ansible_collections.officefleet.activation.plugins.module_utils.windows_lines import windows_line, windows_step
from ansible_collections.officefleet.activation.plugins.module_utils.windows_outcomes import (
    activation_outcome,
    unconfirmed,
    windows_codes,
)
from ansible_collections.officefleet.activation.plugins.module_utils.windows_plan import plan_windows
from ansible_collections.officefleet.activation.plugins.module_utils.windows_reading import (
    WindowsReading,
    read_windows,
    windows_status,
)
from ansible_collections.officefleet.activation.plugins.module_utils.windows_view import predict_windows, windows_view
from ansible_collections.officefleet.activation.plugins.plugin_utils._client_run import Retries
from ansible_collections.officefleet.activation.plugins.plugin_utils._proxy_reading import explain_by_proxy
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import (
    HostError,
    RemoteHost,
    lost_while,
)

#: Tells a result, and what is recorded of it, from one about Office.
APPLICATION = {"application": "windows"}
_RUN_AGAIN = "Changes were sent and could not be read back: run again, the next run reads the state and continues."


def read_windows_host(host: RemoteHost, steps: tuple[str, ...] = (), secret: bool = False) -> WindowsReading:
    """Carry out steps, if any, and read Windows' licence, in one command.

    The copy of slmgr.vbs has a name of its own, because two controllers may work on one host at once.
    """
    copy_name = f"officefleet{uuid.uuid4().hex[:12]}"
    return read_windows(host.run(windows_line(copy_name, steps), secret, once=bool(steps)))


class WindowsRun:
    """One C(windows_activation) task on one host."""

    def __init__(self, host: RemoteHost, desired: DesiredWindows, retries: Retries) -> None:
        self._host = host
        self._desired = desired
        self._retries = retries
        self._reading = WindowsReading()
        self._sent: list[Operation] = []
        self._codes: out.Codes = {}
        self._activations: dict[str, out.Outcome] = {}

    def run(self, check_mode: bool) -> dict[str, Any]:
        """The result of the task. In check mode nothing is sent that changes the host. Raises HostError."""
        self._reading = before = read_windows_host(self._host)
        if before.problem is not None:
            raise HostError(before.problem)
        plan = plan_windows(before, self._desired)
        problems = out.problem_failures(plan.problems)
        if any(failure.product is None for failure in problems):
            return self._result(before, plan, problems)
        if check_mode:
            return self._predicted(before, plan)
        try:
            failures = self._carry_out(plan)
        except HostError as error:
            problem = error.problem
            failures = [out.Failure(None, problem.cause, f"{problem.remedy} {_RUN_AGAIN}", problem.code)]
        return self._result(before, plan, failures + problems)

    def _carry_out(self, plan: Plan) -> list[out.Failure]:
        current, failures = plan, list[out.Failure]()
        while not failures and (batch := next_batch(current.operations, self._sent)):
            current = self._apply(batch)
            failures = unconfirmed(self._sent, current, self._codes) + out.arisen_failures(plan, current)
        for _attempt in range(self._retries.count):
            again = [item for item in current.operations if item.kind in ACTIVATING and self._is_worth_a_retry(item)]
            if failures or not again:
                break
            time.sleep(self._retries.delay)
            current = self._apply(again)
        if self._desired.method == "mak":
            told = explain_by_proxy(self._host, self._activations.values(), WINDOWS_WAYS)
            self._activations = {outcome.product: outcome for outcome in told}
        return failures

    def _is_worth_a_retry(self, operation: Operation) -> bool:
        outcome = self._activations.get(operation.target)
        return outcome is not None and outcome.result == "failed" and outcome.retryable

    def _apply(self, batch: list[Operation]) -> Plan:
        """Carry out operations; what is left to do by what was read back. Raises HostError."""
        self._sent.extend(operation for operation in batch if operation not in self._sent)
        steps = tuple(windows_step(operation, self._desired.settings) for operation in batch)
        secret = any(operation.kind is Kind.INSTALL_KEY for operation in batch)
        try:
            after = read_windows_host(self._host, steps, secret)
        except AnsibleConnectionFailure as error:
            raise lost_while(batch, error) from None
        if after.problem is not None:
            raise HostError(after.problem)
        self._reading = after
        self._codes.update(windows_codes(batch, after.steps))
        for operation in batch:
            if operation.kind in ACTIVATING:
                outcome = activation_outcome(operation, after, self._codes.get(operation))
                self._activations[operation.target] = outcome
        return plan_windows(after, self._desired)

    def _predicted(self, before: WindowsReading, plan: Plan) -> dict[str, Any]:
        """What the run would do. What is a problem of the run is one here as well."""
        operations = in_order(plan.operations)
        result = self._result(before, plan, out.problem_failures(plan.problems))
        seen = windows_view(before, self._desired)
        predicted = predict_windows(seen, operations, self._desired)
        return {
            **result,
            "changed": seen != predicted,
            "diff": {"before": seen, "after": predicted},
            "operations": [operation.words for operation in operations],
        }

    def _result(self, before: WindowsReading, plan: Plan, failures: list[out.Failure]) -> dict[str, Any]:
        """By what was read last, which is before the step that broke off where one did."""
        seen, now = windows_view(before, self._desired), windows_view(self._reading, self._desired)
        outcomes = out.product_outcomes(plan, self._activations, failures)
        outcomes = [self._with_licence(outcome) for outcome in outcomes]
        told = {failure.product for failure in failures}
        failures = failures + [item for item in out.outcome_failures(outcomes) if item.product not in told]
        result: dict[str, Any] = {
            **APPLICATION,
            "changed": seen != now,
            "diff": {"before": seen, "after": now},
            "status": windows_status(self._reading),
            "operations": [operation.words for operation in self._sent],
            "outcomes": [out.result_data(outcome) for outcome in outcomes],
            "pending": any(outcome.result == "pending" for outcome in outcomes),
        }
        if result["pending"]:
            result["msg"] = out.pending_message(outcomes)
        if failures:
            result.update(failed=True, failures=[dict(vars(item)) for item in failures])
            result["msg"] = out.failure_message(failures, bool(self._sent))
        return result

    def _with_licence(self, outcome: out.Outcome) -> out.Outcome:
        licence = self._reading.licence
        return dataclasses.replace(outcome, sku_id=licence.sku_id) if licence and not outcome.sku_id else outcome
