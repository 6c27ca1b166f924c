# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to say about a product or host that is not as it should be: cause, code and the next step."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from ansible_collections.officefleet.activation.plugins.module_utils import error_codes_remedies as remedies
from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import (
    ErrorEntry,
    lookup,
    parse_code,
)
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    Attempt,
    FleetHost,
    FleetProduct,
    ProductRecord,
)
from ansible_collections.officefleet.activation.plugins.module_utils.problems import ENDED_EARLY
from ansible_collections.officefleet.activation.plugins.module_utils.report_rules import (
    KMS_THRESHOLD,
    WINDOWS_KMS_THRESHOLD,
    ReportRules,
    Risk,
    is_licensed,
)
from ansible_collections.officefleet.activation.plugins.module_utils.status import State

#: The text of a remedy where the record of a failure has none.
READ_THE_LOG = "Read the job log of the last run on this host."

DUPLICATE_CMID_REMEDY = (
    "Rearm the image that the computers were cloned from (ospprearm.exe for Office, sysprep /generalize for Windows) "
    "and each clone that stays in use; where it is one renamed computer, drop its old name."
)

_NO_KEY = lookup(0xC004F014)
_COUNTS_TOO_FEW = lookup(0xC004F038)

# How recording.py begins a problem that concerns one product only.
_OF_A_PRODUCT = re.compile(r"(Office \d{4} \w+(?: \(\w+\))?): ")

_ACTIVATE = "Activate it with ospp_activate or the site playbook, which tells the cause if that fails."
_READ_AGAIN = "Read the host again with the report playbook; activate it with the site playbook if it is not licensed."

_OF_STATE = {
    State.UNLICENSED.value: "The product is not activated.",
    State.OOB_GRACE.value: "The product was installed, but not activated yet.",
    State.OOT_GRACE.value: "The activation was not renewed in time or the hardware changed.",
    State.NON_GENUINE_GRACE.value: "The product did not pass the genuine check.",
    State.NOTIFICATION.value: "The grace period is over, and users are told so at every start.",
    State.EXTENDED_GRACE.value: "The product runs in an extended grace period.",
}


@dataclass(frozen=True)
class Explanation:
    """Why, what to do next, and the code where there is one."""

    cause: str
    remedy: str
    code: str | None = None


@dataclass(frozen=True)
class HostNeed:
    """Why a host needs a person: a short word for the kind, and the explanation."""

    kind: str
    why: Explanation


def explain_code(code: str | None) -> Explanation | None:
    """What the catalogue says of a code; None without a code or for what is none."""
    try:
        entry = lookup(parse_code(code or ""))
    except ValueError:
        return None
    return _of_entry(entry, code)


def _of_entry(entry: ErrorEntry, code: str | None) -> Explanation:
    return Explanation(entry.cause, entry.remedy, code)


def explain_product(host: FleetHost, product: FleetProduct) -> Explanation:
    """Why a product is not licensed: what stopped the last change of the host, else its last activation, else the
    reason that the licensing service gives, else what the state means."""
    told = _told(host, product) or explain_code(product.record.reason)
    return told or Explanation(_OF_STATE.get(product.record.state, "The state of the licence is not known."), _ACTIVATE)


def explain_risk(host: FleetHost, product: FleetProduct, risk: Risk) -> Explanation:
    """Why a product is at risk and what to do in time."""
    if not is_licensed(product.record):
        return explain_product(host, product)
    if risk is Risk.LICENCE_ENDS:
        remedy = "Install a key that does not expire with ospp_product_key, and activate it."
        return Explanation("The licence is limited in time and ends soon.", remedy)
    if risk is Risk.NOT_RENEWED:
        return _told(host, product) or _not_renewed(product.record)
    cause = "The activation would be renewed by now, but the host was not read since."
    if risk is Risk.RAN_OUT:
        cause = "The activation has run out unless it was renewed; the host was not read since."
    stopped = host.problem if host.problem and host.problem.step != "change" else None
    return Explanation(cause, (stopped.remedy if stopped else None) or _READ_AGAIN, stopped.code if stopped else None)


