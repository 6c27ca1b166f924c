# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection to the database of the store: SQLite or PostgreSQL, and one transaction at a time.

Not a public interface. Needs SQLAlchemy: only _store.py imports this, which works without.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.officefleet.activation.plugins.plugin_utils import _store_schema as schema
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_address import (
    HOW_TO_WRITE,
    SQLITE,
    with_driver,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_errors import (
    Location,
    StoreError,
    explained,
    secrets_of,
)
from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

try:
    import psycopg  # noqa: F401  (here, so that it is imported once, before Ansible forks)
except ImportError:
    HAS_PSYCOPG = False
else:
    HAS_PSYCOPG = True

# Seconds. Eight processes that write at once wait some milliseconds for each other; the rest is for a slow disk.
_LOCK_TIMEOUT = 60
_CONNECT_TIMEOUT = 10
_WRITES = "officefleet_writes"


class Database:
    """One process's way to the store. Connects at the first use, and again after an error.

    Must not be handed to a forked process: SQLite and PostgreSQL connections do not survive that.
    """

    def __init__(self, url: str) -> None:
        """Raises StoreError for a URL that names no store, and where the driver of PostgreSQL is missing."""
        self._url = _read_url(url)
        self._location = _location(self._url)
        self._file = Path(str(self._url.database)) if self._url.drivername == SQLITE else None
        self._engine = _engine(self._url)
        self._writer: Connection | None = None

    @contextlib.contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes; the store is set up where the database is empty. Raises StoreError."""
        try:
            with self._explained():
                if self._writer is None:
                    self._writer = self._open_writer()
                with self._writer.begin():
                    yield self._writer
        except StoreError:
            self.close()
            raise

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection | None]:
        """A transaction that sees one moment of the store, and writes nothing; None where there is no store yet.

        Raises StoreError.
        """
        if self._file is not None and not _exists(self._file):
            yield None
            return
        with self._explained(), self._engine.connect() as connection:
            if self._file is None:
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection if schema.is_set_up(connection) else None

    def close(self) -> None:
        """End the connection. The next use makes another one."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(SQLAlchemyError):  # the connection can be lost already
                writer.close()

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise explained(error, self._location) from None

    def _open_writer(self) -> Connection:
        if self._file is not None and not _exists(self._file):
            _make_file(self._file)
        connection = self._engine.connect()
        try:
            with connection.begin():
                is_set_up = schema.is_set_up(connection)
            if self._file is not None:
                _use_write_ahead_log(connection)
            connection = connection.execution_options(**{_WRITES: True})
            if not is_set_up:
                with connection.begin():
                    schema.set_up(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _read_url(url: str) -> URL:
    try:
        read = make_url(with_driver(url))
    except (ArgumentError, ValueError):  # their messages can hold a part of the password
        raise StoreError("The URL of the store can not be read.", HOW_TO_WRITE) from None
    if "@" in (read.host or ""):
        raise StoreError("The URL of the store has more than one @.", HOW_TO_WRITE)
    if read.drivername == SQLITE and read.database in (None, "", ":memory:"):
        raise StoreError("The URL of the store names no file.", HOW_TO_WRITE)
    if read.drivername != SQLITE and not HAS_PSYCOPG:
        raise StoreError(
            "psycopg, the driver of PostgreSQL, is not installed in the Python that runs Ansible.",
            'Install it there: python3 -m pip install "psycopg[binary]>=3.2". In AWX use an execution environment that'
            " has it.",
        )
    return read


def _location(url: URL) -> Location:
    if url.drivername == SQLITE:
        return Location(str(url.database))
    server = f"{url.host or 'the local server'}{f':{url.port}' if url.port else ''}"
    hidden = (value for name, value in url.query.items() if "pass" in name)
    return Location(f"database {url.database} on {server}", secrets_of([url.password, *hidden]))


def _engine(url: URL) -> Engine:
    """An engine without a pool: its only connection is that of the Database."""
    if url.drivername == SQLITE:
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _LOCK_TIMEOUT})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    arguments = {} if "connect_timeout" in url.query else {"connect_timeout": _CONNECT_TIMEOUT}
    engine = create_engine(url, poolclass=NullPool, connect_args=arguments, isolation_level="READ COMMITTED")
    event.listen(engine, "connect", _prepare_postgresql)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # begin is ours: the driver would begin too late, and not with IMMEDIATE
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that begins with reading and writes later fails at once where another one writes.
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _prepare_postgresql(connection: Any, _record: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = '{_LOCK_TIMEOUT}s'")
    connection.commit()


def _use_write_ahead_log(connection: Connection) -> None:
    """So that readers and the writer need not wait for each other. The file keeps this setting."""
    cursor = connection.connection.cursor()
    deadline = time.monotonic() + _LOCK_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # SQLite does not wait here for a process that changes the mode at the same moment.
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _exists(file: Path) -> bool:
    """Whether there is a file, and not only a place for one. Raises StoreError where there is not even that."""
    try:
        if file.exists():
            return True
        if file.parent.is_dir():
            return False
    except OSError:  # a part of the path can not be entered, or is no folder
        pass
    raise StoreError(
        "The folder of the store's file does not exist, or may not be entered.",
        f"Create {file.parent} for the user that runs Ansible, or correct the option store.",
    )


def _make_file(file: Path) -> None:
    """An empty file that only its owner reads: the store tells what is installed where."""
    try:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            "The file of the store can not be made.",
            f"Let the user that runs Ansible write to {file.parent}, or correct the option store."
            f" The system says: {error.strerror}",
        ) from None
