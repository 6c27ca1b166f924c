# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that survives a restart, in one SQLite file: machines, the world, settings, the command log."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS machine (name TEXT PRIMARY KEY, position INTEGER NOT NULL, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, host TEXT NOT NULL, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS log_host ON log (host, id);
"""
_KEY = re.compile(r"\b(?:[A-Z0-9]{5}-){4}([A-Z0-9]{5})\b", re.I)


def masked(text: str) -> str:
    """The text with every full product key cut to its last five characters."""
    return _KEY.sub(r"XXXXX-XXXXX-XXXXX-XXXXX-\1", text)


class Store:
    """The state file. Writes what changed only."""

    def __init__(self, path: str | Path, *, must_exist: bool = False) -> None:
        if must_exist and not Path(path).exists():
            raise FileNotFoundError(f"no state file {path}")
        self.path = Path(path)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = OFF")
        self._db.executescript(_SCHEMA)
        self._written: dict[tuple[str, str], str] = {}

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    # -- settings and the world ---------------------------------------------------------------------------------

    def setting(self, name: str) -> Any:
        """A setting, or None."""
        row = self._db.execute("SELECT data FROM setting WHERE name = ?", (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def set_setting(self, name: str, value: Any) -> None:
        """Write a setting."""
        text = json.dumps(value)
        if self._written.get(("setting", name)) != text:
            self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, text))
            self._written["setting", name] = text

    # -- machines -----------------------------------------------------------------------------------------------

    def machines(self) -> dict[str, dict[str, Any]]:
        """All machines, in the order of the fleet file."""
        rows = self._db.execute("SELECT name, data FROM machine ORDER BY position")
        return {name: json.loads(data) for name, data in rows}

    def put_machine(self, name: str, data: dict[str, Any]) -> None:
        """Write a machine."""
        text = json.dumps(data)
        if self._written.get(("machine", name)) == text:
            return
        self._db.execute(
            "INSERT INTO machine VALUES (?, (SELECT coalesce(max(position), 0) + 1 FROM machine), ?)"
            " ON CONFLICT (name) DO UPDATE SET data = excluded.data",
            (name, text),
        )
        self._written["machine", name] = text

    # -- log ----------------------------------------------------------------------------------------------------

    def append_log(self, host: str, entry: dict[str, Any]) -> None:
        """Add a log entry; product keys in it are masked."""
        self._db.execute("INSERT INTO log (host, data) VALUES (?, ?)", (host, masked(json.dumps(entry))))

    def log(self, host: str | None = None) -> Iterator[dict[str, Any]]:
        """Log entries in order, of one host or of all."""
        where, values = ("WHERE host = ?", (host,)) if host else ("", ())
        for (data,) in self._db.execute(f"SELECT data FROM log {where} ORDER BY id", values):  # noqa: S608
            yield json.loads(data)
