# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WS-Management endpoint: shells and commands of the hosts, one URL path per host."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import time
import uuid
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web

from . import faults as fault_rules
from . import wsman
from .commands import Command, Runner
from .interruptions import cut
from .machine import Machine

_XML = "application/soap+xml"
_IDLE_SHELL = 3600.0
_PIECES = 20
_RETRY_AFTER = {429: {"Retry-After": "5"}, 503: {"Retry-After": "30"}}
_NOT_FOUND = "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>\n"


@dataclass
class Shell:
    """A shell that a client opened on a host; ``start``: of how many of its starts."""

    host: str
    start: int = 0
    commands: dict[str, Command] = field(default_factory=dict)
    used: float = field(default_factory=time.monotonic)


class Endpoint:
    """Answers ``POST /wsman/<host>``."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.fleet = runner.fleet
        self.interruptions = runner.interruptions
        self.shells: dict[str, Shell] = {}

    async def handle(self, http: web.Request) -> web.StreamResponse:
        """One HTTP request."""
        machine = self.fleet.machines.get(http.match_info["host"])
        if machine is None:
            return web.Response(status=404, text=f"no such host: {http.match_info['host']}\n")
        usage = self.fleet.usage[machine.name]
        usage.requests += 1
        usage.received += http.content_length or 0
        if self.interruptions.is_down(machine):
            return cut(http)
        self.interruptions.sent(http)
        try:
            return await self._answer(http, machine)
        finally:
            self.interruptions.answered(http, machine)

    async def _answer(self, http: web.Request, machine: Machine) -> web.StreamResponse:
        known = self._authorized(http.headers.get("Authorization", ""))
        if not known or fault_rules.on_request(machine.faults):
            return _broken_answer("auth_fails")
        try:
            request = wsman.parse(await http.read())
        except wsman.NotWsManError as error:
            return web.Response(status=400, text=f"{error}\n")
        if request.action == "Create":
            return self._create(machine, request)
        shell = self.shells.get(request.shell_id)
        if shell is None or (shell.host, shell.start) != (machine.name, self.interruptions.starts[machine.name]):
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
        self.shells[shell_id] = Shell(machine.name, self.interruptions.starts[machine.name])
        return _answer(wsman.created(request, shell_id))

    async def _in_shell(
        self, http: web.Request, machine: Machine, shell: Shell, request: wsman.Request
    ) -> web.StreamResponse:
        if request.action == "Command":
            raw = request.options.get("WINRS_CONSOLEMODE_STDIN", "").upper() == "TRUE"
            begun = Command(f"{request.command} {request.arguments}".strip(), raw)
            command_id = str(uuid.uuid4()).upper()
            shell.commands[command_id] = begun
            if raw:
                self.runner.start(machine, begun)
            return _answer(wsman.command_started(request, command_id))
        if request.action == "Delete":
            self._close(request.shell_id)
            return _answer(wsman.done(request))
        command = shell.commands.get(request.command_id)
        if request.action == "Signal":
            if command is not None:
                shell.commands.pop(request.command_id).stop()
                if command.then is not None:
                    self.runner.strike(machine, command.then)
            return _answer(wsman.done(request))
        if command is None or request.action not in ("Send", "Receive"):
            reason = "The parameter is incorrect."
            return _fault(request, 87, "w:InvalidParameter", reason)
        if request.action == "Send":
            command.stdin += request.stdin
            if request.end:
                self.runner.start(machine, command)
            return _answer(wsman.done(request))
        return await self._receive(http, command, request)

    async def _receive(self, http: web.Request, command: Command, request: wsman.Request) -> web.StreamResponse:
        """Wait for the command, at most for the operation time-out; then pywinrm asks again."""
        patience = command.patience if command.patience is not None else request.timeout
        if command.task is not None:
            await asyncio.wait([command.task], timeout=min(request.timeout, patience))
        if patience < request.timeout and command.task is not None and not command.task.done():
            return cut(http)
        if command.task is None or not command.task.done():
            reason = "The WS-Management service cannot complete the operation within the time specified."
            return _fault(request, wsman.OPERATION_TIMED_OUT, "w:TimedOut", reason)
        if command.broken in ("dropped", "reboot"):
            return cut(http)
        if command.broken:
            return _broken_answer(command.broken)
        if command.trickle:
            await asyncio.sleep(command.trickle / _PIECES)
            size = len(command.stdout) // _PIECES + 1
            piece, command.stdout = command.stdout[:size], command.stdout[size:]
            if command.stdout:
                return _answer(wsman.output(request, piece, b"", 0, ended=False))
            return _answer(wsman.output(request, piece, command.stderr, command.exit_code))
        return _answer(wsman.output(request, command.stdout, command.stderr, command.exit_code))

    def _close(self, shell_id: str) -> None:
        shell = self.shells.pop(shell_id, None)
        for command in shell.commands.values() if shell else ():
            command.stop()

    def close(self) -> None:
        """End everything that runs."""
        for shell_id in list(self.shells):
            self._close(shell_id)
        self.interruptions.close()


def _answer(body: bytes) -> web.Response:
    return web.Response(body=body, content_type=_XML, charset="UTF-8")


def _fault(request: wsman.Request, code: int, subcode: str, reason: str) -> web.Response:
    body = wsman.fault(request, code, subcode, reason)
    return web.Response(status=500, body=body, content_type=_XML, charset="UTF-8")


def _broken_answer(fault: str) -> web.Response:
    """What a client gets from an endpoint that is broken, refuses it, or is no Windows at all."""
    if fault == "not_windows":
        return web.Response(status=404, text=_NOT_FOUND, content_type="text/html", headers={"Server": "nginx"})
    if fault == "auth_fails":
        return web.Response(status=401, headers={"WWW-Authenticate": 'Basic realm="WSMAN"'})
    status = {"http_429": 429, "http_503": 503}.get(fault, 500)
    return web.Response(status=status, text=f"{HTTPStatus(status).phrase}\n", headers=_RETRY_AFTER.get(status))
