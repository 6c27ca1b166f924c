# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible modules that a simulated host answers, and their results.

The answers have the keys that the genuine modules give (ansible.windows 2.5 to 3.8).
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from . import (
    cmd_run,
    facts,
    jobs,
    modules_directory,
    modules_dns,
    modules_files,
    modules_firewall,
    modules_system,
    packs,
    programs,
)
from .cmd_language import OutsideLanguageError
from .machine import SYSTEM32, View
from .module_base import ModuleFailure, RefusedError
from .payload import Call
from .programs import NotSimulatedError, Output

__all__ = ["RefusedError", "cmd_tail", "command_line", "damage", "run"]

_COLLECTIONS = ("", "ansible.windows", "ansible.legacy", "ansible.builtin")
_COMMAND_OPTIONS = (
    "_raw_params",
    "argv",
    "chdir",
    "cmd",
    "creates",
    "output_encoding_override",
    "removes",
    "stdin",
)


def run(call: Call, view: View) -> dict[str, Any]:
    """Run a module call and return its result.

    Raises RefusedError for what is not simulated; NeverEndsError and InterruptedLineError of a command pass through.
    """
    if call.asynchronous is not None:
        return jobs.start(call, call.asynchronous, view, _run)
    return _run(call, view)


def _run(call: Call, view: View) -> dict[str, Any]:
    collection = call.full_name.rpartition(".")[0]
    module = _MODULES.get(call.module) if collection in _OTHERS.get(call.module, _COLLECTIONS) else None
    if module is None:
        known = ", ".join(sorted(_MODULES))
        raise RefusedError(f"the module {call.full_name} is not simulated; simulated: {known}")
    try:
        return module(call, view)
    except ModuleFailure as failure:
        return failure.result


# -- win_ping and setup ---------------------------------------------------------------------------------------------


def _win_ping(call: Call, view: View) -> dict[str, Any]:
    data = call.arguments.get("data", "pong")
    if data == "crash":
        return {"failed": True, "changed": False, "msg": "Unhandled exception while executing module: boom"}
    return {"changed": False, "ping": data, "invocation": {"module_args": {"data": data}}}


def _setup(call: Call, view: View) -> dict[str, Any]:
    subset = call.arguments.get("gather_subset") or ["all"]
    subset = subset.split(",") if isinstance(subset, str) else subset
    return {"changed": False, "ansible_facts": facts.gather(view, subset)}


# -- win_command ----------------------------------------------------------------------------------------------------


def _win_command(call: Call, view: View) -> dict[str, Any]:
    arguments = {name: call.arguments.get(name) for name in _COMMAND_OPTIONS}
    invocation = {"invocation": {"module_args": arguments}}
    if call.check_mode:
        text = f"remote module ({call.full_name}) does not support check mode"
        return {"changed": False, "skipped": True, "msg": text} | invocation
    try:
        line = command_line(arguments)
    except ValueError as error:
        return {"failed": True, "changed": False, "msg": str(error)} | invocation
    result: dict[str, Any] = {"changed": False, "cmd": line, "rc": 0}
    for option, exists, words in (("creates", True, "exists"), ("removes", False, "does not exist")):
        path = arguments[option]
        if path and view.exists(path) == exists:
            return result | {"skipped": True, "msg": f"skipped, since {path} {words}"} | invocation
    if arguments["chdir"]:
        if not view.exists(arguments["chdir"]):
            text = (
                f"Failed to run: '{line}': CreateProcessW() failed (The directory name is invalid, Win32ErrorCode 267)"
            )
            return result | {"failed": True, "rc": 267, "msg": text} | invocation
        view.folder = view.resolve(arguments["chdir"])
    start = view.now()
    try:
        output = _start(view, line)
    except _NotStartedError as failure:
        text = f'Failed to run: \'{line}\': Exception calling "StartProcess" with "1" argument(s): "{failure}"'
        return result | {"failed": True, "rc": failure.code, "msg": text} | invocation
    if output is None:
        text = (
            f'Failed to run: \'{line}\': Exception calling "StartProcess" with "1" argument(s): "CreateProcessW() '
            'failed (The system cannot find the file specified, Win32ErrorCode 2 - 0x00000002)"'
        )
        raise RefusedError(f"the program of the command is not simulated. {text}", cmd=line, rc=2)
    end = view.now() + timedelta(seconds=view.delay)
    result |= {"changed": True, "stdout": output.stdout, "stderr": output.stderr, "rc": output.exit_code}
    result |= {"start": _stamp(start), "end": _stamp(end), "delta": _delta((end - start).total_seconds())}
    if output.exit_code:
        result |= {"failed": True, "msg": "non-zero return code"}
    return result | invocation


def command_line(arguments: dict[str, Any]) -> str:
    """The command line that the module would start. Raises ValueError with the module's own message."""
    given = [name for name in ("_raw_params", "argv", "cmd") if arguments.get(name)]
    if not given:
        raise ValueError("one of the following is required: _raw_params, argv, cmd")
    if len(given) > 1:
        raise ValueError("parameters are mutually exclusive: _raw_params, argv, cmd")
    if arguments.get("cmd"):
        return str(arguments["cmd"])
    if arguments.get("_raw_params"):
        return str(arguments["_raw_params"]).strip()
    program, *rest = (str(argument) for argument in arguments["argv"])
    if programs.find(program) is not None or re.fullmatch(r"(?i)cmd(\.exe)?", program):
        name = program.replace("/", "\\").rpartition("\\")[2].removesuffix(".exe")
        program = rf"{SYSTEM32}\{name}.exe"
    return " ".join(_quoted(argument) for argument in (program, *rest))


