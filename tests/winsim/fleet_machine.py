# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host of the fleet file made a machine."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from typing import Any

from . import windows
from .connections import CERTIFICATES, CONNECTIONS
from .faults import Fault
from .fleet_checks import FleetError, addresses_in, as_list, as_mapping, checked, options
from .kms import DEFAULT_PORT
from .licensing import SPP_ROOT, Licensing, Record, is_kms_client
from .machine import Installation, Machine
from .microsoft import installation_id
from .products import (
    CHANNELS,
    FAMILIES,
    OFFICES,
    gvlk,
    office_product,
    product_id_stem,
    windows_client,
    windows_gvlk,
    windows_host_product,
    windows_product,
)
from .registry import full_path, set_value
from .world import World, has_activated_host_key

_HOST_KEYS = {
    "groups",
    "os",
    "bits",
    "domain",
    "dns_suffix",
    "office",
    "reach",
    "registry",
    "faults",
    "vars",
    "language",
    "elevated",
    "vbscript",
    "computer_name",
    "host_caching",
    "cmid",
    "windows_licence",
    "address",
    "firewall",
    "dns_server",
    "winhttp_proxy",
    "connection",
    "certificate",
}
_REACHES = ("kms", "microsoft", "dns", "directory", "directory_write")
_OFFICE_KEYS = {"product", "version", "bits", "key", "state", "channel", "kms_override", "properties", "lookup_domain"}
_STATES = {
    "unlicensed": ("0", "C004F014", "0"),
    "licensed": ("1", "0", "0"),
    "oob_grace": ("2", "4004F00C", "43200"),
    "oot_grace": ("3", "4004F00D", "43200"),
    "non_genuine": ("4", "C004F200", "0"),
    "notification": ("5", "C004F009", "0"),
}
_HOST_GENERATIONS = {"10.0.14393": "ws16", "10.0.17763": "ws19", "10.0.20348": "ws22", "10.0.26100": "ws25"}
"""What the description of Windows' own KMS host licence calls the server versions that bring it."""
KMS_VALIDITY = "259200"
"""Minutes that a KMS or AD activation lasts: 180 days."""


def build(name: str, values: Mapping[str, Any], where: str, world: World, user: str) -> Machine:
    """Make the machine of a host entry. Raises FleetError."""
    known = options(values, where, _HOST_KEYS)
    with checked(where):
        system = windows.find(str(known.get("os", "Windows 10 22H2")))
    bits = _bits(known.get("bits", 64), where)
    domain = known.get("domain")
    licensing = _licensing(name, known, system)
    with checked(where):
        faults = [Fault.read(fault) for fault in as_list(known.get("faults", []), where)]
    machine = Machine(
        name,
        licensing,
        caption=system.caption,
        revision=system.revision,
        bits=bits,
        language=str(known.get("language", "en-US")),
        user=user,
        elevated=bool(known.get("elevated", True)),
        vbscript=bool(known.get("vbscript", True)),
        faults=faults,
        reach=_reach(as_mapping(known.get("reach", {}), where), where, domain, known.get("dns_suffix")),
        groups=[str(group) for group in as_list(known.get("groups", []), where)],
        variables=dict(as_mapping(known.get("vars", {}), where)),
        winhttp_proxy=_proxy(known.get("winhttp_proxy"), where),
        connection=_choice(known, "connection", CONNECTIONS, where),
        certificate=_choice(known, "certificate", CERTIFICATES, where),
    )
    for entry in as_list(known.get("office", []), where):
        _add_office(machine, as_mapping(entry, where), f"{where}: office", world)
    for path, data in as_mapping(known.get("registry", {}), where).items():
        _add_registry(licensing, str(path), data, where)
    _add_services(machine)
    licensing.looked_at = world.clock.now()
    return machine


