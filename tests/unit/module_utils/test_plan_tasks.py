# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plans of ospp_activate and ospp_product_key."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.desired import read_activation, read_product_key
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Kind, Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan import (
    ACTCID_TAKES_ALL,
    NO_PUBLIC_GVLK,
    NOT_ELEVATED,
    SEVERAL_PRODUCTS,
    plan_activation,
    plan_product_key,
)
from ansible_collections.officefleet.activation.plugins.module_utils.plan_products import (
    KEY_MAY_BE_HIDDEN,
    MAK_WOULD_BE_SPENT,
    NO_VOLUME_PRODUCT,
    NOT_INSTALLED,
)
from ansible_collections.officefleet.activation.plugins.module_utils.problems import ENDED_EARLY
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from unit.module_utils.host_output import (
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    SUBSCRIPTION,
    VISIO_2016,
    VISIO_2016_MAK,
    WINDOWS_7,
    WORD_2016,
    keyed,
    keyless,
    reading,
)

MAK_KEY = "AAAAA-BBBBB-CCCCC-DDDDD-MAK16"
GVLK = "XQNVK-8JYDB-WJ9W3-YJ8YR-WFG99"
VISIO_GVLK = "PD3PC-RHNGV-FXJ29-8JK7D-RJRJK"
CONFIRMATION = "123456" * 8
PROPLUS, VISIO = "Office 2016 proplus", "Office 2016 visio_pro"


def activation(host: Reading, *products: str, confirm: str | None = None, **rules: Any) -> Plan:
    confirmations = [{"product": confirm, "confirmation_id": CONFIRMATION}] if confirm else []
    names = list(products) if products or confirm else ["all"]
    return plan_activation(host, read_activation({"products": names, "confirmation_ids": confirmations, **rules}))


def present(host: Reading, **options: Any) -> Plan:
    return plan_product_key(host, read_product_key({"state": "present", **options}))


def absent(host: Reading, *last_fives: str) -> Plan:
    return plan_product_key(host, read_product_key({"state": "absent", "last_five": list(last_fives)}))


def done(plan: Plan) -> list[tuple[Kind, str]]:
    return [(operation.kind, operation.target) for operation in plan.operations]


# --- ospp_activate ---------------------------------------------------------------------------------------------------


def test_only_what_needs_it_is_activated() -> None:
    plan = activation(reading(keyed(PROPLUS_2016_MAK), keyed(VISIO_2016, "NOTIFICATIONS")))
    assert done(plan) == [(Kind.ACTIVATE, VISIO)]
    assert plan.satisfied == ((PROPLUS, PROPLUS_2016_MAK.sku_id),)


def test_a_product_with_a_licensed_and_an_unlicensed_key_works() -> None:
    plan = activation(reading(keyed(PROPLUS_2016, "NOTIFICATIONS"), keyed(PROPLUS_2016_MAK)))
    assert plan == Plan(satisfied=((PROPLUS, PROPLUS_2016_MAK.sku_id),))


def test_selected_products_alone() -> None:
    host = reading(keyed(PROPLUS_2016, "NOTIFICATIONS"), keyed(VISIO_2016, "NOTIFICATIONS"))
    assert done(activation(host, "visio_pro")) == [(Kind.ACTIVATE, VISIO)]


def test_a_product_named_twice_is_activated_once() -> None:
    host = reading(keyed(PROPLUS_2016, "NOTIFICATIONS"))
    assert done(activation(host, "proplus", PROPLUS_2016.sku_id, "all")) == [(Kind.ACTIVATE, PROPLUS)]


def test_a_host_without_any_key_is_skipped() -> None:
    assert activation(reading()) == Plan(skipped=(("all", "no product key is installed"),))


def test_a_subscription_is_not_activated() -> None:
    assert activation(reading(keyed(SUBSCRIPTION, "NOTIFICATIONS"))) == Plan(skipped=(("all", NO_VOLUME_PRODUCT),))


