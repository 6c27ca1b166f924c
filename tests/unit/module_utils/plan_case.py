# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plans of a client in short words, for the tests of products."""

from __future__ import annotations

from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    ActivationRules,
    DesiredClient,
    DesiredSettings,
    read_products,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan import plan_client
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from unit.module_utils.host_output import (
    keyed,
)

NOTIFIED = {"state": "NOTIFICATIONS", "reason": "0xC004F009"}


def wanted(product: str, method: str, key: str | None = None) -> dict[str, Any]:
    return {"product": product, "method": method, "key": key}


KMS, MAK, AD = wanted("all", "kms"), wanted("all", "mak"), wanted("all", "ad")


def plan(host: Reading, *entries: dict[str, Any], rules: ActivationRules | None = None) -> Plan:
    return plan_client(host, DesiredClient(DesiredSettings(), read_products(list(entries)), rules or ActivationRules()))


def done(result: Plan) -> list[tuple[str, str]]:
    """Kind and product of each operation."""
    return [(operation.kind.value, operation.target) for operation in result.operations]


def unlicensed(*arguments: Any, **options: Any) -> str:
    return keyed(*arguments, **NOTIFIED, **options)
