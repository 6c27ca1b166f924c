# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a simulated program gives, and how it may end otherwise."""

from __future__ import annotations

from dataclasses import dataclass


class NotSimulatedError(Exception):
    """The program, or this use of it, is not simulated."""


class NeverEndsError(Exception):
    """The program waits for ever; ``stdout`` is what it printed before."""

    def __init__(self, stdout: str) -> None:
        super().__init__("the program does not end")
        self.stdout = stdout


@dataclass(frozen=True)
class Output:
    """What a program gave; text has CRLF line ends."""

    stdout: str = ""
    stderr: str = ""
    exit_code: int = 0
