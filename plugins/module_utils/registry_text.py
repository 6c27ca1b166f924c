# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Grammar of C(reg query): key lines and C(name    type    data) lines; its error lines are localised and on stderr.

And what the values mean for activation (reference/registry.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ansible_collections.officefleet.activation.plugins.module_utils.ospp_text import normal_lines
from ansible_collections.officefleet.activation.plugins.module_utils.products import OFFICE_APPLICATION_ID
from ansible_collections.officefleet.activation.plugins.module_utils.status import KmsOverride
from ansible_collections.officefleet.activation.plugins.module_utils.windows_editions import WINDOWS_APPLICATION_ID

HKLM = "HKEY_LOCAL_MACHINE"
SPP_KEY = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
OSPP_KEY = r"SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform"
SERVICES_KEY = r"SYSTEM\CurrentControlSet\Services"
KMS_NAME = "KeyManagementServiceName"
KMS_PORT = "KeyManagementServicePort"
LOOKUP_DOMAIN = "KeyManagementServiceLookupDomain"
CACHING_OFF = "DisableKeyManagementServiceHostCaching"
USER_OPERATIONS = "UserOperations"

_VALUE = re.compile(r" {4}(?P<name>.+?) {4}(?P<type>REG_[A-Z_]+)(?: {4}(?P<data>.*))?")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Registry:
    """Values by key and name. Keys and names are compared in lower case, as Windows does."""

    keys: dict[str, dict[str, str]] = field(default_factory=dict)

    def text(self, key: str, name: str) -> str | None:
        """The data of a value below HKLM as reg.exe prints it; None where the value does not exist."""
        return self.keys.get(f"{HKLM}\\{key}".lower(), {}).get(name.lower())

    def number(self, key: str, name: str) -> int | None:
        """The data of a REG_DWORD (or a number in a REG_SZ); None where there is no such number."""
        text = self.text(key, name)
        try:
            return None if text is None else int(text, 0)
        except ValueError:
            return None


def parse_registry(text: str) -> Registry:
    """Read the output of one or several C(reg query) commands. Lines of another form are passed over."""
    keys: dict[str, dict[str, str]] = {}
    values: dict[str, str] | None = None
    for line in normal_lines(text):
        if re.match(r"HKEY_[A-Z_]+(\\|$)", line):
            values = keys.setdefault(line.rstrip().lower(), {})
        elif (match := _VALUE.fullmatch(line)) and values is not None:
            values[match["name"].lower()] = (match["data"] or "").strip()
    return Registry(keys)


def kms_overrides(registry: Registry, windows7: bool) -> tuple[KmsOverride, ...]:
    """The registered KMS hosts and ports of Office, the most specific first."""
    home = OSPP_KEY if windows7 else SPP_KEY
    return _overrides(registry, f"{home}\\{OFFICE_APPLICATION_ID}", root_keys(windows7))


def windows_overrides(registry: Registry) -> tuple[KmsOverride, ...]:
    """The registered KMS hosts and ports of Windows itself, the most specific first."""
    return _overrides(registry, f"{SPP_KEY}\\{WINDOWS_APPLICATION_ID}", (SPP_KEY,))


def _overrides(registry: Registry, application: str, roots: tuple[str, ...]) -> tuple[KmsOverride, ...]:
    found = []
    beginning = f"{HKLM}\\{application}\\".lower()
    for key in sorted(registry.keys):
        sku_id = key[len(beginning) :] if key.startswith(beginning) else ""
        if _GUID.fullmatch(sku_id):
            found.append(_override(registry, "sku", f"{application}\\{sku_id}", sku_id))
    found.append(_override(registry, "application", application, None))
    for root in roots:
        found.append(_override(registry, "root", root, None))
    return tuple(override for override in found if override is not None)


def root_keys(windows7: bool) -> tuple[str, ...]:
    """The keys whose values hold for every Office licence, the one that wins first."""
    return (OSPP_KEY,) if windows7 else (OSPP_KEY, SPP_KEY)


def _override(registry: Registry, scope: str, key: str, sku_id: str | None) -> KmsOverride | None:
    host = registry.text(key, KMS_NAME) or None
    port = registry.number(key, KMS_PORT) or None
    if host is None and port is None:
        return None
    return KmsOverride(scope, sku_id, host.strip("[]") if host else None, port)
