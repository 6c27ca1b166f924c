# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients cost the hosts, counted since the start or the last reset, and how long programs take there.

Both belong to the running server and are not kept in the state file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

POWERSHELL = "powershell"
"""Every command over WinRM is one: Ansible's wrapper, in which the module or the script of its own runs."""


@dataclass
class Usage:
    """What one host was asked: HTTP requests, bytes in their bodies, and processes by the name of their program."""

    requests: int = 0
    received: int = 0
    processes: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"requests": self.requests, "received": self.received, "processes": dict(self.processes)}


@dataclass(frozen=True)
class Cost:
    """Seconds that each start of PowerShell and each script of cscript.exe really takes; others take none."""

    powershell: float = 0.0
    cscript: float = 0.0

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Cost:
        """A cost from plain data. Raises ValueError for what is none."""
        unknown = set(data) - set(cls.__dataclass_fields__)
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        for name, seconds in data.items():
            if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 <= seconds <= 3600:
                raise ValueError(f"{name}: {seconds!r} is not a number of seconds up to 3600")
        return cls(**data)

    def seconds(self, programs: Iterable[str]) -> float:
        """How long these programs take, one after the other."""
        costs: dict[str, float] = asdict(self)
        return sum(costs.get(program, 0.0) for program in programs)
