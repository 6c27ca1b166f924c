# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft's ospp.vbs in its 2010, 2013 and 2016+ forms, written from what the genuine scripts print.

Facts and their sources: the transcripts in tests/data/transcripts. The 2010 form is the 2013 one over Office's own
service on every Windows, without the lines about AD and activation types.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .licensing import (
    OFFICE_2010_APP,
    OFFICE_APP,
    OSPP_ROOT,
    SPP_ROOT,
    HResult,
    Licensing,
    Record,
    ScriptOutput,
    is_kms,
)
from .licensing_service import LicensingService
from .ospp_history import client_machine_id_from_events, failure_history, kms_history
from .ospp_status import StatusListing
from .ospp_text import APPLIED, NO_KEYS, Page, Popup, Stop
from .sentences import meaning, signed

UNSUPPORTED = "Unsupported command passed."
NO_SERVICE = "Error: The Software Protection Platform service is not installed."
NO_KMS = "No Office KMS licenses were found on the system."
_SERVER_UNAVAILABLE = 462


def run(
    licensing: Licensing, args: list[str], flavour: str, popups: str = "hang", script_name: str = "OSPP.VBS"
) -> ScriptOutput:
    """Run the script of one Office generation (``flavour`` 2010, 2013 or 2016) with its arguments.

    With ``popups="hang"`` the text ends where a message box opens and ``hangs`` is true; with ``"dismiss"`` the
    box is shown as a line ``<<POPUP>> text`` and the script goes on, as the transcripts do.
    """
    page = Page(licensing, flavour, script_name)
    try:
        _Script(page, licensing, flavour).run(args)
    except Stop:
        pass
    except Popup as popup:
        if popups == "hang":
            return page.hang()
        page.say(f"<<POPUP>> {popup}")
    return page.finish()


