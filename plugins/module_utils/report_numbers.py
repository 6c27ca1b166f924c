# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of a fleet: for limits, monitoring, job statistics and results. Only KMS hosts are named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class FleetNumbers:
    """How a fleet stands.

    Products are those of volume clients: neither KMS host licences nor subscriptions. The states of hosts exclude each
    other: C(licensed) (all products are), C(unlicensed), C(no_product) (read, and no client product has a key) and
    C(never_read). ``problems`` counts hosts by the step that failed last. ``mak_left`` has an entry for each MAK with a
    budget, ``kms_counts`` one for each licence of each KMS host: host, product, computers counted. Windows itself is
    alone in what begins with ``windows``: its licences that were read, by state too, those that are not licensed, and
    the hosts whose Windows could not be read or changed.
    """

    as_of: datetime
    newest_record: datetime | None = None
    hosts: int = 0
    hosts_by_state: tuple[tuple[str, int], ...] = ()
    problems: tuple[tuple[str, int], ...] = ()
    stale_hosts: int = 0
    need_person: int = 0
    duplicate_cmid_hosts: int = 0
    products: int = 0
    products_by_state: tuple[tuple[str, str, int], ...] = ()
    subscriptions: int = 0
    unlicensed: int = 0
    at_risk: int = 0
    mak_left: tuple[tuple[str, int], ...] = ()
    kms_counts: tuple[tuple[str, str, int | None], ...] = ()
    kms_hosts_not_ready: int = 0
    windows_by_state: tuple[tuple[str, int], ...] = ()
    windows_unlicensed: int = 0
    windows_failed: int = 0

    @property
    def at_risk_percent(self) -> float:
        """The share of products that are at risk, in percent with one decimal; 0 without products."""
        return round(100 * self.at_risk / self.products, 1) if self.products else 0.0

    @property
    def windows(self) -> int:
        """Licences of Windows itself that were read."""
        return sum(count for _state, count in self.windows_by_state)

    @property
    def licensed_hosts(self) -> int:
        """Hosts whose products are all licensed."""
        return dict(self.hosts_by_state).get("licensed", 0)

    @property
    def unreachable_hosts(self) -> int:
        """Hosts that could not be reached when they were tried last."""
        return dict(self.problems).get("connect", 0)

    @property
    def mak_left_total(self) -> int | None:
        """Activations left of all MAKs with a budget; None where no MAK has one."""
        return sum(left for _key, left in self.mak_left) if self.mak_left else None

    def mak_left_by_key(self) -> dict[str, int]:
        """Activations left by last five; of keys that share these, the smallest number."""
        smallest: dict[str, int] = {}
        for key, left in self.mak_left:
            smallest[key] = min(left, smallest.get(key, left))
        return smallest

    def as_data(self) -> dict[str, Any]:
        """Plain data, for results, C(set_stats) and JSON. Times are ISO 8601 text."""
        by_state: dict[str, int] = {}
        for state, _office, count in self.products_by_state:
            by_state[state] = by_state.get(state, 0) + count
        return {
            "as_of": self.as_of.isoformat(),
            "newest_record": self.newest_record.isoformat() if self.newest_record else None,
            "hosts": self.hosts,
            "hosts_by_state": dict(self.hosts_by_state),
            "unreachable_hosts": self.unreachable_hosts,
            "stale_hosts": self.stale_hosts,
            "need_person": self.need_person,
            "duplicate_cmid_hosts": self.duplicate_cmid_hosts,
            "products": self.products,
            "products_by_state": by_state,
            "subscriptions": self.subscriptions,
            "unlicensed": self.unlicensed,
            "at_risk": self.at_risk,
            "at_risk_percent": self.at_risk_percent,
            "mak_left": self.mak_left_by_key(),
            "kms_hosts_not_ready": self.kms_hosts_not_ready,
            "windows": self.windows,
            "windows_by_state": dict(self.windows_by_state),
            "windows_unlicensed": self.windows_unlicensed,
            "windows_failed": self.windows_failed,
        }
