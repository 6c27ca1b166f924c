# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The licensing state of one machine: what the licensing WMI classes and their registry tell.

Property names are those of SoftwareLicensingService and SoftwareLicensingProduct; values are kept as text, as
the recorded ``.state`` files do. ``fail.<operation>=<HRESULT>`` in the os, service or a product record makes that
operation fail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .directory import Forest

OFFICE_APP = "0ff1ce15-a989-479d-af46-f275c6370663"
OFFICE_2010_APP = "59a52881-a989-479d-af46-f275c6370663"
WINDOWS_APP = "55c92734-d682-4d71-983e-d6ec3f16059f"
OSPP_ROOT = r"SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform"
SPP_ROOT = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
SPP_ROOT_32 = SPP_ROOT.replace("SOFTWARE", r"SOFTWARE\Wow6432Node", 1)

ACCESS_DENIED = 5
ACCESS_NEEDS_ELEVATION = 0xC004F025
KEY_INVALID = 0xC004F050
SERVICE_DISABLED = 0x80070422
TYPE_MISMATCH = 0x80041005
BAD_PARAMETER = 0x80070057
DATA_INVALID = 0x8007000D

Record = dict[str, str]
RegistryData = str | int | list[str]
"""Data of REG_SZ, REG_DWORD and REG_MULTI_SZ."""
EVENTS_KEPT = 500
_DWORDS = ("UserOperations", "DisableDnsPublishing", "EnableKmsLowPriority")
_PUBLISH_LIST = "DnsDomainPublishList"
_SKU_VALUE = re.compile(r"\\([0-9a-f-]{36})\\([0-9a-f-]{36})\\keymanagementservice(name|port)$", re.I)
# What slmgr sets through the service object is what the registry shows, and the other way round (registry.md).
_HOST_PROPERTY = {
    "KeyManagementServiceListeningPort": "KeyManagementServiceListeningPort",
    "DisableDnsPublishing": "KeyManagementServiceDnsPublishing",
    "EnableKmsLowPriority": "KeyManagementServiceLowPriority",
}
_SKU_PROPERTY = {"name": "KeyManagementServiceMachine", "port": "KeyManagementServicePort"}


class HResult(Exception):
    """A licensing call failed; ``code`` is the unsigned 32-bit HRESULT (or a small positive error number)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"0x{code:X}")
        self.code = code


class Activator(Protocol):
    """What lies outside the machine: clock, KMS hosts, directory and Microsoft's activation service."""

    def now(self) -> datetime:
        """The simulated UTC time."""

    def activate(self, licensing: Licensing, product: Record) -> None:
        """Activate the product, changing it. Raises HResult."""

    def confirm(self, licensing: Licensing, product: Record, confirmation_id: str) -> None:
        """Activate the product with a confirmation ID. Raises HResult."""

    def accept_key(self, licensing: Licensing, key: str) -> None:
        """Install a key on the product it belongs to. Raises HResult."""

    def licences_changed(self, licensing: Licensing) -> None:
        """A key came or went: a KMS host on this machine serves what is still activated."""

    def activate_forest(self, licensing: Licensing, key: str, name: str) -> None:
        """Make an activation object online. Raises HResult."""

    def forest_installation_id(self, licensing: Licensing, key: str) -> str:
        """The installation ID for an activation object. Raises HResult."""

    def confirm_forest(self, licensing: Licensing, key: str, confirmation_id: str, name: str) -> None:
        """Make an activation object with a confirmation ID. Raises HResult."""

    def need_directory_rights(self) -> None:
        """Raises HResult 80070005 where the account may not change activation objects."""

    def activation_objects(self) -> Forest:
        """The forest the machine belongs to. Raises HResult 8007054B where it reaches none."""


@dataclass(frozen=True)
class ScriptOutput:
    """What a script run gave. ``hangs`` means that it waits for a window nobody can close; ``text`` ends there."""

    text: str
    exit_code: int
    hangs: bool


