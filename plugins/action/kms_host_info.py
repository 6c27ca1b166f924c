# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a KMS host; documentation in plugins/modules/kms_host_info.yml."""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import PRODUCTS
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_outcomes import host_status
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import (
    HOST_ACTIVATION_IDS,
    WINDOWS,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._kms_host_run import read_kms_host
from ansible_collections.officefleet.activation.plugins.plugin_utils._office_action import OfficeAction
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import HostError, RemoteHost


class ActionModule(OfficeAction):
    """One command, nothing changed, in check mode too."""

    SPEC = {
        "argument_spec": {
            "products": {"type": "list", "elements": "str", "choices": PRODUCTS, "default": PRODUCTS},
            "installation_ids": {"type": "bool", "default": False},
        },
    }

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        names = dict.fromkeys(options["products"])
        asked = [name if name == WINDOWS else HOST_ACTIVATION_IDS[int(name)] for name in names]
        reading = read_kms_host(host, asked)
        if reading.problem is not None:
            raise HostError(reading.problem)
        return {"changed": False, "status": host_status(reading, options["installation_ids"])}
