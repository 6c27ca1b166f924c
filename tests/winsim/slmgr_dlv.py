# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""slmgr.vbs /dlv (slmgr.md, section 2)."""

from __future__ import annotations

from .licensing import WINDOWS_APP, Record, is_kms_client, is_kms_host
from .ospp_text import NEVER, local_date, parse_dmtf
from .sentences import hex_code
from .slmgr_page import Run

DEFAULT_PORT = 1688
_STATUS = (
    "Unlicensed",
    "Licensed",
    "Initial grace period",
    "Additional grace period (KMS license expired or hardware out of tolerance)",
    "Non-genuine grace period.",
    "Notification",
    "Extended grace period",
)
_URLS = {
    "ProcessorURL": "Processor Certificate URL",
    "MachineURL": "Machine Certificate URL",
    "UseLicenseURL": "Use License URL",
    "ProductKeyURL": "Product Key Certificate URL",
    "ValidationURL": "Validation URL",
}
_REASONS = {0xC004F200: " (non-genuine).", 0xC004F009: " (grace time expired)."}
_ACTIVATION_TYPE = {"1": "AD", "2": "KMS", "3": "Token"}
_COUNTERS = {
    "Total requests received": "TotalRequests",
    "Failed requests received": "FailedRequests",
    "Requests with License Status Unlicensed": "UnlicensedRequests",
    "Requests with License Status Licensed": "LicensedRequests",
    "Requests with License Status Initial grace period": "OOBGraceRequests",
    "Requests with License Status License expired or Hardware out of tolerance": "OOTGraceRequests",
    "Requests with License Status Non-genuine grace period": "NonGenuineGraceRequests",
    "Requests with License Status Notification": "NotificationRequests",
}


def show_licences(page: Run, arguments: list[str]) -> None:
    """``/dlv``: Windows' licence; ``/dlv all``: every licence; ``/dlv ID``: that one."""
    service = page.wmi.service()
    products = page.wmi.products()
    page.say(f"Software licensing service version: {service.get('Version', '')}")
    wanted = arguments[0].lower() if arguments else ""
    if not wanted:
        chosen = [p for p in products if p["ApplicationId"].lower() == WINDOWS_APP and p.get("PartialProductKey")]
    elif wanted == "all":
        chosen = products
    else:
        chosen = [p for p in products if p["ID"].lower() == wanted]
    if not chosen:
        page.say("Error: product key not found.")
    for product in chosen:
        _show(page, service, product)
        if wanted in ("", "all"):
            page.say("")


def _show(page: Run, service: Record, product: Record) -> None:
    page.say("", f"Name: {product['Name']}", f"Description: {product['Description']}")
    if product.get("LicenseFamilyInformation"):
        page.say(f"Additional Information: {product['LicenseFamilyInformation']}")
    page.say(
        f"Activation ID: {product['ID']}",
        f"Application ID: {product['ApplicationId']}",
        f"Extended PID: {product.get('ProductKeyID', '')}",
        f"Product Key Channel: {product.get('ProductKeyChannel', '')}",
        f"Installation ID: {product.get('OfflineInstallationId', '')}",
    )
    if not is_kms_client(product):
        page.say(*(f"{label}: {product[name]}" for name, label in _URLS.items() if product.get(name)))
    partial_key = product.get("PartialProductKey")
    page.say(f"Partial Product Key: {partial_key}" if partial_key else "This license is not in use.")
    _show_status(page, product)
    _show_rearm_and_dates(page, service, product)
    if is_kms_client(product) and partial_key:
        _show_client(page, service, product)
    if is_kms_host(product) and int(product.get("IsKeyManagementServiceMachine") or 0) > 0:
        _show_host(page, service, product)


def _show_status(page: Run, product: Record) -> None:
    status = int(product.get("LicenseStatus") or 0)
    minutes = int(product.get("GracePeriodRemaining") or 0)
    span = f"{minutes} minute(s) ({-(-minutes // 1440)} day(s))"
    page.say(f"License Status: {_STATUS[status] if status < len(_STATUS) else 'Unknown'}")
    if status == 1 and minutes:
        page.say(f"Volume activation expiration: {span}")
    elif status in (2, 3, 4, 6):
        page.say(f"Time remaining: {span}")
    elif status == 5:
        reason = int(product.get("LicenseStatusReason") or "0", 16)
        page.say(f"Notification Reason: 0x{hex_code(reason)}{_REASONS.get(reason, '.')}")


