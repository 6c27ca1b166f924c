# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan as an inventory file: groups of computers by method, with the variables that C(site.yml) goes by.

Variables stand at groups only, so that whatever the organisation has in its group_vars and host_vars wins over them.
Keys are named by the vault variable that holds them. The same plan gives the same text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import (
    BY_MAK,
    PLANNED,
    FleetPlan,
    HostPlan,
    Method,
)

_HEAD = """---
# Written by officefleet.activation.plan, which writes it anew. What differs from the plan belongs into host_vars.
all:
  children:
    activation_planned:
      children:
"""
_UNPLANNED = """    activation_unplanned:
      vars:
        office_client_products: []
"""


def inventory_text(plan: FleetPlan) -> str:
    """The inventory file of a plan, to be given beside the inventory that the computers stand in."""
    lines: list[str] = []
    for method in PLANNED:
        hosts = [host for host in plan.hosts if host.method is method]
        group = f"activation_{method.value}"
        lines.append(f"        {group}:")
        lines += _mak_groups(group, hosts) if method in BY_MAK else _group_of_all(method, hosts)
    others = [host.host for host in plan.hosts if host.method not in PLANNED]
    return _HEAD + "\n".join(lines) + "\n" + _UNPLANNED + "\n".join(_hosts(others, 6)) + "\n"


def _group_of_all(method: Method, hosts: list[HostPlan]) -> list[str]:
    products = [
        "          vars:",
        "            office_client_products:",
        f"              - {{product: all, method: {method.value}}}",
    ]
    return products + _hosts([host.host for host in hosts], 10)


def _mak_groups(group: str, hosts: list[HostPlan]) -> list[str]:
    """A group below ``group`` for each set of products and keys."""
    sets: dict[tuple[tuple[str, str | None], ...], list[HostPlan]] = {}
    for host in hosts:
        sets.setdefault(tuple((one.product, one.key_variable) for one in host.products), []).append(host)
    if not sets:
        return ["          children: {}"]
    lines = ["          children:"]
    for members in sorted(sets.values(), key=lambda one: _set_name(one[0])):
        lines += [f"            {group}_{_set_name(members[0])}:", "              vars:"]
        lines += ["                office_client_products:", *_entries(members[0])]
        lines += _hosts([host.host for host in members], 14)
    return lines


def _set_name(host: HostPlan) -> str:
    """What is installed, as a part of a group's name; a product that keeps the MAK it has is told apart."""
    names = []
    for product in host.products:
        words = (product.key_variable or "").removeprefix("vault_mak_")
        kept = f"{product.product.replace('-', '_')}_{product.office}_kept"
        names.append(words or kept)
    return "_".join(names)


def _entries(host: HostPlan) -> list[str]:
    method = "mak" if host.method is Method.MAK else "mak_proxy"
    lines = []
    for product in host.products:
        name = json.dumps(product.product)
        key = f', key: "{{{{ {product.key_variable} }}}}"' if product.key_variable else ""
        lines.append(f"                  - {{product: {name}, method: {method}{key}}}")
    return lines


def _hosts(hosts: Iterable[str], indent: int) -> list[str]:
    """Names of hosts as keys of a mapping."""
    space = " " * indent
    names = [f"{space}  {_quoted(name)}:" for name in sorted(hosts)]
    return [f"{space}hosts:", *names] if names else [f"{space}hosts: {{}}"]


def _quoted(name: str) -> str:
    """A YAML text in double quotes, written as JSON writes it.

    What JSON leaves as it is, but can't be seen or is no YAML (a mark that turns the direction of writing, a control
    character of Latin-1), is written out.
    """
    text = json.dumps(name, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in text)
