# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts what a task told about a host into the store, in the transaction of the caller.

Not a public interface. Needs SQLAlchemy: only _store.py imports this, which works without.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    KMS_HOST,
    OFFICE,
    WINDOWS,
    HostProblem,
    HostRecord,
    ProductRecord,
    Run,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_activations import (
    note_attempts,
    settle_by_state,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_schema import (
    HISTORY,
    HOST,
    PRODUCT,
    lock,
    remember_run,
    storable,
)
from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Connection, RowMapping

Row = dict[str, Any]

_PROBLEM = tuple(f"problem_{item.name}" for item in dataclasses.fields(HostProblem))
_CONNECT = "connect"
_HOST_STATES = {None: "reached", _CONNECT: "unreachable"}
# What has a history; everything else is kept as it was read last.
_KEPT_IN_HISTORY = ("state", "reason", "channel", "last_five")
_TIMES = frozenset({"first_seen", "tried_at", "read_at", "windows_read_at", "run_id", "expires", "since"})


def record_host(connection: Connection, record: HostRecord, run: Run) -> bool:
    """Keep a record. True when something other than the times is new.

    Of a record that is older than what is known only its activations are kept, and when the host was first seen.
    """
    lock(connection, f"host {record.host}")
    remember_run(connection, run)
    changed = note_attempts(connection, record, run)
    is_host = HOST.c.name == record.host
    known = connection.execute(select(HOST).where(is_host)).mappings().first()
    if known is not None and record.at < known["tried_at"]:
        if record.at < known["first_seen"]:
            connection.execute(update(HOST).where(is_host).values(first_seen=record.at))
        return changed
    changed |= _record_host_row(connection, record, run, known)
    if record.products is not None:
        changed |= _record_products(connection, record, run)
        changed |= settle_by_state(connection, record)
    return changed


def _record_host_row(connection: Connection, record: HostRecord, run: Run, known: RowMapping | None) -> bool:
    row = _host_row(record, run, known)
    if known is None:
        connection.execute(insert(HOST).values(row))
    else:
        connection.execute(update(HOST).where(HOST.c.name == record.host).values(row))
    state = _host_state(row)
    if known is None or _host_state(known) != state:
        _note_history(connection, record, run, [{"sku_id": "", "state": state, "reason": row["problem_cause"]}])
    return known is None or _is_new(row, known)


def _host_row(record: HostRecord, run: Run, known: RowMapping | None) -> Row:
    """The host as it is known now. What was not read this time stays as it was."""
    earlier: Row | RowMapping = known or {"complete": True}
    was_read = record.products is not None
    tells_complete = was_read and (record.about == OFFICE or not known)
    read_at = "windows_read_at" if record.about == WINDOWS else "read_at"
    return {
        "name": record.host,
        "groups": record.groups or earlier.get("groups", ()),
        "os_version": record.os_version or earlier.get("os_version"),
        "cmid": record.cmid or earlier.get("cmid"),
        "complete": record.complete if tells_complete else earlier["complete"],
        "first_seen": earlier.get("first_seen", record.at),
        "tried_at": record.at,
        **{name: earlier.get(name) for name in ("read_at", "windows_read_at")},
        **({read_at: record.at} if was_read else {}),
        "run_id": run.run_id,
        **_problems(record, earlier),
    }


def _problems(record: HostRecord, earlier: Row | RowMapping) -> Row:
    """What stands in the way now, of Windows itself apart from all else. A host that is not reached is one of both."""
    if record.about != WINDOWS:
        kept = {f"windows_{name}": earlier.get(f"windows_{name}") for name in _PROBLEM}
        return {**kept, **_problem(record, earlier, "")}
    kept = {name: earlier.get(name) for name in _PROBLEM}
    if kept["problem_step"] == _CONNECT:
        kept = dict.fromkeys(_PROBLEM)
    return {**kept, **_problem(record, earlier, "windows_")}


def _problem(record: HostRecord, earlier: Row | RowMapping, prefix: str) -> Row:
    """Reading ends a problem of reading; one of a change waits for a change."""
    problem = record.problem
    names = [f"{prefix}{name}" for name in _PROBLEM]
    if problem is None:
        ends = record.changes if earlier.get(f"{prefix}problem_step") == "change" else record.products is not None
        return dict.fromkeys(names) if ends else {name: earlier.get(name) for name in names}
    return {f"{prefix}problem_{item.name}": getattr(problem, item.name) for item in dataclasses.fields(HostProblem)}


def _host_state(row: Row | RowMapping) -> str:
    return _HOST_STATES.get(row["problem_step"], "failed")


def _record_products(connection: Connection, record: HostRecord, run: Run) -> bool:
    of_host = PRODUCT.c.host == record.host
    known = {row["sku_id"]: row for row in connection.execute(select(PRODUCT).where(of_host)).mappings()}
    read = {storable(item.sku_id): item for item in record.products or ()}
    changed = False
    history = []
    for sku_id, item in read.items():
        row = _product_row(item, record, known.get(sku_id))
        is_new = sku_id not in known or _is_new(row, known[sku_id])
        _write_product(connection, row, known.get(sku_id))
        if sku_id not in known or _is_new({name: row[name] for name in _KEPT_IN_HISTORY}, known[sku_id]):
            history.append({name: row[name] for name in ("sku_id", "product", *_KEPT_IN_HISTORY)})
        changed |= is_new
    gone = _gone(known.values(), read, record)
    if gone:
        connection.execute(delete(PRODUCT).where(of_host, PRODUCT.c.sku_id.in_([row["sku_id"] for row in gone])))
    history += [{"sku_id": row["sku_id"], "product": row["product"], "state": None} for row in gone]
    _note_history(connection, record, run, history)
    return changed or bool(gone)


def _gone(known: Iterable[RowMapping], read: Mapping[str, ProductRecord], record: HostRecord) -> list[RowMapping]:
    """Products that a complete listing of their kind lacks. A listing tells nothing of the other kinds there."""
    if not record.complete:
        return []
    return [row for row in known if row["sku_id"] not in read and _about(row) == record.about]


def _about(row: RowMapping) -> str:
    return KMS_HOST if row["channel"] == KMS_HOST else str(row["application"])


def _product_row(item: ProductRecord, record: HostRecord, known: RowMapping | None) -> Row:
    same_state = known is not None and known["state"] == item.state
    since = known["since"] if known is not None and same_state else record.at
    return {"host": record.host, "since": since, **dataclasses.asdict(item)}


def _write_product(connection: Connection, row: Row, known: RowMapping | None) -> None:
    if known is None:
        connection.execute(insert(PRODUCT).values(row))
    elif _is_new(row, known) or row["expires"] != known["expires"]:
        this = (PRODUCT.c.host == row["host"], PRODUCT.c.sku_id == row["sku_id"])
        connection.execute(update(PRODUCT).where(*this).values(row))


def _is_new(row: Row, known: RowMapping) -> bool:
    """Whether a row differs from the known one in something other than the times."""
    return any(known[name] != _as_stored(value) for name, value in row.items() if name not in _TIMES)


def _as_stored(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    return tuple(value) if isinstance(value, list) else value


def _note_history(connection: Connection, record: HostRecord, run: Run, rows: Iterable[Row]) -> None:
    empty = dict.fromkeys(("product", *_KEPT_IN_HISTORY))
    filled = [{**empty, **row, "host": record.host, "at": record.at, "run_id": run.run_id} for row in rows]
    if filled:
        connection.execute(insert(HISTORY), filled)
