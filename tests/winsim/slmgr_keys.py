# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""slmgr.vbs: keys, licence files and activation, online or by telephone (slmgr.md, section 2)."""

from __future__ import annotations

from .licensing import Record, is_mak
from .slmgr_page import Command, Run, ScriptError

_FILE_NOT_OPENED = 0x800A0BBA
_TOKEN_ONLY = "3"


def _install_key(page: Run, arguments: list[str]) -> None:
    """Put a key in; the registry value that follows can be refused although the key is in."""
    page.wmi.service()
    page.wmi.install_key(arguments[0])
    page.wmi.write_kms_version()
    page.tell("key_installed", key=arguments[0])


def _uninstall_key(page: Run, arguments: list[str]) -> None:
    """Remove one key or, without an activation ID, every key."""
    page.wmi.service()
    wanted = arguments[0].lower() if arguments else ""
    chosen = [p for p in page.keyed() if not wanted or p["ID"].lower() == wanted]
    for product in chosen:
        page.wmi.uninstall_key(product)
        page.tell("key_removed")
    page.wmi.write_kms_version()
    if not chosen:
        page.tell("key_not_found")


def _install_licence(page: Run, arguments: list[str]) -> None:
    content = page.read_file(arguments[0]) if page.read_file else None
    if content is None:
        raise ScriptError(_FILE_NOT_OPENED, "no_such_file")
    page.wmi.service()
    page.wmi.install_licence(content)
    page.tell("licence_installed", file=arguments[0])
    page.say("")


def _activate(page: Run, arguments: list[str]) -> None:
    page.wmi.service()
    product = page.keyed_or_windows(arguments[0] if arguments else "")
    if product is None:
        page.tell("product_not_found")
        return
    if product.get("VLActivationTypeEnabled") == _TOKEN_ONLY:
        page.tell("token_only")
        return
    page.tell("activating", name=product["Name"], id=product["ID"])
    # A licensed MAK is left alone; a KMS host is activated every time.
    if not (is_mak(product) and product["LicenseStatus"] == "1"):
        page.wmi.activate(product)
    page.tell("activated" if _is_licensed(product) else "activation_failed")


def _installation_id(page: Run, arguments: list[str]) -> None:
    page.wmi.service()
    product = page.keyed_or_windows(arguments[0] if arguments else "")
    if product is None:
        page.tell("product_not_found")
    else:
        page.tell("installation_id", value=product["OfflineInstallationId"])


def _deposit(page: Run, arguments: list[str]) -> None:
    page.wmi.service()
    product = page.keyed_or_windows(arguments[1] if len(arguments) > 1 else "")
    if product is None:
        page.tell("product_not_found")
        return
    page.wmi.deposit_confirmation_id(product, arguments[0])
    if _is_licensed(product):
        page.tell("confirmation_deposited", id=product["ID"])
    else:
        page.tell("activation_failed")


def _is_licensed(product: Record) -> bool:
    return product["LicenseStatus"] == "1"


COMMANDS: dict[str, Command] = {
    "/ipk": Command(_install_key, ("product_key",), needed=1),
    "/upk": Command(_uninstall_key, ("activation_id",)),
    "/ilc": Command(_install_licence, ("licence_file",), needed=1),
    "/ato": Command(_activate, ("activation_id",)),
    "/dti": Command(_installation_id, ("activation_id",)),
    "/atp": Command(_deposit, ("confirmation_id", "activation_id"), needed=1),
}
