# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is at risk and since when, and who activated what."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.report_rules import (
    Authority,
    ReportRules,
    Risk,
    authority_of,
    days_left,
    is_counted,
    risk_of,
)
from unit.module_utils.fleet_samples import NOW, ago, in_days, mak, product, record


def risk(read: float = 0, **values: Any) -> Risk | None:
    """The risk of a product that was read so many days ago."""
    return risk_of(record(**values), ago(read), NOW, ReportRules())


@pytest.mark.parametrize(
    ("days", "expected"), [(177, None), (150, None), (149.9, Risk.NOT_RENEWED), (0.1, Risk.NOT_RENEWED)]
)
def test_a_kms_activation_lasts_180_days_and_is_at_risk_30_days_after_its_renewal(
    days: float, expected: Risk | None
) -> None:
    assert risk(expires=in_days(days)) is expected


def test_an_ad_activation_is_judged_like_one_by_kms() -> None:
    assert risk(expires=in_days(140), kms_host=None, ad_object="AO") is Risk.NOT_RENEWED


def test_a_host_that_was_renewed_when_it_was_read_long_ago_may_have_renewed_since() -> None:
    assert risk(read=40, expires=in_days(180 - 43)) is Risk.NOT_READ


def test_a_host_that_was_overdue_already_when_it_was_read_was_not_renewed() -> None:
    assert risk(read=40, expires=in_days(180 - 75)) is Risk.NOT_RENEWED


def test_a_licence_whose_end_has_passed_ran_out_unless_somebody_looks() -> None:
    assert risk(read=10, expires=ago(1)) is Risk.RAN_OUT


@pytest.mark.parametrize("state", ["oob_grace", "extended_grace"])
@pytest.mark.parametrize(("days", "expected"), [(14, None), (13.9, Risk.GRACE_ENDS), (-1, Risk.GRACE_ENDS)])
def test_a_grace_period_is_at_risk_when_less_than_14_days_are_left(
    state: str, days: float, expected: Risk | None
) -> None:
    assert risk(state=state, expires=in_days(days)) is expected


def test_a_grace_period_without_an_end_is_at_risk() -> None:
    assert risk(state="oob_grace", expires=None) is Risk.GRACE_ENDS


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("oot_grace", Risk.OUT_OF_TOLERANCE),
        ("notification", Risk.NOTIFICATION),
        ("non_genuine_grace", Risk.NON_GENUINE),
        ("unlicensed", None),
        ("unknown", None),
    ],
)
def test_states_that_are_a_risk_by_themselves(state: str, expected: Risk | None) -> None:
    assert risk(state=state) is expected


def test_a_licensed_mak_has_nothing_to_renew() -> None:
    assert risk(channel="mak", expires=None) is None


def test_a_licence_of_another_channel_that_ends_soon_is_at_risk() -> None:
    assert risk(channel="retail", expires=in_days(10)) is Risk.LICENCE_ENDS


def test_limits_of_time_can_be_set() -> None:
    rules = ReportRules(grace_days=5, renewal_days=90)
    assert risk_of(record(expires=in_days(100)), NOW, NOW, rules) is None
    assert risk_of(record(state="oob_grace", expires=in_days(6)), NOW, NOW, rules) is None


@pytest.mark.parametrize(("channel", "counted"), [("kms_host", False), ("subscription", False), ("retail", True)])
def test_kms_host_licences_and_subscriptions_are_not_counted(channel: str, counted: bool) -> None:
    assert is_counted(record(channel=channel)) is counted


@pytest.mark.parametrize(("days", "left"), [(1.9, 1), (0.5, 0), (-0.5, 0), (-3.5, -3)])
def test_days_left_are_whole_days(days: float, left: int) -> None:
    assert days_left(in_days(days), NOW) == left


def test_who_activated() -> None:
    assert authority_of(product(kms_host="KMS01.corp.example")) == Authority("KMS host", "kms01.corp.example:1688")
    assert authority_of(product(kms_host="fd00::1", kms_port=1700)) == Authority("KMS host", "[fd00::1]:1700")
    assert authority_of(product(kms_host=None)) == Authority("KMS or Active Directory", "not recorded")
    assert authority_of(product(ad_object="AO 2021")) == Authority("Active Directory", "AO 2021")
    assert authority_of(mak()) == Authority("MAK, online", "MAKAA")
    assert authority_of(mak(activated_by="confirmation_id")) == Authority("MAK, by confirmation ID", "MAKAA")
    assert authority_of(mak(activated_by=None)) == Authority("MAK, not recorded how", "MAKAA")
    assert authority_of(product(channel="retail")) == Authority("Other", "retail")
