# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs a command line may run: cscript.exe here, the others in files of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from . import ospp, packs, slmgr
from .machine import SYSTEM32, View
from .program_base import NeverEndsError, NotSimulatedError, Output
from .program_dism import dism
from .program_netsh import netsh
from .program_rearm import KIND as REARM
from .program_rearm import ospprearm
from .program_reg import reg
from .program_services import net, sc

__all__ = [
    "NeverEndsError",
    "NotSimulatedError",
    "Output",
    "cscript",
    "find",
    "find_on",
    "net",
    "reg",
    "sc",
    "split_arguments",
]

WSH_BANNER = (
    "Microsoft (R) Windows Script Host Version 5.812\r\n"
    "Copyright (C) Microsoft Corporation. All rights reserved.\r\n\r\n"
)
_HUNG_OSPP = "---Processing--------------------------\r\n---------------------------------------\r\n"


def find(name: str) -> Callable[[View, list[str]], Output] | None:
    """The program of a command name: ``reg``, ``reg.exe`` or its full path below System32."""
    plain = name.replace('"', "").replace("/", "\\").lower()
    for folder in (SYSTEM32.lower() + "\\",):
        plain = plain.removeprefix(folder)
    programs = {"cscript": cscript, "reg": reg, "sc": sc, "net": net, "dism": dism, "netsh": netsh}
    return programs.get(plain.removesuffix(".exe"))


def find_on(view: View, name: str) -> Callable[[View, list[str]], Output] | None:
    """The program of a command name on a machine: those of ``find``, and programs of Office by their path."""
    if view.file_kind(name) == REARM:
        return ospprearm
    return find(name)


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
        # The translations lie beside the original: a copy elsewhere finds none and speaks English (slmgr.md).
        at_home = path.lower() == rf"{SYSTEM32}\slmgr.vbs".lower()
        language = view.language if at_home else "en-US"
        if "hung_slmgr" in view.faults:
            return "", 0, True
        result = slmgr.run(view.licensing, arguments, language, lambda file: packs.licence_content(view, file))
        return result.text, result.exit_code, result.hangs
    raise NotSimulatedError(f"the script {path}")
