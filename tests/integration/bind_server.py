# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real BIND on a free port of 127.0.0.1, with zones that take dynamic updates.

    with BindServer() as bind:
        bind.options              # how the modules reach it: server, port, tsig
        bind.add("_vlmcs._tcp.corp.example", 3600, "SRV", "0 0 1688 kms01.corp.example.")
        assert bind.records("_vlmcs._tcp.corp.example", "SRV") == ["0 0 1688 kms01.corp.example."]

Zones, by who may update them: corp.example and branch.example the holder of the key; open.example everybody;
locked.example nobody (the server refuses); guarded.example the holder of another key; broken.example does not load
(server failure). away.corp.example is delegated to a server that does not exist.
"""

from __future__ import annotations

import base64
import secrets
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

import dns.message
import dns.name
import dns.query
import dns.rcode
import dns.rdatatype
import dns.tsig
import dns.update
from integration.winsim_server import free_port

KEY_NAME = "kms-publisher"
UPDATERS = {
    "corp.example": f'allow-update {{ key "{KEY_NAME}"; }};',
    "branch.example": f'allow-update {{ key "{KEY_NAME}"; }};',
    "open.example": "allow-update { any; };",
    "locked.example": "",
    "guarded.example": 'update-policy { grant "other-key" zonesub ANY; };',
    "broken.example": "",
}
ZONE_FILE = """$TTL 600
@ IN SOA ns1.corp.example. hostmaster.corp.example. 1 3600 600 86400 60
@ IN NS ns1.corp.example.
"""
CORP_EXTRA = """ns1 IN A {address}
away IN NS ns.elsewhere.invalid.
"""
CONFIGURATION = """
options {{
    directory "{folder}";
    pid-file "{folder}/named.pid";
    session-keyfile "{folder}/session.key";
    listen-on port {port} {{ {address}; }};
    listen-on-v6 {{ none; }};
    recursion no;
    dnssec-validation no;
    minimal-responses yes;
    allow-query {{ any; }};
    {options}
}};
controls {{ }};
key "{key_name}" {{ algorithm hmac-sha256; secret "{secret}"; }};
key "other-key" {{ algorithm hmac-sha256; secret "{other_secret}"; }};
{zones}
"""


def new_secret() -> str:
    """A fresh TSIG secret in base64."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


class BindServer:
    """A context manager: named as a foreground process with configuration and zones in a folder of its own."""

    # BIND listens on addresses of interfaces only, and of 127.0.0.0/8 an interface has just this one.
    address = "127.0.0.1"

    def __init__(self, options: str = "", zones: dict[str, str] | None = None) -> None:
        self.port = free_port()  # DNS needs the same number for UDP, which nobody else takes here
        self.secret = new_secret()
        self._options = options
        self._zones = UPDATERS if zones is None else zones
        self._temporary = tempfile.TemporaryDirectory(prefix="bind-")
        self.folder = Path(self._temporary.name)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def options(self) -> dict[str, Any]:
        """The options of a module that reaches this server with the right key."""
        return {**self.place, "tsig": {"name": KEY_NAME, "secret": self.secret}}

    @property
    def place(self) -> dict[str, Any]:
        """The options that say where it is."""
        return {"server": self.address, "port": self.port}

    # -- life -------------------------------------------------------------------------------------------------------

    def __enter__(self) -> BindServer:
        self._write_files()
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self._temporary.cleanup()

    def start(self) -> None:
        """Start named and wait until it answers."""
        log = (self.folder / "log").open("ab")
        command = ["named", "-g", "-c", str(self.folder / "named.conf"), "-n", "1"]
        self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                dns.query.tcp(dns.message.make_query("corp.example.", "SOA"), self.address, 5, self.port)
            except OSError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise RuntimeError(f"named did not start:\n{(self.folder / 'log').read_text()}")

    def stop(self) -> None:
        """Stop named; its zones stay until the end of the with block."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=60)
            self._process = None

    def _write_files(self) -> None:
        zones = []
        for name, updaters in self._zones.items():
            text = ZONE_FILE + (CORP_EXTRA.format(address=self.address) if name == "corp.example" else "")
            if name != "broken.example":
                (self.folder / name).write_text(text)
            zones.append(f'zone "{name}" {{ type primary; file "{name}"; {updaters} }};')
        configuration = CONFIGURATION.format(
            folder=self.folder,
            port=self.port,
            address=self.address,
            options=self._options,
            key_name=KEY_NAME,
            secret=self.secret,
            other_secret=new_secret(),
            zones="\n".join(zones),
        )
        (self.folder / "named.conf").write_text(configuration)

    # -- records ----------------------------------------------------------------------------------------------------

    def records(self, name: str, kind: str) -> list[str]:
        """The records of a name and a kind as texts of a zone file, sorted."""
        found = self._answer(name, kind)
        return sorted(rdata.to_text() for rdata in found)

    def ttl(self, name: str, kind: str) -> int | None:
        """The TTL of the records of a name and a kind."""
        found = self._answer(name, kind)
        return found.ttl if found else None

    def add(self, name: str, ttl: int, kind: str, *values: str) -> None:
        """Add records by an update of the test's own."""
        message = dns.update.UpdateMessage(self._zone_of(name))
        message.add(f"{name}.", ttl, kind, *values)
        self._update(message)

    def serial(self, zone: str) -> int:
        """The serial number of a zone, which every update that changes something raises."""
        return self._answer(zone, "SOA")[0].serial

    def _answer(self, name: str, kind: str) -> Any:
        answer = dns.query.tcp(dns.message.make_query(f"{name}.", kind), self.address, 10, self.port)
        return answer.get_rrset(answer.answer, answer.question[0].name, 1, dns.rdatatype.from_text(kind)) or ()

    def _zone_of(self, name: str) -> str:
        return next(zone for zone in self._zones if name == zone or name.endswith(f".{zone}"))

    def _update(self, message: dns.update.UpdateMessage) -> None:
        name = dns.name.from_text(KEY_NAME)
        message.use_tsig({name: dns.tsig.Key(name, self.secret, "hmac-sha256")}, name)
        answer = dns.query.tcp(message, self.address, 10, self.port)
        assert answer.rcode() == dns.rcode.NOERROR, dns.rcode.to_text(answer.rcode())
