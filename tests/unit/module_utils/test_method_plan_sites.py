# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expected KMS counts: who asks, who counts as one, and what becomes of a site below the threshold of five."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan import plan_fleet
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import (
    Computer,
    Method,
    SitePlan,
)
from unit.module_utils.plan_computers import computer, desks, planned, product


def site_of(fleet: list[Computer]) -> SitePlan:
    """The only site of a fleet."""
    (site,) = plan_fleet(fleet).sites
    return site


def methods(fleet: list[Computer]) -> set[str]:
    """The methods that a fleet is planned by."""
    return {entry.method.value for entry in plan_fleet(fleet).hosts}


@pytest.mark.parametrize(("number", "method"), [(4, "mak"), (5, "kms")])
def test_kms_is_planned_from_five_computers_on(number: int, method: str) -> None:
    assert methods(desks(number)) == {method}


def test_a_site_below_five_is_told_with_its_number() -> None:
    plan = plan_fleet(desks(3))
    assert "Only 3 of 5 computers of site default" in planned(plan, "desk1").reason
    (warning,) = plan.warnings
    assert warning.warning.startswith("Site default has 3 of the 5 computers")
    assert warning.hosts == ("desk1", "desk2", "desk3")


def test_sites_are_counted_apart() -> None:
    plan = plan_fleet([*desks(5), computer("lab1", site="lab"), computer("lab2", site="lab")])
    assert [(site.site, site.asking, site.enough) for site in plan.sites] == [("default", 5, True), ("lab", 2, False)]
    assert planned(plan, "lab1").method is Method.MAK


@pytest.mark.parametrize(
    "facts",
    [
        {"reach": ("internet",)},
        {"days_away": 181},
        {"activation_objects": (2021,)},
        {"needless": "No Office is installed.", "products": ()},
        {"method": Method.MAK},
    ],
)
def test_who_will_not_ask_is_not_counted(facts: dict[str, Any]) -> None:
    site = site_of([*desks(4), computer(**facts)])
    assert (site.asking, site.enough) == (4, False)


def test_computers_with_the_same_cmid_count_as_one() -> None:
    site = site_of([*desks(3), *(computer(name, cmid="same") for name in ("a", "b"))])
    assert (site.asking, site.enough) == (4, False)


def test_computers_that_could_not_be_read_count_since_a_mak_once_spent_is_gone() -> None:
    fleet = [*desks(3), *(computer(name, unread="Off.", products=()) for name in ("a", "b"))]
    site = site_of(fleet)
    assert (site.asking, site.unread, site.enough) == (3, 2, True)
    assert ["only with those that could not be read" in one.warning for one in plan_fleet(fleet).warnings] == [True]


def test_a_kms_host_that_activates_computers_there_counts_enough_others() -> None:
    fleet = [computer("a", product(by_kms=True)), computer("b")]
    assert methods(fleet) == {"kms"}
    assert "activates computers of site default already" in planned(plan_fleet(fleet), "b").reason
    assert plan_fleet(fleet).warnings == ()


def test_kms_by_decision_below_five_is_warned_of() -> None:
    plan = plan_fleet([computer(method=Method.KMS)])
    assert planned(plan).method is Method.KMS
    assert any("only 1 of the 5" in warning for warning in planned(plan).warnings)


@pytest.mark.parametrize(
    ("fleet", "note"),
    [
        (desks(5), "Enough computers ask."),
        (desks(2), "3 more must ask"),
        ([computer(reach=())], "No computer asks"),
    ],
)
def test_the_note_says_what_comes_of_it(fleet: list[Computer], note: str) -> None:
    assert note in site_of(fleet).note
