# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults, the clock and the state file of the simulated fleet, through an unmodified ansible-playbook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
from integration.winsim_server import TESTS, FleetServer, PlaybookRun

pytestmark = pytest.mark.one_core

FLEET = r"""
clock: 2026-11-24T08:00:00Z
dns: {corp.example: {kms01: 127.10.11.12, _vlmcs: [{host: kms01.corp.example, port: 16881}]}}
kms_hosts: {kms01.corp.example: {address: 127.10.11.12, port: 16881, serves: [2021]}}
microsoft: {maks: [{key: AAAAA-BBBBB-CCCCC-DDDDD-MAK21, office: 2021, family: proplus, limit: 50, used: 3}]}
defaults: {domain: corp.example, office: [{product: proplus, version: 2021}]}
hosts:
  d[01:09]:
"""
SCRIPT = r"%ProgramFiles%\Microsoft Office\Office16\OSPP.VBS"


@pytest.fixture(scope="module")
def server() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


@pytest.fixture
def fleet(server: FleetServer) -> Iterator[FleetServer]:
    yield server
    for number in range(1, 10):
        server.clear_faults(f"d{number:02}")


def ospp(fleet: FleetServer, option: str, hosts: str = "d01", limit: str = "//T:60 ", **more: str) -> PlaybookRun:
    """Run one ospp.vbs command with markers around it."""
    line = f'cmd.exe /d /s /c "echo @1& cscript.exe //Nologo {limit}"{SCRIPT}" {option} & echo @2& exit 0"'
    keywords = "".join(f"      {name}: {value}\n" for name, value in more.items())
    return fleet.play(
        f"- hosts: {hosts}\n  gather_facts: false\n  tasks:\n    - name: ospp\n"
        f"      ansible.windows.win_command: {json.dumps(line)}\n{keywords}"
    )


def stdout(run: PlaybookRun, host: str = "d01") -> str:
    return run.results("ospp")[host]["stdout"]


def test_a_slow_host_is_really_slow_and_may_answer_after_the_operation_timeout(fleet: FleetServer) -> None:
    fleet.set_fault("d01", "slow", seconds=8)
    start = time.monotonic()
    run = ospp(fleet, "/dstatus", vars="{ansible_winrm_operation_timeout_sec: 1, ansible_winrm_read_timeout_sec: 5}")
    assert time.monotonic() - start > 8, "which a run on a quick host does not take"
    assert "---Exiting" in stdout(run)


def test_the_watchdog_ends_a_hung_script(fleet: FleetServer) -> None:
    fleet.set_fault("d01", "hung_script")
    run = ospp(fleet, "/dstatus")
    lines = run.results("ospp")["d01"]["stdout_lines"]
    assert "---Exiting-----------------------------" not in lines
    assert "Script execution was terminated." in lines
    assert lines[-1] == "@2"
    assert run.results("ospp")["d01"]["delta"] == "0:01:00.000000"


def test_a_hung_script_without_a_watchdog_never_answers(fleet: FleetServer) -> None:
    fleet.set_fault("d01", "hung_script")
    run = ospp(fleet, "/dstatus", limit="", timeout="15")
    assert run.results("ospp")["d01"]["failed"]
    assert fleet.log("d01")[-1]["ended"] == "hangs"


@pytest.mark.parametrize(("fault", "ran"), [("drop_before", False), ("drop_after", True)])
def test_a_dropped_connection_is_an_error_whether_the_command_ran_or_not(
    fleet: FleetServer, fault: str, ran: bool
) -> None:
    fleet.set_fault("d02", fault, when="/sethst")
    run = ospp(fleet, f"/sethst:{fault.replace('_', '-')}.corp.example", "d02")
    assert run.exit_code != 0
    host = fleet.product("d02", "KMS_Client").get("KeyManagementServiceMachine", "")
    assert (host == f"{fault.replace('_', '-')}.corp.example") is ran


def test_a_connection_can_break_half_way_through_a_command(fleet: FleetServer) -> None:
    fleet.set_fault("d03", "drop_during")
    script = f'cscript.exe //Nologo //T:60 "{SCRIPT}"'
    line = f'cmd.exe /d /s /c "{script} /sethst:half.corp.example & {script} /setprt:1700"'
    run = fleet.play(
        "- hosts: d03\n  gather_facts: false\n  tasks:\n    - name: apply\n"
        f"      ansible.windows.win_command: {json.dumps(line)}\n"
    )
    product = fleet.product("d03", "KMS_Client")
    assert run.exit_code != 0
    assert product["KeyManagementServiceMachine"] == "half.corp.example"
    assert not product.get("KeyManagementServicePort")


@pytest.mark.parametrize("fault", ["http_500", "not_windows"])
def test_an_endpoint_that_is_broken_makes_the_host_unreachable(fleet: FleetServer, fault: str) -> None:
    fleet.set_fault("d01", fault)
    assert ospp(fleet, "/dstatus").stats["d01"]["unreachable"] == 1


