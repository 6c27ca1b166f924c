# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter slmgr_status: the text of slmgr.vbs /dlv to data; documentation in slmgr_status.yml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_text import (
    licence_data,
    parse_host_licences,
)
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import SlmgrTextError


def slmgr_status(text: Any) -> list[dict[str, Any]]:
    """The licences of a /dlv listing. Raises AnsibleFilterError for what is none."""
    if not isinstance(text, str):
        raise AnsibleFilterError("slmgr_status: a string is needed, such as the stdout of slmgr.vbs /dlv")
    try:
        return [licence_data(licence) for licence in parse_host_licences(text)]
    except SlmgrTextError as error:
        raise AnsibleFilterError(f"slmgr_status: {error}") from error


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Filter names to functions."""
        return {"slmgr_status": slmgr_status}
