# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state file, and a fleet that goes on from it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from winsim.faults import Fault
from winsim.inventory import inventory
from winsim.payload import Call
from winsim.running import DroppedError, RunningFleet
from winsim.store import Store, masked

FLEET = r"""
dns: {corp.example: {kms01: 127.10.9.13, _vlmcs: [{host: kms01.corp.example}]}}
kms_hosts: {kms01.corp.example: {address: 127.10.9.13, serves: [2021]}}
credentials: {user: admin, password: hidden}
hosts:
  pc[1:5]: {groups: [pcs], domain: corp.example, office: [{version: 2021}], vars: {colour: blue}}
"""
OSPP = r'cscript.exe //Nologo //T:60 "C:\Program Files\Microsoft Office\Office16\OSPP.VBS"'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.sqlite"


@pytest.fixture
def running(path: Path) -> Iterator[RunningFleet]:
    store = Store(path)
    yield RunningFleet.create(store, FLEET)
    store.close()


def execute(running: RunningFleet, host: str, line: str, **call: bool) -> dict[str, object]:
    machine = running.machines[host]
    one = Call("win_command", "ansible.windows.win_command", {"_raw_params": line}, **call)
    return running.execute(machine, one, running.faults_of(machine, one))[0]


def reopened(path: Path) -> RunningFleet:
    return RunningFleet.create(Store(path), "")


def test_machines_and_world_survive(running: RunningFleet, path: Path) -> None:
    execute(running, "pc1", f"{OSPP} /sethst:kms.kept.example")
    running.advance(timedelta(days=1))
    again = reopened(path)
    assert again.machines["pc1"].to_json() == running.machines["pc1"].to_json()
    assert again.world.to_json() == running.world.to_json()
    assert "kms.kept.example" in json.dumps(again.machines["pc1"].to_json())


def test_kms_counts_survive(running: RunningFleet, path: Path) -> None:
    for number in range(1, 5):
        execute(running, f"pc{number}", f"{OSPP} /act")
    again = reopened(path)
    assert "<Product activation successful>" in execute(again, "pc5", f"{OSPP} /act")["stdout"]


def test_copied_files_and_faults_survive(running: RunningFleet, path: Path) -> None:
    execute(running, "pc1", r'cmd.exe /d /s /c "copy /y "%windir%\System32\slmgr.vbs" "%TEMP%\x.vbs""')
    running.add_fault("pc1", Fault("slow", seconds=2))
    running.add_fault("kms01.corp.example", Fault("kms_down"))
    again = reopened(path)
    assert list(again.machines["pc1"].files) == [r"c:\users\admin\appdata\local\temp\x.vbs"]
    assert again.machines["pc1"].faults == [Fault("slow", seconds=2)]
    assert not again.world.kms_hosts["kms01.corp.example"].reachable


def test_faults_leave_no_trace_in_the_state(running: RunningFleet) -> None:
    execute(running, "pc1", f"{OSPP} /dstatus")
    before = running.machines["pc1"].to_json()
    for name in ("service_absent", "service_disabled", "no_office", "not_elevated", "dns_down"):
        running.add_fault("pc1", Fault(name))
        execute(running, "pc1", f"{OSPP} /dstatus")
        running.clear_faults("pc1")
    assert running.machines["pc1"].to_json() == before


def test_the_log_masks_product_keys(running: RunningFleet, path: Path) -> None:
    execute(running, "pc1", f"{OSPP} /inpkey:abcde-fghij-klmno-pqrst-uvwxy")
    (entry,) = running.store.log("pc1")
    assert "/inpkey:XXXXX-XXXXX-XXXXX-XXXXX-uvwxy" in entry["command"]
    assert "fghij" not in str(sqlite3.connect(path).execute("SELECT data FROM log").fetchall())


def test_masking_leaves_other_text_alone() -> None:
    text = "0ff1ce15-a989-479d-af46-f275c6370663 ABCDE-FGHIJ"
    assert masked(text) == text


def test_a_violation_is_logged(running: RunningFleet) -> None:
    execute(running, "pc1", 'cmd.exe /d /s /c "ver && ver"')
    (entry,) = running.store.log("pc1")
    assert entry["violation"] == "&& is outside the plain cmd.exe language"


def test_a_dropped_command_is_logged_and_saved(running: RunningFleet, path: Path) -> None:
    running.add_fault("pc1", Fault("drop_after"))
    with pytest.raises(DroppedError):
        execute(running, "pc1", f"{OSPP} /sethst:kms.kept.example")
    assert [entry["ended"] for entry in running.store.log("pc1")] == ["dropped"]
    assert "kms.kept.example" in json.dumps(reopened(path).machines["pc1"].to_json())


def test_the_inventory_has_connection_groups_and_variables(running: RunningFleet) -> None:
    with pytest.raises(LookupError):
        inventory(running.store)
    running.store.set_setting("address", {"host": "127.0.0.1", "port": 5985})
    children = inventory(running.store)["all"]["children"]
    assert children["winsim"]["vars"]["ansible_connection"] == "winrm"
    assert children["winsim"]["hosts"]["pc1"] == {"ansible_winrm_path": "/wsman/pc1", "colour": "blue"}
    assert list(children["pcs"]["hosts"]) == ["pc1", "pc2", "pc3", "pc4", "pc5"]


def test_only_known_hosts_get_faults(running: RunningFleet) -> None:
    with pytest.raises(KeyError):
        running.add_fault("nobody", Fault("slow"))
    with pytest.raises(ValueError, match="its only fault is kms_down"):
        running.add_fault("kms01.corp.example", Fault("slow"))
