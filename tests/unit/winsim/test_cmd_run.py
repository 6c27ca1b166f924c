# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Command lines on a simulated machine: programs, files, exit codes, languages."""

from __future__ import annotations

import pytest
from winsim import fleet
from winsim.cmd_run import Interpreter, InterruptedLineError
from winsim.faults import Fault
from winsim.machine import View
from winsim.modules import RefusedError, cmd_tail, command_line, run
from winsim.payload import Call
from winsim.programs import NeverEndsError, split_arguments

FLEET = r"""
clock: 2026-11-24T08:00:00Z
dns: {corp.example: {kms01: 10.0.0.1, _vlmcs: [{host: kms01.corp.example}]}}
kms_hosts: {kms01.corp.example: {address: 10.0.0.1, serves: [2021], count: 9}}
hosts:
  pc: {domain: corp.example, office: [{product: proplus, version: 2021}]}
  wow64: {office: [{product: visio_pro, version: 2016, bits: 32}]}
  small: {bits: 32, office: [{product: project_std, version: 2013, bits: 32}]}
  german: {language: de-DE, office: [{product: proplus, version: 2021}]}
  both: {office: [{product: proplus, version: 2016}, {product: visio_std, version: 2013}]}
"""
OSPP = r'"%ProgramFiles%\Microsoft Office\Office16\OSPP.VBS"'


def view(host: str = "pc", *faults: str, **options: object) -> View:
    read = fleet.read(FLEET)
    chosen = {name: Fault(name) for name in faults}
    return View(read.machines[host], read.world, chosen, **options)


def cmd(line: str, on: View | None = None) -> tuple[str, str, int]:
    """Standard output, standard error and exit code of a line."""
    on = on or view()
    with on.applied():
        output = Interpreter(on).run(line)
    return output.stdout, output.stderr, output.exit_code


def command(line: str, on: View | None = None) -> dict[str, object]:
    on = on or view()
    with on.applied():
        return run(Call("win_command", "ansible.windows.win_command", {"_raw_params": line}), on)


# -- echo, ver, exit ------------------------------------------------------------------------------------------------


def test_echo_keeps_the_blank_before_the_ampersand() -> None:
    assert cmd("echo @a& echo @b & echo @c")[0] == "@a\r\n@b \r\n@c\r\n"


def test_ver() -> None:
    assert cmd("ver")[0] == "\r\nMicrosoft Windows [Version 10.0.19045.5131]\r\n"


def test_echo_does_not_reset_the_exit_code() -> None:
    assert cmd(r"reg query HKLM\SOFTWARE\none & echo x")[2] == 1


def test_exit_ends_the_line_with_its_code() -> None:
    assert cmd("echo a& exit 5 & echo b") == ("a\r\n", "", 5)


def test_exit_0_hides_a_failed_command() -> None:
    assert cmd(r"reg query HKLM\SOFTWARE\none & exit 0")[2] == 0


def test_a_syntax_error_runs_nothing() -> None:
    line = r"echo a& (echo %ProgramFiles(x86)%\Microsoft Office)"
    assert cmd(line) == ("", "\\Microsoft was unexpected at this time.\r\n", 255)


@pytest.mark.parametrize("line", ["echo", "echo off", "set x=1", "dir", "whoami", "exit /b 1", "echo. x", "cmd /c ver"])
def test_other_commands_are_refused(line: str) -> None:
    with pytest.raises(RefusedError, match="outside the plain"):
        command(f'cmd.exe /d /s /c "{line}"')


# -- redirection ----------------------------------------------------------------------------------------------------


def test_nul_swallows_output_and_not_errors() -> None:
    assert cmd(r"ver>nul & reg query HKLM\SOFTWARE\none >nul")[1].startswith("ERROR:")


def test_both_streams_can_be_swallowed() -> None:
    assert cmd(r"reg query HKLM\SOFTWARE\none >nul 2>&1") == ("", "", 1)


def test_errors_can_join_the_output() -> None:
    out, err, _ = cmd(r"reg query HKLM\SOFTWARE\none 2>&1")
    assert out.startswith("ERROR:")
    assert err == ""


def test_redirections_count_from_left_to_right() -> None:
    out, err, _ = cmd(r"reg query HKLM\SOFTWARE\none 2>&1 >nul")
    assert out.startswith("ERROR:")
    assert err == ""


def test_a_block_is_redirected_as_a_whole() -> None:
    assert cmd("(echo a& ver) >nul & echo b")[0] == "b\r\n"


