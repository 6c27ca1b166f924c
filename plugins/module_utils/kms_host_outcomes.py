# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of the operations on a KMS host, and its status as data. The truth is what was read back."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Sequence
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_digits import grouped_installation_id
from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import lookup, parse_code
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import DesiredHost
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_errors import failure_of
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_plan import (
    ACTIVATING,
    HostKind,
    keyed_licence,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import (
    HOST_ACTIVATION_IDS,
    WINDOWS,
    HostReading,
    product_label,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_text import HostLicence, licence_data
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.outcomes import Failure, Outcome
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import parse_error
from ansible_collections.officefleet.activation.plugins.module_utils.status import as_data

#: Computers that have to ask before a host activates any of them (reference/activation.md).
REQUIRED_COUNT = 5
REQUIRED_COUNT_OF_WINDOWS_CLIENTS = 25
#: The state in C(sc query): a number and a word that are not translated. First it shows the one, then the other.
_STOPPED, _RUNNING = re.compile(r": 1 +STOPPED"), re.compile(r": [24] +(START_PENDING|RUNNING)")

Codes = dict[Operation, "str | None"]


def step_codes(batch: Sequence[Operation], texts: Sequence[str]) -> Codes:
    """The error code of each operation's step; None where it shows none."""
    return {operation: parse_error(text) for operation, text in zip(batch, texts, strict=False)}


def unconfirmed(sent: Iterable[Operation], plan: Plan, codes: Codes) -> list[Failure]:
    """What was sent, and what the plan made from what was read back still asks for."""
    return [failure_of(operation, codes.get(operation)) for operation in sent if operation in plan.operations]


def restart_failures(after: HostReading) -> list[Failure]:
    """Why the service does not work with the settings that were made; nothing where it was restarted.

    ``after``: what was read after the restart, which is its only step.
    """
    made, text = "The settings are made, but the service sppsvc", "\n".join(after.steps)
    logs = "Read the System and Application event logs of the host for sppsvc, then run again to do what is left."
    if after.problem is not None:
        cause = f"{made} does not work after its restart: {after.problem.cause}"
        return [Failure(None, cause, f"{logs} {after.problem.remedy}", after.problem.code)]
    stopped = _STOPPED.search(text)
    if stopped is None:
        remedy = "Restart it on the host (net stop sppsvc, net start sppsvc), then run again."
        return [Failure(None, f"{made} could not be stopped, and does not know them yet.", remedy)]
    if not _RUNNING.search(text, stopped.end()):
        return [Failure(None, f"{made} did not start again with them: no client is served.", logs)]
    return []


def host_outcomes(
    plan: Plan,
    after: HostReading,
    desired: DesiredHost,
    failures: Iterable[Failure],
    sent: Iterable[Operation] = (),
) -> list[Outcome]:
    """One outcome for each product: licensed, failed or skipped; none where nothing has been tried yet."""
    outcomes = {label: Outcome(None, label, "skipped", cause=reason) for label, reason in plan.skipped}
    for product in desired.products:
        licence = keyed_licence(after, product)
        if licence is not None and licence.licensed:
            outcomes[product.label] = Outcome(licence.activation_id, product.label, "licensed")
    for failure in failures:
        if failure.product is not None:
            again = failure.code is not None and lookup(parse_code(failure.code)).retryable
            outcomes[failure.product] = Outcome(
                None, failure.product, "failed", failure.code, failure.cause, failure.remedy, again
            )
    for operation in sent:
        if operation.kind in ACTIVATING and operation.target in outcomes:
            attempt = "confirmation_id" if operation.kind is HostKind.DEPOSIT else "online"
            outcomes[operation.target] = dataclasses.replace(outcomes[operation.target], attempt=attempt)
    return sorted(outcomes.values(), key=lambda outcome: outcome.product)


def telephone_lines(
    outcomes: Iterable[Outcome], after: HostReading, desired: DesiredHost
) -> list[dict[str, str | None]]:
    """Products that need a (new) confirmation ID, each with the installation ID to read out to Microsoft."""
    if desired.activation != "telephone":
        return []
    waiting = {outcome.product for outcome in outcomes if outcome.result in ("skipped", "failed")}
    licences = ((product, keyed_licence(after, product)) for product in desired.products if product.label in waiting)
    return [
        {
            "product": product.label,
            "activation_id": licence.activation_id,
            "installation_id": grouped_installation_id(licence.installation_id, " "),
        }
        for product, licence in licences
        if licence is not None and licence.installation_id
    ]


def telephone_message(lines: Iterable[dict[str, str | None]]) -> str:
    """What to do with the installation IDs, for a job log."""
    texts = [f"{line['product']}: installation ID {line['installation_id']}." for line in lines]
    steps = "Get each confirmation ID from Microsoft (slui.exe 4 shows its numbers), then run again with it."
    return " ".join([*texts, steps])


def host_status(reading: HostReading, installation_ids: bool = False) -> dict[str, Any]:
    """A KMS host as data: its licences, service and settings. ``installation_ids``: show them too."""
    return {
        "os_version": reading.os_version,
        "elevated": reading.elevated,
        "service_start": reading.service_start,
        "settings": as_data(reading.settings),
        "licences": [
            _licence(asked_for, licence, installation_ids)
            for asked_for, group in reading.licences.items()
            for licence in group
        ],
    }


def _licence(asked_for: str, licence: HostLicence, installation_ids: bool) -> dict[str, Any]:
    names = {activation_id: str(office) for office, activation_id in HOST_ACTIVATION_IDS.items()}
    name = WINDOWS if asked_for == WINDOWS else names.get(asked_for, str(licence.office))
    required = REQUIRED_COUNT_OF_WINDOWS_CLIENTS if name == WINDOWS else REQUIRED_COUNT
    data = {"product": product_label(name), **licence_data(licence), "required_count": required}
    if not installation_ids:
        del data["installation_id"]
    return data
