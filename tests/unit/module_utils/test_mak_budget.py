# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which activations need a place in a budget, and what is left of a plan when there is none."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.desired import DesiredClient, read_products
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import Place
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.mak_budget import (
    WINDOWS_7_TAKES_ALL,
    places_needed,
    used_up,
    without,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan import plan_client
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from unit.module_utils.host_output import (
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    VISIO_2016,
    VISIO_2016_MAK,
    WINDOWS_7,
    keyed,
    reading,
)

MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK16"
VISIO_MAK = "AAAAA-BBBBB-CCCCC-DDDDD-VMAK6"
PROPLUS, VISIO = "Office 2016 proplus", "Office 2016 visio_pro"
BY_MAK = {"product": "proplus", "method": "mak", "key": MAK, "budget": 50}
VISIO_BY_MAK = {"product": "visio_pro", "method": "mak", "key": VISIO_MAK}
VISIO_BY_KMS = {"product": "visio_pro", "method": "kms"}
GRACE = {"state": "OOB_GRACE", "grace": 43200}


def plan_of(host: Reading, *entries: dict[str, Any]) -> Plan:
    return plan_client(host, DesiredClient(products=read_products(list(entries))))


def needed(host: Reading, *entries: dict[str, Any]) -> dict[str, Place]:
    return places_needed("pc01", plan_of(host, *entries), host, read_products(list(entries)))


def test_a_key_that_is_to_be_installed_needs_a_place() -> None:
    assert needed(reading(keyed(PROPLUS_2016)), BY_MAK) == {PROPLUS: Place("pc01", PROPLUS, "MAK16", 50, MAK)}


def test_a_key_that_is_installed_and_not_activated_needs_a_place() -> None:
    assert needed(reading(keyed(PROPLUS_2016_MAK, **GRACE)), BY_MAK) == {
        PROPLUS: Place("pc01", PROPLUS, "MAK16", 50, MAK)
    }


def test_a_licensed_mak_needs_none() -> None:
    assert needed(reading(keyed(PROPLUS_2016_MAK)), BY_MAK) == {}


def test_a_key_without_a_budget_needs_none() -> None:
    host = reading(keyed(PROPLUS_2016), keyed(VISIO_2016))
    assert list(needed(host, BY_MAK, VISIO_BY_MAK)) == [PROPLUS]


def test_an_activation_by_kms_needs_none() -> None:
    host = reading(keyed(PROPLUS_2016_MAK), keyed(VISIO_2016, **GRACE))
    assert needed(host, BY_MAK, VISIO_BY_KMS) == {}


def test_a_place_shows_no_key() -> None:
    assert MAK not in repr(needed(reading(keyed(PROPLUS_2016)), BY_MAK))


# -- no place left --------------------------------------------------------------------------------------------------

REFUSED = {PROPLUS: used_up(Place("pc01", PROPLUS, "MAK16", 50, MAK))}


def test_nothing_is_sent_for_a_product_without_a_place() -> None:
    host = reading(keyed(PROPLUS_2016))
    plan = without(plan_of(host, BY_MAK), host, REFUSED)
    assert plan.operations == ()
    assert plan.problems == ((PROPLUS, REFUSED[PROPLUS]),)


def test_the_other_products_are_done() -> None:
    host = reading(keyed(PROPLUS_2016), keyed(VISIO_2016, **GRACE))
    plan = without(plan_of(host, BY_MAK, VISIO_BY_KMS), host, REFUSED)
    assert [item.target for item in plan.operations] == [VISIO]


def test_on_windows_7_a_mak_without_a_place_keeps_the_others_from_being_activated() -> None:
    host = reading(keyed(PROPLUS_2016_MAK, **GRACE), keyed(VISIO_2016, **GRACE), os_version=WINDOWS_7)
    plan = without(plan_of(host, BY_MAK, VISIO_BY_KMS), host, REFUSED)
    assert plan.operations == ()
    assert dict(plan.problems)[VISIO] == WINDOWS_7_TAKES_ALL


def test_on_windows_7_a_mak_that_is_not_installed_keeps_nobody() -> None:
    host = reading(keyed(PROPLUS_2016), keyed(VISIO_2016, **GRACE), os_version=WINDOWS_7)
    plan = without(plan_of(host, BY_MAK, VISIO_BY_KMS), host, REFUSED)
    assert [item.target for item in plan.operations] == [VISIO]


def test_the_refusal_names_the_key_by_its_last_five_and_the_budget() -> None:
    assert REFUSED[PROPLUS].cause == "The budget of the MAK *MAK16 is used up: 50 activations."


# -- what a user may write ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [
        {"product": "proplus", "method": "kms", "budget": 5},
        {"product": "proplus", "method": "mak", "budget": 5},
        {"product": "proplus", "method": "mak_proxy", "key": MAK, "budget": 5},
        {"product": "proplus", "method": "mak", "key": MAK, "budget": -1},
    ],
)
def test_a_budget_that_counts_nothing_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(InputError, match=r"products\[0\]\.budget"):
        read_products([entry])


def test_a_budget_of_nothing_is_one() -> None:
    assert read_products([{**BY_MAK, "budget": 0}])[0].budget == 0


def test_visio_has_a_key_of_its_own() -> None:
    host = reading(keyed(PROPLUS_2016_MAK, **GRACE), keyed(VISIO_2016_MAK, **GRACE))
    places = needed(host, BY_MAK, {**VISIO_BY_MAK, "budget": 3})
    assert {label: (place.last_five, place.budget) for label, place in places.items()} == {
        PROPLUS: ("MAK16", 50),
        VISIO: ("VMAK6", 3),
    }
