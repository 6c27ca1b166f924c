# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet file: YAML that describes the machines and the world around them. README.md describes its keys."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import yaml

from . import fleet_machine, packs
from .directory import Forest
from .files import kind_of
from .fleet_checks import FleetError, addresses_in, as_list, as_mapping, checked, options
from .kms import DEFAULT_PORT, REMEMBERED, KmsHost, SrvRecord
from .licensing import OFFICE_APP, WINDOWS_APP
from .machine import Machine
from .microsoft import ACTIVATIONS_PER_KMS_HOST, KMS_HOSTS_PER_KEY, VolumeKey
from .products import FAMILIES, OFFICES
from .world import START, Clock, World

HOST_KEY_LIMIT = KMS_HOSTS_PER_KEY * ACTIVATIONS_PER_KMS_HOST
__all__ = ["Fleet", "FleetError", "expand_name", "read"]


@dataclass
class Fleet:
    """What a fleet file gives."""

    world: World
    machines: dict[str, Machine] = field(default_factory=dict)
    user: str = "admin"
    password: str = "secret"
    downloads: dict[str, dict[str, Any]] = field(default_factory=dict)
    dns_server: dict[str, Any] | None = None


def read(text: str) -> Fleet:
    """Read a fleet file's text. Raises FleetError, which says where and what."""
    try:
        data = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise FleetError(f"the fleet file is not YAML: {error}") from error
    top = options(
        as_mapping(data, "the fleet file"),
        "the fleet file",
        {"clock", "credentials", "dns", "kms_hosts", "forest", "microsoft", "hosts", "defaults"}
        | {"downloads", "dns_server"},
    )
    credentials = options(as_mapping(top.get("credentials", {}), "credentials"), "credentials", {"user", "password"})
    fleet = Fleet(
        World(clock=_clock(top.get("clock"))),
        user=str(credentials.get("user", "admin")),
        password=str(credentials.get("password", "secret")),
    )
    _read_dns(fleet.world, as_mapping(top.get("dns", {}), "dns"))
    _read_kms_hosts(fleet.world, as_mapping(top.get("kms_hosts", {}), "kms_hosts"))
    _read_microsoft(fleet.world, as_mapping(top.get("microsoft", {}), "microsoft"))
    if top.get("forest"):
        _read_forest(fleet.world, as_mapping(top["forest"], "forest"))
    if top.get("dns_server"):
        fleet.dns_server = _dns_server(as_mapping(top["dns_server"], "dns_server"))
    for url, entry in as_mapping(top.get("downloads", {}), "downloads").items():
        fleet.downloads[str(url)] = _download(as_mapping(entry, f"downloads: {url}"), f"downloads: {url}")
    zones = sorted(str(domain).lower() for domain in top.get("dns", {}))
    _read_hosts(fleet, top, zones)
    return fleet


def _read_hosts(fleet: Fleet, top: Mapping[str, Any], zones: list[str]) -> None:
    defaults = as_mapping(top.get("defaults", {}), "defaults")
    for pattern, entry in as_mapping(top.get("hosts", {}), "hosts").items():
        where = f"hosts: {pattern}"
        for name in expand_name(str(pattern)):
            if name in fleet.machines:
                raise FleetError(f"{where}: {name} is there twice")
            values = {**defaults, **as_mapping(entry or {}, where)}
            machine = fleet_machine.build(name, values, where, fleet.world, fleet.user)
            fleet_machine.place(machine, values, where, fleet.world, zones)
            fleet.machines[name] = machine


def expand_name(pattern: str) -> Iterable[str]:
    """The names of ``desktop[01:10]``: Ansible's ranges, with an optional step; leading zeros are kept."""
    match = re.search(r"\[(\d+):(\d+)(?::(\d+))?\]", pattern)
    if not match:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", pattern):
            raise FleetError(f"hosts: {pattern!r} is not a host name or a range such as desktop[01:10]")
        return [pattern]
    first, last, step = match[1], int(match[2]), int(match[3] or 1)
    numbers = [str(number).zfill(len(first)) for number in range(int(first), last + 1, step)]
    if not numbers:
        raise FleetError(f"hosts: the range of {pattern} is empty")
    expanded = (pattern[: match.start()] + number + pattern[match.end() :] for number in numbers)
    return [name for one in expanded for name in expand_name(one)]


# -- the world ------------------------------------------------------------------------------------------------------


def _clock(value: Any) -> Clock:
    if value is None:
        return Clock(start=START)
    if isinstance(value, str):
        with checked("clock", "a time such as 2026-11-24T08:00:00Z"):
            value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if not isinstance(value, datetime):
        raise FleetError(f"clock: {value!r} is not a time such as 2026-11-24T08:00:00Z")
    return Clock(start=value if value.tzinfo else value.replace(tzinfo=timezone.utc))


def _read_dns(world: World, data: Mapping[str, Any]) -> None:
    for domain, entry in data.items():
        for name, value in as_mapping(entry or {}, f"dns: {domain}").items():
            where = f"dns: {domain}: {name}"
            if name != "_vlmcs":
                world.dns.a[f"{name}.{domain}"] = [str(one) for one in as_list(value, where)]
                continue
            for record in as_list(value, where):
                known = options(as_mapping(record, where), where, {"host", "port", "priority", "weight"})
                if "host" not in known:
                    raise FleetError(f"{where}: a record needs a host")
                numbers = (_number(known, key, where, 0) for key in ("priority", "weight"))
                srv = SrvRecord(str(known["host"]), _number(known, "port", where, DEFAULT_PORT), *numbers)
                world.dns.srv.setdefault(str(domain).lower(), []).append(srv)