@dataclass
class _Script:
    page: Page
    machine: Licensing
    flavour: str

    def __post_init__(self) -> None:
        self.office_classes = self.flavour == "2010" or self.machine.windows == (6, 1)
        self.wmi = LicensingService(self.machine, "osppsvc" if self.office_classes else "sppsvc")

    def run(self, args: list[str]) -> None:
        """Find the command in the first argument and run it."""
        argument = args[0].lower() if args and len(args) < 5 else ""
        command, colon, _ = argument.partition(":")
        command += colon
        simple, valued, host_free = self._commands()
        known = simple.get(command) or valued.get(command)
        if command in ("/?", "/help") or not args:
            raise Popup("File not found: ospp.htm")
        if command == "/version":
            raise Popup("Version Info: 2016 1.0" if self.page.is_2016 else "Version Info: 2013 1.0 (RTM)")
        if command == "/ddescr:" and argument.replace(command, "").startswith("0x"):
            raise Popup("slui.exe")
        if known is None:
            raise Popup(UNSUPPORTED)
        # The script removes every "/command:" from the argument, not only the first.
        value = argument.replace(command, "")
        if colon and not value:
            raise Popup(f"{UNSUPPORTED} A value is required for: {command}")
        self._connect(args)
        if command not in host_free and self.office_classes and not self.machine.has_service("osppsvc"):
            raise Popup(NO_SERVICE)
        try:
            simple[command]() if command in simple else valued[command](value)
        except HResult as failure:
            self.page.error(failure.code)

    def _commands(self) -> tuple[dict[str, Callable[[], None]], dict[str, Callable[[str], None]], set[str]]:
        simple: dict[str, Callable[[], None]] = {
            "/dstatus": lambda: self._list(everything=False),
            "/dstatusall": lambda: self._list(everything=True),
            "/act": self._activate,
            "/remhst": lambda: self._apply(self.wmi.clear_kms_machine),
            "/ckms-domain": lambda: self._newer_only("/ckms-domain", lambda p: self.wmi.set_lookup_domain(p, "")),
            "/dinstid": self._installation_ids,
            "/dcmid": self._client_machine_id,
            "/dhistorykms": lambda: kms_history(self.page),
            "/dhistoryacterr": lambda: failure_history(self.page),
            "/puserops": lambda: self._user_operations(1),
            "/duserops": lambda: self._user_operations(0),
        }
        valued: dict[str, Callable[[str], None]] = {
            "/inpkey:": self._install_key,
            "/unpkey:": self._uninstall_key,
            "/sethst:": lambda host: self._apply(lambda p: self.wmi.set_kms_machine(p, host)),
            "/setprt:": lambda port: self._apply(lambda p: self.wmi.set_kms_port(p, port)),
            "/skms-domain:": lambda name: self._newer_only(
                "/skms-domain", lambda p: self.wmi.set_lookup_domain(p, name)
            ),
            "/actype:": self._activation_type,
            "/cachst:": self._host_caching,
            "/actcid:": self._deposit,
        }
        if self.flavour == "2010":
            for absent in ("/skms-domain:", "/ckms-domain", "/actype:"):
                simple.pop(absent, None)
                valued.pop(absent, None)
        return simple, valued, {"/dhistorykms", "/dhistoryacterr"}

    def _connect(self, args: list[str]) -> None:
        """A second argument names another computer; none of those is there, and no failure has an error block."""
        code = 0
        if len(args) > 1 and args[1].lower() not in (".", "localhost", self.machine.computer_name.lower()):
            code = _SERVER_UNAVAILABLE
        elif self.machine.os.get("fail.connect"):
            code = int(self.machine.os["fail.connect"], 16)
        if code:
            raise Popup(f"ERROR CODE: {signed(code)}", f"ERROR DESCRIPTION: {meaning(code)}")

    # -- commands ----------------------------------------------------------------------------------

    def _products(self) -> list[Record]:
        application = OFFICE_2010_APP if self.flavour == "2010" else OFFICE_APP
        return [p for p in self.wmi.products() if p.get("ApplicationId", "").lower() == application]

    def _list(self, everything: bool) -> None:
        caching = self.wmi.service().get("KeyManagementServiceHostCaching", "True") != "False"
        listing = StatusListing(self.page, self.machine, caching, self.office_classes, everything)
        listing.run(self._products())

    def _keyed(self) -> list[Record]:
        keyed = [p for p in self._products() if p.get("ProductKeyID")]
        if not keyed:
            self.page.say(NO_KEYS)
            self.page.separate()
        return keyed

    def _activate(self) -> None:
        for product in self._keyed():
            self.page.say(
                "Installed product key detected - attempting to activate the following product:",
                f"SKU ID: {product['ID']}",
                f"LICENSE NAME: {product['Name']}",
                f"LICENSE DESCRIPTION: {product['Description']}",
                f"Last 5 characters of installed product key: {product['PartialProductKey']}",
            )
            try:
                self.wmi.activate(product)
                self.page.say("<Product activation successful>")
            except HResult as failure:
                self.page.error(failure.code, activating=True)
            self.page.separate()

    def _install_key(self, key: str) -> None:
        self.wmi.service()
        self.wmi.install_key(key)
        self.page.say("<Product key installation successful>")

    def _uninstall_key(self, last_five: str) -> None:
        found = False
        for product in self._products():
            if not product.get("ProductKeyID"):
                continue
            if len(last_five) != 5:
                raise Popup(
                    "The last 5 characters of an installed product key are required", "to uninstall a product key."
                )
            if product["PartialProductKey"].upper() != last_five.upper():
                continue
            found = True
            self.page.say(f"Uninstalling product key for: {product['Name']}")
            try:
                self.wmi.uninstall_key(product)
            except HResult as failure:
                self.page.error(failure.code)
                continue
            self.page.say("<Product key uninstall successful>")
            raise Stop
        if not found:
            self.page.say("<Product key not found>")

    def _apply(self, change: Callable[[Record], None]) -> None:
        """Change every KMS licence; a failure with a sentence does not stop the success line (transcript 61)."""
        licences = [p for p in self._products() if is_kms(p)]
        for product in licences:
            try:
                change(product)
            except HResult as failure:
                self.page.error(failure.code)
        self.page.say(APPLIED if licences else NO_KMS)

    def _newer_only(self, command: str, change: Callable[[Record], None]) -> None:
        if self.office_classes:
            raise Popup(f"The following command is supported on Windows 8 and above only: {command}")
        self._apply(change)

    def _activation_type(self, value: str) -> None:
        if self.office_classes:
            raise Popup("The following command is supported on Windows 8 and above only: /actype")
        if self._products() and value not in ("0", "1", "2", "3"):
            raise Popup(
                f"{UNSUPPORTED} A value of",
                "0  (for all)",
                "1  (for AD)",
                "2  (for KMS",
                "3  (for Token)",
                "Is required for: /actype",
            )
        self._apply(lambda product: self.wmi.set_activation_type(product, int(value)))

    def _host_caching(self, value: str) -> None:
        if value not in ("true", "false"):
            raise Popup(f"{UNSUPPORTED} A TRUE or FALSE value is required for: /cachst")
        self.wmi.set_host_caching(value == "true")
        self.page.say(APPLIED)

    def _installation_ids(self) -> None:
        for product in self._keyed():
            self.page.say(f"Installation ID for: {product['Name']}: {product.get('OfflineInstallationId', '')}")
            self.page.separate()

    def _deposit(self, confirmation_id: str) -> None:
        succeeded = False
        for product in self._keyed():
            try:
                self.wmi.deposit_confirmation_id(product, confirmation_id)
                if not succeeded:
                    self.page.say(f"LICENSE NAME: {product['Name']}", "<Offline product activation successful>")
                succeeded = True
            except HResult as failure:
                self.page.say(f"LICENSE NAME: {product['Name']}")
                self.page.error(failure.code)
            self.page.separate()

    def _client_machine_id(self) -> None:
        found = self.wmi.service().get("ClientMachineID", "")
        if self.page.is_2016 and self.machine.windows == (6, 2):
            keyed = {p["ID"].lower() for p in self._products() if p.get("ProductKeyID")}
            found = client_machine_id_from_events(self.page, keyed)
        self.page.say(f"Client Machine ID (CMID): {found or 'Not found.'}")

    def _user_operations(self, value: int) -> None:
        if not self.machine.is_admin:
            raise Popup(
                "Insufficient rights to perform operation.",
                "Ensure cmd.exe is elevated (right click > run as administrator).",
            )
        root = OSPP_ROOT if self.office_classes else SPP_ROOT
        self.machine.registry_set(root + "\\UserOperations", value)
        self.page.say(APPLIED)
