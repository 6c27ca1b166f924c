# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""KMS hosts with their counting rules, and the DNS records by which clients find them (activation.md, "Rules")."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from .licensing import WINDOWS_APP, HResult, Licensing, Record, is_kms_host, is_office
from .products import identify

DEFAULT_PORT = 1688
REMEMBERED = 50
REMEMBERED_FOR = timedelta(days=30)
OFFICE_THRESHOLD = 5
SERVER_THRESHOLD = 5
CLIENT_THRESHOLD = 25

COUNT_TOO_LOW = 0xC004F038
HOST_NOT_ACTIVATED = 0xC004F041
NOT_SERVED = 0xC004F042
DNS_FAILED = 0x8007232A
NO_SUCH_NAME = 0x8007232B

_STATUS_COUNTERS = {
    "0": "UnlicensedRequests",
    "1": "LicensedRequests",
    "2": "OOBGraceRequests",
    "3": "OOTGraceRequests",
    "4": "NonGenuineGraceRequests",
    "5": "NotificationRequests",
}
COUNTERS = ("TotalRequests", "FailedRequests", *_STATUS_COUNTERS.values())


def threshold(product: Record) -> int:
    """How many machines a KMS host must have counted before it activates this product."""
    if is_office(product):
        return OFFICE_THRESHOLD
    return SERVER_THRESHOLD if "server" in product.get("Name", "").lower() else CLIENT_THRESHOLD


def _number(text: str) -> int:
    """A priority or weight of DnsDomainPublishList; what is no 16-bit number counts as 0."""
    return int(text) if text.isascii() and text.isdigit() and int(text) < 65536 else 0


def plain_name(name: str) -> str:
    """A host name in the form used for comparison: lower case, no trailing dot, no brackets of IPv6."""
    return name.strip().lower().rstrip(".").strip("[]")


@dataclass(frozen=True)
class SrvRecord:
    """One ``_vlmcs._tcp`` record."""

    target: str
    port: int = DEFAULT_PORT
    priority: int = 0
    weight: int = 0


@dataclass
class DnsZone:
    """SRV records of ``_vlmcs._tcp`` by domain, and addresses by name; ``down``: the server answers nothing."""

    srv: dict[str, list[SrvRecord]] = field(default_factory=dict)
    a: dict[str, list[str]] = field(default_factory=dict)
    down: bool = False

    def lookup_srv(self, domain: str) -> list[SrvRecord]:
        """The KMS records of a domain. Raises HResult 8007232A when DNS is down, 8007232B without a record."""
        if self.down:
            raise HResult(DNS_FAILED)
        records = self.srv.get(plain_name(domain))
        if not records:
            raise HResult(NO_SUCH_NAME)
        return records

    def lookup_a(self, name: str) -> list[str]:
        """The addresses of a name; none when DNS is down."""
        wanted = plain_name(name)
        found = (addresses for known, addresses in self.a.items() if plain_name(known) == wanted)
        return [] if self.down else next(found, [])

    def publish(self, domain: str, record: SrvRecord) -> None:
        """Put a record into a domain, in place of one for the same target and port.

        One for another port stays: Windows adds its record and removes none, that is the administrator's task.
        """
        records = self.srv.setdefault(plain_name(domain), [])
        same = (plain_name(record.target), record.port)
        records[:] = [r for r in records if (plain_name(r.target), r.port) != same] + [record]

    def withdraw(self, domain: str, target: str, port: int | None = None) -> int:
        """Remove a host's records from a domain (those of one port, or all), as an administrator does; how many."""
        records = self.srv.get(plain_name(domain), [])
        kept = [r for r in records if plain_name(r.target) != plain_name(target) or port not in (None, r.port)]
        removed = len(records) - len(kept)
        records[:] = kept
        return removed


