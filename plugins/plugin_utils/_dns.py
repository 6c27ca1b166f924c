# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One DNS server, asked and updated (RFC 2136) through dnspython. Not a public interface."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

try:
    import dns.exception
    import dns.flags
    import dns.message
    import dns.name
    import dns.query
    import dns.rcode
    import dns.rdata
    import dns.rdataclass
    import dns.rdatatype
    import dns.resolver
    import dns.tsig
    import dns.update
except ImportError:
    HAS_DNSPYTHON = False
else:
    HAS_DNSPYTHON = True

from ansible_collections.officefleet.activation.plugins.module_utils import dns_problems
from ansible_collections.officefleet.activation.plugins.module_utils.dns_access import DnsAccess, TsigKey
from ansible_collections.officefleet.activation.plugins.module_utils.dns_problems import answer_problem
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.srv_records import Change, RecordSet
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import HostError


class DnsError(HostError):
    """A DNS server could not be asked, or refused."""

    def __init__(self, problem: Problem, place: str) -> None:
        super().__init__(problem)
        self.place = place


@dataclass(frozen=True)
class Zone:
    """A zone by its name, and the primary server that its SOA record names."""

    name: str
    primary: str


@dataclass(frozen=True)
class Signature:
    """What signs a message: a TSIG key, or a key negotiated by Kerberos."""

    keyring: Any
    name: dns.name.Name
    algorithm: Any


def require_dnspython() -> None:
    """Raises DnsError where the library is missing."""
    if not HAS_DNSPYTHON:
        raise DnsError(dns_problems.NO_DNSPYTHON, "the controller")


def server_addresses(server: str, port: int) -> list[str]:
    """The addresses of a server given by name or address, as the controller's own programs find them."""
    try:
        found = socket.getaddrinfo(server, port, type=socket.SOCK_STREAM)
    except OSError:
        raise DnsError(dns_problems.NO_SERVER, server) from None
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def tsig_signature(key: TsigKey) -> Signature:
    """A TSIG key in the form of the library."""
    name = dns.name.from_text(key.name)
    return Signature({name: dns.tsig.Key(name, key.secret, key.algorithm)}, name, dns.name.from_text(key.algorithm))


class DnsServer:
    """An authoritative server. Everything goes over TCP: an update must not be sent twice by a lost answer.

    ``signature`` signs the questions too, because a server may show a zone to holders of a key only.
    """

    def __init__(self, name: str, addresses: list[str], access: DnsAccess) -> None:
        self.name = name
        self.port = access.port
        self.timeout = access.timeout
        self._addresses = addresses
        self._signature = tsig_signature(access.tsig) if access.tsig else None

    def zone_of(self, name: str) -> Zone:
        """The zone that holds a name. Raises DnsError, also when this server is not authoritative for it."""
        answer = self._ask(name, "SOA")
        owner = dns.name.from_text(name)
        for rrset in (*answer.answer, *answer.authority):
            if rrset.rdtype == dns.rdatatype.SOA and owner.is_subdomain(rrset.name):
                return Zone(_plain(rrset.name), _plain(rrset[0].mname))
        raise DnsError(dns_problems.ALIAS if answer.answer else answer_problem("NOTAUTH"), self.name)

    def read(self, name: str, kind: str) -> RecordSet:
        """All records of a name and a kind, as the server itself has them. Raises DnsError."""
        answer = self._ask(name, kind)
        for rrset in answer.answer:
            if rrset.rdtype == dns.rdatatype.CNAME:
                raise DnsError(dns_problems.ALIAS, name)
        found = [one for one in answer.answer if one.rdtype == dns.rdatatype.from_text(kind)]
        if not found:
            return RecordSet(name, kind)
        return RecordSet(name, kind, found[0].ttl, tuple(sorted(rdata.to_text() for rdata in found[0])))

    def update(self, zone: str, changes: Iterable[Change], signature: Signature | None = None) -> bool:
        """Make changes in one message: all of them or none.

        The message holds only if the sets still are what the changes were planned from; False means that they no
        longer are, and that nothing was done. Raises DnsError.
        """
        message = dns.update.UpdateMessage(zone)
        for change in changes:
            _add_to(message, change)
        answer = self.exchange(message, signature or self._signature, updating=True)
        rcode = answer.rcode()
        if rcode in (dns.rcode.NXRRSET, dns.rcode.YXRRSET, dns.rcode.NXDOMAIN, dns.rcode.YXDOMAIN):
            return False
        if rcode != dns.rcode.NOERROR:
            raise DnsError(answer_problem(dns.rcode.to_text(rcode), updating=True), self.name)
        return True

    def _ask(self, name: str, kind: str) -> dns.message.Message:
        query = dns.message.make_query(name + ".", kind, flags=0)
        answer = self.exchange(query, self._signature)
        if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
            raise DnsError(answer_problem(dns.rcode.to_text(answer.rcode())), self.name)
        if not answer.flags & dns.flags.AA:
            # A resolver's cache, or the parent of a delegated zone: neither can be updated.
            raise DnsError(answer_problem("NOTAUTH"), self.name)
        return answer

    def exchange(
        self, message: dns.message.Message, signature: Signature | None, updating: bool = False
    ) -> dns.message.Message:
        """Send one message and return the answer. Raises DnsError when there is none, or it proves nothing."""
        if signature is not None:
            message.use_tsig(signature.keyring, signature.name, algorithm=signature.algorithm)
        try:
            answer = self._send(message)
        except dns.exception.DNSException as error:
            raise DnsError(answer_problem(_code_of(error), updating), self.name) from None
        except (OSError, EOFError):
            raise DnsError(answer_problem("UNREACHABLE", updating), self.name) from None
        if signature is not None and answer.rcode() == dns.rcode.NOERROR and not answer.had_tsig:
            raise DnsError(answer_problem("UNSIGNED", updating), self.name)
        return answer

    def _send(self, message: dns.message.Message) -> dns.message.Message:
        """The first address that takes a connection serves for all that follows."""
        while True:
            try:
                answer = dns.query.tcp(message, self._addresses[0], self.timeout, self.port)
            except (OSError, dns.exception.Timeout):
                if len(self._addresses) == 1:
                    raise
                self._addresses = self._addresses[1:]
            else:
                self._addresses = self._addresses[:1]
                return answer


