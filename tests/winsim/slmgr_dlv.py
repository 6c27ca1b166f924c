# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""slmgr.vbs /dlv (slmgr.md, section 2)."""

from __future__ import annotations

from .licensing import WINDOWS_APP, Record, is_kms_client, is_kms_host
from .ospp_text import NEVER, local_date, parse_dmtf
from .sentences import hex_code
from .slmgr_page import Run, is_host_machine

DEFAULT_PORT = 1688
_URLS = {
    "ProcessorURL": "url_processor",
    "MachineURL": "url_machine",
    "UseLicenseURL": "url_use_licence",
    "ProductKeyURL": "url_key",
    "ValidationURL": "url_validation",
}
_REASONS = {0xC004F200: "reason_non_genuine", 0xC004F009: "reason_expired"}
_ACTIVATION_TYPE = {"1": "type_ad", "2": "type_kms", "3": "type_token"}
_KNOWN_STATES = range(7)
_COUNTERS = {
    "total_requests": "TotalRequests",
    "failed_requests": "FailedRequests",
    "unlicensed_requests": "UnlicensedRequests",
    "licensed_requests": "LicensedRequests",
    "initial_requests": "OOBGraceRequests",
    "expired_requests": "OOTGraceRequests",
    "non_genuine_requests": "NonGenuineGraceRequests",
    "notification_requests": "NotificationRequests",
}
_INDENT = "    "


def show_licences(page: Run, arguments: list[str]) -> None:
    """``/dlv``: Windows' licence; ``/dlv all``: every licence; ``/dlv ID``: that one."""
    service = page.wmi.service()
    products = page.wmi.products()
    page.tell("service_version", value=service.get("Version", ""))
    wanted = arguments[0].lower() if arguments else ""
    if not wanted:
        chosen = [p for p in products if p["ApplicationId"].lower() == WINDOWS_APP and p.get("PartialProductKey")]
    elif wanted == "all":
        chosen = products
    else:
        chosen = [p for p in products if p["ID"].lower() == wanted]
    if not chosen:
        page.tell("key_not_found")
    for product in chosen:
        _show(page, service, product)
        if wanted in ("", "all"):
            page.say("")


def _show(page: Run, service: Record, product: Record) -> None:
    page.say("")
    page.tell("name", value=product["Name"])
    page.tell("description", value=product["Description"])
    if product.get("LicenseFamilyInformation"):
        page.tell("additional", value=product["LicenseFamilyInformation"])
    page.tell("activation_id", value=product["ID"])
    page.tell("application_id", value=product["ApplicationId"])
    page.tell("extended_pid", value=product.get("ProductKeyID", ""))
    page.tell("channel", value=product.get("ProductKeyChannel", ""))
    page.tell("installation_id", value=product.get("OfflineInstallationId", ""))
    if not is_kms_client(product):
        page.say(*(page.text(text, value=product[name]) for name, text in _URLS.items() if product.get(name)))
    partial_key = product.get("PartialProductKey")
    if partial_key:
        page.tell("partial_key", value=partial_key)
    else:
        page.tell("not_in_use")
    _show_status(page, product)
    _show_rearm_and_dates(page, service, product)
    if is_kms_client(product) and partial_key:
        _show_client(page, service, product)
    if is_kms_host(product) and is_host_machine(product):
        _show_host(page, product)


