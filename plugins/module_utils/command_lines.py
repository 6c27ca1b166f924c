# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines that are sent to a host, in the plainest cmd.exe language (reference/command-lines.md).

Values inside them match the patterns of inputs.py or from the host itself. Every cscript runs with
a time limit, because ospp.vbs reports some errors in a message box that nobody can close.
"""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils.products import OFFICE_APPLICATION_ID
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import (
    CACHING_OFF,
    KMS_NAME,
    KMS_PORT,
    OSPP_KEY,
    SERVICES_KEY,
    SPP_KEY,
    USER_OPERATIONS,
)

#: Seconds after which Windows Script Host ends a script.
SCRIPT_TIME_LIMIT = 60
#: cmd.exe takes 8,191 characters.
LONGEST_LINE = 8000

_ROOTS = (r"%ProgramFiles%\Microsoft Office", r"%ProgramFiles(x86)%\Microsoft Office")
_APPLICATIONS = {"visio": "VISIO.EXE", "project": "WINPROJ.EXE"}

#: The commands of ospp.vbs that read, by the name of the marker before their output.
READ_COMMANDS = {
    "dstatus": "/dstatus",
    "all": "/dstatusall",
    "cmid": "/dcmid",
    "installation_ids": "/dinstid",
    "kms_history": "/dhistorykms",
    "failure_history": "/dhistoryacterr",
}
#: Commands of Windows itself that read, by the name of the marker before their output.
SYSTEM_COMMANDS = {"proxy": "netsh.exe winhttp show proxy"}


class LineTooLongError(ValueError):
    """More was to be done than one command line can carry."""


def cscript(script: str, *arguments: str) -> str:
    """One run of a script with its time limit."""
    return " ".join([f'cscript.exe //Nologo //T:{SCRIPT_TIME_LIMIT} "{script}"', *arguments])


def read_line(extras: tuple[str, ...] = ()) -> str:
    """The line that reads everything. ``extras``: further names of READ_COMMANDS, one more cscript each, and of
    SYSTEM_COMMANDS."""
    return join_line(_read_parts(extras))


def proxy_line() -> str:
    """The line that reads the WinHTTP proxy and nothing else."""
    return join_line(["echo @proxy", SYSTEM_COMMANDS["proxy"], "echo @end"])


def apply_line(script: str, steps: list[str], extras: tuple[str, ...] = (), slmgr_copy: str | None = None) -> str:
    """The line that runs ``steps`` (arguments of ospp.vbs, or whole commands) and then reads everything back.

    The output of step N stands behind the marker C(@step N). ``slmgr_copy``: unique name (letters and
    digits) of the copy of slmgr.vbs that the steps use; it is made before them and removed after them.
    Raises LineTooLongError when the line would be longer than cmd.exe takes.
    """
    parts = [f'copy /y "%windir%\\System32\\slmgr.vbs" "{copy_path(slmgr_copy)}" >nul'] if slmgr_copy else []
    for number, step in enumerate(steps, start=1):
        parts.append(f"echo @step {number}")
        parts.append(cscript(script, step) if step.startswith("/") else step)
    if slmgr_copy:
        parts.append(f'del "{copy_path(slmgr_copy)}"')
    return join_line(parts + _read_parts(extras))


def copy_path(name: str) -> str:
    """Where the copy of slmgr.vbs lies. A copy prints English on every system (reference/slmgr.md)."""
    return f"%TEMP%\\{name}.vbs"


def join_line(parts: list[str]) -> str:
    """One line of commands that succeeds whatever they do: what happened is in the text. Raises LineTooLongError."""
    line = 'cmd.exe /d /s /c "' + "& ".join([*parts, "exit 0"]) + '"'
    if len(line) > LONGEST_LINE:
        raise LineTooLongError(f"the command line would have {len(line)} characters, cmd.exe takes {LONGEST_LINE}")
    return line


def _read_parts(extras: tuple[str, ...]) -> list[str]:
    of_script = tuple(name for name in extras if name in READ_COMMANDS)
    of_system = tuple(name for name in extras if name in SYSTEM_COMMANDS)
    return [
        "echo @os",
        "ver",
        "echo @elevated",
        r"reg query HKU\S-1-5-19 /ve",
        r'(if exist "%windir%\System32\vbscript.dll" echo @vbscript)',
        _read_scripts(("Office16", "Office15"), "ospp", ("dstatus", *of_script)) + " else echo @none)",
        _read_scripts(("Office14",), "ospp", ("dstatus",)) + ")",
        *(f'(if exist "{root}" echo @folder)' for root in _ROOTS),
        *(
            f'(if exist "{root}\\{folder}\\{program}" echo @application {name})'
            for name, program in _APPLICATIONS.items()
            for root in _ROOTS
            for folder in (r"root\Office16", "Office16", "Office15")
        ),
        *(part for name in of_system for part in (f"echo @{name}", SYSTEM_COMMANDS[name])),
        "echo @registry",
        # Single values only: the root of the platform also holds a whole product key of Windows.
        *(f'reg query "HKLM\\{SPP_KEY}" /v {name}' for name in (USER_OPERATIONS, KMS_NAME, KMS_PORT, CACHING_OFF)),
        f'reg query "HKLM\\{SPP_KEY}\\{OFFICE_APPLICATION_ID}" /s',
        f'reg query "HKLM\\{OSPP_KEY}" /s',
        *(f"reg query HKLM\\{SERVICES_KEY}\\{service} /v Start" for service in ("sppsvc", "osppsvc")),
        "echo @end",
    ]


def _read_scripts(folders: tuple[str, ...], marker: str, commands: tuple[str, ...]) -> str:
    """The chain that runs the first script found; the caller closes it. Paths stand in quotes: one has a bracket."""
    chain = []
    for folder in folders:
        for root in _ROOTS:
            script = f"{root}\\{folder}\\OSPP.VBS"
            runs = "& ".join(
                (f"echo @{name}& " if name != "dstatus" else "") + cscript(script, READ_COMMANDS[name])
                for name in commands
            )
            chain.append(f'if exist "{script}" (echo @{marker} "{script}"& {runs})')
    return "(" + " else ".join(chain)
