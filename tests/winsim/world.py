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
from .kms import DnsZone, KmsHost, SrvRecord
from .licensing import Licensing
from .microsoft import Microsoft
from .world_activator import MachineActivator
from .world_time import next_event, pass_time

START = datetime(2026, 1, 5, 8, 0, tzinfo=timezone.utc)
Reach = dict[str, Any]


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
    """

    clock: Clock = field(default_factory=Clock)
    kms_hosts: dict[str, KmsHost] = field(default_factory=dict)
    dns: DnsZone = field(default_factory=DnsZone)
    microsoft: Microsoft = field(default_factory=Microsoft)
    forest: Forest | None = None
    srv_lookup: Callable[[str], list[SrvRecord]] | None = None

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

    def start_kms_host(self, licensing: Licensing, reach: Reach | None = None) -> KmsHost:
        """A host key was activated on a machine: it serves from now on and publishes its SRV records.

        A machine that was no KMS host becomes one, with the addresses DNS has for its name.
        """
        reach = reach or {}
        host = self.host_on(licensing)
        if host is None:
            suffix = reach.get("dns_suffix") or reach.get("domain")
            name = licensing.computer_name.lower() + (f".{suffix.lower()}" if suffix else "")
            host = self.add_kms_host(KmsHost(name, list(self.dns.lookup_a(name))))
        self.restart_service(licensing, reach)
        host.report(licensing, self.clock.now())
        return host

    def restart_service(self, licensing: Licensing, reach: Reach | None = None) -> None:
        """sppsvc restarts on a machine: a KMS host reads its port and publishes its SRV records anew."""
        host = self.host_on(licensing)
        if host is not None:
            reach = reach or {}
            host.restart(licensing, self.dns, reach.get("dns_suffix") or reach.get("domain"))

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
