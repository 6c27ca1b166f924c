# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""dism.exe: adding the feature on demand VBSCRIPT to the running Windows."""

from __future__ import annotations

from . import languages
from .machine import View
from .program_base import NotSimulatedError, Output

CAPABILITY = "vbscript~~~~"
FIRST_BUILD = 26100
"""Windows 11 24H2 and Server 2025: before them VBScript is a part of Windows."""
NEEDS_ELEVATION = "740"
UNKNOWN_FEATURE = "0x800f080c"
SOURCE_EMPTY = "0x800f081f"
SERVER_NAME_UNRESOLVED = "0x8024402c"
_EXPLAINED = {
    NEEDS_ELEVATION: "Elevated permissions are required to run DISM.\r\n"
    "Use an elevated command prompt to complete these tasks.\r\n",
}
_FAILED = (
    "DISM failed. No operation was performed. \r\nFor more information, review the log file.\r\n\r\n"
    "The DISM log file can be found at C:\\Windows\\Logs\\DISM\\dism.log\r\n"
)
_FLAGS = frozenset({"/online", "/english", "/norestart", "/quiet", "/limitaccess", "/add-capability"})


def dism(view: View, arguments: list[str]) -> Output:
    """``/Online /Add-Capability /CapabilityName:VBSCRIPT~~~~ /NoRestart``, with ``/English``, ``/Source:FOLDER`` and
    ``/LimitAccess`` where they are given."""
    flags: set[str] = set()
    values: dict[str, str] = {}
    for argument in arguments:
        name, colon, value = argument.partition(":")
        if colon:
            values[name.lower()] = value
        else:
            flags.add(name.lower())
    wanted = {"/online", "/add-capability", "/norestart"}
    if not (wanted <= flags <= _FLAGS) or values.keys() - {"/capabilityname", "/source"}:
        raise NotSimulatedError(f"dism.exe {' '.join(arguments)}")
    if values.get("/capabilityname", "").lower() != CAPABILITY:
        raise NotSimulatedError(f"the capability {values.get('/capabilityname')} of dism.exe")
    if not view.elevated:
        return _failure(view, flags, NEEDS_ELEVATION)
    build = view.licensing.os.get("Version", "10.0.0").split(".")[2]
    banner = (
        "\r\nDeployment Image Servicing and Management tool\r\n"
        f"Version: 10.0.{build}.1\r\n\r\nImage Version: 10.0.{build}.{view.machine.revision}\r\n\r\n"
    )
    code = _refusal(view, flags, values, int(build))
    if code is not None:
        return _failure(view, flags, code, banner)
    view.machine.vbscript = True
    language = "en-US" if "/english" in flags else view.language
    bar = f"[{'=' * 26}100.0%{'=' * 26}] \r\n"
    return Output(banner + bar + languages.message(language, "reg_done") + "\r\n")


def _refusal(view: View, flags: set[str], values: dict[str, str], build: int) -> str | None:
    if view.has_vbscript:
        return None
    if "dism_fails" in view.faults:
        return view.faults["dism_fails"].code
    if build < FIRST_BUILD:
        return UNKNOWN_FEATURE
    source = values.get("/source")
    if source and view.exists(source):
        return None
    if "/limitaccess" in flags:
        return SOURCE_EMPTY
    reach = view.reach()
    return None if reach.get("microsoft", True) and reach.get("dns", True) else SERVER_NAME_UNRESOLVED


def _failure(view: View, flags: set[str], code: str, banner: str = "") -> Output:
    """The exit code is that of the error; the code in the text is decimal for those of Win32."""
    word = languages.message("en-US" if "/english" in flags else view.language, "dism_error")
    text = f"{banner}\r\n{word}: {code}\r\n\r\n" + _EXPLAINED.get(code, _FAILED)
    return Output(text, exit_code=int(code, 0))
