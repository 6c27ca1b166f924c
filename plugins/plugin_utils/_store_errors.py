# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What went wrong with the store, with its cause and the next step. Not a public interface."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_MESSAGE_LENGTH = 200


class StoreError(Exception):
    """The store can not be used. ``cause`` names no place, so that a summary can group hosts by it.

    Neither text holds the password of a URL, or a product key.
    """

    def __init__(self, cause: str, remedy: str) -> None:
        super().__init__(f"{cause} {remedy}")
        self.cause = cause
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[StoreError], tuple[str, str]]:
        return type(self), (self.cause, self.remedy)


@dataclass(frozen=True)
class Location:
    """Where a store is, as people may read it, and what must never be shown of its URL."""

    name: str
    secrets: tuple[str, ...] = ()

    def one_line(self, message: str) -> str:
        """The first line of a driver's message, shortened, without a secret."""
        lines = message.strip().splitlines()
        text = lines[0].strip() if lines else "nothing"
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text[:_MESSAGE_LENGTH]


@dataclass(frozen=True)
class _Kind:
    """A kind of error, by the SQLSTATE codes that PostgreSQL gives it, and by words in the message of either driver."""

    cause: str
    remedy: str
    states: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def fits(self, state: str, message: str) -> bool:
        return bool(state and state.startswith(self.states or ("-",))) or any(word in message for word in self.words)


# The first that fits counts. The driver tells only in words why a connection was not made.
_KINDS = (
    _Kind(
        "The disk that holds the store is full.",
        "Free space there and run again; what was recorded before is kept.",
        states=("53100",),
        words=("database or disk is full", "no space left on device"),
    ),
    _Kind(
        "The store was locked by another process for too long.",
        "End what holds it open, such as a backup or a database browser, and run again. Several controllers need"
        " PostgreSQL, not an SQLite file.",
        states=("55P03", "40P01"),
        words=("database is locked", "database table is locked"),
    ),
    _Kind(
        "The database of the store refuses the user or the password.",
        "Correct them in the URL of the store; characters such as @ : / and % of a password are written as %40.",
        states=("28",),
        words=("password authentication failed", "no password supplied", "no pg_hba.conf entry"),
    ),
    _Kind(
        "The database of the store does not exist.",
        "Create it (createdb), or correct its name in the URL of the store.",
        states=("3D000",),
        words=("unknown database",),
    ),
    _Kind(
        "The store can not be written.",
        "Give the user that runs Ansible the right to write it: for an SQLite file the file and its folder.",
        states=("25006",),
        words=("readonly database",),
    ),
    _Kind(
        "The user of the store's database lacks a right.",
        "Make the user the owner of the database, or grant it CREATE on the schema and all rights on the tables.",
        states=("42501",),
    ),
    _Kind(
        "The database of the store takes no more connections.",
        "Lower forks or the number of job slices, or raise max_connections of the server, and run again.",
        states=("53300",),
        words=("too many clients", "remaining connection slots"),
    ),
    _Kind(
        "The file of the store is damaged or is no SQLite database.",
        "Restore it from a backup, or give another path; an empty store is made where there is no file.",
        words=("file is not a database", "malformed"),
    ),
    _Kind(
        "The file of the store can not be opened.",
        "Give the user that runs Ansible the right to read and write it, and its folder.",
        words=("unable to open database file", "disk i/o error"),
    ),
    _Kind(
        "The database of the store can not be reached.",
        "Check that the server runs, its name and port in the URL of the store, and the firewall; then run again.",
        states=("08", "57P"),
        words=(
            "connection refused",
            "connection failed",
            "connection is bad",
            "connection timeout",
            "timeout expired",
            "could not translate host name",
            "failed to resolve host",
            "the connection is closed",
            "connection is lost",
            "consuming input failed",
            "sending query",
            "server closed the connection",
            "terminating connection",
        ),
    ),
)
_DATABASE_NAMED = ("database ", " does not exist")
_OTHER = _Kind("The database of the store refused a command.", "Report this as an error of the collection.")


def explained(error: Exception, location: Location) -> StoreError:
    """A database error, of SQLAlchemy or of a driver, as cause and next step."""
    origin = getattr(error, "orig", None) or error
    state = getattr(origin, "sqlstate", None) or ""
    message = str(origin)
    kind = _kind(state, message.lower())
    told = location.one_line(message)
    return StoreError(kind.cause, f"{kind.remedy} The store is {location.name}, and its driver says: {told}")


def _kind(state: str, message: str) -> _Kind:
    if not state and all(word in message for word in _DATABASE_NAMED):  # a connection that was not made has no code
        state = "3D000"
    return next((kind for kind in _KINDS if kind.fits(state, message)), _OTHER)


def secrets_of(texts: Iterable[object]) -> tuple[str, ...]:
    """What must not be shown, the longest first; an empty text would be found everywhere."""
    return tuple(sorted({str(text) for text in texts if text}, key=len, reverse=True))