def test_a_fault_strikes_the_nth_matching_command_only(fleet: FleetServer) -> None:
    fleet.set_fault("d01", "no_script", when="/dstatus", after=1, times=1)
    texts = [stdout(ospp(fleet, "/dstatus")) for _ in range(3)]
    assert ["Can not find script file" in text for text in texts] == [False, True, False]


def test_without_vbscript_no_script_runs(fleet: FleetServer) -> None:
    fleet.set_fault("d01", "no_vbscript")
    assert "There is no script engine for file extension" in stdout(ospp(fleet, "/dstatus"))


def test_output_can_be_cut_and_garbled(fleet: FleetServer) -> None:
    whole = stdout(ospp(fleet, "/dstatus"))
    fleet.set_fault("d01", "cut_output")
    cut = stdout(ospp(fleet, "/dstatus"))
    fleet.clear_faults("d01")
    fleet.set_fault("d01", "garbage")
    assert whole.startswith(cut)
    assert len(cut) < len(whole)
    assert "\ufffd" in stdout(ospp(fleet, "/dstatus"))


def test_a_standard_user_changes_nothing(fleet: FleetServer) -> None:
    fleet.set_fault("d04", "not_elevated")
    text = stdout(ospp(fleet, "/sethst:other.corp.example", "d04"), "d04")
    assert "ERROR CODE: 0x" in text
    assert not fleet.product("d04", "KMS_Client").get("KeyManagementServiceMachine")


def test_a_german_host_speaks_german_where_windows_does(fleet: FleetServer) -> None:
    fleet.set_fault("d01", "localised")
    run = fleet.play(
        "- hosts: d01\n  gather_facts: false\n  tasks:\n    - name: ospp\n"
        r'      ansible.windows.win_command: cmd.exe /d /s /c "reg query HKLM\SOFTWARE\none & exit 0"' + "\n"
    )
    assert run.results("ospp")["d01"]["stderr"].startswith("FEHLER: ")


def test_four_clients_wait_and_the_fifth_is_activated(fleet: FleetServer) -> None:
    run = ospp(fleet, "/act", "d01,d05,d06,d07")
    assert all("0xC004F038" in stdout(run, host) for host in ("d01", "d05", "d06", "d07"))
    assert "<Product activation successful>" in stdout(ospp(fleet, "/act", "d08"), "d08")
    fleet.advance("3h")
    assert fleet.product("d01", "KMS_Client")["LicenseStatus"] == "1"


def test_a_kms_host_that_is_down_answers_nobody(fleet: FleetServer) -> None:
    fleet.set_fault("kms01.corp.example", "kms_down")
    assert "0xC004F074" in stdout(ospp(fleet, "/act"))
    fleet.clear_faults("kms01.corp.example")


def test_a_mak_is_counted_at_microsoft_and_masked_in_the_log(fleet: FleetServer) -> None:
    ospp(fleet, "/inpkey:AAAAA-BBBBB-CCCCC-DDDDD-MAK21", "d05")
    ospp(fleet, "/act", "d05")
    (key,) = fleet.world()["microsoft"]["keys"]
    assert key["used"] == 4
    logged = json.dumps(fleet.log("d05"))
    assert "CCCCC" not in logged
    assert "XXXXX-XXXXX-XXXXX-XXXXX-MAK21" in logged


def test_the_fleet_goes_on_after_a_restart(fleet: FleetServer) -> None:
    ospp(fleet, "/sethst:kept.corp.example")
    now = fleet.advance("1h")
    fleet.stop()
    fleet.start()
    assert fleet.product("d01", "KMS_Client")["KeyManagementServiceMachine"] == "kept.corp.example"
    assert fleet.advance("0s") == now
    assert "kept.corp.example" in stdout(ospp(fleet, "/dstatus"))


def test_the_command_line_asks_and_changes_a_running_fleet(fleet: FleetServer) -> None:
    def winsim(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "winsim", arguments[0], "--state", str(fleet.state_file), *arguments[1:]]
        return subprocess.run(
            command, env={**os.environ, "PYTHONPATH": str(TESTS)}, capture_output=True, text=True, check=False
        )

    before = fleet.world()["clock"]["offset"]
    assert winsim("clock", "+2h").returncode == 0
    assert fleet.world()["clock"]["offset"] == before + 7200
    assert winsim("fault", "d01", "slow", "seconds=3", "when=/act").returncode == 0
    assert fleet.state("d01")["faults"] == [{"name": "slow", "seconds": 3.0, "when": "/act"}]
    assert winsim("fault", "d01", "none").returncode == 0
    assert fleet.state("d01")["faults"] == []
    assert json.loads(winsim("state", "d01").stdout)["name"] == "d01"
    assert all(json.loads(line)["host"] == "d01" for line in winsim("log", "d01").stdout.splitlines())
    assert winsim("fault", "d01", "sleepy").stderr.startswith("winsim: unknown fault 'sleepy'")
    assert winsim("clock", "tomorrow").returncode == 1
