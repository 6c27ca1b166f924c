# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every ospp.vbs command shares: the printed page, popups, error blocks and dates (ospp.md, sections 1 to 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time

from .licensing import Licensing, ScriptOutput
from .sentences import hex_code, ospp_sentence

SEPARATOR = "---------------------------------------"
HEADER = "---Processing--------------------------"
FOOTER = "---Exiting-----------------------------"
NO_KEYS = "<No installed product keys detected>"
APPLIED = "Successfully applied setting."
KB_CODES = (
    "80070422 80070426 C004F074 80070001 80070005 8007000D 8007232B 8007251D C004F014 C004F038 C004F039 C004F041 "
    "C004F042 C004C003 4004F040"
)
KB_PAGE = "support.microsoft.com/kb/2870357"
NEVER = datetime(1601, 1, 1)


class Stop(Exception):
    """The script quits: only the exit lines follow."""


class Popup(Exception):
    """A message box opens; the script quits once it is dismissed."""

    def __init__(self, *lines: str) -> None:
        super().__init__(" | ".join(lines))


@dataclass
class Page:
    """The output of one run."""

    machine: Licensing
    flavour: str
    script_name: str
    lines: list[str] = field(default_factory=lambda: [HEADER, SEPARATOR])

    @property
    def is_2016(self) -> bool:
        """Whether this is the script of Office 2016 and later."""
        return self.flavour == "2016"

    def say(self, *lines: str) -> None:
        """Print lines."""
        self.lines += lines

    def separate(self) -> None:
        """Print the separator line."""
        self.lines.append(SEPARATOR)

    def description(self, code: int) -> str:
        """The text after ``ERROR DESCRIPTION:`` in listings and histories."""
        hint = "Not available." if self._without_slui else self._hint(code)
        return ospp_sentence(code) or hint

    def error(self, code: int, activating: bool = False) -> None:
        """An error block (ospp.md, section 3); raises Stop after a code without a sentence unless activating."""
        sentence = ospp_sentence(code)
        digits = hex_code(code)
        if sentence:
            self.say(f"ERROR CODE: 0x{digits}", f"ERROR DESCRIPTION: {sentence}")
        elif len(digits) != 8:
            self.unknown_error(code)
        else:
            self.say(f"ERROR CODE: 0x{digits}")
            if not self._without_slui:
                self.say(f"ERROR DESCRIPTION: {self._hint(code)}")
        if digits == "C004F074":
            self.say(f"To view the activation event history run: cscript {self.script_name} /dhistorykms")
        if activating:
            self.kb_notice(digits)
        elif not sentence:
            raise Stop

    def unknown_error(self, code: int) -> None:
        """The line for a number that is no HRESULT."""
        suffix = f" (0x{hex_code(code)})" if self.is_2016 else ""
        self.say(f"ERROR DESCRIPTION: An unknown error occurred.{suffix}")

    def kb_notice(self, digits: str) -> None:
        """The two lines for codes with a page of their own. The script tests for a substring of its list."""
        if digits in KB_CODES:
            scheme = "https" if self.is_2016 else "http"
            self.say(
                f"NOTICE: A KB article has been detected for activation failure: 0x{digits}",
                f"FOR MORE INFORMATION PLEASE VISIT: {scheme}://{KB_PAGE}#Error0x{digits}",
            )

    def date(self, dmtf: str) -> str:
        """A WMI time as VBScript shows it in the account's locale; midnight shows the date alone."""
        return local_date(parse_dmtf(dmtf), self.machine.os.get("DateStyle", ""))

    def finish(self) -> ScriptOutput:
        """The run ends with the exit lines; the exit code is 0 whatever happened."""
        self.say(SEPARATOR, FOOTER)
        return ScriptOutput(_crlf(self.lines), 0, hangs=False)

    def hang(self) -> ScriptOutput:
        """The run never ends: a popup waits."""
        return ScriptOutput(_crlf(self.lines), 0, hangs=True)

    @property
    def _without_slui(self) -> bool:
        return self.machine.os.get("NoSlui") == "1"

    @staticmethod
    def _hint(code: int) -> str:
        return f"Run the following: cscript ospp.vbs /ddescr:0x{hex_code(code)}"


def parse_dmtf(text: str) -> datetime:
    """A WMI time such as ``20240305081530.000000-000`` (UTC); an absent one is the first of January 1601."""
    return datetime.strptime(text[:14], "%Y%m%d%H%M%S") if text else NEVER


def local_date(when: datetime, style: str = "") -> str:
    """A date in the form that shows 1601-01-01 as ``style``; empty is US English.

    Separator, padding and year-first order are read from the style; a padded or dotted style is day-first.
    """
    shown = _date_part(when, style or "1/1/1601")
    if when.time() == time():
        return shown
    if style in ("", "1/1/1601"):
        return f"{shown} {when.hour % 12 or 12}:{when:%M:%S} {'AM' if when.hour < 12 else 'PM'}"
    return f"{shown} {when:%H:%M:%S}"


def _date_part(when: datetime, style: str) -> str:
    separator = re.sub(r"\d", "", style)[:1] or "/"
    padded = style.count("01") >= 3  # the year holds one itself
    day, month = (f"{when.day:02}", f"{when.month:02}") if padded else (str(when.day), str(when.month))
    if style.startswith("1601"):
        parts = [str(when.year), month, day]
    elif style == "1/1/1601":
        parts = [month, day, str(when.year)]
    else:
        parts = [day, month, str(when.year)]
    return separator.join(parts)


def _crlf(lines: list[str]) -> str:
    return "".join(f"{line}\r\n" for line in lines)
