# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ospp.vbs /dstatus and /dstatusall (ospp.md, section 4)."""

from __future__ import annotations

from dataclasses import dataclass

from .licensing import Licensing, Record, is_kms
from .ospp_text import NEVER, NO_KEYS, Page, Stop, parse_dmtf
from .sentences import hex_code, ospp_sentence

_STATUS = ("UNLICENSED", "LICENSED", "OOB_GRACE", "OOT_GRACE", "NON_GENUINE_GRACE", "NOTIFICATIONS", "EXTENDED GRACE")
_ACTIVATION_TYPE = {"1": "AD", "2": "KMS", "3": "Token"}
_OBJECT_REQUIRED = 0x1A8
DEFAULT_PORT = 1688


@dataclass
class StatusListing:
    """One listing run; ``ad_seen`` is the script's flag that is set once and never reset."""

    page: Page
    machine: Licensing
    host_caching: bool
    office_classes: bool
    everything: bool = False
    ad_seen: bool = False

    def run(self, products: list[Record]) -> None:
        """Print a block for each keyed product (each product with ``everything``)."""
        keys = pending_error = False
        for product in products:
            if pending_error:
                # The engine keeps the failed look-up's error until the next licence is handled.
                self.page.unknown_error(_OBJECT_REQUIRED)
                raise Stop
            keyed = bool(product.get("ProductKeyID"))
            keys = keys or keyed
            if keyed or self.everything:
                pending_error = self._block(product, keyed)
        if not keys:
            self.page.say(NO_KEYS)
            self.page.separate()

    def _block(self, product: Record, keyed: bool) -> bool:
        page = self.page
        if page.is_2016 and not self.everything:
            page.say(f"PRODUCT ID: {product.get('ProductKeyID2', '')}")
        page.say(f"SKU ID: {product['ID']}", f"LICENSE NAME: {product['Name']}")
        page.say(f"LICENSE DESCRIPTION: {product['Description']}")
        if not self.everything:
            self._beta_expiration(product)
        has_unknown_reason = self._status(product)
        if keyed:
            page.say(f"Last 5 characters of installed product key: {product['PartialProductKey']}")
            self._volume_details(product)
        page.separate()
        return has_unknown_reason

    def _beta_expiration(self, product: Record) -> None:
        stamp = product.get("EvaluationEndDate", "")
        shown = self.page.date(stamp)
        is_set = shown != "1/1/1601" if self.page.is_2016 else parse_dmtf(stamp).year != NEVER.year
        if is_set:
            self.page.say(f"BETA EXPIRATION: {shown}")

    def _status(self, product: Record) -> bool:
        status = int(product.get("LicenseStatus") or 0)
        name = _STATUS[status] if status < len(_STATUS) else "UNKNOWN"
        self.page.say(f"LICENSE STATUS:  ---{name}--- ")
        reason = int(product.get("LicenseStatusReason") or "0", 16)
        if reason:
            note = " (for information purposes only as the status is licensed)" if status == 1 else ""
            self.page.say(f"ERROR CODE: 0x{hex_code(reason)}{note}")
            self.page.say(f"ERROR DESCRIPTION: {self.page.description(reason)}")
        minutes = int(product.get("GracePeriodRemaining") or 0)
        if minutes:
            self.page.say(f"REMAINING GRACE: {minutes // 1440} days  ({minutes} minute(s) before expiring)")
        return bool(reason) and ospp_sentence(reason) is None

    def _volume_details(self, product: Record) -> None:
        if is_kms(product) and not self.office_classes:
            kind = _ACTIVATION_TYPE.get(product.get("VLActivationTypeEnabled", ""), "ALL")
            self.page.say(f"Activation Type Configuration: {kind}")
        if not self.office_classes and product.get("VLActivationType") == "1":
            self.ad_seen = True
            self.page.say(
                "Most recent successful activation client information: AD",
                f"\tActivation Object name: {product.get('ADActivationObjectName', '')}",
                f"\tAO DN: {product.get('ADActivationObjectDN', '')}",
                f"\tAO extended PID: {product.get('ADActivationCsvlkPid', '')}",
                f"\tAO activation ID: {product.get('ADActivationCsvlkSkuId', '')}",
            )
        elif is_kms(product) and not self.ad_seen:
            self._kms_details(product)

    def _kms_details(self, product: Record) -> None:
        say = self.page.say
        discovered = product.get("DiscoveredKeyManagementServiceMachineName", "")
        if discovered:
            port = product.get("DiscoveredKeyManagementServiceMachinePort", "")
            say(f"\tKMS machine name from DNS: {discovered}:{port}")
        else:
            say("\tDNS auto-discovery: KMS name not available")
        host, port_number = self.machine.kms_override(product)
        if host:
            say(f"\tKMS machine registry override defined: {host}:{port_number or DEFAULT_PORT}")
        say(
            f"\tActivation Interval: {product.get('VLActivationInterval') or 0} minutes",
            f"\tRenewal Interval: {product.get('VLRenewalInterval') or 0} minutes",
            f"\tKMS host caching: {'Enabled' if self.host_caching else 'Disabled'}",
        )
        if product.get("KeyManagementServiceLookupDomain") and not self.office_classes:
            say(f"\tKMS Lookup Domain: {product['KeyManagementServiceLookupDomain']}")
