# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the output of a read (or of an apply line, which ends with a read) to a Status and what stands in its way."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import ospp_results
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError, script_path
from ansible_collections.officefleet.activation.plugins.module_utils.netsh_text import parse_proxy
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_text import (
    Listing,
    OsppTextError,
    normal_lines,
    parse_listing,
)
from ansible_collections.officefleet.activation.plugins.module_utils.problems import (
    Problem,
    find_problem,
    problem_of_listing,
)
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import (
    CACHING_OFF,
    OSPP_KEY,
    SPP_KEY,
    USER_OPERATIONS,
    Registry,
    kms_overrides,
    parse_registry,
    root_keys,
)
from ansible_collections.officefleet.activation.plugins.module_utils.status import Licence, Status, WinHttpProxy

_MARKER = re.compile(r"@(?P<name>[a-z_]+)(?: (?P<argument>.+?))?\s*")
_SCRIPT_FOLDER = re.compile(r"\\Office(\d\d)\\", re.IGNORECASE)


@dataclass(frozen=True)
class Section:
    """The lines between one marker and the next."""

    name: str
    argument: str
    text: str


@dataclass(frozen=True)
class Reading:
    """A host as one command showed it: its status, and beside it what decisions need but nobody asks for."""

    status: Status
    registry: Registry = field(default_factory=Registry)
    problem: Problem | None = None
    applications: frozenset[str] = frozenset()
    installed: tuple[Licence, ...] | None = None
    steps: tuple[str, ...] = ()

    @property
    def windows7(self) -> bool:
        """Windows 7 or Server 2008 R2: Office has its own licensing service there, slmgr.vbs does not see it."""
        return (self.status.os_version or "").startswith("6.1.")


def split_sections(text: str) -> list[Section]:
    """The sections of an output. Lines before the first marker belong to none."""
    sections: list[tuple[str, str, list[str]]] = []
    for line in normal_lines(text):
        if match := _MARKER.fullmatch(line):
            sections.append((match["name"], (match["argument"] or "").strip().strip('"'), []))
        elif sections:
            sections[-1][2].append(line)
    return [Section(name, argument, "\r\n".join(lines)) for name, argument, lines in sections]


def read_output(text: str) -> Reading:
    """What a host answered to a line of command_lines.py."""
    sections = split_sections(text)
    # The first section of a name counts: Office 2010 beside a newer one has a section "ospp" of its own.
    by_name = {section.name: section for section in reversed(sections)}
    os_version = read_os_version(by_name.get("os"))
    windows7 = (os_version or "").startswith("6.1.")
    registry = parse_registry(by_name["registry"].text if "registry" in by_name else "")
    scripts = [section for section in sections if section.name == "ospp"]
    listings = [_listing(section) for section in scripts]
    main = scripts[0] if scripts else None
    status = Status(
        complete="end" in by_name and bool(listings) and all(item is not None and item.complete for item in listings),
        licences=tuple(licence for item in listings if item for licence in item.licences),
        script=main.argument if main else None,
        script_version=_script_version(main),
        os_version=os_version,
        elevated=read_elevated(by_name.get("elevated")),
        user_operations=_user_operations(registry, windows7),
        kms_override=kms_overrides(registry, windows7),
        **_extras(by_name),
    )
    every = _listing(by_name["all"]) if "all" in by_name else None
    reading = Reading(
        status=status,
        registry=registry,
        applications=frozenset(section.argument for section in sections if section.name == "application"),
        installed=every.licences if every else None,
        steps=tuple(section.text for section in sections if section.name == "step"),
    )
    problem = find_problem(by_name, status, listings[0] if listings else None, registry)
    if problem is None and "all" in by_name:
        problem = problem_of_listing(by_name["all"].text, every)
    return dataclasses.replace(reading, problem=problem)


def _listing(section: Section) -> Listing | None:
    """A section as a listing; None where it is none, or where no command line may carry the script's path."""
    try:
        if section.name == "ospp":
            script_path(section.argument)
        return parse_listing(section.text)
    except (OsppTextError, InputError):
        return None


def _extras(by_name: dict[str, Section]) -> dict[str, Any]:
    extras: dict[str, Any] = {}
    if "cmid" in by_name:
        extras["cmid"] = ospp_results.parse_cmid(by_name["cmid"].text)
    if "installation_ids" in by_name:
        extras["installation_ids"] = tuple(ospp_results.parse_installation_ids(by_name["installation_ids"].text))
    if "proxy" in by_name:
        extras["winhttp_proxy"] = parse_proxy(by_name["proxy"].text)
    if "kms_history" in by_name:
        failures = by_name.get("failure_history")
        extras["history"] = {
            "kms": ospp_results.parse_history(by_name["kms_history"].text),
            "activation_failures": ospp_results.parse_history(failures.text) if failures else [],
        }
    return extras


def read_proxy(text: str) -> WinHttpProxy | None:
    """What a host answered to proxy_line; None where it can't be understood."""
    sections = {section.name: section for section in split_sections(text)}
    return parse_proxy(sections["proxy"].text) if {"proxy", "end"} <= sections.keys() else None


def read_os_version(section: Section | None) -> str | None:
    """The version in what C(ver) printed, whose words are in the system's language."""
    match = re.search(r"(\d+\.\d+\.\d+(?:\.\d+)?)\]", section.text) if section else None
    return match.group(1) if match else None


def read_elevated(section: Section | None) -> bool:
    """Whether the account could read a key that only elevated accounts may read."""
    return section is not None and "HKEY_USERS\\S-1-5-19" in section.text


def _script_version(section: Section | None) -> int | None:
    match = _SCRIPT_FOLDER.search(section.argument) if section else None
    return int(match.group(1)) if match else None


def _user_operations(registry: Registry, windows7: bool) -> bool | None:
    number = registry.number(OSPP_KEY if windows7 else SPP_KEY, USER_OPERATIONS)
    return None if number is None else number != 0


def registered_caching(reading: Reading) -> bool:
    """Host caching as the registry has it, for hosts whose listing shows no KMS lines. Absent means enabled."""
    return not any(reading.registry.number(key, CACHING_OFF) for key in root_keys(reading.windows7))
