# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Places in the budget of a MAK: taken before an activation is sent, spent or freed by what became of it.

A place that is neither spent nor freed, because the run ended in between, stays taken: the activation may have been
sent. The next run on that host takes it over. Not a public interface. Needs SQLAlchemy, as _store.py sees to.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import Place, Run
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_activations import (
    LICENSED,
    MAK,
    RESERVED,
    activation_id,
    find,
    set_aside,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_schema import (
    ACTIVATION,
    MAK_KEY,
    SECRET_SETTING,
    insert_new,
    lock,
    remember_run,
    setting,
)
from sqlalchemy import ColumnElement, and_, delete, func, insert, or_, select, update
from sqlalchemy.engine import Connection


def has_place(connection: Connection, place: Place) -> bool:
    """Whether reserve() would give a place now."""
    fingerprint = fingerprint_of(connection, place.key)
    return _is_reserved(connection, fingerprint, place) or _used(connection, fingerprint) < place.budget


def reserve(connection: Connection, place: Place, run: Run, at: datetime) -> bool:
    """Take a place, or take over the one that an earlier run left open for the same product of the same host."""
    lock(connection, f"host {place.host}")
    remember_run(connection, run)
    fingerprint = fingerprint_of(connection, place.key)
    _lock_key(connection, fingerprint, place)
    if _is_reserved(connection, fingerprint, place):
        connection.execute(delete(ACTIVATION).where(*_open_places(fingerprint, place)))
    elif _used(connection, fingerprint) >= place.budget:
        return False
    _insert(connection, fingerprint, place, run, at, RESERVED)
    return True


def settle(connection: Connection, place: Place, run: Run, at: datetime, result: str) -> None:
    """Spend a place or free it. Of a place that was freed nothing is left: the attempt itself comes with a record."""
    lock(connection, f"host {place.host}")
    remember_run(connection, run)
    fingerprint = fingerprint_of(connection, place.key)
    own = ACTIVATION.c.id == activation_id(run.run_id, place.host, place.product)
    if result != LICENSED:
        connection.execute(delete(ACTIVATION).where(own, *_open_places(fingerprint, place)))
        return
    # Where another run took the place over, there is no row, or the attempt alone: the activation is spent anyway.
    recorded = and_(ACTIVATION.c.fingerprint.is_(None), ACTIVATION.c.last_five == place.last_five)
    spent = update(ACTIVATION).where(own, or_(ACTIVATION.c.fingerprint == fingerprint, recorded))
    if connection.execute(spent.values(result=LICENSED, fingerprint=fingerprint, at=at)).rowcount == 0:
        _insert(connection, fingerprint, place, run, at, LICENSED)


def fingerprint_of(connection: Connection, key: str) -> str:
    """What tells a MAK from others with the same last five; without the secret of the store nobody can try keys."""
    if not key:
        raise ValueError("a place in a budget needs the whole key")
    secret = setting(connection, SECRET_SETTING) or ""
    return hmac.new(secret.encode(), key.strip().upper().encode(), hashlib.sha256).hexdigest()


def _lock_key(connection: Connection, fingerprint: str, place: Place) -> None:
    """Let one transaction at a time count the places of a MAK, and keep the budget that was given last."""
    row = {"fingerprint": fingerprint, "last_five": place.last_five, "budget": place.budget}
    insert_new(connection, MAK_KEY, row)
    this_key = MAK_KEY.c.fingerprint == fingerprint
    budget = connection.scalar(select(MAK_KEY.c.budget).where(this_key).with_for_update())
    if budget != place.budget:
        connection.execute(update(MAK_KEY).where(this_key).values(budget=place.budget))


def _open_places(fingerprint: str, place: Place) -> tuple[ColumnElement[bool], ...]:
    return (
        ACTIVATION.c.fingerprint == fingerprint,
        ACTIVATION.c.host == place.host,
        ACTIVATION.c.product == place.product,
        ACTIVATION.c.result == RESERVED,
    )


def _is_reserved(connection: Connection, fingerprint: str, place: Place) -> bool:
    return _count(connection, *_open_places(fingerprint, place)) > 0


def _used(connection: Connection, fingerprint: str) -> int:
    taken = ACTIVATION.c.result.in_((RESERVED, LICENSED))
    return _count(connection, ACTIVATION.c.fingerprint == fingerprint, taken)


def _count(connection: Connection, *conditions: ColumnElement[bool]) -> int:
    counted: int | None = connection.scalar(select(func.count()).select_from(ACTIVATION).where(*conditions))
    return counted or 0


def _insert(connection: Connection, fingerprint: str, place: Place, run: Run, at: datetime, result: str) -> None:
    identity = activation_id(run.run_id, place.host, place.product)
    if find(connection, identity) is not None:
        set_aside(connection, identity)
    row: dict[str, Any] = {
        "id": identity,
        "run_id": run.run_id,
        "host": place.host,
        "product": place.product,
        "method": "online",
        "channel": MAK,
        "last_five": place.last_five,
        "fingerprint": fingerprint,
        "result": result,
        "at": at,
    }
    connection.execute(insert(ACTIVATION).values(row))
