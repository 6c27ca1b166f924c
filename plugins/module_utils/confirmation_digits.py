# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installation IDs and confirmation IDs as people read and type them. No refusal repeats a confirmation ID."""

from __future__ import annotations

import re

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

#: Digits of a group: confirmation IDs are dictated in groups A to H, installation IDs in nine groups.
CONFIRMATION_GROUP = 6
INSTALLATION_GROUPS = 9

# The letters by which Microsoft names the groups (A: 123456 B: ...), and what people put between groups.
_GROUP_NAME = re.compile(r"\b[A-Ha-h]\s*[:.)=]?\s*(?=[0-9])")
_SEPARATOR = re.compile(r"[\s\-\u2010-\u2015\u2212._,;/|]+")
_ROUNDED = re.compile(r"\s*[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+\s*")
_ONLY_DIGITS = re.compile(r"[0-9]+")
_INSTALLATION_ID_DIGITS = range(50, 64)


def grouped_installation_id(digits: str, between: str = "-") -> str:
    """An installation ID in nine groups (of 7 digits, of 6 in older versions), for reading aloud.

    ``between``: a hyphen in files, of which no spreadsheet makes a number; a blank in messages.
    """
    size = max(1, -(-len(digits) // INSTALLATION_GROUPS))
    return _grouped(digits, size, between)


def grouped_confirmation_id(digits: str) -> str:
    """A confirmation ID in its eight groups."""
    return _grouped(digits, CONFIRMATION_GROUP, "-")


def _grouped(digits: str, size: int, between: str) -> str:
    return between.join(digits[start : start + size] for start in range(0, len(digits), size))


def read_confirmation_id(option: str, text: str) -> str:
    """The 48 digits of a confirmation ID, however its groups are parted or named. Raises InputError."""
    if _ROUNDED.fullmatch(text):
        rule = (
            "a spreadsheet took the confirmation ID for a number and rounded it, so that its digits are lost; write it"
            " again, with hyphens between its groups"
        )
        raise InputError(option, rule)
    return inputs.confirmation_id(option, _SEPARATOR.sub("", _GROUP_NAME.sub("", text)))


def read_installation_id(option: str, text: str) -> str:
    """The digits of an installation ID, however its groups are parted. Raises InputError."""
    digits = _SEPARATOR.sub("", text)
    if not _ONLY_DIGITS.fullmatch(digits) or len(digits) not in _INSTALLATION_ID_DIGITS:
        raise InputError(option, "the installation ID is not whole; leave it in the file as it was written")
    return digits
