# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Before and after: the part of a host's state that a task manages, as it was read or as a plan predicts it.

C(changed) and the diff come from these views, never from the fact that a command was sent. They leave out what
moves by itself (remaining grace, the KMS host that was found last).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    ActivationRules,
    DesiredSettings,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import (
    ACTIVATION_TYPE_NUMBERS,
    Kind,
    Operation,
)
from ansible_collections.officefleet.activation.plugins.module_utils.plan_products import (
    keyed_products,
    renewal_due,
)
from ansible_collections.officefleet.activation.plugins.module_utils.plan_settings import (
    activation_types,
    effective_hosts,
    host_caching,
    lookup_domains,
)
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from ansible_collections.officefleet.activation.plugins.module_utils.status import Licence

BY_DNS = "found by DNS"
LICENSED = "licensed"
NOT_LICENSED = "not licensed"
RENEWAL_DUE = "licensed, renewal due"


@dataclass(frozen=True)
class Focus:
    """What a task manages: some settings, and the keys and states of products."""

    settings: DesiredSettings | None = None
    products: bool = False
    rules: ActivationRules | None = None


def view(reading: Reading, focus: Focus) -> dict[str, Any]:
    """The managed part of a host's state as data for a diff."""
    shown: dict[str, Any] = {}
    if focus.settings is not None:
        shown.update(_settings_view(reading, focus.settings))
    if focus.products:
        rules = focus.rules or ActivationRules()
        shown["products"] = {
            label: {
                key_text(licence.partial_product_key, licence.channel): _state(licence, rules) for licence in licences
            }
            for label, licences in keyed_products(reading).items()
        }
    return shown


def _settings_view(reading: Reading, managed: DesiredSettings) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    if managed.kms_host is not None or managed.dns_discovery:
        shown["kms_host"] = sorted(_host_text(entry) for entry in effective_hosts(reading))
    if managed.lookup_domain is not None:
        shown["lookup_domain"] = sorted(domain or "" for domain in lookup_domains(reading)[0])
    if managed.host_caching is not None:
        shown["host_caching"] = host_caching(reading)
    if managed.activation_type is not None:
        shown["activation_type"] = sorted(activation_types(reading)[0])
    if managed.user_operations is not None:
        shown["user_operations"] = bool(reading.status.user_operations)
    return shown


def _host_text(entry: tuple[str, int] | None) -> str:
    return f"{entry[0]} port {entry[1]}" if entry else BY_DNS


def key_text(last_five: str | None, channel: str | None) -> str:
    """A key as a diff shows it."""
    return f"{last_five} ({channel})"


def _state(licence: Licence, rules: ActivationRules) -> str:
    if renewal_due(licence, rules):
        return RENEWAL_DUE
    return LICENSED if licence.licensed else NOT_LICENSED


def predict(
    before: dict[str, Any], operations: tuple[Operation, ...], managed: DesiredSettings | None
) -> dict[str, Any]:
    """The view that ``operations`` lead to when every one of them succeeds."""
    after = copy.deepcopy(before)
    for operation in operations:
        if operation.kind in _PRODUCT_EFFECTS:
            products = after.setdefault("products", {})
            _PRODUCT_EFFECTS[operation.kind](products.setdefault(operation.target, {}), operation)
        elif managed is not None:
            after.update(_setting_effect(operation, managed))
    if "products" in after:
        after["products"] = {label: keys for label, keys in after["products"].items() if keys}
    return after


def _setting_effect(operation: Operation, managed: DesiredSettings) -> dict[str, Any]:
    names = {str(number): name for name, number in ACTIVATION_TYPE_NUMBERS.items()}
    if operation.kind in (Kind.SET_KMS_HOST, Kind.SET_KMS_PORT):
        return {"kms_host": [f"{managed.kms_host} port {managed.kms_port}"]}
    if operation.kind in (Kind.CLEAR_KMS_HOST, Kind.REMOVE_INHERITED):
        return {"kms_host": [BY_DNS]}
    if operation.kind in (Kind.SET_LOOKUP_DOMAIN, Kind.CLEAR_LOOKUP_DOMAIN):
        return {"lookup_domain": [operation.value]}
    if operation.kind is Kind.SET_HOST_CACHING:
        return {"host_caching": operation.value == "TRUE"}
    if operation.kind is Kind.SET_ACTIVATION_TYPE:
        return {"activation_type": [names[operation.value]]}
    return {"user_operations": managed.user_operations}


def _install(keys: dict[str, str], operation: Operation) -> None:
    """A key replaces the one of the same licence, and is not licensed before it is activated."""
    for key in [key for key in keys if key.endswith(f"({operation.channel})")]:
        del keys[key]
    keys[key_text(operation.value[-5:], operation.channel)] = NOT_LICENSED


def _remove(keys: dict[str, str], operation: Operation) -> None:
    for key in [key for key in keys if key.startswith(f"{operation.value} (")]:
        del keys[key]


def _activate(keys: dict[str, str], operation: Operation) -> None:
    keys.update({key: LICENSED for key in keys if key.endswith(f"({operation.channel})")})


_PRODUCT_EFFECTS = {
    Kind.INSTALL_KEY: _install,
    Kind.REMOVE_KEY: _remove,
    Kind.ACTIVATE: _activate,
    Kind.DEPOSIT: _activate,
}
