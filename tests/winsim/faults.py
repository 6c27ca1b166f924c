# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on demand: what can go wrong with one simulated host, and for which of its commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

CONNECTION = ("http_500", "http_429", "http_503", "not_windows")
"""Faults of the endpoint itself: without ``when`` they meet the client before any command."""
BREAKING = (*CONNECTION, "auth_fails", "reboot")
"""Faults that end a command without its answer, at their ``moment``."""
MOMENTS = ("before", "during", "after", "between")
NAMES = {
    "slow": "the answer takes `seconds` longer",
    "hung_script": "ospp.vbs never ends",
    "hung_slmgr": "slmgr.vbs never ends",
    "trickle": "the output comes in twenty pieces, which together take `seconds`",
    "drop_before": "the TCP connection is closed before the command ran",
    "drop_during": "the TCP connection is closed after half of the command's steps ran",
    "drop_after": "the TCP connection is closed after the command ran, before its answer",
    "http_500": "the endpoint answers HTTP 500",
    "http_429": "the endpoint answers HTTP 429, as one does that has too much to do",
    "http_503": "the endpoint answers HTTP 503, as a proxy does whose target is down",
    "not_windows": "the endpoint is some other web server: 404 and HTML",
    "auth_fails": "the endpoint refuses the credentials: with `when` from that command on, else of `times` requests",
    "cut_idle": "something in between cuts a connection on which nothing was sent for `seconds`",
    "reboot": "the computer starts anew: its shells are lost, and nothing answers for `seconds`",
    "clock_jump": "its clock jumps `by` a duration such as 200d or -2d",
    "not_elevated": "the account's token is not elevated",
    "no_script": "Office is there, its ospp.vbs is not",
    "no_office": "no Office is installed",
    "no_vbscript": "Windows has no VBScript engine",
    "garbage": "random bytes in the output",
    "cut_output": "the output ends in its middle",
    "localised": "a Windows in `language` (default de-DE)",
    "service_disabled": "the licensing services are disabled",
    "service_will_not_start": "the licensing service does not start any more once it is stopped",
    "service_locked": "win_service may not open the licensing service; net.exe may",
    "service_absent": "the licensing services are not installed",
    "dism_fails": "DISM adds no feature on demand and gives `code` (default 0x800f0954: WSUS does not have it)",
    "dns_down": "no DNS server answers the host",
    "kms_down": "a client reaches no KMS host; a KMS host of this name does not listen",
    "microsoft_unreachable": "the host cannot reach Microsoft's activation service",
}


@dataclass
class Fault:
    """One fault. ``when``: only commands holding this text (any case); ``after``: let so many matching commands
    pass first; ``times``: then strike so many and no more. ``moment``: whether what breaks the answer does so before
    the command, after half of its steps, after all of them, or between it and the next one; a clock jumps before or
    after the command."""

    name: str
    when: str | None = None
    after: int = 0
    times: int | None = None
    seconds: float = 1.0
    language: str = "de-DE"
    code: str = "0x800f0954"
    moment: str = "before"
    by: str = "200d"

    @classmethod
    def read(cls, data: str | Mapping[str, Any]) -> Fault:
        """A fault as the fleet file or a control request writes it: a name, ``{name: N, option: ...}`` or
        ``{N: {option: ...}}``. Raises ValueError."""
        if isinstance(data, str):
            data = {"name": data}
        if not isinstance(data, Mapping):
            raise ValueError(f"a fault is a name or a mapping, not {data!r}")
        if "name" not in data and len(data) == 1:
            name, options = next(iter(data.items()))
            if not isinstance(options, Mapping):
                raise ValueError(f"fault {name}: its options must be a mapping")
            data = {"name": name, **options}
        if data.get("name") not in NAMES:
            raise ValueError(f"unknown fault {data.get('name')!r}; known: {', '.join(NAMES)}")
        unknown = set(data) - {field.name for field in fields(cls)}
        if unknown:
            raise ValueError(f"fault {data['name']}: unknown option {', '.join(sorted(unknown))}")
        values = dict(data)
        if isinstance(values.get("code"), int):
            values["code"] = f"0x{values['code']:08x}"  # YAML reads 0x... as a number
        for option, kind in (("after", int), ("times", int), ("seconds", float)):
            if values.get(option) is not None:
                values[option] = kind(values[option])
        if values.get("moment", "before") not in MOMENTS:
            raise ValueError(f"fault {data['name']}: moment is one of {', '.join(MOMENTS)}")
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """The options that differ from their defaults, and the name."""
        plain = Fault(self.name)
        chosen = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "name"}
        return {"name": self.name} | {name: value for name, value in chosen.items() if value != getattr(plain, name)}

    @property
    def standing(self) -> bool:
        """True when it holds all the time and not just for some commands."""
        return self.when is None and self.after == 0 and self.times is None

    def strikes(self, text: str) -> bool:
        """Count this command; True when the fault meets it."""
        if self.when is not None and self.when.lower() not in text.lower():
            return False
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is None:
            return True
        self.times -= 1
        return self.times >= 0


def on_connection(faults: Iterable[Fault]) -> str | None:
    """The fault that meets a client which opens a shell, if any. Counts."""
    hits = [fault for fault in faults if fault.name in CONNECTION and fault.when is None]
    return next((fault.name for fault in hits if fault.strikes("")), None)


def on_request(faults: Iterable[Fault]) -> bool:
    """Whether the credentials of a request are refused. Counts."""
    hits = [fault for fault in faults if fault.name == "auth_fails" and fault.when is None]
    return any(fault.strikes("") for fault in hits)


def on_command(faults: Iterable[Fault], text: str) -> dict[str, Fault]:
    """The faults that meet this command, by name. Counts."""
    hits = [fault for fault in faults if fault.name not in (*CONNECTION, "auth_fails") or fault.when is not None]
    return {fault.name: fault for fault in hits if fault.strikes(text)}


def breaking(faults: Mapping[str, Fault]) -> Fault | None:
    """The fault of a command that ends it without its answer; dropping is a fault of its own."""
    return next((faults[name] for name in BREAKING if name in faults), None)
