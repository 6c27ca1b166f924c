# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One task of this collection on many simulated hosts at once, each with options of its own.

    answers = ask(fleet, "ospp_client", {"d01": {"kms_host": "kms01"}, "d02": {"dns_discovery": True}})
    assert answers["d01"].changed
    assert len(answers["d01"].commands) == 2

A run of ansible-playbook costs more than a host in it: put many scenarios into one fleet and one run.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from integration.winsim_server import FleetServer, PlaybookRun

Options = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a task gave on one host, and the command lines that it ran there."""

    result: dict[str, Any] = field(repr=False)
    commands: list[str] = field(repr=False)

    @property
    def changed(self) -> bool:
        """As the task reports it."""
        return bool(self.result["changed"])

    @property
    def failed(self) -> bool:
        """As the task reports it."""
        return bool(self.result.get("failed"))

    @property
    def message(self) -> str:
        """Why the task failed; nothing when it did not."""
        return str(self.result.get("msg", "no message")) if self.failed else ""

    @property
    def operations(self) -> list[str]:
        """The operations in words."""
        return self.result["operations"]

    @property
    def outcomes(self) -> dict[str, dict[str, Any]]:
        """The outcomes by product."""
        return {outcome["product"]: outcome for outcome in self.result["outcomes"]}

    @property
    def failures(self) -> dict[str | None, dict[str, Any]]:
        """The failures by product."""
        return {failure["product"]: failure for failure in self.result["failures"]}

    @property
    def licences(self) -> dict[str, dict[str, Any]]:
        """The licences of the status by the last five characters of their key."""
        return {one["partial_product_key"]: one for one in self.result["status"]["licences"]}


def alike(hosts: Iterable[str], **options: Any) -> dict[str, Options]:
    """The same options for several hosts."""
    return {host: dict(options) for host in hosts}


def ask(
    fleet: FleetServer,
    module: str,
    wishes: Mapping[str, Options],
    *arguments: str,
    check: bool = False,
    **settings: str,
) -> dict[str, Answer]:
    """Run one task with ``--diff`` on the hosts of ``wishes``. ``settings``: environment variables of Ansible."""
    before = {host: len(fleet.commands(host)) for host in wishes}
    options = ("--diff", *(("--check",) if check else ()), *arguments)
    run = fleet.play(playbook(module, wishes), *options, **settings)
    results = results_of(run, wishes)
    return {host: Answer(results[host], fleet.commands(host)[before[host] :]) for host in wishes}


def playbook(module: str, wishes: Mapping[str, Options]) -> str:
    """A playbook of one play and one task, in which every host has its own options. JSON is YAML as well."""
    names = {name: None for options in wishes.values() for name in options}
    task = {
        "name": "ask",
        f"officefleet.activation.{module}": {
            name: f"{{{{ wishes[inventory_hostname].{name} | default(omit) }}}}" for name in names
        },
    }
    play = {"hosts": ",".join(wishes), "gather_facts": False, "vars": {"wishes": dict(wishes)}, "tasks": [task]}
    return json.dumps([play])


def results_of(run: PlaybookRun, hosts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The results of the task; a host without one shows what Ansible printed instead."""
    results = run.results("ask")
    missing = set(hosts) - set(results)
    assert not missing, f"no result of {missing}:\n{run.stdout}\n{run.stderr}"
    return results


def licensing_state(fleet: FleetServer, host: str) -> dict[str, Any]:
    """The whole licensing state of a machine, without what moves or is worked out when it is looked at."""
    state = copy.deepcopy(fleet.state(host))
    for product in state["licensing"]["products"]:
        product.pop("OfflineInstallationId", None)
    for moving in ("looked_at", "next_attempt"):
        state["licensing"].pop(moving)
    return {name: state[name] for name in ("licensing", "files")}


def task(name: str, module: str, options: dict[str, Any] | None = None, **keywords: Any) -> dict[str, Any]:
    """A task as data; a module without dots is one of the collection. Keywords are those of tasks (register, ...)."""
    full = module if "." in module else f"officefleet.activation.{module}"
    return {"name": name, full: options or {}, **keywords}


def play(*tasks: dict[str, Any], hosts: str = "all", **keywords: Any) -> dict[str, Any]:
    """A play as data, without fact gathering."""
    return {"name": f"Play on {hosts}", "hosts": hosts, "gather_facts": False, "tasks": list(tasks), **keywords}


def plays_text(*plays: dict[str, Any]) -> str:
    """The text of a playbook of several plays, for FleetServer.play."""
    return json.dumps(list(plays), indent=1)
