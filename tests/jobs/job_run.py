# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them: ansible-runner, a project folder, survey answers, injected credentials.

    job = run_job(fleet, "site.yml", extra_vars={"officefleet_hosts": "desks"}, secrets={"vault_mak_proplus_2021": KEY})
    assert job.status == "successful"
    assert KEY not in job.everything_kept

As in AWX the playbook is a file of awx/project, survey answers are in env/extravars, credentials arrive in a file of
extra variables that is not kept and in the environment, and the inventory of a slice has every third host, say.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ansible_runner
import yaml
from ansible_collections.officefleet import activation
from integration.winsim_server import FleetServer

PROJECT = Path(next(iter(activation.__path__))) / "awx" / "project"
FORKS = 4


@dataclass(frozen=True)
class JobRun:
    """What a job gave. ``everything_kept``: the text of all files that AWX stores or shows."""

    status: str
    rc: int | None
    events: list[dict[str, Any]] = field(repr=False)
    stdout: str = field(repr=False)
    everything_kept: str = field(repr=False)

    @property
    def artifacts(self) -> dict[str, Any]:
        """What set_stats handed on: AWX shows it, and gives it to later jobs of a workflow."""
        return self._last("playbook_on_stats").get("artifact_data", {})

    def done(self, task: str) -> set[str]:
        """The hosts on which a task (by its name) was done; in a job that was cancelled, those that it came to."""
        found = [event["event_data"] for event in self.events if event["event"] == "runner_on_ok"]
        return {one["host"] for one in found if one["task"] == task}

    @property
    def failures(self) -> list[tuple[str, str]]:
        """Host and message of each task that failed, in the order in which they did."""
        found = [event["event_data"] for event in self.events if event["event"] == "runner_on_failed"]
        return [(one["host"], one["res"].get("msg", "")) for one in found]

    @property
    def stats(self) -> dict[str, dict[str, int]]:
        """The numbers of the PLAY RECAP, by kind (ok, changed, failures, dark, ...) and host."""
        return self._last("playbook_on_stats")

    def results(self, task: str) -> dict[str, dict[str, Any]]:
        """The result of a task (by its name) on each host."""
        found = [event["event_data"] for event in self.events]
        return {one["host"]: one["res"] for one in found if one.get("task") == task and "res" in one}

    def _last(self, kind: str) -> dict[str, Any]:
        found = [event["event_data"] for event in self.events if event["event"] == kind]
        assert found, f"the job has no {kind}:\n{self.stdout}"
        return found[-1]


def run_job(
    fleet: FleetServer,
    playbook: str | Path,
    *,
    extra_vars: Mapping[str, Any] | None = None,
    secrets: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    hosts: Sequence[str] | None = None,
    limit: str | None = None,
    check: bool = False,
    verbosity: int = 0,
    forks: int = FORKS,
    job_id: int | None = None,
    cancel_when: threading.Event | None = None,
    cancel_after: str | None = None,
) -> JobRun:
    """Run a job on a fleet.

    ``playbook``: a file of awx/project, or the path of another one. ``extra_vars``: survey answers; ``secrets``: what
    credentials inject as extra variables, ``environment``: what they inject into the environment. ``hosts``: the
    inventory holds these only, as that of a slice. ``job_id``: the number that AWX gives a job. ``cancel_after``: the
    job is cancelled after the first result of a task of this name; ``cancel_when``: when this event is set.
    """
    cancel = cancel_when or threading.Event()

    def watch(event: dict[str, Any]) -> bool:
        if cancel_after and event["event"] == "runner_on_ok" and event["event_data"].get("task") == cancel_after:
            cancel.set()
        return True

    with tempfile.TemporaryDirectory(prefix="job-", ignore_cleanup_errors=True) as folder:
        private = Path(folder, "private")
        _write_job(private, fleet, playbook, hosts)
        secret_file = Path(folder, "credential.yml")
        secret_file.write_text(yaml.safe_dump(dict(secrets or {})), encoding="utf-8")
        options = [f"-e @{secret_file}", *(["--check", "--diff"] if check else [])]
        runner = ansible_runner.run(
            private_data_dir=str(private),
            ident="job",
            playbook=Path(playbook).name,
            inventory=str(private / "inventory"),
            extravars={**(extra_vars or {}), **({} if job_id is None else {"awx_job_id": job_id})},
            envvars={**_ansible_settings(), **(environment or {})},
            cmdline=" ".join(options),
            limit=limit,
            forks=forks,
            verbosity=verbosity or None,
            settings={"suppress_ansible_output": True, "idle_timeout": 400, "pexpect_timeout": 1},
            suppress_env_files=False,
            event_handler=watch,
            cancel_callback=cancel.is_set,
        )
        return _read_job(runner, private / "artifacts")


