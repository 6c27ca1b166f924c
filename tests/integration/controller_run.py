# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks that work from the controller, run for a host that nobody could connect to.

run = run_tasks([task("publish", "kms_srv_record", {...})])
assert run.results("publish")["nowhere"]["changed"]
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from integration.playbook_run import play, plays_text
from integration.winsim_server import PlaybookRun, run_playbook

HOST = "nowhere"
# An address for documentation (RFC 5737): whoever connected to it would wait in vain.
CONNECTION = {"ansible_connection": "winrm", "ansible_host": "192.0.2.1", "ansible_user": "x", "ansible_password": "x"}

# Names that do not exist are looked up where no DNS server may be in reach.
SETTINGS = {"RES_OPTIONS": "timeout:1 attempts:1"}


def run_tasks(
    tasks: Iterable[dict[str, Any]],
    *arguments: str,
    hosts: Iterable[str] = (HOST,),
    variables: Mapping[str, Any] | None = None,
    **environment: str,
) -> PlaybookRun:
    """Run a play of these tasks on hosts without connection. ``variables`` are those of the group ``all``."""
    with tempfile.TemporaryDirectory(prefix="controller-") as name:
        folder = Path(name)
        inventory = {"all": {"hosts": dict.fromkeys(hosts), "vars": {**CONNECTION, **(variables or {})}}}
        (folder / "inventory.json").write_text(json.dumps(inventory))
        (folder / "playbook.yml").write_text(plays_text(play(*tasks)))
        words = ("-i", "inventory.json", "playbook.yml", *arguments)
        return run_playbook(*words, folder=folder, **{**SETTINGS, **environment})