def place(machine: Machine, values: Mapping[str, Any], where: str, world: World, zones: list[str]) -> None:
    """Give a machine its place in the network: address, firewall, DNS server, KMS host. Raises FleetError."""
    machine.firewall = bool(values.get("firewall", False))
    machine.dns_zones = list(zones) if values.get("dns_server") else None
    addresses = addresses_in(values.get("address", []), where)
    if addresses:
        machine.reach["addresses"] = addresses
        suffix = machine.reach.get("dns_suffix") or machine.reach.get("domain")
        if suffix:
            world.dns.a.setdefault(f"{machine.name.partition('.')[0]}.{suffix}".lower(), addresses)
    host = world.host_on(machine.licensing)
    if host is None:
        if has_activated_host_key(machine.licensing):
            world.start_kms_host(machine.licensing, machine.reach)
        return
    host.addresses = host.addresses or addresses
    for version in sorted(host.serves | host.keyed):
        record = _install(machine, office_product(version, "", "kms_host"))
        if not record["PartialProductKey"]:
            _set_key(machine, record, _host_key(world, version))
            _set_state(record, "licensed" if version in host.serves else "unlicensed")
    host.adopt_licences(machine.licensing)
    # A server without an activated host key listens to nobody yet.
    host.running = host.running and host.is_activated
    if host.running:
        machine.licensing.services[0]["State"] = "Running"
        if host.port != DEFAULT_PORT:
            machine.licensing.registry_set(SPP_ROOT + r"\KeyManagementServiceListeningPort", str(host.port))


def _host_key(world: World, version: int) -> str:
    """A key that Microsoft knows for KMS hosts of this version, else one that it does not know."""
    keys = (key.key for key in world.microsoft.keys.values() if (key.office, key.channel) == (version, "kms_host"))
    return next(keys, f"AAAAA-BBBBB-CCCCC-DDDDD-KMS{version % 100}")


def _licensing(name: str, known: Mapping[str, Any], system: windows.Windows) -> Licensing:
    licensing = Licensing(computer_name=str(known.get("computer_name", name.partition(".")[0].upper()))[:15])
    licensing.os |= {"Version": system.version, "ProductType": system.product_type}
    licensing.service |= {
        "ClientMachineID": str(known.get("cmid") or uuid.uuid5(uuid.NAMESPACE_DNS, f"{name} winsim.example")),
        "KeyManagementServiceHostCaching": str(bool(known.get("host_caching", True))),
        "Version": f"{system.version}.{system.revision}",
        "RemainingWindowsReArmCount": "1001",
    }
    licence = known.get("windows_licence", True)
    if isinstance(licence, Mapping):
        _add_windows(licensing, licence, system, f"hosts: {name}: windows_licence")
    elif licence:
        # Activated for good, as with a MAK: a Windows that depends on a KMS host would only add noise.
        product = windows_product(system.product_type == windows.SERVER)
        product |= {"LicenseStatus": "1", "LicenseStatusReason": "0", "GracePeriodRemaining": "0"}
        product |= {"Description": "Windows(R) Operating System, VOLUME_MAK channel", "ProductKeyChannel": "Volume:MAK"}
        product |= {"VLActivationInterval": "", "VLRenewalInterval": ""}
        licensing.products.append(product)
        generation = _HOST_GENERATIONS.get(system.version)
        if system.product_type == windows.SERVER and generation:
            licensing.products.append(windows_host_product(generation))
    return licensing


