# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error codes of activation: what each means, what to do next, and whether asking again can help.

The entries stand in the data modules error_codes_*.py. Codes are unsigned 32-bit numbers; the scripts print
them in hexadecimal (transcript 33), and slmgr.vbs also exits with them as signed numbers (transcript 96).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ansible_collections.officefleet.activation.plugins.module_utils import (
    error_codes_activation_server,
    error_codes_licence_store,
    error_codes_service_keys,
    error_codes_service_tokens,
    error_codes_service_volume,
    error_codes_servicing,
    error_codes_windows,
)

#: Codes that are no failure: the KMS host has counted too few computers yet, and asking again is the way on.
PENDING_CODES = frozenset({0xC004F038})

UNKNOWN_CATEGORY = "unknown"

_CODE = re.compile(r"(?:0x)?[0-9a-f]{1,8}", re.IGNORECASE | re.ASCII)
_UNSIGNED = 0xFFFFFFFF

_DATA = (
    error_codes_activation_server.ROWS,
    error_codes_licence_store.ROWS,
    error_codes_service_keys.ROWS,
    error_codes_service_volume.ROWS,
    error_codes_service_tokens.ROWS,
    error_codes_windows.ROWS,
    error_codes_servicing.ROWS,
)


@dataclass(frozen=True)
class ErrorEntry:
    """One error code. ``cause`` is one sentence without host names, so that hosts can be grouped by it;
    ``remedy`` is the next step in one or two sentences; ``retryable``: the same request may succeed later."""

    code: int
    category: str
    cause: str
    remedy: str
    retryable: bool


_ENTRIES = {
    code: ErrorEntry(code, category, cause, remedy, retryable)
    for rows in _DATA
    for code, category, retryable, cause, remedy in rows
}

ALL_CODES = frozenset(_ENTRIES)


def lookup(code: int) -> ErrorEntry:
    """The entry of a code, signed or unsigned. A code without one gets a generic entry that names it."""
    unsigned = code & _UNSIGNED
    return _ENTRIES.get(unsigned) or _unknown(unsigned)


def format_code(code: int) -> str:
    """The form that the scripts print: 0xC004F074, and 0x1BD without leading zeros (transcript 44)."""
    return f"0x{code & _UNSIGNED:X}"


def parse_code(text: str) -> int:
    """The number of "0xC004F074" or "c004f074", unsigned. Raises ValueError for anything else."""
    if not _CODE.fullmatch(text):
        raise ValueError(f"an error code is 1 to 8 hexadecimal digits, with or without 0x: {text!r}")
    return int(text, 16)


def _unknown(code: int) -> ErrorEntry:
    name = format_code(code)
    return ErrorEntry(
        code=code,
        category=UNKNOWN_CATEGORY,
        cause=f"Windows reports the code {name}, which this collection does not know.",
        remedy=f"Run slui.exe 0x2a {name} on a Windows desktop to see its text, or look for it in "
        "Microsoft's list of volume activation error codes.",
        retryable=False,
    )