def _told(host: FleetHost, product: FleetProduct) -> Explanation | None:
    """What the last work on the host tells of a product, where it did not succeed."""
    problem = host.problem
    if problem is not None and problem.step == "change":
        of_product = _OF_A_PRODUCT.match(problem.cause)
        if of_product is None or of_product[1] == product.record.product:
            cause = problem.cause[of_product.end() :] if of_product else problem.cause
            return Explanation(cause, problem.remedy or READ_THE_LOG, problem.code)
    attempt, at = product.last_attempt, product.attempted_at
    if attempt is None or attempt.result == "licensed" or at is None or at < product.since:
        return None
    return _of_attempt(attempt)


def _of_attempt(attempt: Attempt) -> Explanation:
    known = explain_code(attempt.code)
    cause = attempt.cause or (known.cause if known else "The last activation failed without a code.")
    return Explanation(cause, attempt.remedy or (known.remedy if known else READ_THE_LOG), attempt.code)


def _not_renewed(record: ProductRecord) -> Explanation:
    if record.ad_object:
        return Explanation(
            "Active Directory has not renewed the activation for a long time.",
            "Connect the host to a network where a domain controller answers and run ospp_activate.",
        )
    return Explanation(
        "The KMS host has not renewed the activation for a long time.",
        "Connect the host to a network where its KMS host answers and run ospp_activate.",
    )


_STEP_KINDS = {"connect": "not reached", "read": "not read", "change": "not changed"}


def host_need(host: FleetHost, now: datetime, rules: ReportRules) -> HostNeed | None:
    """The first reason why somebody has to look at a host; None where there is none."""
    problem = host.problem
    if problem is not None:
        known = explain_code(problem.code)
        remedy = problem.remedy or (known.remedy if known else READ_THE_LOG)
        return HostNeed(_STEP_KINDS.get(problem.step, problem.step), Explanation(problem.cause, remedy, problem.code))
    if last_read(host) is None:
        why = Explanation("No licence status of the host was ever read.", "Read it with the report playbook.")
        return HostNeed("never read", why)
    if is_stale(host, now, rules):
        why = Explanation(
            f"The licence status was not read for {rules.stale_days} days or more.",
            "Read it with the report playbook, or take the host out of the inventory and the store.",
        )
        return HostNeed("not read lately", why)
    if not host.complete:
        return HostNeed("listing incomplete", Explanation(ENDED_EARLY.cause, ENDED_EARLY.remedy, ENDED_EARLY.code))
    if host.read_at is not None and not host.office:
        return HostNeed("no key", Explanation("No Office product on the host has a key.", _NO_KEY.remedy))
    return None


def is_stale(host: FleetHost, now: datetime, rules: ReportRules) -> bool:
    """Whether what is known of a host is too old to be relied on; a host that was never read is not stale."""
    read_at = last_read(host)
    return read_at is not None and now - read_at >= timedelta(days=rules.stale_days)


def last_read(host: FleetHost) -> datetime | None:
    """When Office was read last; where it never was, when Windows was."""
    return host.read_at or host.windows_read_at


def kms_threshold(record: ProductRecord) -> int:
    """How many computers the KMS host must have counted before it activates clients of a product."""
    return WINDOWS_KMS_THRESHOLD if record.product == "Windows" else KMS_THRESHOLD


def explain_kms_host(record: ProductRecord) -> Explanation | None:
    """Why a KMS host activates no client of a product; None where it does."""
    if not is_licensed(record):
        # The catalogue's remedies of such codes are those for clients.
        remedy = "Activate it with the kms_host playbook, online or by telephone; until then it answers no client."
        return Explanation("The KMS host key is installed, but not activated.", remedy, record.reason)
    if record.kms_count is None or record.kms_count >= kms_threshold(record):
        return None
    if record.product == "Windows":
        cause = f"Windows clients are activated from {WINDOWS_KMS_THRESHOLD} counted computers on, servers from 5 on."
        return Explanation(cause, _COUNTS_TOO_FEW.remedy.replace("Office clients", "computers"))
    return _of_entry(_COUNTS_TOO_FEW, None)


def mak_remedy(budget: int | None, left: int | None) -> str | None:
    """What to do when few or no activations of a MAK are left: none, or no more than a tenth of its budget."""
    if budget is None or left is None or left * 10 > budget:
        return None
    return f"{remedies.MORE_ACTIVATIONS} Then raise the budget."
