# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grammar of slmgr.vbs /ao-list, run from an English copy (reference/slmgr.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ansible_collections.officefleet.activation.plugins.module_utils.ospp_text import DAMAGE, normal_lines
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import parse_error

_HEADER = "Activation Objects"
_NONE = "No objects found"
_SCHEMA = "Active Directory schema"
_NAME = "Activation Object name"
_ACTIVATION_ID = "Activation ID"
_RDN = re.compile(r"(?i)CN=((?:\\.|[^,\\])+)")


class ObjectListError(ValueError):
    """The text is no list of activation objects. ``code``: with which the script failed, where it says so.

    ``old_schema``: the forest has no class for activation objects.
    """

    def __init__(self, code: str | None = None, old_schema: bool = False) -> None:
        super().__init__("this is no list of activation objects")
        self.code = code
        self.old_schema = old_schema


@dataclass(frozen=True)
class ActivationObject:
    """An activation object of the forest. ``activation_id``: of the KMS host licence that it was made with."""

    name: str
    activation_id: str | None = None
    partial_product_key: str | None = None
    extended_pid: str | None = None
    dn: str | None = None

    def is_called(self, name: str) -> bool:
        """Whether users mean it by a name: its own, that of its entry in the directory, or the whole DN."""
        match = _RDN.match(self.dn or "")
        common_name = re.sub(r"\\(.)", r"\1", match[1]) if match else None
        wanted = name.lower()
        return wanted in {text.lower() for text in (self.name, common_name, self.dn) if text}


def parse_objects(text: str) -> tuple[ActivationObject, ...]:
    """Read /ao-list. Raises ObjectListError for anything but a whole list."""
    code = parse_error(text)
    if code is not None:
        raise ObjectListError(code)
    lines = [line.strip() for line in normal_lines(text)]
    if _HEADER not in lines:
        raise ObjectListError(old_schema=_SCHEMA in text)
    found: list[dict[str, str]] = []
    for line in lines[lines.index(_HEADER) + 1 :]:
        label, _colon, value = line.partition(": ")
        if DAMAGE in label or (label == _ACTIVATION_ID and DAMAGE in value):
            raise ObjectListError  # An object that is not recognised would be made, and paid for, once more.
        if label == _NAME:
            found.append({_NAME: value.strip()})
        elif found:
            found[-1][label] = value.strip()
    if not found and _NONE not in lines:
        raise ObjectListError
    return tuple(_read_object(values) for values in found)


def _read_object(values: dict[str, str]) -> ActivationObject:
    return ActivationObject(
        name=values[_NAME],
        activation_id=values.get(_ACTIVATION_ID, "").strip("{}").lower() or None,
        partial_product_key=values.get("Partial Product Key") or None,
        extended_pid=values.get("AO extended PID") or None,
        dn=values.get("AO DN") or None,
    )