def run_slices(
    fleet: FleetServer, playbook: str, slices: int, hosts: Sequence[str], job_id: int | None = None, **options: Any
) -> list[JobRun]:
    """Run a job in slices, all at once; as in AWX the first one has the hosts 1, 4, 7, ... of three, by name.

    ``job_id``: that of the first slice; each slice is a job of its own.
    """

    def run_slice(number: int) -> JobRun:
        own_id = None if job_id is None else job_id + number
        return run_job(fleet, playbook, hosts=sorted(hosts)[number::slices], job_id=own_id, **options)

    with ThreadPoolExecutor(slices) as pool:
        return list(pool.map(run_slice, range(slices)))


def told(jobs: Iterable[JobRun], secrets: Iterable[str]) -> list[str]:
    """The secrets that are in anything that jobs leave behind, in capitals or not."""
    kept = "".join(job.everything_kept + json.dumps(job.events) for job in jobs).lower()
    assert "officefleet" in kept, "the jobs left nothing behind to look into"
    return [secret for secret in secrets if secret.lower() in kept]


def _ansible_settings() -> dict[str, str]:
    """The settings of this test run; AWX's own come from its execution environment."""
    kept = ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_CONFIG", "PATH", "LC_ALL")
    return {name: os.environ[name] for name in kept if name in os.environ}


def _write_job(private: Path, fleet: FleetServer, playbook: str | Path, hosts: Sequence[str] | None) -> None:
    """Write project and inventory as AWX checks them out and makes them."""
    shutil.copytree(PROJECT, private / "project")
    if isinstance(playbook, Path):
        shutil.copy(playbook, private / "project")
    shutil.copytree(PROJECT / "inventory" / "group_vars", private / "inventory" / "group_vars")
    inventory = yaml.safe_load(fleet.inventory.read_text(encoding="utf-8"))
    shown = inventory if hosts is None else _only(inventory, set(hosts))
    (private / "inventory" / "hosts.yml").write_text(yaml.safe_dump(shown, sort_keys=False), encoding="utf-8")


def _only(inventory: Any, hosts: set[str]) -> Any:
    """An inventory with these hosts only, in all of its groups."""
    if not isinstance(inventory, dict):
        return inventory
    return {
        name: {host: values for host, values in value.items() if host in hosts}
        if name == "hosts"
        else _only(value, hosts)
        for name, value in inventory.items()
    }


def _read_job(runner: ansible_runner.Runner, artifacts: Path) -> JobRun:
    """Read what the job left behind, before its folder goes. The environment is in the file ``command`` too, of which
    AWX keeps a version of its own, without what credentials injected."""
    files = [path for path in sorted(artifacts.rglob("*")) if path.is_file() and path.name != "command"]
    kept = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
    return JobRun(
        status=runner.status,
        rc=runner.rc,
        events=[{"event_data": {}, **event} for event in runner.events],
        stdout="".join(str(event.get("stdout", "")) + "\n" for event in runner.events),
        everything_kept=kept,
    )