def _read_kms_hosts(world: World, data: Mapping[str, Any]) -> None:
    for name, entry in data.items():
        where = f"kms_hosts: {name}"
        known = options(
            as_mapping(entry or {}, where),
            where,
            {"address", "port", "serves", "keyed", "count", "running", "serves_windows", "windows_count"},
        )
        addresses = addresses_in(known.get("address", []), where)
        host = KmsHost(
            str(name),
            addresses,
            _number(known, "port", where, DEFAULT_PORT),
            running=bool(known.get("running", True)),
            serves=_versions(known.get("serves", []), where),
            keyed=_versions(known.get("keyed", []), where),
            serves_windows=bool(known.get("serves_windows", False)),
        )
        for key, application in (("count", OFFICE_APP), ("windows_count", WINDOWS_APP)):
            count = _number(known, key, where, 0)
            if not 0 <= count <= REMEMBERED:
                raise FleetError(f"{where}: {key} is 0 to {REMEMBERED}")
            if count:
                cmids = (f"{number:08x}-0000-4000-8000-000000000000" for number in range(count))
                host.clients[application] = dict.fromkeys(cmids, world.clock.now())
        world.kms_hosts[str(name)] = host
        if addresses and not world.dns.a.get(str(name)):
            world.dns.a[str(name)] = addresses


def _dns_server(data: Mapping[str, Any]) -> dict[str, Any]:
    known = options(data, "dns_server", {"address", "port", "dynamic_updates"})
    if "address" not in known:
        raise FleetError("dns_server: address is needed")
    (address,) = addresses_in(known["address"], "dns_server")
    updates = bool(known.get("dynamic_updates", False))
    return {"address": address, "port": _number(known, "port", "dns_server", 53), "dynamic_updates": updates}


_FILE_TEXTS: dict[str, Callable[[Any], str]] = {
    "pack": packs.pack_text,
    "licence": packs.licence_text,
    "text": str,
}


def _download(data: Mapping[str, Any], where: str) -> dict[str, Any]:
    """What a URL or a UNC path gives: a file, or the text of an error."""
    known = options(data, where, {"pack", "licence", "text", "error"})
    if len(known) != 1:
        raise FleetError(f"{where}: one of pack, licence, text or error")
    (what, value), *_ = known.items()
    if what == "error":
        return {"error": str(value)}
    with checked(where):
        made = _FILE_TEXTS[what](value)
    return {"kind": kind_of(made.encode())}


def _read_microsoft(world: World, data: Mapping[str, Any]) -> None:
    known = options(data, "microsoft", {"maks", "keys", "reachable"})
    world.microsoft.reachable = bool(known.get("reachable", True))
    for entry in (*as_list(known.get("maks", []), "microsoft: maks"), *as_list(known.get("keys", []), "microsoft")):
        where = f"microsoft: {entry.get('key', '?') if isinstance(entry, Mapping) else entry}"
        allowed = {"key", "office", "windows", "family", "channel", "limit", "used", "blocked"}
        values = options(as_mapping(entry, where), where, allowed)
        if not re.fullmatch(r"(?i)([A-Z0-9]{5}-){4}[A-Z0-9]{5}", str(values.get("key", ""))):
            raise FleetError(f"{where}: key must be five groups of five characters")
        channel = str(values.get("channel", "mak"))
        is_host_key = channel == "kms_host"
        family = str(values.get("windows" if "windows" in values else "family", ""))
        if "windows" in values and "office" in values:
            raise FleetError(f"{where}: a key is for windows or for an office, not for both")
        if re.fullmatch(r"ws\d\d", family) and not is_host_key:
            raise FleetError(f"{where}: {family} is for a key with channel kms_host; others have an edition")
        office = 0
        if "windows" not in values:
            (office,) = _versions([values.get("office")], where)
        if family not in FAMILIES and not is_host_key and "windows" not in values:
            raise FleetError(f"{where}: family is one of {', '.join(FAMILIES)}")
        world.microsoft.add(
            VolumeKey(
                str(values["key"]).upper(),
                office,
                family,
                channel,
                limit=_number(values, "limit", where, HOST_KEY_LIMIT if is_host_key else 50),
                used=_number(values, "used", where, 0),
                blocked=bool(values.get("blocked", False)),
            )
        )


def _read_forest(world: World, data: Mapping[str, Any]) -> None:
    known = options(
        data, "forest", {"domain", "domains", "activation_objects", "reachable", "has_container", "other_objects"}
    )
    if "domain" not in known:
        raise FleetError("forest: domain is needed")
    world.forest = Forest(
        str(known["domain"]),
        [str(one) for one in as_list(known.get("domains", []), "forest: domains")],
        reachable=bool(known.get("reachable", True)),
        has_container=bool(known.get("has_container", True)),
    )
    for name in as_list(known.get("other_objects", []), "forest: other_objects"):
        world.forest.other_objects.append(world.forest.dn_of(str(name)).lower())
    for entry in as_list(known.get("activation_objects", []), "forest: activation_objects"):
        where = "forest: activation_objects"
        values = options(as_mapping(entry, where), where, {"name", "serves", "windows", "partial_key"})
        world.forest.add(
            str(values.get("name", "Office")),
            sorted(_versions(values.get("serves", []), where)),
            str(values.get("partial_key", "")),
            bool(values.get("windows", False)),
        )


def _versions(data: Any, where: str) -> set[int]:
    versions = set()
    for one in as_list(data, where):
        if one not in OFFICES:
            raise FleetError(f"{where}: {one!r} is no Office version; known: {', '.join(map(str, OFFICES))}")
        versions.add(one)
    return versions


def _number(data: Mapping[str, Any], key: str, where: str, default: int) -> int:
    value = data.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int):
        raise FleetError(f"{where}: {key} must be a number, not {value!r}")
    return value
