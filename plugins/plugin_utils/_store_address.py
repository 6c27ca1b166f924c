# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the store is: the option that users write, as a URL. Not a public interface."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from ansible_collections.officefleet.activation.plugins.plugin_utils._store_errors import StoreError

DEFAULT_FILE = "officefleet.sqlite"
SQLITE = "sqlite"
POSTGRESQL = "postgresql+psycopg"
HOW_TO_WRITE = (
    "Write it as postgresql://user:password@host/database, or as the path of an SQLite file. Characters such as"
    " @ : / and % of a password are written as %40, %3A, %2F and %25."
)
# The names by which people know the driver and the server.
_SCHEMES = {
    "sqlite": SQLITE,
    "sqlite+pysqlite": SQLITE,
    "postgres": POSTGRESQL,
    "postgresql": POSTGRESQL,
    "postgresql+psycopg": POSTGRESQL,
}


def store_url(value: str | None, in_awx: bool, folder: Path) -> str:
    """The URL of the store that the option ``store`` names; it can hold a password.

    Nothing or an empty text names the default file in ``folder``, which AWX would lose with its container. A text
    without C(://) is the path of an SQLite file, from ``folder`` where it is relative. Raises StoreError.
    """
    if not value and in_awx:
        raise StoreError(
            "No store is given, and in AWX a file would vanish with the container that runs the job.",
            "Set the option store to the URL of a PostgreSQL database; awx/ of the collection has a credential type"
            " that does it.",
        )
    if not value or "://" not in value:
        path = folder / Path(value or DEFAULT_FILE).expanduser()
        return f"{SQLITE}:///{_quoted(path)}"
    return with_driver(value)


def with_driver(url: str) -> str:
    """The URL with the driver that the store uses. Raises StoreError for another database or driver."""
    scheme, _separator, rest = url.partition("://")
    driver = _SCHEMES.get(scheme.lower())
    if driver is None:
        raise StoreError(
            f"The URL of the store names {scheme!r}, and the store can be in SQLite or PostgreSQL only.", HOW_TO_WRITE
        )
    return f"{driver}://{rest}"


def _quoted(path: Path) -> str:
    """A path in a URL. SQLAlchemy decodes it from 2.1 on; before, only a question mark could not be written."""
    try:
        import sqlalchemy
    except ImportError:
        return str(path)
    decodes = tuple(int(part) for part in sqlalchemy.__version__.split(".")[:2]) >= (2, 1)
    return quote(str(path)) if decodes else str(path)
