# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Facts of a simulated host, as the setup module of ansible.windows gives them (a selection)."""

from __future__ import annotations

import uuid
from typing import Any

from .machine import View

_PRODUCT_TYPES = {"1": "workstation", "2": "domain_controller", "3": "server"}


def gather(view: View, subset: list[str]) -> dict[str, Any]:
    """All facts, or just the head when ``subset`` excludes everything (``!all``)."""
    machine = view.machine
    facts: dict[str, Any] = {"gather_subset": subset, "module_setup": True}
    groups = {
        "distribution": _distribution(view),
        "platform": _platform(view),
        "env": {"ansible_env": _environment(view)},
        "date_time": {"ansible_date_time": _date_time(view)},
        "interfaces": _network(view),
        "powershell_version": {"ansible_powershell_version": 5},
        "memory": {"ansible_memtotal_mb": 8192, "ansible_memfree_mb": 4711, "ansible_swaptotal_mb": 0},
        "processor": {"ansible_processor_cores": 2, "ansible_processor_count": 1, "ansible_processor_vcpus": 2},
        "user": {
            "ansible_user_id": machine.user,
            "ansible_user_dir": rf"C:\Users\{machine.user}",
            "ansible_user_gecos": "",
        },
        "virtual": {"ansible_virtualization_role": "guest", "ansible_virtualization_type": "winsim"},
    }
    excluded = {name[1:] for name in subset if name.startswith("!")}
    wanted = {name for name in subset if not name.startswith("!")} - {"all", "min"}
    for name, values in groups.items():
        if (wanted and name in wanted) or (not wanted and not excluded & {name, "all"}):
            facts |= values
    return facts


def _distribution(view: View) -> dict[str, Any]:
    machine, record = view.machine, view.licensing.os
    server = record.get("ProductType", "1") != "1"
    return {
        "ansible_distribution": machine.caption if view.elevated else None,
        "ansible_distribution_version": record.get("Version", "10.0.19045") + ".0",
        "ansible_distribution_major_version": record.get("Version", "10").partition(".")[0],
        "ansible_os_family": "Windows",
        "ansible_os_name": machine.caption if view.elevated else None,
        "ansible_os_product_type": _PRODUCT_TYPES.get(record.get("ProductType", "1"), "unknown"),
        "ansible_os_installation_type": "Server" if server else "Client",
    }


def _platform(view: View) -> dict[str, Any]:
    machine = view.machine
    domain = machine.reach.get("domain") or ""
    host = machine.licensing.computer_name
    dns_domain = domain or machine.reach.get("dns_suffix") or ""
    return {
        "ansible_architecture": f"{machine.bits}-bit",
        "ansible_architecture2": "x86_64" if machine.bits == 64 else "i386",
        "ansible_hostname": host,
        "ansible_fqdn": f"{host}.{dns_domain}".rstrip("."),
        "ansible_nodename": f"{host}.{dns_domain}".rstrip("."),
        "ansible_netbios_name": host[:15].upper(),
        "ansible_domain": dns_domain,
        "ansible_windows_domain": domain or "WORKGROUP",
        "ansible_windows_domain_member": bool(domain),
        "ansible_windows_domain_role": "Member workstation" if domain else "Stand-alone workstation",
        "ansible_system": "Win32NT",
        "ansible_kernel": view.licensing.os.get("Version", "10.0.19045") + ".0",
        "ansible_machine_id": str(uuid.uuid5(uuid.NAMESPACE_DNS, machine.name)),
        "ansible_reboot_pending": False,
    }


def _environment(view: View) -> dict[str, str]:
    known = {name: value for name, value in view.variables().items() if value is not None}
    return known | {
        "COMPUTERNAME": view.licensing.computer_name,
        "USERNAME": view.machine.user,
        "USERPROFILE": rf"C:\Users\{view.machine.user}",
        "PROCESSOR_ARCHITECTURE": "AMD64" if view.machine.bits == 64 else "x86",
        "OS": "Windows_NT",
    }


def _date_time(view: View) -> dict[str, Any]:
    now = view.now()
    return {
        "date": now.strftime("%Y-%m-%d"),
        "day": now.strftime("%d"),
        "epoch": f"{now.timestamp():.5f}",
        "epoch_int": int(now.timestamp()),
        "hour": now.strftime("%H"),
        "iso8601": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "minute": now.strftime("%M"),
        "month": now.strftime("%m"),
        "second": now.strftime("%S"),
        "time": now.strftime("%H:%M:%S"),
        "tz": "UTC",
        "tz_offset": "+00:00",
        "weekday": now.strftime("%A"),
        "year": now.strftime("%Y"),
    }


def _network(view: View) -> dict[str, Any]:
    """An address that only the host itself believes in."""
    digest = uuid.uuid5(uuid.NAMESPACE_DNS, view.machine.name).bytes
    address = f"10.{digest[0]}.{digest[1]}.{digest[2] % 254 + 1}"
    return {
        "ansible_ip_addresses": [address],
        "ansible_interfaces": [
            {
                "connection_name": "Ethernet",
                "interface_name": "winsim adapter",
                "interface_index": 4,
                "ipv4": {"address": address, "prefix": "8"},
                "ipv6": [],
                "default_gateway": "10.0.0.1",
                "dns_domain": view.machine.reach.get("dns_suffix") or view.machine.reach.get("domain"),
                "macaddress": ":".join(f"{byte:02X}" for byte in b"\x02" + digest[3:8]),
                "mtu": 1500,
                "speed": 1000,
            }
        ],
    }