# -- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("pc", r"%ProgramFiles%\Microsoft Office\Office16\OSPP.VBS"),
        ("pc", r"%ProgramFiles%\Microsoft Office\root\Office16\WINWORD.EXE"),
        ("wow64", r"%ProgramFiles(x86)%\Microsoft Office\Office16\ospp.vbs"),
        ("wow64", r"%ProgramFiles(x86)%\Microsoft Office\root\Office16\VISIO.EXE"),
        ("small", r"%ProgramFiles%\Microsoft Office\Office15\WINPROJ.EXE"),
        ("both", r"%ProgramFiles%\Microsoft Office\Office15\OSPP.VBS"),
        ("both", r"%ProgramFiles%\Microsoft Office\Office16\OSPP.VBS"),
        ("pc", r"%windir%\System32\vbscript.dll"),
        ("pc", r"%SystemRoot%\system32"),
    ],
)
def test_files_are_where_windows_has_them(host: str, path: str) -> None:
    assert cmd(f'if exist "{path}" (echo yes) else (echo no)', view(host))[0] == "yes\r\n"


@pytest.mark.parametrize(
    ("host", "path", "faults"),
    [
        ("pc", r"%ProgramFiles(x86)%\Microsoft Office\Office16\OSPP.VBS", ()),
        ("small", r"%ProgramFiles(x86)%\Microsoft Office\Office15\OSPP.VBS", ()),
        ("pc", r"%ProgramFiles%\Microsoft Office\Office16\OSPP.VBS", ("no_script",)),
        ("pc", r"%ProgramFiles%\Microsoft Office\root\Office16\WINWORD.EXE", ("no_office",)),
        ("pc", r"%windir%\System32\vbscript.dll", ("no_vbscript",)),
    ],
)
def test_files_that_are_not_there(host: str, path: str, faults: tuple[str, ...]) -> None:
    assert cmd(f'if exist "{path}" (echo yes) else (echo no)', view(host, *faults))[0] == "no\r\n"


def test_a_copy_is_a_file_until_it_is_deleted() -> None:
    on = view()
    line = r'copy /y "%windir%\System32\slmgr.vbs" "%TEMP%\made.vbs"'
    assert cmd(line, on) == ("        1 file(s) copied.\r\n", "", 0)
    probe = r'if exist "%TEMP%\made.vbs" (echo yes) else (echo no)'
    assert cmd(f"{probe}", on)[0] == "yes\r\n"
    assert cmd(r'del "%TEMP%\made.vbs"', on) == ("", "", 0)
    assert cmd(probe, on)[0] == "no\r\n"


def test_deleting_nothing_is_no_failure() -> None:
    out, err, code = cmd(r'del "%TEMP%\none.vbs"')
    assert (out, code) == ("", 0)
    assert err.startswith("Could Not Find C:\\Users\\admin\\AppData\\Local\\Temp\\none.vbs")


# -- cscript --------------------------------------------------------------------------------------------------------


def test_ospp_runs_and_changes_the_machine() -> None:
    on = view()
    out, _, code = cmd(f"cscript.exe //Nologo //T:60 {OSPP} /sethst:KMS01.corp.example", on)
    assert "Successfully applied setting." in out
    assert code == 0
    hosts = [one.get("KeyManagementServiceMachine") for one in on.licensing.products if "Office" in one["Name"]]
    assert "kms01.corp.example" in hosts


def test_the_banner_comes_without_nologo() -> None:
    assert cmd(f"cscript.exe {OSPP} /dstatus")[0].startswith("Microsoft (R) Windows Script Host Version")


def test_a_missing_script() -> None:
    out, err, code = cmd(r'cscript.exe //Nologo "C:\none.vbs" /dstatus')
    assert (out, err, code) == ('Input Error: Can not find script file "C:\\none.vbs".\r\n', "", 1)


def test_without_the_engine_nothing_runs() -> None:
    out, _, code = cmd(r"cscript.exe //Nologo %windir%\System32\slmgr.vbs /dlv", view("pc", "no_vbscript"))
    assert (out, code) == ('Input Error: There is no script engine for file extension ".vbs".\r\n', 1)


def test_a_popup_hangs_until_the_watchdog_and_the_line_goes_on() -> None:
    on = view()
    out, _, _ = cmd(f"cscript.exe //Nologo //T:30 {OSPP} /nonsense & echo @next", on)
    assert "Script execution time was exceeded" in out
    assert out.endswith("Script execution was terminated.\r\n@next\r\n")
    assert on.world.clock.offset.total_seconds() == 30


