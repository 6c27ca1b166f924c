# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Confirmation IDs that come in: each is checked, and matched to the host and the installation ID that it is for."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_digits import (
    read_confirmation_id,
    read_installation_id,
)
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_file import Entry
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

_SHOWN = 20


@dataclass(frozen=True)
class Intake:
    """What entries give: ``taken`` are new or changed requests, ``errors`` say what is wrong, each with its place."""

    taken: list[Request] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def message(self) -> str:
        """All that is wrong, for a job log."""
        shown = " | ".join(self.errors[:_SHOWN])
        rest = len(self.errors) - _SHOWN
        return f"{shown} | and {rest} more" if rest > 0 else shown


def take(entries: Iterable[Entry], known: Iterable[Request]) -> Intake:
    """What is new in entries. ``known``: all that the store has. Where anything is wrong, nothing should be stored."""
    intake, book = Intake(), _Book(known)
    for entry in entries:
        try:
            request = book.request_of(entry)
            new, warning = _with_confirmation(entry, request, book)
        except InputError as error:
            intake.errors.append(str(error))
            continue
        if warning:
            intake.warnings.append(warning)
        if new is not None:
            book.note(new)
            intake.taken.append(new)
    return intake


def merged(known: Iterable[Request], taken: Iterable[Request]) -> list[Request]:
    """What the store has once it has taken new requests in, ordered by host and product."""
    everything = {request.identity: request for request in (*known, *taken)}
    return sorted(everything.values(), key=lambda item: (item.host, item.product, item.identity))


def missing(requests: Iterable[Request], hosts: Collection[str] | None) -> list[Request]:
    """What waits and has no confirmation ID, on these hosts or on all."""
    without = [item for item in requests if item.waiting and not item.confirmation_id]
    return [item for item in without if hosts is None or item.host in hosts]


class _Book:
    """The requests that are known, found by what an entry names."""

    def __init__(self, requests: Iterable[Request]) -> None:
        self.by_installation_id: dict[str, dict[tuple[str, ...], Request]] = defaultdict(dict)
        self.by_confirmation_id: dict[str, Request] = {}
        self._places: set[tuple[str, str]] = set()
        for request in requests:
            self.note(request)

    def note(self, request: Request) -> None:
        """Know one more request, or one better than before."""
        self.by_installation_id[request.installation_id][request.identity] = request
        self._places.add(request.place)
        if request.confirmation_id:
            self.by_confirmation_id[request.confirmation_id] = request

    def has(self, request: Request) -> bool:
        """Whether a request was known before its entry came."""
        return request.identity in self.by_installation_id[request.installation_id]

    def request_of(self, entry: Entry) -> Request:
        """The request that an entry is about, as it is known or as the entry tells it. Raises InputError."""
        place = _place(entry)
        if not entry.host:
            raise InputError(place, "the host is missing")
        digits = read_installation_id(place, entry.installation_id)
        same = self.by_installation_id[digits].values()
        same_product = [item for item in same if entry.sku_id.lower() in ("", item.sku_id)]
        own = [item for item in same_product if item.host == entry.host]
        own = [item for item in own if entry.last_five.upper() in ("", item.last_five)]
        if len(own) == 1:
            return own[0]
        other = next((item.host for item in same if item.host != entry.host), None)
        if other is not None:
            rule = f"this installation ID is that of {other}; a confirmation ID fits one computer only"
            raise InputError(place, rule)
        return self._told_by(entry, digits)

    def _told_by(self, entry: Entry, digits: str) -> Request:
        place, sku_id = _place(entry), entry.sku_id.lower()
        if not inputs.is_sku_id(sku_id) or not entry.last_five or not entry.product:
            rule = "the store does not know this installation ID, so that product, last_five and sku_id are needed too"
            raise InputError(place, rule)
        last_five = inputs.last_five(place, entry.last_five)
        waiting = (entry.host, sku_id) not in self._places
        return Request(entry.host, entry.product, sku_id, last_five, digits, waiting=waiting)


def _place(entry: Entry, request: Request | None = None) -> str:
    return ", ".join(filter(None, [entry.where, entry.host, request.product if request else entry.product]))


def _with_confirmation(entry: Entry, request: Request, book: _Book) -> tuple[Request | None, str | None]:
    """The request with the confirmation ID of its entry, None where that says nothing new; and a warning."""
    place = _place(entry, request)
    if not entry.confirmation_id:
        return (request if request.waiting and not book.has(request) else None), None
    digits = read_confirmation_id(place, entry.confirmation_id)
    owner = book.by_confirmation_id.get(digits)
    if owner is not None and owner.installation_id != request.installation_id:
        rule = f"this confirmation ID is given for {owner.host}, {owner.product} already; it fits one of the two"
        raise InputError(place, rule)
    if request.confirmation_id == digits:
        return None, None
    if request.applied_at is not None and request.confirmation_id:
        proven = f"{request.applied_at:%Y-%m-%d}"
        kept = f"the confirmation ID that activated this product on {proven} is kept, and the new one was not taken."
        return None, f"{place}: {kept}"
    return dataclasses.replace(request, confirmation_id=digits), None
