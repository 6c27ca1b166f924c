# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The world around the machines: clock, DNS, KMS hosts, the forest's activation objects and Microsoft."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from .directory import Forest
from .kms import DNS_FAILED, DnsZone, KmsHost, SrvRecord
from .licensing import SERVICE_DISABLED, HResult, Licensing, is_kms_host
from .microsoft import Microsoft
from .world_activator import MachineActivator
from .world_time import next_event, pass_time

START = datetime(2026, 1, 5, 8, 0, tzinfo=timezone.utc)
Reach = dict[str, Any]
# Event IDs of the application log (registry.md, "KMS host").
PUBLISHING_DONE = "12294"
PUBLISHING_FAILED = "12293"


@dataclass
class Clock:
    """A UTC clock that stands still until it is moved."""

    start: datetime = START
    offset: timedelta = timedelta()

    def now(self) -> datetime:
        """The simulated time."""
        return self.start + self.offset

    def advance(self, by: timedelta) -> datetime:
        """Move the clock and return the new time."""
        self.offset += by
        return self.now()


@dataclass
class World:
    """Everything outside the machines; one for a fleet.

    ``srv_lookup`` replaces the zone for SRV records, for instance by a question to a real DNS server: it takes a
    domain, returns the records of ``_vlmcs._tcp`` there and raises HResult 8007232A or 8007232B.
    ``on_publish`` is told the records, each with its domain, that a starting KMS host publishes, for instance to
    update a real DNS server; what it raises as HResult is a refused update. The zone gets them as well.
    """

    clock: Clock = field(default_factory=Clock)
    kms_hosts: dict[str, KmsHost] = field(default_factory=dict)
    dns: DnsZone = field(default_factory=DnsZone)
    microsoft: Microsoft = field(default_factory=Microsoft)
    forest: Forest | None = None
    srv_lookup: Callable[[str], list[SrvRecord]] | None = None
    on_publish: Callable[[list[tuple[str, SrvRecord]]], None] | None = None

    def activator(self, machine_name: str, reach: Reach | None = None) -> MachineActivator:
        """The world as one machine sees it, to be put into ``Licensing.world``."""
        return MachineActivator(self, machine_name, reach or {})

    def add_kms_host(self, host: KmsHost) -> KmsHost:
        """Make a KMS host known under its name."""
        self.kms_hosts[host.name] = host
        return host

    def lookup_srv(self, domain: str) -> list[SrvRecord]:
        """The KMS records of a domain. Raises HResult 8007232A or 8007232B."""
        return self.srv_lookup(domain) if self.srv_lookup else self.dns.lookup_srv(domain)

    def tick(self, licensing: Licensing, now: datetime | None = None, reach: Reach | None = None) -> None:
        """Bring a machine up to date when it is looked at.

        Periods run out; clients renew and retry by themselves only where ``reach`` is given. A machine that is a
        KMS host hands its licences to the host and gets its counts.
        """
        now = now or self.clock.now()
        activator = self.activator(licensing.computer_name, reach or {})
        activator.prepare(licensing)
        pass_time(licensing, now, activator if reach is not None else None)
        host = self.host_on(licensing)
        if host is not None:
            host.adopt_licences(licensing)
            host.report(licensing, now)
        elif has_activated_host_key(licensing) and not _is_disabled(licensing):
            self.start_kms_host(licensing, reach)

    def advance(self, by: timedelta, machines: Iterable[tuple[Licensing, Reach]] = ()) -> None:
        """Move the clock; the given machines renew and retry on the way, in the order of time over the whole fleet."""
        fleet = list(machines)
        for licensing, reach in fleet:
            self.tick(licensing, reach=reach)
        end = self.clock.now() + by
        queue = [
            (due, index)
            for index, (licensing, _) in enumerate(fleet)
            if (due := next_event(licensing, automatic=True)) is not None
        ]
        heapq.heapify(queue)
        while queue and queue[0][0] <= end:
            due, index = heapq.heappop(queue)
            licensing, reach = fleet[index]
            pass_time(licensing, due, self.activator(licensing.computer_name, reach))
            following = next_event(licensing, automatic=True)
            if following is not None:
                heapq.heappush(queue, (following, index))
        self.clock.advance(by)
        for licensing, reach in fleet:
            self.tick(licensing, reach=reach)

    def host_on(self, licensing: Licensing) -> KmsHost | None:
        """The KMS host that runs on a machine: its full name, or its first label, is the machine's name."""
        name = licensing.computer_name.lower()
        return next(
            (
                host
                for host in self.kms_hosts.values()
                if name in (host.name.lower(), host.name.lower().partition(".")[0])
            ),
            None,
        )

    # -- the service of a KMS host -----------------------------------------------------------------

    def start_kms_host(self, licensing: Licensing, reach: Reach | None = None) -> KmsHost:
        """A host key is activated on a machine: it serves from now on.

        A machine that served nothing before begins to listen and publishes its SRV records; one that is a KMS host
        already goes on with the settings it started with. A machine that was none becomes one, with the addresses
        DNS has for its name, else those of ``reach["addresses"]``.
        """
        host = self.host_on(licensing)
        if host is None:
            reach = _reach_of(licensing, reach)
            suffix = reach.get("dns_suffix") or reach.get("domain")
            name = licensing.computer_name.lower() + (f".{suffix.lower()}" if suffix else "")
            addresses = self.dns.lookup_a(name)
            if not addresses and reach.get("addresses"):
                addresses = self.dns.a[name] = list(reach["addresses"])
            host = self.add_kms_host(KmsHost(name, list(addresses), running=False))
        if not (host.running and host.is_activated):
            self._start(licensing, reach)
        host.adopt_licences(licensing)
        host.report(licensing, self.clock.now())
        return host

    def restart_service(self, licensing: Licensing, reach: Reach | None = None) -> None:
        """sppsvc restarts on a machine. Raises HResult like ``start_service``; then the service is stopped."""
        self.stop_service(licensing)
        self.start_service(licensing, reach)

    def stop_service(self, licensing: Licensing) -> None:
        """sppsvc stops: a KMS host on the machine no longer listens. Its SRV records stay."""
        _set_service_state(licensing, "Stopped")
        host = self.host_on(licensing)
        if host is not None:
            host.running = False

    def start_service(self, licensing: Licensing, reach: Reach | None = None) -> None:
        """sppsvc starts: a KMS host listens on the port it is set to and publishes its SRV records.

        Raises HResult 80070422 where the service is disabled, or what ``fail.start`` in the os record says.
        """
        if _is_disabled(licensing):
            raise HResult(SERVICE_DISABLED)
        if licensing.os.get("fail.start"):
            raise HResult(int(licensing.os["fail.start"], 16))
        self._start(licensing, reach)

    def _start(self, licensing: Licensing, reach: Reach | None) -> None:
        _set_service_state(licensing, "Running")
        host = self.host_on(licensing)
        if host is not None:
            reach = _reach_of(licensing, reach)
            self._publish(licensing, host.start(licensing, reach.get("dns_suffix") or reach.get("domain")), reach)
        elif has_activated_host_key(licensing):
            self.start_kms_host(licensing, reach)

    def _publish(self, licensing: Licensing, records: list[tuple[str, SrvRecord]], reach: Reach) -> None:
        if not records:
            return
        try:
            if self.dns.down or not reach.get("dns", True):
                raise HResult(DNS_FAILED)
            if self.on_publish is not None:
                self.on_publish(records)
        except HResult as failure:
            text = f"Publishing the Key Management Service in DNS failed.\r\nInfo:\r\n0x{failure.code:08X}"
            licensing.log_event(PUBLISHING_FAILED, text, self.clock.now())
            return
        for domain, record in records:
            self.dns.publish(domain, record)
        domains = ", ".join(domain for domain, _ in records)
        text = f"The Key Management Service was published in DNS.\r\nInfo:\r\n{domains}"
        licensing.log_event(PUBLISHING_DONE, text, self.clock.now())

    # -- storing -----------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Plain data: everything that must survive a restart (``srv_lookup`` does not)."""
        return {
            "clock": {"start": self.clock.start.isoformat(), "offset": self.clock.offset.total_seconds()},
            "kms_hosts": [host.to_json() for host in self.kms_hosts.values()],
            "dns": asdict(self.dns),
            "microsoft": self.microsoft.to_json(),
            "forest": self.forest.to_json() if self.forest else None,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> World:
        """The inverse of ``to_json``."""
        clock = data["clock"]
        zone = data["dns"]
        srv = {domain: [SrvRecord(**record) for record in records] for domain, records in zone["srv"].items()}
        hosts = [KmsHost.from_json(host) for host in data["kms_hosts"]]
        return cls(
            clock=Clock(datetime.fromisoformat(clock["start"]), timedelta(seconds=clock["offset"])),
            kms_hosts={host.name: host for host in hosts},
            dns=DnsZone(srv, zone["a"], zone["down"]),
            microsoft=Microsoft.from_json(data["microsoft"]),
            forest=Forest.from_json(data["forest"]) if data["forest"] else None,
        )


def has_activated_host_key(licensing: Licensing) -> bool:
    """Whether a machine has an activated KMS host licence."""
    keyed = (p for p in licensing.products if is_kms_host(p) and p.get("PartialProductKey"))
    return any(p.get("LicenseStatus") == "1" for p in keyed)


def _reach_of(licensing: Licensing, reach: Reach | None) -> Reach:
    """What a machine gets to: as told, else as the activator knows that a command has put there."""
    return reach if reach is not None else getattr(licensing.world, "reach", {})


def _is_disabled(licensing: Licensing) -> bool:
    records = (r for r in licensing.services if r.get("Name", "").lower() == "sppsvc")
    return any(r.get("StartMode", "").lower() == "disabled" for r in records)


def _set_service_state(licensing: Licensing, state: str) -> None:
    for record in licensing.services:
        if record.get("Name", "").lower() == "sppsvc":
            record["State"] = state
