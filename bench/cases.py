# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compared: four playbooks on hosts that are right already."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

KMS_HOST = "127.10.60.11"
SPP = r"HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
OSPP = r'cscript.exe //Nologo "C:\Program Files\Microsoft Office\Office16\OSPP.VBS"'
COMMAND = "ansible.windows.win_command"


@dataclass(frozen=True)
class Case:
    """One playbook: the tasks of its only play, or its name."""

    letter: str
    title: str
    tasks: tuple[dict[str, Any], ...] = ()
    playbook: str = ""
    may_change: bool = False

    def text(self) -> str:
        """The playbook of the tasks. JSON is YAML as well."""
        return json.dumps([{"name": self.title, "hosts": "all", "gather_facts": False, "tasks": list(self.tasks)}])


def _task(name: str, module: str, options: dict[str, Any] | str) -> dict[str, Any]:
    return {"name": name, module: options}


A = Case(
    "A",
    "ospp_client",
    (
        _task(
            "Bring Office into the described state",
            "officefleet.activation.ospp_client",
            {"kms_host": KMS_HOST, "kms_port": 1688, "products": [{"method": "kms"}]},
        ),
    ),
)
B = Case("B", "win_command that does nothing", (_task("Do nothing", COMMAND, "cmd.exe /c exit 0"),), may_change=True)
C = Case(
    "C",
    "five hand-written tasks",
    (
        _task("Set the KMS host", COMMAND, f"{OSPP} /sethst:{KMS_HOST}"),
        _task("Set the port", COMMAND, f"{OSPP} /setprt:1688"),
        _task("Activate", COMMAND, f"{OSPP} /act"),
        _task("Show the status", COMMAND, f"{OSPP} /dstatus"),
        _task("Read the registry", "ansible.windows.win_reg_stat", {"path": SPP, "name": "UserOperations"}),
    ),
    may_change=True,
)
D = Case("D", "site.yml", playbook="officefleet.activation.site")
CASES = (A, B, C, D)


def fleet_text(hosts: int) -> str:
    """The fleet file: hosts that a KMS host has activated, and whose settings are those that A and D ask for."""
    kms = {"host": KMS_HOST, "port": 1688}
    office = {"product": "proplus", "version": 2021, "state": "licensed", "kms_override": kms}
    fleet = {
        "kms_hosts": {"kms01.corp.example": {"address": KMS_HOST, "port": 1688, "serves": [2021], "count": 50}},
        "defaults": {
            "office": [office],
            "vars": {"office_client_kms_host": KMS_HOST, "office_client_kms_port": 1688},
        },
        "hosts": {f"pc[0001:{hosts:04}]": None},
    }
    return json.dumps(fleet)