def _quoted(argument: str) -> str:
    """One argument by the rules of the C runtime, as the module's ConvertTo-EscapedArgument does."""
    if argument and not re.search(r'[\s"]', argument):
        return argument
    escaped = re.sub(r'(\\*)"', r'\1\1\\"', argument)
    return '"' + re.sub(r"(\\+)$", r"\1\1", escaped) + '"'


def _start(view: View, line: str) -> Output | None:
    """Start the program of a command line; None when it is none of the simulated ones."""
    match = re.match(r'("[^"]*"|\S+)(.*)', line, re.S)
    name, rest = (match[1], match[2]) if match else ("", "")
    try:
        plain = name.replace('"', "").lower().removeprefix(SYSTEM32.lower() + "\\")
        if plain in ("cmd", "cmd.exe"):
            view.started.append("cmd")
            return cmd_run.Interpreter(view).run(cmd_tail(rest))
        program = programs.find_on(view, name)
        if program is not None:
            view.started.append(program.__name__)
            return program(view, programs.split_arguments(rest))
        return _start_file(view, name.replace('"', ""))
    except OutsideLanguageError as error:
        raise RefusedError(f"{error} is outside the plain cmd.exe language", cmd=line, rc=1) from error
    except NotSimulatedError as error:
        raise RefusedError(f"{error} is not simulated", cmd=line, rc=1) from error


class _NotStartedError(Exception):
    """Windows starts no process."""

    def __init__(self, reason: str, code: int) -> None:
        super().__init__(f"CreateProcessW() failed ({reason}, Win32ErrorCode {code} - 0x{code:08X})")
        self.code = code


def _start_file(view: View, path: str) -> Output | None:
    """Start a file by its path; None for a bare name, which may be a program of Windows."""
    if "\\" not in path:
        return None
    path = view.resolve(path)
    kind = view.file_kind(path)
    if kind is None:
        raise _NotStartedError("The system cannot find the file specified", 2)
    try:
        pack = packs.read_pack(kind)
    except packs.BadPackError as error:
        raise NotSimulatedError(f"{path}: {error}") from error
    if pack is None:
        raise _NotStartedError("%1 is not a valid Win32 application", 193)
    if not view.elevated:
        raise _NotStartedError("The requested operation requires elevation", packs.NEEDS_ELEVATION)
    view.started.append("pack")
    return packs.run(view, path, pack)


def cmd_tail(rest: str) -> str:
    """The line behind ``cmd.exe /d /s /c``; ``/s`` strips exactly the first and the last quote.

    Raises OutsideLanguageError for other options.
    """
    stripped = False
    while match := re.match(r"(?i)\s*/([a-z])(:\w+)?(?=\s|\")", rest):
        rest = rest[match.end() :]
        option = match[1].lower() + (match[2] or "")
        if option == "c":
            break
        if option not in ("d", "s"):
            raise OutsideLanguageError(f"cmd.exe with the option /{option}")
        stripped = stripped or option == "s"
    else:
        raise OutsideLanguageError("cmd.exe without /c")
    line = rest.lstrip()
    if not stripped:
        if '"' in line:
            raise OutsideLanguageError("cmd.exe /c with quotes and without /s")
        return line
    if not line.startswith('"'):
        return line
    before, _, after = line[1:].rpartition('"')
    return before + after if '"' in line[1:] else line[1:]


def _stamp(when: datetime) -> str:
    return when.strftime("%Y-%m-%d %H:%M:%S.%f")


def _delta(seconds: float) -> str:
    hours, rest = divmod(seconds, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{int(hours)}:{int(minutes):02}:{rest:09.6f}"


# -- damage ---------------------------------------------------------------------------------------------------------


def damage(result: dict[str, Any], view: View) -> dict[str, Any]:
    """The result with the output faults applied: garbage and cut output."""
    text = result.get("stdout")
    if not isinstance(text, str):
        return result
    if "cut_output" in view.faults:
        text = text[: len(text) // 2]
    if "garbage" in view.faults:
        noise = random.Random(view.machine.name + text)
        bytes_ = bytes(noise.randrange(256) for _ in range(40)).decode("utf-8", "replace")
        middle = noise.randrange(len(text) + 1)
        text = text[:middle] + bytes_ + text[middle:]
    return result | {"stdout": text}


_MODULES: dict[str, Callable[[Call, View], dict[str, Any]]] = {
    "async_status": jobs.status,
    "win_ping": _win_ping,
    "setup": _setup,
    "win_reg_stat": modules_system.win_reg_stat,
    "win_regedit": modules_system.win_regedit,
    "win_service": modules_system.win_service,
    "win_command": _win_command,
    "win_copy": modules_files.win_copy,
    "win_file": modules_files.win_file,
    "win_stat": modules_files.win_stat,
    "win_get_url": modules_files.win_get_url,
    "win_firewall_rule": modules_firewall.win_firewall_rule,
    "win_dns_record": modules_dns.win_dns_record,
    "group": modules_directory.group,
}
_OTHERS: dict[str, tuple[str, ...]] = {"win_firewall_rule": ("community.windows",), "group": ("microsoft.ad",)}
"""Modules of other collections; win_dns_record came from community.windows once, and that name still leads to it."""
_OTHERS["win_dns_record"] = (*_COLLECTIONS, "community.windows")
