# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registry of a machine as ``reg.exe`` and ``win_reg_stat`` see it.

Licensing values are not stored twice: those of the SKU level and of the service mirror the licensing state, and
deleting one changes that state.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .licensing import OSPP_ROOT, SPP_ROOT, Licensing, Record, RegistryData
from .machine import View

HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKU": "HKEY_USERS",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
LOCAL_SERVICE = r"HKEY_USERS\S-1-5-19"
CURRENT_VERSION = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
SERVICES = r"SYSTEM\CurrentControlSet\Services"
CACHING_VALUE = "DisableKeyManagementServiceHostCaching"
_START = {"Boot": 0, "System": 1, "Auto": 2, "Manual": 3, "Disabled": 4}
_MIRRORED = {
    "KeyManagementServiceLookupDomain": "KeyManagementServiceLookupDomain",
    "VLActivationType": "VLActivationTypeEnabled",
}


class NotWritableError(Exception):
    """The simulation keeps no value there."""


class AccessDeniedError(Exception):
    """The account may not open the key or change the value."""


Value = tuple[str, RegistryData]
"""Type and data."""


@dataclass
class Key:
    """One key: its path as written, values by name in lower case, names of subkeys."""

    path: str
    values: dict[str, tuple[str, Value]] = field(default_factory=dict)
    subkeys: dict[str, str] = field(default_factory=dict)


