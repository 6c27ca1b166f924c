# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Windows firewall: the module win_firewall_rule, and what its rules let in.

A machine with ``firewall: true`` lets in only what an enabled rule allows; addresses in rules are not looked at,
because the simulated clients have none.
"""

from __future__ import annotations

import re
from typing import Any

from .machine import Machine, View
from .module_base import ModuleFailure, Option, not_simulated, read
from .payload import Call

_PROTOCOLS = {"any": 256, "tcp": 6, "udp": 17}
_PROFILES = {"domain": 1, "private": 2, "public": 4}
_RULE = {
    "name": Option(),
    "group": Option(),
    "description": Option(),
    "direction": Option(choices=("in", "out")),
    "action": Option(choices=("allow", "block")),
    "program": Option(),
    "service": Option(),
    "enabled": Option("bool", aliases=("enable",)),
    "profiles": Option("list", aliases=("profile",)),
    "localip": Option(),
    "remoteip": Option(),
    "localport": Option(),
    "remoteport": Option(),
    "protocol": Option(),
    "interfacetypes": Option("list"),
    "edge": Option(choices=("no", "yes", "deferapp", "deferuser")),
    "security": Option(choices=("notrequired", "authnoencap", "authenticate", "authdynenc", "authenc")),
    "state": Option(default="present", choices=("present", "absent")),
    **not_simulated("icmp_type_code"),
}
_DEFAULTS: dict[str, Any] = {
    "description": "",
    "direction": "in",
    "action": "allow",
    "program": "",
    "group": "",
    "service": "",
    "enabled": True,
    "profiles": sorted(_PROFILES),
    "localip": "*",
    "remoteip": "*",
    "localport": "*",
    "remoteport": "*",
    "protocol": 256,
    "interfacetypes": ["any"],
    "edge": "no",
    "security": "notrequired",
}
_DENIED = '"Access is denied. (Exception from HRESULT: 0x80070005 (E_ACCESSDENIED))"'
_OUT_OF_RANGE = "Value does not fall within the expected range."


def win_firewall_rule(call: Call, view: View) -> dict[str, Any]:
    """A rule by its name, or all rules of a group."""
    options = read(call, _RULE, strict=False)
    name, group, rules = options["name"], options["group"], view.machine.rules
    if not name and not group:
        raise ModuleFailure("Either name or group must be specified")
    given = {key: _plain(key, options[key]) for key in _DEFAULTS if options[key] is not None}
    _check_ports({**_DEFAULTS, **given})
    found = [one for one, rule in rules.items() if (one == name if name else rule["group"] == group)]
    if options["state"] == "absent":
        return _remove(call, view, found, name, group)
    if not found and not name:
        return {"changed": False}
    if not found:
        if not call.check_mode:
            _need_rights(view, "Add", 1)
            rules[name] = {**_DEFAULTS, **given}
        return {"changed": True, "msg": f"Firewall rule '{name}' created."} | _diff(call, f"+[{name}]\n")
    changed = [one for one in found if any(rules[one][key] != value for key, value in given.items())]
    if changed and not call.check_mode:
        _need_rights(view, "set", 0)
        for one in changed:
            rules[one] |= given
    same = [one for one in found if one not in changed]
    text = f"Firewall rule(s) changed '{_names(changed)}' - unchanged '{_names(same)}'"
    return {"changed": bool(changed), "msg": text} | _diff(call, "".join(f"[{one}]\n" for one in found))


def _remove(call: Call, view: View, found: list[str], name: str | None, group: str | None) -> dict[str, Any]:
    if not found:
        text = f"Firewall rule '{name}' does not exist." if name else f"No firewall rules in group '{group}' exist."
        return {"changed": False, "msg": text} | _diff(call, "")
    if not call.check_mode:
        _need_rights(view, "Remove", 1)
        for one in found:
            del view.machine.rules[one]
    text = f"Firewall rule(s) '{_names(found)}' removed."
    return {"changed": True, "msg": text} | _diff(call, "".join(f"-[{one}]\n" for one in found))


def _need_rights(view: View, method: str, arguments: int) -> None:
    if view.elevated:
        return
    if arguments:
        raise ModuleFailure(f'Exception calling "{method}" with "{arguments}" argument(s): {_DENIED}')
    raise ModuleFailure(_DENIED.strip('"'))


def _plain(key: str, value: Any) -> Any:
    """A value as the firewall keeps it, so that two ways to write the same are the same."""
    if key == "protocol":
        text = str(value).lower()
        if text not in _PROTOCOLS and not text.isdigit():
            raise ModuleFailure(f"Unknown protocol '{value}'.")
        return int(text) if text.isdigit() else _PROTOCOLS[text]
    if key == "profiles":
        unknown = [one for one in value if one.lower() not in _PROFILES]
        if unknown:
            raise ModuleFailure(f"Unknown profile '{unknown[0]}'.")
        return sorted({one.lower() for one in value})
    if key in ("localip", "remoteip"):
        return "*" if value.lower() == "any" else ",".join(sorted(part.strip() for part in value.split(",")))
    if key in ("localport", "remoteport"):
        return "*" if value.lower() == "any" else value
    if key in ("program", "service"):
        return "" if value.lower() == "any" else value
    return value


def _check_ports(rule: dict[str, Any]) -> None:
    """Ports belong to TCP and UDP: the firewall takes them only after such a protocol."""
    for key in ("localport", "remoteport"):
        if rule[key] == "*":
            continue
        if rule["protocol"] not in (_PROTOCOLS["tcp"], _PROTOCOLS["udp"]) or not re.fullmatch(
            r"\w+(-\d+)?(\s*,\s*\w+(-\d+)?)*", rule[key]
        ):
            raise ModuleFailure(_OUT_OF_RANGE)


def _names(names: list[str]) -> str:
    return "', '".join(names)


def _diff(call: Call, text: str) -> dict[str, Any]:
    return {"diff": {"prepared": text}} if call.diff else {}


def lets_in(machine: Machine, port: int) -> bool:
    """Whether the machine's firewall lets TCP connections to a port in."""
    if not machine.firewall:
        return True
    profile = "domain" if machine.reach.get("domain") else "public"
    fitting = [rule for rule in machine.rules.values() if _fits(rule, port, profile)]
    return bool(fitting) and all(rule["action"] == "allow" for rule in fitting)


def _fits(rule: dict[str, Any], port: int, profile: str) -> bool:
    if not rule["enabled"] or rule["direction"] != "in" or profile not in rule["profiles"]:
        return False
    if rule["protocol"] not in (_PROTOCOLS["any"], _PROTOCOLS["tcp"]):
        return False
    if rule["localport"] == "*":
        return True
    for part in rule["localport"].split(","):
        first, _, last = part.strip().partition("-")
        if first.isdigit() and int(first) <= port <= int(last or first):
            return True
    return False
