# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of each module: a reading and what is wanted, to the operations that are still to be done.

Planning again on what was read back tells what was not achieved, and what can be done only now.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    ActivationRules,
    DesiredActivation,
    DesiredClient,
    DesiredKey,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Kind, Operation, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan_products import (
    KEY_MAY_BE_HIDDEN,
    ONLY_STATUS_FOR_2010,
    activation,
    ambiguous,
    find_products,
    install_key,
    keyed_products,
    may_hide_keys,
    needs_activation,
    plan_products,
    product_named,
    refuse_to_spend_mak,
    remove_leftovers,
    volume_products,
)
from ansible_collections.officefleet.activation.plugins.module_utils.plan_settings import plan_settings
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.products import gvlk, product_of_gvlk
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from ansible_collections.officefleet.activation.plugins.module_utils.status import Licence

#: A module's decision: what is still to do on a host that looks like this.
Planner = Callable[[Reading], Plan]

NOT_ELEVATED = Problem(
    "The account is not elevated on the host; licence settings can be changed by an elevated administrator only.",
    "Connect as a local administrator (UAC remote restrictions off, or a domain account), or use become with runas.",
)
SEVERAL_PRODUCTS = Problem(
    "Several Office products are installed, and the key does not tell which one it is for.",
    "Name the product (family or SKU ID) in the product option.",
)
PRODUCT_NOT_INSTALLED = Problem(
    "A key is wanted for a product that is not installed.",
    "Install the product first, or take the task out for this host.",
)
KEY_OF_ANOTHER_PRODUCT = Problem(
    "The key is the key of another product than the one it is wanted for, and is installed there.",
    "Name the product that the key is for, or remove the key with state: absent and give the right one.",
)
NO_PUBLIC_GVLK = Problem(
    "Microsoft's list has no public GVLK for the product.",
    "Give the product's own KMS client setup key in key.",
)
SUBSCRIPTION_KEY = Problem(
    "The key to remove belongs to a Microsoft 365 subscription, which is never touched.",
    "Remove it with the subscription's own tools, or take it out of last_five.",
)
ACTCID_TAKES_ALL = Problem(
    "On Windows 7 and Server 2008 R2 a confirmation ID goes to every keyed product, and there is more than one.",
    "Deposit it by hand, or remove the other keys first.",
)


def plan_client(reading: Reading, desired: DesiredClient) -> Plan:
    """The whole desired state of a host."""
    settings = plan_settings(reading, desired.settings)
    return _refusals(reading, settings + plan_products(reading, desired.products, desired.rules))


def plan_activation(reading: Reading, desired: DesiredActivation) -> Plan:
    """Activate the keyed products that need it; nothing is installed."""
    plan = Plan()
    confirmations = dict(desired.confirmations)
    for name in dict.fromkeys((*confirmations, *desired.products)):
        labels, part = find_products(reading, name)
        if part.needs_all_licences:
            part = Plan(skipped=((name, "no product key is installed"),))
        plan += part
        if name in confirmations and len(labels) > 1:
            plan += Plan(problems=((name, ambiguous(name, labels, "A confirmation ID")),))
            continue
        done = {operation.target for operation in plan.operations} | {label for label, _sku in plan.satisfied}
        for label in (label for label in labels if label not in done):
            plan += _activate(label, keyed_products(reading)[label], desired.rules, confirmations.get(name))
    deposits = [operation for operation in plan.operations if operation.kind is Kind.DEPOSIT]
    if reading.windows7 and deposits and len(keyed_products(reading)) > 1:
        plan += Plan(problems=(("", ACTCID_TAKES_ALL),))
    return _refusals(reading, plan + refuse_to_spend_mak(reading, plan, desired.rules))


def _activate(label: str, licences: list[Licence], rules: ActivationRules, confirmation: str | None) -> Plan:
    if confirmation is not None:
        return _deposit(label, [licence for licence in licences if licence.channel == "mak"], confirmation)
    needy = [licence for licence in licences if needs_activation(licence, rules)]
    if len(needy) < len(licences):
        right = next(licence for licence in licences if licence not in needy)
        return Plan(satisfied=((label, right.sku_id),))
    return Plan((activation(label, needy[0], needy[0].channel),))


def _deposit(label: str, maks: list[Licence], confirmation: str) -> Plan:
    if not maks:
        problem = Problem("A confirmation ID activates a MAK, and the product has none.", "Install its MAK first.")
        return Plan(problems=((label, problem),))
    if maks[0].licensed:
        return Plan(satisfied=((label, maks[0].sku_id),))
    return Plan((deposit(label, confirmation, maks[0].sku_id),))


def deposit(label: str, confirmation: str, sku_id: str, later: bool = False) -> Operation:
    """The operation that deposits a confirmation ID for the MAK of a product."""
    words = f"activate {label} by confirmation ID"
    return Operation(Kind.DEPOSIT, words, label, confirmation, later=later, sku_id=sku_id, channel="mak")


