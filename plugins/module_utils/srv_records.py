# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""SRV records of KMS hosts: what is wanted, what has to be added and removed, and in which order clients try.

Names are absolute, in lower case and without the trailing dot. The values of a record set are texts as in a
zone file, in exactly the form the server gave, because that is what an update has to name.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

SERVICE = "_vlmcs._tcp"
#: Seconds; what a KMS host itself publishes with.
DEFAULT_TTL = 3600
_LARGEST_TTL = 2**31 - 1
_LARGEST_NUMBER = 2**16 - 1


@dataclass(frozen=True, order=True)
class SrvRecord:
    """The data of one SRV record (RFC 2782)."""

    priority: int
    weight: int
    port: int
    target: str

    @classmethod
    def parse(cls, text: str) -> SrvRecord:
        """From the text of a zone file, such as ``0 10 1688 KMS01.corp.example.``."""
        priority, weight, port, target = text.split(None, 3)
        return cls(int(priority), int(weight), int(port), target.lower().removesuffix("."))

    @property
    def text(self) -> str:
        """As in a zone file."""
        return f"{self.priority} {self.weight} {self.port} {self.target}."

    @property
    def client_order(self) -> tuple[int, int, str]:
        """Sorts records as clients try them: the lowest priority number first, then the largest weight.

        Among equal priorities the weight is a chance, no strict order (RFC 2782).
        """
        return self.priority, -self.weight, self.target


@dataclass(frozen=True)
class DesiredRecord:
    """The SRV record of one KMS host, and addresses that its name must (or must not) have."""

    srv: SrvRecord
    addresses: tuple[str, ...] = ()

    def addresses_of(self, kind: str) -> tuple[str, ...]:
        """The addresses that records of a kind, A or AAAA, hold."""
        return tuple(one for one in self.addresses if _kind_of(one) == kind)


@dataclass(frozen=True)
class Desired:
    """What a domain shall publish about some KMS hosts. ``ttl`` in seconds; None leaves it as it is."""

    domain: str
    records: tuple[DesiredRecord, ...]
    present: bool = True
    ttl: int | None = None

    @property
    def owner(self) -> str:
        """The name that the SRV records stand at."""
        return f"{SERVICE}.{self.domain}"

    @property
    def needed(self) -> tuple[tuple[str, str], ...]:
        """The record sets that decide, as (name, kind); that of the SRV records comes first."""
        addresses = [
            (record.srv.target, kind) for record in self.records for kind in ("A", "AAAA") if record.addresses_of(kind)
        ]
        return (self.owner, "SRV"), *addresses


@dataclass(frozen=True)
class RecordSet:
    """All records of a name and a kind (SRV, A, AAAA). ``ttl`` in seconds, None where there are none."""

    name: str
    kind: str
    ttl: int | None = None
    values: tuple[str, ...] = ()


Sets = Mapping[tuple[str, str], RecordSet]


@dataclass(frozen=True)
class Change:
    """Single records to remove from a set and to add to it. ``ttl`` is that of the records added."""

    before: RecordSet
    remove: tuple[str, ...]
    add: tuple[str, ...]
    ttl: int

    @property
    def after(self) -> RecordSet:
        """The set when the change is done. A set has one TTL (RFC 2181), that of what was added last."""
        kept = [value for value in self.before.values if value not in self.remove and value not in self.add]
        values = (*kept, *self.add)
        ttl = (self.ttl if self.add else self.before.ttl) if values else None
        return replace(self.before, ttl=ttl, values=values)

    @property
    def words(self) -> tuple[str, ...]:
        """The change in words, one sentence part for each record."""
        name, kind = self.before.name, self.before.kind
        removed = [f"remove the {kind} record {value} from {name}" for value in self.remove]
        added = [
            f"set the TTL of the {kind} record {value} at {name} to {self.ttl}"
            if value in self.before.values
            else f"add the {kind} record {value} to {name} with TTL {self.ttl}"
            for value in self.add
        ]
        return *removed, *added


# -- options ------------------------------------------------------------------------------------------------------


def read_desired(options: Mapping[str, Any]) -> Desired:
    """What is wanted from the options of C(kms_srv_record). Raises InputError."""
    records = tuple(_read_record(f"records[{index}]", one) for index, one in enumerate(options["records"]))
    if not records:
        raise InputError("records", "at least one record has to be listed")
    targets = [record.srv.target for record in records]
    for index, target in enumerate(targets):
        if target in targets[:index]:
            raise InputError(f"records[{index}].target", f"{target} is listed twice; a KMS host has one record")
    return Desired(
        domain=inputs.dns_domain("domain", options["domain"]),
        records=records,
        present=options["state"] == "present",
        ttl=None if options.get("ttl") is None else _number("ttl", options["ttl"], _LARGEST_TTL),
    )


def _read_record(place: str, options: Mapping[str, Any]) -> DesiredRecord:
    srv = SrvRecord(
        priority=_number(f"{place}.priority", options["priority"], _LARGEST_NUMBER),
        weight=_number(f"{place}.weight", options["weight"], _LARGEST_NUMBER),
        port=inputs.port(f"{place}.port", options["port"]),
        target=_target(f"{place}.target", options["target"]),
    )
    addresses = [_address(f"{place}.addresses", one) for one in options.get("addresses") or ()]
    return DesiredRecord(srv, tuple(dict.fromkeys(addresses)))


def _target(option: str, value: str) -> str:
    name = inputs.kms_host(option, value)
    if ":" in name or "." not in name or name.replace(".", "").isdigit():
        raise InputError(
            option, "the full name of the host is needed, such as kms01.corp.example; an SRV record holds no address"
        )
    return name


