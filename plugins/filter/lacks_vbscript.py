# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter lacks_vbscript; documentation in plugins/filter/lacks_vbscript.yml."""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.vbscript_feature import lacks_vbscript


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"lacks_vbscript": lacks_vbscript}
