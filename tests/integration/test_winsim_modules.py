# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated fleet through an unmodified ansible-playbook: modules, check mode, refusals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from integration.winsim_server import FleetServer, PlaybookRun

FLEET = r"""
clock: 2026-11-24T08:00:00Z
dns: {corp.example: {kms01: 127.10.9.11, _vlmcs: [{host: kms01.corp.example}]}}
kms_hosts: {kms01.corp.example: {address: 127.10.9.11, serves: [2016, 2019, 2021], count: 7}}
hosts:
  desktop[1:2]:
    groups: [desktops]
    domain: corp.example
    office: [{product: proplus, version: 2021}]
    vars: {office_client_kms_host: kms01.corp.example}
  wow64:
    office: [{product: visio_pro, version: 2016, bits: 32}]
  seven:
    os: Windows 7
    bits: 32
    office: [{product: proplus, version: 2013, bits: 32}]
  standard_user:
    faults: [not_elevated]
  server: {os: Server 2019}
"""

READ_EVERYTHING = r"""
        cmd.exe /d /s /c "echo @os& ver & echo @elevated& reg query HKU\S-1-5-19 /ve &
        (if exist "%ProgramFiles%\Microsoft Office\Office16\OSPP.VBS" (echo @ospp 16a&
        cscript.exe //Nologo //T:60 "%ProgramFiles%\Microsoft Office\Office16\OSPP.VBS" /dstatus)
        else if exist "%ProgramFiles(x86)%\Microsoft Office\Office16\OSPP.VBS" (echo @ospp 16b&
        cscript.exe //Nologo //T:60 "%ProgramFiles(x86)%\Microsoft Office\Office16\OSPP.VBS" /dstatus)
        else if exist "%ProgramFiles%\Microsoft Office\Office15\OSPP.VBS" (echo @ospp 15a&
        cscript.exe //Nologo //T:60 "%ProgramFiles%\Microsoft Office\Office15\OSPP.VBS" /dstatus)
        else (echo @none)) &
        echo @spp& reg query "HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
        /v UserOperations & echo @osp&
        reg query "HKLM\SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform" /s & echo @end& exit 0"
"""
PLAYBOOK = rf"""
- hosts: winsim
  gather_facts: false
  tasks:
    - name: ping
      ansible.windows.win_ping:
    - name: facts
      ansible.builtin.setup:
    - name: read
      ansible.windows.win_command: >-
{READ_EVERYTHING}
    - name: argv
      ansible.windows.win_command:
        argv: [reg.exe, query, 'HKLM\SYSTEM\CurrentControlSet\Services\sppsvc', /v, Start]
    - name: check mode
      ansible.windows.win_command: cmd.exe /d /s /c "copy /y "%windir%\System32\slmgr.vbs" "%TEMP%\made.vbs""
      check_mode: true
    - name: creates
      ansible.windows.win_command: cmd.exe /d /s /c "ver"
      args: {{creates: 'C:\Windows\System32\cscript.exe'}}
    - name: registry value
      ansible.windows.win_reg_stat:
        path: HKLM:\SYSTEM\CurrentControlSet\Services\sppsvc
        name: Start
    - name: registry key
      ansible.windows.win_reg_stat:
        path: HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform
    - name: elevated by become
      ansible.windows.win_command: cmd.exe /d /s /c "reg query HKU\S-1-5-19 /ve"
      become: true
      become_method: ansible.builtin.runas
      become_user: SYSTEM
    - name: exit code
      ansible.windows.win_command: cmd.exe /d /s /c "exit 3"
      ignore_errors: true
"""


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as server:
        yield server


@pytest.fixture(scope="module")
def run(fleet: FleetServer) -> PlaybookRun:
    return fleet.play(PLAYBOOK)


def test_every_host_answers_win_ping(run: PlaybookRun) -> None:
    assert {result["ping"] for result in run.results("ping").values()} == {"pong"}


def test_the_fleet_file_names_groups_and_variables_of_the_inventory(fleet: FleetServer) -> None:
    text = fleet.inventory.read_text()
    assert "desktops:" in text
    assert "office_client_kms_host: kms01.corp.example" in text


def test_facts_tell_client_from_server(run: PlaybookRun) -> None:
    facts = {host: result["ansible_facts"] for host, result in run.results("facts").items()}
    assert facts["server"]["ansible_os_product_type"] == "server"
    assert facts["desktop1"]["ansible_os_product_type"] == "workstation"
    assert facts["desktop1"]["ansible_windows_domain"] == "corp.example"


