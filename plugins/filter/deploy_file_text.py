# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter deploy_file_text; documentation in plugins/filter/deploy_file_text.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_files import file_text
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_options import read_deployment
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError


def deploy_file_text(options: Mapping[str, Any], name: str) -> str:
    """The text of one file. Raises AnsibleFilterError, which never holds a key."""
    try:
        return file_text(read_deployment(options), name)
    except InputError as error:
        raise AnsibleFilterError(f"deploy_file_text: {error}") from error


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"deploy_file_text": deploy_file_text}
