# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter activation_plan_page; documentation in plugins/filter/activation_plan_page.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_report import plan_report
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import read_plan
from ansible_collections.officefleet.activation.plugins.plugin_utils._page import render_page


def activation_plan_page(plan: Mapping[str, Any]) -> str:
    """The plan as one HTML page."""
    return render_page(plan_report(read_plan(plan)))


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"activation_plan_page": activation_plan_page}
