# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What passing time does to a machine: grace runs out, KMS clients renew and retry by themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from .licensing import HResult, Licensing, Record, is_kms_client
from .world_activator import OOB_GRACE, MachineActivator

MINUTE = timedelta(minutes=1)
RETRY_MINUTES = 120
_EXPIRED = "C004F009"
_OUT_OF_TOLERANCE = "4004F00D"


def next_event(licensing: Licensing, automatic: bool) -> datetime | None:
    """When something happens next on a machine: a period ends or, with ``automatic``, a client asks its host."""
    if licensing.looked_at is None:
        return None
    times = []
    for product in licensing.products:
        minutes = int(product.get("GracePeriodRemaining") or 0)
        if minutes:
            times.append(licensing.looked_at + minutes * MINUTE)
        if automatic and _asks_by_itself(product):
            times.append(_next_attempt(licensing, product))
    return min(times, default=None)


def pass_time(licensing: Licensing, now: datetime, activator: MachineActivator | None) -> None:
    """Bring a machine to ``now``, event by event; with an activator its clients renew and retry on the way."""
    if licensing.looked_at is None:
        licensing.looked_at = now
    while (due := next_event(licensing, activator is not None)) is not None and due <= now:
        _move_to(licensing, max(due, licensing.looked_at), activator)
    _count_down(licensing, now)


def _move_to(licensing: Licensing, when: datetime, activator: MachineActivator | None) -> None:
    """Renewals come before expiry when both are due, as on a machine that is in time."""
    before = licensing.looked_at or when
    elapsed = int((when - before) / MINUTE)
    for product in licensing.products:
        remaining = int(product.get("GracePeriodRemaining") or 0)
        if activator and _asks_by_itself(product) and _next_attempt(licensing, product) <= when:
            _ask(licensing, product, when, elapsed, activator)
        elif remaining and remaining <= elapsed:
            _expire(product, elapsed)
    _count_down(licensing, when)


def _ask(licensing: Licensing, product: Record, when: datetime, elapsed: int, activator: MachineActivator) -> None:
    try:
        activator.activate(licensing, product, when)
        _compensate(product, elapsed)
    except HResult:
        minutes = int(product.get("VLActivationInterval") or RETRY_MINUTES)
        licensing.next_attempt[product["ID"]] = when + minutes * MINUTE
        remaining = int(product.get("GracePeriodRemaining") or 0)
        if remaining and remaining <= elapsed:
            _expire(product, elapsed)


def _expire(product: Record, elapsed: int) -> None:
    status = product.get("LicenseStatus")
    if status == "1":
        product |= {"LicenseStatus": "3", "LicenseStatusReason": _OUT_OF_TOLERANCE}
        product["GracePeriodRemaining"] = str(OOB_GRACE)
        _compensate(product, elapsed)
    else:
        product |= {"LicenseStatus": "5", "LicenseStatusReason": _EXPIRED, "GracePeriodRemaining": "0"}


def _compensate(product: Record, elapsed: int) -> None:
    """A period that starts at this event must not lose the minutes that passed before it."""
    minutes = int(product.get("GracePeriodRemaining") or 0)
    product["GracePeriodRemaining"] = str(minutes + elapsed if minutes else 0)


def _count_down(licensing: Licensing, now: datetime) -> None:
    """Take whole minutes off every running period; a rest of a minute stays for the next look."""
    elapsed = int((now - (licensing.looked_at or now)) / MINUTE)
    if elapsed <= 0:
        return
    for product in licensing.products:
        remaining = int(product.get("GracePeriodRemaining") or 0)
        product["GracePeriodRemaining"] = str(max(remaining - elapsed, 0))
    licensing.looked_at = (licensing.looked_at or now) + elapsed * MINUTE


def _asks_by_itself(product: Record) -> bool:
    return is_kms_client(product) and bool(product.get("PartialProductKey"))


def _next_attempt(licensing: Licensing, product: Record) -> datetime:
    """A client that was never seen asking starts one interval after the first look."""
    known = licensing.next_attempt.get(product["ID"])
    if known is None:
        licensed = product.get("LicenseStatus") == "1"
        name, usual = ("VLRenewalInterval", 10080) if licensed else ("VLActivationInterval", RETRY_MINUTES)
        assert licensing.looked_at is not None
        known = licensing.looked_at + int(product.get(name) or usual) * MINUTE
        licensing.next_attempt[product["ID"]] = known
    return known
