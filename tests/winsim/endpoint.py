# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WS-Management endpoint: shells and commands of the hosts, one URL path per host."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from aiohttp import web

from . import faults as fault_rules
from . import payload, transfer, wsman
from .machine import Machine
from .programs import NeverEndsError
from .running import DroppedError, RunningFleet

_LOG = logging.getLogger("winsim")
_XML = "application/soap+xml"
_ENCODED = re.compile(r"(?is)PowerShell(?:\.exe)? .*-EncodedCommand (\S+)")
_IDLE_SHELL = 3600.0
_NOT_FOUND = "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"


@dataclass
class Command:
    """One command of a shell; ``answer`` is set once it has ended, ``broken`` names how it did not."""

    command_id: str
    raw: bool
    text: str
    stdin: bytearray = field(default_factory=bytearray)
    task: asyncio.Task[None] | None = None
    stdout: bytes = b""
    stderr: bytes = b""
    exit_code: int = 0
    broken: str = ""


@dataclass
class Shell:
    """A shell that a client opened on a host."""

    host: str
    commands: dict[str, Command] = field(default_factory=dict)
    used: float = field(default_factory=time.monotonic)


class Endpoint:
    """Answers ``POST /wsman/<host>``. ``follow`` is called after every command, which may have changed the world."""

    def __init__(self, fleet: RunningFleet, follow: Callable[[], Awaitable[None]] | None = None) -> None:
        self.fleet = fleet
        self.follow = follow or _nothing
        self.shells: dict[str, Shell] = {}

    async def handle(self, http: web.Request) -> web.StreamResponse:
        """One HTTP request."""
        machine = self.fleet.machines.get(http.match_info["host"])
        if machine is None:
            return web.Response(status=404, text=f"no such host: {http.match_info['host']}\n")
        if not self._authorized(http.headers.get("Authorization", "")):
            return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="WSMAN"'})
        try:
            request = wsman.parse(await http.read())
        except wsman.NotWsManError as error:
            return web.Response(status=400, text=f"{error}\n")
        if request.action == "Create":
            return self._create(machine, request)
        shell = self.shells.get(request.shell_id)
        if shell is None or shell.host != machine.name:
            if request.action == "Delete":
                return _answer(wsman.done(request))
            reason = "The request contained invalid selectors for the resource."
            return _fault(request, wsman.SHELL_NOT_FOUND, "w:InvalidSelectors", reason)
        shell.used = time.monotonic()
        return await self._in_shell(http, machine, shell, request)

    def _authorized(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        try:
            _, _, password = base64.b64decode(token).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return scheme.lower() == "basic" and hmac.compare_digest(password.encode(), self.fleet.password.encode())

    def _create(self, machine: Machine, request: wsman.Request) -> web.Response:
        fault = fault_rules.on_connection(machine.faults)
        if fault is not None:
            return _broken_answer(fault)
        for shell_id, shell in list(self.shells.items()):
            if time.monotonic() - shell.used > _IDLE_SHELL:
                self._close(shell_id)
        shell_id = str(uuid.uuid4()).upper()
        self.shells[shell_id] = Shell(machine.name)
        return _answer(wsman.created(request, shell_id))

    async def _in_shell(
        self, http: web.Request, machine: Machine, shell: Shell, request: wsman.Request
    ) -> web.StreamResponse:
        if request.action == "Command":
            raw = request.options.get("WINRS_CONSOLEMODE_STDIN", "").upper() == "TRUE"
            command = Command(str(uuid.uuid4()).upper(), raw, f"{request.command} {request.arguments}".strip())
            shell.commands[command.command_id] = command
            if raw:
                self._start(machine, command)
            return _answer(wsman.command_started(request, command.command_id))
        if request.action == "Delete":
            self._close(request.shell_id)
            return _answer(wsman.done(request))
        command = shell.commands.get(request.command_id)
        if request.action == "Signal":
            _stop(shell.commands.pop(request.command_id, None))
            return _answer(wsman.done(request))
        if command is None or request.action not in ("Send", "Receive"):
            reason = "The parameter is incorrect."
            return _fault(request, 87, "w:InvalidParameter", reason)
        if request.action == "Send":
            command.stdin += request.stdin
            if request.end:
                self._start(machine, command)
            return _answer(wsman.done(request))
        return await self._receive(http, command, request)

    async def _receive(self, http: web.Request, command: Command, request: wsman.Request) -> web.StreamResponse:
        """Wait for the command, at most for the operation time-out; then pywinrm asks again."""
        if command.task is not None:
            await asyncio.wait([command.task], timeout=request.timeout)
        if command.task is None or not command.task.done():
            reason = "The WS-Management service cannot complete the operation within the time specified."
            return _fault(request, wsman.OPERATION_TIMED_OUT, "w:TimedOut", reason)
        if command.broken == "dropped":
            if http.transport is not None:
                http.transport.abort()
            return web.Response()
        if command.broken:
            return _broken_answer(command.broken)
        return _answer(wsman.output(request, command.stdout, command.stderr, command.exit_code))

    # -- commands -----------------------------------------------------------------------------------------------

    def _start(self, machine: Machine, command: Command) -> None:
        if command.task is None:
            command.task = asyncio.create_task(self._run(machine, command))

    async def _run(self, machine: Machine, command: Command) -> None:
        """Decode what was sent, carry it out, keep the answer. Nothing escapes: the client must get an answer."""
        try:
            await self._carry_out(machine, command)
        except DroppedError:
            command.broken = "dropped"
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
        if "slow" in faults:
            await asyncio.sleep(faults["slow"].seconds)
        broken = next((name for name in fault_rules.CONNECTION if name in faults), "")
        if broken:
            command.broken = broken
            return
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
            self._refuse(machine, command, "raw", "raw commands are not simulated", text)
            return None
        try:
            call = script or payload.decode(bytes(command.stdin))
        except payload.NotAPayloadError as error:
            self._refuse(machine, command, "?", f"this is no Ansible payload: {error}", command.text[:200])
            return None
        if isinstance(call, payload.InternalScript) and not transfer.is_simulated(call):
            self._refuse(machine, command, call.name, f"{call.name} is not simulated", json.dumps(call.parameters))
            return None
        return call

    def _refuse(self, machine: Machine, command: Command, module: str, text: str, what: str) -> None:
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

    def _close(self, shell_id: str) -> None:
        shell = self.shells.pop(shell_id, None)
        for command in shell.commands.values() if shell else ():
            _stop(command)

    def close(self) -> None:
        """End everything that runs."""
        for shell_id in list(self.shells):
            self._close(shell_id)


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


def _stop(command: Command | None) -> None:
    if command is not None and command.task is not None:
        command.task.cancel()


def _answer(body: bytes) -> web.Response:
    return web.Response(body=body, content_type=_XML, charset="UTF-8")


def _fault(request: wsman.Request, code: int, subcode: str, reason: str) -> web.Response:
    body = wsman.fault(request, code, subcode, reason)
    return web.Response(status=500, body=body, content_type=_XML, charset="UTF-8")


def _broken_answer(fault: str) -> web.Response:
    """What a client gets from an endpoint that is broken or no Windows at all."""
    if fault == "not_windows":
        return web.Response(status=404, text=_NOT_FOUND, content_type="text/html", headers={"Server": "nginx"})
    return web.Response(status=500, text="Internal Server Error\n")
