# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activation of one machine's products against the world (activation.md, "Rules")."""

from __future__ import annotations

import ipaddress
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from . import world_forest
from .directory import OBJECT_MISSING, Forest
from .kms import DEFAULT_PORT, DNS_FAILED, NO_SUCH_NAME, KmsHost, SrvRecord, plain_name, threshold
from .licensing import (
    KEY_INVALID,
    SPP_ROOT,
    HResult,
    Licensing,
    Record,
    is_kms_client,
    is_kms_host,
    is_office,
)
from .licensing_service import mark_licensed, put_key
from .microsoft import check_confirmation_id, derived_digits, installation_id, need_way_there
from .ospp_history import FAILURE_EVENT, KMS_EVENT
from .products import FAMILIES, OFFICES, gvlk, key_identity, product_id_stem, windows_gvlk

if TYPE_CHECKING:
    from .world import World

NO_HOST_ANSWERED = 0xC004F074
NO_TOKEN_LICENCE = 0xC004F304
NO_PRODUCT_FOR_KEY = 0xC004F069
LICENCE_NOT_VALID = 0xC004F034

OOB_GRACE = 43200  # minutes: 30 days
_KEY = re.compile(r"[A-Z0-9]{5}(-[A-Z0-9]{5}){4}")
_TYPE_AD, _TYPE_KMS, _TYPE_TOKEN = "1", "2", "3"
_KEY_CHANNEL = {"kms_client": "Volume:GVLK", "mak": "Volume:MAK", "kms_host": "Volume:CSVLK", "retail": "Retail"}
_AD_PROPERTIES = ("ADActivationObjectName", "ADActivationObjectDN", "ADActivationCsvlkPid", "ADActivationCsvlkSkuId")


