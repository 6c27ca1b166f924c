# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a program and measures it with all its children."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

SAMPLE_EVERY = 1.0  # seconds; one look at 20 processes takes about 30 ms of CPU


@dataclass(frozen=True)
class Measured:
    """``wall`` and ``cpu`` (user and system, with all children) in seconds, ``memory``: the most that the process and
    its children had together, in MiB, shared pages counted once; nothing where there is no /proc."""

    exit_code: int
    wall: float
    cpu: float
    memory: float | None


def measure(command: Sequence[str], environment: Mapping[str, str], output: Path) -> Measured:
    """Run a program to its end; what it prints goes to a file."""
    with output.open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        memory = _Sampler(process.pid)
        _pid, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    return Measured(process.returncode, wall, used.ru_utime + used.ru_stime, memory.stop())


class _Sampler(threading.Thread):
    """Looks at the memory of a process and its children until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._ended = threading.Event()
        self._peak = 0
        self.start()

    def run(self) -> None:
        """The thread."""
        while not self._ended.wait(SAMPLE_EVERY):
            self._peak = max(self._peak, sum(_shared_fairly(pid) for pid in _with_children(self._pid)))

    def stop(self) -> float | None:
        """End it; the peak in MiB."""
        self._ended.set()
        self.join()
        return self._peak / 1024 or None


def _with_children(pid: int) -> Iterator[int]:
    yield pid
    try:
        lists = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return
    for child in " ".join(lists).split():
        yield from _with_children(int(child))


def _shared_fairly(pid: int) -> int:
    """Memory of a process in KiB, of pages that n processes share the nth part; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
