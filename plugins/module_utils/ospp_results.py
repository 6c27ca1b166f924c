# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grammar of what the other commands of ospp.vbs print: settings, keys, /act, /actcid, /dinstid, /dcmid, history.

ospp.vbs always exits 0, and C(/sethst) can print an error and then "Successfully applied setting.". So a
step succeeded only when it shows no error block and has its end line (reference/ospp.md sections 3 and 4,
transcripts 31 to 80).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import (
    format_code,
    parse_code,
)
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_text import (
    EXITING,
    SEPARATOR,
    normal_lines,
)

_CODE = re.compile(r"ERROR CODE: (0x[0-9A-Fa-f]{1,8})\b.*")
_UNKNOWN = re.compile(r"ERROR DESCRIPTION: An unknown error occurred\.(?: \((0x[0-9A-Fa-f]{1,8})\))?.*")
_INSTALLATION_ID = re.compile(r"Installation ID for: (.+): ([0-9]{9,})\s*")

#: Result of a step whose error carries no code (reference/ospp.md section 3, case 2 of the 2013 script).
CODE_NOT_TOLD = "unknown"


@dataclass(frozen=True)
class StepResult:
    """What one command said. ``errors`` are codes (0xC004F025), ``finished`` that the end line came."""

    finished: bool
    errors: tuple[str, ...] = ()
    no_kms_licences: bool = False

    @property
    def ok(self) -> bool:
        """Whether the script reports no trouble; the truth is still what is read back."""
        return self.finished and not self.errors


@dataclass(frozen=True)
class ActivationResult:
    """What /act or /ato said about one licence: ``code`` is None where it reports success."""

    sku_id: str
    code: str | None


def error_code_of(line: str) -> str | None:
    """The code in an error line of ospp.vbs, C(unknown) where the script tells none, None for other lines."""
    if match := _CODE.fullmatch(line.rstrip()):
        return format_code(parse_code(match.group(1)))
    if match := _UNKNOWN.fullmatch(line.rstrip()):
        return format_code(parse_code(match.group(1))) if match.group(1) else CODE_NOT_TOLD
    return None


def parse_step(text: str) -> StepResult:
    """Read the output of one command that sets something."""
    lines = [line.rstrip() for line in normal_lines(text)]
    return StepResult(
        finished=EXITING in lines,
        errors=tuple(code for line in lines if (code := error_code_of(line))),
        no_kms_licences=any(line.startswith("No Office KMS licenses were found") for line in lines),
    )


def parse_act(text: str) -> tuple[ActivationResult, ...]:
    """Read /act: one result for each product it names. A product without a result line was not answered."""
    results: list[ActivationResult] = []
    sku_id: str | None = None
    code: str | None = CODE_NOT_TOLD
    for line in normal_lines(text):
        if line.startswith("SKU ID: "):
            sku_id, code = line[len("SKU ID: ") :].strip().lower(), CODE_NOT_TOLD
        elif line.startswith("<Product activation successful>"):
            code = None
        elif found := error_code_of(line):
            code = found
        elif line.rstrip() == SEPARATOR and sku_id:
            results.append(ActivationResult(sku_id, code))
            sku_id = None
    return tuple(results)


def parse_installation_ids(text: str) -> list[dict[str, str]]:
    """Read /dinstid: C(name) and C(installation_id) per keyed licence. The name may hold colons: the last one parts."""
    matches = (_INSTALLATION_ID.fullmatch(line) for line in normal_lines(text))
    return [{"name": match.group(1), "installation_id": match.group(2)} for match in matches if match]


def parse_cmid(text: str) -> str | None:
    """Read /dcmid: the client machine ID, or None where the machine has none yet."""
    match = re.search(r"^Client Machine ID \(CMID\): ([0-9a-fA-F-]{36})\s*$", text, re.MULTILINE)
    return match.group(1).lower() if match else None


def parse_history(text: str) -> list[dict[str, Any]]:
    """Read /dhistorykms or /dhistoryacterr: events with C(time) (as the host writes it), C(code), C(kms_host).

    The time is in the host's own date format and is handed on as text. An event whose code is 0 succeeded:
    its C(code) is None.
    """
    events: list[dict[str, Any]] = []
    for line in normal_lines(text):
        if line.startswith("Coordinated Universal Time Written: "):
            events.append({"time": line.partition(": ")[2].strip(), "code": None, "kms_host": None})
        elif events and line.startswith("ERROR/HOST: "):
            code, _flags, host = [*line.partition(": ")[2].split(", "), "", "", ""][:3]
            events[-1].update(code=_code_or_none(code), kms_host=host.strip() or None)
        elif events and line.startswith("MESSAGE: ") and (match := re.search(r"hr=(0x[0-9A-Fa-f]{1,8})", line)):
            events[-1]["code"] = _code_or_none(match.group(1))
    return events


def _code_or_none(text: str) -> str | None:
    try:
        code = parse_code(text.strip())
    except ValueError:
        return None
    return format_code(code) if code else None
