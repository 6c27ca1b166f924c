# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter activation_plan_inventory; documentation in plugins/filter/activation_plan_inventory.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_inventory import inventory_text
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import read_plan


def activation_plan_inventory(plan: Mapping[str, Any]) -> str:
    """The text of an inventory file with a group for each method."""
    return inventory_text(read_plan(plan))


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"activation_plan_inventory": activation_plan_inventory}
