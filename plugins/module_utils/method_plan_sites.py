# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which computers a KMS host could activate, and whether enough of them are in a site to reach its threshold."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import (
    KMS_THRESHOLD,
    VALID_DAYS,
    Computer,
    Method,
    SitePlan,
    Warned,
)


def windows_is_old(computer: Computer) -> bool:
    """Whether it has Windows 7 / Server 2008 R2 or older, for which there is no AD-based activation."""
    try:
        major, minor = (computer.os_version or "").split(".")[:2]
        return (int(major), int(minor)) < (6, 2)
    except ValueError:
        return False


def missing_objects(computer: Computer) -> list[int]:
    """The Office versions on it that the forest has no activation object for: neither by the inventory, nor seen."""
    versions = {product.office for product in computer.products if product.office and not product.by_ad}
    return sorted(versions - set(computer.circumstances.activation_objects))


def in_time(computer: Computer) -> bool:
    """Whether it is in the organisation's network often enough to renew a KMS or AD activation."""
    return "kms" in computer.circumstances.reach and computer.circumstances.days_away <= VALID_DAYS


def fits_ad(computer: Computer) -> bool:
    """Whether Active Directory can activate all that is on it."""
    versions_known = bool(computer.products) and all(product.office for product in computer.products)
    on_new_windows = computer.os_version is not None and not windows_is_old(computer)
    member = (computer.domain is True or any(product.by_ad for product in computer.products)) and in_time(computer)
    return member and on_new_windows and versions_known and not missing_objects(computer)


def would_ask(computer: Computer) -> bool:
    """Whether it would ask a KMS host if there were one: what counts for the threshold."""
    if computer.needless:
        return False
    if computer.circumstances.method is not None:
        return computer.circumstances.method is Method.KMS
    return in_time(computer) and not fits_ad(computer)


def plan_sites(computers: Iterable[Computer]) -> dict[str, SitePlan]:
    """Every site with its expected KMS count, by name."""
    sites: dict[str, list[Computer]] = {}
    for computer in computers:
        sites.setdefault(computer.circumstances.site, []).append(computer)
    return {site: _plan_site(site, members) for site, members in sorted(sites.items())}


def _plan_site(site: str, members: list[Computer]) -> SitePlan:
    askers = [computer for computer in members if would_ask(computer)]
    unread = sum(computer.unread is not None for computer in askers)
    # A KMS host tells computers apart by their client machine ID; where there is none yet, one will be made.
    asking = len({computer.cmid or computer.host for computer in askers if computer.unread is None})
    proven = any(product.by_kms for computer in members for product in computer.products)
    enough = proven or asking + unread >= KMS_THRESHOLD
    return SitePlan(
        site=site,
        computers=sum(computer.needless is None for computer in members),
        asking=asking,
        unread=unread,
        proven=proven,
        enough=enough,
        note=_note(asking, unread, proven, enough),
    )


def _note(asking: int, unread: int, proven: bool, enough: bool) -> str:
    if asking + unread == 0:
        return "No computer asks a KMS host."
    if asking >= KMS_THRESHOLD:
        return "Enough computers ask."
    if proven:
        return "A KMS host activates computers here already, so that it counts others that are not in this plan."
    if enough:
        return "Enough computers ask, but only with those that could not be read."
    return f"{KMS_THRESHOLD - asking - unread} more must ask before a KMS host activates anybody."


def site_warnings(computers: Iterable[Computer], sites: dict[str, SitePlan]) -> list[Warned]:
    """Sites that do not reach the threshold, or only with computers that could not be read."""
    askers: dict[str, list[str]] = {}
    for computer in computers:
        if would_ask(computer):
            askers.setdefault(computer.circumstances.site, []).append(computer.host)
    warnings = []
    for name, hosts in sorted(askers.items()):
        site = sites[name]
        if not site.enough:
            found = site.asking + site.unread
            text = f"Site {name} has {found} of the {KMS_THRESHOLD} computers that a KMS host must count, and its"
            warnings.append(Warned(f"{text} computers are planned otherwise.", tuple(hosts)))
        elif site.asking < KMS_THRESHOLD and not site.proven:
            text = f"Site {name} has the {KMS_THRESHOLD} computers that a KMS host must count only with those that"
            warnings.append(Warned(f"{text} could not be read.", tuple(hosts)))
    return warnings
