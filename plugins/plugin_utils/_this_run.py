# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The run of ansible-playbook that this process belongs to. Not a public interface.

Ansible imports the action plugins of a task in its main process, before it forks a process for each host: what is made
here at import is the same for every host and task of a run.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.release import __version__
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import Run

_RUN_ID = str(uuid.uuid4())
_STARTED = datetime.now(timezone.utc)


def _collection_version() -> str:
    """The version of the installed collection; empty in a checkout, which has no manifest."""
    manifest = Path(__file__).resolve().parents[2] / "MANIFEST.json"
    if not manifest.is_file():
        return ""
    return str(json.loads(manifest.read_text(encoding="utf-8"))["collection_info"]["version"])


_VERSION = _collection_version()


def awx_job(task_vars: Mapping[str, Any]) -> str | None:
    """The number of the AWX or Automation Controller job; None where Ansible was started by other means."""
    number = task_vars.get("awx_job_id", task_vars.get("tower_job_id"))
    return None if number is None else str(number)


def this_run(task_vars: Mapping[str, Any]) -> Run:
    """The run, as the store keeps it."""
    return Run(_RUN_ID, _STARTED, awx_job(task_vars), _VERSION, __version__)