def is_kms(product: Record) -> bool:
    """True for KMS clients and KMS hosts: the description contains KMS (ospp.md, section 2)."""
    return "KMS" in product.get("Description", "").upper()


def is_kms_client(product: Record) -> bool:
    """True for products that activate through KMS, AD or a token."""
    return "VOLUME_KMSCLIENT" in product.get("Description", "").upper()


def is_kms_host(product: Record) -> bool:
    """True for the licence of a KMS host (VOLUME_KMS, also VOLUME_KMS_WS19 and its like)."""
    return is_kms(product) and not is_kms_client(product)


def is_mak(product: Record) -> bool:
    """True for multiple activation keys: ``RETAIL(MAK)`` in 2013, ``VOLUME_MAK`` from 2016 on."""
    return "MAK" in product.get("Description", "").upper()


def is_office(product: Record) -> bool:
    """True for Office of any version."""
    return product.get("ApplicationId", "").lower() in (OFFICE_APP, OFFICE_2010_APP)


@dataclass
class Licensing:
    """Everything the licensing service of one machine knows."""

    os: Record = field(default_factory=dict)
    service: Record = field(default_factory=dict)
    services: list[Record] = field(default_factory=list)
    products: list[Record] = field(default_factory=list)
    events: list[Record] = field(default_factory=list)
    registry: dict[str, RegistryData] = field(default_factory=dict)
    computer_name: str = "WIN-SIM01"
    world: Activator | None = None
    looked_at: datetime | None = None
    next_attempt: dict[str, datetime] = field(default_factory=dict)

    # -- text and JSON forms -----------------------------------------------------------------------

    @classmethod
    def from_text(cls, text: str) -> Licensing:
        """Read a ``.state`` file: ``[os]``, ``[service]``, ``[winsvc]``, ``[product]``, ``[event]``, ``[registry]``."""
        state = cls()
        record: dict[str, Any] = {}
        records: dict[str, dict[str, Any]] = {"os": state.os, "service": state.service, "registry": state.registry}
        lists = {"winsvc": state.services, "product": state.products, "event": state.events}
        section = ""
        for line in text.splitlines():
            if line.startswith("[") and line.endswith("]"):
                section = line[1:-1]
                record = records.get(section, {})
                if section in lists:
                    lists[section].append(record)
            elif "=" in line:
                name, _, value = line.partition("=")
                if section == "event" and name == "Message":
                    value = value.replace("\\r\\n", "\r\n")
                record[name] = _registry_data(name, value) if section == "registry" else value
        return state

    def to_text(self) -> str:
        """The ``.state`` form of this machine."""
        parts = [_section("os", self.os), _section("service", self.service)]
        parts += [_section("winsvc", record) for record in self.services]
        parts += [_section("product", record) for record in self.products]
        for event in self.events:
            parts.append(_section("event", event | {"Message": event["Message"].replace("\r\n", "\\r\\n")}))
        if self.registry:
            parts.append(_section("registry", self.registry))
        return "".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Plain data for a JSON store; the world is not part of it."""
        return {
            "os": dict(self.os),
            "service": dict(self.service),
            "services": [dict(r) for r in self.services],
            "products": [dict(r) for r in self.products],
            "events": [dict(r) for r in self.events],
            "registry": {path: list(data) if isinstance(data, list) else data for path, data in self.registry.items()},
            "computer_name": self.computer_name,
            "looked_at": self.looked_at.isoformat() if self.looked_at else None,
            "next_attempt": {sku: when.isoformat() for sku, when in self.next_attempt.items()},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], world: Activator | None = None) -> Licensing:
        """The inverse of ``to_json``."""
        values = dict(data)
        looked_at = values.pop("looked_at", None)
        attempts = values.pop("next_attempt", {})
        state = cls(**values, world=world)
        state.looked_at = datetime.fromisoformat(looked_at) if looked_at else None
        state.next_attempt = {sku: datetime.fromisoformat(when) for sku, when in attempts.items()}
        return state

    def log_event(self, code: str, message: str, when: datetime) -> None:
        """Write into the event log; WMI gives the newest event first."""
        event = {"EventCode": code, "TimeWritten": f"{when:%Y%m%d%H%M%S}.000000-000", "Message": message}
        self.events.insert(0, event)
        del self.events[EVENTS_KEPT:]

    def add_licence(self, record: Record) -> bool:
        """Install a licence (a product record without key); False where it is installed already."""
        known = any(p.get("ID", "").lower() == record["ID"].lower() for p in self.products)
        if not known:
            self.products.append(record)
        return not known

    # -- which Windows, which store ----------------------------------------------------------------

    @property
    def windows(self) -> tuple[int, int]:
        """(major, minor) of the Windows version, such as (6, 1) for Windows 7."""
        major, minor, *_ = (self.os.get("Version", "10.0") + ".0").split(".")
        return int(major), int(minor)

    @property
    def is_admin(self) -> bool:
        """Whether scripts run elevated."""
        return self.os.get("NoAdmin", "0") != "1"

    def uses_osppsvc(self, product: Record) -> bool:
        """Whether the product lives in Office's own service: Office 2010 anywhere, every Office client on 6.1."""
        if not is_office(product) or is_kms_host(product):
            return False
        return self.windows == (6, 1) or product["ApplicationId"].lower() == OFFICE_2010_APP

    def has_service(self, name: str) -> bool:
        """Whether a Windows service is installed; sppsvc always is."""
        return self._find_service(name) is not None or name == "sppsvc"

    # -- the KMS host's settings (registry.md, "KMS host") -----------------------------------------

    @property
    def listening_port(self) -> int:
        """The port a KMS host is to listen on; 0 where none is set (1688 is used)."""
        value = str(self.registry_get(SPP_ROOT + "\\KeyManagementServiceListeningPort") or "").strip()
        return int(value) if value.isascii() and value.isdigit() else 0

    @property
    def publishes_dns(self) -> bool:
        """Whether a KMS host publishes its SRV record."""
        return str(self.registry_get(SPP_ROOT + "\\DisableDnsPublishing") or "0") == "0"

    @property
    def has_low_priority(self) -> bool:
        """Whether a KMS host runs at low priority."""
        return str(self.registry_get(SPP_ROOT + "\\EnableKmsLowPriority") or "0") != "0"

    def publish_list(self) -> list[str]:
        """The lines of DnsDomainPublishList: ``domain`` or ``domain, priority, weight``."""
        value = self.registry_get(SPP_ROOT + "\\" + _PUBLISH_LIST) or ""
        lines = value if isinstance(value, list) else str(value).replace("\0", "\n").split("\n")
        return [line.strip() for line in lines if line.strip()]

    def _host_value(self, path: str) -> str | None:
        """The name of the KMS host setting a registry path means, if it means one."""
        return next((name for name in _HOST_PROPERTY if path.lower() == f"{SPP_ROOT}\\{name}".lower()), None)

    def _host_data(self, name: str) -> RegistryData | None:
        """A setting of the service object as the registry holds it; None for what Windows has by default."""
        value = self.service.get(_HOST_PROPERTY[name], "")
        if name == "KeyManagementServiceListeningPort":
            return value if value not in ("", "0") else None
        return 1 if value == ("False" if name == "DisableDnsPublishing" else "True") else None

    def _set_host_value(self, name: str, data: RegistryData) -> None:
        if name == "KeyManagementServiceListeningPort":
            self.service[name] = str(data)
            return
        is_set = str(data).strip() not in ("", "0")
        self.service[_HOST_PROPERTY[name]] = str(is_set if name == "EnableKmsLowPriority" else not is_set)

    def _find_service(self, name: str) -> Record | None:
        return next((r for r in self.services if r.get("Name", "").lower() == name.lower()), None)

    # -- KMS overrides and the registry ------------------------------------------------------------

    def override_root(self, product: Record) -> str:
        """The registry key below which the SKU and application level overrides of a product are."""
        return OSPP_ROOT if self.uses_osppsvc(product) else SPP_ROOT

    def kms_override(self, product: Record) -> tuple[str | None, int | None]:
        """The effective KMS host and port: SKU level, else application, else root (registry.md)."""
        application = self.override_root(product) + "\\" + product.get("ApplicationId", "")
        levels = [application]
        levels += [OSPP_ROOT] if is_office(product) else []
        levels += [] if self.uses_osppsvc(product) else [SPP_ROOT]
        hosts = [product.get("KeyManagementServiceMachine")]
        ports: list[Any] = [product.get("KeyManagementServicePort")]
        for level in levels:
            hosts.append(str(self.registry_get(level + "\\KeyManagementServiceName") or ""))
            ports.append(self.registry_get(level + "\\KeyManagementServicePort"))
        host = next((value for value in hosts if value), None)
        port = next((str(value) for value in ports if value), "")
        return host, int(port) if port.isdigit() else None

    def registry_view(self) -> dict[str, RegistryData]:
        """All licensing values of HKLM, the SKU level overrides and the KMS host's settings included."""
        view = {f"{SPP_ROOT}\\{name}": data for name in _HOST_PROPERTY if (data := self._host_data(name)) is not None}
        view |= self.registry
        for product in self.products:
            base = f"{self.override_root(product)}\\{product.get('ApplicationId', '')}\\{product.get('ID', '')}"
            for suffix, name in (("Name", _SKU_PROPERTY["name"]), ("Port", _SKU_PROPERTY["port"])):
                if product.get(name):
                    view[f"{base}\\KeyManagementService{suffix}"] = product[name]
        return view

    def registry_get(self, path: str) -> RegistryData | None:
        """One value of ``registry`` or of the KMS host's settings by its path, whose case does not matter."""
        found = next((data for name, data in self.registry.items() if name.lower() == path.lower()), None)
        setting = self._host_value(path)
        return self._host_data(setting) if found is None and setting else found

    def registry_set(self, path: str, data: RegistryData) -> None:
        """Write a value; an SKU level override goes to its product record, a KMS host's setting to the service."""
        product, name = self._sku_value(path)
        if product is not None:
            product[name] = str(data)
            return
        setting = self._host_value(path)
        if setting:
            self.registry = {key: value for key, value in self.registry.items() if key.lower() != path.lower()}
            self._set_host_value(setting, data)
            return
        existing = next((key for key in self.registry if key.lower() == path.lower()), path)
        self.registry[existing] = data

    def registry_delete(self, path: str) -> bool:
        """Delete a value; False where there was none."""
        product, name = self._sku_value(path)
        if product is not None:
            return bool(product.pop(name, ""))
        setting = self._host_value(path)
        was_set = setting is not None and self._host_data(setting) is not None
        if setting is not None and was_set:
            self._set_host_value(setting, "0")
        existing = next((key for key in self.registry if key.lower() == path.lower()), None)
        if existing is not None:
            del self.registry[existing]
        return was_set or existing is not None

    def _sku_value(self, path: str) -> tuple[Record | None, str]:
        match = _SKU_VALUE.search(path)
        if match is None:
            return None, ""
        application, sku, what = (part.lower() for part in match.groups())
        for product in self.products:
            ids = (product.get("ApplicationId", "").lower(), product.get("ID", "").lower())
            root = self.override_root(product).lower() + "\\"
            if ids == (application, sku) and path.lower().startswith(root):
                return product, _SKU_PROPERTY[what]
        return None, ""


def _registry_data(path: str, text: str) -> RegistryData:
    """A registry value of a ``.state`` file; ``\\0`` separates the lines of a REG_MULTI_SZ, as reg.exe prints them."""
    name = path.rsplit("\\", 1)[-1]
    if name == _PUBLISH_LIST:
        return [line for line in text.split("\\0") if line]
    return int(text) if name in _DWORDS else text


def _section(name: str, record: dict[str, Any]) -> str:
    plain = ((key, "\\0".join(value) if isinstance(value, list) else value) for key, value in record.items())
    return f"[{name}]\n" + "".join(f"{key}={value}\n" for key, value in plain)
