# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A progress bar on the last line of a terminal, and text printed above it. Not a public interface."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

_RUNNING = "{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} {remaining} left{postfix}"
_ENDED = "{percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt} in {elapsed}{postfix}"
_SMOOTHING = 0.1  # a wave ends with a few slow hosts, which say little of the next
_TICK_SECONDS = 1.0
#: Control characters but tab and line feed. Colours, which Ansible prints itself, are let through.
_CONTROL = re.compile(r"\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")


def harmless(text: str) -> str:
    """Text that can't move the cursor, clear the screen or name the window."""
    return _CONTROL.sub("?", text.replace("\r\n", "\n"))


def is_terminal(stream: TextIO) -> bool:
    """Whether a bar can be drawn there."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _bar_class() -> Any:
    """tqdm's bar. Raises ImportError where tqdm is missing."""
    from tqdm import tqdm

    class Bar(tqdm):  # type: ignore[type-arg]  # generic for type checkers only
        """Without tqdm's thread, whose lock a fork could catch."""

        monitor_interval = 0

    return Bar


def can_draw() -> bool:
    """Whether tqdm is installed."""
    try:
        _bar_class()
    except ImportError:
        return False
    return True


class FleetBar:
    """A bar that is open from its creation until C(close).

    While it is open, what this process writes to stdout, and to stderr where that is a terminal too, goes above it.
    ``lock``: the lock that Ansible holds when it prints and when it forks. One lock for all means that two threads
    never wait for each other, and that no fork catches it closed.
    """

    def __init__(self, total: int, lock: Any) -> None:
        self._lock = lock
        self._mid_line = False
        self._streams = (sys.stdout, sys.stderr)
        bar_class = _bar_class()
        bar_class.set_lock(lock)
        columns = os.environ.get("COLUMNS", "")
        width = {"ncols": int(columns)} if columns.isdecimal() and int(columns) else {"dynamic_ncols": True}
        with lock:
            self._bar = bar_class(
                total=total, file=sys.stdout, bar_format=_RUNNING, smoothing=_SMOOTHING, miniters=1, **width
            )
        sys.stdout = _AboveBar(sys.stdout, self)
        if is_terminal(sys.stderr):
            sys.stderr = _AboveBar(sys.stderr, self)
        self._closing = threading.Event()
        self._ticker = threading.Thread(target=self._tick, daemon=True, name="fleet_progress")
        self._ticker.start()

    def show(self, done: int, total: int, counts: str) -> None:
        """Move to this many of all hosts, with words about them."""
        with self._lock:
            self._bar.total = total
            self._bar.set_postfix_str(counts, refresh=False)
            if self._mid_line:
                self._bar.n = done
            else:
                self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """Leave the bar as it is, and the cursor on the next line."""
        self._closing.set()
        self._ticker.join(_TICK_SECONDS)
        with self._lock:
            stdout, stderr = self._streams
            if isinstance(sys.stdout, _AboveBar):
                sys.stdout = stdout
            if isinstance(sys.stderr, _AboveBar):
                sys.stderr = stderr
            if self._mid_line:
                stdout.write("\n")
            self._bar.bar_format = _ENDED
            self._bar.close()

    @contextmanager
    def above(self, text: str) -> Iterator[None]:
        """The bar is not there while the text is written, and comes back once its line has ended."""
        with self._lock:
            if not self._mid_line:
                self._bar.clear(nolock=True)
            yield
            self._mid_line = not text.endswith("\n")
            if not self._mid_line:
                self._bar.refresh(nolock=True)

    def _tick(self) -> None:
        """Draw the bar again every second, so that a slow host does not look like a run that hangs."""
        while not self._closing.wait(_TICK_SECONDS):
            with self._lock:
                if not self._mid_line:
                    self._bar.refresh(nolock=True)


class _AboveBar:
    """A stream whose text goes above a bar. In a forked process it is the stream itself."""

    def __init__(self, stream: TextIO, bar: FleetBar) -> None:
        self._stream = stream
        self._bar = bar
        self._process = os.getpid()

    def write(self, text: str) -> int:
        """Write harmless text above the bar."""
        if not text or os.getpid() != self._process:
            return self._stream.write(text)
        with self._bar.above(text):
            self._stream.write(harmless(text))
            self._stream.flush()
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
