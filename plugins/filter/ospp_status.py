# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ospp_status: the text of a listing to data; documentation in ospp_status.yml."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_text import (
    OsppTextError,
    listing_data,
    parse_listing,
)


def ospp_status(text: Any) -> dict[str, Any]:
    """C(complete) and C(licences) of a listing. Raises AnsibleFilterError for what is none."""
    if not isinstance(text, str):
        raise AnsibleFilterError("ospp_status: a string is needed, such as the stdout of ospp.vbs /dstatus")
    try:
        return listing_data(parse_listing(text))
    except OsppTextError as error:
        raise AnsibleFilterError(f"ospp_status: {error}") from error


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Filter names to functions."""
        return {"ospp_status": ospp_status}
