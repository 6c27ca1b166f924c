# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of tests run at the same time: none takes an address away that another one's KMS host listens on."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
# Nothing listens in tests/unit; everybody shares 127.0.0.1, on free ports.
FILES = sorted(set(TESTS.rglob("*.py")) - set((TESTS / "unit").rglob("*.py")))


def test_no_two_files_have_kms_hosts_on_the_same_network() -> None:
    files: dict[str, set[str]] = defaultdict(set)
    for path in FILES:
        for network in re.findall(r"\b(127\.\d+\.\d+)\.", path.read_text(encoding="utf-8")):
            files[network].add(path.name)
    assert len(files.pop("127.0.0")) > 1
    assert {network: names for network, names in files.items() if len(names) > 1} == {}
