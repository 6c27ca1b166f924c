# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies between a client and a host: hosts that are down for a while, and something that cuts idle connections."""

from __future__ import annotations

import asyncio
import time
import weakref
from collections import Counter

from aiohttp import web

from .machine import Machine


class Interruptions:
    """Which hosts are down, how often each has started anew, and which connections are watched for idleness."""

    def __init__(self) -> None:
        self._up_again: dict[str, float] = {}
        self.starts: Counter[str] = Counter()
        self._timers: weakref.WeakKeyDictionary[asyncio.Transport, asyncio.TimerHandle] = weakref.WeakKeyDictionary()

    def take_down(self, machine: Machine, seconds: float) -> None:
        """Nothing answers at a host for so many seconds."""
        self._up_again[machine.name] = time.monotonic() + seconds
        self.starts[machine.name] += 1

    def is_down(self, machine: Machine) -> bool:
        """Whether it is down at the moment."""
        return time.monotonic() < self._up_again.get(machine.name, 0.0)

    def sent(self, http: web.Request) -> None:
        """A request came in: its connection is not idle."""
        timer = self._timers.pop(http.transport, None) if http.transport else None
        if timer is not None:
            timer.cancel()

    def answered(self, http: web.Request, machine: Machine) -> None:
        """From now on its connection is idle, which a standing ``cut_idle`` bears only so long."""
        cut = next((fault for fault in machine.faults if fault.name == "cut_idle" and fault.standing), None)
        if cut is not None and http.transport is not None:
            loop = asyncio.get_running_loop()
            self._timers[http.transport] = loop.call_later(cut.seconds, http.transport.close)

    def close(self) -> None:
        """Watch nothing any more."""
        for timer in self._timers.values():
            timer.cancel()


def cut(http: web.Request) -> web.Response:
    """Break the connection of a request; the answer reaches nobody."""
    if http.transport is not None:
        http.transport.abort()
    return web.Response()
