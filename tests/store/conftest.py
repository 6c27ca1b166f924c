# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The store in each database that it can be in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from store.postgres_server import PostgresServer

if TYPE_CHECKING:
    from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A server for the whole test run; a test that needs it is marked needs("postgres")."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of a file that is not there yet."""
    return f"sqlite:///{tmp_path}/officefleet.sqlite"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.needs("postgres"))])
def url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, of each kind."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    return str(request.getfixturevalue("postgres").new_schema())


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    """An empty store in each kind of database."""
    # Not at the top: pytest reads this file before tests/conftest.py has told where the collection is.
    from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store

    with Store(url) as opened:
        yield opened
