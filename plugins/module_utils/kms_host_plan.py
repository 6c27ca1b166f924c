# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a KMS host still needs: keys and settings of its service, a restart for these, then activation.

Settings come before activation, because a host publishes its SRV record as soon as it is activated, and the record of
a wrong port would stay. slmgr.vbs sets port and publishing only on a host that is activated, so they are written where
it writes them (reference/registry.md). For the priority there is only the script. A licensed KMS host is never
activated again: slmgr.vbs /ato would spend one of the key's activations.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import Enum

from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import (
    DesiredHost,
    DesiredHostProduct,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import WINDOWS, HostReading
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_text import HostLicence
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan import NOT_ELEVATED
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem

#: First Windows that can be a KMS host of an Office version; earlier versions have no limit (reference/activation.md).
FIRST_WINDOWS = {"2019": (6, 2), "2021": (10, 0, 14393), "2024": (10, 0, 20348)}
WAITS_FOR_CONFIRMATION = "the host key is installed and waits for a confirmation ID (telephone activation)"
NOT_WANTED = "activation is not asked for (activation: none)"
PRIORITY_WAITS = "The priority waits until the host is activated; slmgr.vbs sets it only then."


class HostKind(Enum):
    """What an operation changes on a KMS host."""

    INSTALL_KEY = "install_key"
    DEPOSIT = "deposit"
    ACTIVATE = "activate"
    SET_PORT = "set_port"
    SET_PRIORITY = "set_priority"
    SET_PUBLISHING = "set_publishing"
    SET_DOMAINS = "set_domains"
    RESTART = "restart"


ACTIVATING = frozenset({HostKind.ACTIVATE, HostKind.DEPOSIT})
SETTINGS = frozenset({HostKind.SET_PORT, HostKind.SET_PRIORITY, HostKind.SET_PUBLISHING, HostKind.SET_DOMAINS})
#: Not part of a plan: whether settings were made, and the service has to know them, shows when they were read back.
RESTART = Operation(HostKind.RESTART, "restart the service sppsvc, so that the settings take effect")

NO_HOST_LICENCE = Problem(
    "The KMS host licence of this Office version is not installed.",
    "Run that version's Volume License Pack on the host, then run again.",
)
KEY_NEEDED = Problem(
    "The KMS host licence has no key, and none is given.",
    "Give the KMS host key (CSVLK) from the Volume Licensing Service Center in key.",
)
TOO_OLD = Problem(
    "This Windows is too old to be a KMS host for this Office version.",
    "Office 2019 needs Server 2012, LTSC 2021 needs Server 2016, LTSC 2024 needs Server 2022, or later.",
)


def plan_host(reading: HostReading, desired: DesiredHost) -> Plan:
    """The operations that bring a KMS host into its desired state."""
    plan = Plan()
    for product in desired.products:
        plan += _plan_product(reading, product, desired.activation)
    plan += _plan_settings(reading, desired, will_activate=any(op.kind in ACTIVATING for op in plan.operations))
    changes = bool(plan.operations) or reading.restart_pending
    return plan + Plan(problems=(("", NOT_ELEVATED),)) if changes and not reading.elevated else plan


def next_batch(operations: Iterable[Operation], done: Collection[Operation] = ()) -> list[Operation]:
    """What can be done in one command now: keys and settings, or else activations."""
    ready = [operation for operation in operations if not operation.later and operation not in done]
    return [operation for operation in ready if operation.kind not in ACTIVATING] or ready


def in_order(reading: HostReading, plan: Plan) -> list[Operation]:
    """All operations in the order in which a run carries them out when each succeeds, restarts included."""
    first = [operation for operation in plan.operations if not operation.later and operation.kind not in ACTIVATING]
    activations = [operation for operation in plan.operations if operation.kind in ACTIVATING]
    last = [operation for operation in plan.operations if operation.kind in SETTINGS and operation not in first]
    restart = reading.restart_pending or any(operation.kind in SETTINGS for operation in first)
    return [*first, *([RESTART] if restart else []), *activations, *last, *([RESTART] if last else [])]


def host_licence(reading: HostReading, product: DesiredHostProduct) -> HostLicence | None:
    """The KMS host licence of a product; of Windows only one with a key, because the listing shows no other."""
    group = reading.licences.get(product.activation_id, ())
    return next((item for item in group if product.product != WINDOWS or item.channel == "kms_host"), None)


def keyed_licence(reading: HostReading, product: DesiredHostProduct) -> HostLicence | None:
    """The KMS host licence of a product if it has the wanted key, which is any where none is given."""
    licence = host_licence(reading, product)
    last_five = licence.partial_product_key if licence else None
    return licence if last_five and (product.key is None or last_five == product.key[-5:]) else None


def _plan_product(reading: HostReading, product: DesiredHostProduct, activation: str) -> Plan:
    licence = keyed_licence(reading, product)
    if licence is not None:
        if licence.licensed:
            return Plan(satisfied=((product.label, licence.activation_id),))
        return _plan_activation(product, licence, activation)
    if _too_old(reading.os_version, product):
        return Plan(problems=((product.label, TOO_OLD),))
    if host_licence(reading, product) is None and product.product != WINDOWS:
        return Plan(problems=((product.label, NO_HOST_LICENCE),))
    if product.key is None:
        return Plan(problems=((product.label, KEY_NEEDED),))
    words = f"install the KMS host key *{product.key[-5:]} of {product.label}"
    install = Operation(HostKind.INSTALL_KEY, words, product.label, product.key)
    return Plan((install,)) + _plan_activation(product, None, activation)


def _plan_activation(product: DesiredHostProduct, keyed: HostLicence | None, activation: str) -> Plan:
    """``keyed``: the licence with the wanted key; None: the key has to be installed, and read back, before."""
    later, sku_id = keyed is None, keyed.activation_id if keyed else None
    if product.confirmation_id is not None:
        words = f"activate the KMS host {product.label} by confirmation ID"
        return Plan((Operation(HostKind.DEPOSIT, words, product.label, product.confirmation_id, later, sku_id),))
    if activation == "online":
        words = f"activate the KMS host {product.label}"
        return Plan((Operation(HostKind.ACTIVATE, words, product.label, "", later, sku_id),))
    return Plan(skipped=((product.label, WAITS_FOR_CONFIRMATION if activation == "telephone" else NOT_WANTED),))


def _too_old(os_version: str | None, product: DesiredHostProduct) -> bool:
    first = FIRST_WINDOWS.get(product.product)
    if first is None or os_version is None:
        return False
    return tuple(int(part) for part in os_version.split(".")[:3]) < first


def _plan_settings(reading: HostReading, desired: DesiredHost, will_activate: bool) -> Plan:
    found = reading.settings
    operations = []
    if desired.port not in (None, found.port):
        operations.append(Operation(HostKind.SET_PORT, f"set the listening port {desired.port}"))
    if desired.dns_publishing not in (None, found.dns_publishing):
        words = f"switch DNS publishing {'on' if desired.dns_publishing else 'off'}"
        operations.append(Operation(HostKind.SET_PUBLISHING, words))
    if desired.publish_domains not in (None, found.publish_domains):
        names = "; ".join(domain.text for domain in desired.publish_domains or ()) or "none"
        operations.append(Operation(HostKind.SET_DOMAINS, f"set the DNS domains to publish to: {names}"))
    if desired.priority in (None, found.priority):
        return Plan(tuple(operations))
    if not reading.serves and not will_activate:
        return Plan(tuple(operations), warnings=(PRIORITY_WAITS,))
    words = f"set the priority {desired.priority}"
    return Plan((*operations, Operation(HostKind.SET_PRIORITY, words, later=not reading.serves)))
