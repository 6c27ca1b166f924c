# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter activation_plan; documentation in plugins/filter/activation_plan.yml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible.errors import AnsibleError, AnsibleFilterError
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan import plan_fleet
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_facts import (
    PREFIX,
    VARIABLES,
    read_computer,
)
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import Computer, plan_data

_PRODUCTS = "office_client_products"
_MAPPED = "activation_planned"
_BAD_VALUES_SHOWN = 20


def activation_plan(hosts: Iterable[str], hostvars: Mapping[str, Any], variable: str) -> dict[str, Any]:
    """The plan of the hosts. Raises AnsibleFilterError that lists the bad values of all of them."""
    computers, bad = [], []
    for host in hosts:
        try:
            computers.append(_computer(host, hostvars[host], variable))
        except InputError as error:
            bad.append(f"{host}: {error}")
    if bad:
        more = len(bad) - _BAD_VALUES_SHOWN
        shown = bad[:_BAD_VALUES_SHOWN] + ([f"and {more} more"] if more > 0 else [])
        raise AnsibleFilterError("activation_plan: " + "; ".join(shown))
    return plan_data(plan_fleet(computers))


def _computer(host: str, variables: Mapping[str, Any], variable: str) -> Computer:
    # Whether a host has products of its own is told without working their keys out. Those of an earlier plan are none.
    described = _PRODUCTS in variables and _MAPPED not in variables.get("group_names", [])
    return read_computer(
        host,
        {name: _value(variables, f"{PREFIX}{name}") for name in VARIABLES},
        variables.get(variable),
        variables.get("ansible_facts") or {},
        described,
    )


def _value(variables: Mapping[str, Any], name: str) -> Any:
    """The value of a host's variable. Raises InputError where it can't be worked out."""
    try:
        return variables.get(name)
    except AnsibleError as error:
        raise InputError(name, f"its value can't be worked out: {error}") from error


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"activation_plan": activation_plan}
