# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What hosts count of their clients, and what programs cost there."""

from __future__ import annotations

from pathlib import Path

import pytest
from winsim.payload import Call, InternalScript
from winsim.running import RunningFleet
from winsim.store import Store
from winsim.usage import Cost

OSPP = r'"C:\Program Files\Microsoft Office\Office16\OSPP.VBS"'
LINES = {
    "cscript.exe of its own": (f"cscript.exe //Nologo {OSPP} /dstatus", ["cscript"]),
    "a line of cmd.exe": (
        rf'cmd.exe /d /s /c "ver& reg query HKLM\SOFTWARE /v A& cscript.exe //Nologo {OSPP} /dstatus& exit 0"',
        ["cmd", "cscript", "reg"],
    ),
    "a branch that is not taken": (r'cmd.exe /d /s /c "if exist C:\none.txt reg query HKLM\SOFTWARE /v A"', ["cmd"]),
    "nothing": ("cmd.exe /c exit 0", ["cmd"]),
}


@pytest.fixture
def fleet(tmp_path: Path) -> RunningFleet:
    text = "hosts: {pc: {office: [{product: proplus, version: 2021}]}, other: }"
    return RunningFleet.create(Store(tmp_path / "state.sqlite"), text)


def execute(fleet: RunningFleet, line: str) -> float:
    """Run a command line on a host; the seconds that it takes."""
    call = Call("win_command", "ansible.windows.win_command", {"_raw_params": line})
    return fleet.execute(fleet.machines["pc"], call, {})[1]


@pytest.mark.parametrize(("line", "programs"), LINES.values(), ids=LINES)
def test_every_program_of_a_line_counts_beside_the_module_s_powershell(
    fleet: RunningFleet, line: str, programs: list[str]
) -> None:
    execute(fleet, line)
    assert fleet.usage["pc"].processes == dict.fromkeys([*programs, "powershell"], 1)
    assert fleet.usage["other"].processes == {}


def test_a_script_of_ansible_s_own_is_a_powershell_too(fleet: RunningFleet) -> None:
    fleet.cost = Cost(powershell=1.0)
    script = InternalScript("powershell_mkdtemp.ps1", {"Directory": "%TEMP%", "Name": "ansible-tmp-1"})
    assert fleet.execute_script(fleet.machines["pc"], script, {})[1] == 1.0
    assert fleet.usage["pc"].processes == {"powershell": 1}


@pytest.mark.parametrize(("line", "seconds"), [(LINES["nothing"][0], 1.0), (LINES["a line of cmd.exe"][0], 1.7)])
def test_a_command_takes_as_long_as_its_programs(fleet: RunningFleet, line: str, seconds: float) -> None:
    assert execute(fleet, line) == 0.0
    fleet.cost = Cost.read({"powershell": 1, "cscript": 0.7})
    assert execute(fleet, line) == pytest.approx(seconds)


@pytest.mark.parametrize("data", [{"reg": 1}, {"cscript": -1}, {"cscript": "1"}, {"powershell": True}])
def test_a_cost_that_is_none_is_refused(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"unknown: reg|is not a number of seconds"):
        Cost.read(data)
