# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forest as data, the diff, what became of the operations, and what clients will experience."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_desired import DesiredObject, label_of
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_errors import explain_in_a_forest
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_plan import ObjectKind, objects_of
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_reading import ForestReading
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_text import ActivationObject
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_digits import grouped_installation_id
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import CODE_NOT_TOLD
from ansible_collections.officefleet.activation.plugins.module_utils.outcomes import Failure
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import (
    parse_error,
    parse_installation_id,
)
from ansible_collections.officefleet.activation.plugins.module_utils.status import as_data

NO_OBJECT = "no activation object"
_PLAIN = {
    ObjectKind.READ_ID: "read the installation ID",
    ObjectKind.CREATE: "make the activation object",
    ObjectKind.CONFIRM: "make the activation object by confirmation ID",
    ObjectKind.REMOVE: "remove the activation object",
}
_NOT_SEEN = (
    "The script reports success, but the list of activation objects does not show it.",
    "Look with ad_activation_object_info in some minutes (domain controllers replicate), then run again.",
)
_UNTOLD = (
    "The script reports no success and no error code.",
    "Run 'cscript slmgr.vbs /ao-list' on the host and look at its Application event log.",
)

Codes = dict[Operation, "str | None"]


def object_data(known: ActivationObject) -> dict[str, Any]:
    """An activation object as data. ``product`` is None for Windows and what is not known."""
    return {"product": label_of(known.activation_id), **as_data(known)}


def forest_status(reading: ForestReading) -> dict[str, Any]:
    """The forest, and the computer that looked at it, as data."""
    return {
        "os_version": reading.os_version,
        "elevated": reading.elevated,
        "activation_objects": [object_data(known) for known in reading.objects],
    }


def object_view(reading: ForestReading, desired: DesiredObject) -> dict[str, Any]:
    """What the task manages, as it was read."""
    found = objects_of(reading, desired)
    if not desired.present:
        return {"activation_objects": [_in_words(known) for known in found]}
    keys = ", ".join(f"activation object with key *{known.partial_product_key}" for known in found)
    return {desired.label: keys or NO_OBJECT}


def predicted_view(before: dict[str, Any], plan: Plan, desired: DesiredObject) -> dict[str, Any]:
    """What the plan leads to when all of it succeeds."""
    if not plan.operations:
        return before
    if desired.present:
        return {desired.label: f"activation object with key *{(desired.key or '')[-5:]}"}
    return {"activation_objects": []}


def _in_words(known: ActivationObject) -> str:
    return f"{known.name} ({label_of(known.activation_id) or 'Windows or other'}, key *{known.partial_product_key})"


def step_codes(batch: Sequence[Operation], texts: Sequence[str]) -> Codes:
    """The error code of each operation's step; None where it shows none."""
    return {operation: parse_error(text) for operation, text in zip(batch, texts, strict=False)}


def unconfirmed(sent: Iterable[Operation], plan: Plan, codes: Codes) -> list[Failure]:
    """What was sent, and what the plan made from what was read back still asks for."""
    return [_failure(operation, codes.get(operation)) for operation in sent if operation in plan.operations]


def _failure(operation: Operation, code: str | None) -> Failure:
    shown = None if code == CODE_NOT_TOLD else code
    cause, remedy = explain_in_a_forest(shown) if shown else _UNTOLD if code else _WITHOUT_CODE[operation.kind]
    return Failure(operation.target, f"Could not {_PLAIN[ObjectKind(operation.kind)]}: {cause}", remedy, shown)


_WITHOUT_CODE: dict[Any, tuple[str, str]] = {
    ObjectKind.READ_ID: _UNTOLD,
    ObjectKind.CREATE: _NOT_SEEN,
    ObjectKind.CONFIRM: _NOT_SEEN,
    ObjectKind.REMOVE: (
        "The script reports success, but the list of activation objects still shows it.",
        "Remove it with ADSI Edit, in the configuration partition below CN=Activation Objects,CN=Microsoft SPP.",
    ),
}


def telephone_lines(operation: Operation, text: str, desired: DesiredObject) -> list[dict[str, str | None]]:
    """What to read out to Microsoft, from the output of /ad-activation-get-iid; empty where there is none."""
    digits = parse_installation_id(text)
    if digits is None:
        return []
    return [
        {
            "product": operation.target,
            "activation_id": desired.activation_id,
            "installation_id": grouped_installation_id(digits, " "),
        }
    ]


def id_failure(operation: Operation, text: str) -> Failure:
    """Why there is no installation ID."""
    return _failure(operation, parse_error(text))


def client_lines(reading: ForestReading, desired: DesiredObject) -> list[str]:
    """What clients will experience, KMS beside Active Directory included."""
    found = objects_of(reading, desired)
    if desired.present:
        return _served(desired.label, found[0]) if found else []
    label = desired.label or "Products"
    same = [known for known in reading.objects if known.activation_id and known.activation_id == desired.activation_id]
    if same:
        return [f"{label}: clients are still activated by {', '.join(known.name for known in same)}."]
    return [
        f"{label}: clients that the removed object activated stay licensed until 180 days after their last renewal.",
        "At their next renewal (every 7 days) they find no activation object and ask a KMS host. See that one serves"
        " these versions and counts enough computers (kms_host_info, kms_discovery_info); the GVLK stays the same.",
    ]


def _served(label: str, known: ActivationObject) -> list[str]:
    return [
        f"{label}: domain members with Windows 8 / Server 2012 or later are activated by {known.name} when they ask"
        " next; no count has to be reached, and the key is the same GVLK as for KMS.",
        "Clients ask Active Directory first and then a KMS host. Keep the KMS host for Windows 7 / Server 2008 R2, for"
        " computers outside the forest and for versions without an activation object. Members that Active Directory"
        " activates no longer count there: it still needs 5 computers for Office, 25 for Windows clients.",
    ]


def in_one_line(lines: Iterable[dict[str, str | None]]) -> str:
    """What to do with the installation IDs, for a job log."""
    texts = [f"{line['product']}: installation ID {line['installation_id']}." for line in lines]
    steps = "Get the confirmation ID from Microsoft (slui.exe 4 shows its numbers), then run again with it."
    return re.sub(r"\s+", " ", " ".join([*texts, steps]))
