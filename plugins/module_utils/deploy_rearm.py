# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rearming Office before an image is captured: the command line, and what came of it.

Source: Microsoft's "Rearm a volume licensed version of Office that's included in an operating system image": run
ospprearm.exe, elevated, from the folder of ospp.vbs; it makes a new client machine ID (CMID) and stops the grace timer
until Office or ospp.vbs runs. So nothing is read afterwards, and how many rearms are left is read before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.command_lines import copy_path, cscript
from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import (
    format_code,
    lookup,
    parse_code,
)
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import is_sku_id, script_path
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem

_FOLDER = re.compile(r"(?P<folder>.+\\Office1[56])\\OSPP\.VBS", re.IGNORECASE)
_LEFT = re.compile(r"^Remaining App rearm count: ([0-9]{1,6})\s*$", re.MULTILINE)
_CODE = re.compile(r"\b0x[0-9A-Fa-f]{8}\b")
_BEGIN, _MISSING = "@rearm", "@missing"
_WINDOWS_7 = "6.1."

NOT_ELEVATED = Problem(
    "The account is no elevated administrator on the host, and only such a one can rearm Office.",
    "Use an administrator account whose remote sessions are elevated, or become with runas.",
)
NO_SCRIPT = Problem(
    "Office 2013 or later was not found on the host: no OSPP.VBS in the Office15 and Office16 folders.",
    "Run this on the computer that becomes the image, after Office was installed there.",
)
PROGRAM_MISSING = Problem(
    "OSPPREARM.EXE is missing in the Office folder of the host.",
    "Repair the Office installation, then run again.",
)
NOT_UNDERSTOOD = Problem(
    "OSPPREARM.EXE failed and told no error code.",
    "Run it in an elevated command prompt on the host and read what it says. Don't capture the image.",
)


@dataclass(frozen=True)
class RearmPlan:
    """Either the command line that rearms, or what stands in its way."""

    command: str | None = None
    obstacle: Problem | None = None


@dataclass(frozen=True)
class RearmOutcome:
    """``rearms_left``: after this one; None where the host does not tell (Windows 7, no licence)."""

    rearmed: bool
    rearms_left: int | None = None
    problem: Problem | None = None


def plan_rearm(status: Mapping[str, Any], copy_name: str) -> RearmPlan:
    """The plan from the C(status) of C(ospp_info). ``copy_name``: a unique name for the copy of slmgr.vbs.

    The exit code of the line is that of ospprearm.exe, which is its last command.
    """
    if not status.get("elevated"):
        return RearmPlan(obstacle=NOT_ELEVATED)
    match = _FOLDER.fullmatch(str(status.get("script") or ""))
    if match is None:
        return RearmPlan(obstacle=NO_SCRIPT)
    program = script_path(match["folder"]) + "\\OSPPREARM.EXE"
    parts = [
        *_count_parts(status, copy_name),
        f"echo {_BEGIN}",
        f'(if exist "{program}" ("{program}") else echo {_MISSING})',
    ]
    return RearmPlan(command='cmd.exe /d /s /c "' + "& ".join(parts) + '"')


def _count_parts(status: Mapping[str, Any], copy_name: str) -> list[str]:
    """Read the count with slmgr.vbs; on Windows 7 it does not see Office. One count holds for all of Office."""
    sku_ids = [str(licence.get("sku_id")).lower() for licence in status.get("licences") or ()]
    sku_id = next((one for one in sku_ids if is_sku_id(one)), None)
    if sku_id is None or str(status.get("os_version") or "").startswith(_WINDOWS_7):
        return []
    copy = copy_path(copy_name)
    return [
        f'copy /y "%windir%\\System32\\slmgr.vbs" "{copy}" >nul',
        cscript(copy, "/dlv", sku_id),
        f'del "{copy}"',
    ]


def judge_rearm(exit_code: int, stdout: str, stderr: str) -> RearmOutcome:
    """What the command line of a plan gave. ospprearm.exe may be translated: its exit code and its error code count."""
    before, _, after = stdout.partition(_BEGIN)
    found = _LEFT.search(before.replace("\r", ""))
    left = int(found[1]) if found else None
    if _MISSING in after:
        return RearmOutcome(False, left, PROGRAM_MISSING)
    code = _CODE.search(after) or _CODE.search(stderr)
    if code is not None:
        entry = lookup(parse_code(code[0]))
        return RearmOutcome(False, left, Problem(entry.cause, entry.remedy, format_code(entry.code)))
    if exit_code != 0:
        return RearmOutcome(False, left, NOT_UNDERSTOOD)
    return RearmOutcome(True, None if left is None else max(left - 1, 0))
