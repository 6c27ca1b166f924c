# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""sc.exe and net.exe: what they tell of the services, and how they start and stop them."""

from __future__ import annotations

from . import languages, services
from .machine import View
from .program_base import NotSimulatedError, Output

_SERVICE_FILES = {
    "osppsvc": r"C:\Program Files\Common Files\Microsoft Shared\OfficeSoftwareProtectionPlatform"
    r"\OSPPSVC.EXE"
}
_FAILURES = {
    1058: "The service cannot be started, either because it is disabled or because it has no enabled devices\r\n"
    "associated with it.",
    1053: "The service did not respond to the start or control request in a timely fashion.",
}
_START_TYPES = {"Auto": "2   AUTO_START", "Manual": "3   DEMAND_START", "Disabled": "4   DISABLED"}


def sc(view: View, arguments: list[str]) -> Output:
    """``sc query NAME`` and ``sc qc NAME``."""
    verb = arguments[0].lower() if arguments else ""
    if verb not in ("query", "qc") or len(arguments) != 2:
        raise NotSimulatedError(f"sc.exe {' '.join(arguments)}".strip())
    name = arguments[1]
    record = services.find(view, name)
    if record is None or record["Name"].lower() != name.lower():
        call = "EnumQueryServicesStatus:OpenService" if verb == "query" else "OpenService"
        text = languages.message(view.language, "sc_absent")
        return Output(f"[SC] {call} FAILED 1060:\r\n\r\n{text}\r\n\r\n", exit_code=1060)
    if verb == "query":
        state = "4  RUNNING" if services.is_running(record) else "1  STOPPED"
        rows: tuple[tuple[str, str], ...] = (
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


# -- net.exe --------------------------------------------------------------------------------------------------------


def net(view: View, arguments: list[str]) -> Output:
    """``net start NAME`` and ``net stop NAME``; its texts are English only."""
    lowered = [argument.lower() for argument in arguments if argument.lower() != "/y"]
    if len(lowered) != 2 or lowered[0] not in ("start", "stop"):
        raise NotSimulatedError(f"net.exe {' '.join(arguments)}".strip())
    verb = lowered[0]
    record = services.find(view, lowered[1])
    if record is None:
        return _net_failure("The service name is invalid.", 2185)
    if not view.elevated:
        return _net_failure("Access is denied.", 5, prefix="System error 5 has occurred.\r\n\r\n")
    shown = record.get("DisplayName", record["Name"])
    if verb == "stop":
        if not services.is_running(record):
            return _net_failure(f"The {shown} service is not started.", 3521)
        services.stop(view, record)
        text = f"The {shown} service is stopping.\r\nThe {shown} service was stopped successfully.\r\n\r\n"
        return Output(text)
    if services.is_running(record):
        return _net_failure("The requested service has already been started.", 2182)
    try:
        services.start(view, record)
    except services.ServiceFailedError as failure:
        reason = _FAILURES.get(failure.code, "The service did not report an error.")
        prefix = f"System error {failure.code} has occurred.\r\n\r\n"
        return _net_failure(reason, failure.code, prefix=prefix)
    text = f"The {shown} service is starting.\r\nThe {shown} service was started successfully.\r\n\r\n"
    return Output(text)


def _net_failure(text: str, code: int, prefix: str = "") -> Output:
    """Exit code 2 whatever happened; the hint belongs to the errors of net.exe itself."""
    hint = "" if prefix else f"More help is available by typing NET HELPMSG {code}.\r\n\r\n"
    return Output(stderr=f"{prefix}{text}\r\n\r\n{hint}", exit_code=2)


def _rows(rows: tuple[tuple[str, str], ...]) -> str:
    return "".join(f"        {label:<19}: {value}\r\n" for label, value in rows)
