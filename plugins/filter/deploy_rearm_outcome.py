# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter deploy_rearm_outcome; documentation in plugins/filter/deploy_rearm_outcome.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.deploy_rearm import judge_rearm


def deploy_rearm_outcome(result: Mapping[str, Any]) -> dict[str, Any]:
    """C(rearmed), C(rearms_left), C(code) and C(message) of the result of ansible.windows.win_command."""
    texts = [str(result.get(name) or "") for name in ("stdout", "stderr")]
    outcome = judge_rearm(int(result.get("rc", 1)), *texts)
    return {
        "rearmed": outcome.rearmed,
        "rearms_left": outcome.rearms_left,
        "code": outcome.problem.code if outcome.problem else None,
        "message": outcome.problem.message if outcome.problem else "Office is rearmed. Capture the image now.",
    }


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"deploy_rearm_outcome": deploy_rearm_outcome}
