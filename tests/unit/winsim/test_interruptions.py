# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the way to a host and of the host itself: refusals, cut connections, pieces of output, reboots, clocks."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from unit.winsim.test_endpoint import PING, Client, _text, run
from winsim.faults import Fault
from winsim.wsman import SHELL_NOT_FOUND

SERVER = "hosts: {pc: {office: [{product: proplus, version: 2021, state: licensed}]}}"


def command(line: str) -> bytes:
    """What Ansible sends for win_command."""
    name = "ansible.windows.win_command"
    arguments = {"_ansible_module_name": name, "_raw_params": f'cmd.exe /d /s /c "{line}"'}
    script = "ansible_collections.ansible.windows.plugins.modules.win_command.ps1"
    params = {"Script": script, "Variables": [{"Name": "complex_args", "Value": arguments}]}
    return b"{}\0\0\0\0" + json.dumps({"actions": [{"name": "module_wrapper.ps1", "params": params}]}).encode()


def marks(client: Client) -> list[str]:
    """The files that commands have made on the machine."""
    return sorted(client.endpoint.fleet.machines["pc"].files)


TWO_COPIES = r"copy /y %windir%\System32\slmgr.vbs %TEMP%\1.vbs & copy /y %windir%\System32\slmgr.vbs %TEMP%\2.vbs"


@pytest.mark.parametrize(("name", "status"), [("http_429", 429), ("http_503", 503), ("http_500", 500)])
def test_an_overloaded_endpoint_refuses_so_often_and_then_works(name: str, status: int, tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        assert [(await client.send("Create"))[0] for _ in range(3)] == [status, status, 200]

    run(tmp_path, scene, Fault(name, times=2))


ANSWERS = {"http_503": 503, "auth_fails": 401, "reboot": "cut"}


@pytest.mark.parametrize(("moment", "copies"), [("before", 0), ("during", 1), ("after", 2), ("between", 2)])
@pytest.mark.parametrize("name", ANSWERS)
def test_the_moment_says_how_much_of_a_command_is_done(name: str, moment: str, copies: int, tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        await client.start(command(TWO_COPIES))
        if moment == "between":
            assert (await client.receive())[0] == 200
            assert (await client.send("Signal"))[0] == 200
        else:
            assert await answer(client.receive()) == ANSWERS[name]
        assert len(marks(client)) == copies
        (entry,) = client.endpoint.fleet.store.log("pc")
        assert name in entry["faults"]

    run(tmp_path, scene, Fault(name, when="copy", times=1, moment=moment))


async def answer(request: Any) -> int | str:
    """The status of an answer, or that there is none."""
    try:
        return (await request)[0]
    except aiohttp.ClientError:
        return "cut"


def test_credentials_that_are_refused_from_a_command_on_stay_refused(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        await client.start(PING)
        assert [(await client.receive())[0], (await client.send("Create"))[0]] == [401, 401]
        client.endpoint.fleet.clear_faults("pc")
        assert (await client.send("Create"))[0] == 200

    run(tmp_path, scene, Fault("auth_fails", when="", times=1))


def test_credentials_can_be_refused_from_a_request_on(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        assert [(await client.send("Create"))[0] for _ in range(4)] == [200, 401, 401, 200]

    run(tmp_path, scene, Fault("auth_fails", after=1, times=2))


def test_a_silent_connection_is_cut_and_the_command_goes_on(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        await client.start(PING)
        answers = [await answer(client.receive())]
        while answers[-1] == "cut":
            answers.append(await answer(client.receive()))
        assert (answers[0], answers[-1]) == ("cut", 200)

    run(tmp_path, scene, Fault("slow", seconds=1.5), Fault("cut_idle", when="", times=1, seconds=0.2))


def test_an_idle_connection_is_closed_between_requests(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        start = time.monotonic()
        await client.send("Create")
        (connection,) = client.endpoint.interruptions._timers
        while not connection.is_closing():
            await asyncio.sleep(0.02)
        assert time.monotonic() - start >= 0.5

    run(tmp_path, scene, Fault("cut_idle", seconds=0.5))


def test_output_can_come_in_pieces(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        await client.start(PING)
        pieces, start = b"", time.monotonic()
        while True:
            _, text = await client.receive()
            pieces += base64.b64decode(_text(text, "Stream"))
            if "CommandState/Done" in text:
                break
        assert json.loads(pieces)["ping"] == "pong"
        assert time.monotonic() - start > 0.3

    run(tmp_path, scene, Fault("trickle", seconds=0.4))


def test_a_computer_that_starts_anew_is_away_and_has_lost_its_shells(tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        machine = client.endpoint.fleet.machines["pc"]
        service = machine.licensing.services[0]
        service["State"] = "Stopped"
        machine.hung.append("setup.exe")
        await client.start(PING)
        assert await answer(client.receive()) == "cut"
        assert await answer(client.send("Create")) == "cut"
        assert (machine.hung, service["State"]) == ([], "Running")
        while await answer(client.send("Create")) == "cut":
            await asyncio.sleep(0.02)
        status, text = await client.receive()
        assert (status, str(SHELL_NOT_FOUND) in text) == (500, True)

    run(tmp_path, scene, Fault("reboot", when="", times=1, seconds=1.5))


@pytest.mark.parametrize(("by", "state", "hours"), [("200d", "3", 4800), ("-2d", "1", -48)])
def test_a_clock_that_jumps_forwards_lets_licences_run_out(by: str, state: str, hours: int, tmp_path: Path) -> None:
    async def scene(client: Client) -> None:
        machine = client.endpoint.fleet.machines["pc"]
        before = client.endpoint.fleet.world.clock.now()
        for _ in range(2):
            await client.start(command("ver"))
            _, text = await client.receive()
        shown = json.loads(base64.b64decode(_text(text, "Stream")))["start"]
        keyed = [one for one in machine.licensing.products if "Office" in one["Name"] and one.get("PartialProductKey")]
        assert keyed[0]["LicenseStatus"] == state
        assert machine.clock_offset == hours * 3600
        assert client.endpoint.fleet.world.clock.now() == before
        assert (shown > before.strftime("%Y-%m-%d %H:%M:%S")) is (hours > 0)

    run(tmp_path, scene, Fault("clock_jump", by=by, times=1), fleet=SERVER)


@pytest.mark.parametrize(
    ("data", "words"),
    [({"name": "reboot", "moment": "later"}, "moment is one of before, during, after, between"), (None, "not None")],
)
def test_what_no_fault_can_be_is_refused(data: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Fault.read(data)
