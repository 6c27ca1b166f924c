# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules for services and the registry: win_service, win_reg_stat and win_regedit."""

from __future__ import annotations

import re
from typing import Any

from . import services
from .licensing import Record, RegistryData
from .machine import View
from .module_base import ModuleFailure, Option, RefusedError, not_simulated, read, unhandled
from .payload import Call
from .registry import AccessDeniedError, NotWritableError, Registry, Value, delete_value, write_value

_SERVICE = {
    "name": Option(required=True),
    "state": Option(choices=("started", "stopped", "restarted", "absent", "paused")),
    "start_mode": Option(choices=("auto", "manual", "disabled", "delayed")),
    "force_dependent_services": Option("bool", default=False),
    **not_simulated("dependencies", "dependency_action", "description", "desktop_interact", "display_name"),
    **not_simulated("error_control", "failure_actions", "failure_actions_on_non_crash_failure", "failure_command"),
    **not_simulated("failure_reboot_msg", "failure_reset_period_sec", "load_order_group", "password", "path"),
    **not_simulated("pre_shutdown_timeout_ms", "required_privileges", "service_type", "sid_info", "update_password"),
    **not_simulated("username"),
}
_MODES = {"auto": "Auto", "manual": "Manual", "disabled": "Disabled", "delayed": "Delayed"}
_REGEDIT = {
    "path": Option(required=True, aliases=("key",)),
    "name": Option(aliases=("entry", "value")),
    "data": Option("raw"),
    "type": Option(
        default="string",
        choices=("none", "binary", "dword", "expandstring", "multistring", "string", "qword"),
        aliases=("datatype",),
    ),
    "state": Option(default="present", choices=("present", "absent")),
    "delete_key": Option("bool", default=True),
    **not_simulated("hive"),
}
_REG_KINDS = {"string": "REG_SZ", "dword": "REG_DWORD", "multistring": "REG_MULTI_SZ"}
_LARGEST_DWORD = 0xFFFFFFFF


# -- win_service ----------------------------------------------------------------------------------------------------


def win_service(call: Call, view: View) -> dict[str, Any]:
    """Start mode and state of a service that is installed."""
    options = read(call, _SERVICE)
    if options["state"] in ("absent", "paused"):
        raise RefusedError(f"win_service with state={options['state']} is not simulated")
    service = services.find(view, options["name"])
    if service is None:
        if options["state"] is None and options["start_mode"] is None:
            return {"changed": False, "exists": False}
        text = f"Service '{options['name']}' is not installed, need to set 'path' to create a new service"
        raise ModuleFailure(text, exists=False)
    if not view.elevated or "service_locked" in view.faults:
        reason = "Access is denied, Win32ErrorCode 5 - 0x00000005"
        raise unhandled(f"Failed to open service '{service['Name']}' ({reason})")
    before = _service_values(service)
    wanted = dict(before)
    mode = _MODES.get(options["start_mode"] or "")
    changed = mode is not None and mode != service.get("StartMode")
    wanted["start_mode"] = options["start_mode"] or before["start_mode"]
    if changed and not call.check_mode:
        service["StartMode"] = str(mode)
    changed = _set_state(call, view, service, options["state"]) or changed
    wanted["state"] = {"stopped": "stopped", None: before["state"]}.get(options["state"], "started")
    result = {"changed": changed, **_service_result(wanted, service)}
    return result | ({"diff": {"before": before, "after": wanted}} if call.diff else {})


def _service_values(service: Record) -> dict[str, Any]:
    modes = {name: shown for shown, name in _MODES.items()}
    return {
        "name": service["Name"],
        "display_name": service.get("DisplayName", service["Name"]),
        "start_mode": modes.get(service.get("StartMode", "Manual"), "manual"),
        "state": "started" if services.is_running(service) else "stopped",
    }


def _service_result(values: dict[str, Any], service: Record) -> dict[str, Any]:
    return values | {
        "exists": True,
        "state": "running" if values["state"] == "started" else values["state"],
        "can_pause_and_continue": False,
        "depended_by": [],
        "dependencies": ["rpcss"],
        "description": "",
        "desktop_interact": False,
        "path": rf"C:\Windows\system32\{service['Name']}.exe",
        "username": r"NT AUTHORITY\NetworkService",
    }


def _set_state(call: Call, view: View, service: Record, state: str | None) -> bool:
    """Whether the state changes; in check mode it would."""
    running = services.is_running(service)
    if state is None or (state == "started" and running) or (state == "stopped" and not running):
        return False
    if call.check_mode:
        return True
    if state in ("stopped", "restarted") and running:
        services.stop(view, service)
    if state in ("started", "restarted"):
        try:
            services.start(view, service)
        except services.ServiceFailedError as failure:
            shown = f"{service.get('DisplayName', service['Name'])} ({service['Name']})"
            if failure.is_disabled:
                reason = f"Cannot start service {service['Name']} on computer '.'."
                raise unhandled(
                    f"Service '{shown}' cannot be started due to the following error: {reason}"
                ) from failure
            raise unhandled(f"Failed to start service '{shown}'.") from failure
    return True


