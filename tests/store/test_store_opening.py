# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which databases become a store, and which are refused."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store, StoreError
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_database import Database
from sqlalchemy import text
from store.fleet import RUN, at_once, product, record
from store.postgres_server import PostgresServer


def sql(url: str, *statements: str) -> None:
    """Change a database behind the back of the store."""
    database = Database(url)
    with database._engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


class TestReadingAnEmptyDatabase:
    def test_there_are_no_hosts(self, store: Store) -> None:
        assert list(store.hosts()) == []

    def test_nothing_was_recorded(self, store: Store) -> None:
        assert (store.runs(), store.mak_keys()) == ([], [])

    def test_it_stays_empty(self, url: str) -> None:
        with Store(url) as store:
            list(store.hosts())
        sql(url, "CREATE TABLE host (name text)")


class TestOtherDatabases:
    def test_one_with_tables_of_something_else_is_refused(self, url: str) -> None:
        sql(url, "CREATE TABLE invoice (number text)")
        with pytest.raises(StoreError, match="tables of something else"):
            Store(url).record(record(), RUN)

    def test_one_with_another_setting_table_is_refused(self, url: str) -> None:
        sql(url, "CREATE TABLE setting (id text)")
        with pytest.raises(StoreError, match="tables of something else"):
            next(Store(url).hosts())

    def test_a_file_that_is_refused_stays_as_it_is(self, sqlite_url: str, tmp_path: Path) -> None:
        sql(sqlite_url, "CREATE TABLE invoice (number text)")
        before = (tmp_path / "officefleet.sqlite").read_bytes()
        with pytest.raises(StoreError):
            Store(sqlite_url).record(record(), RUN)
        assert (tmp_path / "officefleet.sqlite").read_bytes() == before

    def test_a_newer_version_is_refused_for_writing(self, store: Store, url: str) -> None:
        store.record(record(), RUN)
        store.close()
        sql(url, "UPDATE setting SET value = '7' WHERE name = 'schema_version'")
        with pytest.raises(StoreError, match=r"schema version 7; this release knows 1\. Update the collection"):
            store.record(record(), RUN)

    def test_a_newer_version_is_refused_for_reading(self, store: Store, url: str) -> None:
        store.record(record(), RUN)
        sql(url, "UPDATE setting SET value = '7' WHERE name = 'schema_version'")
        with pytest.raises(StoreError, match="schema version 7"):
            store.runs()

    def test_a_file_of_another_kind_is_refused(self, sqlite_url: str, tmp_path: Path) -> None:
        (tmp_path / "officefleet.sqlite").write_text("name;state\n" * 200)
        with pytest.raises(StoreError, match="damaged or is no SQLite database"):
            Store(sqlite_url).record(record(), RUN)


class TestFiles:
    def test_only_the_owner_reads_the_file(self, sqlite_url: str, tmp_path: Path) -> None:
        store = Store(sqlite_url)
        store.record(record(), RUN)
        modes = {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
        assert modes == {0o600}

    def test_a_folder_that_is_missing_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match=f"does not exist.*{tmp_path}/missing"):
            Store(f"sqlite:///{tmp_path}/missing/fleet.sqlite").record(record(), RUN)

    def test_a_folder_that_is_missing_is_named_in_check_mode_too(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="does not exist"):
            Store(f"sqlite:///{tmp_path}/missing/fleet.sqlite").runs()

    def test_a_folder_that_takes_no_files_is_named(self) -> None:
        with pytest.raises(StoreError, match=r"can not be made.*/proc"):
            Store("sqlite:////proc/fleet.sqlite").record(record(), RUN)

    def test_a_folder_in_place_of_the_file_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="can not be opened"):
            Store(f"sqlite:///{tmp_path}").record(record(), RUN)


@pytest.mark.needs("postgres")
class TestPostgresql:
    def test_a_wrong_password_is_told(self, postgres: PostgresServer) -> None:
        with pytest.raises(StoreError, match="refuses the user or the password"):
            Store(postgres.url("postgres", password="wr@ng")).record(record(), RUN)

    def test_a_database_that_is_missing_is_told(self, postgres: PostgresServer) -> None:
        with pytest.raises(StoreError, match=r"does not exist.*database nowhere on 127\.0\.0\.1"):
            Store(postgres.url("nowhere")).record(record(), RUN)

    def test_a_right_that_is_missing_is_told(self, postgres: PostgresServer) -> None:
        with pytest.raises(StoreError, match="lacks a right"):
            Store(postgres.url("postgres")).record(record(), RUN)

    def test_a_server_that_takes_no_writes_is_told(self, postgres: PostgresServer) -> None:
        url = postgres.new_database()
        postgres.sql(f"ALTER DATABASE {url.rsplit('/', 1)[1]} SET default_transaction_read_only = on")
        with pytest.raises(StoreError, match="can not be written"):
            Store(url).record(record(), RUN)


def _first_record(url_and_host: tuple[str, str]) -> bool:
    with Store(url_and_host[0]) as store:
        return store.record(record(url_and_host[1], product()), RUN)


def test_eight_processes_set_up_one_store(url: str) -> None:
    done = at_once(_first_record, [(url, f"pc{number}") for number in range(8)])
    with Store(url) as store:
        assert (sum(done), len(list(store.hosts()))) == (8, 8)


def test_without_sqlalchemy_the_error_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        "from ansible.plugins.loader import init_plugin_loader; init_plugin_loader()\n"
        "from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store, store_url\n"
        "from pathlib import Path\n"
        "Store(store_url(None, False, Path.cwd()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"SQLAlchemy is not installed in the Python that runs Ansible ({sys.executable})" in done.stderr


def test_sqlite_writes_beside_a_reader(sqlite_url: str, tmp_path: Path) -> None:
    with Store(sqlite_url) as store:
        store.record(record(), RUN)
        reader = sqlite3.connect(tmp_path / "officefleet.sqlite", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM host").fetchall()
        assert store.record(record("pc2"), RUN)
        reader.close()
