# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A KMS host as one command shows it: licences, service settings, and what stands in the way."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import lookup, parse_code
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_text import (
    HostLicence,
    parse_host_licences,
)
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
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import (
    SERVICES_KEY,
    SPP_KEY,
    Registry,
    parse_registry,
)
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import SlmgrTextError

#: The product Windows itself, in options and in what is asked for: /dlv without an activation ID.
WINDOWS = "windows"
#: The licensing service of Windows, which is the Key Management Service too.
SERVICE = "sppsvc"
LISTENING_PORT = "KeyManagementServiceListeningPort"
NO_PUBLISHING = "DisableDnsPublishing"
PUBLISH_DOMAINS = "DnsDomainPublishList"
LOW_PRIORITY = "EnableKmsLowPriority"
#: Our own value: settings were written that the service does not know yet. It is there between two commands only.
RESTART_PENDING = "OfficeFleetRestartPending"
DEFAULT_PORT = 1688
#: Activation ID of the KMS host licence of each Office version (reference/activation.md).
HOST_ACTIVATION_IDS = {
    2010: "bfe7a195-4f8f-4f0b-a622-cf13c7d16864",
    2013: "2e28138a-847f-42bc-9752-61b03fff33cd",
    2016: "98ebfe73-2084-4c97-932c-c0cd1643bea7",
    2019: "70512334-47b4-44db-a233-be5ea33b914c",
    2021: "47f3b983-7c53-4d45-abc6-bcd91e2dd90a",
    2024: "f3d89bbf-c0ec-47ce-a8fa-e5a5f97e447f",
}
START_TYPES = {2: "automatic", 3: "manual", 4: "disabled"}

SLMGR_HUNG = Problem(
    "The script slmgr.vbs hung and was ended by its time limit.",
    "Run 'cscript slmgr.vbs /dlv' on the host; often WMI (winmgmt) is damaged or slow.",
)
#: Codes that tell of the service, and not of licences.
_SERVICE_SILENT = Problem(
    "The licensing service sppsvc does not start.",
    "Read the System and Application event logs of the host for sppsvc, mend it (sfc /scannow), then run again.",
)
_SERVICE_CODES = frozenset({"0x8007041D", "0x8007042B", "0x8007042C", "0x80070426"})
SLMGR_GARBLED = Problem(
    "The script slmgr.vbs printed something that is not its licence listing.",
    "Run 'cscript slmgr.vbs /dlv' on the host; a replaced slmgr.vbs needs 'sfc /scannow'.",
)


def product_label(product: str) -> str:
    """A product (C(windows), or the year of an Office) in words."""
    return "Windows" if product == WINDOWS else f"Office {product}"


@dataclass(frozen=True, order=True)
class PublishDomain:
    """A DNS domain that the host publishes its SRV record in."""

    domain: str
    priority: int = 0
    weight: int = 0

    @property
    def text(self) -> str:
        """The line of the registry value: priority and weight only where one is used."""
        return f"{self.domain}, {self.priority}, {self.weight}" if self.priority or self.weight else self.domain


@dataclass(frozen=True)
class HostSettings:
    """The settings of the machine, as the registry has them."""

    port: int = DEFAULT_PORT
    priority: str = "normal"
    dns_publishing: bool = True
    publish_domains: tuple[PublishDomain, ...] = ()


@dataclass(frozen=True)
class HostReading:
    """A KMS host. ``licences`` by what was asked for: an activation ID, or C(windows)."""

    licences: dict[str, tuple[HostLicence, ...]] = field(default_factory=dict)
    settings: HostSettings = field(default_factory=HostSettings)
    os_version: str | None = None
    elevated: bool = False
    service_start: str | None = None
    restart_pending: bool = False
    steps: tuple[str, ...] = ()
    problem: Problem | None = None

    @property
    def serves(self) -> list[HostLicence]:
        """The activated KMS host licences."""
        return [licence for group in self.licences.values() for licence in group if licence.service is not None]


def read_host(text: str, asked: Iterable[str] = ()) -> HostReading:
    """What a host answered to a line of kms_host_lines.py. ``asked``: the listings that it must have."""
    sections = split_sections(text)
    by_name = {section.name: section for section in sections}
    registry = parse_registry(by_name["registry"].text if "registry" in by_name else "")
    start = registry.number(f"{SERVICES_KEY}\\{SERVICE}", "Start")
    problem = frame_problem(by_name, start)
    licences: dict[str, tuple[HostLicence, ...]] = {}
    for section in sections:
        if section.name == "dlv" and problem is None:
            try:
                licences[section.argument] = parse_host_licences(section.text)
            except SlmgrTextError as error:
                problem = listing_problem(section, error.code)
    if problem is None and not licences.keys() >= set(asked):
        problem = SLMGR_GARBLED
    return HostReading(
        licences=licences,
        settings=_settings(registry, licences),
        os_version=read_os_version(by_name.get("os")),
        elevated=read_elevated(by_name.get("elevated")),
        service_start=None if start is None else START_TYPES.get(start, str(start)),
        restart_pending=bool(registry.number(SPP_KEY, RESTART_PENDING)),
        steps=tuple(section.text for section in sections if section.name == "step"),
        problem=problem,
    )


def frame_problem(by_name: dict[str, Section], start: int | None) -> Problem | None:
    """Why slmgr.vbs can't have told anything of a host. ``start``: the start type of its service in the registry."""
    if not by_name:
        return NO_ANSWER
    if "end" not in by_name:
        return CUT_OFF
    if "vbscript" not in by_name:
        return NO_VBSCRIPT
    return service_problem(SERVICE, start) if start in (None, 4) else None


def listing_problem(section: Section, code: str | None) -> Problem:
    """Why a section is no listing of /dlv. ``code``: with which the script failed."""
    if code in _SERVICE_CODES:
        return dataclasses.replace(_SERVICE_SILENT, code=code)
    if code is not None:
        entry = lookup(parse_code(code))
        return Problem(entry.cause, entry.remedy, code=code)
    return SLMGR_GARBLED if section.text.strip() else SLMGR_HUNG


def _settings(registry: Registry, licences: dict[str, tuple[HostLicence, ...]]) -> HostSettings:
    services = (licence.service for group in licences.values() for licence in group)
    # What the service itself says of its priority, where it says anything, counts more than the registry value.
    told = next((service.priority for service in services if service is not None), None)
    return HostSettings(
        port=registry.number(SPP_KEY, LISTENING_PORT) or DEFAULT_PORT,
        priority=told or ("low" if registry.number(SPP_KEY, LOW_PRIORITY) else "normal"),
        dns_publishing=not registry.number(SPP_KEY, NO_PUBLISHING),
        publish_domains=parse_publish_domains(registry.text(SPP_KEY, PUBLISH_DOMAINS) or ""),
    )


def parse_publish_domains(data: str) -> tuple[PublishDomain, ...]:
    """Read DnsDomainPublishList as reg.exe prints it: entries parted by C(\\0), each C(domain[, priority, weight]).

    Sorted, because their order means nothing.
    """
    domains = []
    for entry in data.split("\\0"):
        name, priority, weight = [part.strip() for part in [*entry.split(","), "", ""][:3]]
        if name:
            domains.append(PublishDomain(name.lower().rstrip("."), _small(priority), _small(weight)))
    return tuple(sorted(domains))


def _small(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text, re.ASCII) else 0