def _address(option: str, value: str) -> str:
    try:
        return str(ipaddress.ip_address(value.strip()))
    except ValueError:
        raise InputError(option, "IPv4 and IPv6 addresses are needed") from None


def _number(option: str, value: int, largest: int) -> int:
    if not 0 <= value <= largest:
        raise InputError(option, f"a number from 0 to {largest} is needed")
    return value


# -- decisions ----------------------------------------------------------------------------------------------------


def plan_records(desired: Desired, sets: Sets) -> tuple[Change, ...]:
    """What has to change, in an order in which no SRV record ever names a host whose address is missing."""
    changes = [_plan_srv(desired, sets[desired.owner, "SRV"])]
    for record in desired.records:
        for kind in ("A", "AAAA"):
            if wanted := record.addresses_of(kind):
                changes.append(_plan_set(sets[record.srv.target, kind], wanted, _address_of, desired))
    needed = [change for change in changes if change.remove or change.add]
    return tuple(reversed(needed) if desired.present else needed)


def _plan_srv(desired: Desired, current: RecordSet) -> Change:
    """A KMS host is recognised by its name: its records with another port, priority or weight are replaced."""
    wanted = {record.srv.target: record.srv for record in desired.records}
    own = tuple(value for value in current.values if SrvRecord.parse(value).target in wanted)
    if not desired.present:
        return Change(current, remove=own, add=(), ttl=DEFAULT_TTL)
    outdated = tuple(value for value in own if SrvRecord.parse(value) not in wanted.values())
    planned = _plan_set(current, tuple(srv.text for srv in wanted.values()), _srv_text, desired, owned=own)
    return replace(planned, remove=outdated)


def _plan_set(
    current: RecordSet,
    wanted: tuple[str, ...],
    normal: Callable[[str], str],
    desired: Desired,
    owned: tuple[str, ...] | None = None,
) -> Change:
    """The change of one set. ``owned``: values that are the task's own; without it, those that are wanted."""
    there = {normal(value): value for value in current.values}
    if not desired.present:
        return Change(current, tuple(there[value] for value in wanted if value in there), (), DEFAULT_TTL)
    mine = {there[value] for value in wanted if value in there} if owned is None else set(owned)
    ttl = _ttl(desired, current, shared=any(value not in mine for value in current.values))
    if current.values and ttl != current.ttl:
        return Change(current, (), tuple(there.get(value, value) for value in wanted), ttl)
    return Change(current, (), tuple(value for value in wanted if value not in there), ttl)


def _ttl(desired: Desired, current: RecordSet, shared: bool) -> int:
    """A set has one TTL, so that a new one would change the records of others: it stays where others share it."""
    if current.ttl is not None and (shared or desired.ttl is None):
        return current.ttl
    return DEFAULT_TTL if desired.ttl is None else desired.ttl


def ttl_notes(desired: Desired, sets: Sets) -> tuple[str, ...]:
    """A sentence for each set whose TTL is not the one asked for, because it holds records of others too."""
    if not desired.present or desired.ttl is None:
        return ()
    return tuple(
        f"The {one.kind} records of {one.name} keep their TTL of {one.ttl} seconds: all records of a name share one"
        f" TTL, and not all of them are listed in this task."
        for one in (sets[key] for key in desired.needed)
        if one.values and one.ttl != desired.ttl and _ttl_is_shared(desired, one)
    )


def _ttl_is_shared(desired: Desired, current: RecordSet) -> bool:
    if current.kind == "SRV":
        own = {record.srv.target for record in desired.records}
        return any(SrvRecord.parse(value).target not in own for value in current.values)
    listed = {
        address for record in desired.records if record.srv.target == current.name for address in record.addresses
    }
    return any(_address_of(value) not in listed for value in current.values)


def predicted(changes: Iterable[Change], sets: Sets) -> dict[tuple[str, str], RecordSet]:
    """The record sets when the changes are done."""
    return {**sets, **{(change.before.name, change.before.kind): change.after for change in changes}}


# -- what is shown ------------------------------------------------------------------------------------------------


def view(desired: Desired, sets: Sets) -> dict[str, Any]:
    """What a task manages, in words for a diff: the records of the hosts it lists, and the addresses it lists."""
    own = {record.srv.target for record in desired.records}
    ttl = sets[desired.owner, "SRV"].ttl
    seen: dict[str, Any] = {
        "records": [
            f"{srv.target} port {srv.port}, priority {srv.priority}, weight {srv.weight}, TTL {ttl}"
            for srv in srv_records(sets[desired.owner, "SRV"])
            if srv.target in own
        ]
    }
    if any(record.addresses for record in desired.records):
        seen["addresses"] = sorted(
            f"{record.srv.target} {address}, TTL {sets[record.srv.target, _kind_of(address)].ttl}"
            for record in desired.records
            for address in record.addresses
            if address in map(_address_of, sets[record.srv.target, _kind_of(address)].values)
        )
    return seen


def srv_records(records: RecordSet) -> list[SrvRecord]:
    """The SRV records of a set in the order in which clients try them."""
    return sorted((SrvRecord.parse(value) for value in records.values), key=lambda one: one.client_order)


def records_data(records: RecordSet) -> list[dict[str, Any]]:
    """All SRV records of a domain as data, in the order in which clients try them."""
    return [
        {"target": one.target, "port": one.port, "priority": one.priority, "weight": one.weight, "ttl": records.ttl}
        for one in srv_records(records)
    ]


def _srv_text(value: str) -> str:
    return SrvRecord.parse(value).text


def _address_of(value: str) -> str:
    return str(ipaddress.ip_address(value))


def _kind_of(address: str) -> str:
    return "AAAA" if ":" in address else "A"
