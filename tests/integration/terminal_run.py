# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-playbook on a terminal, and what somebody sees there.

run = run_on_terminal("-i", "inventory.yml", "playbook.yml", columns=100)
assert run.screen[-1] == ""
"""

from __future__ import annotations

import io
import os
import re
import signal
import time
from dataclasses import dataclass
from functools import cached_property

import pexpect
from integration.winsim_server import PATIENCE

COLOR = re.compile(r"\x1b\[[0-9;]*m")
_ROWS = 50


@dataclass(frozen=True)
class TerminalRun:
    """How a run ended and every character that it sent to the terminal."""

    exit_code: int
    output: str

    @cached_property
    def screen(self) -> list[str]:
        """The lines that stay on the screen: carriage returns obeyed, colours left out."""
        lines: list[str] = []
        for sent in COLOR.sub("", self.output).split("\n"):
            shown = ""
            for part in sent.split("\r"):
                shown = part + shown[len(part) :]
            lines.append(shown.rstrip())
        return lines

    @cached_property
    def drawn(self) -> list[str]:
        """Everything that stood on a line at any time, without colours."""
        return [part.strip() for part in re.split(r"[\r\n]+", COLOR.sub("", self.output)) if part.strip()]

    @property
    def bars(self) -> list[str]:
        """The states of the progress bar that were drawn."""
        return [line for line in self.drawn if re.match(r"\d+%\|", line)]


def run_on_terminal(
    *arguments: str, columns: int = 120, stop_at: str | None = None, timeout: float = PATIENCE, **environment: str
) -> TerminalRun:
    """Run ansible-playbook on a terminal of this width; press Ctrl-C a moment after ``stop_at`` was printed."""
    variables = {**os.environ, "TERM": "xterm-256color", **environment}
    sent = io.StringIO()
    terminal = pexpect.spawn(
        "ansible-playbook",
        list(arguments),
        env=variables,
        dimensions=(_ROWS, columns),
        encoding="utf-8",
        timeout=timeout,
        preexec_fn=_hear_ctrl_c,
    )
    terminal.logfile_read = sent
    if stop_at is not None:
        terminal.expect_exact(stop_at)
        time.sleep(0.5)
        terminal.sendintr()
    terminal.expect(pexpect.EOF)
    terminal.close()
    return TerminalRun(terminal.exitstatus, sent.getvalue())


def _hear_ctrl_c() -> None:
    """Where the tests run in the background of a shell, SIGINT is ignored, and programs inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
