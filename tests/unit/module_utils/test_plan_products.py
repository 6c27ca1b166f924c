# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and activation, product by product: what is right is left alone, and no MAK count is wasted."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    ActivationRules,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan_products import (
    NOT_INSTALLED,
    WAITS_FOR_CONFIRMATION,
)
from ansible_collections.officefleet.activation.plugins.module_utils.problems import (
    DAMAGED,
    ENDED_EARLY,
    GARBLED,
    SCRIPT_HUNG,
)
from ansible_collections.officefleet.activation.plugins.module_utils.reading import read_output
from unit.module_utils.host_output import (
    PROJECT_2016,
    PROPLUS_2013,
    PROPLUS_2013_MAK,
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    PROPLUS_2021,
    RETAIL,
    SUBSCRIPTION,
    VISIO_2016,
    VISIO_2016_MAK,
    WORD_2016,
    keyed,
    keyless,
    listing,
    output,
    reading,
)
from unit.module_utils.plan_case import AD, KMS, MAK, done, plan, unlicensed, wanted

MAK_KEY = "AAAAA-BBBBB-CCCCC-DDDDD-MAK16"
NEW_MAK = "AAAAA-BBBBB-CCCCC-DDDDD-NEW16"
PROPLUS, VISIO = "Office 2016 proplus", "Office 2016 visio_pro"
GRACE_DAYS = 1440


# --- nothing to do ---------------------------------------------------------------------------------------------------


def test_a_licensed_kms_client_is_left_alone() -> None:
    result = plan(reading(keyed(PROPLUS_2016)), KMS)
    assert result == Plan(satisfied=((PROPLUS, PROPLUS_2016.sku_id),))


def test_a_licensed_mak_is_left_alone_whatever_days_are_asked_for() -> None:
    result = plan(reading(keyed(PROPLUS_2016_MAK)), MAK, rules=ActivationRules(renew_below_days=180))
    assert result == Plan(satisfied=((PROPLUS, PROPLUS_2016_MAK.sku_id),))


def test_a_key_that_is_present_is_not_installed_again() -> None:
    assert not plan(reading(keyed(PROPLUS_2016_MAK)), wanted("proplus", "mak", MAK_KEY)).operations


@pytest.mark.parametrize("sku", [SUBSCRIPTION, RETAIL])
@pytest.mark.parametrize("entry", [KMS, MAK, wanted("proplus", "kms")])
def test_subscription_and_retail_are_never_touched(sku: Any, entry: dict[str, Any]) -> None:
    host = reading(unlicensed(sku), all_licences=(unlicensed(sku),))
    result = plan(host, entry)
    assert not result.operations
    assert not result.satisfied
    assert not result.problems


def test_a_subscription_needs_no_second_look() -> None:
    assert not plan(reading(keyed(SUBSCRIPTION)), KMS).needs_all_licences
    assert not plan(reading(keyed(SUBSCRIPTION)), wanted("proplus", "kms")).needs_all_licences


def test_a_product_that_is_not_installed_is_skipped_without_a_second_look() -> None:
    result = plan(reading(keyed(PROPLUS_2016)), wanted("visio_pro", "kms"))
    assert result == Plan(skipped=(("visio_pro", NOT_INSTALLED),))


# --- activation ------------------------------------------------------------------------------------------------------


def test_an_unlicensed_kms_client_is_activated() -> None:
    (operation,) = plan(reading(unlicensed(PROPLUS_2016)), KMS).operations
    assert (operation.kind.value, operation.target, operation.sku_id) == ("activate", PROPLUS, PROPLUS_2016.sku_id)
    assert operation.words == "activate Office 2016 proplus (kms_client)"


@pytest.mark.parametrize(
    "state", ["OOB_GRACE", "OOT_GRACE", "NON_GENUINE_GRACE", "EXTENDED GRACE", "UNLICENSED", "UNKNOWN"]
)
def test_every_state_but_licensed_needs_activation(state: str) -> None:
    assert done(plan(reading(keyed(PROPLUS_2016, state)), KMS)) == [("activate", PROPLUS)]


def test_a_licensed_mak_is_not_activated_when_a_kms_product_beside_it_is() -> None:
    host = reading(unlicensed(PROPLUS_2016), keyed(VISIO_2016_MAK))
    result = plan(host, KMS, wanted("visio_pro", "mak"))
    assert done(result) == [("activate", PROPLUS)]
    assert result.satisfied == ((VISIO, VISIO_2016_MAK.sku_id),)


@pytest.mark.parametrize(("days", "due"), [(None, False), (30, False), (31, True)])
def test_renewal_when_less_than_so_many_days_are_left(days: int | None, due: bool) -> None:
    host = reading(keyed(PROPLUS_2016, grace=30 * GRACE_DAYS))
    result = plan(host, KMS, rules=ActivationRules(renew_below_days=days))
    assert bool(result.operations) == due
    assert not due or result.operations[0].words == "renew the activation of Office 2016 proplus (kms_client)"