def plan_product_key(reading: Reading, desired: DesiredKey) -> Plan:
    """A key installed, other keys of its product removed (``exclusive``), or keys removed by their last five."""
    if desired.remove:
        return _refusals(reading, _plan_removal(reading, desired.remove))
    holder = _licence_with_key(reading, desired)
    elsewhere = holder is not None and not _is_meant(reading, holder, desired.product)
    if elsewhere:
        holder = None
    if holder is not None:
        label: str | None = holder.label
    else:
        label, blocked = _product_for_key(reading, desired)
        if blocked is not None:
            return blocked
    plan = Plan()
    if holder is None and may_hide_keys(reading):
        return Plan(problems=((label or "", KEY_MAY_BE_HIDDEN),))
    if holder is None:
        holder, plan = _install_on(reading, desired, label)
    if elsewhere:
        plan += Plan(problems=(("", KEY_OF_ANOTHER_PRODUCT),))
    if desired.exclusive and label is not None and not plan.problems:
        licences = keyed_products(reading).get(label, [])
        installed = next((item for item in plan.operations if item.kind is Kind.INSTALL_KEY), None)
        kept = holder.channel if holder else (installed.channel if installed else None)
        plan += remove_leftovers(
            reading, label, [item for item in licences if item.channel != kept], later=installed is not None
        )
    return _refusals(reading, plan)


def _licence_with_key(reading: Reading, desired: DesiredKey) -> Licence | None:
    """A key is recognised by its last five characters; the product that is meant comes first."""
    licences = reading.status.licences if desired.key else ()
    holders = [item for item in licences if item.partial_product_key == (desired.key or "")[-5:]]
    return next((item for item in holders if _is_meant(reading, item, desired.product)), next(iter(holders), None))


def _is_meant(reading: Reading, licence: Licence, name: str | None) -> bool:
    """Whether a licence belongs to the product of that name, which may be the SKU ID of its other licence."""
    if name is None:
        return True
    if not inputs.is_sku_id(name):
        return licence.product is not None and licence.product.family == name
    known = (*reading.status.licences, *(reading.installed or ()))
    labels = {item.label for item in known if item.sku_id == name}
    return not labels or licence.label in labels


def _install_on(reading: Reading, desired: DesiredKey, label: str | None) -> tuple[Licence | None, Plan]:
    """Without a key the product's public GVLK is meant, and any KMS client key that it has will do."""
    if desired.key is not None:
        channel = "kms_client" if product_of_gvlk(desired.key) else "mak"
        return None, Plan((install_key(label or "", desired.key, channel),), guesses=label is None)
    present = [item for item in keyed_products(reading).get(label or "", []) if item.channel == "kms_client"]
    if present:
        return present[0], Plan()
    product = product_named(reading, label or "")
    key = gvlk(product) if product else None
    if key is None:
        return None, Plan(problems=((label or "", NO_PUBLIC_GVLK),))
    return None, Plan((install_key(label or "", key, "kms_client"),))


def _product_for_key(reading: Reading, desired: DesiredKey) -> tuple[str | None, Plan | None]:
    """The product that takes the key, and the plan to return at once where that can't be told."""
    if desired.product is not None:
        labels, part = find_products(reading, desired.product)
        if part.problems or part.needs_all_licences:
            return None, part
        if len(labels) > 1:
            return None, Plan(problems=((desired.product, SEVERAL_PRODUCTS),))
        return (labels[0], None) if labels else (None, Plan(problems=((desired.product, PRODUCT_NOT_INSTALLED),)))
    product = product_of_gvlk(desired.key or "")
    keyed = keyed_products(reading)
    if product is None and len(keyed) > 1:
        return None, Plan(problems=(("", SEVERAL_PRODUCTS),))
    if product is not None or keyed:
        return (product.label if product else next(iter(keyed))), None
    installed = list(volume_products(reading.installed or ()))
    return (installed[0], None) if len(installed) == 1 else (None, None)


def _plan_removal(reading: Reading, last_fives: tuple[str, ...]) -> Plan:
    plan = Plan()
    for last_five in last_fives:
        holders = [item for item in reading.status.licences if item.partial_product_key == last_five]
        if any(item.channel == "subscription" for item in holders):
            plan += Plan(problems=(("", SUBSCRIPTION_KEY),))
        elif holders:
            plan += remove_leftovers(reading, holders[0].label, holders, later=False)
        elif not reading.status.complete and reading.problem is not None:
            plan += Plan(problems=(("", reading.problem),))
    return plan


def _refusals(reading: Reading, plan: Plan) -> Plan:
    """What forbids any change on this host."""
    if not plan.operations:
        return plan
    if reading.status.script_version == 14:
        return plan + Plan(problems=(("", ONLY_STATUS_FOR_2010),))
    if not reading.status.complete:
        operations = tuple(dataclasses.replace(operation, alone=True) for operation in plan.operations)
        plan = dataclasses.replace(plan, operations=operations)
    return plan if reading.status.elevated else plan + Plan(problems=(("", NOT_ELEVATED),))
