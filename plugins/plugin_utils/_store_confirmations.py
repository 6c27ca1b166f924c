# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installation and confirmation IDs in the store: a row for each installation ID of a product with a MAK on a host.

Confirmation IDs are kept as they are, since a machine that is installed anew is activated by them again. Not a public
interface. Needs SQLAlchemy: only _store.py imports this, which works without.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_schema import (
    CONFIRMATION,
    insert_new,
    lock,
    storable,
)
from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.engine import Connection

_FIELDS = tuple(item.name for item in dataclasses.fields(Request))


def everything(connection: Connection) -> list[Request]:
    """All that is known, ordered by host and product."""
    query = select(CONFIRMATION).order_by(CONFIRMATION.c.host, CONFIRMATION.c.product, CONFIRMATION.c.installation_id)
    return [_request(row) for row in connection.execute(query).mappings()]


def of_host(connection: Connection, host: str, installation_ids: Collection[str]) -> list[Request]:
    """What is known of a host, and of installation IDs that may have been collected under another name of it."""
    same_id = CONFIRMATION.c.installation_id.in_(list(installation_ids))
    query = select(CONFIRMATION).where(or_(CONFIRMATION.c.host == storable(host), same_id))
    return [_request(row) for row in connection.execute(query).mappings()]


def collect(
    connection: Connection, host: str, requests: Iterable[Request], licensed: Collection[str], at: datetime
) -> bool:
    """Keep what a host needs now. True when it is something new.

    ``licensed``: the SKU IDs of its MAKs that need nothing. An earlier installation ID of the same product waits no
    longer, and is forgotten unless there is a confirmation ID for it.
    """
    lock(connection, f"host {host}")
    changed = close(connection, host, licensed)
    for request in requests:
        known = connection.execute(select(CONFIRMATION).where(_this(request))).mappings().first()
        others = and_(CONFIRMATION.c.host == request.host, CONFIRMATION.c.sku_id == request.sku_id, ~_this(request))
        worthless = delete(CONFIRMATION).where(others, CONFIRMATION.c.confirmation_id.is_(None))
        changed |= connection.execute(worthless).rowcount > 0
        stale = update(CONFIRMATION).where(others, CONFIRMATION.c.waiting).values(waiting=False)
        changed |= connection.execute(stale).rowcount > 0
        if known is None:
            insert_new(connection, CONFIRMATION, {**dataclasses.asdict(request), "collected_at": at})
        elif not known["waiting"] or known["collected_at"] is None:
            here = {"waiting": True, "product": request.product, "collected_at": known["collected_at"] or at}
            connection.execute(update(CONFIRMATION).where(_this(request)).values(here))
        changed |= known is None or not known["waiting"]
    return changed


def close(connection: Connection, host: str, sku_ids: Collection[str]) -> bool:
    """Nothing is waited for any more where a product is licensed. True when something was."""
    waiting = (CONFIRMATION.c.host == storable(host), CONFIRMATION.c.sku_id.in_(list(sku_ids)), CONFIRMATION.c.waiting)
    return connection.execute(update(CONFIRMATION).where(*waiting).values(waiting=False)).rowcount > 0


def take(connection: Connection, requests: Iterable[Request]) -> None:
    """Keep confirmation IDs that came in."""
    for request in sorted(requests, key=lambda item: item.identity):
        insert_new(connection, CONFIRMATION, dataclasses.asdict(request))
        new = {"confirmation_id": request.confirmation_id}
        # One that has proved right in the meantime stays.
        open_ones = update(CONFIRMATION).where(_this(request), CONFIRMATION.c.applied_at.is_(None))
        if request.confirmation_id is not None:
            connection.execute(open_ones.values(new))


def applied(connection: Connection, request: Request, at: datetime) -> None:
    """A confirmation ID has activated the product of its request."""
    lock(connection, f"host {request.host}")
    used = {"confirmation_id": request.confirmation_id, "waiting": False, "applied_at": at}
    insert_new(connection, CONFIRMATION, {**dataclasses.asdict(request), **used})
    connection.execute(update(CONFIRMATION).where(_this(request)).values(used))


def _this(request: Request) -> ColumnElement[bool]:
    names = ("host", "sku_id", "last_five", "installation_id")
    return and_(*(CONFIRMATION.c[name] == storable(getattr(request, name)) for name in names))


def _request(row: Any) -> Request:
    return Request(**{name: row[name] for name in _FIELDS})
