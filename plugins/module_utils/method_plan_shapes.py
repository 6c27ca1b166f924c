# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan of activation methods: what it is made from and what it says. Shapes only, and the plan as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.status import as_data

#: A KMS host activates Office when this many computers have asked it (reference/activation.md, "Rules").
KMS_THRESHOLD = 5
#: A KMS or AD activation holds for this many days without contact.
VALID_DAYS = 180


class Method(str, Enum):
    """How a computer's Office shall be activated. NONE: needs no method; UNKNOWN: could not be decided."""

    KMS = "kms"
    AD = "ad"
    MAK = "mak"
    MAK_PROXY = "mak_proxy"
    TELEPHONE = "telephone"
    NONE = "none"
    UNKNOWN = "unknown"


#: Methods that need a MAK for each product.
BY_MAK = (Method.MAK, Method.MAK_PROXY, Method.TELEPHONE)
#: Methods that can be put into effect.
PLANNED = (Method.KMS, Method.AD, *BY_MAK)


@dataclass(frozen=True)
class Circumstances:
    """What only the organisation knows of a computer.

    ``site``: computers that ask the same KMS hosts. ``reach``: C(kms) (the organisation's network), C(internet), and
    C(proxy) (a machine with Internet reaches it). ``days_away``: longest time without the organisation's network.
    ``activation_objects``: Office versions that the forest has one for. ``method``: decided by the organisation.
    """

    site: str = "default"
    reach: tuple[str, ...] = ("kms", "internet")
    days_away: int = 0
    activation_objects: tuple[int, ...] = ()
    authenticating_proxy: bool = False
    method: Method | None = None


@dataclass(frozen=True)
class InstalledProduct:
    """A volume product with a key. ``sku_id`` is that of the licence that has the key, ``mak`` the last five of a MAK
    that it is licensed by; ``by_kms``, ``by_ad``: a KMS host or an activation object has activated it."""

    label: str
    sku_id: str
    office: int | None
    family: str | None
    variant: str = ""
    gvlk_known: bool = True
    mak: str | None = None
    by_kms: bool = False
    by_ad: bool = False


@dataclass(frozen=True)
class Computer:
    """What is known of a computer.

    ``unread`` says why it could not be read; ``needless`` why it needs no method. ``described``: the inventory has
    its office_client_products already. ``domain`` is None where it is not known.
    """

    host: str
    circumstances: Circumstances = Circumstances()
    unread: str | None = None
    needless: str | None = None
    os_version: str | None = None
    domain: bool | None = None
    cmid: str | None = None
    elevated: bool = True
    user_operations: bool | None = None
    complete: bool = True
    office_2010: bool = False
    described: bool = False
    products: tuple[InstalledProduct, ...] = ()


@dataclass(frozen=True)
class PlannedProduct:
    """A product of a plan. ``product`` names it for office_client_products; ``key_variable`` is the vault variable of
    the MAK that it needs, None where it needs none or is licensed by one already."""

    label: str
    product: str
    office: int | None
    key_variable: str | None = None


@dataclass(frozen=True)
class HostPlan:
    """The method of a computer, why, and what to look after."""

    host: str
    site: str
    method: Method
    reason: str
    warnings: tuple[str, ...] = ()
    products: tuple[PlannedProduct, ...] = ()


@dataclass(frozen=True)
class SitePlan:
    """The KMS count of a site.

    ``asking``: distinct client machine IDs of the computers that would ask; ``unread``: computers that would ask, but
    could not be read. ``proven``: a KMS host activates computers there already. ``enough``: KMS can be planned.
    """

    site: str
    computers: int
    asking: int
    unread: int
    proven: bool
    enough: bool
    note: str


@dataclass(frozen=True)
class HostKeyNeed:
    """A KMS host key: how many computers need a KMS host, or an activation object, that was made with it."""

    office: int
    kms: int
    ad: int


@dataclass(frozen=True)
class MakNeed:
    """A MAK, by the vault variable that shall hold it, and how many activations it must have left."""

    variable: str
    label: str
    activations: int


@dataclass(frozen=True)
class Warned:
    """A warning and the computers that it is about."""

    warning: str
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class FleetPlan:
    """The plan of a fleet. ``counts``: numbers only, for a workflow to decide on."""

    hosts: tuple[HostPlan, ...] = ()
    sites: tuple[SitePlan, ...] = ()
    host_keys: tuple[HostKeyNeed, ...] = ()
    maks: tuple[MakNeed, ...] = ()
    warnings: tuple[Warned, ...] = ()


def counts(plan: FleetPlan) -> dict[str, int]:
    """The numbers of a plan: computers by method, distinct warnings, keys and MAK activations to have."""
    methods = {method.value: sum(host.method is method for host in plan.hosts) for method in Method}
    return {
        "computers": len(plan.hosts),
        **methods,
        "warnings": len(plan.warnings),
        "kms_host_keys": sum(bool(need.kms) for need in plan.host_keys),
        "mak_keys": len(plan.maks),
        "mak_activations": sum(need.activations for need in plan.maks),
        "sites_below_threshold": sum(site.asking > 0 and not site.enough for site in plan.sites),
    }


def plan_data(plan: FleetPlan) -> dict[str, Any]:
    """A plan as plain data: C(hosts) by name, all else as lists of dictionaries, and C(counts)."""
    data: dict[str, Any] = as_data(plan)
    data["hosts"] = {host.pop("host"): host for host in data["hosts"]}
    return {**data, "counts": counts(plan)}


def read_plan(data: Mapping[str, Any]) -> FleetPlan:
    """The plan from what plan_data made of it. Raises KeyError, TypeError or ValueError for anything else."""
    return FleetPlan(
        hosts=tuple(_read_host(name, entry) for name, entry in data["hosts"].items()),
        sites=tuple(SitePlan(**entry) for entry in data["sites"]),
        host_keys=tuple(HostKeyNeed(**entry) for entry in data["host_keys"]),
        maks=tuple(MakNeed(**entry) for entry in data["maks"]),
        warnings=tuple(Warned(entry["warning"], tuple(entry["hosts"])) for entry in data["warnings"]),
    )


def _read_host(name: str, entry: Mapping[str, Any]) -> HostPlan:
    return HostPlan(
        host=str(name),
        site=entry["site"],
        method=Method(str(entry["method"])),
        reason=entry["reason"],
        warnings=tuple(entry["warnings"]),
        products=tuple(PlannedProduct(**product) for product in entry["products"]),
    )
