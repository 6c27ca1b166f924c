# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and activation of products: what differs from the desired state, product by product.

A licensed MAK product is never activated again, since that would spend a count. Subscription and retail
licences are shown and never touched. Nothing is concluded from what an incomplete listing lacks.
"""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    ActivationRules,
    DesiredProduct,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Kind, Operation, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.problems import ENDED_EARLY, Problem
from ansible_collections.officefleet.activation.plugins.module_utils.products import (
    APPLICATION_OF_FAMILY,
    SUITES,
    Product,
    gvlk,
)
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from ansible_collections.officefleet.activation.plugins.module_utils.status import Licence

VOLUME_CHANNELS = ("kms_client", "mak")
MINUTES_A_DAY = 1440
NO_VOLUME_PRODUCT = "no volume product is installed on this host"
NOT_INSTALLED = "the product is not installed on this host"
WAITS_FOR_CONFIRMATION = "the MAK is installed and waits for a confirmation ID (method mak_proxy)"

MAK_WOULD_BE_SPENT = Problem(
    "A licensed MAK product would be activated again and spend a count: on Windows 7 and Server 2008 R2 ospp.vbs /act"
    " is the only way to activate, and it takes every product.",
    "Activate the other product by hand, or set allow_mak_reactivation: true to spend the count.",
)
KEY_MAY_BE_HIDDEN = Problem(
    "The licence listing ended early: the wanted key may be installed already, and is not installed a second time.",
    "Remove the key of the product that is listed last with ospp_product_key (state: absent), or activate that"
    " product, then run again.",
)
MAK_MAY_BE_HIDDEN = Problem(
    "The licence listing ended early and may hide a licensed MAK, whose count would be spent: on Windows 7 and Server"
    " 2008 R2 ospp.vbs /act is the only way to activate, and it takes every product.",
    "Set allow_mak_reactivation: true where no MAK is in use, or activate by hand; then the listing is whole again.",
)
AD_NEEDS_WINDOWS_8 = Problem(
    "Active Directory-based activation needs Windows 8 or Server 2012 and later.",
    "Use method kms or mak for this host.",
)
ONLY_STATUS_FOR_2010 = Problem(
    "Only Office 2010 is installed: its status can be read, changing it is not supported.",
    "Upgrade Office; Office 2010 is out of support.",
)


def volume_products(licences: Iterable[Licence]) -> dict[str, list[Licence]]:
    """The volume licences of Office 2013 and later by the label of their product."""
    products: dict[str, list[Licence]] = {}
    for licence in licences:
        if licence.channel in VOLUME_CHANNELS and licence.office != 2010:
            products.setdefault(licence.label, []).append(licence)
    return products


def keyed_products(reading: Reading) -> dict[str, list[Licence]]:
    """The products with a volume key, by label."""
    return volume_products(licence for licence in reading.status.licences if licence.partial_product_key)


def may_hide_keys(reading: Reading) -> bool:
    """Whether the listing ended early, so that a key which it does not show may be installed all the same."""
    return not reading.status.complete and reading.problem is not None


def plan_products(reading: Reading, desired: tuple[DesiredProduct, ...], rules: ActivationRules) -> Plan:
    """The operations for all desired products. A product named by itself is not touched by C(all)."""
    plan = Plan()
    taken: set[str] = set()
    for entry in sorted(desired, key=lambda item: item.product == "all"):
        labels, part = find_products(reading, entry.product)
        plan += part
        labels = [label for label in labels if label not in taken]
        taken.update(labels)
        if entry.key and len(labels) > 1 and entry.product != "all":
            labels = _only_the_one(reading, entry, labels)
        if entry.key and len(labels) > 1:
            plan += Plan(problems=(("", ambiguous(entry.product, labels, "A key")),))
            continue
        for label in labels:
            plan += _plan_product(reading, label, entry, rules)
    return plan + refuse_to_spend_mak(reading, plan, rules)


def _only_the_one(reading: Reading, entry: DesiredProduct, labels: list[str]) -> list[str]:
    """Of several versions the one that has the key already."""
    last_five = (entry.key or "")[-5:]
    keyed = keyed_products(reading)
    having = [label for label in labels if any(item.partial_product_key == last_five for item in keyed.get(label, ()))]
    return having or labels


def ambiguous(name: str, labels: list[str], what: str) -> Problem:
    """A key or a confirmation ID is given for a name that means several installed products."""
    return Problem(
        f"{what} fits one product only, but several installed products match.",
        f"{name} matches {', '.join(sorted(labels))}: name it by the SKU ID of its licence (see ospp_info).",
    )


def find_products(reading: Reading, name: str) -> tuple[list[str], Plan]:
    """The labels of the installed products that a name means, and a plan part that says what is in the way."""
    keyed = keyed_products(reading)
    labels = [label for label, licences in keyed.items() if _matches(licences, name)]
    if labels:
        return sorted(labels), Plan()
    if may_hide_keys(reading):
        return [], Plan(problems=((name, ENDED_EARLY),))
    if not _may_be_without_key(reading, name):
        return [], Plan(skipped=((name, NO_VOLUME_PRODUCT if name == "all" else NOT_INSTALLED),))
    if reading.installed is None:
        return [], Plan(needs_all_licences=True)
    matching = {
        label: licences[0].product
        for label, licences in volume_products(reading.installed).items()
        if _matches(licences, name) and licences[0].product
    }
    newest = _newest_of_each_family(matching)
    if not newest and reading.problem is not None:
        return [], Plan(problems=((name, ENDED_EARLY),))
    return newest, Plan() if newest else Plan(skipped=((name, NOT_INSTALLED),))


def _matches(licences: list[Licence], name: str) -> bool:
    if name == "all":
        return True
    if inputs.is_sku_id(name):
        return any(licence.sku_id == name for licence in licences)
    return any(licence.product is not None and licence.product.family == name for licence in licences)


def _newest_of_each_family(products: dict[str, Product]) -> list[str]:
    """Without any key only the newest version of a family counts: an upgrade leaves older licences behind."""
    newest: dict[str, tuple[Product, str]] = {}
    for label, product in products.items():
        if product.family not in newest or newest[product.family][0] < product:
            newest[product.family] = (product, label)
    return sorted(label for _product, label in newest.values())


def _may_be_without_key(reading: Reading, name: str) -> bool:
    """Whether a product that shows no key can be installed all the same, judged without a second look."""
    keyed = [licence for licence in reading.status.licences if licence.partial_product_key]
    families = {licence.product.family for licence in keyed if licence.product}
    if name == "all":
        return not keyed
    if name in APPLICATION_OF_FAMILY:
        application = APPLICATION_OF_FAMILY[name]
        explained = any(APPLICATION_OF_FAMILY.get(family) == application for family in families)
        return application in reading.applications and not explained
    if inputs.is_sku_id(name):
        return True
    # A suite that is there explains the programs of single applications, and no second suite stands beside it.
    has_suite = bool(families & SUITES) or any(licence.product is None for licence in keyed)
    return not has_suite


def _plan_product(reading: Reading, label: str, entry: DesiredProduct, rules: ActivationRules) -> Plan:
    licences = keyed_products(reading).get(label, [])
    if entry.method == "ad" and reading.windows7:
        return Plan(problems=((label, AD_NEEDS_WINDOWS_8),))
    right = [licence for licence in licences if licence.channel == entry.channel and _has_key(licence, entry.key)]
    leftovers = [licence for licence in licences if licence.channel != entry.channel]
    key = _plan_key(reading, label, entry, bool(right))
    if key.problems:
        return key
    if not right and may_hide_keys(reading):
        # An error of the leftover key ends the listing: without it, reading back shows whether the new one is in.
        if entry.channel == "mak" or not leftovers or any(licence.licensed for licence in leftovers):
            return Plan(problems=((label, KEY_MAY_BE_HIDDEN),))
        plan = remove_leftovers(reading, label, leftovers, later=False) + key
    else:
        plan = key + remove_leftovers(reading, label, leftovers, later=not right)
    return plan + _plan_activation_of(label, entry, right, rules)


def _has_key(licence: Licence, key: str | None) -> bool:
    return key is None or licence.partial_product_key == key[-5:]


def _plan_key(reading: Reading, label: str, entry: DesiredProduct, present: bool) -> Plan:
    if present:
        return Plan()
    product = product_named(reading, label)
    key = entry.key or (gvlk(product) if product and entry.channel == "kms_client" else None)
    if key is None:
        return Plan(problems=((label, _key_needed(entry.channel)),))
    return Plan((install_key(label, key, entry.channel),))


def product_named(reading: Reading, label: str) -> Product | None:
    """The product behind a label, from any licence that the host showed."""
    licences = (*reading.status.licences, *(reading.installed or ()))
    return next((licence.product for licence in licences if licence.label == label), None)


def _key_needed(channel: str) -> Problem:
    if channel == "mak":
        return Problem("The product has no MAK, and none was given.", "Give the product's MAK in key.")
    return Problem(
        "The product has no KMS client key, and Microsoft's list has no public GVLK for it.",
        "Give the product's KMS client setup key (GVLK) in key.",
    )


def install_key(label: str, key: str, channel: str | None) -> Operation:
    """The operation that installs a key; its words show the last five characters."""
    words = f"install the key *{key[-5:]} on {label or 'the product it fits'}"
    return Operation(Kind.INSTALL_KEY, words, label, key, channel=channel)


def remove_leftovers(reading: Reading, label: str, leftovers: list[Licence], later: bool) -> Plan:
    """Remove other volume keys of a product. /unpkey takes the first key that ends alike, so that must be unique."""
    operations, warnings = [], []
    endings = [licence.partial_product_key for licence in reading.status.licences]
    for licence in leftovers:
        last_five = licence.partial_product_key or ""
        if endings.count(last_five) > 1:
            warnings.append(f"The key *{last_five} of {label} was not removed: another key ends alike.")
            continue
        words = f"remove the key *{last_five} of {label}"
        operations.append(Operation(Kind.REMOVE_KEY, words, label, last_five, later=later, sku_id=licence.sku_id))
    return Plan(tuple(operations), warnings=tuple(warnings))


def _plan_activation_of(label: str, entry: DesiredProduct, right: list[Licence], rules: ActivationRules) -> Plan:
    if right and not needs_activation(right[0], rules):
        return Plan(satisfied=((label, right[0].sku_id),))
    if entry.method == "mak_proxy":
        return Plan(skipped=((label, WAITS_FOR_CONFIRMATION),))
    if not rules.activate:
        return Plan(skipped=((label, "activate: false"),))
    return Plan((activation(label, right[0] if right else None, entry.channel, later=not right),))


def activation(label: str, licence: Licence | None, channel: str, later: bool = False) -> Operation:
    """The operation that activates a product through its KMS client or MAK licence."""
    renewing = licence is not None and licence.licensed
    words = f"{'renew the activation of' if renewing else 'activate'} {label} ({channel})"
    sku_id = licence.sku_id if licence else None
    return Operation(Kind.ACTIVATE, words, label, later=later, sku_id=sku_id, channel=channel)


def needs_activation(licence: Licence, rules: ActivationRules) -> bool:
    """Not licensed, or a KMS/AD activation with less grace left than asked for. Never a licensed MAK."""
    return not licence.licensed or renewal_due(licence, rules)


def renewal_due(licence: Licence, rules: ActivationRules) -> bool:
    """A licensed KMS/AD product whose activation lapses within the days asked for."""
    if rules.renew_below_days is None or licence.channel != "kms_client" or licence.grace_minutes is None:
        return False
    return licence.licensed and licence.grace_minutes < rules.renew_below_days * MINUTES_A_DAY


def refuse_to_spend_mak(reading: Reading, plan: Plan, rules: ActivationRules) -> Plan:
    """On Windows 7 /act takes every product: refuse where that would spend a count of a licensed MAK."""
    if not reading.windows7 or rules.allow_mak_reactivation:
        return Plan()
    removed = {operation.sku_id for operation in plan.operations if operation.kind is Kind.REMOVE_KEY}
    activated = {operation.target for operation in plan.operations if operation.kind is Kind.ACTIVATE}
    replaced = {operation.target for operation in plan.operations if operation.kind is Kind.INSTALL_KEY}
    spent = [
        licence
        for licence in reading.status.licences
        if licence.channel == "mak"
        and licence.licensed
        and licence.sku_id not in removed
        and licence.label not in replaced
    ]
    if not activated or not (spent or not reading.status.complete):
        return Plan()
    return Plan(problems=(("", MAK_WOULD_BE_SPENT if spent else MAK_MAY_BE_HIDDEN),))
