# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of kms_host, kms_host_info and slmgr_status run as they stand, and return what their pages describe.

A task that uses the collection gets a host of its own, together with the tasks after it that do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from integration.kms_host_fleet import fleet_text, host_key
from integration.test_examples import PLUGINS, differences, failed, results
from integration.winsim_server import FleetServer, PlaybookRun
from winsim.microsoft import CONFIRMATION_ID_DIGITS, derived_digits, installation_id
from winsim.products import KMS_HOST_IDS

pytestmark = pytest.mark.one_core

PAGES = {
    "kms_host": PLUGINS / "modules" / "kms_host.yml",
    "kms_host_info": PLUGINS / "modules" / "kms_host_info.yml",
    "slmgr_status": PLUGINS / "filter" / "slmgr_status.yml",
}
LICENSED_2016 = {"channel": "kms_host", "version": 2016, "key": "AAAAA-BBBBB-CCCCC-DDDDD-LIC16", "state": "licensed"}
#: For examples that say of the host that it is a special one, by a part of their name.
SPECIAL_HOSTS = {"low priority on this server": {"windows_licence": False, "office": [LICENSED_2016]}}


@cache
def page(name: str) -> dict[str, Any]:
    return yaml.safe_load(PAGES[name].read_text(encoding="utf-8"))


def scenarios(name: str) -> dict[str, list[dict[str, Any]]]:
    """The tasks of the examples by host, those together that need each other."""
    found: list[list[dict[str, Any]]] = []
    for task in yaml.safe_load(page(name)["EXAMPLES"]):
        if not found or f"officefleet.activation.{name}" in task:
            found.append([])
        found[-1].append(task)
    return {f"{name.replace('_', '')[:11]}{number}": tasks for number, tasks in enumerate(found)}


HOSTS: dict[str, Any] = {
    host: next((values for words, values in SPECIAL_HOSTS.items() if words in tasks[0]["name"]), {})
    for name in PAGES
    for host, tasks in scenarios(name).items()
}


def secrets(host: str) -> dict[str, str]:
    """The vaulted variables of the examples, for a host."""
    key = host_key(HOSTS, host, 2021)
    digits = installation_id(host, KMS_HOST_IDS[2021])
    return {
        "vault_kms_host_key_2016": host_key(HOSTS, host, 2016),
        "vault_kms_host_key_2021": key,
        "vault_kms_host_confirmation_id": derived_digits(f"{digits} {key[-5:]}", CONFIRMATION_ID_DIGITS),
    }


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(fleet_text(HOSTS)) as running:
        yield running
        assert running.violations() == []


def run_examples(fleet: FleetServer, name: str) -> PlaybookRun:
    plays = [
        {"hosts": host, "gather_facts": False, "vars": secrets(host), "tasks": tasks}
        for host, tasks in scenarios(name).items()
    ]
    return fleet.play(yaml.safe_dump(plays, sort_keys=False), "--diff")


@pytest.mark.parametrize("name", PAGES)
def test_the_examples_run_as_they_stand(fleet: FleetServer, name: str) -> None:
    first, again = run_examples(fleet, name), run_examples(fleet, name)
    for run in (first, again):
        assert failed(run) == {}
        found = list(results(run, f"officefleet.activation.{name}"))
        assert len(found) == (len(scenarios(name)) if PAGES[name].parent.name == "modules" else 0)
        for result in found:
            assert list(differences(result, page(name)["RETURN"])) == []
    assert {host: stats["changed"] for host, stats in again.stats.items()} == dict.fromkeys(again.stats, 0)


def test_what_the_examples_of_kms_host_lead_to(fleet: FleetServer) -> None:
    run = run_examples(fleet, "kms_host")
    activated = {
        host: next(iter(run.results(tasks[0]["name"]).values()))["outcomes"][-1]["result"]
        for host, tasks in scenarios("kms_host").items()
    }
    assert list(activated.values()) == ["licensed", "licensed", "skipped", "licensed", "licensed"]