def test_without_a_watchdog_a_popup_hangs_for_ever() -> None:
    with pytest.raises(NeverEndsError):
        cmd(f"cscript.exe //Nologo {OSPP} /nonsense")


def test_slmgr_speaks_the_language_of_windows_at_home_and_english_from_a_copy() -> None:
    on = view("german")
    at_home, _, _ = cmd(r'cscript.exe //Nologo "%windir%\System32\slmgr.vbs" /dlv all', on)
    cmd(r'copy /y "%windir%\System32\slmgr.vbs" "%TEMP%\x.vbs" >nul', on)
    copied, _, _ = cmd(r'cscript.exe //Nologo "%TEMP%\x.vbs" /dlv all', on)
    assert "License Status: " in copied
    assert "License Status: " not in at_home
    assert "Activation ID: " not in at_home


@pytest.mark.parametrize("option", ["//E:jscript", "//B", "//X"])
def test_other_options_of_cscript_are_refused(option: str) -> None:
    with pytest.raises(RefusedError):
        command(f'cmd.exe /d /s /c "cscript.exe {option} {OSPP}"')


# -- sc -------------------------------------------------------------------------------------------------------------


def test_sc_query_and_qc() -> None:
    assert "        STATE              : 1  STOPPED \r\n" in cmd("sc query sppsvc")[0]
    assert "        START_TYPE         : 2   AUTO_START\r\n" in cmd("sc qc sppsvc")[0]
    assert "4   DISABLED" in cmd("sc qc sppsvc", view("pc", "service_disabled"))[0]


def test_sc_query_of_an_absent_service() -> None:
    out, _, code = cmd("sc query osppsvc")
    assert code == 1060
    assert out.startswith("[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n\r\n")


# -- how win_command starts programs --------------------------------------------------------------------------------


def test_s_strips_the_first_and_the_last_quote() -> None:
    assert cmd_tail(' /d /s /c "if exist "a b" ver"') == 'if exist "a b" ver'
    assert cmd_tail(' /d /s /c ver "x" y') == 'ver "x" y'
    assert cmd_tail(' /s /c "ver" & echo x') == "ver & echo x"


@pytest.mark.parametrize("line", ["cmd.exe", "cmd.exe /k ver", "cmd.exe /v:on /c ver", 'cmd /c "ver"'])
def test_other_forms_of_cmd_are_refused(line: str) -> None:
    with pytest.raises(RefusedError, match="outside the plain"):
        command(line)


def test_argv_is_quoted_as_the_c_runtime_reads_it() -> None:
    line = command_line({"argv": ["reg", "query", r"HKLM\a b", 'say "x"', "dir\\"]})
    assert line == 'C:\\Windows\\System32\\reg.exe query "HKLM\\a b" "say \\"x\\"" dir\\'
    assert split_arguments(line)[1:] == ["query", r"HKLM\a b", 'say "x"', "dir\\"]


def test_a_program_started_directly_gets_no_variables_expanded() -> None:
    out = command(f"cscript.exe //Nologo {OSPP} /dstatus")["stdout"]
    assert out.startswith("Input Error: Can not find script file")


def test_an_interrupted_machine_has_done_half() -> None:
    on = view("pc", "drop_during")
    with pytest.raises(InterruptedLineError):
        cmd(r'copy /y "%windir%\System32\slmgr.vbs" "%TEMP%\1" & copy /y "%windir%\System32\slmgr.vbs" "%TEMP%\2"', on)
    assert [path.rpartition("\\")[2] for path in on.machine.files] == ["1"]


def test_chdir_makes_relative_paths_work() -> None:
    folder = r"C:\Program Files\Microsoft Office\Office16"
    arguments = {"_raw_params": "cscript.exe //Nologo OSPP.VBS /dstatus", "chdir": folder}
    result = run(Call("win_command", "ansible.windows.win_command", arguments), view())
    assert "---Exiting" in result["stdout"]


def test_chdir_to_nowhere_fails() -> None:
    arguments = {"_raw_params": "cscript.exe //Nologo OSPP.VBS /dstatus", "chdir": r"C:\none"}
    result = run(Call("win_command", "ansible.windows.win_command", arguments), view())
    assert (result["failed"], result["rc"]) == (True, 267)
