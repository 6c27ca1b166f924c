# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ansible-test runs to bring pip into a virtual environment, instead of the script that it would download.

Its options are those of pip install, and two of get-pip.py.
"""

from __future__ import annotations

import subprocess
import sys


def main() -> int:
    """Take the pip that comes with Python, then the version that is asked for; return pip's exit code."""
    # In a process of its own: ensurepip takes pip's settings out of the environment.
    subprocess.run([sys.executable, "-m", "ensurepip"], check=True, stdout=subprocess.DEVNULL)
    options = [option for option in sys.argv[1:] if option not in ("--no-setuptools", "--no-wheel")]
    return subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *options], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
