# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store: what is known of the fleet, in an SQLite file or a PostgreSQL database. Not a public interface.

with Store(store_url(option, in_awx, Path.cwd())) as store:
    store.record(record, run)

_store_address.py    the option as a URL        _store_recording.py    a host's record
_store_database.py   connection, transactions   _store_activations.py  activations that were sent
_store_schema.py     tables, version            _store_budget.py       places in the budget of a MAK
_store_errors.py     causes and next steps      _store_reading.py      the fleet, MAKs, changes, runs
                                                _store_confirmations.py  installation and confirmation IDs
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from types import TracebackType

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    Change,
    FleetHost,
    HostRecord,
    MakKey,
    Place,
    Run,
    RunSummary,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_address import store_url
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_errors import StoreError

try:
    # Imported here and not where it is needed: Ansible does this once, before it forks a process for each host.
    import sqlalchemy  # noqa: F401
except ImportError:
    HAS_SQLALCHEMY = False
else:
    HAS_SQLALCHEMY = True
    from ansible_collections.officefleet.activation.plugins.plugin_utils import (
        _store_budget,
        _store_confirmations,
        _store_reading,
        _store_recording,
    )
    from ansible_collections.officefleet.activation.plugins.plugin_utils._store_database import Database

__all__ = ["Store", "StoreError", "store_url"]


class Store:
    """The store at a URL, for one process. Every method raises StoreError.

    Nothing is connected to before the first use. Writing sets up an empty database; reading finds it empty.
    """

    def __init__(self, url: str) -> None:
        if not HAS_SQLALCHEMY:
            raise StoreError(
                f"SQLAlchemy is not installed in the Python that runs Ansible ({sys.executable}).",
                f'Install it there: {sys.executable} -m pip install "SQLAlchemy>=2.0.36". In AWX use an execution'
                " environment that has it.",
            )
        self._database = Database(url)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the connection; the store can be used again all the same."""
        self._database.close()

    def record(self, record: HostRecord, run: Run) -> bool:
        """Keep what a task told about a host. True when something other than the times is new."""
        with self._database.writing() as connection:
            return _store_recording.record_host(connection, record, run)

    def hosts(self) -> Iterator[FleetHost]:
        """Every host, ordered by name, read as they are asked for."""
        with self._database.reading() as connection:
            if connection is not None:
                yield from _store_reading.fleet_hosts(connection)

    def mak_keys(self) -> list[MakKey]:
        """Every MAK that was activated, reserved or seen installed, ordered by its last five."""
        with self._database.reading() as connection:
            return [] if connection is None else _store_reading.mak_keys(connection)

    def changes_since(self, when: datetime) -> Iterator[Change]:
        """What is otherwise than it was at that time, ordered by host, read as it is asked for."""
        with self._database.reading() as connection:
            if connection is not None:
                yield from _store_reading.changes_since(connection, when)

    def runs(self, limit: int = 10) -> list[RunSummary]:
        """The latest runs, the newest first."""
        with self._database.reading() as connection:
            return [] if connection is None else _store_reading.latest_runs(connection, limit)

    def has_place(self, place: Place) -> bool:
        """Whether the budget of a MAK would give this place. Writes nothing."""
        with self._database.reading() as connection:
            return place.budget > 0 if connection is None else _store_budget.has_place(connection, place)

    def reserve(self, place: Place, run: Run, at: datetime) -> bool:
        """Take a place in the budget of a MAK before its activation is sent. False where none is left."""
        with self._database.writing() as connection:
            return _store_budget.reserve(connection, place, run, at)

    def settle(self, place: Place, run: Run, at: datetime, result: str) -> None:
        """Spend a place that was reserved (result C(licensed)), or free it (C(failed), C(pending))."""
        with self._database.writing() as connection:
            _store_budget.settle(connection, place, run, at, result)

    def confirmations(self, host: str | None = None, installation_ids: Collection[str] = ()) -> list[Request]:
        """What is known of installation IDs: of a host and of these IDs, or all of them, ordered by host."""
        with self._database.reading() as connection:
            if connection is None:
                return []
            if host is None:
                return _store_confirmations.everything(connection)
            return _store_confirmations.of_host(connection, host, installation_ids)

    def collect_installation_ids(
        self, host: str, requests: Iterable[Request], licensed: Collection[str], at: datetime
    ) -> bool:
        """Keep what a host needs confirmation IDs for now; SKU IDs that are licensed. True when it is something new."""
        with self._database.writing() as connection:
            return _store_confirmations.collect(connection, host, requests, licensed, at)

    def take_confirmations(self, requests: Iterable[Request]) -> None:
        """Keep confirmation IDs that came in, each in its request."""
        with self._database.writing() as connection:
            _store_confirmations.take(connection, requests)

    def confirmations_applied(
        self, host: str, requests: Iterable[Request], licensed: Collection[str], at: datetime
    ) -> None:
        """Keep which confirmation IDs activated a product of a host, and that its licensed SKU IDs wait no longer."""
        with self._database.writing() as connection:
            for request in requests:
                _store_confirmations.applied(connection, request, at)
            _store_confirmations.close(connection, host, licensed)