def _show_status(page: Run, product: Record) -> None:
    status = int(product.get("LicenseStatus") or 0)
    minutes = int(product.get("GracePeriodRemaining") or 0)
    span = {"minutes": minutes, "days": -(-minutes // 1440)}
    page.tell(f"status_{status}" if status in _KNOWN_STATES else "status_unknown")
    if status == 1 and minutes:
        page.tell("volume_expiration", **span)
    elif status in (2, 3, 4, 6):
        page.tell("time_remaining", **span)
    elif status == 5:
        reason = int(product.get("LicenseStatusReason") or "0", 16)
        page.tell(_REASONS.get(reason, "reason_other"), number=f"0x{hex_code(reason)}")


def _show_rearm_and_dates(page: Run, service: Record, product: Record) -> None:
    style = page.machine.os.get("DateStyle", "")
    end = parse_dmtf(product.get("EvaluationEndDate", ""))
    if end.year != NEVER.year:
        page.tell("evaluation_end", value=local_date(end, style))
    if product["ApplicationId"].lower() == WINDOWS_APP:
        page.tell("rearm_windows", value=service.get("RemainingWindowsReArmCount", ""))
    else:
        page.tell("rearm_app", value=product.get("RemainingAppReArmCount", ""))
    page.tell("rearm_sku", value=product.get("RemainingSkuReArmCount", ""))
    if product.get("TrustedTime"):
        page.tell("trusted_time", value=local_date(parse_dmtf(product["TrustedTime"]), style))


def _show_client(page: Run, service: Record, product: Record) -> None:
    page.tell(_ACTIVATION_TYPE.get(product.get("VLActivationTypeEnabled", ""), "type_all"))
    page.say("")
    if product.get("VLActivationType") == "1":
        page.tell("most_recent")
        page.tell("ad_client")
        _tell_indented(page, "ao_name", product.get("ADActivationObjectName", ""))
        _tell_indented(page, "ao_dn", product.get("ADActivationObjectDN", ""))
        _tell_indented(page, "ao_pid", product.get("ADActivationCsvlkPid", ""))
        _tell_indented(page, "ao_id", product.get("ADActivationCsvlkSkuId", ""))
    elif product.get("LicenseStatus") != "1":
        page.tell("please_activate")
    else:
        _show_kms_client(page, service, product)


def _show_kms_client(page: Run, service: Record, product: Record) -> None:
    domain = product.get("KeyManagementServiceLookupDomain", "")
    host, port = page.machine.kms_override(product)
    registered = f"{host}:{port or DEFAULT_PORT}"
    discovered = product.get("DiscoveredKeyManagementServiceMachineName", "")
    page.tell("most_recent")
    page.tell("kms_client")
    _tell_indented(page, "cmid", service.get("ClientMachineID", ""))
    if domain:
        _tell_indented(page, "lookup_domain", domain)
    if host:
        _tell_indented(page, "kms_registered", registered)
    elif discovered:
        found = f"{discovered}:{product.get('DiscoveredKeyManagementServiceMachinePort', '')}"
        _tell_indented(page, "kms_from_dns", found)
    else:
        _tell_indented(page, "kms_not_available")
    address = product.get("DiscoveredKeyManagementServiceMachineIpAddress", "")
    _tell_indented(page, "kms_address" if address else "kms_no_address", address)
    _tell_indented(page, "kms_pid", product.get("KeyManagementServiceProductKeyID", ""))
    _tell_indented(page, "activation_interval", product.get("VLActivationInterval") or 0)
    _tell_indented(page, "renewal_interval", product.get("VLRenewalInterval") or 0)
    is_cached = service.get("KeyManagementServiceHostCaching") != "False"
    _tell_indented(page, "caching_enabled" if is_cached else "caching_disabled")
    if host and domain:
        page.say("", page.text("kms_overrides", kms=registered))


def _show_host(page: Run, product: Record) -> None:
    page.say("", page.text("kms_enabled"))
    _tell_indented(page, "current_count", product.get("KeyManagementServiceCurrentCount") or 0)
    _tell_indented(page, "listening", page.machine.listening_port or DEFAULT_PORT)
    _tell_indented(page, "dns_enabled" if page.machine.publishes_dns else "dns_disabled")
    _tell_indented(page, "priority_low" if page.machine.has_low_priority else "priority_normal")
    if product.get("KeyManagementServiceTotalRequests"):
        page.say("", page.text("cumulative"))
        for text, name in _COUNTERS.items():
            _tell_indented(page, text, product.get("KeyManagementService" + name, ""))


def _tell_indented(page: Run, name: str, value: object = "") -> None:
    page.say(_INDENT + page.text(name, value=value))
