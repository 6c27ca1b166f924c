# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Computers for tests of the plan, with what a test is about and defaults for the rest."""

from __future__ import annotations

import dataclasses
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.method_plan import plan_fleet
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import (
    Circumstances,
    Computer,
    FleetPlan,
    HostPlan,
    InstalledProduct,
)

_CIRCUMSTANCES = {field.name for field in dataclasses.fields(Circumstances)}


def product(office: int = 2021, family: str | None = "proplus", **facts: Any) -> InstalledProduct:
    """A volume product, by default Professional Plus 2021 that nothing has activated."""
    label = f"Office {office} {family}" if family else "Office 21, Office21Something edition"
    sku_id = f"{office}0000-0000-0000-0000-{len(family or ''):012}"
    return InstalledProduct(label=label, sku_id=sku_id, office=office, family=family, **facts)


def computer(host: str = "pc", *products: InstalledProduct, **facts: Any) -> Computer:
    """A Windows 10 in the domain with Professional Plus 2021; ``facts`` are fields of Circumstances or Computer."""
    here = {name: facts.pop(name) for name in _CIRCUMSTANCES & set(facts)}
    known = {"os_version": "10.0.19045", "domain": True, "products": products or (product(),), "user_operations": True}
    return Computer(host, Circumstances(**here), **{**known, **facts})


def desks(number: int, **facts: Any) -> list[Computer]:
    """Computers that stay in the organisation's network."""
    return [computer(f"desk{index}", **facts) for index in range(1, number + 1)]


def planned(plan: FleetPlan, host: str = "pc") -> HostPlan:
    """The plan of one computer."""
    return next(entry for entry in plan.hosts if entry.host == host)


def plan_among(one: Computer, beside: int = 5) -> HostPlan:
    """The plan of a computer in a site with that many desks."""
    return planned(plan_fleet([one, *desks(beside)]), one.host)
