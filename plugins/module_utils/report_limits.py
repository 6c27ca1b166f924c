# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits for monitoring: which numbers of a fleet make a job fail, so that a notification is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.report_numbers import FleetNumbers

_WHOLE_PERCENT = 100


@dataclass(frozen=True)
class Limits:
    """What may be at most, and for C(mak_left) at least; None is no limit.

    ``unlicensed``: products. ``at_risk_percent``: share of the products, in percent. ``mak_left``: activations left of
    each MAK with a budget. ``unreachable``: hosts. ``need_person``: hosts, the unreachable ones among them.
    ``windows_unlicensed``: licences of Windows itself, which no other limit counts. ``record_age_days``: days since
    anything was recorded, so that a schedule that stopped is noticed.
    """

    unlicensed: float | None = None
    at_risk_percent: float | None = None
    mak_left: float | None = None
    unreachable: float | None = None
    need_person: float | None = None
    windows_unlicensed: float | None = None
    record_age_days: float | None = None


LIMIT_NAMES = tuple(field.name for field in fields(Limits))


def read_limits(mapping: Mapping[str, Any], option: str = "limits") -> Limits:
    """Limits as a user gave them: numbers from 0 on, also as text. Raises InputError, which names the limit."""
    for name in mapping:
        if name not in LIMIT_NAMES:
            raise InputError(option, f"unknown limit {str(name)[:50]!r}; known are {', '.join(LIMIT_NAMES)}")
    return Limits(**{name: _number(f"{option}.{name}", value) for name, value in mapping.items()})


def _number(option: str, value: Any) -> float | None:
    if value is None or value == "":  # what is left open in an AWX survey
        return None
    most = _WHOLE_PERCENT if option.endswith("_percent") else float("inf")
    try:
        number = -1.0 if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= most or number == float("inf"):
        rule = "a number from 0 to 100 is needed" if most == _WHOLE_PERCENT else "a number from 0 on is needed"
        raise InputError(option, rule)
    return number


def passed(numbers: FleetNumbers, limits: Limits) -> list[str]:
    """A sentence for each limit that is passed, for the message of a failed job. Empty when all is within."""
    left = numbers.mak_left_by_key()
    age = (numbers.as_of - numbers.newest_record) / timedelta(days=1) if numbers.newest_record else float("inf")
    age_text = f"The newest record is {age:.1f} days old" if numbers.newest_record else "Nothing was ever recorded"
    checks = [
        (limits.unlicensed, numbers.unlicensed, f"Unlicensed products: {numbers.unlicensed}"),
        (limits.at_risk_percent, numbers.at_risk_percent, f"Products at risk: {numbers.at_risk_percent} percent"),
        (limits.unreachable, numbers.unreachable_hosts, f"Unreachable hosts: {numbers.unreachable_hosts}"),
        (limits.need_person, numbers.need_person, f"Hosts that need a person: {numbers.need_person}"),
        (limits.windows_unlicensed, numbers.windows_unlicensed, f"Unlicensed Windows: {numbers.windows_unlicensed}"),
        (limits.record_age_days, age, age_text),
    ]
    told = [f"{text}; the limit is {most:g}." for most, number, text in checks if most is not None and number > most]
    if limits.mak_left is not None:
        short = {key: number for key, number in left.items() if number < limits.mak_left}
        told += [
            f"Activations left of the MAK that ends in {key}: {number}; at least {limits.mak_left:g} are wanted."
            for key, number in short.items()
        ]
    return told
