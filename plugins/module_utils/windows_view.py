# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The managed part of Windows' activation, for the diff and for what is changed, and how operations change it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.operations import Kind, Operation
from ansible_collections.officefleet.activation.plugins.module_utils.views import (
    BY_DNS,
    LICENSED,
    NOT_LICENSED,
    key_text,
)
from ansible_collections.officefleet.activation.plugins.module_utils.windows_desired import DesiredWindows
from ansible_collections.officefleet.activation.plugins.module_utils.windows_plan import effective_host, has_wanted_key
from ansible_collections.officefleet.activation.plugins.module_utils.windows_reading import WindowsReading

View = dict[str, Any]


def windows_view(reading: WindowsReading, desired: DesiredWindows) -> View:
    """What the task manages, as it was read."""
    licence = reading.licence
    shown: View = {"key": "no key", "state": NOT_LICENSED}
    if licence is not None:
        state = LICENSED if licence.licensed else NOT_LICENSED
        shown = {"key": key_text(licence.partial_product_key, licence.channel), "state": state}
    keyed = licence if licence is not None and has_wanted_key(licence, desired) else None
    if desired.settings.kms_host is not None or desired.settings.dns_discovery:
        host = effective_host(reading, keyed)
        shown["kms_host"] = f"{host[0]} port {host[1]}" if host else BY_DNS
    if keyed is not None and keyed.activation_type not in (None, "all"):
        shown["activation_type"] = keyed.activation_type
    return shown


def predict_windows(before: View, operations: Iterable[Operation], desired: DesiredWindows) -> View:
    """What the operations lead to when each succeeds."""
    after = dict(before)
    for operation in operations:
        if operation.kind is Kind.INSTALL_KEY:
            after |= {"key": key_text(operation.value[-5:], operation.channel), "state": NOT_LICENSED}
        elif operation.kind is Kind.ACTIVATE:
            after["state"] = LICENSED
        elif operation.kind is Kind.SET_KMS_HOST:
            after["kms_host"] = f"{desired.settings.kms_host} port {desired.settings.kms_port}"
        elif operation.kind is Kind.CLEAR_KMS_HOST:
            after["kms_host"] = BY_DNS
        else:
            after.pop("activation_type", None)
    return after
