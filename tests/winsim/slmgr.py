# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft's slmgr.vbs: the frame of every run and the commands for one product (slmgr.md).

A further group of commands joins as one more mapping from option to ``Command`` in ``COMMANDS``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .licensing import HResult, Licensing, Record, ScriptOutput, is_mak, is_office
from .sentences import hex_code, signed, slmgr_sentence
from .slmgr_dlv import show_licences
from .slmgr_page import Run

USAGE = (
    "Windows Software Licensing Management Tool",
    "Usage: slmgr.vbs [MachineName [User Password]] [<Option>]",
    "           MachineName: Name of remote machine (default is local machine)",
)


@dataclass(frozen=True)
class Command:
    """An option: the names of its arguments, how many are needed, and what runs."""

    action: Callable[[Run, list[str]], None]
    arguments: tuple[str, ...] = ()
    needed: int = 0


def run(licensing: Licensing, args: list[str]) -> ScriptOutput:
    """Run slmgr.vbs with its arguments."""
    page = Run(licensing)
    option = args[0].lower().replace("-", "/", 1) if args else ""
    if args and option[:1] != "/":
        # A machine name first: no other machine answers here.
        page.say(f"Error 0x800706BA occurred in connecting to server {args[0]}. {slmgr_sentence(0x800706BA)}")
        return page.finish(signed(0x800706BA))
    command = COMMANDS.get(option)
    if command is None:
        page.say(*((f"Unrecognized option: {args[0]}", "") if args else ()), *USAGE)
        return page.finish(1)
    if len(args) - 1 < command.needed:
        page.say("", f"Error: option {option[1:]} needs {command.arguments[len(args) - 1]}", *USAGE)
        return page.finish(1)
    if licensing.os.get("fail.connect"):
        code = int(licensing.os["fail.connect"], 16)
        page.say(f"Error 0x{hex_code(code)} occurred in connecting to the local WMI provider. {slmgr_sentence(code)}")
        return page.finish(signed(code))
    try:
        command.action(page, args[1:])
    except HResult as failure:
        number = f"0x{hex_code(failure.code)}" if failure.code >= 1 << 31 else str(failure.code)
        page.say(f"Error: {number} {slmgr_sentence(failure.code)}")
        return page.finish(signed(failure.code))
    return page.finish()


def _activate(page: Run, arguments: list[str]) -> None:
    page.wmi.service()
    product = page.find_keyed(arguments[0]) if arguments else _windows_product(page)
    if product is None:
        page.say("Error: product not found.")
        return
    page.say(f"Activating {product['Name']} ({product['ID']}) ...")
    # A licensed MAK is left alone; a KMS host is activated every time.
    if not (is_mak(product) and product["LicenseStatus"] == "1"):
        page.wmi.activate(product)
    licensed = product["LicenseStatus"] == "1"
    page.say("Product activated successfully." if licensed else "Error: Product activation failed.")


def _installation_id(page: Run, arguments: list[str]) -> None:
    page.wmi.service()
    product = page.find_keyed(arguments[0]) if arguments else _windows_product(page)
    found = product and f"Installation ID: {product['OfflineInstallationId']}"
    page.say(found or "Error: product not found.")


def _deposit(page: Run, arguments: list[str]) -> None:
    page.wmi.service()
    product = page.find_keyed(arguments[1]) if len(arguments) > 1 else _windows_product(page)
    if product is None:
        page.say("Error: product not found.")
        return
    page.wmi.deposit_confirmation_id(product, arguments[0])
    page.say(f"Confirmation ID for product {product['ID']} deposited successfully.")


def _windows_product(page: Run) -> Record | None:
    windows = (p for p in page.wmi.products() if not is_office(p) and p.get("PartialProductKey"))
    return next(windows, None)


COMMANDS: dict[str, Command] = {
    "/dlv": Command(show_licences, ("<Activation ID>",)),
    "/ato": Command(_activate, ("<Activation ID>",)),
    "/dti": Command(_installation_id, ("<Activation ID>",)),
    "/atp": Command(_deposit, ("<Confirmation ID>", "<Activation ID>"), needed=1),
}
