# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet that runs: machines and world in memory, kept in the store, and module calls carried out on them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from . import faults as fault_rules
from . import fleet as fleet_file
from . import modules, modules_firewall, transfer
from .cmd_run import InterruptedLineError
from .faults import Fault
from .happenings import jump, reboot
from .machine import Machine, View
from .payload import Call, InternalScript
from .programs import NeverEndsError, Output
from .real_dns import RealDns
from .store import Store
from .usage import POWERSHELL, Cost, Usage
from .world import World


class DroppedError(Exception):
    """The TCP connection breaks instead of an answer."""


_ENDINGS: dict[type[Exception], str] = {DroppedError: "dropped", NeverEndsError: "hangs"}


class RunningFleet:
    """Machines, world, store."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.machines = {name: Machine.from_json(data) for name, data in store.machines().items()}
        self.world = World.from_json(store.setting("world"))
        credentials = store.setting("credentials")
        self.user, self.password = credentials["user"], credentials["password"]
        self.host_faults = {
            name: [Fault.read(fault) for fault in faults] for name, faults in (store.setting("faults") or {}).items()
        }
        self.downloads: dict[str, dict[str, Any]] = store.setting("downloads") or {}
        place = store.setting("dns_server")
        self.usage: defaultdict[str, Usage] = defaultdict(Usage)
        self.cost = Cost()
        self.real_dns = RealDns.attach(self.world, **place) if place else None
        self.settle()

    @classmethod
    def create(cls, store: Store, fleet_text: str) -> RunningFleet:
        """Fill an empty store from a fleet file's text; a store that has a fleet already goes on with it."""
        if store.setting("world") is None:
            fleet = fleet_file.read(fleet_text)
            for name, machine in fleet.machines.items():
                store.put_machine(name, machine.to_json())
            store.set_setting("credentials", {"user": fleet.user, "password": fleet.password})
            store.set_setting("downloads", fleet.downloads)
            store.set_setting("dns_server", fleet.dns_server)
            store.set_setting("world", fleet.world.to_json())
        return cls(store)

    # -- module calls -------------------------------------------------------------------------------------------

    def faults_of(self, machine: Machine, call: Call | InternalScript) -> dict[str, Fault]:
        """The faults that meet a call. Counts."""
        return fault_rules.on_command(machine.faults, command_text(call))

    def execute(self, machine: Machine, call: Call, faults: dict[str, Fault]) -> tuple[dict[str, Any], float]:
        """Carry a module call out, log it and save what it changed. Returns its answer and the seconds it takes.

        Raises DroppedError for the faults that break the connection, NeverEndsError for a command that hangs.
        """
        view = View(machine, self.world, faults, call.become_user, downloads=self.downloads)
        entry = self._entry(machine, call.module, command_text(call), faults)
        entry |= {"check": call.check_mode, "ansible": call.ansible_version}
        entry |= {"become": call.become_user} if call.become_user else {}
        entry |= {"async": True} if call.asynchronous is not None else {}
        with self._logged(machine, entry, view), self._jumping(machine, faults):
            result = self._result(call, view, entry)
            entry |= {"changed": result.get("changed", False), "failed": result.get("failed", False)}
            entry |= {key: result[key] for key in ("rc", "skipped") if key in result}
        return result, view.delay + self.cost.seconds(view.started)

    def execute_script(
        self, machine: Machine, script: InternalScript, faults: dict[str, Fault]
    ) -> tuple[Output, float]:
        """Carry out a script of Ansible's own, as ``execute`` does a module."""
        view = View(machine, self.world, faults)
        entry = self._entry(machine, script.name.removesuffix(".ps1"), command_text(script), faults)
        entry |= {"internal": True}
        with self._logged(machine, entry, view):
            if "drop_before" in faults or "drop_during" in faults:
                raise DroppedError
            output = transfer.run(view, script)
            if "drop_after" in faults:
                raise DroppedError
            entry["rc"] = output.exit_code
        return output, self.cost.seconds(view.started)

    @contextmanager
    def _jumping(self, machine: Machine, faults: dict[str, Fault]) -> Iterator[None]:
        """Let the clock jump before or after what happens inside."""
        fault = faults.get("clock_jump")
        if fault is not None and fault.moment == "before":
            jump(machine, self.world, fault)
        try:
            yield
        finally:
            if fault is not None and fault.moment != "before":
                jump(machine, self.world, fault)

    def reboot(self, machine: Machine) -> None:
        """Start a machine anew."""
        reboot(machine, self.world)
        self.settle()
        self.save(machine)

    def log_refused(self, machine: Machine, call: Call | InternalScript, faults: dict[str, Fault], ended: str) -> None:
        """Log a command that a fault of the connection kept from running."""
        module = call.name.removesuffix(".ps1") if isinstance(call, InternalScript) else call.module
        entry = self._entry(machine, module, command_text(call), faults) | {"ended": ended}
        self.store.append_log(machine.name, entry | ({"internal": True} if isinstance(call, InternalScript) else {}))

    def _entry(self, machine: Machine, module: str, command: str, faults: dict[str, Fault]) -> dict[str, Any]:
        """The beginning of a log entry."""
        entry = {
            "time": self.world.clock.now().isoformat(),
            "host": machine.name,
            "module": module,
            "command": command,
            "check": False,
        }
        return entry | ({"faults": sorted(faults)} if faults else {})

    @contextmanager
    def _logged(self, machine: Machine, entry: dict[str, Any], view: View) -> Iterator[None]:
        """Log, count and save what happens inside, however it ends."""
        view.started.append(POWERSHELL)
        if self.real_dns is not None:
            self.real_dns.forget()
        try:
            yield
        except Exception as error:
            entry["ended"] = _ENDINGS.get(type(error), type(error).__name__)
            raise
        finally:
            self.usage[machine.name].processes.update(view.started)
            self.store.append_log(machine.name, entry)
            self.settle()
            self.save(machine)

    def _result(self, call: Call, view: View, entry: dict[str, Any]) -> dict[str, Any]:
        if "drop_before" in view.faults or ("drop_during" in view.faults and call.module != "win_command"):
            raise DroppedError
        try:
            with view.applied():
                self.world.tick(view.licensing)
                result = modules.run(call, view)
        except modules.RefusedError as refusal:
            entry["violation"] = str(refusal)
            return refusal.result
        except InterruptedLineError as broken:
            raise DroppedError from broken
        if "drop_after" in view.faults:
            raise DroppedError
        return modules.damage(result, view)

    def save(self, machine: Machine | None = None) -> None:
        """Write a machine (or all of them) and the world."""
        for one in [machine] if machine else self.machines.values():
            self.store.put_machine(one.name, one.to_json())
        self.store.set_setting("world", self.world.to_json())

    # -- changes from outside -----------------------------------------------------------------------------------

    def advance(self, by: timedelta) -> str:
        """Move the clock; every machine lives through the time. Returns the new time."""
        if self.real_dns is not None:
            self.real_dns.forget()
        self.world.advance(by, [(machine.licensing, self._reach(machine)) for machine in self.machines.values()])
        self.settle()
        self.save()
        return self.world.clock.now().isoformat()

    def _reach(self, machine: Machine) -> dict[str, Any]:
        """What a machine gets to when it acts by itself, with the faults that hold all the time."""
        return View(machine, self.world, {fault.name: fault for fault in machine.faults if fault.standing}).reach()

    def add_fault(self, host: str, fault: Fault) -> None:
        """Give a machine or a KMS host a fault. Raises KeyError for an unknown name."""
        if host in self.machines:
            self.machines[host].faults = [one for one in self.machines[host].faults if one.name != fault.name]
            self.machines[host].faults.append(fault)
        elif host in self.world.kms_hosts:
            if fault.name != "kms_down":
                raise ValueError(f"{host} is a KMS host and no machine: its only fault is kms_down")
            self.host_faults[host] = [fault]
        else:
            raise KeyError(host)
        self._faults_changed()

    def clear_faults(self, host: str, name: str | None = None) -> None:
        """Take one fault, or all, from a machine or a KMS host. Raises KeyError for an unknown name."""
        if host in self.machines:
            kept = [fault for fault in self.machines[host].faults if name is not None and fault.name != name]
            self.machines[host].faults = kept
        elif host in self.world.kms_hosts:
            self.host_faults.pop(host, None)
        else:
            raise KeyError(host)
        self._faults_changed()

    def _faults_changed(self) -> None:
        self.settle()
        self.store.set_setting(
            "faults", {name: [fault.to_json() for fault in faults] for name, faults in self.host_faults.items()}
        )
        self.save()

    def settle(self) -> None:
        """Which KMS hosts answer: not with kms_down (by their own name, or as a standing fault of the machine of that
        name), and not behind a firewall without a rule for their port."""
        for name, host in self.world.kms_hosts.items():
            faults = [*self.host_faults.get(name, [])]
            machine = self.machines.get(name) or self.machines.get(name.partition(".")[0])
            if machine is not None:
                faults += machine.faults
            is_down = any(fault.name == "kms_down" and fault.standing for fault in faults)
            host.reachable = not is_down and (machine is None or modules_firewall.lets_in(machine, host.port))


def command_text(call: Call | InternalScript) -> str:
    """What a fault's ``when`` looks at and the log shows: the command line, or the arguments of other modules."""
    if isinstance(call, InternalScript):
        return json.dumps(call.parameters, sort_keys=True)
    if call.module != "win_command":
        return json.dumps(call.arguments, sort_keys=True) if call.arguments else ""
    arguments = call.arguments
    argv = arguments.get("argv")
    return str(arguments.get("_raw_params") or arguments.get("cmd") or (" ".join(map(str, argv)) if argv else ""))
