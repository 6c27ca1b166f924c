# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every slmgr.vbs command shares: the collected lines, the language and how a product is found (slmgr.md)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from . import slmgr_english, slmgr_german
from .licensing import HResult, Licensing, Record, ScriptOutput, is_office
from .licensing_service import LicensingService
from .sentences import has_slmgr_sentence, hex_code, slmgr_sentence

_TYPE_MISMATCH = 13


class ScriptError(HResult):
    """An error of the script engine or of a component; ``text`` names its description in the tables of texts."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(code)
        self.text = text


@dataclass
class Run:
    """One run: slmgr collects its lines and echoes them once at the end.

    ``read_file`` gives what a file of the machine contains, or None where there is none.
    """

    machine: Licensing
    language: str = "en-US"
    read_file: Callable[[str], str | None] | None = None
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wmi = LicensingService(self.machine, "sppsvc", for_slmgr=True)
        self.is_translated = self.language.partition("-")[0].lower() == "de"

    # -- what is printed ---------------------------------------------------------------------------

    def say(self, *lines: str) -> None:
        """Collect lines."""
        self.lines += lines

    def text(self, name: str, /, **values: object) -> str:
        """A text in the language of this run, its placeholders filled in."""
        texts = slmgr_german.TEXTS if self.is_translated else slmgr_english.TEXTS
        return texts[name].format(**values)

    def tell(self, name: str, /, **values: object) -> None:
        """Collect one text as a line."""
        self.say(self.text(name, **values))

    def sentence(self, code: int) -> str:
        """slmgr's own sentence for an error number, else the hint where to look it up."""
        if not has_slmgr_sentence(code):
            return self.text("look_up_code", number=shown(code))
        return slmgr_german.SENTENCES[code] if self.is_translated else slmgr_sentence(code)

    def tell_error(self, failure: HResult) -> None:
        """Collect the line of an error that ends the script."""
        text = self.text(failure.text) if isinstance(failure, ScriptError) else self.sentence(failure.code)
        self.tell("error", number=shown(failure.code), text=text)

    def finish(self, exit_code: int = 0) -> ScriptOutput:
        """The echo adds an empty line of its own."""
        return ScriptOutput("".join(f"{line}\r\n" for line in [*self.lines, ""]), exit_code, hangs=False)

    # -- products ----------------------------------------------------------------------------------

    def find(self, activation_id: str) -> Record | None:
        """The product with this activation ID; case does not matter, braces do."""
        return next((p for p in self.wmi.products() if p["ID"].lower() == activation_id.lower()), None)

    def keyed(self) -> list[Record]:
        """The products with a key, in WMI order."""
        return [p for p in self.wmi.products() if p.get("PartialProductKey")]

    def keyed_or_windows(self, activation_id: str) -> Record | None:
        """The keyed product with this activation ID; without one, Windows."""
        wanted = activation_id.lower()
        matches = (p for p in self.keyed() if (p["ID"].lower() == wanted if wanted else not is_office(p)))
        return next(matches, None)


@dataclass(frozen=True)
class Command:
    """An option: the names of its arguments, how many are needed, and what runs."""

    action: Callable[[Run, list[str]], None]
    arguments: tuple[str, ...] = ()
    needed: int = 0


def shown(code: int) -> str:
    """An error number as slmgr writes it: HRESULTs in hex, small ones plain."""
    return f"0x{hex_code(code)}" if code >= 1 << 31 else str(code)


def whole_number(text: str) -> int:
    """What CLng makes of a text. Raises ScriptError 13."""
    if not re.fullmatch(r"\s*[+-]?[0-9]{1,9}\s*", text):
        raise ScriptError(_TYPE_MISMATCH, "type_mismatch")
    return int(text)


def is_host_machine(product: Record) -> bool:
    """Whether a licence is that of an activated KMS host."""
    return int(product.get("IsKeyManagementServiceMachine") or 0) > 0
