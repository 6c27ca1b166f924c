# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to a machine by itself, whatever a command does: it starts anew, its clock jumps."""

from __future__ import annotations

import contextlib
import re
from datetime import timedelta

from . import services
from .faults import Fault
from .machine import Machine, View
from .world import World
from .world_time import pass_time

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def duration(text: str) -> timedelta:
    """A duration such as ``90``, ``+2h``, ``8h30m``, ``180d``; a bare number is seconds. Raises ValueError."""
    plain = text.strip().removeprefix("+").lower()
    parts = re.findall(r"(\d+)([smhdw]?)", plain)
    if not parts or "".join(number + unit for number, unit in parts) != plain:
        raise ValueError(f"{text!r} is not a duration such as 90s, 2h, 8h30m or 180d")
    return sum((timedelta(**{_UNITS[unit or "s"]: int(number)}) for number, unit in parts), timedelta())


def jump(machine: Machine, world: World, fault: Fault) -> None:
    """The clock of one machine jumps. Forwards, what has a limit runs out, and nobody renews on the way; backwards,
    nothing that ran out comes back. Raises ValueError for no duration."""
    by = duration(fault.by.removeprefix("-")) * (-1 if fault.by.startswith("-") else 1)
    machine.clock_offset += by.total_seconds()
    if by > timedelta():
        world.tick(machine.licensing)
        pass_time(machine.licensing, (machine.licensing.looked_at or world.clock.now()) + by, None)


def reboot(machine: Machine, world: World) -> None:
    """Windows starts anew: programs and background tasks are gone, services are as their start type wants."""
    machine.jobs.clear()
    machine.hung.clear()
    view = View(machine, world, {fault.name: fault for fault in machine.faults if fault.standing})
    for service in machine.licensing.services:
        services.stop(view, service)
        if service.get("StartMode") == "Auto":
            with contextlib.suppress(services.ServiceFailedError), view.applied():
                services.start(view, service)
