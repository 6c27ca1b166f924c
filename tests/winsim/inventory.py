# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible inventory of a simulated fleet."""

from __future__ import annotations

from typing import Any

from .connections import Keys
from .store import Store


def inventory(store: Store) -> dict[str, Any]:
    """An inventory, ready to be written as YAML. Raises LookupError when the fleet was never served."""
    address, credentials = store.setting("address"), store.setting("credentials")
    if not address:
        raise LookupError("this state file has no address yet: serve it first")
    hosts: dict[str, Any] = {}
    groups: dict[str, Any] = {}
    for name, machine in store.machines().items():
        hosts[name] = {**_connection(store, address, name, machine), **machine["variables"]}
        for group in machine["groups"]:
            groups.setdefault(group, {"hosts": {}})["hosts"][name] = {}
    connection = {
        "ansible_connection": "winrm",
        "ansible_host": address["host"],
        "ansible_port": address["port"],
        "ansible_winrm_scheme": "http",
        "ansible_winrm_transport": "basic",
        "ansible_user": credentials["user"],
        "ansible_password": credentials["password"],
    }
    return {"all": {"children": {"winsim": {"hosts": hosts, "vars": connection}, **groups}}}


def _connection(store: Store, address: dict[str, Any], name: str, machine: dict[str, Any]) -> dict[str, Any]:
    """The variables by which a host is reached in another way than the fleet; older state files know only HTTP."""
    keys = Keys(store.path)
    if machine.get("connection") == "ssh":
        options = f"-F none -o UserKnownHostsFile={keys.known_hosts} -o IdentitiesOnly=yes"
        return {
            "ansible_connection": "ssh",
            "ansible_shell_type": "powershell",
            "ansible_port": address["ssh"][name],
            "ansible_ssh_private_key_file": str(keys.client_key),
            "ansible_ssh_common_args": options,
            # That of the other hosts; with it, older releases of ansible-core ask for the program sshpass.
            "ansible_password": "",
        }
    variables = {"ansible_winrm_path": f"/wsman/{name}"}
    if machine.get("connection") == "https":
        variables |= {
            "ansible_winrm_scheme": "https",
            "ansible_port": address["https"][machine["certificate"]],
            "ansible_winrm_server_cert_validation": "validate",
            "ansible_winrm_ca_trust_path": str(keys.authority),
        }
    return variables
