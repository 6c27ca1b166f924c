# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A served simulated fleet, and playbooks run on it, for tests.

with FleetServer(FLEET) as fleet:
    run = fleet.play(PLAYBOOK)
    assert run.results("task name")["desktop01"]["rc"] == 0
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

TESTS = Path(__file__).resolve().parent.parent
# Seconds for a run of ansible-playbook: ends what hangs, and lets a machine be slow. Most runs take less than ten.
PATIENCE = 400.0


@dataclass(frozen=True)
class PlaybookRun:
    """What a run of ansible-playbook gave. ``report`` is the output of the JSON callback."""

    exit_code: int
    stdout: str
    stderr: str
    report: dict[str, Any]

    def results(self, task: str) -> dict[str, dict[str, Any]]:
        """The result of a task (by its name) on each host; the last one where it ran several times."""
        found: dict[str, dict[str, Any]] = {}
        for play in self.report["plays"]:
            for one in play["tasks"]:
                if one["task"]["name"] == task:
                    found |= one["hosts"]
        if not found:
            raise LookupError(f"no task {task!r} ran:\n{self.stdout}\n{self.stderr}")
        return found

    @property
    def stats(self) -> dict[str, dict[str, int]]:
        """ok, changed, failures, skipped, unreachable by host."""
        return self.report["stats"]


