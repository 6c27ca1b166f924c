# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The method for each computer, with the reason: reference is Microsoft's volume activation planning guide.

In this order: Active Directory, KMS, MAK over the Internet, MAK by another machine, MAK by telephone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import (
    BY_MAK,
    KMS_THRESHOLD,
    VALID_DAYS,
    Computer,
    FleetPlan,
    HostKeyNeed,
    HostPlan,
    InstalledProduct,
    MakNeed,
    Method,
    PlannedProduct,
    SitePlan,
    Warned,
)
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_sites import (
    fits_ad,
    in_time,
    plan_sites,
    site_warnings,
)
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_warnings import host_warnings

BY_INVENTORY = "The inventory says so (activation_plan_method)."


def plan_fleet(computers: Iterable[Computer]) -> FleetPlan:
    """The plan of all computers. Sites are counted over them, so that a part of a fleet gives another plan."""
    fleet = list(computers)
    sites = plan_sites(fleet)
    same_cmid: Counter[str | None] = Counter(computer.cmid for computer in fleet if computer.cmid)
    hosts = tuple(
        _plan_host(computer, sites[computer.circumstances.site], same_cmid[computer.cmid] > 1) for computer in fleet
    )
    return FleetPlan(
        hosts=hosts,
        sites=tuple(sites.values()),
        host_keys=_host_keys(hosts),
        maks=_maks(hosts),
        warnings=(*site_warnings(fleet, sites), *_grouped(hosts)),
    )


def _plan_host(computer: Computer, site: SitePlan, shared_cmid: bool) -> HostPlan:
    method, reason = _decide(computer, site)
    if method in BY_MAK and not computer.products:
        reason = f"It would be activated by MAK, but no Office product has a key that tells which MAK. {reason}"
        method = Method.UNKNOWN
    return HostPlan(
        host=computer.host,
        site=site.site,
        method=method,
        reason=reason,
        warnings=host_warnings(computer, method, site, shared_cmid),
        products=tuple(_planned(product, computer.products, method) for product in computer.products),
    )


def _decide(computer: Computer, site: SitePlan) -> tuple[Method, str]:
    wanted = computer.circumstances.method
    if wanted is Method.NONE:
        return wanted, BY_INVENTORY
    if computer.needless:
        return Method.NONE, computer.needless
    # KMS and AD are planned for all products alike, so that nothing needs to be known of them.
    if computer.unread and wanted not in (Method.KMS, Method.AD):
        return Method.UNKNOWN, computer.unread
    if wanted is not None:
        return wanted, BY_INVENTORY
    if fits_ad(computer):
        return Method.AD, _why_ad(computer)
    if in_time(computer) and site.enough:
        return Method.KMS, _why_kms(computer, site)
    return _choose_mak(computer, _why_not_kms(computer, site))


def _why_ad(computer: Computer) -> str:
    versions = ", ".join(str(version) for version in sorted({item.office or 0 for item in computer.products}))
    return f"It is joined to a domain whose forest has an activation object for Office {versions}."


def _why_kms(computer: Computer, site: SitePlan) -> str:
    days = computer.circumstances.days_away
    network = f"It is away from the organisation's network for {days} days at most" if days else ""
    network = network or "It stays in the organisation's network"
    number = site.asking + site.unread
    if number >= KMS_THRESHOLD:
        return f"{network}, and {number} computers of site {site.site} ask a KMS host, which wants {KMS_THRESHOLD}."
    return f"{network}, and a KMS host activates computers of site {site.site} already."


def _why_not_kms(computer: Computer, site: SitePlan) -> str:
    if "kms" not in computer.circumstances.reach:
        return "It has no way to the organisation's network"
    days = computer.circumstances.days_away
    if days > VALID_DAYS:
        return (
            f"It can be away from the organisation's network for {days} days, and an activation by KMS holds for"
            f" {VALID_DAYS}"
        )
    return f"Only {site.asking + site.unread} of {KMS_THRESHOLD} computers of site {site.site} would ask a KMS host"


def _choose_mak(computer: Computer, why: str) -> tuple[Method, str]:
    here = computer.circumstances
    internet = "internet" in here.reach
    if internet and not here.authenticating_proxy:
        return Method.MAK, f"{why}; it has Internet."
    why = f"{why}, and {'an authenticating proxy keeps it from Microsoft' if internet else 'it has no Internet'}"
    if "proxy" in here.reach:
        return Method.MAK_PROXY, f"{why}; a machine with Internet reaches it."
    return Method.TELEPHONE, f"{why}; no machine with Internet reaches it."


def _planned(product: InstalledProduct, beside: tuple[InstalledProduct, ...], method: Method) -> PlannedProduct:
    alike = [other for other in beside if other.family == product.family]
    name = product.sku_id if product.family is None or len(alike) > 1 else product.family
    # A product that a MAK has activated keeps it: another MAK would spend another count.
    needs_mak = method in BY_MAK and product.mak is None
    return PlannedProduct(product.label, name, product.office, key_variable(product) if needs_mak else None)


def key_variable(product: InstalledProduct) -> str:
    """The name of the vault variable that holds the MAK of a product."""
    if product.family is None:
        return f"vault_mak_sku_{product.sku_id[:8]}"
    return "_".join(filter(None, ["vault_mak", product.family, str(product.office), product.variant]))


def _host_keys(hosts: tuple[HostPlan, ...]) -> tuple[HostKeyNeed, ...]:
    found: Counter[tuple[int, Method]] = Counter(
        (version, host.method)
        for host in hosts
        for version in {product.office for product in host.products if product.office}
    )
    versions = sorted({version for version, method in found if method in (Method.KMS, Method.AD)})
    return tuple(HostKeyNeed(one, found[one, Method.KMS], found[one, Method.AD]) for one in versions)


def _maks(hosts: tuple[HostPlan, ...]) -> tuple[MakNeed, ...]:
    needed = [product for host in hosts for product in host.products if product.key_variable]
    found = Counter((product.key_variable or "", product.label) for product in needed)
    return tuple(MakNeed(variable, label, number) for (variable, label), number in sorted(found.items()))


def _grouped(hosts: tuple[HostPlan, ...]) -> list[Warned]:
    """The warnings of computers, each once; the most frequent first."""
    groups: dict[str, list[str]] = {}
    for host in hosts:
        for warning in host.warnings:
            groups.setdefault(warning, []).append(host.host)
    return [
        Warned(text, tuple(names)) for text, names in sorted(groups.items(), key=lambda item: (-len(item[1]), item))
    ]
