# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What MAK proxy does on a host, from what the host shows and what the store knows."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_plan import (
    CHANGED,
    HAS_ONE,
    NO_INSTALLATION_ID,
    NOT_COLLECTED,
    OTHER_MAK,
    WAITS,
    installation_ids,
    plan_mak_proxy,
    requests_of,
)
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.desired import DesiredProduct
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Kind, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan import ACTCID_TAKES_ALL, NOT_ELEVATED
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from unit.module_utils.host_output import (
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    VISIO_2016,
    VISIO_2016_MAK,
    WINDOWS_7,
    Sku,
    keyed,
    reading,
)

IID, VISIO_IID, NEW_IID = "1" * 63, "2" * 63, "3" * 63
CID = "123456" * 8
PROPLUS, VISIO = "Office 2016 proplus", "Office 2016 visio_pro"
COLLECTED = Request("lab01", PROPLUS, PROPLUS_2016_MAK.sku_id, "MAK16", IID)
CONFIRMED = dataclasses.replace(COLLECTED, confirmation_id=CID)
KEY = "AAAAA-BBBBB-CCCCC-DDDDD-MAK16"


def lab01(*blocks: str, ids: dict[Sku, str] | None = None, **of_the_host: Any) -> Reading:
    """A host with installation IDs, the one of Office unless told otherwise."""
    host = reading(*(blocks or (keyed(PROPLUS_2016_MAK, "OOB_GRACE"),)), **of_the_host)
    shown = {PROPLUS_2016_MAK: IID} if ids is None else ids
    listed = tuple({"name": sku.name, "installation_id": number} for sku, number in shown.items())
    return dataclasses.replace(host, status=dataclasses.replace(host.status, installation_ids=listed))


def planned(host: Reading, *known: Request, deposits: bool = True, products: tuple[DesiredProduct, ...] = ()) -> Plan:
    return plan_mak_proxy(host, "lab01", products, known, deposits)


def test_the_installation_id_of_every_unlicensed_mak_is_collected() -> None:
    host = lab01(keyed(PROPLUS_2016), keyed(PROPLUS_2016_MAK, "OOB_GRACE"), keyed(VISIO_2016_MAK))
    assert requests_of("lab01", host) == [COLLECTED]


def test_licences_with_one_name_have_their_ids_in_the_order_of_the_listing() -> None:
    twin = dataclasses.replace(VISIO_2016_MAK, name=PROPLUS_2016_MAK.name)
    host = reading(keyed(PROPLUS_2016_MAK), keyed(twin))
    ids = tuple({"name": twin.name, "installation_id": number} for number in (IID, VISIO_IID))
    host = dataclasses.replace(host, status=dataclasses.replace(host.status, installation_ids=ids))
    assert installation_ids(host) == {PROPLUS_2016_MAK.sku_id: IID, twin.sku_id: VISIO_IID}


def test_a_confirmation_id_is_deposited_for_the_installation_id_that_it_is_for() -> None:
    (operation,) = planned(lab01(), CONFIRMED).operations
    assert (operation.kind, operation.value, operation.sku_id) == (Kind.DEPOSIT, CID, PROPLUS_2016_MAK.sku_id)


def test_collecting_deposits_nothing() -> None:
    plan = planned(lab01(), CONFIRMED, deposits=False)
    assert (plan.operations, plan.skipped) == ((), ((PROPLUS, HAS_ONE),))


def test_a_licensed_product_gets_nothing_a_second_time() -> None:
    plan = planned(lab01(keyed(PROPLUS_2016_MAK)), CONFIRMED)
    assert (plan.operations, plan.satisfied) == ((), ((PROPLUS, PROPLUS_2016_MAK.sku_id),))


def test_a_computer_that_was_renamed_is_known_by_its_installation_id() -> None:
    renamed = dataclasses.replace(CONFIRMED, host="old-name")
    assert [item.value for item in planned(lab01(), renamed).operations] == [CID]


@pytest.mark.parametrize(
    ("known", "problem"),
    [
        (dataclasses.replace(CONFIRMED, installation_id=NEW_IID), CHANGED),
        (dataclasses.replace(COLLECTED, installation_id=NEW_IID), CHANGED),
        (dataclasses.replace(CONFIRMED, last_five="OLD16"), OTHER_MAK),
    ],
)
def test_what_does_not_fit_is_a_problem_and_nothing_is_sent(known: Request, problem: object) -> None:
    plan = planned(lab01(), known)
    assert (plan.operations, plan.problems) == ((), ((PROPLUS, problem),))


@pytest.mark.parametrize(("known", "reason"), [((COLLECTED,), WAITS), ((), NOT_COLLECTED)])
def test_what_has_no_confirmation_id_is_skipped(known: tuple[Request, ...], reason: str) -> None:
    assert planned(lab01(), *known).skipped == ((PROPLUS, reason),)


def test_a_host_that_shows_no_installation_id_is_a_problem() -> None:
    assert planned(lab01(ids={}), CONFIRMED).problems == ((PROPLUS, NO_INSTALLATION_ID),)


def test_the_mak_comes_first_and_its_deposit_waits_for_what_is_read_back() -> None:
    wanted = (DesiredProduct("proplus", "mak_proxy", KEY),)
    plan = planned(lab01(keyed(PROPLUS_2016), ids={}), CONFIRMED, products=wanted)
    kinds = [(item.kind, item.later) for item in plan.operations]
    assert kinds == [(Kind.INSTALL_KEY, False), (Kind.REMOVE_KEY, True), (Kind.DEPOSIT, True)]


def test_products_of_other_methods_are_left_alone_by_all() -> None:
    wanted = (DesiredProduct("all", "mak_proxy", KEY), DesiredProduct("visio_pro", "kms"))
    host = lab01(keyed(PROPLUS_2016), keyed(VISIO_2016, "OOB_GRACE"), ids={})
    plan = planned(host, deposits=False, products=wanted)
    assert {item.target for item in plan.operations} == {PROPLUS}
    assert plan.problems == ()


def test_on_windows_7_a_confirmation_id_is_refused_where_two_products_have_keys() -> None:
    host = lab01(keyed(PROPLUS_2016_MAK, "OOB_GRACE"), keyed(VISIO_2016), os_version=WINDOWS_7)
    assert planned(host, CONFIRMED).problems == (("", ACTCID_TAKES_ALL),)


def test_an_account_that_is_not_elevated_is_said_once() -> None:
    wanted = (DesiredProduct("visio_pro", "mak_proxy", KEY.replace("MAK16", "VMAK6")),)
    host = lab01(keyed(PROPLUS_2016_MAK, "OOB_GRACE"), keyed(VISIO_2016), elevated=False)
    assert planned(host, CONFIRMED, products=wanted).problems == (("", NOT_ELEVATED),)
