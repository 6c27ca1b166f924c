# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The endpoint over HTTP: credentials, shells, waiting, what ends a command."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from xml.etree import ElementTree

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from winsim import wsman
from winsim.commands import Runner
from winsim.endpoint import Endpoint
from winsim.faults import Fault
from winsim.running import RunningFleet
from winsim.store import Store

ACTIONS = {"Create": wsman.TRANSFER, "Delete": wsman.TRANSFER}
AUTH = {"Authorization": "Basic " + base64.b64encode(b"anybody:secret").decode()}
ARGUMENTS = {"_ansible_module_name": "ansible.windows.win_ping"}
PING = (
    b"{}"
    + b"\0\0\0\0"
    + json.dumps(
        {
            "actions": [
                {
                    "name": "module_wrapper.ps1",
                    "params": {
                        "Script": "ansible_collections.ansible.windows.plugins.modules.win_ping.ps1",
                        "Variables": [{"Name": "complex_args", "Value": ARGUMENTS}],
                    },
                }
            ]
        }
    ).encode()
)


class Client:
    """Sends one kind of message after the other, as pywinrm does."""

    def __init__(self, http: TestClient, endpoint: Endpoint) -> None:
        self.http, self.endpoint = http, endpoint
        self.shell = self.command = ""

    async def send(self, action: str, body: str = "", timeout: str = "PT20S", host: str = "pc") -> tuple[int, str]:
        envelope = f"""<s:Envelope xmlns:s="{wsman.SOAP}" xmlns:a="{wsman.ADDRESSING}" xmlns:w="{wsman.WSMAN}"
            xmlns:rsp="{wsman.SHELL}"><s:Header><a:MessageID>uuid:7</a:MessageID>
            <a:Action>{ACTIONS.get(action, wsman.SHELL)}/{action}</a:Action>
            <w:OperationTimeout>{timeout}</w:OperationTimeout>
            <w:SelectorSet><w:Selector Name="ShellId">{self.shell}</w:Selector></w:SelectorSet>
            </s:Header><s:Body>{body}</s:Body></s:Envelope>"""
        async with self.http.post(f"/wsman/{host}", data=envelope.encode(), headers=AUTH) as answer:
            return answer.status, await answer.text()

    async def start(self, stdin: bytes) -> None:
        """Open a shell and a command and send it everything."""
        _, text = await self.send("Create")
        self.shell = _text(text, "ShellId")
        _, text = await self.send("Command", "<rsp:CommandLine><rsp:Command>PowerShell</rsp:Command></rsp:CommandLine>")
        self.command = _text(text, "CommandId")
        data = base64.b64encode(stdin).decode()
        stream = f'<rsp:Stream Name="stdin" CommandId="{self.command}" End="true">{data}</rsp:Stream>'
        await self.send("Send", f"<rsp:Send>{stream}</rsp:Send>")

    async def receive(self, timeout: str = "PT20S") -> tuple[int, str]:
        return await self.send(
            "Receive", f'<rsp:Receive><rsp:DesiredStream CommandId="{self.command}"/></rsp:Receive>', timeout
        )


def _text(answer: str, name: str) -> str:
    root = ElementTree.fromstring(answer)
    return next(element.text or "" for element in root.iter() if element.tag.endswith("}" + name))


def run(folder: Path, scene: Callable[[Client], Awaitable[None]], *faults: Fault, fleet: str = "hosts: {pc: }") -> None:
    """Play a scene with a client of a served machine."""

    async def play() -> None:
        running = RunningFleet.create(Store(folder / "state.sqlite"), fleet)
        running.machines["pc"].faults = list(faults)
        endpoint = Endpoint(Runner(running))
        app = web.Application()
        app.add_routes([web.post("/wsman/{host}", endpoint.handle)])
        async with TestClient(TestServer(app)) as http:
            await scene(Client(http, endpoint))
        endpoint.close()

    asyncio.run(play())


def test_a_module_call_is_answered(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        await client.start(PING)
        status, text = await client.receive()
        stream = base64.b64decode(_text(text, "Stream"))
        assert (status, json.loads(stream)["ping"], _text(text, "ExitCode")) == (200, "pong", "0")

    run(tmp_path, scene)


def test_wrong_password_and_unknown_host(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        wrong = {"Authorization": "Basic " + base64.b64encode(b"admin:other").decode()}
        async with client.http.post("/wsman/pc", data=b"", headers=wrong) as answer:
            assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Basic realm="WSMAN"')
        async with client.http.post("/wsman/none", data=b"", headers=AUTH) as answer:
            assert answer.status == 404

    run(tmp_path, scene)


def test_a_command_that_still_runs_answers_the_operation_timeout(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        await client.start(PING)
        status, text = await client.receive("PT0.1S")
        assert status == 500
        assert 'Code="2150858793"' in text
        assert (await client.receive())[0] == 200

    run(tmp_path, scene, Fault("slow", seconds=1.5))


def test_a_dropped_connection_has_no_answer(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        await client.start(PING)
        with pytest.raises(aiohttp.ClientError):
            await client.receive()

    run(tmp_path, scene, Fault("drop_after"))


def test_signal_ends_a_command_and_delete_the_shell(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        await client.start(PING)
        signal = f'<rsp:Signal CommandId="{client.command}"/>'
        assert (await client.send("Signal", signal))[0] == 200
        assert (await client.receive())[0] == 500
        assert (await client.send("Delete"))[0] == 200
        assert client.endpoint.shells == {}
        status, text = await client.receive()
        assert (status, 'Code="2150858843"' in text) == (500, True)

    run(tmp_path, scene, Fault("slow", seconds=60))


def test_what_is_no_payload_fails_with_a_reason(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        await client.start(b"Get-Item")
        _, text = await client.receive()
        assert _text(text, "ExitCode") == "1"
        (entry,) = client.endpoint.fleet.store.log("pc")
        assert entry["violation"].startswith("this is no Ansible payload")

    run(tmp_path, scene)


def test_requests_and_the_bytes_in_them_are_counted(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        await client.start(PING)
        await client.receive()
        usage = client.endpoint.fleet.usage["pc"]
        sent = usage.received
        assert usage.to_json() == {"requests": 4, "received": sent, "processes": {"powershell": 1}}
        assert sent > len(base64.b64encode(PING))
        async with client.http.post("/wsman/pc", data=b"x" * 1000, headers=AUTH) as answer:
            assert answer.status == 400
        assert (usage.requests, usage.received) == (5, sent + 1000)

    run(tmp_path, scene)