def test_a_product_that_is_not_installed_is_skipped() -> None:
    assert activation(reading(keyed(PROPLUS_2016)), "visio_pro").skipped == (("visio_pro", NOT_INSTALLED),)


def test_renewal_is_for_kms_clients() -> None:
    host = reading(keyed(PROPLUS_2016, grace=1440), keyed(VISIO_2016_MAK))
    assert done(activation(host, renew_below_days=2)) == [(Kind.ACTIVATE, PROPLUS)]


def test_a_confirmation_id_goes_to_the_mak_of_its_product() -> None:
    host = reading(keyed(PROPLUS_2016, "NOTIFICATIONS"), keyed(PROPLUS_2016_MAK, "OOB_GRACE"))
    (operation,) = activation(host, confirm="proplus").operations
    assert (operation.kind, operation.sku_id, operation.value) == (Kind.DEPOSIT, PROPLUS_2016_MAK.sku_id, CONFIRMATION)
    assert CONFIRMATION not in operation.words


def test_a_confirmation_id_for_a_licensed_mak_is_not_needed() -> None:
    plan = activation(reading(keyed(PROPLUS_2016_MAK)), confirm="proplus")
    assert plan == Plan(satisfied=((PROPLUS, PROPLUS_2016_MAK.sku_id),))


def test_a_confirmation_id_for_a_product_without_mak() -> None:
    plan = activation(reading(keyed(PROPLUS_2016, "NOTIFICATIONS")), confirm="proplus")
    assert [problem.cause for _label, problem in plan.problems] == [
        "A confirmation ID activates a MAK, and the product has none."
    ]


def test_a_confirmation_id_on_windows_7_with_several_products_is_refused() -> None:
    host = reading(keyed(PROPLUS_2016_MAK, "OOB_GRACE"), keyed(VISIO_2016_MAK, "OOB_GRACE"), os_version=WINDOWS_7)
    assert ("", ACTCID_TAKES_ALL) in activation(host, confirm="proplus").problems


def test_windows_7_with_a_licensed_mak_refuses() -> None:
    host = reading(keyed(PROPLUS_2016_MAK), keyed(VISIO_2016, "NOTIFICATIONS"), os_version=WINDOWS_7)
    assert ("", MAK_WOULD_BE_SPENT) in activation(host).problems
    assert not activation(host, allow_mak_reactivation=True).problems


def test_activation_needs_an_elevated_account() -> None:
    host = reading(keyed(PROPLUS_2016, "NOTIFICATIONS"), elevated=False)
    assert ("", NOT_ELEVATED) in activation(host).problems


# --- ospp_product_key, present ---------------------------------------------------------------------------------------


def test_a_key_that_is_present_is_left_alone() -> None:
    assert present(reading(keyed(PROPLUS_2016_MAK)), key=MAK_KEY.lower()) == Plan()


def test_a_mak_on_the_only_product() -> None:
    (operation,) = present(reading(keyed(PROPLUS_2016)), key=MAK_KEY).operations
    assert (operation.kind, operation.target, operation.channel) == (Kind.INSTALL_KEY, PROPLUS, "mak")
    assert operation.words == "install the key *MAK16 on Office 2016 proplus"


def test_a_mak_for_one_of_several_products_has_to_say_which() -> None:
    host = reading(keyed(PROPLUS_2016), keyed(VISIO_2016))
    assert present(host, key=MAK_KEY) == Plan(problems=(("", SEVERAL_PRODUCTS),))
    assert done(present(host, key=MAK_KEY, product="visio_pro")) == [(Kind.INSTALL_KEY, VISIO)]


def test_a_gvlk_names_its_product_itself() -> None:
    host = reading(keyed(PROPLUS_2016), keyed(VISIO_2016_MAK))
    assert done(present(host, key=VISIO_GVLK)) == [(Kind.INSTALL_KEY, VISIO)]


def test_a_product_alone_means_its_gvlk() -> None:
    (operation,) = present(reading(keyed(PROPLUS_2016_MAK)), product="proplus").operations
    assert (operation.value, operation.channel) == (GVLK, "kms_client")


