# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real DNS server in place of the fleet's zone: simulated clients find KMS hosts by asking it.

KMS hosts that publish themselves send it updates only where ``dynamic_updates`` is on, as Windows does without
Kerberos: unsigned. Needs dnspython, and only where a fleet file names a server.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .kms import DNS_FAILED, NO_SUCH_NAME, SrvRecord, plain_name
from .licensing import HResult
from .world import World

TIMEOUT = 1.0
UPDATE_REFUSED = 0x8007232D
_TTL = 3600


@dataclass
class RealDns:
    """A server. Answers, and that there was none, are remembered until ``forget``."""

    address: str
    port: int = 53
    dynamic_updates: bool = False
    address_of: Callable[[str], list[str]] = lambda name: []
    _known: dict[str, list[SrvRecord] | int] = field(default_factory=dict)

    @classmethod
    def attach(cls, world: World, **place: Any) -> RealDns:
        """Let a world ask this server. Raises RuntimeError where dnspython is missing."""
        try:
            import dns.query  # noqa: F401
        except ImportError as error:
            raise RuntimeError("dns_server in the fleet file needs dnspython: pip install dnspython") from error
        server = cls(**place, address_of=lambda name: world.dns.a.get(name, []))
        world.srv_lookup = server.lookup_srv
        world.on_publish = server.publish
        return server

    def forget(self) -> None:
        """Ask anew from now on."""
        self._known.clear()

    def lookup_srv(self, domain: str) -> list[SrvRecord]:
        """The KMS records of a domain. Raises HResult 8007232A (no usable answer) or 8007232B (no records)."""
        name = plain_name(domain)
        if name not in self._known:
            try:
                self._known[name] = self._ask_srv(name)
            except HResult as failure:
                self._known[name] = failure.code
        known = self._known[name]
        if isinstance(known, int):
            raise HResult(known)
        return known

    def _ask_srv(self, domain: str) -> list[SrvRecord]:
        answer = self._ask(f"_vlmcs._tcp.{domain}.", "SRV")
        found = [record for rrset in answer.answer for record in rrset if record.rdtype.name == "SRV"]
        if not found:
            raise HResult(NO_SUCH_NAME)
        return [SrvRecord(str(one.target).rstrip("."), one.port, one.priority, one.weight) for one in found]

    def _ask(self, name: str, kind: str) -> Any:
        """The answer to a question, over TCP: a server that is not there is noticed at once."""
        import dns.exception
        import dns.message
        import dns.query
        import dns.rcode

        try:
            answer = dns.query.tcp(dns.message.make_query(name, kind), self.address, TIMEOUT, self.port)
        except (OSError, EOFError, dns.exception.DNSException) as error:
            raise HResult(DNS_FAILED) from error
        if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise HResult(DNS_FAILED)
        return answer

    # -- updates ------------------------------------------------------------------------------------------------

    def publish(self, records: list[tuple[str, SrvRecord]]) -> None:
        """Add the records of a KMS host that starts, and its addresses. Raises HResult where the server refuses."""
        if not self.dynamic_updates:
            raise HResult(UPDATE_REFUSED)
        for domain, record in records:
            text = f"{record.priority} {record.weight} {record.port} {record.target}."
            self._add(f"_vlmcs._tcp.{domain}.", "SRV", text)
        for target in {record.target for _, record in records}:
            for address in self.address_of(target):
                self._add(f"{target}.", "A", address)
        self.forget()

    def _add(self, name: str, kind: str, text: str) -> None:
        import dns.exception
        import dns.query
        import dns.rcode
        import dns.update

        message = dns.update.UpdateMessage(self._zone_of(name))
        message.add(name, _TTL, kind, text)
        try:
            answer = dns.query.tcp(message, self.address, TIMEOUT, self.port)
        except (OSError, EOFError, dns.exception.DNSException) as error:
            raise HResult(DNS_FAILED) from error
        if answer.rcode() != dns.rcode.NOERROR:
            raise HResult(UPDATE_REFUSED)

    def _zone_of(self, name: str) -> Any:
        """The zone a name is in: the owner of the SOA record that comes with the answer to a question about it."""
        answer = self._ask(name, "SOA")
        for rrset in (*answer.answer, *answer.authority):
            if rrset.rdtype.name == "SOA":
                return rrset.name
        raise HResult(UPDATE_REFUSED)
