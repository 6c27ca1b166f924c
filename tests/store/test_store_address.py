# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which database the option `store` names."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store, StoreError, store_url
from store.fleet import RUN, record

FOLDER = Path("/srv/project")


@pytest.mark.parametrize("value", [None, ""])
def test_nothing_names_a_file_in_the_folder(value: str | None) -> None:
    assert store_url(value, False, FOLDER) == "sqlite:////srv/project/officefleet.sqlite"


def test_in_awx_a_store_has_to_be_given() -> None:
    with pytest.raises(StoreError, match="in AWX a file would vanish with the container"):
        store_url(None, True, FOLDER)


def test_in_awx_the_path_of_a_file_can_be_given() -> None:
    assert store_url("/mnt/fleet.sqlite", True, FOLDER) == "sqlite:////mnt/fleet.sqlite"


def test_a_relative_path_starts_from_the_folder() -> None:
    assert store_url("state/fleet.db", False, FOLDER) == "sqlite:////srv/project/state/fleet.db"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "PostgreSQL"])
def test_postgresql_means_psycopg_3(scheme: str) -> None:
    assert store_url(f"{scheme}://u:p@db/fleet", False, FOLDER) == "postgresql+psycopg://u:p@db/fleet"


@pytest.mark.parametrize("scheme", ["mysql", "postgresql+psycopg2", "mssql+pyodbc"])
def test_another_database_or_driver_is_refused_by_name(scheme: str) -> None:
    with pytest.raises(StoreError, match=f"names '{scheme}'".replace("+", r"\+")):
        store_url(f"{scheme}://u:hunter2@db/fleet", False, FOLDER)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:hunter2@db/fleet",
        "postgresql://u:pass@hunter2@db/fleet",
        "postgresql://u:hunter2@db:hunter2/fleet",
        "postgresql://u:hunter2@127.0.0.1:1/fleet?connect_timeout=2",
        "postgresql://u@127.0.0.1:1/fleet?connect_timeout=2&password=hunter2",
        "postgresql://u:hunter2@127.0.0.1:1/fleet?hunter2=1",
    ],
)
def test_no_error_holds_the_password_of_the_url(url: str) -> None:
    with pytest.raises(StoreError) as error:
        Store(url).record(record(), RUN)
    assert "hunter2" not in f"{error.value}{error.value.__cause__}{error.value.__context__ and ''}"


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:"])
def test_a_url_without_a_file_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="names no file"):
        Store(url)


@pytest.mark.parametrize("name", ["a b.sqlite", "50%.sqlite", "why?.sqlite", "bühne#1.sqlite", "x%41.sqlite"])
def test_the_path_of_a_file_is_taken_as_it_is_written(tmp_path: Path, name: str) -> None:
    with Store(store_url(name, False, tmp_path)) as store:
        store.record(record(), RUN)
    assert (tmp_path / name).is_file()


def test_a_relative_url_is_relative_to_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Store("sqlite:///fleet.sqlite") as store:
        store.record(record(), RUN)
    assert (tmp_path / "fleet.sqlite").is_file()
