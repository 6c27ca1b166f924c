# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""MAK proxy on one host: which MAKs to install, which installation IDs are right, which confirmation IDs to deposit."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    DesiredActivation,
    DesiredClient,
    DesiredProduct,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Kind, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan import (
    deposit,
    plan_activation,
    plan_client,
)
from ansible_collections.officefleet.activation.plugins.module_utils.plan_products import find_products, keyed_products
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from ansible_collections.officefleet.activation.plugins.module_utils.status import Licence

METHOD = "mak_proxy"

WAITS = "the MAK is installed and waits for a confirmation ID"
HAS_ONE = "the store has a confirmation ID for it, which mak_proxy_apply.yml or mak_proxy_reactivate.yml deposits"
NOT_COLLECTED = "its installation ID was not collected; run mak_proxy_collect.yml for this host"

NO_INSTALLATION_ID = Problem(
    "The host shows no installation ID for the MAK of the product.",
    "Run 'cscript ospp.vbs /dinstid' there and look at the Application event log; then run again.",
)
CHANGED = Problem(
    "The installation ID is another one than the store or the file has for this product: it has changed since it was"
    " collected (other hardware, or installed anew), and a confirmation ID for the old one does not fit.",
    "Run mak_proxy_collect.yml for this host, and obtain a confirmation ID for the new installation ID.",
)
OTHER_MAK = Problem(
    "The product has another MAK than the one that its confirmation ID is for.",
    "Install that MAK again, or run mak_proxy_collect.yml for this host and obtain a confirmation ID for the new one.",
)


def installation_ids(reading: Reading) -> dict[str, str]:
    """The installation IDs by SKU ID. /dinstid names licences in the order of the listing; names may repeat."""
    by_name: dict[str, list[str]] = {}
    for item in reading.status.installation_ids or ():
        by_name.setdefault(item["name"], []).append(item["installation_id"])
    keyed = [licence for licence in reading.status.licences if licence.partial_product_key]
    return {licence.sku_id: ids.pop(0) for licence in keyed if (ids := by_name.get(licence.name))}


def maks(reading: Reading) -> dict[str, Licence]:
    """The MAK licences with a key, by the label of their product."""
    found = {}
    for label, licences in keyed_products(reading).items():
        mak = next((licence for licence in licences if licence.channel == "mak"), None)
        if mak is not None:
            found[label] = mak
    return found


def requests_of(host: str, reading: Reading) -> list[Request]:
    """What to obtain confirmation IDs for: the products of a host whose MAK is installed and not licensed."""
    ids = installation_ids(reading)
    return [
        Request(host, label, licence.sku_id, licence.partial_product_key or "", ids[licence.sku_id])
        for label, licence in sorted(maks(reading).items())
        if not licence.licensed and licence.sku_id in ids
    ]


def licensed_skus(reading: Reading) -> set[str]:
    """The MAK licences that need no confirmation ID any more."""
    return {licence.sku_id for licence in maks(reading).values() if licence.licensed}


def plan_mak_proxy(
    reading: Reading, host: str, products: Sequence[DesiredProduct], known: Sequence[Request], deposits: bool
) -> Plan:
    """What is to be done on a host: MAKs to install and, if asked for, confirmation IDs to deposit.

    ``products``: as the role office_client takes them; only those of the method mak_proxy count here. ``known``: what
    the store has of this host, and of its installation IDs under other names.
    """
    keys = plan_client(reading, DesiredClient(products=_proxied(reading, products)))
    new_keys = {item.target: item.value for item in keys.operations if item.kind is Kind.INSTALL_KEY}
    present = {label: licence for label, licence in maks(reading).items() if label not in new_keys}
    judged = Plan()
    confirmations = []
    for label, licence in sorted(present.items()):
        if licence.licensed:
            judged += Plan(satisfied=((label, licence.sku_id),))
            continue
        found, part = _judge(reading, host, licence, known)
        if found is not None and deposits:
            confirmations.append((licence.sku_id, found.confirmation_id or ""))
        else:
            judged += Plan(skipped=((label, HAS_ONE),)) if found is not None else part if deposits else _waits(label)
    if confirmations:
        judged += plan_activation(reading, DesiredActivation(products=(), confirmations=tuple(confirmations)))
    expected = _expected(host, new_keys, known) if deposits else Plan()
    spoken_for = {*present, *(item.target for item in expected.operations)}
    keys = dataclasses.replace(keys, skipped=tuple(item for item in keys.skipped if item[0] not in spoken_for))
    judged += expected
    plan = keys + judged
    return dataclasses.replace(plan, problems=tuple(dict.fromkeys(plan.problems)))


def matching(known: Iterable[Request], last_five: str, installation_id: str | None) -> Request | None:
    """The request with a confirmation ID that fits a MAK and an installation ID, whatever the host was called then."""
    fits = [
        item
        for item in known
        if item.confirmation_id and (item.last_five, item.installation_id) == (last_five, installation_id)
    ]
    return max(fits, key=_proven, default=None)


def _proven(request: Request) -> datetime:
    return request.applied_at or datetime.min.replace(tzinfo=timezone.utc)


def _waits(label: str) -> Plan:
    return Plan(skipped=((label, WAITS),))


def _judge(reading: Reading, host: str, licence: Licence, known: Sequence[Request]) -> tuple[Request | None, Plan]:
    """The request whose confirmation ID the product takes, or what there is to say without one."""
    label, last_five = licence.label, licence.partial_product_key or ""
    current = installation_ids(reading).get(licence.sku_id)
    found = matching(known, last_five, current)
    if found is not None:
        return found, Plan()
    if current is None:
        return None, Plan(problems=((label, NO_INSTALLATION_ID),))
    own = [item for item in known if item.place == (host, licence.sku_id)]
    if any((item.last_five, item.installation_id) == (last_five, current) for item in own):
        return None, _waits(label)
    if any(item.installation_id == current for item in own):
        return None, Plan(problems=((label, OTHER_MAK),))
    return None, Plan(problems=((label, CHANGED),)) if own else Plan(skipped=((label, NOT_COLLECTED),))


def _expected(host: str, new_keys: dict[str, str], known: Sequence[Request]) -> Plan:
    """Deposits for MAKs that are installed first: what was read back decides whether the installation ID fits."""
    plan = Plan()
    for label, key in sorted(new_keys.items()):
        own = [item for item in known if (item.host, item.product, item.last_five) == (host, label, key[-5:])]
        confirmed = max((item for item in own if item.confirmation_id), key=_proven, default=None)
        if confirmed is not None:
            plan += Plan((deposit(label, confirmed.confirmation_id or "", confirmed.sku_id, later=True),))
    return plan


def _proxied(reading: Reading, products: Sequence[DesiredProduct]) -> tuple[DesiredProduct, ...]:
    """The products of the method; C(all) among them means those that no other entry names."""
    wanted = [item for item in products if item.method == METHOD]
    named = {label for item in products if item.product != "all" for label in find_products(reading, item.product)[0]}
    everything = next((item for item in wanted if item.product == "all"), None)
    if everything is None or not named:
        return tuple(wanted)
    keyed = keyed_products(reading)
    rest = [label for label in find_products(reading, "all")[0] if label not in named and label in keyed]
    return (
        *(item for item in wanted if item is not everything),
        *(dataclasses.replace(everything, product=keyed[label][0].sku_id) for label in rest),
    )
