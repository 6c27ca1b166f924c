# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts reached over SSH whose shell is PowerShell: one port per host, commands, and files put by SFTP."""

from __future__ import annotations

import asyncio
import base64
import socket
from typing import Any

import asyncssh

from . import faults as fault_rules
from . import transfer
from .commands import Command, Runner, decode_raw
from .connections import Keys
from .machine import Machine, View
from .payload import InternalScript
from .running import DroppedError


async def listen(runner: Runner, machine: Machine, sock: socket.socket, keys: Keys) -> asyncssh.SSHAcceptor:
    """Serve one host."""

    async def process(channel: asyncssh.SSHServerProcess[bytes]) -> None:
        await _run(runner, machine, channel)

    return await asyncssh.listen(
        sock=sock,
        server_factory=lambda: _Login(machine),
        process_factory=process,
        sftp_factory=lambda channel: _Files(channel, runner, machine),
        server_host_keys=[str(keys.host_key)],
        authorized_client_keys=str(keys.client_key.with_suffix(".pub")),
        encoding=None,
    )


class _Login(asyncssh.SSHServer):
    """Any user name is accepted with the client's key."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        if fault_rules.on_connection(self.machine.faults) is not None:
            conn.abort()


async def _run(runner: Runner, machine: Machine, process: asyncssh.SSHServerProcess[bytes]) -> None:
    """Run one command of a client; when that goes away, the command ends too."""
    command = Command(process.command or "")
    script = decode_raw(command.text)
    # Scripts that read their input end with it; ssh leaves the input of others open until they have ended.
    command.raw = "$input" not in script or transfer.from_text(script) is not None
    if not command.raw:
        command.stdin += await process.stdin.read()
    task = runner.start(machine, command)
    gone = asyncio.create_task(process.wait_closed())
    await asyncio.wait([task, gone], return_when=asyncio.FIRST_COMPLETED)
    gone.cancel()
    if not task.done():
        command.stop()
    elif command.broken:
        process.channel.get_connection().abort()
    else:
        process.stdout.write(command.stdout)
        process.stderr.write(command.stderr)
        process.exit(command.exit_code)


class _Upload:
    """A file that is being written."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.content = bytearray()


class _Files(asyncssh.SFTPServer):
    """The files of a host, as far as Ansible puts some there. A path is ``/C:/folder/file``."""

    def __init__(self, channel: asyncssh.SSHServerChannel[bytes], runner: Runner, machine: Machine) -> None:
        super().__init__(channel)
        self.runner, self.machine = runner, machine

    def realpath(self, path: bytes, *compose_paths: bytes) -> bytes:
        return path if path.startswith(b"/") else rf"/C:/Users/{self.machine.user}".encode()

    def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        if not View(self.machine).exists(_windows_path(path)):
            raise asyncssh.SFTPNoSuchFile("The system cannot find the file specified.")
        return asyncssh.SFTPAttrs(permissions=0o100600)

    lstat = stat

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> _Upload:
        if not pflags & asyncssh.FXF_WRITE:
            refused = Command("")
            self.runner.refuse(self.machine, refused, "sftp_get", "files are not read", _windows_path(path))
            raise asyncssh.SFTPPermissionDenied(refused.stderr.decode().strip())
        return _Upload(_windows_path(path))

    def write(self, file_obj: Any, offset: int, data: bytes) -> int:
        file_obj.content[offset : offset + len(data)] = data
        return len(data)

    def fsetstat(self, file_obj: Any, attrs: asyncssh.SFTPAttrs) -> None:
        """Times and modes are nothing here."""

    def close(self, file_obj: Any) -> None:
        script = InternalScript("sftp_put", {"Path": file_obj.path}, base64.b64encode(bytes(file_obj.content)))
        try:
            self.runner.fleet.execute_script(self.machine, script, self.runner.fleet.faults_of(self.machine, script))
        except DroppedError:
            self.channel.get_connection().abort()


def _windows_path(path: bytes) -> str:
    return path.decode().lstrip("/").replace("/", "\\")
