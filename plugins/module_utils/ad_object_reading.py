# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The activation objects of a forest as one command on a domain member shows them, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass

from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_errors import (
    LIST_GARBLED,
    LIST_HUNG,
    OLD_SCHEMA,
    TOO_OLD,
    problem_of,
)
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_text import (
    ActivationObject,
    ObjectListError,
    parse_objects,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import SERVICE
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_text import parse_host_licences
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import CODE_NOT_TOLD
from ansible_collections.officefleet.activation.plugins.module_utils.problems import (
    CUT_OFF,
    NO_ANSWER,
    NO_VBSCRIPT,
    Problem,
    service_problem,
)
from ansible_collections.officefleet.activation.plugins.module_utils.reading import (
    Section,
    read_elevated,
    read_os_version,
    split_sections,
)
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import SERVICES_KEY, parse_registry
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import SlmgrTextError

_FIRST_WINDOWS = (6, 2)
_DISABLED = 4


@dataclass(frozen=True)
class ForestReading:
    """What a domain member shows of its forest.

    ``host_licence``: whether the KMS host licence that was asked for is installed on it; None: not asked for.
    """

    objects: tuple[ActivationObject, ...] = ()
    host_licence: bool | None = None
    os_version: str | None = None
    elevated: bool = False
    steps: tuple[str, ...] = ()
    problem: Problem | None = None


def read_forest(text: str) -> ForestReading:
    """What a host answered to a line of ad_object_lines.py."""
    sections = split_sections(text)
    by_name = {section.name: section for section in sections}
    os_version = read_os_version(by_name.get("os"))
    problem = _frame_problem(by_name, os_version)
    objects: tuple[ActivationObject, ...] = ()
    if problem is None:
        try:
            objects = parse_objects(by_name["objects"].text)
        except ObjectListError as error:
            problem = _list_problem(error, by_name["objects"])
    return ForestReading(
        objects=objects,
        host_licence=_host_licence(by_name.get("dlv")),
        os_version=os_version,
        elevated=read_elevated(by_name.get("elevated")),
        steps=tuple(section.text for section in sections if section.name == "step"),
        problem=problem,
    )


def _frame_problem(by_name: dict[str, Section], os_version: str | None) -> Problem | None:
    if not by_name:
        return NO_ANSWER
    if "end" not in by_name or "objects" not in by_name:
        return CUT_OFF
    if os_version is not None and tuple(int(part) for part in os_version.split(".")[:2]) < _FIRST_WINDOWS:
        return TOO_OLD
    if "vbscript" not in by_name:
        return NO_VBSCRIPT
    registry = parse_registry(by_name["registry"].text if "registry" in by_name else "")
    start = registry.number(f"{SERVICES_KEY}\\{SERVICE}", "Start")
    return service_problem(SERVICE, start) if start in (None, _DISABLED) else None


def _list_problem(error: ObjectListError, section: Section) -> Problem:
    if error.old_schema:
        return OLD_SCHEMA
    if error.code is not None and error.code != CODE_NOT_TOLD:
        return problem_of(error.code)
    return LIST_GARBLED if section.text.strip() else LIST_HUNG


def _host_licence(section: Section | None) -> bool | None:
    """None too where the listing can't be read, so that the script itself says what is wrong with a key."""
    if section is None:
        return None
    try:
        return bool(parse_host_licences(section.text))
    except SlmgrTextError:
        return None
