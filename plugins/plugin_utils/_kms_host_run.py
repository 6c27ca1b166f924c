# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out the plan of a KMS host: read, apply and read back, restart the service. Not a public interface."""

from __future__ import annotations

import uuid
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible_collections.officefleet.activation.plugins.module_utils import outcomes as out
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import DesiredHost
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_lines import host_line, step_command
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_outcomes import (
    Codes,
    host_outcomes,
    host_status,
    restart_failures,
    step_codes,
    telephone_lines,
    telephone_message,
    unconfirmed,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_plan import (
    ACTIVATING,
    PRIORITY_WAITS,
    RESTART,
    SETTINGS,
    HostKind,
    in_order,
    next_batch,
    plan_host,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import HostReading, read_host
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_view import host_view, predict_host
from ansible_collections.officefleet.activation.plugins.module_utils.operations import (
    Operation,
    Plan,
)
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.proxy_explanation import HOST_KEY_WAYS
from ansible_collections.officefleet.activation.plugins.plugin_utils._proxy_reading import explain_by_proxy
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import (
    HostError,
    RemoteHost,
    lost_while,
)

_RUN_AGAIN = "Changes were sent and could not be read back: run again, the next run reads the state and continues."
#: Settings whose only trace is in the registry, so that a run that breaks off has to leave word of the restart. The
#: priority is not among them: the script may refuse it, and then there is nothing to restart for.
_MARKED = SETTINGS - {HostKind.SET_PRIORITY}


def read_kms_host(
    host: RemoteHost,
    activation_ids: list[str],
    steps: tuple[str, ...] = (),
    mark_restart: bool = False,
    secret: bool = False,
) -> HostReading:
    """Carry out steps, if any, and read a KMS host, in one command.

    The copy of slmgr.vbs has a name of its own, because two controllers may work on one host at once.
    """
    copy_name = f"officefleet{uuid.uuid4().hex[:12]}"
    line = host_line(activation_ids, copy_name, steps, mark_restart)
    return read_host(host.run(line, secret, once=bool(steps) or mark_restart), activation_ids)


class KmsHostRun:
    """One C(kms_host) task on one host."""

    def __init__(self, host: RemoteHost, desired: DesiredHost) -> None:
        self._host = host
        self._desired = desired
        self._ids = [product.activation_id for product in desired.products]
        self._reading = HostReading()
        self._sent: list[Operation] = []
        self._codes: Codes = {}
        self._warnings: list[str] = []

    def run(self, check_mode: bool) -> dict[str, Any]:
        """The result of the task. In check mode nothing is sent that changes the host."""
        self._reading = before = read_kms_host(self._host, self._ids)
        if before.problem is not None:
            raise HostError(before.problem)
        plan = plan_host(before, self._desired)
        self._warnings.extend(plan.warnings)
        refused = [(target, problem) for target, problem in plan.problems if not target]
        if refused:
            return self._result(before, plan, out.problem_failures(refused))
        if check_mode:
            return self._predicted(before, plan)
        try:
            failures = self._carry_out(plan)
        except HostError as error:
            failures = [_broken_off(error.problem)]
        return self._result(before, plan, failures + out.problem_failures(plan.problems))

    def _carry_out(self, plan: Plan) -> list[out.Failure]:
        current = plan
        failures: list[out.Failure] = []
        restart = self._reading.restart_pending
        while True:
            batch = next_batch(current.operations, self._sent)
            if restart and all(operation.kind in ACTIVATING for operation in batch):
                restart, failures = False, restart_failures(self._send([RESTART]))
            elif batch:
                current = self._apply(batch)
                made = any(item.kind in SETTINGS and item not in current.operations for item in batch)
                restart = restart or made or self._reading.restart_pending
            if failures or not (batch or restart):
                break
        if any(item.kind is HostKind.SET_PRIORITY and item not in self._sent for item in current.operations):
            self._warnings.append(PRIORITY_WAITS)
        undone = unconfirmed(self._sent, current, self._codes)
        return explain_by_proxy(self._host, undone, HOST_KEY_WAYS) + failures + out.arisen_failures(plan, current)

    def _apply(self, batch: list[Operation]) -> Plan:
        """Carry out operations; what is left to do by what was read back. Raises HostError."""
        after = self._send(batch)
        if after.problem is not None:
            raise HostError(after.problem)
        return plan_host(after, self._desired)

    def _send(self, batch: list[Operation]) -> HostReading:
        self._sent.extend(batch)
        steps = tuple(step_command(operation, self._desired) for operation in batch)
        try:
            after = read_kms_host(
                self._host,
                self._ids,
                steps,
                mark_restart=any(operation.kind in _MARKED for operation in batch),
                secret=any(operation.value for operation in batch),
            )
        except AnsibleConnectionFailure as error:
            raise lost_while(batch, error) from None
        self._codes.update(step_codes(batch, after.steps))
        if after.problem is None:
            self._reading = after
        return after

    def _predicted(self, before: HostReading, plan: Plan) -> dict[str, Any]:
        """What the run would do. Products with a problem fail in the run as well, so they do here."""
        operations = in_order(before, plan)
        result = self._result(before, plan, out.problem_failures(plan.problems))
        seen = host_view(before, self._desired)
        predicted = predict_host(seen, operations, self._desired)
        return {
            **result,
            "changed": seen != predicted,
            "diff": {"before": seen, "after": predicted},
            "operations": [operation.words for operation in operations],
        }

    def _result(self, before: HostReading, plan: Plan, failures: list[out.Failure]) -> dict[str, Any]:
        """By what was read last, which is before the step that broke off where one did."""
        after = self._reading
        seen, now = host_view(before, self._desired), host_view(after, self._desired)
        outcomes = host_outcomes(plan, after, self._desired, failures, self._sent)
        telephone = telephone_lines(outcomes, after, self._desired)
        result: dict[str, Any] = {
            "changed": seen != now,
            "diff": {"before": seen, "after": now},
            "status": host_status(after),
            "operations": [operation.words for operation in self._sent],
            "outcomes": [out.result_data(outcome) for outcome in outcomes],
            "telephone": telephone,
            "remote_calls": self._host.calls,
        }
        if self._warnings:
            result["warnings"] = list(dict.fromkeys(self._warnings))
        if telephone:
            result["msg"] = telephone_message(telephone)
        if failures:
            result.update(failed=True, failures=[dict(vars(item)) for item in failures])
            result["msg"] = out.failure_message(failures, bool(self._sent))
        return result


def _broken_off(problem: Problem) -> out.Failure:
    return out.Failure(None, problem.cause, f"{problem.remedy} {_RUN_AGAIN}", problem.code)
