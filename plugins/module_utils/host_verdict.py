# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one result says about a host, in one word, and why: the ground of every summary of many hosts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import (
    confirmation_plan,
    kms_host_plan,
    plan_products,
)
from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import lookup, parse_code

UNREACHABLE = "The host could not be reached or stopped before it gave a result."
CHECK_CONNECTION = "Check that it is switched on, its WinRM port and the account."
_READ_MESSAGE = "Read the message of the task above."
_ACTIVATE = "Run the playbook that activates (site.yml), or look at the product with ospp_info."
_CONFIRM = (
    "Obtain it for the installation ID (mak_proxy_collect.yml writes these to files), then run mak_proxy_apply.yml."
)
#: What is said of products that are left out because their confirmation ID is still to come, and the next step.
_UNCONFIRMED = {
    plan_products.WAITS_FOR_CONFIRMATION: _CONFIRM,
    confirmation_plan.WAITS: _CONFIRM,
    confirmation_plan.NOT_COLLECTED: _CONFIRM,
    confirmation_plan.HAS_ONE: "Run mak_proxy_apply.yml.",
    kms_host_plan.WAITS_FOR_CONFIRMATION: "Give kms_host the confirmation ID for the installation ID that it shows.",
}


class HostClass(str, Enum):
    """A host in a word, in the order in which summaries count them."""

    LICENSED = "licensed"
    PENDING = "pending"
    FAILED = "failed"
    UNREACHABLE = "unreachable"
    NOT_LICENSED = "not licensed"
    NO_KEY = "without a key"
    HIDDEN = "hidden by no_log"
    NOTHING = "nothing to do"
    NOT_DONE = "not done"


@dataclass(frozen=True)
class Reason:
    """Why a host is in its class: a cause that names no host, its code, and the next step."""

    cause: str
    code: str | None
    remedy: str


@dataclass(frozen=True)
class Verdict:
    """The class of a host and the distinct reasons for it. ``attempted``: by a task that was to change the host, which
    says more than one that only read it."""

    kind: HostClass
    reasons: tuple[Reason, ...] = ()
    attempted: bool = True


NO_RESULT = Verdict(HostClass.UNREACHABLE, (Reason(UNREACHABLE, None, CHECK_CONNECTION),))


def judge(result: Mapping[str, Any] | None, failed: bool = False) -> Verdict:
    """The verdict on a result of a module of this collection; None stands for a host without a result.

    A host counts by the worst of its products, and of the items of a loop. ``failed``: Ansible says so elsewhere than
    in the result, as it does to callbacks.
    """
    if result is None or result.get("unreachable"):
        return NO_RESULT
    items = [item for item in result.get("results") or () if isinstance(item, Mapping)] or [result]
    failures = [failure for item in items for failure in item.get("failures") or ()]
    if failures:
        return Verdict(HostClass.FAILED, _distinct(failures))
    if failed or any(item.get("failed") for item in (result, *items)):
        wrong = next((item for item in items if item.get("failed")), result)
        cause = str(wrong.get("msg") or "The task failed.")
        return Verdict(HostClass.FAILED, (Reason(cause, None, _READ_MESSAGE),))
    if "censored" in result:
        return Verdict(HostClass.HIDDEN)
    if not any("outcomes" in item for item in items):
        return _judge_status(items[-1].get("status"))
    return _judge_outcomes([outcome for item in items for outcome in item.get("outcomes") or ()])


def _judge_outcomes(outcomes: list[Mapping[str, Any]]) -> Verdict:
    pending = [outcome for outcome in outcomes if outcome["result"] == "pending"]
    if pending:
        return Verdict(HostClass.PENDING, _distinct(pending))
    waiting = dict.fromkeys(outcome["cause"] for outcome in outcomes if outcome.get("cause") in _UNCONFIRMED)
    if waiting:
        reasons = (Reason(f"{cause[0].upper()}{cause[1:]}.", None, _UNCONFIRMED[cause]) for cause in waiting)
        return Verdict(HostClass.NOT_LICENSED, tuple(reasons))
    licensed = any(outcome["result"] == "licensed" for outcome in outcomes)
    return Verdict(HostClass.LICENSED if licensed else HostClass.NOTHING)


def _judge_status(status: Mapping[str, Any] | None) -> Verdict:
    """Of a host that was only read. A subscription is no volume licence and counts neither way."""
    if status is None:
        return Verdict(HostClass.NOTHING, attempted=False)
    keyed = [one for one in status["licences"] if one["partial_product_key"] and one.get("channel") != "subscription"]
    if not keyed:
        return Verdict(HostClass.NO_KEY, attempted=False)
    reasons = tuple(dict.fromkeys(_why_not(one) for one in keyed if one["state"] != "licensed"))
    return Verdict(HostClass.NOT_LICENSED if reasons else HostClass.LICENSED, reasons, attempted=False)


def _why_not(licence: Mapping[str, Any]) -> Reason:
    """Why a licence is not licensed; Windows gives no reason that helps while a grace period runs."""
    code = licence.get("reason")
    if not code or licence.get("reason_informational"):
        return Reason(f"The state is {licence['state']}.", code, _ACTIVATE)
    entry = lookup(parse_code(code))
    return Reason(entry.cause, code, entry.remedy)


def _distinct(items: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    return tuple(dict.fromkeys(Reason(item["cause"], item["code"], item["remedy"]) for item in items))