class FleetServer:
    """A context manager: a fleet served on a free port, from a fleet file's text or path."""

    def __init__(self, fleet: str | Path, folder: Path | None = None) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="winsim-") if folder is None else None
        self.folder = folder or Path(self._temporary.name)
        self.state_file = self.folder / "state.sqlite"
        self.inventory = self.folder / "inventory.yml"
        self.fleet_file = Path(fleet) if isinstance(fleet, Path) else self.folder / "fleet.yml"
        if not isinstance(fleet, Path):
            self.fleet_file.write_text(fleet)
        self.port = 0
        self._process: subprocess.Popen[str] | None = None

    # -- life ---------------------------------------------------------------------------------------------------

    def __enter__(self) -> FleetServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self._temporary is not None:
            self._temporary.cleanup()

    def start(self) -> None:
        """Start the server and wait until it is ready. A second start goes on with the same state."""
        command = [sys.executable, str(TESTS / "winsim"), "serve", "--state", str(self.state_file)]
        command += ["--fleet", str(self.fleet_file), "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        lines = []
        while line := self._process.stdout.readline():
            lines.append(line)
            if line.startswith("winsim ready"):
                break
        else:
            raise RuntimeError(f"winsim did not start (exit {self._process.wait()}): {''.join(lines)}")
        inventory = self._ask("GET", "inventory")
        self.port = inventory["all"]["children"]["winsim"]["vars"]["ansible_port"]
        self.inventory.write_text(yaml.safe_dump(inventory, sort_keys=False))

    def stop(self) -> None:
        """Stop the server; its state file stays."""
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=60)
            self._process.stdout.close()
            self._process = None

    # -- questions ----------------------------------------------------------------------------------------------

    def log(self, host: str | None = None) -> list[dict[str, Any]]:
        """The command log of a host, or of all: ``module``, ``command``, ``host``, ``check``, ``rc``, ..."""
        return self._ask("GET", f"log/{host}" if host else "log")

    def commands(self, host: str | None = None) -> list[str]:
        """The command lines that win_command ran, in order (those in check mode did not run)."""
        return [one["command"] for one in self.log(host) if one["module"] == "win_command" and not one["check"]]

    def violations(self) -> list[str]:
        """What was refused, as ``host: reason``; tests of the collection expect none."""
        return [f"{one['host']}: {one['violation']}" for one in self.log() if "violation" in one]

    def state(self, host: str) -> dict[str, Any]:
        """A machine: ``licensing`` (products, registry, ...), ``files``, ``faults``, ..."""
        return self._ask("GET", f"state/{host}")

    def product(self, host: str, text: str) -> dict[str, str]:
        """The first licence of a host whose name, SKU ID or last five characters of the key hold a text."""
        for product in self.state(host)["licensing"]["products"]:
            if any(text.lower() in product.get(name, "").lower() for name in ("Name", "ID", "PartialProductKey")):
                return product
        raise LookupError(f"{host} has no licence {text!r}")

    def world(self) -> dict[str, Any]:
        """Clock, KMS hosts with their clients and counters, DNS, Microsoft's keys with their counts."""
        return self._ask("GET", "world")

    def confirmation_id(self, installation_id: str, key: str) -> str:
        """What Microsoft tells by telephone, for a MAK or its last five characters; it counts as an activation."""
        data = {"installation_id": installation_id, "key": key.lstrip("*")}
        return self._ask("POST", "confirmation", data)["confirmation_id"]

    def usage(self) -> dict[str, dict[str, Any]]:
        """By host: HTTP ``requests``, bytes ``received``, ``processes`` by program, since the last reset."""
        return self._ask("GET", "usage")

    # -- changes ------------------------------------------------------------------------------------------------

    def advance(self, duration: str) -> str:
        """Move the clock, for instance by ``8h`` or ``180d``. Returns the new time."""
        return self._ask("POST", "clock", {"advance": duration})["time"]

    def set_fault(self, host: str, name: str, **options: Any) -> None:
        """Give a host (or a KMS host) a fault; options are those of winsim/faults.py."""
        self._ask("POST", f"fault/{host}", {"name": name, **options})

    def clear_faults(self, host: str, name: str | None = None) -> None:
        """Take one fault, or all, from a host."""
        self._ask("DELETE", f"fault/{host}" + (f"?name={name}" if name else ""))

    def change(self, host: str, **values: Any) -> None:
        """Change a machine: ``reach={...}``, ``language=``, ``elevated=``, ``vbscript=``,
        ``products={SKU ID: {property: value}}``, ``registry={path: data}``."""
        self._ask("PATCH", f"state/{host}", values)

    def forget_usage(self) -> None:
        """Count requests, bytes and processes from nothing again."""
        self._ask("DELETE", "usage")

    def set_cost(self, **seconds: float) -> None:
        """How many seconds each start takes from now on: ``powershell``, ``cscript``."""
        self._ask("PUT", "cost", seconds)

    def _ask(self, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
        port = self.port or self._stored_port()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/winsim/{path}", json.dumps(data or {}).encode(), method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise ValueError(f"{method} {path}: {error.read().decode().strip()}") from error

    def _stored_port(self) -> int:
        command = [sys.executable, str(TESTS / "winsim"), "inventory", "--state", str(self.state_file)]
        shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return yaml.safe_load(shown)["all"]["children"]["winsim"]["vars"]["ansible_port"]

    # -- playbooks ----------------------------------------------------------------------------------------------

    def play(
        self,
        playbook: str | Path,
        *arguments: str,
        timeout: float = PATIENCE,
        folder: Path | None = None,
        **environment: str,
    ) -> PlaybookRun:
        """Run ansible-playbook on the fleet: a playbook's text or path, more arguments, environment variables.

        ``folder``: where it is started, which is where relative paths lead to.
        """
        path = playbook
        if not isinstance(playbook, Path):
            path = self.folder / "playbook.yml"
            path.write_text(playbook)
        return run_playbook(
            "-i", str(self.inventory), str(path), *arguments, timeout=timeout, folder=folder, **environment
        )


def run_playbook(*words: str, timeout: float = PATIENCE, folder: Path | None = None, **environment: str) -> PlaybookRun:
    """Run ansible-playbook with these words on its command line."""
    run = subprocess.run(
        ["ansible-playbook", *words],
        cwd=folder,
        env={**os.environ, "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json", **environment},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    start = run.stdout.find("{\n")
    try:
        report = json.loads(run.stdout[start:]) if start >= 0 else {"plays": [], "stats": {}}
    except ValueError:
        report = {"plays": [], "stats": {}}
    return PlaybookRun(run.returncode, run.stdout, run.stderr, report)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on, for a server that can't choose one by itself."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(address: str, port: int) -> bool:
    """Whether something accepts connections there, as a KMS host does."""
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0