def test_activation_can_be_left_to_windows() -> None:
    result = plan(reading(unlicensed(PROPLUS_2016)), KMS, rules=ActivationRules(activate=False))
    assert result == Plan(skipped=((PROPLUS, "activate: false"),))


def test_a_mak_that_waits_for_its_confirmation_id() -> None:
    result = plan(reading(unlicensed(PROPLUS_2016_MAK)), wanted("all", "mak_proxy"))
    assert result == Plan(skipped=((PROPLUS, WAITS_FOR_CONFIRMATION),))


def test_a_mak_activated_by_confirmation_id_is_satisfied() -> None:
    assert plan(reading(keyed(PROPLUS_2016_MAK)), wanted("all", "mak_proxy")).satisfied


def test_a_mak_for_a_confirmation_id_is_installed_and_then_waits() -> None:
    result = plan(reading(unlicensed(PROPLUS_2016)), wanted("all", "mak_proxy", MAK_KEY))
    assert done(result) == [("install_key", PROPLUS), ("remove_key", PROPLUS)]
    assert result.skipped == ((PROPLUS, WAITS_FOR_CONFIRMATION),)


# --- moving between methods ------------------------------------------------------------------------------------------


def test_from_mak_to_kms() -> None:
    result = plan(reading(keyed(PROPLUS_2016_MAK)), KMS)
    assert done(result) == [("install_key", PROPLUS), ("remove_key", PROPLUS), ("activate", PROPLUS)]
    install, remove, activate = result.operations
    assert install.value == "XQNVK-8JYDB-WJ9W3-YJ8YR-WFG99"
    assert install.words == "install the key *WFG99 on Office 2016 proplus"
    assert remove.value == "MAK16"
    assert (install.later, remove.later, activate.later) == (False, True, True)


def test_from_mak_to_kms_after_the_key_was_installed() -> None:
    result = plan(reading(keyed(PROPLUS_2016_MAK), keyed(PROPLUS_2016, "OOB_GRACE")), KMS)
    assert done(result) == [("remove_key", PROPLUS), ("activate", PROPLUS)]
    assert not any(operation.later for operation in result.operations)


def test_from_kms_to_mak() -> None:
    result = plan(reading(keyed(PROPLUS_2016)), wanted("all", "mak", MAK_KEY))
    assert done(result) == [("install_key", PROPLUS), ("remove_key", PROPLUS), ("activate", PROPLUS)]
    assert [operation.channel for operation in result.operations] == ["mak", None, "mak"]


def test_ad_uses_the_key_of_a_kms_client() -> None:
    assert plan(reading(keyed(PROPLUS_2016, ad=True)), AD).satisfied
    assert done(plan(reading(keyed(PROPLUS_2016_MAK)), AD))[0] == ("install_key", PROPLUS)


def test_another_mak_replaces_the_old_one() -> None:
    result = plan(reading(keyed(PROPLUS_2016_MAK)), wanted("all", "mak", NEW_MAK))
    assert done(result) == [("install_key", PROPLUS), ("activate", PROPLUS)]


def test_a_leftover_key_of_the_same_product_is_removed() -> None:
    result = plan(reading(unlicensed(PROPLUS_2016), keyed(PROPLUS_2016_MAK)), MAK)
    assert done(result) == [("remove_key", PROPLUS)]
    assert result.satisfied == ((PROPLUS, PROPLUS_2016_MAK.sku_id),)


def test_of_two_keys_that_end_alike_none_is_removed() -> None:
    host = reading(
        unlicensed(PROPLUS_2016, last_five="SAME1"), keyed(VISIO_2016_MAK, last_five="SAME1"), keyed(PROPLUS_2016_MAK)
    )
    result = plan(host, wanted("proplus", "mak"))
    assert not result.operations
    assert result.warnings == ("The key *SAME1 of Office 2016 proplus was not removed: another key ends alike.",)


def test_a_mak_is_needed_and_none_is_given() -> None:
    ((label, problem),) = plan(reading(keyed(PROPLUS_2016)), MAK).problems
    assert label == PROPLUS
    assert problem.cause == "The product has no MAK, and none was given."


def test_a_product_without_a_public_gvlk_needs_its_key() -> None:
    word_mak = keyed(WORD_2016).replace("VL_KMS_Client", "VL_MAK").replace("VOLUME_KMSCLIENT", "VOLUME_MAK")
    ((label, problem),) = plan(reading(word_mak), KMS).problems
    assert label == "Office 2016 word"
    assert "no public GVLK" in problem.cause


