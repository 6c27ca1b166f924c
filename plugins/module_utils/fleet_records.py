# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the store takes and gives: one result of one host on the way in, the whole fleet on the way out. Shapes only.

All times are in UTC and have their time zone. Product keys appear by their last five characters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

#: What a licence, an activation or a reading is about: Office, or Windows itself. They are never counted together.
OFFICE, WINDOWS = "office", "windows"
#: What a reading can be about beside these: the KMS host licences of the machine, of Office and of Windows.
KMS_HOST = "kms_host"


@dataclass(frozen=True)
class Attempt:
    """An activation that was sent to a host, and what it gave.

    ``method``: C(online), C(confirmation_id) for one by telephone or proxy, or C(reactivation) where that confirmation
    ID had activated the same product before, which spends nothing. ``result``: licensed, pending or failed, as in
    Outcome.
    """

    product: str
    sku_id: str | None
    method: str
    channel: str | None
    last_five: str | None
    result: str
    code: str | None = None
    cause: str | None = None
    remedy: str | None = None
    application: str = OFFICE


@dataclass(frozen=True)
class ProductRecord:
    """A licence with a key, on a client or on a KMS host.

    ``expires``: when the activation or the grace runs out; None where nothing does. ``kms_host`` and ``kms_port`` are
    those that a KMS client asks, ``ad_object`` is the activation object that activated it. ``kms_count`` is how many
    computers a KMS host has counted, None on clients.
    """

    sku_id: str
    product: str
    name: str
    family: str | None
    office: int | None
    channel: str
    state: str
    reason: str | None = None
    last_five: str | None = None
    expires: datetime | None = None
    kms_host: str | None = None
    kms_port: int | None = None
    ad_object: str | None = None
    kms_count: int | None = None
    application: str = OFFICE

    @property
    def about(self) -> str:
        """The kind of reading that tells of this licence: OFFICE, WINDOWS or KMS_HOST."""
        return KMS_HOST if self.channel == KMS_HOST else self.application


@dataclass(frozen=True)
class HostProblem:
    """Why a host could not be reached, read or changed. ``step`` says which of these: connect, read or change."""

    step: str
    cause: str
    remedy: str | None = None
    code: str | None = None


@dataclass(frozen=True)
class HostRecord:
    """What one task told about one host. ``products`` is None where nothing was read, so that what is known stays.

    ``complete`` is False when the listing ended early: then products that it lacks are kept. ``changes``: the task was
    one that changes hosts, so that its success ends a problem of that step. ``about``: OFFICE, WINDOWS or KMS_HOST; it
    tells nothing of the other licences that the machine may have.
    """

    host: str
    at: datetime
    groups: tuple[str, ...] = ()
    os_version: str | None = None
    cmid: str | None = None
    complete: bool = True
    products: tuple[ProductRecord, ...] | None = None
    problem: HostProblem | None = None
    attempts: tuple[Attempt, ...] = ()
    changes: bool = False
    about: str = OFFICE


@dataclass(frozen=True)
class FleetProduct:
    """A product in the store: as it was read last, since when it is in that state, and the last activation sent.

    ``activated_by`` is the method of the activation that licensed it (see Attempt), None where none was recorded.
    """

    record: ProductRecord
    since: datetime
    last_attempt: Attempt | None = None
    attempted_at: datetime | None = None
    activated_by: str | None = None


@dataclass(frozen=True)
class FleetHost:
    """A host in the store. ``read_at`` is when its products were read last, None if never; ``tried_at`` when anything
    was recorded last. ``problem`` is what stands in its way now. What begins with C(windows_) is the same of Windows
    itself."""

    name: str
    groups: tuple[str, ...]
    first_seen: datetime
    tried_at: datetime
    read_at: datetime | None = None
    os_version: str | None = None
    cmid: str | None = None
    complete: bool = True
    problem: HostProblem | None = None
    products: tuple[FleetProduct, ...] = ()
    windows_read_at: datetime | None = None
    windows_problem: HostProblem | None = None

    @property
    def office(self) -> tuple[FleetProduct, ...]:
        """The products that are not Windows itself. The licences of a KMS host are among them."""
        return tuple(item for item in self.products if item.record.about != WINDOWS)

    @property
    def windows(self) -> tuple[FleetProduct, ...]:
        """The licences of Windows itself."""
        return tuple(item for item in self.products if item.record.about == WINDOWS)


@dataclass(frozen=True)
class MakKey:
    """What was spent of a MAK of Office, or of Windows itself, which has no budget. ``fingerprint`` tells keys with the
    same last five apart, None where the key was only seen installed. ``budget`` is None where none was given;
    ``reserved`` counts activations under way or unsettled."""

    last_five: str
    fingerprint: str | None
    budget: int | None
    spent: int
    reserved: int = 0
    application: str = OFFICE


@dataclass(frozen=True)
class Change:
    """A difference between an earlier time and now. ``product`` is None for the host itself.

    ``before`` and ``after`` are licence states; of a host C(reached), C(unreachable) or C(failed); None: not there.
    """

    host: str
    product: str | None
    before: str | None
    after: str | None
    at: datetime


@dataclass(frozen=True)
class Run:
    """A run of ansible-playbook. ``job`` is the number of the AWX job, None elsewhere."""

    run_id: str
    started: datetime
    job: str | None = None
    collection_version: str = ""
    ansible_version: str = ""


@dataclass(frozen=True)
class RunSummary:
    """A run in the store, with the number of hosts whose latest record it made, and of its activations."""

    run: Run
    hosts: int
    activations: int


@dataclass(frozen=True)
class Place:
    """A place in a MAK's budget that is asked for: one activation of one product of one host."""

    host: str
    product: str
    last_five: str
    budget: int
    key: str = field(repr=False, default="")
