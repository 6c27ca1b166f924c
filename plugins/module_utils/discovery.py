# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What KMS clients find in DNS: records in the order clients try them, and what is wrong with them.

Causes name no host and no domain, so that problems of many domains can be grouped by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.dns_problems import answer_problem
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import DEFAULT_KMS_PORT, InputError
from ansible_collections.officefleet.activation.plugins.module_utils.srv_records import SrvRecord

#: Kinds of problems.
NO_RECORD = "no_record"
NO_ADDRESS = "no_address"
NOT_ANSWERING = "not_answering"
ALIAS = "alias"
OTHER_PORT = "other_port"
ORDER_IN_USE = "order_in_use"
LOOKUP_FAILED = "lookup_failed"

# Kind -> cause and remedy. What a client would experience comes first.
_TEXTS = {
    NO_RECORD: (
        "The domain has no SRV record _vlmcs._tcp, so that its clients find no KMS host.",
        "Publish one: let the KMS host publish itself, or use officefleet.activation.kms_srv_record.",
    ),
    NO_ADDRESS: (
        "The name in the SRV record has no address; clients skip the record.",
        "Add an A or AAAA record for the name (kms_srv_record does it with addresses). If the host no longer exists,"
        " remove the SRV record: kms_srv_record with state: absent.",
    ),
    NOT_ANSWERING: (
        "The KMS host does not answer on its port, as seen from the controller; clients lose time before they try"
        " another one.",
        "Check that the host runs, that its service sppsvc is not disabled, and that firewalls let the port through."
        " If the host no longer exists, the record is stale: remove it with kms_srv_record and state: absent.",
    ),
    ALIAS: (
        "The name in the SRV record is an alias (CNAME), which RFC 2782 forbids and not every client follows.",
        "Publish the name that the alias points to.",
    ),
    OTHER_PORT: (
        "The SRV record names a port other than 1688.",
        "Nothing is wrong where the KMS host listens there: then firewalls have to let that port through.",
    ),
    ORDER_IN_USE: (
        "The SRV records differ in priority or weight, and clients that cache their KMS host do not look again.",
        "Switch host caching off on the clients (host_caching: false in ospp_kms_client), or give all records the"
        " same priority and weight.",
    ),
}


@dataclass(frozen=True)
class FoundRecord:
    """One SRV record with what was found out about its host. ``ttl`` in seconds, as the asked server gives it.

    ``answers``: whether the host takes connections on the port; None where that was not tried. ``alias``: whether
    the name is a CNAME. ``lookup_code`` tells why its addresses could not be looked up.
    """

    srv: SrvRecord
    ttl: int
    addresses: tuple[str, ...] = ()
    answers: bool | None = None
    alias: bool = False
    lookup_code: str | None = None


@dataclass(frozen=True)
class FoundDomain:
    """What one domain publishes. ``lookup_code`` tells why that could not be looked up."""

    domain: str
    records: tuple[FoundRecord, ...] = ()
    lookup_code: str | None = None

    @property
    def in_client_order(self) -> list[FoundRecord]:
        """The records in the order in which clients try them."""
        return sorted(self.records, key=lambda one: one.srv.client_order)


@dataclass(frozen=True)
class DiscoveryProblem:
    """Something that keeps clients from a KMS host, or that whoever looks after them has to know."""

    kind: str
    domain: str
    target: str | None
    cause: str
    remedy: str


def read_domains(values: Iterable[str]) -> tuple[str, ...]:
    """The domains of C(kms_discovery_info), each once. Raises InputError."""
    domains = tuple(dict.fromkeys(inputs.dns_domain("domains", value) for value in values))
    if not domains:
        raise InputError("domains", "at least one domain has to be listed")
    return domains


def find_problems(found: FoundDomain) -> tuple[DiscoveryProblem, ...]:
    """The problems of a domain: of the domain as a whole first, then record by record in the order of clients."""
    if found.lookup_code is not None:
        return (_lookup_failed(found.domain, None, found.lookup_code),)
    if not found.records:
        return (_problem(NO_RECORD, found.domain),)
    problems = [_problem(ORDER_IN_USE, found.domain)] if _order_in_use(found.records) else []
    for record in found.in_client_order:
        target = record.srv.target
        if record.lookup_code is not None:
            problems.append(_lookup_failed(found.domain, target, record.lookup_code))
        problems += [_problem(kind, found.domain, target) for kind in _record_kinds(record)]
    return tuple(problems)


def _record_kinds(record: FoundRecord) -> Iterable[str]:
    if not record.addresses and record.lookup_code is None:
        yield NO_ADDRESS
    if record.answers is False:
        yield NOT_ANSWERING
    if record.alias:
        yield ALIAS
    if record.srv.port != DEFAULT_KMS_PORT:
        yield OTHER_PORT


def _order_in_use(records: Iterable[FoundRecord]) -> bool:
    return len({(record.srv.priority, record.srv.weight) for record in records}) > 1


def _problem(kind: str, domain: str, target: str | None = None) -> DiscoveryProblem:
    cause, remedy = _TEXTS[kind]
    return DiscoveryProblem(kind, domain, target, cause, remedy)


def _lookup_failed(domain: str, target: str | None, code: str) -> DiscoveryProblem:
    problem = answer_problem(code)
    return DiscoveryProblem(LOOKUP_FAILED, domain, target, f"{problem.cause} ({code})", problem.remedy)


def record_data(found: FoundDomain) -> list[dict[str, Any]]:
    """The records of a domain as data, in the order in which clients try them."""
    return [
        {
            "domain": found.domain,
            "target": one.srv.target,
            "port": one.srv.port,
            "priority": one.srv.priority,
            "weight": one.srv.weight,
            "ttl": one.ttl,
            "addresses": list(one.addresses),
            "answers": one.answers,
        }
        for one in found.in_client_order
    ]


def problem_data(problem: DiscoveryProblem) -> Mapping[str, Any]:
    """A problem as data."""
    return dict(vars(problem))