def _add_to(message: dns.update.UpdateMessage, change: Change) -> None:
    before = change.before
    kind = dns.rdatatype.from_text(before.kind)
    name = dns.name.from_text(before.name)
    if before.values:
        message.present(name, *(_rdata(kind, value) for value in before.values))
    else:
        message.absent(name, kind)
    for value in change.remove:
        message.delete(name, _rdata(kind, value))
    for value in change.add:
        message.add(name, change.ttl, _rdata(kind, value))


def _rdata(kind: dns.rdatatype.RdataType, value: str) -> dns.rdata.Rdata:
    return dns.rdata.from_text(dns.rdataclass.IN, kind, value)


def _plain(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def _code_of(error: dns.exception.DNSException) -> str:
    """The code of what the library raises, from the server's error field or from its own checks."""
    codes = (
        (dns.tsig.PeerBadKey, "BADKEY"),
        (dns.tsig.PeerBadSignature, "BADSIG"),
        ((dns.tsig.PeerBadTime, dns.tsig.BadTime), "BADTIME"),
        (dns.tsig.PeerBadTruncation, "BADTRUNC"),
        (dns.exception.Timeout, "TIMEOUT"),
        ((dns.message.UnknownTSIGKey, dns.tsig.BadSignature, dns.tsig.BadKey, dns.tsig.BadAlgorithm), "UNSIGNED"),
    )
    return next((code for kinds, code in codes if isinstance(error, kinds)), "GARBLED")


# -- finding the server ---------------------------------------------------------------------------------------------


def system_resolver(timeout: int) -> dns.resolver.Resolver:
    """The resolver of the controller. Raises DnsError where there is none."""
    try:
        resolver = dns.resolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        raise DnsError(dns_problems.NO_SYSTEM_RESOLVER, "the controller") from None
    resolver.lifetime = timeout
    return resolver


def primary_server(name: str, access: DnsAccess, resolver: dns.resolver.Resolver) -> DnsServer:
    """The primary server of the zone that holds a name, as its SOA record names it. Raises DnsError."""
    try:
        zone = dns.resolver.zone_for_name(dns.name.from_text(name), resolver=resolver)
        if zone == dns.name.root:
            raise DnsError(dns_problems.NO_ZONE, name)
        primary = resolver.resolve(zone, "SOA")[0].mname
        addresses = [item.to_text() for kind in ("A", "AAAA") for item in _found(resolver, primary, kind)]
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.NoRootSOA):
        raise DnsError(dns_problems.NO_ZONE, name) from None
    except dns.exception.DNSException as error:
        raise DnsError(answer_problem(resolver_code(error)), name) from None
    if not addresses:
        raise DnsError(dns_problems.NO_SERVER, _plain(primary))
    return DnsServer(_plain(primary), addresses, access)


def _found(resolver: dns.resolver.Resolver, name: dns.name.Name, kind: str) -> Iterable[dns.rdata.Rdata]:
    try:
        return resolver.resolve(name, kind)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()


def resolver_code(error: dns.exception.DNSException) -> str:
    """The code of what a resolver raises when no server helped: the last server's, or TIMEOUT."""
    for one in reversed(error.kwargs.get("errors") or ()):
        # (server, over TCP, port, what went wrong, answer): a code as text, or an exception.
        if isinstance(one[3], str):
            return one[3]
        if isinstance(one[3], OSError):
            return "UNREACHABLE"
    return "TIMEOUT"
