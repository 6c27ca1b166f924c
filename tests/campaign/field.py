# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet of a campaign: a machine for each case, and the playbook that runs each scenario on its machines."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml
from integration.playbook_run import play, plays_text
from integration.winsim_server import FleetServer

from campaign.cases import Case
from campaign.scenarios import FOREST, LICENCE_FILE, computer_name, confirmation_id, key_of

KMS = "kms01.corp.example"
_LICENCE = ("Name", "PartialProductKey", "LicenseStatus", "KeyManagementServiceMachine", "KeyManagementServicePort",
            "KeyManagementServiceLookupDomain", "VLActivationTypeEnabled")  # fmt: skip
#: The address of the KMS host of the fleet; no other test's.
ADDRESS = "127.10.77.11"


def fleet_text(cases: Sequence[Case], folder: str) -> str:
    """The fleet file."""
    hosts: dict[str, Any] = {}
    keys: list[dict[str, Any]] = []
    versions = itertools.cycle(FOREST)
    for case in cases:
        version = next(versions) if case.scenario.forest else FOREST[0]
        machine = {"computer_name": computer_name(case.host), **case.scenario.machine}
        if case.scenario.forest:
            machine |= {
                "os": "Windows Server 2022",
                "office": [{"channel": "kms_host", "version": version, "key": "none"}],
            }
        values = {
            "host_key": key_of(case.number),
            "confirmation_id": confirmation_id(case.host, case.number),
            "store": f"{folder}/{case.host}.sqlite",
            "licence_file": f"{folder}/host.xrm-ms",
            "office_version": str(version),
        }
        machine["vars"] = {**values, **machine.get("vars", {})}
        machine["groups"] = [case.scenario.name]
        if case.trouble is not None:
            machine["faults"] = case.trouble.at(case.step)
        hosts[case.host] = machine
        known = {"office": version, "channel": "kms_host"} if case.scenario.forest else case.scenario.key
        if known is not None:
            keys.append({"key": key_of(case.number), **known})
    fleet = {
        "clock": "2026-11-24T08:00:00Z",
        "dns": {"corp.example": {"kms01": ADDRESS, "_vlmcs": [{"host": KMS, "port": 1700}]}},
        "kms_hosts": {KMS: {"address": ADDRESS, "port": 1700, "serves": [2021], "count": 10,
                            "serves_windows": True, "windows_count": 40}},
        "forest": {"domain": "corp.example"},
        "microsoft": {"keys": keys},
        "defaults": {"domain": "corp.example", "office": [{"product": "proplus", "version": 2021}]},
        "hosts": hosts,
    }  # fmt: skip
    return yaml.safe_dump(fleet, sort_keys=False)


def playbook(cases: Iterable[Case]) -> str:
    """A play for each scenario that has a host."""
    scenarios = {case.scenario.name: case.scenario for case in cases}
    return plays_text(*(play(*one.tasks, hosts=name) for name, one in scenarios.items()))


def prepare(fleet: FleetServer) -> None:
    """Put files where the playbook looks for them."""
    (fleet.folder / "host.xrm-ms").write_text(LICENCE_FILE)


def state_of(machine: Mapping[str, Any], case: Case, world: Mapping[str, Any]) -> dict[str, Any]:
    """What a scenario may change, as text that two machines can be compared by; of a forest, whether it has the object
    that was made with the key of this host."""
    licensing = machine["licensing"]
    if case.scenario.forest:
        objects = [one for one in world["forest"]["objects"] if key_of(case.number)[-5:] in json.dumps(one)]
        return {"objects": len(objects), "files": sorted(path for path in machine["files"] if not _temporary(path))}
    kept = {
        "licences": [{name: one.get(name, "") for name in _LICENCE} for one in licensing["products"]],
        "registry": licensing["registry"],
        "start types": {one["Name"]: one.get("StartMode", "") for one in licensing["services"]},
        "files": sorted(path for path in machine["files"] if not _temporary(path)),
        "rules": machine["rules"],
        "vbscript": machine["vbscript"],
    }
    return json.loads(json.dumps(kept).replace(key_of(case.number)[-5:], "OWNED").replace(case.host, "HOST"))


def _temporary(path: str) -> bool:
    """A folder of Ansible's, and copies in the temporary folder that stay where a connection or a computer went away
    before they were removed: of slmgr.vbs, and of a licence file."""
    return bool(re.search(r"\\ansible-tmp-|\\officefleet([0-9a-f]{12}\.vbs|-host\.xrm-ms)$", path.lower()))
