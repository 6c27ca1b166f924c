# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asynchronous tasks: started in the background, asked about with async_status.

What a module does happens at once; only its result is held back for as long as it really takes. A program that never
ends is given up when the time limit of the task has passed in real time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .machine import View
from .module_base import ModuleFailure, Option, read
from .payload import AsyncJob, Call
from .program_base import NeverEndsError

_STATUS = {
    "jid": Option(required=True),
    "mode": Option(default="status", choices=("status", "cleanup")),
    "_async_dir": Option(required=True),
}
_TIMED_OUT = {"failed": True, "msg": "timed out waiting for module completion"}
_PROCESS = 4000


def start(call: Call, job: AsyncJob, view: View, run: Callable[[Call, View], dict[str, Any]]) -> dict[str, Any]:
    """Start a module in the background; the answer of Ansible's wrapper."""
    process = _PROCESS + 4 * len(view.machine.jobs)
    job_id = f"{job.job_id}.{process}"
    yes, no = (1, 0) if job.counts_as_numbers else (True, False)
    path = rf"{view.expand(job.folder)}\{job_id}"
    begun = {
        "started": yes,
        "finished": no,
        "results_file": path,
        "ansible_job_id": job_id,
        "_ansible_suppress_tmpdir_delete": True,
        "ansible_async_watchdog_pid": process + 2,
    }
    try:
        result = run(call, view)
        ends = min(view.delay, job.limit)
        if view.delay > job.limit:
            result = _TIMED_OUT
    except NeverEndsError:
        result, ends = _TIMED_OUT, job.limit
    view.delay = 0.0
    view.machine.jobs[job_id] = {"begun": begun, "result": result, "ends": time.time() + ends, "yes": yes}
    return begun


def status(call: Call, view: View) -> dict[str, Any]:
    """The module async_status. Raises ModuleFailure for an unknown job."""
    options = read(call, _STATUS, strict=False)
    job_id = options["jid"]
    job = view.machine.jobs.get(job_id)
    if job is None:
        text = f"could not find job at '{options['_async_dir']}'"
        raise ModuleFailure(text, ansible_job_id=job_id, started=1, finished=1)
    begun: dict[str, Any] = job["begun"]
    if options["mode"] == "cleanup":
        del view.machine.jobs[job_id]
        return {"changed": False, "ansible_job_id": job_id, "erased": begun["results_file"]}
    if time.time() < job["ends"]:
        return begun
    return {**begun, "finished": job["yes"], **job["result"]}
