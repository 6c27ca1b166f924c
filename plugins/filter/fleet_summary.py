# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter fleet_summary; documentation in plugins/filter/fleet_summary.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_summary import summary_lines
from ansible_collections.officefleet.activation.plugins.plugin_utils._host_results import host_values


def fleet_summary(hosts: list[str], hostvars: Mapping[str, Any], variable: str) -> list[str]:
    """Lines that group hosts by what came out, from the results registered in C(variable)."""
    return summary_lines(host_values(hosts, hostvars, variable))


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"fleet_summary": fleet_summary}
