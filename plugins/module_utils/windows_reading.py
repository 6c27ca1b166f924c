# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows' own licence as one command shows it, its KMS settings, and what stands in the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import (
    SERVICE,
    START_TYPES,
    frame_problem,
    listing_problem,
)
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.reading import (
    Section,
    read_elevated,
    read_os_version,
    split_sections,
)
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import (
    SERVICES_KEY,
    parse_registry,
    windows_overrides,
)
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import SlmgrTextError, parse_licences
from ansible_collections.officefleet.activation.plugins.module_utils.status import (
    AdActivation,
    KmsOverride,
    KmsSettings,
    Licence,
    State,
    as_data,
)
from ansible_collections.officefleet.activation.plugins.module_utils.windows_editions import edition_of

_KMS_FIELDS = (
    "host", "port", "discovered_host", "discovered_port", "lookup_domain", "host_caching", "activation_interval",
    "renewal_interval",
)  # fmt: skip


@dataclass(frozen=True)
class WindowsReading:
    """A host. ``licences`` are those of Windows that have a key; ``overrides`` the registered KMS hosts."""

    licences: tuple[Licence, ...] = ()
    overrides: tuple[KmsOverride, ...] = ()
    os_version: str | None = None
    elevated: bool = False
    service_start: str | None = None
    cmid: str | None = None
    steps: tuple[str, ...] = ()
    problem: Problem | None = None

    @property
    def licence(self) -> Licence | None:
        """The licence that Windows runs by. Keys of add-ons (extended security updates) stand beside it."""
        return next((licence for licence in self.licences if " add-on " not in licence.name), None)

    @property
    def windows7(self) -> bool:
        """Windows 7 or Server 2008 R2, which know no activation by Active Directory."""
        return (self.os_version or "").startswith("6.1.")


def read_windows(text: str) -> WindowsReading:
    """What a host answered to a line of windows_lines.py."""
    sections = split_sections(text)
    by_name = {section.name: section for section in sections}
    registry = parse_registry(by_name["registry"].text if "registry" in by_name else "")
    start = registry.number(f"{SERVICES_KEY}\\{SERVICE}", "Start")
    problem = frame_problem(by_name, start)
    listed: list[dict[str, Any]] = []
    if problem is None:
        listed, problem = _read_listing(by_name.get("dlv") or Section("dlv", "", ""))
    return WindowsReading(
        licences=tuple(map(_licence, listed)),
        overrides=windows_overrides(registry),
        os_version=read_os_version(by_name.get("os")),
        elevated=read_elevated(by_name.get("elevated")),
        service_start=None if start is None else START_TYPES.get(start, str(start)),
        cmid=next((entry["cmid"] for entry in listed if entry.get("cmid")), None),
        steps=tuple(section.text for section in sections if section.name == "step"),
        problem=problem,
    )


def _read_listing(section: Section) -> tuple[list[dict[str, Any]], Problem | None]:
    try:
        return parse_licences(section.text), None
    except SlmgrTextError as error:
        return [], listing_problem(section, error.code)


def _licence(entry: Mapping[str, Any]) -> Licence:
    kms = KmsSettings(**{name: entry.get(name) for name in _KMS_FIELDS}) if "host_caching" in entry else None
    ad = {name: entry.get(f"ad_{name}") for name in ("object_name", "object_dn", "extended_pid", "activation_id")}
    return Licence(
        sku_id=(entry.get("sku_id") or "").lower(),
        name=entry["name"],
        description=entry.get("description") or "",
        office=None,
        channel=entry["channel"],
        state=State(entry.get("state", State.UNKNOWN.value)),
        product_id=entry.get("extended_pid"),
        reason=entry.get("reason"),
        grace_minutes=entry.get("grace_minutes"),
        partial_product_key=entry.get("partial_product_key"),
        activation_type=entry.get("activation_type"),
        kms=kms,
        ad=AdActivation(**ad) if any(ad.values()) else None,
    )


def windows_status(reading: WindowsReading) -> dict[str, Any]:
    """Windows' activation as data, in the form of the status of Office where the same is told."""
    return {
        "os_version": reading.os_version,
        "elevated": reading.elevated,
        "service_start": reading.service_start,
        "licences": [{"edition": edition_of(item.name), **_shown(item)} for item in reading.licences],
        "kms_override": as_data(reading.overrides),
        "cmid": reading.cmid,
    }


def _shown(licence: Licence) -> dict[str, Any]:
    data: dict[str, Any] = as_data(licence)
    return {name: value for name, value in data.items() if name not in ("office", "reason_informational")}
