# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a forest still needs: an activation object made or removed.

An object that is there is never made again: each time counts against the KMS host key. slmgr.vbs does not tell whether
there was one, so that the list is what decides.
"""

from __future__ import annotations

from enum import Enum

from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_desired import (
    DesiredObject,
    removable_dn,
)
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_reading import ForestReading
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_text import ActivationObject
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan import NOT_ELEVATED
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem


class ObjectKind(Enum):
    """What an operation does."""

    READ_ID = "read_id"
    CREATE = "create"
    CONFIRM = "confirm"
    REMOVE = "remove"


NO_HOST_LICENCE = Problem(
    "The KMS host licence of this Office version is not installed on this computer.",
    "Run that version's Volume License Pack on it, then run again. It makes the computer no KMS host.",
)
KEY_NEEDED = Problem(
    "The forest has no activation object for this product, and no key is given to make one.",
    "Give the KMS host key (CSVLK) from the Volume Licensing Service Center in key.",
)
NAME_TAKEN = Problem(
    "Another product has an activation object of this name, which would be replaced.",
    "Give the activation object another name, or none.",
)
NAME_UNSAFE = Problem(
    "The distinguished name of the activation object holds characters that no command line may carry.",
    "Remove it with ADSI Edit, in the configuration partition below CN=Activation Objects,CN=Microsoft SPP.",
)
WAITS_FOR_CONFIRMATION = "the activation object waits for a confirmation ID (telephone activation)"


def plan_object(reading: ForestReading, desired: DesiredObject) -> Plan:
    """The operations that bring the forest into its desired state."""
    plan = _plan_present(reading, desired) if desired.present else _plan_absent(reading, desired)
    wants = bool(plan.operations or plan.skipped)
    return plan + Plan(problems=(("", NOT_ELEVATED),)) if wants and not reading.elevated else plan


def objects_of(reading: ForestReading, desired: DesiredObject) -> list[ActivationObject]:
    """The objects that the task is about."""
    concerns = desired.is_met_by if desired.present else desired.is_to_go
    return [known for known in reading.objects if concerns(known)]


def id_to_read(plan: Plan, desired: DesiredObject) -> Operation | None:
    """The reading of the installation ID, where the object waits for its confirmation ID; it changes nothing."""
    if not plan.skipped or plan.problems:
        return None
    return Operation(ObjectKind.READ_ID, f"read the installation ID for {desired.label}", desired.label)


def _plan_present(reading: ForestReading, desired: DesiredObject) -> Plan:
    label = desired.label
    found = objects_of(reading, desired)
    if found:
        return Plan(satisfied=((label, found[0].activation_id or ""),), warnings=_differences(found, desired))
    if desired.key is None:
        return Plan(problems=((label, KEY_NEEDED),))
    if reading.host_licence is False:
        return Plan(problems=((label, NO_HOST_LICENCE),))
    if desired.name and any(known.is_called(desired.name) for known in reading.objects):
        return Plan(problems=((label, NAME_TAKEN),))
    if desired.confirmation_id is not None:
        words = f"make the activation object of {label} with the key *{desired.key[-5:]} by confirmation ID"
        return Plan((Operation(ObjectKind.CONFIRM, words, label),))
    if desired.activation == "telephone":
        return Plan(skipped=((label, WAITS_FOR_CONFIRMATION),))
    words = f"make the activation object of {label} with the key *{desired.key[-5:]}"
    return Plan((Operation(ObjectKind.CREATE, words, label),))


def _differences(found: list[ActivationObject], desired: DesiredObject) -> tuple[str, ...]:
    """An object that activates the product is left as it is; to make another would spend the key without need."""
    shown = ", ".join(known.name for known in found)
    hint = "It is left as it is, because it activates the product; to replace it, remove it first (state: absent)."
    warnings = []
    if desired.key and all(known.partial_product_key != desired.key[-5:] for known in found):
        warnings.append(f"The activation object {shown} was made with another key than *{desired.key[-5:]}. {hint}")
    if desired.name and not any(known.is_called(desired.name) for known in found):
        warnings.append(f"The activation object of {desired.label} is called {shown}, not {desired.name}. {hint}")
    return tuple(warnings)


def _plan_absent(reading: ForestReading, desired: DesiredObject) -> Plan:
    plan = Plan()
    for known in objects_of(reading, desired):
        dn = removable_dn(known)
        if dn is None:
            plan += Plan(problems=((known.name, NAME_UNSAFE),))
        else:
            words = f"remove the activation object {known.name}"
            plan += Plan((Operation(ObjectKind.REMOVE, words, known.name, dn),))
    return plan
