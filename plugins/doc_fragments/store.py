# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option that names the database which keeps the fleet's state."""

from __future__ import annotations


class ModuleDocFragment:
    """The option, and what holds for every module that has it."""

    DOCUMENTATION = r"""
options:
  store:
    description:
      - The database that keeps the fleet's state, a path of an SQLite file or a URL such as
        C(postgresql://user:password@db.corp.example/officefleet).
      - When left out, it is the file C(officefleet.sqlite) in the folder where Ansible was started. In AWX and
        Automation Controller, whose containers forget their files, a URL has to be given.
      - Several controllers or job slices that work at once need PostgreSQL. An SQLite file is for the processes of one
        controller, and on a local disk.
      - An empty database is set up at the first use. One that a newer release of this collection made is refused.
      - Take a URL with a password from a vaulted variable or a credential. It appears in no result, diff or message.
    type: str
requirements:
  - SQLAlchemy 2 on the controller, and psycopg 3 for PostgreSQL, where the store is used
"""

    RECORD = r"""
options:
  record:
    description:
      - Record the result in O(store), as M(officefleet.activation.activation_record) does, without a task of its own.
        A host that fails or can't be reached is recorded too.
      - A task that can't record its result fails, and says so; what it has done on the host is done.
    type: bool
    default: false
"""
