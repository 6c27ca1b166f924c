# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks for KMS hosts as clients do: SRV look-up, addresses, a connection. Not a public interface."""

from __future__ import annotations

import dataclasses
import socket

from ansible_collections.officefleet.activation.plugins.module_utils.discovery import FoundDomain, FoundRecord
from ansible_collections.officefleet.activation.plugins.module_utils.dns_access import DnsAccess
from ansible_collections.officefleet.activation.plugins.module_utils.srv_records import SERVICE, SrvRecord
from ansible_collections.officefleet.activation.plugins.plugin_utils import _dns

if _dns.HAS_DNSPYTHON:
    import dns.exception
    import dns.name
    import dns.resolver


class Discovery:
    """Asks the controller's resolver, or the server given. Each address is tried once per task."""

    def __init__(self, access: DnsAccess, check_port: bool) -> None:
        _dns.require_dnspython()
        self._timeout = access.timeout
        self._check_port = check_port
        self._answers: dict[tuple[str, int], bool] = {}
        if access.server is None:
            self._resolver = _dns.system_resolver(access.timeout)
        else:
            self._resolver = dns.resolver.Resolver(configure=False)
            self._resolver.nameservers = _dns.server_addresses(access.server, access.port)
            self._resolver.port = access.port
            self._resolver.lifetime = access.timeout

    def look_up(self, domain: str) -> FoundDomain:
        """What clients of a domain find. What goes wrong is part of it."""
        try:
            name = dns.name.from_text(f"{SERVICE}.{domain}")
            found = self._resolver.resolve(name, "SRV", raise_on_no_answer=False).rrset
        except dns.resolver.NXDOMAIN:
            return FoundDomain(domain)
        except dns.exception.DNSException as error:
            return FoundDomain(domain, lookup_code=_dns.resolver_code(error))
        if found is None:
            return FoundDomain(domain)
        records = (FoundRecord(SrvRecord.parse(rdata.to_text()), found.ttl) for rdata in found)
        # The target "." says that the service is decidedly not offered (RFC 2782): as if there were no record.
        return FoundDomain(domain, tuple(self._examine(record) for record in records if record.srv.target))

    def _examine(self, record: FoundRecord) -> FoundRecord:
        record = self._with_addresses(record)
        if not self._check_port or not record.addresses:
            return record
        answers = any(self._connects(address, record.srv.port) for address in record.addresses)
        return dataclasses.replace(record, answers=answers)

    def _with_addresses(self, record: FoundRecord) -> FoundRecord:
        addresses: list[str] = []
        alias, code = False, None
        name = dns.name.from_text(record.srv.target)
        for kind in ("A", "AAAA"):
            try:
                answer = self._resolver.resolve(name, kind, raise_on_no_answer=False)
            except dns.resolver.NXDOMAIN as error:
                alias = alias or error.canonical_name != name
            except dns.exception.DNSException as error:
                code = _dns.resolver_code(error)
            else:
                alias = alias or answer.canonical_name != name
                addresses += sorted(rdata.to_text() for rdata in answer.rrset or ())
        return dataclasses.replace(record, addresses=tuple(addresses), alias=alias, lookup_code=code)

    def _connects(self, address: str, port: int) -> bool:
        if (address, port) not in self._answers:
            try:
                socket.create_connection((address, port), self._timeout).close()
            except OSError:
                self._answers[address, port] = False
            else:
                self._answers[address, port] = True
        return self._answers[address, port]
