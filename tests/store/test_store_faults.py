# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller that is killed, a disk that is full, a database that goes away: the store stays whole."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store, StoreError
from sqlalchemy import event
from sqlalchemy.engine import Engine
from store.fleet import RUN, later, product, record
from store.postgres_server import PostgresServer

KILLS = 100
PRODUCTS = ("proplus2021", "project_pro2021", "visio_pro2021")


def _write_until_killed(url: str, started: int, told: int) -> None:
    """Each record says in every row which one it was; a new host at each fifth."""
    with Store(url) as store:
        for number in itertools.count(started):
            products = [product(name, reason=str(number)) for name in PRODUCTS]
            new = record(f"pc{number // 5}", *products, os_version=str(number), minutes=number)
            store.record(new, RUN)
            if number == started:
                os.write(told, b".")


def _kill_a_writer(url: str, started: int, seconds: float, has_written: bool) -> None:
    """Kill it some time after it was started, or after it has written its first record."""
    heard, told = os.pipe()
    writer = multiprocessing.get_context("fork").Process(target=_write_until_killed, args=(url, started, told))
    writer.start()
    os.close(told)  # so that a writer that ends by itself ends the reading as well
    if has_written:
        os.read(heard, 1)
    time.sleep(seconds)
    os.kill(writer.pid or 0, signal.SIGKILL)
    writer.join()
    os.close(heard)
    assert writer.exitcode == -signal.SIGKILL, "the writer ended by itself"


def _integrity(file: Path) -> str:
    connection = sqlite3.connect(file)
    try:
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


def _is_whole(url: str) -> bool:
    """Whether every host has all its products, and each of them is of the host's last record."""
    with Store(url) as store:
        return all(
            [(item.record.product, item.record.reason) for item in host.products]
            == [(name, host.os_version) for name in sorted(PRODUCTS)]
            for host in store.hosts()
        )


def test_a_hundred_killed_writers_leave_a_whole_store(sqlite_url: str, tmp_path: Path) -> None:
    chance = random.Random(4)
    file = tmp_path / "officefleet.sqlite"
    for number in range(KILLS):
        is_new = number < KILLS // 5  # these are killed while they make the file and its tables, or soon after
        if is_new:
            for old in tmp_path.iterdir():
                old.unlink()
        _kill_a_writer(sqlite_url, number * 1000, chance.uniform(0.001, 0.05 if is_new else 0.02), not is_new)
        assert _integrity(file) == "ok" if file.exists() else is_new
        if is_new or number % 5 == 4:
            assert _is_whole(sqlite_url)
    with Store(sqlite_url) as store:
        assert len(list(store.hosts())) >= KILLS - KILLS // 5, "what was recorded before the kill"
        assert store.record(record(minutes=KILLS * 1000), RUN)


@pytest.fixture
def small_disk() -> Iterator[None]:
    """SQLite files can grow by some pages only."""

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 60")

    event.listen(Engine, "connect", limit)
    yield
    event.remove(Engine, "connect", limit)


def _fill(store: Store) -> int:
    """Record hosts until the disk is full; how many were recorded."""
    for number in itertools.count():
        try:
            store.record(record(f"pc{number}", product(name="x" * 3000)), RUN)
        except StoreError as error:
            assert "disk that holds the store is full" in error.cause  # noqa: PT017  (which is the point)
            return number
    raise AssertionError


@pytest.mark.usefixtures("small_disk")
def test_a_full_disk_is_told_and_loses_nothing(sqlite_url: str) -> None:
    with Store(sqlite_url) as store:
        recorded = _fill(store)
        assert 0 < recorded == len([host for host in store.hosts() if host.products])


@pytest.mark.usefixtures("small_disk")
def test_the_next_host_is_told_of_the_full_disk_too(sqlite_url: str) -> None:
    with Store(sqlite_url) as store:
        _fill(store)
        with pytest.raises(StoreError, match="disk that holds the store is full"):
            store.record(record("another", product(name="x" * 3000)), RUN)


def test_a_file_that_another_process_holds_is_told(sqlite_url: str, tmp_path: Path) -> None:
    def do_not_wait(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout = 50")

    with Store(sqlite_url) as store:
        store.record(record(), RUN)
    holder = sqlite3.connect(tmp_path / "officefleet.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    event.listen(Engine, "connect", do_not_wait)
    try:
        with Store(sqlite_url) as store, pytest.raises(StoreError, match="locked by another process for too long"):
            store.record(record(minutes=1), RUN)
    finally:
        event.remove(Engine, "connect", do_not_wait)
        holder.close()


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server that only one test stops."""
    with PostgresServer() as server:
        yield server


@pytest.mark.needs("postgres")
def test_a_server_that_goes_away_is_told_and_taken_again_when_it_is_back(own_postgres: PostgresServer) -> None:
    url = own_postgres.new_database()
    with Store(url) as store:
        store.record(record("pc1"), RUN)
        own_postgres.stop()
        for name in ("pc2", "pc3"):  # the connection is lost, then none is made
            with pytest.raises(StoreError, match="can not be reached"):
                store.record(record(name), RUN)
        with pytest.raises(StoreError, match="can not be reached"):
            list(store.hosts())
        own_postgres.start()
        assert store.record(record("pc4"), RUN)
        assert [host.name for host in store.hosts()] == ["pc1", "pc4"]


@pytest.mark.needs("postgres")
def test_a_server_that_goes_away_while_a_report_is_read_is_told(own_postgres: PostgresServer) -> None:
    with Store(own_postgres.new_database()) as store:
        for number in range(3):
            store.record(record(f"pc{number}", minutes=number), RUN)
        changes = store.changes_since(later(-1))
        next(changes)
        own_postgres.stop()
        with pytest.raises(StoreError, match="can not be reached"):
            list(changes)
