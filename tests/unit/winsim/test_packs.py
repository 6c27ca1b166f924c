# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volume License Packs and licence files, in the foreground and in the background."""

from __future__ import annotations

from typing import Any

import pytest
from winsim import fleet, jobs, packs
from winsim.files import kind_of
from winsim.machine import View
from winsim.modules import run
from winsim.payload import AsyncJob, Call
from winsim.products import KMS_HOST_IDS
from winsim.programs import NeverEndsError

FLEET = "hosts: {kms: {os: Windows Server 2022, windows_licence: false}}"
FOLDER = r"%USERPROFILE%\.ansible_async"


def view(**description: Any) -> View:
    read = fleet.read(FLEET)
    made = View(read.machines["kms"], read.world)
    made.write(r"C:\pack.exe", kind_of(packs.pack_text({"office": 2021, **description}).encode()))
    return made


def command(on: View, line: str = r"C:\pack.exe /quiet /norestart", job: AsyncJob | None = None) -> dict[str, Any]:
    with on.applied():
        return run(Call("win_command", "ansible.windows.win_command", {"_raw_params": line}, asynchronous=job), on)


def offices(on: View) -> list[int]:
    by_id = {sku: office for office, sku in KMS_HOST_IDS.items()}
    return [by_id[product["ID"]] for product in on.licensing.products]


@pytest.mark.parametrize(
    ("description", "installed", "code"),
    [
        ({}, [2021], 0),
        ({"behaviour": "wrong_version"}, [2013], 0),
        ({"behaviour": "wrong_version", "installs": 2019}, [2019], 0),
        ({"behaviour": "fails"}, [], 17002),
        ({"behaviour": "fails", "exit_code": 30088}, [], 30088),
        ({"behaviour": "slow"}, [2021], 0),
    ],
)
def test_what_a_pack_installs(description: dict[str, Any], installed: list[int], code: int) -> None:
    on = view(**description)
    assert command(on)["rc"] == code
    assert offices(on) == installed


def test_a_second_installation_changes_nothing() -> None:
    on = view()
    command(on)
    command(on)
    assert offices(on) == [2021]


@pytest.mark.parametrize(("behaviour", "installed"), [("wizard", []), ("wizard_after", [2021])])
def test_a_wizard_never_ends(behaviour: str, installed: list[int]) -> None:
    on = view(behaviour=behaviour)
    with pytest.raises(NeverEndsError):
        command(on)
    assert offices(on) == installed
    assert on.machine.hung == [r"C:\pack.exe"]


def test_a_pack_needs_elevation() -> None:
    on = view()
    on.machine.elevated = False
    result = command(on)
    assert (result["rc"], result["failed"]) == (740, True)
    assert offices(on) == []


def test_what_is_not_there_or_no_program_does_not_start() -> None:
    on = view()
    on.write(r"C:\text.exe", kind_of(b"text"))
    assert command(on, r"C:\missing.exe")["rc"] == 2
    assert command(on, r"C:\text.exe")["rc"] == 193


def test_windows_own_host_licence_comes_in_a_pack_too() -> None:
    on = view()
    on.write(r"C:\windows.exe", kind_of(packs.pack_text({"windows": "ws25"}).encode()))
    command(on, r"C:\windows.exe")
    assert "VOLUME_KMS_WS25" in on.licensing.products[0]["Description"]


@pytest.mark.parametrize(
    "wrong", [{"office": 1999}, {}, {"office": 2021, "behaviour": "odd"}, {"office": 2021, "x": 1}]
)
def test_a_wrong_description_is_noticed(wrong: dict[str, Any]) -> None:
    with pytest.raises(packs.BadPackError):
        packs.pack_text(wrong)


# -- licence files --------------------------------------------------------------------------------------------------

ILC = r"cscript.exe //Nologo C:\Windows\System32\slmgr.vbs /ilc "


def test_slmgr_installs_licence_files() -> None:
    on = view()
    on.write(r"C:\Host Licence.xrm-ms", kind_of(packs.licence_text(2019).encode()))
    assert command(on, ILC + r'"C:\Host Licence.xrm-ms"')["stdout"].endswith("installed successfully.\r\n\r\n\r\n")
    assert offices(on) == [2019]


def test_no_licence_file() -> None:
    on = view()
    assert command(on, ILC + r"C:\none.xrm-ms")["rc"] != 0
    assert command(on, ILC + r"C:\pack.exe")["rc"] != 0
    assert offices(on) == []


# -- in the background ----------------------------------------------------------------------------------------------


def status(on: View, started: dict[str, Any], mode: str = "status") -> dict[str, Any]:
    arguments = {"jid": started["ansible_job_id"], "mode": mode, "_async_dir": FOLDER}
    return run(Call("async_status", "ansible.windows.async_status", arguments), on)


def test_a_job_is_asked_about_and_cleaned_up(monkeypatch: pytest.MonkeyPatch) -> None:
    on = view(behaviour="slow", seconds=5)
    clock = [1000.0]
    monkeypatch.setattr(jobs.time, "time", lambda: clock[0])
    started = command(on, job=AsyncJob("j1", FOLDER, 60))
    assert (started["started"], started["finished"]) == (True, False)
    assert started["results_file"] == rf"C:\Users\admin\.ansible_async\{started['ansible_job_id']}"
    assert status(on, started) == started
    clock[0] += 6
    assert (status(on, started)["finished"], status(on, started)["rc"]) == (True, 0)
    assert status(on, started, "cleanup")["erased"] == started["results_file"]
    gone = status(on, started)
    assert (gone["failed"], gone["msg"]) == (True, f"could not find job at '{FOLDER}'")


def test_older_versions_get_numbers() -> None:
    started = command(view(), job=AsyncJob("j1", FOLDER, 60, counts_as_numbers=True))
    assert (started["started"], started["finished"]) == (1, 0)
    assert not isinstance(started["started"], bool)


def test_a_wizard_is_given_up_after_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    on = view(behaviour="wizard_after")
    clock = [1000.0]
    monkeypatch.setattr(jobs.time, "time", lambda: clock[0])
    started = command(on, job=AsyncJob("j1", FOLDER, 60))
    clock[0] += 59
    assert not status(on, started)["finished"]
    clock[0] += 1
    ended = status(on, started)
    assert (ended["finished"], ended["failed"]) == (True, True)
    assert ended["msg"] == "timed out waiting for module completion"
    assert offices(on) == [2021]
