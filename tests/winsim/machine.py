# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One simulated Windows computer, and the view of it that one command has."""

from __future__ import annotations

import ntpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from .faults import Fault
from .files import FOLDER
from .licensing import Licensing, is_office

SYSTEM32 = r"C:\Windows\System32"
_MAIN_PROGRAM = {
    "visio_pro": "VISIO.EXE",
    "visio_std": "VISIO.EXE",
    "project_pro": "WINPROJ.EXE",
    "project_std": "WINPROJ.EXE",
}
# How the state files spell: every query of sppsvc's classes fails because the service is not there.
_LICENSING_QUERIES = ("fail.query.softwarelicensingservice", "fail.query.softwarelicensingproduct")
SERVICE_DOES_NOT_EXIST = "80070424"
SERVICE_DOES_NOT_ANSWER = "8007041D"
# How 1 January 1601 looks in the short date format of a language; scripts print dates in it.
_DATE_STYLES = {"de": "01.01.1601", "fr": "01/01/1601", "sv": "1601-01-01", "ja": "1601/01/01"}
_WINDOWS_FILES = {
    rf"{SYSTEM32}\{name}": name
    for name in ("cmd.exe", "cscript.exe", "reg.exe", "sc.exe", "slmgr.vbs", "vbscript.dll", "slui.exe")
}


@dataclass(frozen=True)
class Installation:
    """One installed Office product. ``version`` is its year, ``bits`` its own (not Windows') bitness."""

    product: str
    version: int
    bits: int = 64

    @property
    def office_folder(self) -> str:
        """Office14, Office15 or Office16; everything since 2016 is Office16."""
        return {2010: "Office14", 2013: "Office15"}.get(self.version, "Office16")

    def files(self, windows_bits: int) -> dict[str, str]:
        """Path to kind of the files that matter; ``ospp:2013`` and its like mark the script's flavour."""
        folder = r"C:\Program Files (x86)" if self.bits == 32 and windows_bits == 64 else r"C:\Program Files"
        base = rf"{folder}\Microsoft Office"
        flavour = self.version if self.version <= 2013 else 2016
        programs = rf"{base}\root\{self.office_folder}" if self.version >= 2016 else rf"{base}\{self.office_folder}"
        program = _MAIN_PROGRAM.get(self.product, "WINWORD.EXE")
        return {
            rf"{base}\{self.office_folder}\OSPP.VBS": f"ospp:{flavour}",
            rf"{base}\{self.office_folder}\SLERROR.XML": "slerror.xml",
            rf"{programs}\{program}": program,
        } | ({rf"{base}\{self.office_folder}\OSPPREARM.EXE": "ospprearm.exe"} if self.version >= 2013 else {})