def test_any_kms_client_key_will_do_where_only_the_product_is_named() -> None:
    assert present(reading(keyed(PROPLUS_2016, last_five="OTHER")), product="proplus") == Plan()


def test_a_product_without_public_gvlk() -> None:
    word_mak = keyed(WORD_2016).replace("VL_KMS_Client", "VL_MAK").replace("VOLUME_KMSCLIENT", "VOLUME_MAK")
    assert present(reading(word_mak), product="word") == Plan(problems=(("Office 2016 word", NO_PUBLIC_GVLK),))


def test_exclusive_removes_the_other_keys_of_the_product_once_the_new_one_is_in() -> None:
    host = reading(keyed(PROPLUS_2016), keyed(VISIO_2016))
    plan = present(host, key=MAK_KEY, product="proplus", exclusive=True)
    assert done(plan) == [(Kind.INSTALL_KEY, PROPLUS), (Kind.REMOVE_KEY, PROPLUS)]
    assert [operation.later for operation in plan.operations] == [False, True]


def test_exclusive_removes_leftovers_beside_a_key_that_is_present() -> None:
    plan = present(reading(keyed(PROPLUS_2016), keyed(PROPLUS_2016_MAK)), key=MAK_KEY, exclusive=True)
    assert [operation.value for operation in plan.operations] == ["WFG99"]


def test_without_exclusive_nothing_is_removed() -> None:
    assert present(reading(keyed(PROPLUS_2016), keyed(PROPLUS_2016_MAK)), key=MAK_KEY) == Plan()


def test_without_any_key_all_licences_are_looked_at_for_a_product() -> None:
    assert present(reading(), product="proplus").needs_all_licences
    looked = reading(all_licences=(keyless(PROPLUS_2016),))
    assert done(present(looked, product="proplus")) == [(Kind.INSTALL_KEY, PROPLUS)]


def test_a_product_that_is_not_installed_takes_no_key() -> None:
    plan = present(reading(keyed(PROPLUS_2016)), product="visio_pro", key=MAK_KEY)
    assert not plan.operations
    assert "visio_pro" in {name for name, _ in (*plan.problems, *plan.skipped)}


def test_a_key_is_not_installed_when_the_listing_may_hide_it() -> None:
    host = reading(keyed(PROPLUS_2016, "NOTIFICATIONS", reason="0x8007000D"), stopped=True)
    assert present(host, key=MAK_KEY) == Plan(problems=((PROPLUS, KEY_MAY_BE_HIDDEN),))


# --- ospp_product_key, absent ----------------------------------------------------------------------------------------


def test_keys_are_removed_by_their_last_five() -> None:
    (operation,) = absent(reading(keyed(PROPLUS_2016), keyed(PROPLUS_2016_MAK)), "mak16").operations
    assert (operation.kind, operation.value, operation.sku_id) == (Kind.REMOVE_KEY, "MAK16", PROPLUS_2016_MAK.sku_id)


def test_a_key_that_is_not_there_needs_no_removal() -> None:
    assert absent(reading(keyed(PROPLUS_2016)), "ZZZZZ") == Plan()


def test_a_key_that_an_incomplete_listing_lacks_is_not_called_absent() -> None:
    host = reading(keyed(PROPLUS_2016, "NOTIFICATIONS", reason="0x8007000D"), stopped=True)
    assert absent(host, "ZZZZZ") == Plan(problems=(("", ENDED_EARLY),))


def test_the_key_that_makes_a_listing_end_early_can_be_removed() -> None:
    host = reading(keyed(PROPLUS_2016, "NOTIFICATIONS", reason="0x8007000D"), stopped=True)
    assert done(absent(host, "WFG99")) == [(Kind.REMOVE_KEY, PROPLUS)]


@pytest.mark.parametrize("elevated", [True, False])
def test_removal_needs_an_elevated_account(elevated: bool) -> None:
    plan = absent(reading(keyed(PROPLUS_2016), elevated=elevated), "WFG99")
    assert (("", NOT_ELEVATED) in plan.problems) != elevated