@dataclass
class MachineActivator:
    """The world as one machine sees it.

    ``reach`` tells what the machine can get to: ``microsoft``, ``dns``, ``kms`` and ``directory`` (true unless
    given), ``domain`` (the AD domain it is joined to) and ``dns_suffix``.
    """

    world: World
    machine_name: str
    reach: dict[str, Any]

    def now(self) -> datetime:
        """The simulated UTC time."""
        return self.world.clock.now()

    # -- the Activator interface -------------------------------------------------------------------

    def activate(self, licensing: Licensing, product: Record, when: datetime | None = None) -> None:
        """Activate as ``/act`` does; a failure becomes the reason of a product that has no grace to explain."""
        when = when or self.now()
        try:
            if is_kms_client(product):
                self._activate_volume(licensing, product, when)
            else:
                self._activate_online(licensing, product, when)
        except HResult as failure:
            if product.get("LicenseStatus") in ("0", "5"):
                product["LicenseStatusReason"] = f"{failure.code:X}"
            raise

    def confirm(self, licensing: Licensing, product: Record, confirmation_id: str) -> None:
        """Activate with a confirmation ID. Raises HResult C004F02F or C004F031."""
        self.prepare(licensing)
        check_confirmation_id(
            confirmation_id, product.get("OfflineInstallationId", ""), product.get("PartialProductKey", "")
        )
        self._mark_licensed_for_good(licensing, product)

    def accept_key(self, licensing: Licensing, key: str) -> None:
        """Install a key on its product. Raises HResult C004F050 (unknown) or C004F069 (product not installed)."""
        key = key.strip().upper()
        meant = self._meaning_of(key, licensing) if _KEY.fullmatch(key) else None
        if meant is None:
            raise HResult(KEY_INVALID)
        product = next((p for p in licensing.products if key_identity(p) == meant), None)
        if product is None:
            raise HResult(NO_PRODUCT_FOR_KEY)
        if product.get("PartialProductKey") == key[-5:]:
            return
        self._put_key(licensing, product, key, meant[2])
        licensing.next_attempt.pop(product["ID"], None)
        if not is_office(product):
            self._release_other_windows(licensing, product)
        self.licences_changed(licensing)

    def licences_changed(self, licensing: Licensing) -> None:
        """A key came or went: a KMS host on this machine serves what is still activated."""
        host = self.world.host_on(licensing)
        if host is not None:
            host.adopt_licences(licensing)

    def activate_forest(self, licensing: Licensing, key: str, name: str) -> None:
        """Make an activation object online (world_forest.py)."""
        world_forest.activate_online(self, licensing, key, name)

    def forest_installation_id(self, licensing: Licensing, key: str) -> str:
        """The installation ID for an activation object (world_forest.py)."""
        return world_forest.installation_id_for(self, licensing, key)

    def confirm_forest(self, licensing: Licensing, key: str, confirmation_id: str, name: str) -> None:
        """Make an activation object with a confirmation ID (world_forest.py)."""
        world_forest.confirm(self, licensing, key, confirmation_id, name)

    def need_directory_rights(self) -> None:
        """Raises HResult 80070005 where the account may not change activation objects."""
        world_forest.need_rights(self)

    def activation_objects(self) -> Forest:
        """The forest the machine belongs to. Raises HResult 8007054B where it reaches none."""
        return world_forest.forest_of(self)

    def prepare(self, licensing: Licensing) -> None:
        """Fill in what the service computes for itself: the CMID and the installation IDs of keyed products."""
        name = licensing.computer_name
        licensing.service.setdefault("ClientMachineID", str(uuid.uuid5(uuid.NAMESPACE_DNS, name.lower())))
        for product in licensing.products:
            if product.get("PartialProductKey") and not product.get("OfflineInstallationId"):
                product["OfflineInstallationId"] = installation_id(name, product["ID"])

    # -- keys --------------------------------------------------------------------------------------

    def _meaning_of(self, key: str, licensing: Licensing) -> tuple[int, str, str] | None:
        known = self.world.microsoft.keys.get(key)
        if known:
            is_office_host = known.channel == "kms_host" and known.office
            return known.office, "" if is_office_host else known.family.lower(), known.channel
        for product in licensing.products:
            windows = key_identity(product)
            if windows and windows[0] == 0 and windows_gvlk(windows[1], licensing.os.get("Version", "")) == key:
                return 0, windows[1], "kms_client"
        pairs = ((office, family) for office in OFFICES for family in FAMILIES)
        return next(((*pair, "kms_client") for pair in pairs if gvlk(*pair) == key), None)

    @staticmethod
    def _release_other_windows(licensing: Licensing, product: Record) -> None:
        """Windows has one key: a host key takes the place of the client's."""
        for other in licensing.products:
            if other is not product and not is_office(other) and other.get("PartialProductKey"):
                other |= {"PartialProductKey": "", "ProductKeyID": "", "ProductKeyChannel": ""}
                other |= {"LicenseStatus": "0", "LicenseStatusReason": "C004F014", "GracePeriodRemaining": "0"}

    def _put_key(self, licensing: Licensing, product: Record, key: str, channel: str) -> None:
        serial = derived_digits(f"{licensing.computer_name} {key}", 6)
        stem = product_id_stem(product)
        number = "00000" if channel == "kms_client" else serial[:5]
        product_id = f"{stem}-{number}-AA{serial[3:]}"
        if channel == "kms_host":
            product_id = f"06401-00206-234-{serial}-03-1033-17763.0000-0052026"
        put_key(product, key, product_id)
        product |= {
            "ProductKeyChannel": _KEY_CHANNEL[channel],
            "LicenseStatus": "2",
            "LicenseStatusReason": "4004F00C",
            "GracePeriodRemaining": str(OOB_GRACE),
            "OfflineInstallationId": installation_id(licensing.computer_name, product["ID"]),
        }
        if channel == "kms_host":
            product["IsKeyManagementServiceMachine"] = "0"
        self._clear_last_activation(product)

    # -- Microsoft ---------------------------------------------------------------------------------

    def _activate_online(self, licensing: Licensing, product: Record, when: datetime) -> None:
        self.prepare(licensing)
        known = key_identity(product)
        if known and known[2] in ("subscription", "grace"):
            if product.get("LicenseStatus") != "1":
                raise HResult(LICENCE_NOT_VALID)
            return
        try:
            need_way_there(self.world.microsoft, self.reach)
            office, family, channel = known or (0, "", "")
            key = self.world.microsoft.key_of(product.get("PartialProductKey", ""), office, family, channel)
            key.spend(product["OfflineInstallationId"])
        except HResult as failure:
            message = f"License acquisition failure details.\r\nhr=0x{failure.code:X}"
            self._log(licensing, FAILURE_EVENT, message, when)
            raise
        self._mark_licensed_for_good(licensing, product)

    def _mark_licensed_for_good(self, licensing: Licensing, product: Record) -> None:
        mark_licensed(product, minutes=0)
        if is_kms_host(product):
            self.world.start_kms_host(licensing, self.reach)

    # -- AD and KMS --------------------------------------------------------------------------------

    def _activate_volume(self, licensing: Licensing, product: Record, when: datetime) -> None:
        everybodys = licensing.registry_get(f"{SPP_ROOT}\\VLActivationType")
        kind = product.get("VLActivationTypeEnabled") or str(everybodys or 0)
        if kind == _TYPE_TOKEN:
            raise HResult(NO_TOKEN_LICENCE)
        if kind != _TYPE_KMS:
            try:
                self._activate_by_directory(licensing, product)
            except HResult:
                if kind == _TYPE_AD:
                    raise
            else:
                self._schedule(licensing, product, when)
                return
        self._activate_by_kms(licensing, product, when)
        self._schedule(licensing, product, when)

    def _activate_by_directory(self, licensing: Licensing, product: Record) -> None:
        forest = self.activation_objects()
        found = forest.object_for(product) if licensing.windows >= (6, 2) else None
        if found is None:
            raise HResult(OBJECT_MISSING)
        mark_licensed(product)
        product["VLActivationType"] = _TYPE_AD
        product |= dict(zip(_AD_PROPERTIES, found.properties(), strict=True))

    def _activate_by_kms(self, licensing: Licensing, product: Record, when: datetime) -> None:
        self.prepare(licensing)
        contact = self._override(licensing, product) or self._discovered(licensing, product)
        code = 0
        try:
            if contact.host is None:
                raise HResult(NO_HOST_ANSWERED)
            product["KeyManagementServiceProductKeyID"] = contact.host.extended_pid
            if contact.host.addresses:
                product["DiscoveredKeyManagementServiceMachineIpAddress"] = contact.host.addresses[0]
            contact.host.request(product, licensing.service["ClientMachineID"], when)
        except HResult as failure:
            code = failure.code
            raise
        finally:
            self._log_request(licensing, product, contact, code, when)
        mark_licensed(product)
        self._clear_last_activation(product)
        product["VLActivationType"] = _TYPE_KMS

    def _override(self, licensing: Licensing, product: Record) -> _Contact | None:
        name, port = licensing.kms_override(product)
        return self._contact(name, port or DEFAULT_PORT) if name else None

    def _discovered(self, licensing: Licensing, product: Record) -> _Contact:
        """The cached host if it answers, else the SRV records by priority and weight, without the dead ones."""
        caching = licensing.service.get("KeyManagementServiceHostCaching") != "False"
        cached = product.get("DiscoveredKeyManagementServiceMachineName", "")
        if caching and cached:
            port = int(product.get("DiscoveredKeyManagementServiceMachinePort") or DEFAULT_PORT)
            contact = self._contact(cached, port)
            if contact.host is not None:
                return contact
        everybodys = licensing.registry_get(f"{SPP_ROOT}\\KeyManagementServiceLookupDomain")
        records = self._srv_records(product.get("KeyManagementServiceLookupDomain") or str(everybodys or ""))
        ordered = sorted(records, key=lambda record: (record.priority, -record.weight))
        contacts = [self._contact(record.target, record.port) for record in ordered]
        contact = next((c for c in contacts if c.host is not None), contacts[0])
        if contact.host is not None:
            product["DiscoveredKeyManagementServiceMachineName"] = contact.name
            product["DiscoveredKeyManagementServiceMachinePort"] = str(contact.port)
        return contact

    def _srv_records(self, lookup_domain: str) -> list[SrvRecord]:
        if not self.reach.get("dns", True):
            raise HResult(DNS_FAILED)
        domains = [lookup_domain] if lookup_domain else [self.reach.get("domain"), self.reach.get("dns_suffix")]
        failure = HResult(NO_SUCH_NAME)
        for domain in dict.fromkeys(plain_name(d) for d in domains if d):
            try:
                return self.world.lookup_srv(domain)
            except HResult as error:
                failure = error
        raise failure

    def _contact(self, name: str, port: int) -> _Contact:
        """Who answers at a name (or address) and port, if anybody."""
        plain = plain_name(name)
        called = self._hosts_called(plain) if self.reach.get("kms", True) else []
        host = next((host for host in called if host.answers(port)), None)
        return _Contact(host, name.strip().rstrip("."), port)

    def _hosts_called(self, name: str) -> list[KmsHost]:
        names = [name]
        if not _is_address(name):
            if not self.reach.get("dns", True) or self.world.dns.down:
                return []
            suffix = self.reach.get("dns_suffix") or self.reach.get("domain")
            names += [f"{name}.{plain_name(suffix)}"] if suffix and "." not in name else []
            names += [address for known in list(names) for address in self.world.dns.lookup_a(known)]
        return [host for host in self.world.kms_hosts.values() if any(host.is_called(n) for n in names)]

    # -- traces ------------------------------------------------------------------------------------

    def _log_request(self, licensing: Licensing, product: Record, contact: _Contact, code: int, when: datetime) -> None:
        details = (
            f"0x{code:08X}",
            "0x00000000",
            f"{contact.name}:{contact.port}",
            licensing.service["ClientMachineID"],
            f"{when:%Y/%m/%d %H:%M}",
            "0",
            product.get("LicenseStatus", "0"),
            product.get("GracePeriodRemaining", "0"),
            product["ID"],
            str(threshold(product)),
        )
        text = "The client has sent an activation request to the key management service machine.\r\nInfo:\r\n"
        self._log(licensing, KMS_EVENT, text + ", ".join(details), when)

    @staticmethod
    def _log(licensing: Licensing, code: str, message: str, when: datetime) -> None:
        licensing.log_event(code, message, when)

    @staticmethod
    def _clear_last_activation(product: Record) -> None:
        for name in ("VLActivationType", *_AD_PROPERTIES):
            product.pop(name, None)

    @staticmethod
    def _schedule(licensing: Licensing, product: Record, when: datetime) -> None:
        minutes = int(product.get("VLRenewalInterval") or 10080)
        licensing.next_attempt[product["ID"]] = when + timedelta(minutes=minutes)


@dataclass(frozen=True)
class _Contact:
    host: KmsHost | None
    name: str
    port: int


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
