# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The activations in the store: one row for each that was sent, or for which a place was reserved.

Not a public interface. Needs SQLAlchemy: only _store.py imports this, which works without.
"""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import Attempt, HostRecord, Run
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_schema import ACTIVATION, storable
from sqlalchemy import insert, select, update
from sqlalchemy.engine import Connection, RowMapping

MAK = "mak"
RESERVED, LICENSED = "reserved", "licensed"
#: The method of an activation by a confirmation ID that had served the same product before.
REACTIVATION = "reactivation"
# Rows that count in a budget: they are never overwritten by an attempt of another kind.
_COUNTED = (RESERVED, LICENSED)
_NAMESPACE = uuid.UUID("5d5d1d2f-6b0b-5c7a-9a37-4f5f1a8b7c11")


def activation_id(run_id: str, host: str, product: str) -> str:
    """The same for the reservation of an activation and for the attempt that its task reports later."""
    return str(uuid.uuid5(_NAMESPACE, json.dumps([run_id, host, product])))


def find(connection: Connection, identity: str) -> RowMapping | None:
    """The row of an activation."""
    return connection.execute(select(ACTIVATION).where(ACTIVATION.c.id == identity)).mappings().first()


def set_aside(connection: Connection, identity: str) -> None:
    """Let a row keep what it says, and free its id for another activation of the same product in the same run."""
    connection.execute(update(ACTIVATION).where(ACTIVATION.c.id == identity).values(id=str(uuid.uuid4())))


def note_attempts(connection: Connection, record: HostRecord, run: Run) -> bool:
    """Keep the attempts of a record. True when something other than the time is new."""
    # One row a product: of two licences with one name, the one that was licensed counts.
    attempts = {item.product: item for item in sorted(record.attempts, key=lambda item: item.result == LICENSED)}
    return any([_note(connection, attempt, record, run) for attempt in attempts.values()])  # noqa: C419  (all of them)


def settle_by_state(connection: Connection, record: HostRecord) -> bool:
    """Spend the places of products that turn out to be licensed by their MAK: the run that sent it did not end."""
    settled = 0
    for product in record.products or ():
        if product.channel == MAK and product.state == LICENSED and product.last_five:
            is_open = (
                ACTIVATION.c.host == record.host,
                ACTIVATION.c.product == product.product,
                ACTIVATION.c.last_five == product.last_five,
                ACTIVATION.c.result == RESERVED,
                ACTIVATION.c.at <= record.at,
            )
            settled += connection.execute(update(ACTIVATION).where(*is_open).values(result=LICENSED)).rowcount
    return settled > 0


def _note(connection: Connection, attempt: Attempt, record: HostRecord, run: Run) -> bool:
    identity = activation_id(run.run_id, record.host, attempt.product)
    new = _row(identity, attempt, record.host, run, record.at)
    known = find(connection, identity)
    if known is None:
        connection.execute(insert(ACTIVATION).values(new))
        return True
    same_key = not _differ(known["last_five"], attempt.last_five)
    settles = known["result"] in (RESERVED, attempt.result) and same_key
    if not settles and record.at < known["at"]:
        return False
    if not settles and known["result"] in _COUNTED:
        set_aside(connection, identity)
        connection.execute(insert(ACTIVATION).values(new))
        return True
    if same_key:
        kept = ("sku_id", "channel", "last_five", "fingerprint")
        new.update({name: known[name] for name in kept if new.get(name) is None})
    connection.execute(update(ACTIVATION).where(ACTIVATION.c.id == identity).values(new))
    return any(known[name] != _stored(value) for name, value in new.items() if name != "at")


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _stored(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value


def _row(identity: str, attempt: Attempt, host: str, run: Run, at: datetime) -> dict[str, Any]:
    return {
        "id": identity,
        "run_id": run.run_id,
        "host": host,
        "sku_id": attempt.sku_id,
        "product": attempt.product,
        "method": attempt.method,
        "channel": attempt.channel,
        "last_five": attempt.last_five,
        "fingerprint": None,
        "application": attempt.application,
        "result": attempt.result,
        "code": attempt.code,
        "cause": attempt.cause,
        "remedy": attempt.remedy,
        "at": at,
    }