# -- win_reg_stat ---------------------------------------------------------------------------------------------------


def win_reg_stat(call: Call, view: View) -> dict[str, Any]:
    """A value, or a whole key."""
    arguments = call.arguments
    path = arguments.get("path", arguments.get("key")) or ""
    name = next((arguments[alias] for alias in ("name", "entry", "value") if alias in arguments), None)
    if not path:
        raise ModuleFailure("Get-AnsibleParam: Missing required argument: path")
    if not re.match(r"(?i)HK(CC|CR|CU|LM|U):\\", path):
        raise ModuleFailure(f"path: {path} is not a valid registry path, see module documentation for examples.")
    try:
        key = Registry(view).find(path.replace(":", "", 1))
    except AccessDeniedError as error:
        text = 'Exception calling "OpenSubKey" with "2" argument(s): "Requested registry access is not allowed."'
        raise ModuleFailure(text) from error
    if key is None or (name is not None and name.lower() not in key.values):
        return {"changed": False, "exists": False}
    if name is not None:
        return {"changed": False, "exists": True} | _property(*key.values[name.lower()][1])
    properties = {written: _property(*value) for written, value in key.values.values()}
    return {"changed": False, "exists": True, "properties": properties, "sub_keys": list(key.subkeys.values())}


def _property(kind: str, data: RegistryData) -> dict[str, Any]:
    return {"type": kind, "value": data, "raw_value": data}


# -- win_regedit ----------------------------------------------------------------------------------------------------


def win_regedit(call: Call, view: View) -> dict[str, Any]:
    """A value of the registry written or deleted."""
    options = read(call, _REGEDIT)
    path, name = options["path"], options["name"]
    if not re.match(r"(?i)HK(CC|CR|CU|LM|U):\\", path):
        raise ModuleFailure(f"path: {path} is not a valid powershell path, see module documentation for examples.")
    if not name:
        raise RefusedError("win_regedit of a whole key or a default value is not simulated")
    plain = path.replace(":", "", 1)
    key = Registry(view).find(plain)
    existing = key.values[name.lower()][1] if key is not None and name.lower() in key.values else None
    result: dict[str, Any] = {"changed": False, "data_changed": False, "data_type_changed": False}
    try:
        if options["state"] == "absent":
            new = None
            result["changed"] = existing is not None
            if existing is not None and not call.check_mode:
                delete_value(view, plain, name)
        else:
            new = (_REG_KINDS.get(options["type"], ""), _regedit_data(options))
            _compare(result, existing, new)
            if result["changed"] and not call.check_mode:
                write_value(view, plain, name, new[1])
    except AccessDeniedError as error:
        raise unhandled(
            'Exception calling "OpenSubKey" with "2" argument(s): "Requested registry access is not allowed."'
        ) from error
    except NotWritableError as error:
        raise RefusedError(f"win_regedit of {error} is not simulated") from error
    if call.diff:
        result["diff"] = {"before": _diff(path, name, existing), "after": _diff(path, name, new)}
    return result


def _compare(result: dict[str, Any], existing: Value | None, new: Value) -> None:
    if existing is not None:
        result["data_type_changed"] = existing[0] != new[0]
        result["data_changed"] = existing[1] != new[1]
    result["changed"] = existing is None or result["data_changed"] or result["data_type_changed"]


def _regedit_data(options: dict[str, Any]) -> RegistryData:
    kind, data = options["type"], options["data"]
    if kind not in _REG_KINDS:
        raise RefusedError(f"win_regedit with type={kind} is not simulated")
    if kind == "multistring":
        return [] if data is None else [str(one) for one in (data if isinstance(data, list) else [data])]
    if kind == "string":
        return "" if data is None else str(data)
    try:
        number = int(str(data or 0), 0)
    except ValueError as error:
        text = (
            f'Cannot convert value "{data}" to type "System.UInt64". Error: "Input string was not in a correct format."'
        )
        raise unhandled(text) from error
    if not 0 <= number <= _LARGEST_DWORD:
        raise ModuleFailure("data cannot be larger than 0xffffffff when type is dword")
    return number


def _diff(path: str, name: str, value: Value | None) -> dict[str, Any]:
    if value is None:
        return {path: {}}
    kinds = {shown: kind for kind, shown in {"String": "REG_SZ", "DWord": "REG_DWORD"}.items()}
    data = f"0x{value[1]:08x}" if isinstance(value[1], int) else value[1]
    return {path: {name: {"type": kinds.get(value[0], "MultiString"), "value": data}}}
