# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host-wide settings: what differs from the desired state, by meaning.

Host names compare without regard to case and trailing dot, an unset port is 1688. C(/dstatus) shows KMS
settings only for a KMS product with a key, and hides them for an AD-activated product and all listed after it;
where it is silent the registry speaks (reference/ospp.md, the AD quirk; reference/registry.md).
"""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.desired import DesiredSettings
from ansible_collections.officefleet.activation.plugins.module_utils.operations import (
    ACTIVATION_TYPE_NUMBERS,
    Kind,
    Operation,
    Plan,
)
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.products import OFFICE_APPLICATION_ID
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading, registered_caching
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import (
    KMS_NAME,
    KMS_PORT,
    LOOKUP_DOMAIN,
    OSPP_KEY,
    SPP_KEY,
    root_keys,
)
from ansible_collections.officefleet.activation.plugins.module_utils.status import Licence

EVERY_LICENCE = "for every Office KMS licence on the machine"
NO_KMS_LICENCE = (
    "No Office KMS licence is installed on this host: there is nothing that a KMS setting could be stored in."
)
_NOT_ON_WINDOWS_7 = "Windows 7 and Server 2008 R2 do not have this setting."


def kms_clients(reading: Reading) -> list[Licence]:
    """The keyed KMS client licences of Office 2013 and later: those whose settings count."""
    return [
        licence
        for licence in reading.status.licences
        if licence.channel == "kms_client" and licence.office != 2010 and licence.partial_product_key
    ]


def normal_host(host: str) -> str:
    """A host as it compares; text that is no host name compares as it stands."""
    try:
        return inputs.kms_host("host", host)
    except inputs.InputError:
        return host.lower()


def effective_hosts(reading: Reading) -> set[tuple[str, int] | None]:
    """The registered KMS hosts and ports in force, of all licences that matter; None among them: by DNS.

    Those are the keyed ones; without any, those that the registry holds a value for (it may hold values of
    licences that are gone, which no script reaches); without any, the values above the licences count.
    """
    clients = {licence.sku_id: licence for licence in kms_clients(reading)}
    skus: set[str | None] = {*clients} or {*_registered_hosts(reading)} or {None}
    return {_effective(reading, sku, clients.get(sku or "")) for sku in skus}


def _registered_hosts(reading: Reading) -> set[str | None]:
    return {override.sku_id for override in reading.status.kms_override if override.sku_id}


def _effective(reading: Reading, sku_id: str | None, licence: Licence | None) -> tuple[str, int] | None:
    if licence is not None and licence.kms is not None and licence.kms.host:
        return normal_host(licence.kms.host), licence.kms.port or inputs.DEFAULT_KMS_PORT
    for override in reading.status.kms_override:
        if override.host and override.sku_id in (None, sku_id):
            return normal_host(override.host), override.port or inputs.DEFAULT_KMS_PORT
    return None


def plan_settings(reading: Reading, desired: DesiredSettings) -> Plan:
    """The operations that bring the host-wide settings into their desired state."""
    plan = _plan_kms_host(reading, desired) + _plan_discovery(reading, desired)
    plan += _plan_lookup_domain(reading, desired.lookup_domain)
    plan += _plan_caching(reading, desired.host_caching) + _plan_type(reading, desired.activation_type)
    plan += _plan_user_operations(reading, desired.user_operations)
    return _without_kms_licences(reading, plan)


_NEED_KMS_LICENCES = frozenset({Kind.SET_KMS_HOST, Kind.SET_KMS_PORT, Kind.SET_LOOKUP_DOMAIN, Kind.SET_ACTIVATION_TYPE})


def _without_kms_licences(reading: Reading, plan: Plan) -> Plan:
    """The script stores these settings in KMS licences, and only in those.

    A machine whose keys are all subscription or retail has none. Where a MAK is the only key, KMS licences
    without a key are usual but not certain: the plan says that it guesses.
    """
    needy = [operation for operation in plan.operations if operation.kind in _NEED_KMS_LICENCES]
    if not needy or kms_clients(reading) or any(entry.sku_id for entry in reading.status.kms_override):
        return plan
    keyed = [licence for licence in reading.status.licences if licence.partial_product_key]
    volume = [licence for licence in keyed if licence.channel in ("mak", "kms_host")]
    if reading.installed is None and (volume or not keyed):
        return plan + Plan(guesses=True)
    if any(licence.channel in ("kms_client", "kms_host") for licence in reading.installed or ()):
        return plan
    kept = tuple(operation for operation in plan.operations if operation not in needy)
    return Plan(kept, plan.problems, warnings=(*plan.warnings, NO_KMS_LICENCE) if volume else plan.warnings)


def _plan_kms_host(reading: Reading, desired: DesiredSettings) -> Plan:
    if desired.kms_host is None:
        return Plan()
    wanted = (desired.kms_host, desired.kms_port)
    found = effective_hosts(reading)
    if found == {wanted}:
        return Plan()
    overrides = reading.status.kms_override
    operations = []
    registered_for_all = all(entry is not None for entry in found) and all(entry.scope == "sku" for entry in overrides)
    if {entry[0] if entry else None for entry in found} != {desired.kms_host} or not registered_for_all:
        words = f"set the KMS host {desired.kms_host} {EVERY_LICENCE}"
        operations.append(Operation(Kind.SET_KMS_HOST, words, value=desired.kms_host))
    other_port = any(entry.port not in (None, inputs.DEFAULT_KMS_PORT) for entry in overrides)
    if desired.kms_port != inputs.DEFAULT_KMS_PORT or other_port or not operations:
        words = f"set the KMS port {desired.kms_port} {EVERY_LICENCE}"
        operations.append(Operation(Kind.SET_KMS_PORT, words, value=str(desired.kms_port)))
    return Plan(tuple(operations))


def _plan_discovery(reading: Reading, desired: DesiredSettings) -> Plan:
    if not desired.dns_discovery:
        return Plan()
    overrides = reading.status.kms_override
    shown = any(licence.kms and licence.kms.host for licence in kms_clients(reading))
    inherited = [entry for entry in overrides if entry.scope != "sku" and entry.host]
    operations = []
    skus = {licence.sku_id for licence in kms_clients(reading)} or _registered_hosts(reading)
    if any(entry.sku_id in skus for entry in overrides if entry.sku_id) or (shown and not inherited):
        operations.append(Operation(Kind.CLEAR_KMS_HOST, f"remove the registered KMS host and port {EVERY_LICENCE}"))
    if not desired.remove_inherited:
        problems = tuple(("", _inherited_problem(key, host)) for key, host in _inherited_hosts(reading))
        return Plan(tuple(operations), problems)
    for key, _host in _inherited_hosts(reading):
        for name in (KMS_NAME, KMS_PORT):
            if reading.registry.text(key, name) is not None:
                words = f"remove the registry value HKLM\\{key}\\{name}"
                operations.append(Operation(Kind.REMOVE_INHERITED, words, value=f'"HKLM\\{key}" /v {name}'))
    return Plan(tuple(operations))


def _inherited_keys(reading: Reading) -> list[str]:
    home = OSPP_KEY if reading.windows7 else SPP_KEY
    return [f"{home}\\{OFFICE_APPLICATION_ID}", *root_keys(reading.windows7)]


def _inherited_hosts(reading: Reading) -> list[tuple[str, str]]:
    hosts = ((key, reading.registry.text(key, KMS_NAME)) for key in _inherited_keys(reading))
    return [(key, host) for key, host in hosts if host]


def _inherited_problem(key: str, host: str) -> Problem:
    return Problem(
        "A KMS host is registered above the licences (policy or image), where ospp.vbs /remhst does not reach.",
        f"It is HKLM\\{key}\\{KMS_NAME} = {host}. Remove it where it comes from, or set remove_inherited: true"
        " (at the SoftwareProtectionPlatform root Windows' own activation uses it too).",
    )


def _plan_lookup_domain(reading: Reading, domain: str | None) -> Plan:
    if domain is None:
        return Plan()
    if reading.windows7:
        remedy = "Leave lookup_domain out for these hosts; their DNS suffixes decide where KMS hosts are looked for."
        return Plan(problems=(("", Problem(_NOT_ON_WINDOWS_7, remedy)),)) if domain else Plan()
    found, unseen = lookup_domains(reading)
    if found == {domain or None}:
        return Plan()
    if domain:
        words = f"set the KMS lookup domain {domain} {EVERY_LICENCE}"
        return Plan((Operation(Kind.SET_LOOKUP_DOMAIN, words, value=domain, unseen=unseen),))
    return Plan((Operation(Kind.CLEAR_LOOKUP_DOMAIN, f"clear the KMS lookup domain {EVERY_LICENCE}", unseen=unseen),))


def lookup_domains(reading: Reading) -> tuple[set[str | None], bool]:
    """The lookup domains in force, and whether a listing was silent so that only the registry could tell."""
    clients = kms_clients(reading)
    found: set[str | None] = set()
    for licence in clients:
        domain = licence.kms.lookup_domain if licence.kms else _registered(reading, licence.sku_id)
        found.add(domain.lower().rstrip(".") if domain else None)
    if not clients:
        found = {_registered(reading, sku) for sku in _registered_skus(reading)} or {None}
    return found, not clients or any(licence.kms is None for licence in clients)


def _registered(reading: Reading, sku_id: str) -> str | None:
    return reading.registry.text(f"{SPP_KEY}\\{OFFICE_APPLICATION_ID}\\{sku_id}", LOOKUP_DOMAIN) or None


def _registered_skus(reading: Reading) -> list[str]:
    beginning = f"hkey_local_machine\\{SPP_KEY}\\{OFFICE_APPLICATION_ID}\\".lower()
    return [key[len(beginning) :] for key in reading.registry.keys if key.startswith(beginning)]


def host_caching(reading: Reading) -> bool:
    """Whether clients remember the KMS host that answered; the registry tells where the listing does not."""
    shown = [licence.kms.host_caching for licence in kms_clients(reading) if licence.kms]
    known = [value for value in shown if value is not None]
    return known[0] if known else registered_caching(reading)


def _plan_caching(reading: Reading, wanted: bool | None) -> Plan:
    if wanted is None or host_caching(reading) == wanted:
        return Plan()
    words = f"switch KMS host caching {'on' if wanted else 'off'} (a setting of the whole licensing service)"
    return Plan((Operation(Kind.SET_HOST_CACHING, words, value=str(wanted).upper()),))


def activation_types(reading: Reading) -> tuple[set[str], bool]:
    """The activation types in force, and whether only the registry could tell."""
    clients = kms_clients(reading)
    if clients:
        return {licence.activation_type or "all" for licence in clients}, False
    names = {number: name for name, number in ACTIVATION_TYPE_NUMBERS.items()}
    keys = (f"{SPP_KEY}\\{OFFICE_APPLICATION_ID}\\{sku}" for sku in _registered_skus(reading))
    return {names.get(reading.registry.number(key, "VLActivationType") or 0, "all") for key in keys} or {"all"}, True


def _plan_type(reading: Reading, wanted: str | None) -> Plan:
    if wanted is None:
        return Plan()
    if reading.windows7:
        remedy = f"Leave activation_type: {wanted} out for these hosts; they know KMS only."
        return Plan(problems=(("", Problem(_NOT_ON_WINDOWS_7, remedy)),)) if wanted in ("ad", "token") else Plan()
    found, unseen = activation_types(reading)
    if found == {wanted}:
        return Plan()
    words = f"set the activation type {wanted} {EVERY_LICENCE}"
    number = str(ACTIVATION_TYPE_NUMBERS[wanted])
    return Plan((Operation(Kind.SET_ACTIVATION_TYPE, words, value=number, unseen=unseen),))


def _plan_user_operations(reading: Reading, wanted: bool | None) -> Plan:
    """An absent value means what 0 means: standard users may not activate."""
    if wanted is None or bool(reading.status.user_operations) == wanted:
        return Plan()
    words = f"{'allow' if wanted else 'deny'} activation by standard users"
    return Plan((Operation(Kind.SET_USER_OPERATIONS, words, value="/puserops" if wanted else "/duserops"),))
