# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command that a client starts on a host, whatever connection it came over: what it asks for, and its answer."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from . import faults as fault_rules
from . import payload, transfer
from .faults import Fault
from .interruptions import Interruptions
from .machine import Machine
from .programs import NeverEndsError
from .running import DroppedError, RunningFleet

_LOG = logging.getLogger("winsim")
# Over SSH, releases up to 2.18 set the code page of the console first; 2.21 quotes for PowerShell.
_ENCODED = re.compile(r"(?is)(?:chcp\.com 65001 > \$null ; )?PowerShell(?:\.exe)? .*-EncodedCommand '?([^\s']+)'?")


@dataclass
class Command:
    """One command; ``broken`` names how it did not: ``dropped``, or a fault. ``trickle``: seconds that the output
    takes; ``patience``: after how many seconds of silence the connection is cut; ``then``: what happens at its end."""

    text: str
    raw: bool = False
    stdin: bytearray = field(default_factory=bytearray)
    task: asyncio.Task[None] | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    exit_code: int = 0
    broken: str = ""
    trickle: float = 0.0
    patience: float | None = None
    then: Fault | None = None

    def stop(self) -> None:
        """End it, if it runs."""
        if self.task is not None:
            self.task.cancel()


class Runner:
    """Carries commands out. ``follow`` is called after every command, which may have changed the world."""

    def __init__(self, fleet: RunningFleet, follow: Callable[[], Awaitable[None]] | None = None) -> None:
        self.fleet = fleet
        self.follow = follow or _nothing
        self.interruptions = Interruptions()

    def start(self, machine: Machine, command: Command) -> asyncio.Task[None]:
        """Start a command whose standard input is complete; the task that carries it out."""
        if command.task is None:
            command.task = asyncio.create_task(self._run(machine, command))
        return command.task

    async def _run(self, machine: Machine, command: Command) -> None:
        """Decode what was sent, carry it out, keep the answer. Nothing escapes: the client must get an answer."""
        try:
            await self._carry_out(machine, command)
        except DroppedError:
            command.broken = command.broken or "dropped"
        except NeverEndsError:
            await asyncio.Event().wait()
        except Exception as error:  # a mistake of the simulation itself must be seen, not hang the client
            _LOG.exception("winsim failed on %s", machine.name)
            text = f"winsim: internal error: {type(error).__name__}: {error}"
            command.stdout = json.dumps({"failed": True, "msg": text}).encode()
            command.exit_code = 1

    async def _carry_out(self, machine: Machine, command: Command) -> None:
        call = self._decode(machine, command)
        command.stdin.clear()
        if call is None:
            return
        faults = self.fleet.faults_of(machine, call)
        command.trickle = faults["trickle"].seconds if "trickle" in faults else 0.0
        command.patience = faults["cut_idle"].seconds if "cut_idle" in faults else None
        if "slow" in faults:
            await asyncio.sleep(faults["slow"].seconds)
        breaking = fault_rules.breaking(faults)
        if breaking is None:
            await self._execute(machine, command, call, faults)
        elif breaking.moment == "between":
            command.then = breaking
            await self._execute(machine, command, call, faults)
        else:
            command.broken = breaking.name
            try:
                if breaking.moment == "before":
                    self.fleet.log_refused(machine, call, faults, breaking.name)
                else:
                    await self._execute(machine, command, call, {**faults, f"drop_{breaking.moment}": breaking})
            finally:
                self.strike(machine, breaking)

    def strike(self, machine: Machine, fault: Fault) -> None:
        """What a fault that broke an answer leaves behind: other requests meet it too."""
        if fault.name == "auth_fails":
            self.fleet.add_fault(machine.name, Fault("auth_fails"))
        if fault.name == "reboot":
            self.interruptions.take_down(machine, fault.seconds)
            self.fleet.reboot(machine)

    async def _execute(
        self,
        machine: Machine,
        command: Command,
        call: payload.Call | payload.InternalScript,
        faults: dict[str, Fault],
    ) -> None:
        """Carry a call out and keep its answer."""
        try:
            if isinstance(call, payload.InternalScript):
                output, seconds = self.fleet.execute_script(machine, call, faults)
                command.stdout, command.stderr = output.stdout.encode(), output.stderr.encode()
                command.exit_code = output.exit_code
            else:
                result, seconds = self.fleet.execute(machine, call, faults)
                command.stdout = json.dumps(result).encode()
                command.exit_code = 1 if result.get("failed") else 0
        finally:
            await self.follow()
        await asyncio.sleep(seconds)

    def _decode(self, machine: Machine, command: Command) -> payload.Call | payload.InternalScript | None:
        """What a command asks for; None when it was refused."""
        text = decode_raw(command.text)
        script = transfer.from_text(text, bytes(command.stdin))
        if script is None and command.raw:
            self.refuse(machine, command, "raw", "raw commands are not simulated", text)
            return None
        try:
            call = script or payload.decode(bytes(command.stdin))
        except payload.NotAPayloadError as error:
            self.refuse(machine, command, "?", f"this is no Ansible payload: {error}", command.text[:200])
            return None
        if isinstance(call, payload.InternalScript) and not transfer.is_simulated(call):
            self.refuse(machine, command, call.name, f"{call.name} is not simulated", json.dumps(call.parameters))
            return None
        return call

    def refuse(self, machine: Machine, command: Command, module: str, text: str, what: str) -> None:
        """Answer that the simulation does not do that, and log it as a violation."""
        command.stderr = f"winsim: {text}\n".encode()
        command.exit_code = 1
        entry = {
            "time": self.fleet.world.clock.now().isoformat(),
            "host": machine.name,
            "module": module,
            "command": what,
            "check": False,
            "violation": text,
            "failed": True,
        }
        self.fleet.store.append_log(machine.name, entry)


async def _nothing() -> None:
    pass


def decode_raw(text: str) -> str:
    """The text of a raw command: ``-EncodedCommand`` holds base64 of UTF-16LE, up to 2.18 a second time inside."""
    while match := _ENCODED.fullmatch(text.strip()):
        try:
            text = base64.b64decode(match[1], validate=True).decode("utf-16-le")
        except (binascii.Error, UnicodeDecodeError):
            break
    return text
