# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter status_rows; documentation in plugins/filter/status_rows.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import fleet_summary
from ansible_collections.officefleet.activation.plugins.plugin_utils._host_results import host_values


def status_rows(
    hosts: list[str], hostvars: Mapping[str, Any], variable: str, windows_variable: str = ""
) -> list[dict[str, Any]]:
    """A row for each product, from the results of C(ospp_info) registered in C(variable), and for Windows from those of
    C(windows_activation_info) in C(windows_variable)."""
    of_windows = host_values(hosts, hostvars, windows_variable) if windows_variable else None
    return fleet_summary.status_rows(host_values(hosts, hostvars, variable), of_windows)


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"status_rows": status_rows}
