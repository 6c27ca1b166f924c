# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""win_dns_record on a Microsoft DNS server (a host with ``dns_server: true``): SRV records of KMS, and addresses.

The module owns the whole record set of a name and type: what is not among its values is removed.
"""

from __future__ import annotations

from typing import Any

from .kms import SrvRecord
from .machine import View
from .module_base import ModuleFailure, Option, RefusedError, not_simulated, read, unhandled
from .payload import Call

_RECORD = {
    "name": Option(required=True),
    "port": Option("int"),
    "priority": Option("int"),
    "weight": Option("int"),
    "state": Option(default="present", choices=("absent", "present")),
    "ttl": Option("int", default=3600),
    "type": Option(required=True, choices=("A", "AAAA", "CNAME", "DHCID", "NS", "PTR", "SRV", "TXT")),
    "value": Option("list", default=(), aliases=("values",)),
    "zone": Option(required=True),
    "aging": Option("bool", default=False),
    **not_simulated("zone_scope", "computer_name"),
}
_DEFAULT_TTL = 3600
_LONGEST_TTL = 31557600
_KMS_NAME = "_vlmcs._tcp"
_NO_CMDLET = (
    "The term 'Get-DnsServerResourceRecord' is not recognized as the name of a cmdlet, function, script file, or "
    "operable program. Check the spelling of the name, or if a path was included, verify that the path is correct "
    "and try again."
)


def win_dns_record(call: Call, view: View) -> dict[str, Any]:
    """One record set of a zone made what it should be."""
    options = read(call, _RECORD)
    values = _checked_values(options)
    if view.machine.dns_zones is None:
        raise unhandled(_NO_CMDLET)
    if not view.elevated:
        raise unhandled(f"Failed to get the zone information for {options['zone']} on server {view.machine.name}.")
    if options["type"] not in ("SRV", "A") or options["aging"]:
        raise RefusedError("win_dns_record for other types than SRV and A, or with aging, is not simulated")
    records = _SrvSet(view, options) if options["type"] == "SRV" else _AddressSet(view, options)
    before = records.shown()
    changed = records.change(values, dry=call.check_mode)
    result: dict[str, Any] = {"changed": changed}
    if call.diff:
        result["diff"] = {"before": before, "after": before if call.check_mode else records.shown()}
    return result


def _checked_values(options: dict[str, Any]) -> list[str]:
    if options["type"] == "SRV":
        missing = [name for name in ("port", "priority", "weight") if options[name] is None]
        if missing:
            raise ModuleFailure(f"type is SRV but all of the following are missing: {', '.join(missing)}")
    values = list(options["value"])
    if options["state"] == "present" and not values:
        raise ModuleFailure("Parameter 'values' must be non-empty when state='present'")
    if options["state"] == "absent" and values:
        raise ModuleFailure("Parameter 'values' must be undefined or empty when state='absent'")
    if not 1 <= options["ttl"] <= _LONGEST_TTL:
        raise ModuleFailure(f"Parameter 'ttl' must be between 1 and {_LONGEST_TTL}")
    return values


class _RecordSet:
    """What the two kinds of record sets share: the zone, the name, the TTLs."""

    def __init__(self, view: View, options: dict[str, Any]) -> None:
        self.view, self.options = view, options
        self.zone = options["zone"].rstrip(".").lower()
        name = options["name"].rstrip(".").lower()
        self.full_name = self.zone if name == "@" else f"{name}.{self.zone}"
        self.has_zone = self.zone in (view.machine.dns_zones or ())
        self.dns = view.world.dns

    def ttl_key(self, value: str) -> str:
        return f"{self.options['type']} {self.full_name} {value}"

    def ttl(self, value: str) -> int:
        return self.view.machine.dns_ttls.get(self.ttl_key(value), _DEFAULT_TTL)

    def set_ttl(self, value: str, ttl: int) -> None:
        self.view.machine.dns_ttls[self.ttl_key(value)] = ttl

    def line(self, value: str) -> str:
        options = self.options
        return f"[{options['zone']}] {options['name']} {self.ttl(value)} IN {options['type']} {value}\n"

    def refuse_unknown_zone(self, values: list[str]) -> None:
        if not self.has_zone and values:
            options = self.options
            place = f"{options['name']} in zone {options['zone']} with value {values[0]}"
            raise ModuleFailure(f"Error adding DNS {options['type']} resource {place}")


class _SrvSet(_RecordSet):
    """``_vlmcs._tcp`` of a domain."""

    def __init__(self, view: View, options: dict[str, Any]) -> None:
        super().__init__(view, options)
        service, _, domain = self.full_name.partition(f"{_KMS_NAME}.")
        self.domain: str = domain
        if service or not domain:
            raise RefusedError(f"win_dns_record for the SRV record {self.full_name} is not simulated")

    def records(self) -> list[SrvRecord]:
        return self.dns.srv.get(self.domain, []) if self.has_zone else []

    def shown(self) -> str:
        return "".join(self.line(_dotted(record.target)) for record in self.records())

    def change(self, values: list[str], dry: bool) -> bool:
        """Whether anything changes. A new record gets the zone's TTL, whatever ``ttl`` says: the module's way."""
        options, wanted, kept, changed = self.options, dict.fromkeys(map(_dotted, values)), [], False
        for record in self.records():
            value = _dotted(record.target)
            if value not in wanted:
                changed = True
                continue
            del wanted[value]
            new = SrvRecord(record.target, options["port"], options["priority"], options["weight"])
            changed = changed or new != record or self.ttl(value) != options["ttl"]
            kept.append((new, options["ttl"]))
        self.refuse_unknown_zone(list(wanted))
        for value in wanted:
            new = SrvRecord(value.rstrip("."), options["port"], options["priority"], options["weight"])
            kept.append((new, _DEFAULT_TTL))
            changed = True
        if changed and not dry:
            self.dns.srv[self.domain] = [record for record, _ in kept]
            for record, ttl in kept:
                self.set_ttl(_dotted(record.target), ttl)
        return changed


class _AddressSet(_RecordSet):
    """The addresses of a name."""

    def addresses(self) -> list[str]:
        return self.dns.lookup_a(self.full_name) if self.has_zone else []

    def shown(self) -> str:
        return "".join(self.line(address) for address in self.addresses())

    def change(self, values: list[str], dry: bool) -> bool:
        present, ttl = self.addresses(), self.options["ttl"]
        self.refuse_unknown_zone(values)
        changed = set(present) != set(values) or any(self.ttl(value) != ttl for value in present)
        if changed and not dry:
            for name in [one for one in self.dns.a if one.rstrip(".").lower() == self.full_name]:
                del self.dns.a[name]
            if values:
                self.dns.a[self.full_name] = values
            for value in values:
                self.set_ttl(value, ttl)
        return changed


def _dotted(name: str) -> str:
    return name.lower() if name.endswith(".") else f"{name.lower()}."
