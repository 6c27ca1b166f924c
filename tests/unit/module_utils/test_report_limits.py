# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a report fails a job."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.report_limits import Limits, passed, read_limits
from ansible_collections.officefleet.activation.plugins.module_utils.report_numbers import FleetNumbers
from unit.module_utils.fleet_samples import NOW, ago

NUMBERS = FleetNumbers(
    as_of=NOW,
    newest_record=ago(2.5),
    hosts=12,
    problems=(("connect", 4),),
    need_person=5,
    products=40,
    unlicensed=7,
    at_risk=3,
    mak_left=(("AAAAA", 3), ("BBBBB", 30)),
    windows_by_state=(("licensed", 90), ("notification", 9)),
    windows_unlicensed=9,
)


@pytest.mark.parametrize(
    ("limits", "sentences"),
    [
        ({}, []),
        ({"unlicensed": 7}, []),
        ({"unlicensed": 6}, ["Unlicensed products: 7; the limit is 6."]),
        ({"at_risk_percent": 7.5}, []),
        ({"at_risk_percent": 7.4}, ["Products at risk: 7.5 percent; the limit is 7.4."]),
        ({"unreachable": 3}, ["Unreachable hosts: 4; the limit is 3."]),
        ({"need_person": 0}, ["Hosts that need a person: 5; the limit is 0."]),
        ({"windows_unlicensed": 9}, []),
        ({"windows_unlicensed": 8}, ["Unlicensed Windows: 9; the limit is 8."]),
        ({"record_age_days": 2}, ["The newest record is 2.5 days old; the limit is 2."]),
        ({"mak_left": 3}, []),
        ({"mak_left": 4}, ["Activations left of the MAK that ends in AAAAA: 3; at least 4 are wanted."]),
    ],
)
def test_a_limit_that_is_passed_gives_a_sentence(limits: dict[str, Any], sentences: list[str]) -> None:
    assert passed(NUMBERS, read_limits(limits)) == sentences


def test_an_empty_store_is_older_than_any_limit() -> None:
    assert passed(FleetNumbers(NOW), Limits(record_age_days=365)) == ["Nothing was ever recorded; the limit is 365."]


def test_numbers_may_be_text_and_what_is_left_open_is_no_limit() -> None:
    assert read_limits({"unlicensed": "0", "mak_left": "", "unreachable": None}) == Limits(unlicensed=0)


@pytest.mark.parametrize("value", [-1, True, "many", "nan", "inf", [3]])
def test_a_limit_is_a_number_from_0_on(value: Any) -> None:
    with pytest.raises(InputError, match=r"^limits\.mak_left: a number from 0 on is needed$"):
        read_limits({"mak_left": value})


def test_a_share_ends_at_100_percent() -> None:
    with pytest.raises(InputError, match=r"^limits\.at_risk_percent: a number from 0 to 100 is needed$"):
        read_limits({"at_risk_percent": 101})


def test_an_unknown_limit_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(InputError, match="unknown limit 'unlicenced'; known are unlicensed, at_risk_percent"):
        read_limits({"unlicenced": 0})
