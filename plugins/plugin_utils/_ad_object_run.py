# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out the plan of an activation object: list, make or remove it, list again. Not a public interface."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible_collections.officefleet.activation.plugins.module_utils import ad_object_results as results
from ansible_collections.officefleet.activation.plugins.module_utils import outcomes as out
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_desired import DesiredObject
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_lines import forest_line, step_arguments
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_plan import id_to_read, plan_object
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_reading import (
    ForestReading,
    read_forest,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.proxy_explanation import HOST_KEY_WAYS
from ansible_collections.officefleet.activation.plugins.plugin_utils._proxy_reading import explain_by_proxy
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import (
    HostError,
    RemoteHost,
    lost_while,
)

_RUN_AGAIN = "The change was sent and could not be read back: run again, the next run looks first and continues."


def read_activation_objects(
    host: RemoteHost, activation_id: str | None = None, steps: Sequence[str] = (), secret: bool = False
) -> ForestReading:
    """Carry out steps, if any, and list the activation objects, in one command.

    The copy of slmgr.vbs has a name of its own, because two controllers may work on one host at once.
    """
    copy_name = f"officefleet{uuid.uuid4().hex[:12]}"
    return read_forest(host.run(forest_line(copy_name, activation_id, steps), secret, once=bool(steps)))


class ActivationObjectRun:
    """One C(ad_activation_object) task on one host."""

    def __init__(self, host: RemoteHost, desired: DesiredObject) -> None:
        self._host = host
        self._desired = desired
        # Only who makes an object needs the licence on the computer.
        self._licence = desired.activation_id if desired.present else None
        self._reading = ForestReading()
        self._sent: list[Operation] = []
        self._telephone: list[dict[str, str | None]] = []

    def run(self, check_mode: bool) -> dict[str, Any]:
        """The result of the task. In check mode nothing is sent that changes the forest."""
        self._reading = before = read_activation_objects(self._host, self._licence)
        if before.problem is not None:
            raise HostError(before.problem)
        plan = plan_object(before, self._desired)
        failures = out.problem_failures(plan.problems)
        if any(not target for target, _problem in plan.problems):
            return self._result(before, plan, failures)
        waiting = id_to_read(plan, self._desired)
        if waiting is not None:
            failures += self._read_id(waiting)
        if check_mode:
            return self._predicted(before, plan, failures)
        if plan.operations:
            failures = self._carry_out(plan) + failures
        return self._result(before, plan, failures)

    def _read_id(self, operation: Operation) -> list[out.Failure]:
        """Ask for the installation ID, which changes nothing, so that check mode does it as well."""
        reading = self._send([operation])
        text = "".join(reading.steps)
        self._telephone = results.telephone_lines(operation, text, self._desired)
        return [] if self._telephone else [results.id_failure(operation, text)]

    def _carry_out(self, plan: Plan) -> list[out.Failure]:
        self._sent = list(plan.operations)
        try:
            after = self._send(self._sent)
            if after.problem is not None:
                raise HostError(after.problem)
        except HostError as error:
            problem = error.problem
            return [out.Failure(None, problem.cause, f"{problem.remedy} {_RUN_AGAIN}", problem.code)]
        self._reading = after
        codes = results.step_codes(self._sent, after.steps)
        left = plan_object(after, self._desired)
        undone = explain_by_proxy(self._host, results.unconfirmed(self._sent, left, codes), HOST_KEY_WAYS)
        return undone + out.arisen_failures(plan, left)

    def _send(self, batch: list[Operation]) -> ForestReading:
        steps = [step_arguments(operation, self._desired) for operation in batch]
        try:
            return read_activation_objects(self._host, self._licence, steps, secret=self._desired.present)
        except AnsibleConnectionFailure as error:
            raise lost_while(batch, error) from None

    def _predicted(self, before: ForestReading, plan: Plan, failures: list[out.Failure]) -> dict[str, Any]:
        result = self._result(before, plan, failures)
        seen = results.object_view(before, self._desired)
        predicted = results.predicted_view(seen, plan, self._desired)
        return {
            **result,
            "changed": seen != predicted,
            "diff": {"before": seen, "after": predicted},
            "operations": [operation.words for operation in plan.operations],
            "clients": result["clients"] if seen == predicted else [],
        }

    def _result(self, before: ForestReading, plan: Plan, failures: list[out.Failure]) -> dict[str, Any]:
        """By what was read last, which is before the step that broke off where one did."""
        seen, now = (results.object_view(reading, self._desired) for reading in (before, self._reading))
        result: dict[str, Any] = {
            "changed": seen != now,
            "diff": {"before": seen, "after": now},
            "status": results.forest_status(self._reading),
            "operations": [operation.words for operation in self._sent],
            "telephone": self._telephone,
            "clients": [] if failures else results.client_lines(self._reading, self._desired),
            "remote_calls": self._host.calls,
        }
        if plan.warnings:
            result["warnings"] = list(plan.warnings)
        if self._telephone:
            result["msg"] = results.in_one_line(self._telephone)
        if failures:
            result.update(failed=True, failures=[dict(vars(item)) for item in failures])
            result["msg"] = out.failure_message(failures, bool(self._sent))
        return result
