# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was read from a host: licences, KMS settings and the registry's overrides. Shapes only, no decisions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.products import Product, product_of


class State(str, Enum):
    """Licence states in the order of WMI's LicenseStatus (reference/ospp.md, section 4)."""

    UNLICENSED = "unlicensed"
    LICENSED = "licensed"
    OOB_GRACE = "oob_grace"
    OOT_GRACE = "oot_grace"
    NON_GENUINE_GRACE = "non_genuine_grace"
    NOTIFICATION = "notification"
    EXTENDED_GRACE = "extended_grace"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class KmsSettings:
    """The KMS lines of one product; None where the listing shows nothing. Intervals in minutes."""

    host: str | None = None
    port: int | None = None
    discovered_host: str | None = None
    discovered_port: int | None = None
    lookup_domain: str | None = None
    host_caching: bool | None = None
    activation_interval: int | None = None
    renewal_interval: int | None = None


@dataclass(frozen=True)
class AdActivation:
    """The activation object that activated a product."""

    object_name: str | None = None
    object_dn: str | None = None
    extended_pid: str | None = None
    activation_id: str | None = None


@dataclass(frozen=True)
class Licence:
    """One block of a listing. ``reason`` is in the form 0xC004F074; ``grace_minutes`` counts down to expiry."""

    sku_id: str
    name: str
    description: str
    office: int | None
    channel: str
    state: State
    product_id: str | None = None
    reason: str | None = None
    reason_informational: bool = False
    grace_minutes: int | None = None
    partial_product_key: str | None = None
    activation_type: str | None = None
    kms: KmsSettings | None = None
    ad: AdActivation | None = None

    @property
    def product(self) -> Product | None:
        """The product this licence is for, derived from its name."""
        return product_of(self.name)

    @property
    def licensed(self) -> bool:
        """Whether the product works without any limit now."""
        return self.state is State.LICENSED

    @property
    def label(self) -> str:
        """The product in words, or the licence's own name where it belongs to no known family."""
        return self.product.label if self.product else self.name


@dataclass(frozen=True)
class KmsOverride:
    """A KMS host or port that the registry registers: for one SKU, for the Office application, or at the root."""

    scope: str
    sku_id: str | None
    host: str | None
    port: int | None


@dataclass(frozen=True)
class WinHttpProxy:
    """The proxy of the services of a host: servers as C(netsh) shows them, None for direct access, and bypass list."""

    server: str | None
    bypass: str | None


@dataclass(frozen=True)
class Status:
    """Everything a host told. ``complete`` is False when a listing ended early or without its end line."""

    complete: bool
    licences: tuple[Licence, ...] = ()
    script: str | None = None
    script_version: int | None = None
    os_version: str | None = None
    elevated: bool = False
    user_operations: bool | None = None
    kms_override: tuple[KmsOverride, ...] = ()
    cmid: str | None = None
    installation_ids: tuple[dict[str, Any], ...] | None = None
    history: dict[str, Any] | None = None
    winhttp_proxy: WinHttpProxy | None = None


#: Fields of a status that are read only where they are asked for, by what asks for them.
EXTRAS = {
    "cmid": "cmid",
    "installation_ids": "installation_ids",
    "history": "history",
    "proxy": "winhttp_proxy",
}


def as_data(value: Any) -> Any:
    """Plain data (dictionaries, lists, strings) of a status or a part of it, ready for JSON."""
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_data(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, (list, tuple)):
        return [as_data(item) for item in value]
    if isinstance(value, dict):
        return {key: as_data(item) for key, item in value.items()}
    return value


def status_data(status: Status, asked: tuple[str, ...] = ()) -> dict[str, Any]:
    """A status as data; of what EXTRAS names only what was asked for is in it."""
    data: dict[str, Any] = as_data(status)
    for extra, field in EXTRAS.items():
        if extra not in asked:
            del data[field]
    return data
