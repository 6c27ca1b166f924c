# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter activation_plan_lines; documentation in plugins/filter/activation_plan_lines.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_report import plan_report
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import read_plan
from ansible_collections.officefleet.activation.plugins.module_utils.report_text import text_lines

#: A fleet of this size is shown host by host; of a larger one the file and the plan itself tell each host.
_MOST_ROWS = 200


def activation_plan_lines(plan: Mapping[str, Any]) -> list[str]:
    """The plan as lines of a job log."""
    return text_lines(plan_report(read_plan(plan)), _MOST_ROWS)


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"activation_plan_lines": activation_plan_lines}
