# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter named_kms_hosts; documentation in plugins/filter/named_kms_hosts.yml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import DEFAULT_KMS_PORT
from ansible_collections.officefleet.activation.plugins.plugin_utils._host_results import host_values


def named_kms_hosts(hosts: list[str], hostvars: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The distinct KMS hosts and ports that the variables of hosts name."""
    names = host_values(hosts, hostvars, "office_client_kms_host")
    ports = host_values(hosts, hostvars, "office_client_kms_port")
    found = {(str(name), _port(host, ports[host])): None for host, name in names.items() if name}
    return [{"host": name, "port": port} for name, port in found]


def _port(host: str, value: Any) -> int:
    try:
        return int(value or DEFAULT_KMS_PORT)
    except (TypeError, ValueError):
        # Of thousands of hosts the one with the wrong variable has to be named.
        raise AnsibleFilterError(f"named_kms_hosts: {host}: office_client_kms_port has to be a number") from None


class FilterModule:
    """Ansible's entry point."""

    def filters(self) -> dict[str, Any]:
        """The filters of this file."""
        return {"named_kms_hosts": named_kms_hosts}