@dataclass
class KmsHost:
    """A KMS host.

    ``serves`` holds the Office versions whose host key is activated, ``keyed`` those whose key is only installed.
    ``clients`` remembers per application ID when each CMID asked last.
    """

    name: str
    addresses: list[str] = field(default_factory=list)
    port: int = DEFAULT_PORT
    running: bool = True
    reachable: bool = True
    serves: set[int] = field(default_factory=set)
    keyed: set[int] = field(default_factory=set)
    serves_windows: bool = False
    extended_pid: str = "06401-00206-234-056789-03-1033-17763.0000-1642024"
    clients: dict[str, dict[str, datetime]] = field(default_factory=dict)
    counters: dict[str, dict[str, int]] = field(default_factory=dict)

    def is_called(self, name: str) -> bool:
        """Whether a name or address means this host."""
        return plain_name(name) in {plain_name(n) for n in (self.name, *self.addresses)}

    def answers(self, port: int) -> bool:
        """Whether something listens on that port."""
        return self.running and self.reachable and port == self.port

    def count(self, application: str, now: datetime) -> int:
        """Distinct machines of the last 30 days for one application ID.

        A host that is asked for Office alone stops at twice the threshold; with Windows clients it goes on to 50.
        """
        pool = self.clients.get(application, {})
        recent = sum(1 for when in pool.values() if now - when <= REMEMBERED_FOR)
        mixed = any(self.clients.get(WINDOWS_APP, {}).values())
        return min(recent, REMEMBERED if mixed else 2 * OFFICE_THRESHOLD)

    def request(self, product: Record, cmid: str, now: datetime) -> None:
        """One activation request; returns when it is granted.

        Raises HResult C004F041 (host key not activated), C004F042 (version not served), both uncounted, or
        C004F038 (counted, but too few machines so far).
        """
        application = product["ApplicationId"].lower()
        counters = self.counters.setdefault(application, dict.fromkeys(COUNTERS, 0))
        counters["TotalRequests"] += 1
        counters[_STATUS_COUNTERS.get(product.get("LicenseStatus", "0"), "UnlicensedRequests")] += 1
        refusal = self._refusal(product)
        if refusal:
            counters["FailedRequests"] += 1
            raise HResult(refusal)
        self._remember(application, cmid, now)
        if self.count(application, now) < threshold(product):
            raise HResult(COUNT_TOO_LOW)

    def _refusal(self, product: Record) -> int:
        if not is_office(product):
            return 0 if self.serves_windows else NOT_SERVED
        known = identify(product)
        version = known[0] if known else 0
        if version in self.serves:
            return 0
        return HOST_NOT_ACTIVATED if version in self.keyed else NOT_SERVED

    def _remember(self, application: str, cmid: str, now: datetime) -> None:
        pool = self.clients.setdefault(application, {})
        pool.pop(cmid, None)
        pool[cmid] = now
        for old in [c for c, when in pool.items() if now - when > REMEMBERED_FOR]:
            del pool[old]
        while len(pool) > REMEMBERED:
            del pool[next(iter(pool))]

    # -- the host's own machine --------------------------------------------------------------------

    def adopt_licences(self, licensing: Licensing) -> None:
        """Take over which host keys the machine has installed and activated."""
        hosts = [p for p in licensing.products if is_kms_host(p) and p.get("PartialProductKey")]
        versions = {known[0]: p for p in hosts if (known := identify(p))}
        self.serves = {office for office, p in versions.items() if p.get("LicenseStatus") == "1"}
        self.keyed = set(versions) - self.serves
        self.serves_windows = any(not is_office(p) and p.get("LicenseStatus") == "1" for p in hosts)

    @property
    def is_activated(self) -> bool:
        """Whether any host key is activated."""
        return bool(self.serves) or self.serves_windows

    def start(self, licensing: Licensing, dns_suffix: str | None) -> list[tuple[str, SrvRecord]]:
        """The service starts: it listens on the port it is set to. Returns the SRV records it is to publish."""
        self.adopt_licences(licensing)
        self.port = licensing.listening_port or DEFAULT_PORT
        self.running = True
        if not self.is_activated or not licensing.publishes_dns:
            return []
        # The list may name the own domain too, then with the priority and weight to use there.
        entries = {plain_name(dns_suffix): ["0", "0"]} if dns_suffix else {}
        for line in licensing.publish_list():
            domain, *numbers = (part.strip() for part in line.split(","))
            entries[plain_name(domain)] = [*numbers, "0", "0"][:2]
        return [
            (domain, SrvRecord(self.name, self.port, _number(priority), _number(weight)))
            for domain, (priority, weight) in entries.items()
        ]

    def report(self, licensing: Licensing, now: datetime) -> None:
        """Write counts and request totals into the machine's host licences, where slmgr /dlv shows them."""
        for product in licensing.products:
            if not is_kms_host(product) or product.get("LicenseStatus") != "1":
                continue
            application = product["ApplicationId"].lower()
            product["IsKeyManagementServiceMachine"] = "1"
            product["KeyManagementServiceCurrentCount"] = str(self.count(application, now))
            for name in COUNTERS:
                value = self.counters.get(application, {}).get(name, 0)
                product[f"KeyManagementService{name}"] = str(value)

    # -- storing -----------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Plain data for a JSON store."""
        data = asdict(self)
        data["serves"], data["keyed"] = sorted(self.serves), sorted(self.keyed)
        data["clients"] = {
            app: {cmid: when.isoformat() for cmid, when in pool.items()} for app, pool in self.clients.items()
        }
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> KmsHost:
        """The inverse of ``to_json``."""
        values = dict(data)
        values["serves"], values["keyed"] = set(data["serves"]), set(data["keyed"])
        values["clients"] = {
            app: {cmid: datetime.fromisoformat(when) for cmid, when in pool.items()}
            for app, pool in data["clients"].items()
        }
        return cls(**values)