def _add_windows(licensing: Licensing, entry: Mapping[str, Any], system: windows.Windows, where: str) -> None:
    """Windows by its own description: the licences of its edition, one of them with a key."""
    known = options(entry, where, {"edition", "channel", "key", "state", "properties"})
    is_server = system.product_type == windows.SERVER
    edition = str(known.get("edition", "ServerStandard" if is_server else "Enterprise"))
    channel, state = known.get("channel", "kms_client"), known.get("state", "oob_grace")
    if channel not in ("kms_client", "mak", "oem", "none") or state not in _STATES:
        raise FleetError(f"{where}: channel kms_client, mak, oem or none; state {', '.join(_STATES)}")
    records = {one: windows_client(edition, one) for one in ("kms_client", "mak")}
    if channel == "oem":
        records["oem"] = records["mak"] | {
            "ID": str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{edition} oem winsim.example")),
            "Description": "Windows(R) Operating System, OEM_DM channel",
        }
    licensing.products += records.values()
    if channel == "none":
        return
    key = str(known.get("key") or windows_gvlk(edition.lower(), system.version) or "AAAAA-BBBBB-CCCCC-DDDDD-WNKEY")
    number = f"06401-03861-000-{uuid.uuid5(uuid.NAMESPACE_DNS, key).int % 1000000:06}-03-1033-17763.0000-1702024"
    records[channel] |= {
        "PartialProductKey": key[-5:],
        "ProductKeyID": number,
        "ProductKeyChannel": {"kms_client": "Volume:GVLK", "mak": "Volume:MAK"}.get(channel, "OEM:DM"),
        "OfflineInstallationId": installation_id(licensing.computer_name, records[channel]["ID"]),
    }
    _set_state(records[channel], str(state))
    records[channel] |= {one: str(value) for one, value in as_mapping(known.get("properties", {}), where).items()}


def _reach(data: Mapping[str, Any], where: str, domain: Any, suffix: Any) -> dict[str, Any]:
    known = options(data, f"{where}: reach", {*_REACHES, "domain"})
    reach: dict[str, Any] = {part: bool(known.get(part, True)) for part in _REACHES}
    in_reach = known.get("domain", True)
    return reach | {"domain": domain if in_reach else None, "dns_suffix": suffix or domain}


def _proxy(data: Any, where: str) -> dict[str, Any] | None:
    if data is None:
        return None
    place = f"{where}: winhttp_proxy"
    known = options(as_mapping(data, place), place, {"server", "bypass", "authenticating"})
    if not known.get("server"):
        raise FleetError(f"{place}: needs server")
    return dict(known)


def _choice(known: Mapping[str, Any], key: str, choices: tuple[str, ...], where: str) -> str:
    value = str(known.get(key, choices[0]))
    if value not in choices:
        raise FleetError(f"{where}: {key} is one of {', '.join(choices)}, not {value!r}")
    return value


def _bits(value: Any, where: str) -> int:
    if value not in (32, 64):
        raise FleetError(f"{where}: bits is 32 or 64, not {value!r}")
    return int(value)


# -- Office ---------------------------------------------------------------------------------------------------------


def _add_office(machine: Machine, entry: Mapping[str, Any], where: str, world: World) -> None:
    known = options(entry, where, _OFFICE_KEYS)
    family, version = known.get("product", "proplus"), known.get("version", 2021)
    channel, state = known.get("channel"), known.get("state")
    for key, value, choices in (
        ("product", family, tuple(FAMILIES)),
        ("version", version, OFFICES),
        ("channel", channel, (None, *CHANNELS)),
        ("state", state, (None, *_STATES)),
    ):
        if value not in choices:
            raise FleetError(f"{where}: {key} {value!r}; known: {', '.join(str(one) for one in choices if one)}")
    if channel != "kms_host":
        machine.office.append(Installation(family, version, _bits(known.get("bits", machine.bits), where)))
    key = str(known.get("key", "gvlk"))
    channels = _channels(version, family, channel)
    records = {one: _install(machine, office_product(version, family, one)) for one in channels}
    if key != "none":
        chosen = records[channel or _channel_of(key, channels, world)]
        _set_key(machine, chosen, _whole_key(key, version, family, channel, where))
        _set_state(chosen, state or ("oob_grace" if is_kms_client(chosen) else "unlicensed"))
        chosen |= {name: str(value) for name, value in as_mapping(known.get("properties", {}), where).items()}
    _override(records, as_mapping(known.get("kms_override", {}), where), where)
    if known.get("lookup_domain") and "kms_client" in records:
        records["kms_client"]["KeyManagementServiceLookupDomain"] = str(known["lookup_domain"])


