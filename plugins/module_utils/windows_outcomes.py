# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of the operations on Windows. The truth is what was read back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import PENDING_CODES, parse_code
from ansible_collections.officefleet.activation.plugins.module_utils.operations import ACTIVATING, Operation, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import CODE_NOT_TOLD
from ansible_collections.officefleet.activation.plugins.module_utils.outcomes import Codes, Failure, Outcome
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import parse_error, parse_result
from ansible_collections.officefleet.activation.plugins.module_utils.windows_errors import (
    explain_activation,
    failure_of,
)
from ansible_collections.officefleet.activation.plugins.module_utils.windows_reading import WindowsReading


def windows_codes(batch: Sequence[Operation], texts: Sequence[str]) -> Codes:
    """The error code of each operation's step; None where it shows none."""
    return {
        operation: parse_result(text).code if operation.kind in ACTIVATING else parse_error(text)
        for operation, text in zip(batch, texts, strict=False)  # a cut-off answer has fewer texts
    }


def unconfirmed(sent: Iterable[Operation], plan: Plan, codes: Codes) -> list[Failure]:
    """Keys and settings that were sent, and that the plan made from what was read back still asks for."""
    return [
        failure_of(operation, codes.get(operation))
        for operation in sent
        if operation in plan.operations and operation.kind not in ACTIVATING
    ]


def activation_outcome(operation: Operation, after: WindowsReading, code: str | None) -> Outcome:
    """The outcome of an activation that was sent. ``code``: of its step, None where that reported success."""
    licence = after.licence
    sku_id = licence.sku_id if licence else operation.sku_id
    if licence is not None and licence.licensed and licence.channel == operation.channel:
        return Outcome(sku_id, operation.target, "licensed", attempt="online")
    if code in (None, CODE_NOT_TOLD) and licence is not None:
        code = licence.reason
    shown, cause, remedy, retryable = explain_activation(code)
    pending = shown is not None and parse_code(shown) in PENDING_CODES
    result = "pending" if pending else "failed"
    return Outcome(sku_id, operation.target, result, shown, cause, remedy, retryable, "online")
