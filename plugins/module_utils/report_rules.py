# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""By which rules a product counts as unlicensed or at risk, and who activated it. Sources: reference/activation.md."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import FleetProduct, ProductRecord
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import DEFAULT_KMS_PORT
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import BAD, GOOD, PLAIN, WARN
from ansible_collections.officefleet.activation.plugins.module_utils.status import State

#: How long an activation by KMS or Active Directory lasts without being renewed.
ACTIVATION_DAYS = 180

#: How many computers a KMS host must have counted before it activates clients; servers need 5 everywhere.
KMS_THRESHOLD = 5
WINDOWS_KMS_THRESHOLD = 25

#: Licences that are shown and never counted as unlicensed or at risk.
NOT_COUNTED = frozenset({"kms_host", "subscription"})

STATE_WORDS = {
    State.LICENSED.value: "licensed",
    State.UNLICENSED.value: "unlicensed",
    State.OOB_GRACE.value: "grace after installation",
    State.OOT_GRACE.value: "out-of-tolerance grace",
    State.NON_GENUINE_GRACE.value: "non-genuine grace",
    State.NOTIFICATION.value: "notification",
    State.EXTENDED_GRACE.value: "extended grace",
    State.UNKNOWN.value: "unknown",
}

STATE_TONES = {
    State.LICENSED.value: GOOD,
    State.OOB_GRACE.value: WARN,
    State.EXTENDED_GRACE.value: WARN,
    State.OOT_GRACE.value: WARN,
    State.UNKNOWN.value: PLAIN,
}

_GRACE = frozenset({State.OOB_GRACE.value, State.EXTENDED_GRACE.value})


@dataclass(frozen=True)
class ReportRules:
    """From when on something is said. All are days.

    ``grace_days``: a grace period or limited licence that ends sooner is at risk. ``renewal_days``: a KMS or AD
    activation that was not renewed for longer is at risk (clients renew every 7 days). ``stale_days``: a host that was
    not read for longer needs a person.
    """

    grace_days: int = 14
    renewal_days: int = 30
    stale_days: int = 30


class Risk(Enum):
    """Why a product is at risk, the most urgent first; the value is said in reports."""

    NOTIFICATION = "notification"
    NON_GENUINE = "non-genuine grace"
    RAN_OUT = "ran out, not read since"
    OUT_OF_TOLERANCE = "out-of-tolerance grace"
    GRACE_ENDS = "grace ends"
    NOT_RENEWED = "not renewed"
    LICENCE_ENDS = "licence ends"
    NOT_READ = "due, not read since"


#: The order of urgency, for sorting.
URGENCY = {risk: place for place, risk in enumerate(Risk)}

_RISK_OF_STATE = {
    State.NOTIFICATION.value: Risk.NOTIFICATION,
    State.NON_GENUINE_GRACE.value: Risk.NON_GENUINE,
    State.OOT_GRACE.value: Risk.OUT_OF_TOLERANCE,
}


def tone_of(state: str) -> str:
    """How a licence state is to be taken."""
    return STATE_TONES.get(state, BAD)


def is_counted(record: ProductRecord) -> bool:
    """Whether a licence is one of a volume client, which has to be licensed: no KMS host, no subscription."""
    return record.channel not in NOT_COUNTED


def is_licensed(record: ProductRecord) -> bool:
    """Whether the product was licensed when it was read last."""
    return record.state == State.LICENSED.value


def days_left(expires: datetime | None, now: datetime) -> int | None:
    """Whole days until something ends, negative where it is over; None where nothing ends."""
    return None if expires is None else int((expires - now) / timedelta(days=1))


def risk_of(record: ProductRecord, read_at: datetime | None, now: datetime, rules: ReportRules) -> Risk | None:
    """Why a counted product is at risk, None where it is not or is no longer in use at all (unlicensed)."""
    if record.state in _RISK_OF_STATE:
        return _RISK_OF_STATE[record.state]
    left = None if record.expires is None else record.expires - now
    grace = timedelta(days=rules.grace_days)
    if record.state in _GRACE:
        # Without an end nothing tells that there is time.
        return Risk.GRACE_ENDS if left is None or left < grace else None
    if not is_licensed(record) or left is None or record.expires is None:
        return None
    if left < timedelta(0):
        return Risk.RAN_OUT
    if record.channel != "kms_client":
        return Risk.LICENCE_ENDS if left < grace else None
    due = timedelta(days=ACTIVATION_DAYS - rules.renewal_days)
    if left >= due:
        return None
    # Time passes for a host that is not read, too: it may have renewed its activation since.
    overdue_when_read = read_at is None or record.expires - read_at < due
    return Risk.NOT_RENEWED if overdue_when_read else Risk.NOT_READ


@dataclass(frozen=True, order=True)
class Authority:
    """Who activated a product: the way, and the KMS host, activation object or MAK (last five) by which."""

    way: str
    name: str


def authority_of(product: FleetProduct) -> Authority:
    """The authority of a licensed product."""
    record = product.record
    if record.channel == "kms_client":
        if record.ad_object:
            return Authority("Active Directory", record.ad_object)
        if record.kms_host:
            return Authority("KMS host", host_and_port(record.kms_host, record.kms_port))
        return Authority("KMS or Active Directory", "not recorded")
    if record.channel == "mak":
        by_confirmation_id = dict.fromkeys(("confirmation_id", "reactivation"), "MAK, by confirmation ID")
        ways = {"online": "MAK, online", **by_confirmation_id}
        return Authority(ways.get(product.activated_by or "", "MAK, not recorded how"), record.last_five or "")
    return Authority("Other", record.channel)


def host_and_port(host: str, port: int | None) -> str:
    """A KMS host as one name: lower case, so that it is one authority however a client spells it."""
    name = f"[{host}]" if ":" in host else host
    return f"{name.lower()}:{port or DEFAULT_KMS_PORT}"
