# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python -m winsim``."""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    # Started as `python tests/winsim`: the folder itself is on the path, the package is not.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from winsim.cli import main

if __name__ == "__main__":
    sys.exit(main())
