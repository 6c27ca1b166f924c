# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of every module and filter run as they stand, and what they return is what the page describes.

A task that uses the collection gets a host of its own, together with the tasks after it that do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import ansible_collections.officefleet.activation as collection
import pytest
import yaml
from integration.winsim_server import FleetServer, PlaybookRun
from winsim.microsoft import CONFIRMATION_ID_DIGITS, derived_digits

PLUGINS = Path(next(iter(collection.__path__))) / "plugins"
PAGES = {path.stem: path for kind in ("modules", "filter") for path in sorted((PLUGINS / kind).glob("ospp_*.yml"))}

OFFICE_MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK21"
OLD_MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK13"
WORLD = f"""
clock: 2026-11-24T08:00:00Z
dns: {{corp.example: {{kms01: 127.10.12.31, _vlmcs: [{{host: kms01.corp.example}}]}}}}
kms_hosts: {{kms01.corp.example: {{address: 127.10.12.31, serves: [2013, 2021], count: 10}}}}
microsoft:
  maks:
    - {{key: {OFFICE_MAK}, office: 2021, family: proplus}}
    - {{key: {OLD_MAK}, office: 2013, family: proplus}}
"""
OFFICE_AND_VISIO: dict[str, Any] = {
    "domain": "corp.example",
    "office": [{"product": "proplus", "version": 2021}, {"product": "visio_pro", "version": 2021}],
}
WITH_MAK: dict[str, Any] = {
    "domain": "corp.example",
    "office": [{"product": "proplus", "version": 2021, "key": OFFICE_MAK}],
}
WINDOWS_7: dict[str, Any] = {
    "domain": "corp.example",
    "os": "Windows 7",
    "office": [
        {"product": "proplus", "version": 2013, "key": OLD_MAK, "state": "licensed"},
        {"product": "visio_pro", "version": 2013},
    ],
}
INHERITING: dict[str, Any] = {
    **OFFICE_AND_VISIO,
    "registry": {
        r"HKLM\SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform\KeyManagementServiceName": "image.corp.example"
    },
}
# Examples that say of the host that it is a special one, by a part of their name.
SPECIAL_HOSTS = {
    "on Windows 7": WINDOWS_7,
    "by the confirmation ID": WITH_MAK,
    "Go back from a MAK": WITH_MAK,
    "whatever the image had registered": INHERITING,
}


@cache
def page(name: str) -> dict[str, Any]:
    return yaml.safe_load(PAGES[name].read_text(encoding="utf-8"))


def scenarios(name: str) -> list[list[dict[str, Any]]]:
    """The tasks of the examples, those together that need each other."""
    found: list[list[dict[str, Any]]] = []
    for task in yaml.safe_load(page(name)["EXAMPLES"]):
        if not found or f"officefleet.activation.{name}" in task:
            found.append([])
        found[-1].append(task)
    return found


def host_of(name: str, number: int) -> str:
    return f"{name.replace('_', '-')}-{number}"


def host_for(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    special = (host for words, host in SPECIAL_HOSTS.items() if words in tasks[0]["name"])
    return next(special, OFFICE_AND_VISIO)


def confirmation_id(fleet: FleetServer, host: str) -> str:
    """What Microsoft gives for the MAK of a host, or something else for a host that has none."""
    try:
        mak = fleet.product(host, OFFICE_MAK[-5:])
    except LookupError:
        return "0" * CONFIRMATION_ID_DIGITS
    return derived_digits(f"{mak['OfflineInstallationId']} {OFFICE_MAK[-5:]}", CONFIRMATION_ID_DIGITS)


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    hosts = {host_of(name, number): host_for(tasks) for name in PAGES for number, tasks in enumerate(scenarios(name))}
    with FleetServer(f"{WORLD}\n{yaml.safe_dump({'hosts': hosts})}") as running:
        yield running


def run_examples(fleet: FleetServer, name: str) -> PlaybookRun:
    plays = []
    for number, tasks in enumerate(scenarios(name)):
        host = host_of(name, number)
        variables = {
            "vault_office_mak": OFFICE_MAK,
            "vault_officefleet_store": str(fleet.folder / "officefleet.sqlite"),
            "vault_office_confirmation_id": confirmation_id(fleet, host),
        }
        plays.append({"hosts": host, "gather_facts": False, "vars": variables, "tasks": tasks})
    return fleet.play(yaml.safe_dump(plays, sort_keys=False), "--diff")


def results(run: PlaybookRun, action: str) -> Iterator[dict[str, Any]]:
    for play in run.report["plays"]:
        for task in play["tasks"]:
            yield from (result for result in task["hosts"].values() if result["action"] == action)


def failed(run: PlaybookRun) -> dict[str, str]:
    """What failed, by host and task, for people; an empty run is a failure as well."""
    tasks = [
        (task["task"]["name"], *pair)
        for play in run.report["plays"]
        for task in play["tasks"]
        for pair in task["hosts"].items()
    ]
    bad = {
        f"{host}: {name}": str(result.get("msg"))
        for name, host, result in tasks
        if result.get("failed") or result.get("unreachable")
    }
    return bad or ({} if run.exit_code == 0 else {"ansible-playbook": run.stdout + run.stderr})


@pytest.mark.parametrize("name", PAGES)
def test_the_examples_run_as_they_stand(fleet: FleetServer, name: str) -> None:
    first = run_examples(fleet, name)
    assert failed(first) == {}
    assert len(first.stats) == len(scenarios(name))

    again = run_examples(fleet, name)
    assert failed(again) == {}
    assert {host: stats["changed"] for host, stats in again.stats.items()} == dict.fromkeys(again.stats, 0)

    for run in (first, again):
        found = list(results(run, f"officefleet.activation.{name}"))
        assert len(found) == (len(scenarios(name)) if PAGES[name].parent.name == "modules" else 0)
        for result in found:
            assert list(differences(result, page(name)["RETURN"])) == []


# -- results against RETURN -----------------------------------------------------------------------------------------

#: What Ansible itself, or a keyword such as until, puts into a result.
OF_ANSIBLE = {"_ansible_no_log", "action", "attempts", "warnings"}
TYPES = {"bool": bool, "dict": dict, "float": float, "int": int, "list": list, "str": str}


def differences(result: Mapping[str, Any], described: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """Where a result has a value that is not described, or one of another type, or lacks one that is always there."""
    yield from (f"{place}{name} is not there" for name in missing(result, described))
    for key, value in result.items():
        if key not in described:
            if place or key not in OF_ANSIBLE:
                yield f"{place}{key} is not described"
            continue
        kind = TYPES[described[key]["type"]]
        if value is not None and not isinstance(value, kind):
            yield f"{place}{key} is no {kind.__name__}: {value!r}"
        contains = described[key].get("contains")
        for item in value if isinstance(value, list) else [value]:
            if contains and isinstance(item, Mapping):
                yield from differences(item, contains, f"{place}{key}.")


def missing(value: Mapping[str, Any], contains: Mapping[str, Any]) -> list[str]:
    return [name for name, entry in contains.items() if entry["returned"] == "always" and name not in value]
