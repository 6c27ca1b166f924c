# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which activations of a plan spend a MAK that has a budget, and what is left of the plan where no place is left."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

from ansible_collections.officefleet.activation.plugins.module_utils.desired import DesiredProduct
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import Place
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Kind, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan_products import keyed_products
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading

WINDOWS_7_TAKES_ALL = Problem(
    "On Windows 7 and Server 2008 R2 every product with a key is activated at once, and one of them has a MAK whose"
    " budget has no place for it.",
    "Give that MAK a larger budget, or remove it from this host (ospp_product_key state: absent).",
)


def used_up(place: Place) -> Problem:
    """The problem of a product whose MAK has no activation left in its budget."""
    return Problem(
        f"The budget of the MAK *{place.last_five} is used up: {place.budget} activations.",
        "Raise budget where the key has activations left at Microsoft, or give another key. Nothing was sent for it.",
    )


def places_needed(host: str, plan: Plan, reading: Reading, products: Iterable[DesiredProduct]) -> dict[str, Place]:
    """A place for each product that the plan would activate by a MAK with a budget, by the product's label."""
    budgets = {product.key or "": product.budget for product in products if product.budget is not None}
    to_install = {item.target: item.value for item in plan.operations if item.kind is Kind.INSTALL_KEY}
    needed = {}
    for operation in plan.operations:
        if operation.kind is not Kind.ACTIVATE or operation.channel != "mak":
            continue
        key = to_install.get(operation.target) or _installed(reading, operation.target, budgets)
        budget = budgets.get(key)
        if budget is not None:
            needed[operation.target] = Place(host, operation.target, key[-5:], budget, key)
    return needed


def _installed(reading: Reading, label: str, keys: Iterable[str]) -> str:
    """The key among ``keys`` that the product has installed already, by its last five characters."""
    installed = {item.partial_product_key for item in keyed_products(reading).get(label, ()) if item.channel == "mak"}
    return next((key for key in keys if key[-5:] in installed), "")


def without(plan: Plan, reading: Reading, refused: Mapping[str, Problem]) -> Plan:
    """The plan without the products that got no place; each is a problem of the plan instead."""
    if not refused:
        return plan
    problems = dict(refused)
    keyed = keyed_products(reading)
    blocked = any(item.channel == "mak" for label in refused for item in keyed.get(label, ()))
    if reading.windows7 and blocked:
        others = (item.target for item in plan.operations if item.kind is Kind.ACTIVATE and item.target not in refused)
        problems.update(dict.fromkeys(others, WINDOWS_7_TAKES_ALL))
    return dataclasses.replace(
        plan,
        operations=tuple(item for item in plan.operations if item.target not in problems),
        problems=(*plan.problems, *problems.items()),
    )