# --- several products ------------------------------------------------------------------------------------------------


def test_all_leaves_a_product_that_is_named_beside_it() -> None:
    host = reading(keyed(PROPLUS_2016), keyed(VISIO_2016))
    for entries in ([KMS, wanted("visio_pro", "mak", MAK_KEY)], [wanted("visio_pro", "mak", MAK_KEY), KMS]):
        result = plan(host, *entries)
        assert {target for _kind, target in done(result)} == {VISIO}
        assert result.satisfied == ((PROPLUS, PROPLUS_2016.sku_id),)


def test_a_product_by_its_sku_id() -> None:
    host = reading(unlicensed(PROPLUS_2016), unlicensed(VISIO_2016))
    assert done(plan(host, wanted(VISIO_2016.sku_id, "kms"))) == [("activate", VISIO)]


def test_each_product_takes_the_gvlk_of_its_own_version() -> None:
    result = plan(reading(keyed(PROPLUS_2013_MAK), keyed(PROPLUS_2016_MAK)), KMS)
    keys = [operation.value for operation in result.operations if operation.kind.value == "install_key"]
    assert keys == ["YC7DK-G2NP3-2QQC3-J6H88-GVGXT", "XQNVK-8JYDB-WJ9W3-YJ8YR-WFG99"]


def test_one_key_for_several_products_is_refused() -> None:
    ((target, problem),) = plan(reading(keyed(PROPLUS_2016), keyed(VISIO_2016)), wanted("all", "mak", MAK_KEY)).problems
    assert target == ""
    assert problem.cause == "A key fits one product only, but several installed products match."


def test_a_family_in_two_versions_means_the_one_that_has_the_key() -> None:
    host = reading(keyed(PROPLUS_2013), keyed(PROPLUS_2016_MAK))
    result = plan(host, wanted("proplus", "mak", MAK_KEY))
    assert result == Plan(satisfied=((PROPLUS, PROPLUS_2016_MAK.sku_id),))


# --- products without a key ------------------------------------------------------------------------------------------


def test_no_key_at_all_needs_a_look_at_all_licences() -> None:
    assert plan(reading(), KMS) == Plan(needs_all_licences=True)


def test_without_any_key_the_newest_version_of_each_family_is_meant() -> None:
    host = reading(
        all_licences=(keyless(PROPLUS_2016), keyless(PROPLUS_2021), keyless(VISIO_2016), keyless(PROPLUS_2016_MAK))
    )
    assert sorted(done(plan(host, KMS))) == [
        ("activate", VISIO),
        ("activate", "Office 2021 proplus"),
        ("install_key", VISIO),
        ("install_key", "Office 2021 proplus"),
    ]


def test_no_volume_licence_at_all() -> None:
    result = plan(reading(all_licences=(keyless(RETAIL),)), KMS)
    assert result == Plan(skipped=(("all", NOT_INSTALLED),))


@pytest.mark.parametrize("damage", ["cut", "name", "header", "stopped"])
def test_a_list_of_all_licences_that_is_damaged_does_not_mean_that_nothing_is_installed(damage: str) -> None:
    every = listing(keyless(PROPLUS_2021), no_keys=True)
    damaged = {
        "cut": every[: every.index("LICENSE STATUS")],
        "name": every.replace("ProPlus2021VL", "Pro\ufffd\ufffdVL"),
        "header": every.replace("---Processing", "\ufffd---Processing"),
        "stopped": listing(stopped=True),
    }
    host = read_output(output(listing(), extras={"all": damaged[damage]}))
    causes = {"cut": SCRIPT_HUNG, "name": DAMAGED, "header": GARBLED, "stopped": ENDED_EARLY}
    assert host.problem == causes[damage]
    assert host.problem.fatal or plan(host, KMS) == Plan(problems=(("all", ENDED_EARLY),))


def test_visio_without_key_beside_office_is_seen_by_its_program() -> None:
    host = reading(keyed(PROPLUS_2016), applications=("visio",))
    assert plan(host, wanted("visio_pro", "kms")).needs_all_licences
    looked = reading(
        keyed(PROPLUS_2016), applications=("visio",), all_licences=(keyed(PROPLUS_2016), keyless(VISIO_2016))
    )
    assert done(plan(looked, wanted("visio_pro", "kms"))) == [("install_key", VISIO), ("activate", VISIO)]


def test_a_suite_with_a_key_explains_that_the_other_suite_has_none() -> None:
    assert not plan(reading(keyed(PROPLUS_2016)), wanted("standard", "kms")).needs_all_licences


def test_project_beside_office() -> None:
    host = reading(keyed(PROPLUS_2016), unlicensed(PROJECT_2016))
    assert done(plan(host, KMS)) == [("activate", "Office 2016 project_pro")]
