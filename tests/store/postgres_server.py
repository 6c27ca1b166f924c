# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real PostgreSQL server on a free port of 127.0.0.1, with data that lasts as long as the test run.

    with PostgresServer() as postgres:
        url = postgres.new_database()    # postgresql://officefleet:...@127.0.0.1:port/name
        postgres.stop()                  # as if it had crashed
        postgres.start()

PostgreSQL refuses to run as root: then its programs are run as the user `postgres` of the Debian package.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from urllib.parse import quote

from integration.winsim_server import free_port

USER = "officefleet"
# With what has to be escaped in a URL.
PASSWORD = "p@ss/w:rd%1"
# Only a power cut could lose something. (Without synchronous_commit, ending the server would.)
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
fsync = off
full_page_writes = off
max_connections = 60
shared_buffers = 32MB
"""


class PostgresServer:
    """A context manager: a cluster of its own in a temporary folder, with the databases that tests ask for."""

    def __init__(self) -> None:
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: the path of a socket has 107 characters at most
        self._data = self._folder / "data"
        self._numbers = itertools.count(1)
        self._shared: str | None = None

    def __enter__(self) -> PostgresServer:
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        try:
            options = ["--no-sync", "--auth-local=trust", "--auth-host=scram-sha-256", "--username=postgres"]
            self._run("initdb", f"--pgdata={self._data}", "--encoding=UTF8", "--locale=C.UTF-8", *options)
            with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
                file.write(SETTINGS.format(port=self.port, folder=self._folder))
            self.start()
            self.sql(f"CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'")
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._remove()

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        self._run("pg_ctl", f"--pgdata={self._data}", f"--log={self._folder}/log", "--wait", "start")

    def stop(self) -> None:
        """End the server at once, whatever its clients are doing."""
        self._run("pg_ctl", f"--pgdata={self._data}", "--mode=immediate", "--wait", "stop")

    def sql(self, *statements: str, database: str = "postgres") -> str:
        """Run statements as the superuser; what psql prints."""
        commands = [option for statement in statements for option in ("--command", statement)]
        options = ["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]
        where = [f"--host={self._folder}", f"--port={self.port}", "--username=postgres", f"--dbname={database}"]
        return self._run("psql", *options, *where, *commands)

    def new_database(self) -> str:
        """The URL of an empty database that the user of the store owns."""
        name = f"store{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} OWNER {USER}")
        return self.url(name)

    def new_schema(self) -> str:
        """The same at much less cost: the URL of an empty schema in one database of the server."""
        if self._shared is None:
            self._shared = self.new_database()
        name = f"schema{next(self._numbers)}"
        self.sql(f"CREATE SCHEMA {name} AUTHORIZATION {USER}", database=self._shared.rsplit("/", 1)[1])
        return f"{self._shared}?options=-csearch_path%3D{name}"

    def url(self, database: str, password: str = PASSWORD) -> str:
        """The URL of a database, which need not exist."""
        return f"postgresql://{USER}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def _remove(self) -> None:
        if (self._data / "postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> str:
        found = shutil.which(program)
        assert found, f"{program} of PostgreSQL is not on PATH"
        command = [found, *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:  # a pipe would be held open by the server
            done = subprocess.run(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, cwd="/", check=False
            )
            output.seek(0)
            text = output.read().strip()
        assert done.returncode == 0, f"{' '.join(command)}\n{text}"
        return text