def _show_rearm_and_dates(page: Run, service: Record, product: Record) -> None:
    style = page.machine.os.get("DateStyle", "")
    end = parse_dmtf(product.get("EvaluationEndDate", ""))
    if end.year != NEVER.year:
        page.say(f"Evaluation End Date: {local_date(end, style)}")
    if product["ApplicationId"].lower() == WINDOWS_APP:
        page.say(f"Remaining Windows rearm count: {service.get('RemainingWindowsReArmCount', '')}")
    else:
        page.say(f"Remaining App rearm count: {product.get('RemainingAppReArmCount', '')}")
    page.say(f"Remaining SKU rearm count: {product.get('RemainingSkuReArmCount', '')}")
    if product.get("TrustedTime"):
        page.say(f"Trusted time: {local_date(parse_dmtf(product['TrustedTime']), style)}")


def _show_client(page: Run, service: Record, product: Record) -> None:
    kind = _ACTIVATION_TYPE.get(product.get("VLActivationTypeEnabled", ""), "All")
    page.say(f"Configured Activation Type: {kind}", "")
    if product.get("VLActivationType") == "1":
        page.say(
            "Most recent activation information:",
            "AD Activation client information",
            f"    Activation Object name: {product.get('ADActivationObjectName', '')}",
            f"    AO DN: {product.get('ADActivationObjectDN', '')}",
            f"    AO extended PID: {product.get('ADActivationCsvlkPid', '')}",
            f"    AO activation ID: {product.get('ADActivationCsvlkSkuId', '')}",
        )
    elif product.get("LicenseStatus") != "1":
        page.say("Please use slmgr.vbs /ato to activate and update KMS client information in order to update values.")
    else:
        _show_kms_client(page, service, product)


def _show_kms_client(page: Run, service: Record, product: Record) -> None:
    domain = product.get("KeyManagementServiceLookupDomain", "")
    host, port = page.machine.kms_override(product)
    registered = f"{host}:{port or DEFAULT_PORT}"
    discovered = product.get("DiscoveredKeyManagementServiceMachineName", "")
    page.say(
        "Most recent activation information:",
        "Key Management Service client information",
        f"    Client Machine ID (CMID): {service.get('ClientMachineID', '')}",
    )
    if domain:
        page.say(f"    Registered KMS SRV record lookup domain: {domain}")
    if host:
        page.say(f"    Registered KMS machine name: {registered}")
    elif discovered:
        port_text = product.get("DiscoveredKeyManagementServiceMachinePort", "")
        page.say(f"    KMS machine name from DNS: {discovered}:{port_text}")
    else:
        page.say("    DNS auto-discovery: KMS name not available")
    address = product.get("DiscoveredKeyManagementServiceMachineIpAddress") or "not available"
    caching = "disabled" if service.get("KeyManagementServiceHostCaching") == "False" else "enabled"
    page.say(
        f"    KMS machine IP address: {address}",
        f"    KMS machine extended PID: {product.get('KeyManagementServiceProductKeyID', '')}",
        f"    Activation interval: {product.get('VLActivationInterval') or 0} minutes",
        f"    Renewal interval: {product.get('VLRenewalInterval') or 0} minutes",
        f"    KMS host caching is {caching}",
    )
    if host and domain:
        page.say(
            "", f"Warning: /skms setting overrides the /skms-domain setting. {registered} will be used for activation."
        )


def _show_host(page: Run, service: Record, product: Record) -> None:
    port = page.machine.listening_port or DEFAULT_PORT
    publishing = "enabled" if page.machine.publishes_dns else "disabled"
    priority = "Low" if service.get("KeyManagementServiceLowPriority") == "True" else "Normal"
    page.say(
        "",
        "Key Management Service is enabled on this machine",
        f"    Current count: {product.get('KeyManagementServiceCurrentCount') or 0}",
        f"    Listening on Port: {port}",
        f"    DNS publishing {publishing}",
        f"    KMS priority: {priority}",
    )
    if product.get("KeyManagementServiceTotalRequests"):
        page.say("", "Key Management Service cumulative requests received from clients")
        page.say(
            *(f"    {label}: {product.get('KeyManagementService' + name, '')}" for label, name in _COUNTERS.items())
        )
