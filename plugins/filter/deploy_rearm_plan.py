# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter deploy_rearm_plan; documentation in plugins/filter/deploy_rearm_plan.yml."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_rearm import plan_rearm
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError


def deploy_rearm_plan(status: Mapping[str, Any]) -> dict[str, Any]:
    """C(command) and C(obstacle), one of them None. Raises AnsibleFilterError for a path no command line may carry."""
    try:
        plan = plan_rearm(status, f"officefleet{uuid.uuid4().hex[:12]}")
    except InputError as error:
        raise AnsibleFilterError(f"deploy_rearm_plan: {error}") from error
    return {"command": plan.command, "obstacle": plan.obstacle.message if plan.obstacle else None}


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"deploy_rearm_plan": deploy_rearm_plan}