class Registry:
    """A snapshot of all keys of a machine."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.keys: dict[str, Key] = {}
        for root in (SPP_ROOT, *self._office_roots()):
            self._key("HKEY_LOCAL_MACHINE\\" + root)
        for path, data in self._local_machine().items():
            key, _, name = path.rpartition("\\")
            self._add("HKEY_LOCAL_MACHINE\\" + key, name, data)
        self._key(LOCAL_SERVICE + r"\Environment")

    def find(self, path: str) -> Key | None:
        """A key by its full path (long or short hive name). Raises AccessDeniedError."""
        full = full_path(path)
        if f"{full}\\".lower().startswith(LOCAL_SERVICE.lower() + "\\") and not self.view.elevated:
            raise AccessDeniedError(full)
        return self.keys.get(full.lower())

    def below(self, key: Key) -> list[Key]:
        """The key and everything below it, parents first, in alphabetical order."""
        found = [key]
        for name in sorted(key.subkeys.values(), key=str.lower):
            found += self.below(self.keys[f"{key.path}\\{name}".lower()])
        return found

    def _key(self, path: str) -> Key:
        if path.lower() not in self.keys:
            self.keys[path.lower()] = Key(path)
            parent, _, name = path.rpartition("\\")
            if parent:
                self._key(parent).subkeys.setdefault(name.lower(), name)
        return self.keys[path.lower()]

    def _add(self, path: str, name: str, data: RegistryData) -> None:
        kind = {int: "REG_DWORD", list: "REG_MULTI_SZ"}.get(type(data), "REG_SZ")
        self._key(path).values[name.lower()] = (name, (kind, data))

    def _office_roots(self) -> list[str]:
        licensing = self.view.licensing
        return [OSPP_ROOT] if any(licensing.uses_osppsvc(product) for product in licensing.products) else []

    def _local_machine(self) -> dict[str, RegistryData]:
        """Every value below HKLM."""
        licensing = self.view.licensing
        version = licensing.os.get("Version", "10.0.0")
        server = licensing.os.get("ProductType") != "1"
        values: dict[str, RegistryData] = {
            rf"{CURRENT_VERSION}\ProductName": self.view.machine.caption.removeprefix("Microsoft "),
            rf"{CURRENT_VERSION}\CurrentBuild": version.rsplit(".", 1)[-1],
            rf"{CURRENT_VERSION}\CurrentBuildNumber": version.rsplit(".", 1)[-1],
            rf"{CURRENT_VERSION}\CurrentVersion": "6.3" if version.startswith("10.") else version[:3],
            rf"{CURRENT_VERSION}\InstallationType": "Server" if server else "Client",
            rf"{CURRENT_VERSION}\UBR": self.view.machine.revision,
            rf"{SPP_ROOT}\KeepRunningThresholdMins": 15,
        }
        for service in licensing.services:
            start = _START.get(service.get("StartMode", "Manual"), 3)
            values[rf"{SERVICES}\{service['Name']}\Start"] = start
            values[rf"{SERVICES}\{service['Name']}\DisplayName"] = service.get("DisplayName", service["Name"])
        values |= licensing.registry_view()
        if licensing.service.get("KeyManagementServiceHostCaching", "True").lower() == "false":
            values[rf"{SPP_ROOT}\{CACHING_VALUE}"] = 1
        for product in licensing.products:
            for name, wmi_name in _MIRRORED.items():
                data = product.get(wmi_name, "")
                if data and data != "0":
                    values[rf"{_sku_key(self.view.licensing, product)}\{name}"] = int(data) if data.isdigit() else data
        return values


def full_path(path: str) -> str:
    """A path with the long name of its hive. Raises ValueError where there is no such hive."""
    hive, _, rest = path.strip("\\").partition("\\")
    long_name = HIVES.get(hive.upper().rstrip(":"), hive.upper())
    if long_name not in HIVES.values():
        raise ValueError(f"no such hive: {hive}")
    return f"{long_name}\\{rest}" if rest else long_name


def set_value(licensing: Licensing, path: str, data: RegistryData) -> None:
    """Write a value below HKLM into the licensing state, as the fleet file and tests do."""
    below_hive, _, name = full_path(path).removeprefix("HKEY_LOCAL_MACHINE\\").rpartition("\\")
    if name.lower() == CACHING_VALUE.lower():
        licensing.service["KeyManagementServiceHostCaching"] = str(not int(str(data)))
        return
    for product in licensing.products:
        if _sku_key(licensing, product).lower() == below_hive.lower():
            for value, wmi_name in _MIRRORED.items():
                if value.lower() == name.lower():
                    product[wmi_name] = str(data)
                    return
    whole = rf"{below_hive}\{name}"
    licensing.registry_set(whole, data)
    if not any(path.lower() == whole.lower() for path in licensing.registry_view()):
        # A setting that says what holds anyway has no place in the licensing state; in the registry it has.
        licensing.registry[whole] = data


def write_value(view: View, path: str, name: str, data: RegistryData) -> None:
    """Write a value as a command does. Raises AccessDeniedError, NotWritableError, ValueError for an unknown hive."""
    full = full_path(path)
    below_hive = full.removeprefix("HKEY_LOCAL_MACHINE\\")
    if below_hive == full or below_hive.lower().startswith(SERVICES.lower() + "\\"):
        raise NotWritableError(f"a registry value in {full}")
    if not view.elevated:
        raise AccessDeniedError(path)
    set_value(view.licensing, rf"{full}\{name}", data)


def delete_value(view: View, path: str, name: str) -> bool:
    """Delete a value; False where there is none. Raises AccessDeniedError."""
    key = Registry(view).find(path)
    if key is None or name.lower() not in key.values:
        return False
    if not view.elevated:
        raise AccessDeniedError(path)
    below_hive = key.path.removeprefix("HKEY_LOCAL_MACHINE\\")
    if name.lower() == CACHING_VALUE.lower():
        view.licensing.service["KeyManagementServiceHostCaching"] = "True"
        view.licensing.registry_delete(rf"{below_hive}\{name}")
        return True
    for product in view.licensing.products:
        if _sku_key(view.licensing, product).lower() == below_hive.lower():
            for value, wmi_name in _MIRRORED.items():
                if value.lower() == name.lower():
                    return product.pop(wmi_name, None) is not None
    return view.licensing.registry_delete(rf"{below_hive}\{name}")


def _sku_key(licensing: Licensing, product: Record) -> str:
    root = licensing.override_root(product)
    return rf"{root}\{product.get('ApplicationId', '')}\{product.get('ID', '')}"
