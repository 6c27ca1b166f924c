# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible inventory of a simulated fleet."""

from __future__ import annotations

from typing import Any

from .store import Store


def inventory(store: Store) -> dict[str, Any]:
    """An inventory, ready to be written as YAML. Raises LookupError when the fleet was never served."""
    address, credentials = store.setting("address"), store.setting("credentials")
    if not address:
        raise LookupError("this state file has no address yet: serve it first")
    hosts, groups = {}, {}
    for name, machine in store.machines().items():
        hosts[name] = {"ansible_winrm_path": f"/wsman/{name}", **machine["variables"]}
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
