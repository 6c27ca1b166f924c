# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The method of a computer by Microsoft's table, its reason, its warnings, and the keys that a fleet needs."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils import method_plan_warnings as warnings
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan import plan_fleet
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import (
    HostKeyNeed,
    MakNeed,
    Method,
    plan_data,
    read_plan,
)
from unit.module_utils.plan_computers import computer, desks, plan_among, planned, product

# Each row of the table: what is known of the computer, the method, and words of the reason.
CHOICES: dict[str, tuple[dict[str, Any], str, str]] = {
    "in the domain of a forest with an activation object": ({"activation_objects": (2021,)}, "ad", "Office 2021"),
    "that the directory activates already": ({"products": (product(by_ad=True),), "domain": None}, "ad", "Office 2021"),
    "always in the network": ({}, "kms", "6 computers of site default"),
    "back within 180 days": ({"days_away": 180}, "kms", "180 days at most"),
    "away for longer": ({"days_away": 181}, "mak", "181 days"),
    "without a way to the network": ({"reach": ("internet",)}, "mak", "no way to the organisation's network"),
    "reached by a machine with Internet": ({"reach": ("proxy",)}, "mak_proxy", "a machine with Internet reaches it"),
    "without any connection": ({"reach": ()}, "telephone", "no machine with Internet"),
    "behind a proxy that wants a password": (
        {"reach": ("internet", "proxy"), "authenticating_proxy": True},
        "mak_proxy",
        "an authenticating proxy keeps it from Microsoft",
    ),
    "behind such a proxy and reached by nobody": (
        {"reach": ("internet",), "authenticating_proxy": True},
        "telephone",
        "an authenticating proxy",
    ),
    "not in the domain": ({"activation_objects": (2021,), "domain": False}, "kms", "network"),
    "in a domain that could not be read": ({"activation_objects": (2021,), "domain": None}, "kms", "network"),
    "with Windows 7": ({"activation_objects": (2021,), "os_version": "6.1.7601"}, "kms", "network"),
    "with Windows 8": ({"activation_objects": (2021,), "os_version": "6.2.9200"}, "ad", "activation object"),
    "with an Office that has no activation object": ({"activation_objects": (2016,)}, "kms", "network"),
    "away from the domain for long": ({"activation_objects": (2021,), "days_away": 200}, "mak", "200 days"),
    "decided by the organisation": ({"method": Method.TELEPHONE}, "telephone", "inventory says so"),
    "left alone by the organisation": ({"method": Method.NONE}, "none", "inventory says so"),
    "without need": ({"needless": "Only Microsoft 365.", "products": ()}, "none", "Only Microsoft 365."),
    "that could not be read": ({"unread": "It is off.", "products": ()}, "unknown", "It is off."),
    "that could not be read, but is decided": (
        {"unread": "It is off.", "products": (), "method": Method.KMS},
        "kms",
        "inventory says so",
    ),
    "that could not be read, and is to have a MAK": (
        {"unread": "It is off.", "products": (), "method": Method.MAK},
        "unknown",
        "It is off.",
    ),
    "without any key in the network": ({"products": ()}, "kms", "network"),
    "without any key that needs a MAK": ({"products": (), "reach": ("internet",)}, "unknown", "which MAK"),
}


@pytest.mark.parametrize("case", CHOICES)
def test_a_computer_has_the_method_of_the_table_and_its_reason(case: str) -> None:
    facts, method, reason = CHOICES[case]
    found = plan_among(computer(**facts))
    assert found.method.value == method
    assert reason in found.reason


@pytest.mark.parametrize("case", CHOICES)
def test_a_reason_is_a_sentence(case: str) -> None:
    reason = plan_among(computer(**CHOICES[case][0])).reason
    assert reason[0].isupper()
    assert reason.endswith(".")


# -- warnings -------------------------------------------------------------------------------------------------------

WARNINGS: dict[str, tuple[dict[str, Any], str]] = {
    "an account that is not elevated": ({"elevated": False}, warnings.NOT_ELEVATED),
    "a listing that ended early": ({"complete": False}, warnings.ENDED_EARLY),
    "Office 2010 beside": ({"office_2010": True}, warnings.HAS_2010),
    "only Office 2010": ({"office_2010": True, "needless": "Only 2010.", "products": ()}, warnings.HAS_2010),
    "AD wanted on Windows 7": (
        {"activation_objects": (2021,), "os_version": "6.1.7601"},
        warnings.OLD_WINDOWS_AD,
    ),
    "AD decided for Windows 7": ({"method": Method.AD, "os_version": "6.1.7601"}, warnings.OLD_WINDOWS_AD),
    "AD in an unknown domain": ({"activation_objects": (2021,), "domain": None}, warnings.DOMAIN_UNKNOWN),
    "a version without activation object": (
        {"activation_objects": (2016, 2024)},
        "no activation object for Office 2021",
    ),
    "AD decided outside a domain": ({"method": Method.AD, "domain": False}, "not joined to a domain"),
    "a MAK on Windows 7": ({"reach": ("internet",), "os_version": "6.1.7601"}, warnings.OLD_WINDOWS_MAK),
    "standard users with a MAK": ({"reach": ("internet",), "user_operations": None}, warnings.USERS_MAY_NOT),
    "an authenticating proxy": ({"reach": ("internet",), "authenticating_proxy": True}, warnings.PROXY_BLOCKS),
    "products in the inventory": ({"described": True}, warnings.DESCRIBED),
    "no key": ({"products": ()}, warnings.NO_KEY),
    "a MAK that is given up": ({"products": (product(mak="ABCDE"),)}, "licensed by the MAK *ABCDE"),
    "no public GVLK": ({"products": (product(family="word", gvlk_known=False),)}, "no public key (GVLK)"),
}


