# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""slmgr.vbs: the settings of volume clients (slmgr.md, "More commands").

With an activation ID they hold for that licence; without one they are the service's own, which the registry keeps at
its root and which holds for licences that have none (registry.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .licensing import BAD_PARAMETER, SPP_ROOT, HResult, Record
from .slmgr_page import Command, Run, whole_number

_NAME_VALUE = "KeyManagementServiceName"
_PORT_VALUE = "KeyManagementServicePort"
_DOMAIN_VALUE = "KeyManagementServiceLookupDomain"
_TYPE_VALUE = "VLActivationType"


@dataclass
class _Target:
    """The licence, or the whole service, whose settings a command reads and writes."""

    page: Run
    product: Record | None

    @property
    def host(self) -> str:
        return self._read(_NAME_VALUE, "KeyManagementServiceMachine")

    @property
    def contact(self) -> str:
        """Host and port as the warnings print them."""
        return f"{self.host}:{self._read(_PORT_VALUE, 'KeyManagementServicePort') or 0}"

    @property
    def domain(self) -> str:
        return self._read(_DOMAIN_VALUE, _DOMAIN_VALUE)

    def set_host(self, name: str) -> None:
        if self.product is None:
            self.page.wmi.set_root_value("sethst", _NAME_VALUE, name)
        else:
            self.page.wmi.set_kms_machine(self.product, name)

    def set_port(self, text: str) -> None:
        """Set or, with an empty text, clear the port. Raises ScriptError 13, or HResult 80070057 above 65535."""
        port = whole_number(text) if text else 0
        if not 0 <= port <= 65535:
            raise HResult(BAD_PARAMETER)
        if self.product is None:
            self.page.wmi.set_root_value("setprt", _PORT_VALUE, str(port) if port else "")
        elif port:
            self.page.wmi.set_kms_port(self.product, str(port))
        else:
            self.page.wmi.clear_kms_port(self.product)

    def clear_host(self) -> None:
        if self.product is not None:
            self.page.wmi.clear_kms_machine(self.product)
            return
        for name in (_NAME_VALUE, _PORT_VALUE):
            self.page.wmi.set_root_value("remhst", name, "")

    def set_domain(self, domain: str) -> None:
        if self.product is None:
            self.page.wmi.set_root_value("skms-domain" if domain else "ckms-domain", _DOMAIN_VALUE, domain)
        else:
            self.page.wmi.set_lookup_domain(self.product, domain)

    def set_type(self, kind: int) -> None:
        if self.product is None:
            self.page.wmi.set_root_value("actype", _TYPE_VALUE, kind)
        else:
            self.page.wmi.set_activation_type(self.product, kind)

    def _read(self, value: str, wmi_name: str) -> str:
        if self.product is not None:
            return self.product.get(wmi_name, "")
        return str(self.page.machine.registry_get(f"{SPP_ROOT}\\{value}") or "")


def _target(page: Run, activation_ids: list[str]) -> _Target | None:
    """What the command works on; an ID that is not installed is said, and the script ends well."""
    page.wmi.service()
    if not activation_ids:
        return _Target(page, None)
    product = page.find(activation_ids[0])
    if product is None:
        page.tell("id_not_found", id=activation_ids[0].lower())
        return None
    return _Target(page, product)


def _set_kms(page: Run, arguments: list[str]) -> None:
    address = arguments[0]
    # An IPv6 address stands in brackets, so that its colons are not the one before a port.
    match = re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(.*))?", address, re.DOTALL)
    name, port = (match[1], match[2] or "") if match else (address, "")
    target = _target(page, arguments[1:])
    if target is None:
        return
    before = target.host
    if name:
        target.set_host(name)
    try:
        target.set_port(port)
    except HResult:
        target.set_host(before)
        raise
    page.tell("kms_set", kms=address)
    if target.domain:
        page.tell("kms_overrides", kms=address)


def _clear_kms(page: Run, arguments: list[str]) -> None:
    target = _target(page, arguments)
    if target is None:
        return
    target.clear_host()
    page.tell("kms_cleared")
    if target.domain:
        page.tell("domain_in_effect", domain=target.domain)


def _set_domain(page: Run, arguments: list[str]) -> None:
    target = _target(page, arguments[1:])
    if target is None:
        return
    target.set_domain(arguments[0])
    page.tell("domain_set", domain=arguments[0])
    if target.host:
        page.tell("kms_overrides", kms=target.contact)


def _clear_domain(page: Run, arguments: list[str]) -> None:
    target = _target(page, arguments)
    if target is None:
        return
    target.set_domain("")
    page.tell("domain_cleared")
    if target.host:
        page.tell("kms_in_effect", kms=target.contact)


def _set_caching(page: Run, enabled: bool) -> None:
    page.wmi.service()
    page.wmi.set_host_caching(enabled)
    page.tell("caching_enabled" if enabled else "caching_disabled")


def _set_type(page: Run, arguments: list[str]) -> None:
    kind = arguments[0].strip() if arguments else "0"
    if kind not in ("0", "1", "2", "3"):
        page.tell("data_invalid")
        return
    target = _target(page, arguments[1:])
    if target is None:
        return
    target.set_type(int(kind))
    page.tell("activation_type_set")


COMMANDS: dict[str, Command] = {
    "/skms": Command(_set_kms, ("kms", "activation_id"), needed=1),
    "/ckms": Command(_clear_kms, ("activation_id",)),
    "/skms-domain": Command(_set_domain, ("domain", "activation_id"), needed=1),
    "/ckms-domain": Command(_clear_domain, ("activation_id",)),
    "/skhc": Command(lambda page, _: _set_caching(page, enabled=True)),
    "/ckhc": Command(lambda page, _: _set_caching(page, enabled=False)),
    "/act-type": Command(_set_type, ("activation_type", "activation_id")),
}
