# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The managed part of a KMS host, for the diff and for what is changed, and how operations change it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import DesiredHost
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_plan import (
    ACTIVATING,
    HostKind,
    host_licence,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import HostReading, PublishDomain
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation

NO_KEY = "no key"
_LICENSED, _NOT_LICENSED = "licensed", "not licensed"

View = dict[str, Any]


def host_view(reading: HostReading, desired: DesiredHost) -> View:
    """What the task manages, as it was read."""
    products = {}
    for product in desired.products:
        licence = host_licence(reading, product)
        last_five = licence.partial_product_key if licence else None
        licensed = licence is not None and licence.licensed
        products[product.label] = _keyed(last_five, licensed) if last_five else NO_KEY
    found = reading.settings
    settings = {
        "port": found.port,
        "priority": found.priority,
        "dns_publishing": found.dns_publishing,
        "publish_domains": _texts(found.publish_domains),
    }
    view = {"products": products, **{name: settings[name] for name in settings if getattr(desired, name) is not None}}
    return {**view, "restart_pending": True} if reading.restart_pending else view


def predict_host(before: View, operations: Iterable[Operation], desired: DesiredHost) -> View:
    """What the operations lead to when each succeeds."""
    products = dict(before["products"])
    after = {**before, "products": products}
    for operation in operations:
        if operation.kind is HostKind.INSTALL_KEY:
            products[operation.target] = _keyed(operation.value[-5:], licensed=False)
        elif operation.kind in ACTIVATING:
            products[operation.target] = products[operation.target].replace(_NOT_LICENSED, _LICENSED)
        elif operation.kind is HostKind.SET_PORT:
            after["port"] = desired.port
        elif operation.kind is HostKind.SET_PRIORITY:
            after["priority"] = desired.priority
        elif operation.kind is HostKind.SET_PUBLISHING:
            after["dns_publishing"] = desired.dns_publishing
        elif operation.kind is HostKind.RESTART:
            after.pop("restart_pending", None)
        else:
            after["publish_domains"] = _texts(desired.publish_domains or ())
    return after


def _keyed(last_five: str, licensed: bool) -> str:
    return f"key *{last_five}, {_LICENSED if licensed else _NOT_LICENSED}"


def _texts(domains: Iterable[PublishDomain]) -> list[str]:
    return [domain.text for domain in domains]
