# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs a command line may run: cscript.exe, reg.exe and sc.exe."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from . import languages, ospp, slmgr
from .machine import SYSTEM32, View
from .registry import AccessDeniedError, Key, Registry, delete_value

WSH_BANNER = (
    "Microsoft (R) Windows Script Host Version 5.812\r\n"
    "Copyright (C) Microsoft Corporation. All rights reserved.\r\n\r\n"
)
_HUNG_OSPP = "---Processing--------------------------\r\n---------------------------------------\r\n"
_SERVICE_FILES = {
    "osppsvc": r"C:\Program Files\Common Files\Microsoft Shared\OfficeSoftwareProtectionPlatform"
    r"\OSPPSVC.EXE"
}
_START_TYPES = {"Auto": "2   AUTO_START", "Manual": "3   DEMAND_START", "Disabled": "4   DISABLED"}


class NotSimulatedError(Exception):
    """The program, or this use of it, is not simulated."""


class NeverEndsError(Exception):
    """The program waits for ever; ``stdout`` is what it printed before."""

    def __init__(self, stdout: str) -> None:
        super().__init__("the program does not end")
        self.stdout = stdout


@dataclass(frozen=True)
class Output:
    """What a program gave; text has CRLF line ends."""

    stdout: str = ""
    stderr: str = ""
    exit_code: int = 0


def find(name: str) -> Callable[[View, list[str]], Output] | None:
    """The program of a command name: ``reg``, ``reg.exe`` or its full path below System32."""
    plain = name.replace('"', "").replace("/", "\\").lower()
    for folder in (SYSTEM32.lower() + "\\",):
        plain = plain.removeprefix(folder)
    return {"cscript": cscript, "reg": reg, "sc": sc}.get(plain.removesuffix(".exe"))


def split_arguments(text: str) -> list[str]:
    """Split as the C runtime does: quotes group, ``\\"`` is a quote."""
    arguments = []
    for match in re.finditer(r'(?:\\"|"(?:\\"|[^"])*"?|[^\s"])+', text):
        arguments.append(re.sub(r'(\\?)"', lambda quote: '"' if quote[1] else "", match[0]))
    return arguments


# -- cscript.exe ----------------------------------------------------------------------------------------------------


def cscript(view: View, arguments: list[str]) -> Output:
    """Run a script. Raises NeverEndsError when it hangs and no ``//T:`` limits it."""
    options, script, rest = _script_arguments(arguments)
    banner = "" if "//nologo" in options else WSH_BANNER
    limit = next((int(option[4:]) for option in options if option.startswith("//t:")), 0)
    kind = view.file_kind(script)
    path = view.resolve(script)
    if kind is None:
        return Output(f'{banner}Input Error: Can not find script file "{path}".\r\n', exit_code=1)
    if not path.lower().endswith(".vbs") or not view.has_vbscript:
        extension = "." + path.rpartition(".")[2]
        text = f'{banner}Input Error: There is no script engine for file extension "{extension}".\r\n'
        return Output(text, exit_code=1)
    text, exit_code, hangs = _run_script(view, kind, path, rest)
    if not hangs:
        return Output(banner + text, exit_code=exit_code)
    if not limit:
        raise NeverEndsError(banner + text)
    if view.world is not None:
        view.world.clock.advance(timedelta(seconds=limit))
    ended = (
        f'Windows Script Host: Script execution time was exceeded on script "{path}".\r\n'
        "Script execution was terminated.\r\n"
    )
    return Output(banner + text + ended, exit_code=1)


def _script_arguments(arguments: list[str]) -> tuple[list[str], str, list[str]]:
    """Options in lower case, the script, its arguments."""
    options: list[str] = []
    for position, argument in enumerate(arguments):
        if not argument.startswith("//"):
            return options, argument, arguments[position + 1 :]
        if not re.fullmatch(r"(?i)//(nologo|t:\d{1,5})", argument):
            raise NotSimulatedError(f"the option {argument} of cscript.exe")
        options.append(argument.lower())
    raise NotSimulatedError("cscript.exe without a script")


def _run_script(view: View, kind: str, path: str, arguments: list[str]) -> tuple[str, int, bool]:
    """Text, exit code and whether it hangs."""
    if kind.startswith("ospp:"):
        if "hung_script" in view.faults:
            return _HUNG_OSPP, 0, True
        result = ospp.run(view.licensing, arguments, kind.partition(":")[2])
        return result.text, result.exit_code, result.hangs
    if kind == "slmgr.vbs":
        result = slmgr.run(view.licensing, arguments)
        # The translations lie beside the original: a copy elsewhere finds none and speaks English (slmgr.md).
        at_home = path.lower() == rf"{SYSTEM32}\slmgr.vbs".lower()
        text = languages.translate_slmgr(result.text, view.language) if at_home else result.text
        return text, result.exit_code, result.hangs
    raise NotSimulatedError(f"the script {path}")


# -- reg.exe --------------------------------------------------------------------------------------------------------


