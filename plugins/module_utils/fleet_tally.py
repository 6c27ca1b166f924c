# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts a fleet host by host, in one pass, and keeps only the rows that tables show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from functools import lru_cache

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    Change,
    FleetHost,
    FleetProduct,
    MakKey,
    ProductRecord,
    RunSummary,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_causes import (
    DUPLICATE_CMID_REMEDY,
    Explanation,
    explain_kms_host,
    explain_product,
    explain_risk,
    host_need,
    is_stale,
    kms_threshold,
    last_read,
    mak_remedy,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_numbers import FleetNumbers
from ansible_collections.officefleet.activation.plugins.module_utils.report_rules import (
    STATE_WORDS,
    URGENCY,
    Authority,
    ReportRules,
    Risk,
    authority_of,
    days_left,
    is_counted,
    is_licensed,
    risk_of,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import Cell
from ansible_collections.officefleet.activation.plugins.module_utils.report_tables import Row
from ansible_collections.officefleet.activation.plugins.module_utils.report_windows import windows_rows

#: How many weeks ahead the chart of what runs out looks.
WEEKS = 8

_HOST_STATES = ("licensed", "unlicensed", "no_product", "never_read")


@lru_cache(maxsize=4096)
def time_text(at: datetime | None) -> str | None:
    """A time in a cell: ISO 8601 to the minute, in UTC."""
    return None if at is None else at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%MZ")


class FleetTally:
    """Give it every host once with add(), then ask for rows and numbers."""

    def __init__(self, now: datetime, rules: ReportRules) -> None:
        self.now = now
        self.rules = rules
        self.newest: datetime | None = None
        self.products: list[Row] = []
        self.unlicensed: list[Row] = []
        self.need_person: list[Row] = []
        self.kms_hosts: list[Row] = []
        self.windows: list[Row] = []
        self.licensed_by: Counter[Authority] = Counter()
        self.states: Counter[tuple[str, int | None]] = Counter()
        #: Products by the week from now in which they run out; -1 for those that have run out.
        self.running_out: Counter[int] = Counter()
        self.never_read = 0
        self.stale = 0
        self._at_risk: list[tuple[int, float, Row]] = []
        self._host_states: Counter[str] = Counter()
        self._problems: Counter[str] = Counter()
        self._subscriptions = 0
        self._windows_states: Counter[str] = Counter()
        self._windows_unlicensed = 0
        self._windows_failed = 0
        self._kms_counts: list[tuple[str, str, int | None]] = []
        self._authority_hosts: Counter[Authority] = Counter()
        #: By application and last five.
        self._mak_hosts: Counter[tuple[str, str]] = Counter()
        self._mak_licensed: Counter[tuple[str, str]] = Counter()
        self._by_cmid: defaultdict[str, list[tuple[str, datetime | None]]] = defaultdict(list)

    def add(self, host: FleetHost) -> None:
        """Count a host and its products."""
        self.newest = max(self.newest or host.tried_at, host.tried_at)
        self.never_read += last_read(host) is None
        self.stale += is_stale(host, self.now, self.rules)
        if host.problem is not None:
            self._problems[host.problem.step] += 1
        if host.cmid:
            self._by_cmid[host.cmid.lower()].append((host.name, host.read_at))
        need = host_need(host, self.now, self.rules)
        if need is not None:
            why = need.why
            times = (time_text(host.read_at), time_text(host.tried_at))
            self.need_person.append((host.name, need.kind, why.code, why.cause, why.remedy, *times))
        for product in host.office:
            self._add_product(host, product)
        self._add_windows(host)
        self._add_host_totals(host)

    def _add_windows(self, host: FleetHost) -> None:
        records = [item.record for item in host.windows]
        self.windows.extend(windows_rows(host, self.now, time_text))
        self._windows_states.update(record.state for record in records)
        self._windows_unlicensed += sum(not is_licensed(record) for record in records)
        self._windows_failed += host.windows_problem is not None
        self._add_maks(records)

    def _add_maks(self, records: Iterable[ProductRecord]) -> None:
        maks = [record for record in records if record.channel == "mak" and record.last_five]
        self._mak_hosts.update({(record.application, record.last_five or "") for record in maks})
        self._mak_licensed.update(
            (record.application, record.last_five or "") for record in maks if is_licensed(record)
        )

    def _add_host_totals(self, host: FleetHost) -> None:
        counted = [product for product in host.office if is_counted(product.record)]
        if counted:
            state = "licensed" if all(is_licensed(product.record) for product in counted) else "unlicensed"
        else:
            state = "never_read" if last_read(host) is None else "no_product"
        self._host_states[state] += 1
        self._authority_hosts.update({authority_of(item) for item in counted if is_licensed(item.record)})
        self._add_maks(item.record for item in counted)

    def _add_product(self, host: FleetHost, product: FleetProduct) -> None:
        record = product.record
        self.products.append(_product_row(host, product, self.now))
        if record.channel == "kms_host":
            self._add_kms_host(host, product)
        self._subscriptions += record.channel == "subscription"
        if not is_counted(record):
            return
        self.states[(record.state, record.office)] += 1
        self._count_end(record.expires)
        if is_licensed(record):
            self.licensed_by[authority_of(product)] += 1
        else:
            self._add_unlicensed(host, product)
        risk = risk_of(record, host.read_at, self.now, self.rules)
        if risk is not None:
            self._add_risk(host, product, risk)

    def _count_end(self, expires: datetime | None) -> None:
        if expires is not None and expires < self.now + timedelta(weeks=WEEKS):
            self.running_out[max(-1, (expires - self.now) // timedelta(weeks=1))] += 1

    def _add_unlicensed(self, host: FleetHost, product: FleetProduct) -> None:
        record, why = product.record, explain_product(host, product)
        state, since = STATE_WORDS.get(record.state, record.state), time_text(product.since)
        facts = (host.name, record.product, state, since, record.last_five)
        self.unlicensed.append((*facts, *_told(why), time_text(host.read_at)))

    def _add_risk(self, host: FleetHost, product: FleetProduct, risk: Risk) -> None:
        record, left = product.record, days_left(product.record.expires, self.now)
        facts = (host.name, record.product, risk.value, left, time_text(record.expires), record.last_five)
        row = (*facts, *_told(explain_risk(host, product, risk)), time_text(host.read_at))
        self._at_risk.append((URGENCY[risk], left if left is not None else 0, row))

    def _add_kms_host(self, host: FleetHost, product: FleetProduct) -> None:
        record = product.record
        state = STATE_WORDS.get(record.state, record.state)
        self._kms_counts.append((host.name, record.product, record.kms_count))
        facts = (host.name, record.product, state, record.last_five, record.kms_count, kms_threshold(record))
        self.kms_hosts.append((*facts, *_told(explain_kms_host(record)), time_text(host.read_at)))

    def at_risk(self) -> list[Row]:
        """Rows of products at risk, the most urgent first."""
        return [row for _urgency, _left, row in sorted(self._at_risk, key=lambda item: item[:2])]

    def duplicate_cmids(self) -> list[Row]:
        """A row for each computer that shares its CMID, the largest groups first."""
        groups = sorted((-len(hosts), cmid, hosts) for cmid, hosts in self._by_cmid.items() if len(hosts) > 1)
        return [
            (cmid, len(hosts), name, DUPLICATE_CMID_REMEDY, time_text(read_at))
            for _size, cmid, hosts in groups
            for name, read_at in hosts
        ]

    def by_authority(self) -> list[Row]:
        """A row for each authority, the one with most products first."""
        total = sum(self.licensed_by.values())
        return [
            (authority.way, authority.name, count, self._authority_hosts[authority], round(100 * count / total, 1))
            for authority, count in sorted(self.licensed_by.items(), key=lambda item: (-item[1], item[0]))
        ]

    def mak_usage(self, mak_keys: list[MakKey]) -> list[Row]:
        """A row for each MAK of the store, and for each that is only seen installed; the fewest left first."""
        recorded = {(key.application, key.last_five) for key in mak_keys}
        seen = [
            MakKey(last_five, None, None, 0, application=application)
            for application, last_five in self._mak_hosts
            if (application, last_five) not in recorded
        ]
        rows = [self._mak_row(key) for key in (*mak_keys, *seen)]
        return sorted(rows, key=lambda row: (row[-2] is None, row[-2] or 0, str(row[0])))

    def _mak_row(self, key: MakKey) -> Row:
        left = mak_left(key)
        installed = (key.application, key.last_five)
        told = (key.last_five, key.application.capitalize())
        counts = (self._mak_hosts[installed], self._mak_licensed[installed], key.spent, key.reserved)
        return (*told, *counts, key.budget, left, mak_remedy(key.budget, left))

    def numbers(self, mak_keys: list[MakKey]) -> FleetNumbers:
        """The numbers, when every host was added."""
        by_state = sorted((state, str(office or "other"), count) for (state, office), count in self.states.items())
        return FleetNumbers(
            as_of=self.now,
            newest_record=self.newest,
            hosts=sum(self._host_states.values()),
            hosts_by_state=tuple((state, self._host_states[state]) for state in _HOST_STATES),
            problems=tuple(sorted(self._problems.items())),
            stale_hosts=self.stale,
            need_person=len(self.need_person),
            duplicate_cmid_hosts=sum(len(hosts) for hosts in self._by_cmid.values() if len(hosts) > 1),
            products=sum(self.states.values()),
            products_by_state=tuple(by_state),
            subscriptions=self._subscriptions,
            unlicensed=len(self.unlicensed),
            at_risk=len(self._at_risk),
            mak_left=tuple(sorted((key.last_five, left) for key in mak_keys if (left := mak_left(key)) is not None)),
            kms_counts=tuple(sorted(self._kms_counts, key=lambda item: item[:2])),
            kms_hosts_not_ready=sum(row[-2] is not None for row in self.kms_hosts),
            windows_by_state=tuple(sorted(self._windows_states.items())),
            windows_unlicensed=self._windows_unlicensed,
            windows_failed=self._windows_failed,
        )


def mak_left(key: MakKey) -> int | None:
    """Activations that a budget still allows, never below 0; None where there is no budget."""
    return None if key.budget is None else max(0, key.budget - key.spent - key.reserved)


def change_row(change: Change) -> Row:
    """A difference in words."""
    before, after = (
        "not there" if state is None else STATE_WORDS.get(state, state) for state in (change.before, change.after)
    )
    return (change.host, change.product or "the host itself", before, after, time_text(change.at))


def run_row(summary: RunSummary) -> Row:
    """A run."""
    run = summary.run
    versions = (run.collection_version or None, run.ansible_version or None)
    return (time_text(run.started), run.job, summary.hosts, summary.activations, *versions)


def _told(why: Explanation | None) -> tuple[Cell, Cell, Cell]:
    return (why.code, why.cause, why.remedy) if why else (None, None, None)


def _product_row(host: FleetHost, product: FleetProduct, now: datetime) -> Row:
    record = product.record
    licensed = is_licensed(record) and is_counted(record)
    authority = authority_of(product) if licensed else None
    return (
        host.name,
        ", ".join(host.groups),
        record.product,
        STATE_WORDS.get(record.state, record.state),
        record.channel,
        record.last_five,
        authority.way if authority else None,
        authority.name if authority else None,
        time_text(record.expires),
        days_left(record.expires, now),
        record.reason,
        time_text(product.since),
        time_text(host.read_at),
    )
