# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state of a KMS host, from task options whose types Ansible has checked already.

Everything that can be said against the options without looking at a host is said here (InputError).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import (
    HOST_ACTIVATION_IDS,
    WINDOWS,
    PublishDomain,
    product_label,
)
from ansible_collections.officefleet.activation.plugins.module_utils.products import product_of_gvlk

#: What a product is called in options.
PRODUCTS = [WINDOWS, *map(str, HOST_ACTIVATION_IDS)]
#: Characters of the domain list that fit into one command line beside all else that can be asked for.
LONGEST_DOMAIN_LIST = 4000
_LARGEST_SRV_NUMBER = 65535


@dataclass(frozen=True)
class DesiredHostProduct:
    """One product that the host shall serve. ``product`` and ``activation_id``: C(windows), or those of an Office."""

    product: str
    activation_id: str
    key: str | None = field(default=None, repr=False)
    confirmation_id: str | None = field(default=None, repr=False)

    @property
    def label(self) -> str:
        """The product in words."""
        return product_label(self.product)


@dataclass(frozen=True)
class DesiredHost:
    """The whole desired state of a KMS host; None: not managed. ``activation``: online, telephone or none."""

    products: tuple[DesiredHostProduct, ...] = ()
    activation: str = "online"
    port: int | None = None
    priority: str | None = None
    dns_publishing: bool | None = None
    publish_domains: tuple[PublishDomain, ...] | None = None


def read_host_options(options: Mapping[str, Any]) -> DesiredHost:
    """The desired state from the options of C(kms_host). Raises InputError."""
    if not options["products"]:
        raise InputError("products", "at least one product is needed")
    products = tuple(_read_product(number, entry) for number, entry in enumerate(options["products"]))
    _refuse_repeated("products", "product", [product.product for product in products])
    _refuse_repeated("products", "key", [product.key for product in products])
    if options["activation"] == "none" and any(product.confirmation_id for product in products):
        raise InputError("activation", "none cannot be given with a confirmation_id, which activates")
    port = options.get("port")
    return DesiredHost(
        products=products,
        activation=options["activation"],
        port=None if port is None else inputs.port("port", port),
        priority=options.get("priority"),
        dns_publishing=options.get("dns_publishing"),
        publish_domains=_read_domains(options.get("publish_domains")),
    )


def _read_product(number: int, entry: Mapping[str, Any]) -> DesiredHostProduct:
    place = f"products[{number}]"
    name = str(entry["product"])
    activation_id = (entry.get("activation_id") or "").strip().lower()
    if activation_id and (name == WINDOWS or not inputs.is_sku_id(activation_id)):
        raise InputError(f"{place}.activation_id", "the GUID of an Office KMS host licence is needed")
    confirmation = entry.get("confirmation_id")
    return DesiredHostProduct(
        product=name,
        activation_id=activation_id or (WINDOWS if name == WINDOWS else HOST_ACTIVATION_IDS[int(name)]),
        key=host_key(f"{place}.key", entry.get("key")),
        confirmation_id=inputs.confirmation_id(f"{place}.confirmation_id", confirmation) if confirmation else None,
    )


def host_key(place: str, text: str | None) -> str | None:
    """A KMS host key in its normal form, None for none. Raises InputError, which never holds the value."""
    if not text:
        return None
    key = inputs.product_key(place, text)
    client = product_of_gvlk(key)
    if client is not None:
        raise InputError(place, f"this is the public client key (GVLK) of {client.label}; a KMS host key is needed")
    return key


def _read_domains(entries: Sequence[Mapping[str, Any]] | None) -> tuple[PublishDomain, ...] | None:
    """Sorted, because the order of the list means nothing."""
    if entries is None:
        return None
    domains = sorted(_read_domain(number, entry) for number, entry in enumerate(entries))
    _refuse_repeated("publish_domains", "domain", [domain.domain for domain in domains])
    if sum(len(domain.text) + 2 for domain in domains) > LONGEST_DOMAIN_LIST:
        raise InputError("publish_domains", f"the list is too long for one command ({LONGEST_DOMAIN_LIST} characters)")
    return tuple(domains)


def _read_domain(number: int, entry: Mapping[str, Any]) -> PublishDomain:
    place = f"publish_domains[{number}]"
    for name in ("priority", "weight"):
        if not 0 <= entry[name] <= _LARGEST_SRV_NUMBER:
            raise InputError(f"{place}.{name}", "a number from 0 to 65535 is needed")
    return PublishDomain(inputs.dns_domain(f"{place}.domain", entry["domain"]), entry["priority"], entry["weight"])


def _refuse_repeated(option: str, suboption: str, values: Sequence[str | None]) -> None:
    """The message repeats no value: one may be a key."""
    given = [value for value in values if value is not None]
    number = next((number for number, value in enumerate(values) if value is not None and value in values[:number]), 0)
    if len(given) != len(set(given)):
        raise InputError(f"{option}[{number}].{suboption}", "the same value stands in the list twice")
