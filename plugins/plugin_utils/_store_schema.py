# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the store, and its version. Not a public interface.

Needs SQLAlchemy: only _store.py imports this, which works without.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import OFFICE, Run
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_errors import StoreError
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.types import TypeEngine

#: What this release reads and writes. From 2 on, Alembic brings an older store to it: see check_version.
SCHEMA_VERSION = 1
VERSION_SETTING = "schema_version"
SECRET_SETTING = "mak_fingerprint_secret"  # noqa: S105
_CREATION_LOCK = "officefleet.activation schema"


def storable(text: str) -> str:
    """A text as every database can keep it: PostgreSQL has no NUL, and neither has half a surrogate pair."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class UtcTime(TypeDecorator[datetime]):
    """A time in UTC; SQLite and TIMESTAMP know no time zone, so that it is taken off and put on here."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(timezone.utc).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=timezone.utc)


class PlainText(TypeDecorator[str]):
    """Text in the order of its code points, which is the same in SQLite, in PostgreSQL and in Python."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        return dialect.type_descriptor(Text(collation="C") if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else storable(value)


class Names(TypeDecorator[tuple[str, ...]]):
    """Several names as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(list(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        return tuple(json.loads(value)) if value else ()


METADATA = MetaData()

SETTING = Table(
    "setting",
    METADATA,
    Column("name", PlainText, primary_key=True),
    Column("value", PlainText, nullable=False),
)

RUN = Table(
    "run",
    METADATA,
    Column("run_id", PlainText, primary_key=True),
    Column("started", UtcTime, nullable=False),
    Column("job", PlainText),
    Column("collection_version", PlainText, nullable=False),
    Column("ansible_version", PlainText, nullable=False),
)

HOST = Table(
    "host",
    METADATA,
    Column("name", PlainText, primary_key=True),
    Column("groups", Names, nullable=False),
    Column("os_version", PlainText),
    Column("cmid", PlainText),
    Column("complete", Boolean, nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("tried_at", UtcTime, nullable=False, index=True),
    Column("read_at", UtcTime),
    Column("problem_step", PlainText),
    Column("problem_cause", PlainText),
    Column("problem_remedy", PlainText),
    Column("problem_code", PlainText),
    #: The same of Windows itself.
    Column("windows_read_at", UtcTime),
    Column("windows_problem_step", PlainText),
    Column("windows_problem_cause", PlainText),
    Column("windows_problem_remedy", PlainText),
    Column("windows_problem_code", PlainText),
    Column("run_id", ForeignKey(RUN.c.run_id), nullable=False, index=True),
)

PRODUCT = Table(
    "product",
    METADATA,
    Column("host", ForeignKey(HOST.c.name), primary_key=True),
    Column("sku_id", PlainText, primary_key=True),
    Column("product", PlainText, nullable=False),
    Column("name", PlainText, nullable=False),
    Column("family", PlainText),
    Column("office", Integer),
    Column("channel", PlainText, nullable=False),
    Column("state", PlainText, nullable=False),
    Column("reason", PlainText),
    Column("last_five", PlainText),
    Column("expires", UtcTime),
    Column("kms_host", PlainText),
    Column("kms_port", Integer),
    Column("ad_object", PlainText),
    Column("kms_count", Integer),
    Column("application", PlainText, nullable=False),
    Column("since", UtcTime, nullable=False),
)

#: What a product, or with an empty sku_id the host itself, was at a time: a row where it changed. state: None is gone.
HISTORY = Table(
    "history",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("host", ForeignKey(HOST.c.name), nullable=False),
    Column("sku_id", PlainText, nullable=False),
    Column("product", PlainText),
    Column("at", UtcTime, nullable=False, index=True),
    Column("run_id", ForeignKey(RUN.c.run_id), nullable=False),
    Column("state", PlainText),
    Column("reason", PlainText),
    Column("channel", PlainText),
    Column("last_five", PlainText),
    Index("ix_history_of", "host", "sku_id", "at"),
)

MAK_KEY = Table(
    "mak_key",
    METADATA,
    Column("fingerprint", PlainText, primary_key=True),
    Column("last_five", PlainText, nullable=False),
    Column("budget", Integer, nullable=False),
)

ACTIVATION = Table(
    "activation",
    METADATA,
    Column("id", PlainText, primary_key=True),
    Column("run_id", ForeignKey(RUN.c.run_id), nullable=False, index=True),
    Column("host", PlainText, nullable=False),
    Column("sku_id", PlainText),
    Column("product", PlainText, nullable=False),
    Column("method", PlainText, nullable=False),
    Column("channel", PlainText),
    Column("last_five", PlainText),
    Column("fingerprint", PlainText),
    Column("application", PlainText, nullable=False, default=OFFICE),
    Column("result", PlainText, nullable=False),
    Column("code", PlainText),
    Column("cause", PlainText),
    Column("remedy", PlainText),
    Column("at", UtcTime, nullable=False),
    Index("ix_activation_of", "host", "product", "at"),
    Index("ix_activation_spent", "fingerprint", "result"),
)

#: Installation IDs of products with a MAK, and the confirmation IDs for them: see confirmation_records.py.
CONFIRMATION = Table(
    "confirmation",
    METADATA,
    Column("host", PlainText, primary_key=True),
    Column("sku_id", PlainText, primary_key=True),
    Column("last_five", PlainText, primary_key=True),
    Column("installation_id", PlainText, primary_key=True, index=True),
    Column("product", PlainText, nullable=False),
    Column("confirmation_id", PlainText),
    Column("waiting", Boolean, nullable=False),
    Column("collected_at", UtcTime),
    Column("applied_at", UtcTime),
)


def is_set_up(connection: Connection) -> bool:
    """Whether the database is a store of this version; False where it is empty. Raises StoreError for any other."""
    tables = inspect(connection).get_table_names()  # first: another process can be setting it up, all at once
    if not tables:
        return False
    version = _version(connection) if "setting" in tables else None
    if version is None:
        raise StoreError(
            "The database has tables of something else, and no store of officefleet.activation.",
            "Give the store a database or an SQLite file of its own; nothing was changed in this one.",
        )
    check_version(version)
    return True


def _version(connection: Connection) -> str | None:
    """The version of a store; None where the table of this name is something else's."""
    try:
        with connection.begin_nested():  # in PostgreSQL an error would end the whole transaction
            return setting(connection, VERSION_SETTING)
    except (OperationalError, ProgrammingError):
        if {"name", "value"} <= {column["name"] for column in inspect(connection).get_columns("setting")}:
            raise
        return None


def check_version(version: str) -> None:
    """Raises StoreError for a store of another version. The place where an older one will be migrated."""
    if version != str(SCHEMA_VERSION):
        raise StoreError(
            f"The store has schema version {version}; this release knows {SCHEMA_VERSION}.",
            "Update the collection on this controller.",
        )


def set_up(connection: Connection) -> None:
    """Create the tables within the transaction, once, however many processes do it at the same time."""
    lock(connection, _CREATION_LOCK)
    if is_set_up(connection):
        return
    METADATA.create_all(connection, checkfirst=False)
    settings = {VERSION_SETTING: str(SCHEMA_VERSION), SECRET_SETTING: secrets.token_hex(32)}
    connection.execute(insert(SETTING), [{"name": name, "value": value} for name, value in settings.items()])


def setting(connection: Connection, name: str) -> str | None:
    """The value of a setting."""
    value: str | None = connection.scalar(select(SETTING.c.value).where(SETTING.c.name == name))
    return value


def lock(connection: Connection, name: str) -> None:
    """Let one transaction at a time work on what has this name.

    A writing transaction of SQLite is alone in any case. In PostgreSQL every writer takes the lock of its host first,
    and only then that of a MAK: in this order none can wait for another that waits for it.
    """
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(name.encode("utf-8", "replace")).digest()[:8], "big", signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(number)))


def insert_new(connection: Connection, table: Table, row: dict[str, Any]) -> None:
    """Insert a row, unless there is one with its primary key already."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(table).values(row).on_conflict_do_nothing())


def remember_run(connection: Connection, run: Run) -> None:
    """Keep what is known of a run, before the first row that refers to it."""
    insert_new(
        connection,
        RUN,
        {
            "run_id": run.run_id,
            "started": run.started,
            "job": run.job,
            "collection_version": run.collection_version,
            "ansible_version": run.ansible_version,
        },
    )
