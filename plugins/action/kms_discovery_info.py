# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What KMS clients find in DNS; documentation in plugins/modules/kms_discovery_info.yml."""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.discovery import (
    find_problems,
    problem_data,
    read_domains,
    record_data,
)
from ansible_collections.officefleet.activation.plugins.module_utils.dns_access import DNS_PORT, read_access
from ansible_collections.officefleet.activation.plugins.plugin_utils._dns_discovery import Discovery
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import OfficeAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import RemoteHost


class ActionModule(OfficeAction):
    """Looked up from the controller; no host is connected to but those found, on their KMS port."""

    _requires_connection = False
    SPEC = {
        "argument_spec": {
            "domains": {"type": "list", "elements": "str", "required": True},
            "server": {"type": "str"},
            "port": {"type": "int", "default": DNS_PORT},
            "check_port": {"type": "bool", "default": True},
            "timeout": {"type": "int", "default": 5},
        },
    }

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        domains = read_domains(options["domains"])
        discovery = Discovery(read_access(options), options["check_port"])
        found = [discovery.look_up(domain) for domain in domains]
        return {
            "changed": False,
            "records": [record for one in found for record in record_data(one)],
            "problems": [problem_data(problem) for one in found for problem in find_problems(one)],
        }
