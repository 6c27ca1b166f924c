# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter deploy_files; documentation in plugins/filter/deploy_files.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_files import deploy_files
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_options import read_deployment
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError


def files_data(options: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files without their texts. Raises AnsibleFilterError, which never holds a key."""
    try:
        files = deploy_files(read_deployment(options))
    except InputError as error:
        raise AnsibleFilterError(f"deploy_files: {error}") from error
    return [
        {
            "name": one.name,
            "mode": one.mode,
            "has_key": one.has_key,
            "products": [installation.family for installation in one.installations],
        }
        for one in files
    ]


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"deploy_files": files_data}
