# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the store knows: the fleet, its MAKs, what changed, and the runs. Read in the transaction of the caller.

Not a public interface. Needs SQLAlchemy: only _store.py imports this, which works without.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    OFFICE,
    Attempt,
    Change,
    FleetHost,
    FleetProduct,
    HostProblem,
    MakKey,
    ProductRecord,
    Run,
    RunSummary,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_activations import (
    LICENSED,
    MAK,
    REACTIVATION,
    RESERVED,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_schema import (
    ACTIVATION,
    HISTORY,
    HOST,
    MAK_KEY,
    PRODUCT,
    RUN,
)
from sqlalchemy import Select, Subquery, and_, case, func, or_, select
from sqlalchemy.engine import Connection, RowMapping

#: Hosts that are in memory at once.
BATCH = 250

_PRODUCT_FIELDS = tuple(item.name for item in dataclasses.fields(ProductRecord))
_ATTEMPT_FIELDS = tuple(item.name for item in dataclasses.fields(Attempt))


def fleet_hosts(connection: Connection) -> Iterator[FleetHost]:
    """Every host with its products, ordered by name; a batch of hosts is in memory at once."""
    after = ""
    while True:
        query = select(HOST).where(HOST.c.name > after).order_by(HOST.c.name).limit(BATCH)
        hosts = connection.execute(query).mappings().all()
        if not hosts:
            return
        last = hosts[-1]["name"]
        products = _products(connection, after, last)
        for row in hosts:
            yield _fleet_host(row, tuple(products.get(row["name"], ())))
        after = last


def mak_keys(connection: Connection) -> list[MakKey]:
    """What was spent of each MAK, those of Office first. An activation by a key of which only the last five are known
    counts for the key that has them, if there is just one. Budgets are of Office's keys."""
    keys = {(OFFICE, row.last_five, row.fingerprint): row.budget for row in connection.execute(select(MAK_KEY))}
    spent: dict[tuple[str, str, str | None], int] = defaultdict(int)
    reserved: dict[tuple[str, str, str | None], int] = defaultdict(int)
    for row in connection.execute(_mak_activations()):
        key = (row.application, row.last_five, row.fingerprint)
        candidates = [known for known in keys if known[:2] == key[:2]]
        if row.fingerprint is None and len(candidates) == 1:
            key = candidates[0]
        spent[key] += row.spent
        reserved[key] += row.reserved
    named = {key[:2] for key in (*keys, *spent)}
    is_mak = (PRODUCT.c.channel == MAK, PRODUCT.c.last_five.is_not(None))
    installed = connection.execute(select(PRODUCT.c.application, PRODUCT.c.last_five).where(*is_mak).distinct())
    only_seen = {(*row, None) for row in installed if tuple(row) not in named}
    everything = sorted({*keys, *spent, *only_seen}, key=lambda key: (key[0], key[1], key[2] or ""))
    return [MakKey(*key[1:], keys.get(key), spent[key], reserved[key], application=key[0]) for key in everything]


def changes_since(connection: Connection, when: datetime) -> Iterator[Change]:
    """The differences between what was known at a time and what is known now, ordered by host and product."""
    before, after = _newest(HISTORY.c.at <= when, "before"), _newest(HISTORY.c.at > when, "after")
    same = and_(before.c.host == after.c.host, before.c.sku_id == after.c.sku_id)
    query = (
        select(after.c.host, after.c.sku_id, after.c.product, before.c.state, after.c.state.label("now"), after.c.at)
        .select_from(after.outerjoin(before, same))
        .where(before.c.state.is_distinct_from(after.c.state))
        .order_by(after.c.host, after.c.sku_id)
        .execution_options(yield_per=BATCH)
    )
    for row in connection.execute(query):
        yield Change(row.host, row.product if row.sku_id else None, row.state, row.now, row.at)


def latest_runs(connection: Connection, limit: int) -> list[RunSummary]:
    """The latest runs, the newest first."""
    hosts = select(func.count()).select_from(HOST).where(HOST.c.run_id == RUN.c.run_id).scalar_subquery()
    sent = (
        select(func.count())
        .select_from(ACTIVATION)
        .where(ACTIVATION.c.run_id == RUN.c.run_id, ACTIVATION.c.result != RESERVED)
        .scalar_subquery()
    )
    query = select(RUN, hosts.label("hosts"), sent.label("activations"))
    rows = connection.execute(query.order_by(RUN.c.started.desc(), RUN.c.run_id).limit(limit)).mappings()
    fields = [item.name for item in dataclasses.fields(Run)]
    return [RunSummary(Run(**{name: row[name] for name in fields}), row["hosts"], row["activations"]) for row in rows]


def _products(connection: Connection, after: str, last: str) -> dict[str, list[FleetProduct]]:
    """The products of the hosts in a range of names."""
    activations = _newest_activations(connection, after, last)
    query = select(PRODUCT).where(PRODUCT.c.host > after, PRODUCT.c.host <= last)
    found: dict[str, list[FleetProduct]] = defaultdict(list)
    for row in connection.execute(query.order_by(PRODUCT.c.host, PRODUCT.c.product, PRODUCT.c.sku_id)).mappings():
        sent = activations.get((row["host"], row["product"]), ())
        newest = sent[0] if sent else None
        by = (item for item in sent if item["result"] == LICENSED and item["last_five"] == row["last_five"])
        licensed = next(by, None)
        found[row["host"]].append(
            FleetProduct(
                record=ProductRecord(**{name: row[name] for name in _PRODUCT_FIELDS}),
                since=row["since"],
                last_attempt=Attempt(**{name: newest[name] for name in _ATTEMPT_FIELDS}) if newest else None,
                attempted_at=newest["at"] if newest else None,
                activated_by=licensed["method"] if licensed else None,
            )
        )
    return found


def _newest_activations(connection: Connection, after: str, last: str) -> Mapping[tuple[str, str], list[RowMapping]]:
    """Of each product the newest activation and the newest that licensed it by each key, the newest first."""
    product = (ACTIVATION.c.host, ACTIVATION.c.product)
    kind = (*product, ACTIVATION.c.result, ACTIVATION.c.last_five)
    newest_first = (ACTIVATION.c.at.desc(), ACTIVATION.c.id)
    ranked = (
        select(
            ACTIVATION,
            func.row_number().over(partition_by=product, order_by=newest_first).label("of_product"),
            func.row_number().over(partition_by=kind, order_by=newest_first).label("of_kind"),
        )
        .where(ACTIVATION.c.host > after, ACTIVATION.c.host <= last, ACTIVATION.c.result != RESERVED)
        .subquery()
    )
    wanted = or_(ranked.c.of_product == 1, and_(ranked.c.result == LICENSED, ranked.c.of_kind == 1))
    query = select(ranked).where(wanted).order_by(ranked.c.host, ranked.c.product, ranked.c.of_product)
    found: dict[tuple[str, str], list[RowMapping]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        found[row["host"], row["product"]].append(row)
    return found


def _fleet_host(row: RowMapping, products: tuple[FleetProduct, ...]) -> FleetHost:
    return FleetHost(
        name=row["name"],
        groups=row["groups"],
        first_seen=row["first_seen"],
        tried_at=row["tried_at"],
        read_at=row["read_at"],
        os_version=row["os_version"],
        cmid=row["cmid"],
        complete=row["complete"],
        problem=_host_problem(row, "problem_"),
        products=products,
        windows_read_at=row["windows_read_at"],
        windows_problem=_host_problem(row, "windows_problem_"),
    )


def _host_problem(row: RowMapping, prefix: str) -> HostProblem | None:
    problem = HostProblem(**{item.name: row[prefix + item.name] for item in dataclasses.fields(HostProblem)})
    return problem if problem.step else None


def _mak_activations() -> Select[Any]:
    """Places spent and reserved of MAKs, by key. Only what a MAK activated has spent one, no reactivation."""
    is_spent = and_(ACTIVATION.c.result == LICENSED, ACTIVATION.c.channel == MAK, ACTIVATION.c.method != REACTIVATION)
    is_reserved = ACTIVATION.c.result == RESERVED
    return (
        select(
            ACTIVATION.c.application,
            ACTIVATION.c.last_five,
            ACTIVATION.c.fingerprint,
            func.sum(case((is_spent, 1), else_=0)).label("spent"),
            func.sum(case((is_reserved, 1), else_=0)).label("reserved"),
        )
        .where(or_(is_spent, is_reserved), ACTIVATION.c.last_five.is_not(None))
        .group_by(ACTIVATION.c.application, ACTIVATION.c.last_five, ACTIVATION.c.fingerprint)
    )


def _newest(condition: Any, name: str) -> Subquery:
    """The newest row of history of each host and product that meets a condition."""
    newest_first = (HISTORY.c.at.desc(), HISTORY.c.id.desc())
    number = func.row_number().over(partition_by=(HISTORY.c.host, HISTORY.c.sku_id), order_by=newest_first)
    ranked = select(HISTORY, number.label("number")).where(condition).subquery()
    return select(ranked).where(ranked.c.number == 1).subquery(name)
