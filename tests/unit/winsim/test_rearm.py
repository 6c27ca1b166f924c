# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OSPPREARM.EXE on a simulated machine: client machine ID, grace, how often, and when not."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from winsim import fleet
from winsim.machine import Machine, View
from winsim.modules import RefusedError, run
from winsim.payload import Call
from winsim.world import World

CMID = "11111111-2222-3333-4444-555555555555"
FLEET = f"""
hosts:
  image: {{cmid: {CMID}, office: [{{product: proplus, version: 2021}}]}}
  old: {{office: [{{product: proplus, version: 2010}}]}}
"""
PROGRAM = r"C:\Program Files\Microsoft Office\Office16\OSPPREARM.EXE"
LINE = f'cmd.exe /d /s /c "(if exist "{PROGRAM}" ("{PROGRAM}") else echo @missing)"'


def view(host: str = "image") -> View:
    read = fleet.read(FLEET)
    return View(read.machines[host], read.world)


def command(on: View, line: str = LINE) -> dict[str, Any]:
    with on.applied():
        return run(Call("win_command", "ansible.windows.win_command", {"_raw_params": line}), on)


def cmid(machine: Machine, world: World) -> str:
    """The client machine ID that the machine tells when it is looked at."""
    world.activator(machine.licensing.computer_name, machine.reach).prepare(machine.licensing)
    return machine.licensing.service["ClientMachineID"]


def kms_client(on: View) -> dict[str, str]:
    return next(one for one in on.licensing.products if "KMSCLIENT" in one["Description"])


@pytest.mark.parametrize("line", [LINE, f'"{PROGRAM}"'])
def test_it_runs_from_a_line_and_by_its_path(line: str) -> None:
    assert command(view(), line)["stdout"] == "Microsoft Office rearm successful.\r\n"


def test_the_machine_gets_another_client_machine_id() -> None:
    on = view()
    command(on)
    assert cmid(on.machine, on.world) != CMID


def test_clones_of_a_rearmed_image_have_different_client_machine_ids() -> None:
    on = view()
    command(on)
    clones = [Machine.from_json(copy.deepcopy(on.machine.to_json())) for _ in range(2)]
    for number, clone in enumerate(clones):
        clone.licensing.computer_name = f"CLONE{number}"
    assert cmid(clones[0], on.world) != cmid(clones[1], on.world)


def test_the_time_of_grace_begins_anew() -> None:
    on = view()
    kms_client(on).update({"LicenseStatus": "5", "GracePeriodRemaining": "0"})
    command(on)
    assert (kms_client(on)["LicenseStatus"], kms_client(on)["GracePeriodRemaining"]) == ("2", "43200")


def test_after_five_times_none_is_left() -> None:
    on = view()
    assert [command(on)["rc"] for _ in range(6)] == [0, 0, 0, 0, 0, 1]
    assert "0xc004d307" in command(on)["stderr"]


def test_it_needs_elevation() -> None:
    on = view()
    on.machine.elevated = False
    assert "0x80070005" in command(on)["stderr"]
    assert cmid(on.machine, on.world) == CMID


def test_office_2010_has_it_elsewhere() -> None:
    assert command(view("old"))["stdout"] == "@missing\r\n"


def test_arguments_are_not_simulated() -> None:
    with pytest.raises(RefusedError):
        command(view(), f'"{PROGRAM}" x')