@pytest.mark.parametrize("case", WARNINGS)
def test_it_warns_of(case: str) -> None:
    facts, text = WARNINGS[case]
    assert any(text in warning for warning in plan_among(computer(**facts)).warnings)


def test_a_plain_desktop_has_no_warning() -> None:
    assert plan_among(computer()).warnings == ()


@pytest.mark.parametrize(
    "facts",
    [
        {"authenticating_proxy": True},
        {"reach": ("internet",), "products": (product(mak="ABCDE"),)},
        {"user_operations": None},
        {"os_version": "6.1.7601"},
        {"activation_objects": (2021,), "domain": False},
    ],
)
def test_what_does_not_matter_for_the_method_is_no_warning(facts: dict[str, Any]) -> None:
    assert plan_among(computer(**facts)).warnings == ()


def test_computers_with_the_same_cmid_are_warned_of() -> None:
    plan = plan_fleet([*desks(5), computer("one", cmid="a"), computer("two", cmid="a"), computer("other", cmid="b")])
    assert [entry.host for entry in plan.hosts if warnings.SHARED_CMID in entry.warnings] == ["one", "two"]


def test_a_warning_stands_once_with_its_computers() -> None:
    plan = plan_fleet([*desks(5), computer("a", elevated=False), computer("b", elevated=False)])
    assert [(one.warning, one.hosts) for one in plan.warnings] == [(warnings.NOT_ELEVATED, ("a", "b"))]


# -- keys -----------------------------------------------------------------------------------------------------------


def test_kms_host_keys_are_needed_by_version_with_the_computers_of_both_methods() -> None:
    fleet = [*desks(5), computer("old", product(2016), product(2016, "visio_pro"), activation_objects=(2016,))]
    assert plan_fleet(fleet).host_keys == (HostKeyNeed(2016, 0, 1), HostKeyNeed(2021, 5, 0))


def test_maks_are_needed_by_product_and_version() -> None:
    away: dict[str, Any] = {"reach": ("internet",)}
    fleet = [
        computer("a", **away),
        computer("b", product(), product(family="visio_pro"), **away),
        computer("c", product(2019), reach=()),
    ]
    assert plan_fleet(fleet).maks == (
        MakNeed("vault_mak_proplus_2019", "Office 2019 proplus", 1),
        MakNeed("vault_mak_proplus_2021", "Office 2021 proplus", 2),
        MakNeed("vault_mak_visio_pro_2021", "Office 2021 visio_pro", 1),
    )


def test_a_product_that_is_licensed_by_a_mak_keeps_it_and_needs_no_other() -> None:
    plan = plan_fleet([computer(products=(product(mak="ABCDE"),), reach=("internet",))])
    assert plan.maks == ()
    assert planned(plan).products[0].key_variable is None


def test_two_versions_of_a_family_are_named_by_their_sku_ids() -> None:
    old, new = product(2016), product(2021)
    plan = plan_fleet([computer("pc", old, new, reach=("internet",))])
    assert [one.product for one in planned(plan).products] == [old.sku_id, new.sku_id]


def test_a_product_of_no_known_family_is_named_by_its_sku_id() -> None:
    unknown = product(family=None)
    (one,) = planned(plan_fleet([computer("pc", unknown, reach=("internet",))])).products
    assert (one.product, one.key_variable) == (unknown.sku_id, f"vault_mak_sku_{unknown.sku_id[:8]}")


# -- as data --------------------------------------------------------------------------------------------------------


def test_a_plan_becomes_data_and_a_plan_again() -> None:
    plan = plan_fleet([*desks(3), computer("a", reach=()), computer("b", unread="Off.", products=(), elevated=False)])
    assert read_plan(plan_data(plan)) == plan


def test_its_numbers_are_counted_from_it() -> None:
    fleet = [*desks(2), computer("a", reach=()), computer("b", unread="Off.", products=(), reach=())]
    numbers = plan_data(plan_fleet(fleet))["counts"]
    assert {name: number for name, number in numbers.items() if number} == {
        "computers": 4,
        "mak": 2,
        "telephone": 1,
        "unknown": 1,
        "warnings": 1,
        "mak_keys": 1,
        "mak_activations": 3,
        "sites_below_threshold": 1,
    }
