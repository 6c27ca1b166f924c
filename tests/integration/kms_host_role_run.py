# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role kms_host on simulated servers, each with variables of its own, as an inventory gives them.

run = run_role(fleet, {"kms01.corp.example": {"kms_host_products": [...]}})
assert run.summary("kms01.corp.example")[0].startswith("Office 2021: 0 of 5")
assert run.calls["kms01.corp.example"] == 3
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from integration.playbook_run import plays_text
from integration.winsim_server import FleetServer, PlaybookRun

ROLE = "officefleet.activation.kms_host"
PLAYBOOK = f"- import_playbook: {ROLE}\n"
SUMMARY = "Say what clients will experience"
PLAY = plays_text({"name": "KMS hosts", "hosts": "wished", "gather_facts": False, "roles": [{"role": ROLE}]})


@dataclass(frozen=True)
class RoleRun:
    """What a run of the role gave. ``calls``: modules that Ansible ran on each host (its own steps not counted)."""

    run: PlaybookRun = field(repr=False)
    calls: Mapping[str, int]

    def results(self, host: str) -> list[tuple[str, dict[str, Any]]]:
        """The results of a host in order, with the names of their tasks."""
        return [
            (task["task"]["name"].removeprefix(f"{ROLE} : "), task["hosts"][host])
            for play in self.run.report["plays"]
            for task in play["tasks"]
            if host in task["hosts"]
        ]

    def result(self, host: str, name: str) -> dict[str, Any]:
        """The last result of a task on a host. Raises LookupError where it did not run."""
        found = [result for task, result in self.results(host) if task == name and not result.get("skipped")]
        if not found:
            raise LookupError(f"{host}: no task {name!r} ran: {self.tasks(host)}\n{self.run.stderr}")
        return found[-1]

    def tasks(self, host: str) -> list[str]:
        """The names of the tasks that ran on a host."""
        return [name for name, result in self.results(host) if not result.get("skipped")]

    def failure(self, host: str) -> str:
        """The message that a host ended with. Raises LookupError where it did not fail."""
        failed = [result for _, result in self.results(host) if result.get("failed")]
        if not failed or not self.run.stats[host]["failures"]:
            raise LookupError(f"{host} did not fail: {self.tasks(host)}")
        return " ".join(str(failed[-1]["msg"]).split())

    def summary(self, host: str) -> list[str]:
        """The lines that the role ends with."""
        return self.result(host, SUMMARY)["msg"]

    def changed(self, host: str) -> int:
        """How many tasks changed something."""
        return self.stats(host)["changed"]

    def stats(self, host: str) -> dict[str, int]:
        """The numbers of the PLAY RECAP."""
        return self.run.stats[host]

    def assert_fine(self, *hosts: str) -> None:
        """Show why hosts failed, or what Ansible printed where there is no result at all."""
        asked = hosts or tuple(self.calls)
        silent = [host for host in asked if host not in self.run.stats]
        assert not silent, self.run.stdout + self.run.stderr
        bad = [host for host in asked if self.stats(host)["failures"] or self.stats(host)["unreachable"]]
        assert {host: self._messages(host) for host in bad} == {}

    def _messages(self, host: str) -> list[str]:
        return [f"{name}: {result.get('msg')}" for name, result in self.results(host) if result.get("failed")]


def run_role(
    fleet: FleetServer,
    wishes: Mapping[str, Mapping[str, Any]],
    *arguments: str,
    playbook: str | Path = PLAY,
    everywhere: Mapping[str, Any] | None = None,
    **environment: str,
) -> RoleRun:
    """Run the role, or another playbook, on hosts with variables by host and for all of them."""
    wished = {"hosts": {host: dict(values) for host, values in wishes.items()}, "vars": dict(everywhere or {})}
    extra = fleet.folder / "wishes.yml"
    extra.write_text(yaml.safe_dump({"wished": wished}))
    before = {host: modules_run(fleet, host) for host in wishes}
    options = ["-i", str(extra), "--forks", "8", "-e", "officefleet_kms_hosts=wished"]
    run = fleet.play(playbook, *options, *arguments, **environment)
    return RoleRun(run, {host: modules_run(fleet, host) - before[host] for host in wishes})


def modules_run(fleet: FleetServer, host: str) -> int:
    """How many modules Ansible has run on a host; its own steps of a file transfer are not counted."""
    return len([one for one in fleet.log(host) if not one.get("internal")])


def described_state(fleet: FleetServer, host: str) -> dict[str, Any]:
    """What the role may change on a host: licences, registry, files, firewall rules."""
    state = fleet.state(host)
    products = [
        {name: value for name, value in product.items() if name != "OfflineInstallationId"}
        for product in state["licensing"]["products"]
    ]
    kept = {"products": products, "registry": state["licensing"]["registry"]}
    return kept | {"files": state["files"], "rules": state["rules"]}


def kms_host(fleet: FleetServer, host: str) -> dict[str, Any]:
    """A KMS host as the simulated network has it."""
    return next(one for one in fleet.world()["kms_hosts"] if one["name"] == host)