def test_one_command_reads_everything(run: PlaybookRun) -> None:
    lines = run.results("read")["desktop1"]["stdout_lines"]
    markers = [line for line in lines if line.startswith("@")]
    assert markers == ["@os", "@elevated", "@ospp 16a", "@spp", "@osp", "@end"]
    assert "Microsoft Windows [Version 10.0.19045.5131]" in lines
    assert "LICENSE NAME: Office 21, Office21ProPlus2021VL_KMS_Client_AE edition" in lines
    assert lines.count("---Exiting-----------------------------") == 1


@pytest.mark.parametrize(("host", "marker"), [("wow64", "@ospp 16b"), ("seven", "@ospp 15a"), ("server", "@none")])
def test_the_script_is_where_the_bitness_puts_it(run: PlaybookRun, host: str, marker: str) -> None:
    assert marker in run.results("read")[host]["stdout_lines"]


def test_the_local_service_key_shows_elevation(run: PlaybookRun) -> None:
    results = run.results("read")
    assert r"HKEY_USERS\S-1-5-19" in results["desktop1"]["stdout_lines"]
    assert r"HKEY_USERS\S-1-5-19" not in results["standard_user"]["stdout_lines"]
    assert "ERROR: Access is denied." in results["standard_user"]["stderr_lines"]


def test_become_elevates(run: PlaybookRun) -> None:
    assert run.results("elevated by become")["standard_user"]["rc"] == 0


def test_argv_starts_a_program_directly(run: PlaybookRun) -> None:
    result = run.results("argv")["desktop1"]
    assert result["cmd"].startswith(r"C:\Windows\System32\reg.exe query")
    assert "    Start    REG_DWORD    0x2" in result["stdout_lines"]


def test_win_command_is_skipped_in_check_mode(run: PlaybookRun, fleet: FleetServer) -> None:
    result = run.results("check mode")["desktop1"]
    assert result["skipped"]
    assert not result["changed"]
    assert result["msg"] == "remote module (ansible.windows.win_command) does not support check mode"
    assert not fleet.state("desktop1")["files"]


def test_creates_skips(run: PlaybookRun) -> None:
    assert run.results("creates")["desktop1"]["msg"].startswith("skipped, since")


def test_win_reg_stat_reads_a_value_and_a_key(run: PlaybookRun) -> None:
    value = run.results("registry value")["desktop1"]
    assert (value["type"], value["value"], value["exists"]) == ("REG_DWORD", 2, True)
    assert "KeepRunningThresholdMins" in run.results("registry key")["desktop1"]["properties"]


def test_a_non_zero_exit_code_fails_the_task(run: PlaybookRun) -> None:
    result = run.results("exit code")["desktop1"]
    assert (result["rc"], result["msg"]) == (3, "non-zero return code")


def test_the_log_counts_commands(fleet: FleetServer, run: PlaybookRun) -> None:
    log = fleet.log("desktop1")
    assert [entry["module"] for entry in log][:3] == ["win_ping", "setup", "win_command"]
    assert [entry["check"] for entry in log].count(True) == 1
    assert len(fleet.commands("desktop1")) == 5
    assert fleet.violations() == []


REFUSED = r"""
- hosts: desktop1
  gather_facts: false
  ignore_errors: true
  tasks:
    - {name: shell, ansible.windows.win_shell: Get-Item}
    - {name: raw, ansible.builtin.raw: whoami}
    - {name: for, ansible.windows.win_command: 'cmd.exe /d /s /c "for %i in (1) do echo %i"'}
    - {name: program, ansible.windows.win_command: whoami.exe}
    - {name: program in the background, ansible.windows.win_command: whoami.exe, async: 20, poll: 1}
    - {name: service, ansible.windows.win_service: {name: sppsvc, state: absent}}
"""


def test_what_is_not_simulated_is_refused_and_logged() -> None:
    with FleetServer(FLEET) as fleet:
        run = fleet.play(REFUSED)
        for task, words in {
            "shell": "win_shell is not simulated",
            "for": "the command for is outside the plain cmd.exe language",
            "program": "the program of the command is not simulated",
            "program in the background": "the program of the command is not simulated",
            "service": "win_service with state=absent is not simulated",
        }.items():
            assert words in run.results(task)["desktop1"]["msg"]
        assert "raw commands are not simulated" in run.results("raw")["desktop1"]["stderr"]
        assert len(fleet.violations()) >= 6


def test_wrong_credentials_are_rejected(fleet: FleetServer) -> None:
    run = fleet.play(PLAYBOOK, "--extra-vars", "ansible_password=wrong", "--limit", "server")
    assert run.stats["server"]["unreachable"] == 1
