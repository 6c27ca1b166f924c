# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state of a host, from task options whose types Ansible has checked already.

Everything that can be said against the options without looking at a host is said here (InputError).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

METHODS = ("kms", "ad", "mak", "mak_proxy")


@dataclass(frozen=True)
class DesiredSettings:
    """Host-wide settings; None: not managed. ``lookup_domain`` "" means: none. ``kms_port`` belongs to the host."""

    kms_host: str | None = None
    kms_port: int = inputs.DEFAULT_KMS_PORT
    dns_discovery: bool = False
    remove_inherited: bool = False
    lookup_domain: str | None = None
    host_caching: bool | None = None
    activation_type: str | None = None
    user_operations: bool | None = None


@dataclass(frozen=True)
class DesiredProduct:
    """How one product is to be activated. ``product``: family, SKU ID or C(all).

    ``budget``: how many activations the fleet may spend of the MAK; None: as many as Microsoft gives.
    """

    product: str
    method: str
    key: str | None = field(default=None, repr=False)
    budget: int | None = None

    @property
    def channel(self) -> str:
        """The channel whose key the product needs."""
        return "kms_client" if self.method in ("kms", "ad") else "mak"


@dataclass(frozen=True)
class ActivationRules:
    """When and how to activate. ``renew_below_days``: also licensed KMS/AD products with less grace than this."""

    activate: bool = True
    renew_below_days: int | None = None
    allow_mak_reactivation: bool = False


@dataclass(frozen=True)
class DesiredClient:
    """The whole desired state of a host."""

    settings: DesiredSettings = field(default_factory=DesiredSettings)
    products: tuple[DesiredProduct, ...] = ()
    rules: ActivationRules = field(default_factory=ActivationRules)


@dataclass(frozen=True)
class DesiredKey:
    """What C(ospp_product_key) is asked for. ``product``: family or SKU ID, or None; ``remove``: last fives."""

    key: str | None = field(default=None, repr=False)
    product: str | None = None
    exclusive: bool = False
    remove: tuple[str, ...] = ()


@dataclass(frozen=True)
class DesiredActivation:
    """What C(ospp_activate) is asked for. ``confirmations``: product to confirmation ID; they act on MAKs only."""

    products: tuple[str, ...] = ("all",)
    rules: ActivationRules = field(default_factory=ActivationRules)
    confirmations: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def read_settings(options: Mapping[str, Any]) -> DesiredSettings:
    """The host-wide settings among task options."""
    host = options.get("kms_host")
    port = options.get("kms_port")
    domain = options.get("lookup_domain")
    dns_discovery = bool(options.get("dns_discovery"))
    if host is not None and dns_discovery:
        raise InputError("kms_host", "contradicts dns_discovery: true; a registered KMS host switches discovery off")
    if port is not None and host is None:
        raise InputError("kms_port", "needs kms_host; without a registered host the port comes from the SRV record")
    if options.get("remove_inherited") and not dns_discovery:
        raise InputError("remove_inherited", "goes with dns_discovery: true only")
    if port is not None:
        inputs.port("kms_port", port)
    return DesiredSettings(
        kms_host=None if host is None else inputs.kms_host("kms_host", host),
        kms_port=inputs.DEFAULT_KMS_PORT if port is None else port,
        dns_discovery=dns_discovery,
        remove_inherited=bool(options.get("remove_inherited")),
        lookup_domain=domain if not domain else inputs.dns_domain("lookup_domain", domain),
        host_caching=options.get("host_caching"),
        activation_type=options.get("activation_type"),
        user_operations=options.get("user_operations"),
    )


def read_products(entries: list[Mapping[str, Any]] | None) -> tuple[DesiredProduct, ...]:
    """The products among task options. The same product twice is a contradiction."""
    products: list[DesiredProduct] = []
    for number, entry in enumerate(entries or []):
        place = f"products[{number}]"
        name = inputs.product(f"{place}.product", entry["product"])
        key = entry.get("key")
        if any(known.product == name for known in products):
            raise InputError(f"{place}.product", f"{name} is listed twice")
        key = inputs.product_key(f"{place}.key", key) if key else None
        products.append(DesiredProduct(name, entry["method"], key, _budget(place, entry)))
    return tuple(products)


def _budget(place: str, entry: Mapping[str, Any]) -> int | None:
    budget = entry.get("budget")
    if budget is None:
        return None
    if entry["method"] != "mak" or not entry.get("key"):
        raise InputError(f"{place}.budget", "goes with method: mak and key, whose activations it counts")
    if budget < 0:
        raise InputError(f"{place}.budget", "a number from 0 is needed: the activations that the fleet may spend")
    return int(budget)


def read_rules(options: Mapping[str, Any]) -> ActivationRules:
    """The rules of activation among task options."""
    days = options.get("renew_below_days")
    if days is not None and not 1 <= days <= 180:
        raise InputError("renew_below_days", "a number of days from 1 to 180 is needed: an activation lasts 180 days")
    for name, most in (("activation_retries", 10), ("activation_retry_delay", 3600)):
        if not 0 <= (options.get(name) or 0) <= most:
            raise InputError(name, f"a number from 0 to {most} is needed")
    return ActivationRules(
        activate=options.get("activate") is not False,
        renew_below_days=days,
        allow_mak_reactivation=bool(options.get("allow_mak_reactivation")),
    )


def read_client(options: Mapping[str, Any]) -> DesiredClient:
    """The whole desired state from the options of C(ospp_client)."""
    settings, products = read_settings(options), read_products(options.get("products"))
    for number, product in enumerate(products):
        if settings.activation_type not in (None, "all", product.method) and product.channel == "kms_client":
            rule = f"{product.method} contradicts activation_type: {settings.activation_type}"
            raise InputError(f"products[{number}].method", rule)
    return DesiredClient(settings, products, read_rules(options))


def read_product_key(options: Mapping[str, Any]) -> DesiredKey:
    """What is wanted from the options of C(ospp_product_key)."""
    absent = options["state"] == "absent"
    unfit = [name for name in ("key", "product", "exclusive") if options.get(name)] if absent else []
    if unfit:
        raise InputError(unfit[0], "goes with state: present only; state: absent takes last_five")
    if not absent and options.get("last_five"):
        raise InputError("last_five", "goes with state: absent only")
    if absent and not options["last_five"]:
        raise InputError("last_five", "at least one key has to be named")
    key, name = options.get("key"), options.get("product")
    return DesiredKey(
        key=None if key is None else inputs.product_key("key", key),
        product=None if name is None else inputs.product("product", name, allow_all=False),
        exclusive=bool(options.get("exclusive")),
        remove=tuple(inputs.last_five("last_five", item) for item in options.get("last_five") or ()),
    )


def read_activation(options: Mapping[str, Any]) -> DesiredActivation:
    """What is wanted from the options of C(ospp_activate)."""
    confirmations: list[tuple[str, str]] = []
    for number, entry in enumerate(options.get("confirmation_ids") or ()):
        place = f"confirmation_ids[{number}]"
        name = inputs.product(f"{place}.product", entry["product"], allow_all=False)
        if name in dict(confirmations):
            raise InputError(f"{place}.product", f"{name} is listed twice")
        confirmations.append((name, inputs.confirmation_id(f"{place}.confirmation_id", entry["confirmation_id"])))
    wanted = options.get("products")
    if wanted is None:
        wanted = [] if confirmations else ["all"]
    names = [inputs.product("products", name) for name in wanted]
    if not names and not confirmations:
        raise InputError("products", "at least one product (or all) has to be named")
    return DesiredActivation(tuple(names), read_rules(options), tuple(confirmations))
