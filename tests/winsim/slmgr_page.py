# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every slmgr.vbs command shares: the collected lines and how a product is found (slmgr.md, section 1)."""

from __future__ import annotations

from dataclasses import dataclass, field

from .licensing import Licensing, Record, ScriptOutput
from .licensing_service import LicensingService


@dataclass
class Run:
    """One run: slmgr collects its lines and echoes them once at the end."""

    machine: Licensing
    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.wmi = LicensingService(self.machine, "sppsvc")

    def say(self, *lines: str) -> None:
        """Collect lines."""
        self.lines += lines

    def find(self, activation_id: str) -> Record | None:
        """The product with this activation ID; case does not matter, braces do."""
        return next((p for p in self.wmi.products() if p["ID"].lower() == activation_id.lower()), None)

    def find_keyed(self, activation_id: str) -> Record | None:
        """The same, if a key is installed on it."""
        product = self.find(activation_id)
        return product if product and product.get("PartialProductKey") else None

    def finish(self, exit_code: int = 0) -> ScriptOutput:
        """The echo adds an empty line of its own."""
        return ScriptOutput("".join(f"{line}\r\n" for line in [*self.lines, ""]), exit_code, hangs=False)
