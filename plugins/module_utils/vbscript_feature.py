# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The VBScript engine as a Windows feature on demand: the lines that look for it and add it, and what they gave.

Whether it is there is what the file system shows, before and after; what DISM prints only explains a failure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.command_lines import join_line
from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import (
    format_code,
    lookup,
    parse_code,
)
from ansible_collections.officefleet.activation.plugins.module_utils.error_codes_remedies import FEATURE_SOURCE
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.problems import (
    CUT_OFF,
    NO_ANSWER,
    NO_VBSCRIPT,
    Problem,
)
from ansible_collections.officefleet.activation.plugins.module_utils.reading import read_elevated, split_sections

CAPABILITY = "VBSCRIPT~~~~"
_ENGINE = r'"%windir%\System32\vbscript.dll"'
_FOLDER = re.compile(r"(?:[A-Za-z]:\\|\\\\)[^\"%&|<>^!/\x00-\x1f]+")
_LONGEST_FOLDER = 240
# "Error: 0x800f0954", and "Error: 740" for the codes of Win32.
_ERROR = re.compile(r"^\w+: (0x[0-9a-f]{8}|[0-9]{1,5})\s*$", re.IGNORECASE | re.ASCII | re.MULTILINE)
_NEEDS_ELEVATION = frozenset({5, 740})

NOT_ELEVATED = Problem(
    "The account is not elevated on the host; Windows features can be added by an elevated administrator only.",
    "Connect as a local administrator (UAC remote restrictions off, or a domain account), or use become with runas.",
)
STILL_MISSING = Problem(
    "DISM reports no error, but the VBScript engine is still missing.",
    "Restart the host (ansible.windows.win_reboot) and run again; if it stays, read Logs\\DISM\\dism.log in its "
    "Windows folder.",
)


@dataclass(frozen=True)
class EngineReading:
    """What a host answered. ``dism``: what DISM printed, None where it did not run."""

    answered: bool
    complete: bool
    elevated: bool
    was_present: bool
    present: bool
    dism: str | None


def feature_source(value: str | None) -> str | None:
    """A folder with features on demand, on the host or a share. Raises InputError."""
    if not value:
        return None
    plain = value.rstrip("\\")
    if len(plain) > _LONGEST_FOLDER or not _FOLDER.fullmatch(plain):
        raise InputError("source", r'a folder such as D:\fod or \\server\share\fod, without any of "%&|<>^!/')
    return plain


def engine_line(add: bool, source: str | None = None) -> str:
    """The line that looks for the engine and, with ``add``, adds it where it is missing; it looks again at the end."""
    wanted = f"dism.exe /Online /English /NoRestart /Add-Capability /CapabilityName:{CAPABILITY}"
    if source:
        # Without LimitAccess Windows Update is asked too, which is what a source is given to avoid.
        wanted += f' /Source:"{source}" /LimitAccess'
    missing = f"echo @dism& {wanted}" if add else "echo @missing"
    return join_line(
        [
            "echo @elevated",
            r"reg query HKU\S-1-5-19 /ve",
            f"(if exist {_ENGINE} (echo @present) else ({missing}))",
            f"(if exist {_ENGINE} echo @vbscript)",
            "echo @end",
        ]
    )


def read_engine(text: str) -> EngineReading:
    """What a host answered to a line of engine_line."""
    sections = {section.name: section for section in split_sections(text)}
    return EngineReading(
        answered=bool(sections),
        complete="end" in sections,
        elevated=read_elevated(sections.get("elevated")),
        was_present="present" in sections,
        present="vbscript" in sections,
        dism=sections["dism"].text if "dism" in sections else None,
    )


def engine_problem(reading: EngineReading) -> Problem | None:
    """Why the engine is not there and can't be; None where it is, or where a real run would add it."""
    if not reading.complete:
        return CUT_OFF if reading.answered else NO_ANSWER
    if reading.present:
        return None
    if not reading.elevated:
        return NOT_ELEVATED
    return None if reading.dism is None else _dism_problem(reading.dism)


def _dism_problem(text: str) -> Problem:
    match = _ERROR.search(text)
    if match is None:
        return STILL_MISSING
    code = parse_code(match[1]) if match[1].lower().startswith("0x") else int(match[1])
    if code in _NEEDS_ELEVATION:
        return NOT_ELEVATED
    entry = lookup(code)
    if entry.category in ("dns", "network") and entry.remedy != FEATURE_SOURCE:
        # The catalogue speaks of the activation server there.
        return Problem(
            "VBScript could not be added: the update server can't be reached.", FEATURE_SOURCE, format_code(code)
        )
    return Problem(f"VBScript could not be added: {_inner(entry.cause)}", entry.remedy, format_code(code))


def _inner(sentence: str) -> str:
    """A sentence as it goes on after a colon; names such as WSUS and Windows keep their capital."""
    first = sentence.partition(" ")[0]
    return sentence[0].lower() + sentence[1:] if first in ("The", "This", "A") else sentence


def engine_result(reading: EngineReading) -> dict[str, Any]:
    """The result of a task; of check mode too, where the engine that is missing counts as added."""
    changed = not reading.was_present
    return {
        "changed": changed,
        "diff": {"before": {"vbscript": reading.was_present}, "after": {"vbscript": True}},
        "operations": [f"add the Windows feature on demand {CAPABILITY}"] if changed else [],
    }


def lacks_vbscript(result: Mapping[str, Any]) -> bool:
    """Whether a result of a module of this collection failed because the VBScript engine is missing."""
    return any(failure.get("cause") == NO_VBSCRIPT.cause for failure in result.get("failures") or ())