def _channels(version: int, family: str, channel: str | None) -> list[str]:
    """Which licences an entry brings: volume products have KMS client and MAK, 2013 and earlier Grace too."""
    if channel == "kms_host":
        return ["kms_host"]
    if family == "o365proplus":
        return ["subscription"]
    channels = ["kms_client", "mak"] + (["grace"] if version <= 2013 else [])
    return channels if channel is None or channel in channels else [*channels, channel]


def _channel_of(key: str, channels: list[str], world: World) -> str:
    """Which licence a key belongs to when the entry does not say."""
    if key == "gvlk" or len(channels) == 1:
        return channels[0]
    known = world.microsoft.find(key)
    return known.channel if known and known.channel in channels else "mak"


def _whole_key(key: str, version: int, family: str, channel: str | None, where: str) -> str:
    if key == "gvlk" and channel in (None, "kms_client"):
        return gvlk(version, family) or "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"
    if key == "gvlk":
        return "AAAAA-BBBBB-CCCCC-DDDDD-" + str(channel).upper().replace("_", "X")[:5].ljust(5, "X")
    if not re.fullmatch(r"(?i)([A-Z0-9]{5}-){4}[A-Z0-9]{5}", key):
        raise FleetError(f"{where}: key is none, gvlk or five groups of five characters")
    return key.upper()


def _install(machine: Machine, record: Record) -> Record:
    """Add a licence, or find the one that another entry brought."""
    for existing in machine.licensing.products:
        if existing["ID"] == record["ID"]:
            return existing
    machine.licensing.products.append(record)
    return record


def _set_key(machine: Machine, record: Record, key: str) -> None:
    digest = uuid.uuid5(uuid.NAMESPACE_DNS, f"{machine.name} {record['ID']}").int
    number = f"{product_id_stem(record)}-{digest % 100000:05}-AA{digest // 100000 % 1000:03}"
    record |= {
        "PartialProductKey": key[-5:],
        "ProductKeyID": number,
        "ProductKeyID2": number,
        "OfflineInstallationId": installation_id(machine.licensing.computer_name, record["ID"]),
    }


def _set_state(record: Record, state: str) -> None:
    status, reason, grace = _STATES[state]
    if state == "licensed" and is_kms_client(record):
        grace = KMS_VALIDITY
    record |= {"LicenseStatus": status, "LicenseStatusReason": reason, "GracePeriodRemaining": grace}


def _override(records: Mapping[str, Record], data: Mapping[str, Any], where: str) -> None:
    known = options(data, f"{where}: kms_override", {"host", "port"})
    record = records.get("kms_client", {})
    if "host" in known:
        record["KeyManagementServiceMachine"] = str(known["host"])
    if "port" in known:
        record["KeyManagementServicePort"] = str(known["port"])


# -- registry and services ------------------------------------------------------------------------------------------


def _add_registry(licensing: Licensing, path: str, data: Any, where: str) -> None:
    with checked(f"{where}: registry: {path}"):
        full = full_path(path)
    if not full.startswith("HKEY_LOCAL_MACHINE\\") or isinstance(data, bool) or not isinstance(data, str | int):
        raise FleetError(f"{where}: registry: {path}: a value below HKLM, a number or a text")
    set_value(licensing, full, data)


def _add_services(machine: Machine) -> None:
    """sppsvc everywhere; Office's own service on Windows 7 and for Office 2010."""
    licensing = machine.licensing
    names = {"sppsvc": "Software Protection"}
    if machine.office and (licensing.windows == (6, 1) or any(one.version == 2010 for one in machine.office)):
        names["osppsvc"] = "Office Software Protection Platform"
    for name, display in names.items():
        mode = "Auto" if name == "sppsvc" else "Manual"
        licensing.services.append({"Name": name, "DisplayName": display, "State": "Stopped", "StartMode": mode})
