# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines keep to the plainest cmd.exe language and to its length."""

from __future__ import annotations

import re

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.command_lines import (
    LONGEST_LINE,
    READ_COMMANDS,
    SYSTEM_COMMANDS,
    LineTooLongError,
    apply_line,
    copy_path,
    cscript,
    proxy_line,
    read_line,
)
from unit.module_utils.host_output import SCRIPT_2016

SCRIPT_EXTRAS = tuple(name for name in READ_COMMANDS if name != "dstatus")
EXTRAS = (*SCRIPT_EXTRAS, *SYSTEM_COMMANDS)
X86 = r"C:\Program Files (x86)\Microsoft Office\Office16\OSPP.VBS"
COPY = "officefleet0123456789ab"
SLMGR = cscript(copy_path(COPY), "/ato", "d450596f-894d-49e0-966a-fd39ed4c4c64")
INHERITED = r'reg delete "HKLM\SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform" /v KeyManagementServiceName /f'
LINES = {
    "read": read_line(),
    "read with every extra": read_line(EXTRAS),
    "apply one setting": apply_line(SCRIPT_2016, ["/sethst:kms01.corp.example"]),
    "apply with slmgr and reg": apply_line(X86, ["/remhst", INHERITED, SLMGR], slmgr_copy=COPY),
    "apply and read extras": apply_line(X86, ["/act"], EXTRAS),
}


def unquoted(line: str) -> str:
    """The line without what stands in its inner quotes, as cmd.exe /s takes it."""
    inner = line.removeprefix('cmd.exe /d /s /c "').removesuffix('"')
    return re.sub(r'"[^"]*"', '""', inner)


@pytest.mark.parametrize("name", LINES)
def test_the_line_is_short_enough_for_cmd(name: str) -> None:
    assert len(LINES[name]) <= LONGEST_LINE < 8191


@pytest.mark.parametrize("name", LINES)
def test_quotes_and_brackets_are_balanced(name: str) -> None:
    line = LINES[name]
    assert line.startswith('cmd.exe /d /s /c "')
    assert line.endswith('& exit 0"')
    assert line.count('"') % 2 == 0
    depth = 0
    for character in unquoted(line):
        depth += {"(": 1, ")": -1}.get(character, 0)
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize("name", LINES)
def test_no_feature_beyond_the_plain_language(name: str) -> None:
    line = LINES[name]
    for forbidden in ("&&", "||", "|", "^", "!", "%errorlevel%", "\n", "\t"):
        assert forbidden not in line.lower()
    assert not re.search(r"\bfor\b|\bset\b|\bcall\b|\bgoto\b|\bpowershell\b", unquoted(line), re.IGNORECASE)


@pytest.mark.parametrize("name", LINES)
def test_every_command_is_a_known_one(name: str) -> None:
    commands = re.split(r"&|\(|\)", unquoted(LINES[name]))
    first_words = {" ".join(command.split()[:2]) for command in commands if command.strip()}
    programs = {words.split()[0] for words in first_words}
    assert programs <= {"echo", "ver", "reg", "if", "else", "cscript.exe", "netsh.exe", "copy", "del", "exit"}
    assert {words for words in first_words if words.startswith("reg ")} <= {"reg query", "reg delete"}


@pytest.mark.parametrize("name", LINES)
def test_program_files_stands_in_quotes_only(name: str) -> None:
    assert "%ProgramFiles" in LINES[name]
    assert "%ProgramFiles" not in unquoted(LINES[name])


@pytest.mark.parametrize("name", LINES)
def test_every_script_runs_without_logo_and_with_a_time_limit(name: str) -> None:
    runs = re.findall(r"cscript\.exe (\S+ \S+)", LINES[name])
    assert runs
    assert set(runs) == {"//Nologo //T:60"}


@pytest.mark.parametrize("name", LINES)
def test_output_goes_nowhere_but_to_the_controller(name: str) -> None:
    assert re.findall(r">[^&]*", LINES[name]) in ([], [">nul"])


@pytest.mark.parametrize("extra", SCRIPT_EXTRAS)
def test_an_extra_costs_one_more_script_where_office_is_found(extra: str) -> None:
    assert f"echo @{extra}& cscript.exe" in read_line((extra,))
    assert f"@{extra}" not in read_line()


def test_the_proxy_is_read_once_and_without_any_script() -> None:
    assert "& echo @proxy& netsh.exe winhttp show proxy& " in read_line(("proxy",))
    assert "netsh" not in read_line()
    assert "cscript" not in proxy_line()


def test_the_newest_script_is_looked_for_first() -> None:
    line = read_line()
    places = [line.index(f"Office{version}\\OSPP.VBS") for version in (16, 15, 14)]
    assert places == sorted(places)


def test_the_root_of_the_licensing_platform_is_not_listed_since_it_holds_a_whole_key() -> None:
    for query in re.findall(r'reg query "([^"]+)" /s', read_line()):
        assert not query.endswith("\\SoftwareProtectionPlatform")


def test_steps_run_in_order_before_everything_is_read_back() -> None:
    line = apply_line(SCRIPT_2016, ["/sethst:kms01", "/setprt:1700"])
    marks = ["@step 1", "/sethst:kms01", "@step 2", "/setprt:1700", "@os", "/dstatus", "@end"]
    places = [line.index(mark) for mark in marks]
    assert places == sorted(places)


def test_the_copy_of_slmgr_is_made_before_and_removed_after_the_steps() -> None:
    line = apply_line(SCRIPT_2016, [SLMGR], slmgr_copy=COPY)
    marks = ["copy /y", "@step 1", "/ato", f'del "%TEMP%\\{COPY}.vbs"', "@os"]
    places = [line.index(mark) for mark in marks]
    assert places == sorted(places)
    assert "slmgr" not in apply_line(SCRIPT_2016, ["/act"])


def test_thirty_steps_and_every_extra_are_too_long_rather_than_cut() -> None:
    with pytest.raises(LineTooLongError, match="takes 8000"):
        apply_line(X86, ["/inpkey:AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"] * 30, EXTRAS)


@pytest.mark.parametrize("count", range(1, 40, 3))
def test_a_line_fits_or_is_refused(count: int) -> None:
    try:
        assert len(apply_line(X86, [SLMGR] * count, slmgr_copy=COPY)) <= LONGEST_LINE
    except LineTooLongError:
        assert count > 12


def test_every_host_wide_setting_and_six_products_fit_into_one_line() -> None:
    settings = ["/sethst:" + "a" * 63 + ".corp.example", "/setprt:65535", "/skms-domain:" + "b" * 63 + ".corp.example",
                "/cachst:FALSE", "/actype:2", "/puserops"]  # fmt: skip
    keys = ["/inpkey:AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"] * 6
    assert len(apply_line(X86, settings + keys)) <= LONGEST_LINE