@dataclass
class Machine:
    """A computer of the fleet.

    ``files`` holds what commands created: path in lower case to (path, kind), kinds as in files.py. ``firewall``: the
    Windows firewall blocks what no rule allows; ``rules`` by name. ``dns_zones``: it is a Microsoft DNS server for
    them, with the TTLs of records that have one of their own. ``jobs`` are asynchronous tasks, ``hung`` the
    programs that still wait for somebody to click, ``ad_groups`` the groups made from here, by DN. ``winhttp_proxy``
    has ``server``, ``bypass`` and ``authenticating``; None: direct access. ``clock_offset``: by how many seconds its
    clock is ahead of the world's. ``connection`` and ``certificate`` are how Ansible reaches it.
    """

    name: str
    licensing: Licensing
    caption: str = "Microsoft Windows 10 Enterprise"
    revision: int = 0
    bits: int = 64
    language: str = "en-US"
    user: str = "admin"
    elevated: bool = True
    vbscript: bool = True
    reach: dict[str, Any] = field(default_factory=dict)
    office: list[Installation] = field(default_factory=list)
    files: dict[str, list[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    firewall: bool = False
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    dns_zones: list[str] | None = None
    dns_ttls: dict[str, int] = field(default_factory=dict)
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    hung: list[str] = field(default_factory=list)
    ad_groups: dict[str, dict[str, Any]] = field(default_factory=dict)
    winhttp_proxy: dict[str, Any] | None = None
    clock_offset: float = 0.0
    connection: str = "http"
    certificate: str = "good"

    def to_json(self) -> dict[str, Any]:
        """Plain data for the store."""
        data = {name: getattr(self, name) for name in self.__dataclass_fields__}
        data["licensing"] = self.licensing.to_json()
        data["office"] = [vars(one) for one in self.office]
        data["faults"] = [fault.to_json() for fault in self.faults]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Machine:
        """The inverse of ``to_json``."""
        values = dict(data)
        values["licensing"] = Licensing.from_json(values["licensing"])
        values["office"] = [Installation(**one) for one in values["office"]]
        values["faults"] = [Fault.read(fault) for fault in values["faults"]]
        return cls(**values)


@dataclass
class View:
    """The machine as one command meets it: with the faults that strike this command and its account.

    ``downloads`` is what URLs and UNC paths give; ``delay`` how many seconds the command really takes; ``started`` the
    names of the programs that it started.
    """

    machine: Machine
    world: Any = None
    faults: dict[str, Fault] = field(default_factory=dict)
    become_user: str | None = None
    folder: str = ""
    downloads: dict[str, dict[str, Any]] = field(default_factory=dict)
    delay: float = 0.0
    started: list[str] = field(default_factory=list)

    @property
    def licensing(self) -> Licensing:
        """The licensing state, which commands change."""
        return self.machine.licensing

    @property
    def elevated(self) -> bool:
        """Whether the command's token is elevated; become gives one that is."""
        if self.become_user:
            return True
        return self.machine.elevated and "not_elevated" not in self.faults

    @property
    def language(self) -> str:
        """The display language, such as en-US."""
        fault = self.faults.get("localised")
        return fault.language if fault else self.machine.language

    @property
    def has_vbscript(self) -> bool:
        """Whether the VBScript engine is installed."""
        return self.machine.vbscript and "no_vbscript" not in self.faults

    @property
    def temp(self) -> str:
        """The temporary folder of the account."""
        return rf"C:\Users\{self.machine.user}\AppData\Local\Temp"

    def now(self) -> datetime:
        """What its clock shows."""
        now = self.world.clock.now() if self.world is not None else datetime.now(timezone.utc)
        return now + timedelta(seconds=self.machine.clock_offset)

    def variables(self) -> dict[str, str | None]:
        """The environment variables of the plain language; None: known, and not defined here."""
        return {
            "ProgramFiles": r"C:\Program Files",
            "ProgramFiles(x86)": r"C:\Program Files (x86)" if self.machine.bits == 64 else None,
            "windir": r"C:\Windows",
            "SystemRoot": r"C:\Windows",
            "TEMP": self.temp,
        }

    def expand(self, path: str) -> str:
        """A path with its environment variables replaced, as modules do with their path arguments."""
        known = self.variables() | {"USERPROFILE": rf"C:\Users\{self.machine.user}", "SystemDrive": "C:"}
        known |= {"TMP": self.temp, "ProgramData": r"C:\ProgramData"}
        for name, value in known.items():
            if value is not None:
                path = re.sub(f"%{re.escape(name)}%", value.replace("\\", r"\\"), path, flags=re.IGNORECASE)
        return path

    def resolve(self, path: str) -> str:
        """An absolute, normalised path."""
        path = path.strip('"').replace("/", "\\")
        folder = self.folder or rf"C:\Users\{self.machine.user}"
        return ntpath.normpath(ntpath.join(folder, path))

    def file_kind(self, path: str) -> str | None:
        """What the file is, or None where there is none."""
        kind = self._files().get(self.resolve(path).lower())
        return None if kind == FOLDER else kind

    def is_folder(self, path: str) -> bool:
        """Whether a folder is there."""
        return self.exists(path) and self.file_kind(path) is None

    def below(self, path: str) -> list[str]:
        """The paths of everything that commands put below a folder."""
        inside = self.resolve(path).lower().rstrip("\\") + "\\"
        return [written for lowered, (written, _) in self.machine.files.items() if lowered.startswith(inside)]

    def exists(self, path: str) -> bool:
        """Whether a file or a folder is there."""
        wanted = self.resolve(path).lower()
        inside = wanted.rstrip("\\") + "\\"
        folders = [self.temp.lower() + "\\", SYSTEM32.lower() + "\\", "c:\\program files\\"]
        folders += ["c:\\windows\\temp\\", "c:\\programdata\\"]
        folders += ["c:\\program files (x86)\\"] if self.machine.bits == 64 else []
        return any(one == wanted or one.startswith(inside) for one in (*self._files(), *folders))

    def write(self, path: str, kind: str) -> None:
        """Create or replace a file."""
        absolute = self.resolve(path)
        self.machine.files[absolute.lower()] = [absolute, kind]

    def remove(self, path: str) -> bool:
        """Delete a file that a command created; False where there is none."""
        return self.machine.files.pop(self.resolve(path).lower(), None) is not None

    def _files(self) -> dict[str, str]:
        files = dict(_WINDOWS_FILES)
        if not self.has_vbscript:
            del files[rf"{SYSTEM32}\vbscript.dll"]
        if "no_office" not in self.faults:
            for one in sorted(self.machine.office, key=lambda office: office.version):
                files |= one.files(self.machine.bits)
        files |= {path: shared["kind"] for path, shared in self.downloads.items() if path.startswith("\\\\")}
        found = {path.lower(): kind for path, kind in files.items()}
        if "no_script" in self.faults:
            found = {path: kind for path, kind in found.items() if not kind.startswith("ospp:")}
        return found | {path: kind for path, (_, kind) in self.machine.files.items()}

    def reach(self) -> dict[str, Any]:
        """What the machine gets to, with the faults of the network."""
        reach = dict(self.machine.reach)
        for fault, part in (("dns_down", "dns"), ("kms_down", "kms"), ("microsoft_unreachable", "microsoft")):
            if fault in self.faults:
                reach[part] = False
        return reach | {"winhttp_proxy": self.machine.winhttp_proxy}

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Give the licensing state what the faults change, and take it back afterwards."""
        licensing = self.licensing
        kept: dict[str, Any] = {"os": licensing.os, "services": licensing.services}
        licensing.os = dict(licensing.os) | {"NoAdmin": "0" if self.elevated else "1"}
        if self.language.partition("-")[0].lower() in _DATE_STYLES:
            licensing.os["DateStyle"] = _DATE_STYLES[self.language.partition("-")[0].lower()]
        if self.world is not None:
            licensing.world = self.world.activator(licensing.computer_name, self.reach())
        if "service_absent" in self.faults:
            licensing.services = [one for one in licensing.services if one.get("Name") not in ("sppsvc", "osppsvc")]
            licensing.os |= dict.fromkeys(_LICENSING_QUERIES, SERVICE_DOES_NOT_EXIST)
        elif "service_disabled" in self.faults:
            licensing.services = [one | {"StartMode": "Disabled"} for one in licensing.services]
        if "service_will_not_start" in self.faults:
            licensing.os["fail.start"] = SERVICE_DOES_NOT_ANSWER
            if any(one.get("Name") == "sppsvc" and one.get("Failed") for one in licensing.services):
                licensing.os |= dict.fromkeys(_LICENSING_QUERIES, SERVICE_DOES_NOT_ANSWER)
        if "no_office" in self.faults:
            kept["products"] = licensing.products
            licensing.products = [one for one in licensing.products if not is_office(one)]
        try:
            yield
        finally:
            for name, value in kept.items():
                setattr(licensing, name, value)
            licensing.world = None
