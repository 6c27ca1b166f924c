# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter deploy_registry_values; documentation in plugins/filter/deploy_registry_values.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_options import read_image_settings
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_registry import registry_values
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError


def deploy_registry_values(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The values as options of ansible.windows.win_regedit. Raises AnsibleFilterError."""
    try:
        values = registry_values(read_image_settings(options))
    except InputError as error:
        raise AnsibleFilterError(f"deploy_registry_values: {error}") from error
    return [
        {
            "path": f"HKLM:\\{value.key}",
            "name": value.name,
            "type": "dword" if isinstance(value.data, int) else "string",
            "data": value.data,
        }
        for value in values
    ]


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"deploy_registry_values": deploy_registry_values}
