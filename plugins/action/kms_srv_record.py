# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SRV records of KMS hosts; documentation in plugins/modules/kms_srv_record.yml."""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.dns_access import (
    ALGORITHMS,
    DNS_PORT,
    read_access,
)
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import DEFAULT_KMS_PORT
from ansible_collections.officefleet.activation.plugins.module_utils.srv_records import read_desired
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import OfficeAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import RemoteHost
from ansible_collections.officefleet.activation.plugins.plugin_utils._srv_record_run import SrvRecordRun

RECORD: dict[str, Any] = {
    "target": {"type": "str", "required": True},
    "port": {"type": "int", "default": DEFAULT_KMS_PORT},
    "priority": {"type": "int", "default": 0},
    "weight": {"type": "int", "default": 0},
    "addresses": {"type": "list", "elements": "str", "default": []},
}
TSIG: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "secret": {"type": "str", "required": True, "no_log": True},
    "algorithm": {"type": "str", "choices": list(ALGORITHMS), "default": "hmac-sha256"},
}


class ActionModule(OfficeAction):
    """Published from the controller by dynamic update; the host of the task is not connected to."""

    _requires_connection = False
    SPEC = {
        "argument_spec": {
            "domain": {"type": "str", "required": True},
            "records": {"type": "list", "elements": "dict", "required": True, "options": RECORD},
            "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
            "ttl": {"type": "int"},
            "zone": {"type": "str"},
            "server": {"type": "str"},
            "port": {"type": "int", "default": DNS_PORT},
            "timeout": {"type": "int", "default": 10},
            "tsig": {"type": "dict", "options": TSIG},
            "kerberos": {"type": "bool", "default": False},
        },
    }

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        desired = read_desired(options)
        access = read_access(options, desired.owner)
        return SrvRecordRun(desired, access).run(self._task.check_mode)
