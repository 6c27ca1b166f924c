# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The methods of the licensing WMI classes, as the scripts call them.

There are two stores on a machine: Windows' own (service sppsvc, classes SoftwareLicensing*) and Office's (service
osppsvc, classes OfficeSoftwareProtection*). A script sees the products of one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from .licensing import (
    ACCESS_DENIED,
    ACCESS_NEEDS_ELEVATION,
    BAD_PARAMETER,
    DATA_INVALID,
    KEY_INVALID,
    OSPP_ROOT,
    SERVICE_DISABLED,
    SPP_ROOT,
    SPP_ROOT_32,
    TYPE_MISMATCH,
    HResult,
    Licensing,
    Record,
    is_kms_client,
    is_kms_host,
)
from .products import licence_in

KMS_VALIDITY = 259200  # minutes: 180 days
_CLASSES = {
    "sppsvc": ("softwarelicensingservice", "softwarelicensingproduct"),
    "osppsvc": ("officesoftwareprotectionservice", "officesoftwareprotectionproduct"),
}


@dataclass
class LicensingService:
    """One of the two licensing services of a machine; ``name`` is ``sppsvc`` or ``osppsvc``."""

    machine: Licensing
    name: str
    for_slmgr: bool = False

    # -- queries -----------------------------------------------------------------------------------

    def service(self) -> Record:
        """The service object. Raises HResult where the query fails, 80070422 for a disabled service."""
        self._query(_CLASSES[self.name][0])
        return self.machine.service

    def products(self) -> list[Record]:
        """The products of this store in WMI order. Raises HResult like ``service``."""
        self._query(_CLASSES[self.name][1])
        wants_osppsvc = self.name == "osppsvc"
        return [p for p in self.machine.products if self.machine.uses_osppsvc(p) == wants_osppsvc]

    def _query(self, wmi_class: str) -> None:
        record = next((r for r in self.machine.services if r.get("Name", "").lower() == self.name), {})
        if record.get("StartMode", "").lower() == "disabled":
            raise HResult(SERVICE_DISABLED)
        self._fail_if_told(f"query.{wmi_class}")

    # -- methods -----------------------------------------------------------------------------------

    def activate(self, product: Record) -> None:
        """Activate; raises HResult and may change the product's reason code even then."""
        self._authorise("act", product, for_users=True)
        if self.machine.world is not None:
            self.machine.world.activate(self.machine, product)
            return
        mark_licensed(product)
        if is_kms_host(product):
            product["IsKeyManagementServiceMachine"] = "1"

    def install_key(self, key: str) -> None:
        """Install a product key on the licence it belongs to; raises HResult.

        Without a world nobody's rights are checked when slmgr installs a key, as in 93-slmgr-ipk-registry-denied: the
        key of an account that is not elevated is in, and only the registry value after it is refused.
        """
        if self.machine.world is None and self.for_slmgr:
            self._fail_if_told("inpkey")
        else:
            self._authorise("inpkey", {}, for_users=True)
        if self.machine.world is not None:
            self.machine.world.accept_key(self.machine, key)
            return
        for product in self.products():
            if product.get("AcceptKey", "").upper() == key.upper():
                put_key(product, key, f"00216-40000-00000-{key[-5:].upper()}")
                product["LicenseStatus"] = "0"
                product["LicenseStatusReason"] = "C004F014"
                return
        if self.machine.service.get("AcceptAny") != "1":
            raise HResult(KEY_INVALID)

    def uninstall_key(self, product: Record) -> None:
        """Remove the product's key. ProductKeyID2 stays, as recorded in 51-unpkey-success."""
        self._authorise("unpkey", product)
        product["PartialProductKey"] = product["ProductKeyID"] = ""
        product["LicenseStatus"] = product["GracePeriodRemaining"] = "0"
        if is_kms_host(product):
            product["IsKeyManagementServiceMachine"] = "0"
        if self.machine.world is not None:
            self.machine.world.licences_changed(self.machine)

    def install_licence(self, content: str) -> None:
        """Install a licence file by its content (products.py). Raises HResult 8007000D for anything else."""
        self._authorise("ilc", {})
        record = licence_in(content)
        if record is None:
            raise HResult(DATA_INVALID)
        self.machine.add_licence(record)

    def deposit_confirmation_id(self, product: Record, confirmation_id: str) -> None:
        """Offline activation; raises HResult."""
        self._authorise("actcid", product, for_users=True)
        if self.machine.world is not None:
            self.machine.world.confirm(self.machine, product, confirmation_id)
            return
        mark_licensed(product, minutes=0)

    def set_kms_machine(self, product: Record, host: str) -> None:
        """The SKU level KMS host; any text is stored, a port in it included."""
        self._authorise("sethst", product)
        product["KeyManagementServiceMachine"] = host

    def set_kms_port(self, product: Record, port: str) -> None:
        """The SKU level KMS port, a uint32: other text fails with 80041005, a number above 65535 with 80070057."""
        self._authorise("setprt", product)
        product["KeyManagementServicePort"] = _port(port)

    def clear_kms_machine(self, product: Record) -> None:
        """Clear host and port of the SKU level; application and root level values stay."""
        self._authorise("remhst", product)
        product["KeyManagementServiceMachine"] = product["KeyManagementServicePort"] = ""

    def clear_kms_port(self, product: Record) -> None:
        """Clear the port of the SKU level alone."""
        self._authorise("setprt", product)
        product["KeyManagementServicePort"] = ""

    def set_lookup_domain(self, product: Record, domain: str) -> None:
        """The DNS domain whose SRV records are asked; empty clears it."""
        self._authorise("skms-domain" if domain else "ckms-domain", product)
        product["KeyManagementServiceLookupDomain"] = domain

    def set_activation_type(self, product: Record, kind: int) -> None:
        """1 AD, 2 KMS, 3 token; 0 clears the setting."""
        self._authorise("actype", product)
        product["VLActivationTypeEnabled"] = str(kind) if kind else ""

    def set_host_caching(self, enabled: bool) -> None:
        """Whether a discovered KMS host is remembered; for the whole service."""
        self._authorise("cachst", {})
        self.service()["KeyManagementServiceHostCaching"] = str(enabled)

    # -- a setting of the whole service: what holds for products that have none of their own --------------

    def set_root_value(self, operation: str, name: str, data: str | int) -> None:
        """Write a value below the root of the licensing registry; an empty one (or 0) is removed."""
        self._authorise(operation, {})
        path = f"{SPP_ROOT}\\{name}"
        if data in ("", 0):
            self.machine.registry_delete(path)
        else:
            self.machine.registry_set(path, data)

    # -- the KMS host's settings -------------------------------------------------------------------

    def set_listening_port(self, port: int) -> None:
        """The port to listen on after the next start of the service; 0 means 1688."""
        self._authorise("sprt", {})
        if not 0 <= port <= 65535:
            raise HResult(BAD_PARAMETER)
        self.machine.registry_set(SPP_ROOT + "\\KeyManagementServiceListeningPort", str(port))

    def set_dns_publishing(self, enabled: bool) -> None:
        """Whether the host publishes its SRV records."""
        self._authorise("sdns" if enabled else "cdns", {})
        self.machine.registry_set(SPP_ROOT + "\\DisableDnsPublishing", int(not enabled))

    def set_low_priority(self, low: bool) -> None:
        """Whether the host process runs at low priority."""
        self._authorise("cpri" if low else "spri", {})
        self.machine.registry_set(SPP_ROOT + "\\EnableKmsLowPriority", int(low))

    def write_kms_version(self) -> None:
        """After a key came or went: KeyManagementServiceVersion where a KMS host key is in, else none.

        Raises HResult 5 without rights (93-slmgr-ipk-registry-denied) or what ``fail.registry`` says.
        """
        self._fail_if_told("registry")
        if not self.machine.is_admin:
            raise HResult(ACCESS_DENIED)
        is_host = any(is_kms_host(p) and p.get("PartialProductKey") for p in self.products())
        for root in (SPP_ROOT, SPP_ROOT_32):
            path = root + "\\KeyManagementServiceVersion"
            if is_host:
                self.machine.registry_set(path, self.machine.service.get("Version", ""))
            else:
                self.machine.registry_delete(path)

    # -- activation objects ------------------------------------------------------------------------

    def activate_forest(self, key: str, name: str) -> None:
        """An activation object made online; raises HResult. Without a world it is only noted, as the recording did."""
        self._authorise("adonline", {})
        if self.machine.world is not None:
            self.machine.world.activate_forest(self.machine, key, name)
            return
        self.machine.service["ADObject"] = f"{name} {key[-5:]}"

    def forest_installation_id(self, key: str) -> str:
        """The installation ID for an activation object; raises HResult."""
        self._authorise("adiid", {})
        if self.machine.world is not None:
            return self.machine.world.forest_installation_id(self.machine, key)
        return self.machine.service.get("ADOfflineIID", "")

    def confirm_forest(self, key: str, confirmation_id: str, name: str) -> None:
        """An activation object made with a confirmation ID; raises HResult."""
        self._authorise("adcid", {})
        if self.machine.world is not None:
            self.machine.world.confirm_forest(self.machine, key, confirmation_id, name)
            return
        self.machine.service["ADObject"] = f"{name} {key[-5:]}"

    # -- rights and told failures ------------------------------------------------------------------

    def _authorise(self, operation: str, product: Record, for_users: bool = False) -> None:
        root = OSPP_ROOT if self.name == "osppsvc" else SPP_ROOT
        users_may = str(self.machine.registry_get(root + "\\UserOperations") or "0") == "1"
        if not self.machine.is_admin and not (for_users and users_may):
            raise HResult(ACCESS_NEEDS_ELEVATION)
        self._fail_if_told(operation, product)

    def _fail_if_told(self, operation: str, product: Record | None = None) -> None:
        for record in (product or {}, self.machine.os, self.machine.service):
            if record.get(f"fail.{operation}"):
                raise HResult(int(record[f"fail.{operation}"], 16))


def mark_licensed(product: Record, minutes: int | None = None) -> None:
    """Licensed without a reason; volume clients for 180 days unless ``minutes`` says otherwise, others for good."""
    if minutes is None:
        minutes = KMS_VALIDITY if is_kms_client(product) else 0
    product |= {"LicenseStatus": "1", "LicenseStatusReason": "0", "GracePeriodRemaining": str(minutes)}


def put_key(product: Record, key: str, product_id: str) -> None:
    """Store what Windows keeps of a key: its last five characters and a product ID."""
    product["PartialProductKey"] = key[-5:].upper()
    product["ProductKeyID"] = product["ProductKeyID2"] = product_id


def _port(text: str) -> str:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit()):
        raise HResult(TYPE_MISMATCH)
    if int(digits) > 65535:
        raise HResult(BAD_PARAMETER)
    return str(int(digits))