def reg(view: View, arguments: list[str]) -> Output:
    """``reg query`` and ``reg delete KEY /v NAME /f``."""
    verb = arguments[0].lower() if arguments else ""
    try:
        if verb == "query" and len(arguments) > 1:
            return _reg_query(view, arguments[1], arguments[2:])
        if verb == "delete" and len(arguments) > 1:
            return _reg_delete(view, arguments[1], arguments[2:])
    except AccessDeniedError:
        return Output(stderr=languages.message(view.language, "reg_denied") + "\r\n", exit_code=1)
    except ValueError:
        return Output(stderr=languages.message(view.language, "reg_key_name") + "\r\n", exit_code=1)
    raise NotSimulatedError(f"reg.exe {' '.join(arguments[:1])}".strip())


def _reg_query(view: View, path: str, options: list[str]) -> Output:
    lowered = [option.lower() for option in options]
    missing = Output(stderr=languages.message(view.language, "reg_missing") + "\r\n", exit_code=1)
    registry = Registry(view)
    key = registry.find(path)
    if key is None:
        return missing
    if lowered == ["/s"]:
        text = "".join(_values_block(one) for one in registry.below(key))
        return Output(text or "\r\n")
    if not lowered:
        subkeys = "".join(f"{key.path}\\{name}\r\n" for name in sorted(key.subkeys.values(), key=str.lower))
        block = _values_block(key)
        return Output((block or "\r\n") + subkeys)
    if lowered == ["/ve"]:
        default = languages.message(view.language, "reg_default")
        empty = languages.message(view.language, "reg_not_set")
        kind, data = key.values[""][1] if "" in key.values else ("REG_SZ", empty)
        return Output(f"\r\n{key.path}\r\n    {default}    {kind}    {data}\r\n\r\n")
    if len(lowered) == 2 and lowered[0] == "/v":
        if lowered[1] not in key.values:
            return missing
        return Output(f"\r\n{key.path}\r\n{_value_line(key, lowered[1])}\r\n")
    raise NotSimulatedError(f"reg.exe query with {' '.join(options)}")


def _values_block(key: Key) -> str:
    """A key with its values, as reg.exe prints it; nothing for a key without values."""
    if not key.values:
        return ""
    return f"\r\n{key.path}\r\n" + "".join(_value_line(key, name) for name in key.values) + "\r\n"


def _value_line(key: Key, name: str) -> str:
    written, (kind, data) = key.values[name]
    return f"    {written}    {kind}    {hex(data) if isinstance(data, int) else data}\r\n"


def _reg_delete(view: View, path: str, options: list[str]) -> Output:
    lowered = [option.lower() for option in options]
    if len(options) != 3 or lowered[0] != "/v" or lowered[2] != "/f":
        raise NotSimulatedError("reg.exe delete other than KEY /v NAME /f")
    if not delete_value(view, path, options[1]):
        return Output(stderr=languages.message(view.language, "reg_missing") + "\r\n", exit_code=1)
    return Output(languages.message(view.language, "reg_done") + "\r\n")


# -- sc.exe ---------------------------------------------------------------------------------------------------------


def sc(view: View, arguments: list[str]) -> Output:
    """``sc query NAME`` and ``sc qc NAME``."""
    verb = arguments[0].lower() if arguments else ""
    if verb not in ("query", "qc") or len(arguments) != 2:
        raise NotSimulatedError(f"sc.exe {' '.join(arguments)}".strip())
    name = arguments[1]
    record = next((one for one in view.licensing.services if one.get("Name", "").lower() == name.lower()), None)
    if record is None:
        call = "EnumQueryServicesStatus:OpenService" if verb == "query" else "OpenService"
        text = languages.message(view.language, "sc_absent")
        return Output(f"[SC] {call} FAILED 1060:\r\n\r\n{text}\r\n\r\n", exit_code=1060)
    if verb == "query":
        state = "4  RUNNING" if record.get("State") == "Running" else "1  STOPPED"
        rows = (
            ("TYPE", "10  WIN32_OWN_PROCESS  "),
            ("STATE", f"{state} "),
            ("WIN32_EXIT_CODE", "0  (0x0)"),
            ("SERVICE_EXIT_CODE", "0  (0x0)"),
            ("CHECKPOINT", "0x0"),
            ("WAIT_HINT", "0x0"),
        )
        return Output(f"\r\nSERVICE_NAME: {name} \r\n" + _rows(rows))
    program = _SERVICE_FILES.get(name.lower(), rf"C:\Windows\system32\{name}.exe")
    rows = (
        ("TYPE", "10  WIN32_OWN_PROCESS "),
        ("START_TYPE", _START_TYPES.get(record.get("StartMode", "Manual"), "")),
        ("ERROR_CONTROL", "1   NORMAL"),
        ("BINARY_PATH_NAME", program),
        ("LOAD_ORDER_GROUP", ""),
        ("TAG", "0"),
        ("DISPLAY_NAME", record.get("DisplayName", name)),
        ("DEPENDENCIES", "RpcSs"),
        ("SERVICE_START_NAME", r"NT AUTHORITY\NetworkService"),
    )
    return Output(f"[SC] QueryServiceConfig SUCCESS\r\n\r\nSERVICE_NAME: {name}\r\n" + _rows(rows))


def _rows(rows: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"        {label:<19}: {value}\r\n" for label, value in rows)
