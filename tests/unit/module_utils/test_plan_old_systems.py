# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and activation where the listing ended early, on Windows 7, and beside Office 2010: nothing is guessed."""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    ActivationRules,
    DesiredClient,
    DesiredSettings,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan import plan_client
from ansible_collections.officefleet.activation.plugins.module_utils.plan_products import (
    AD_NEEDS_WINDOWS_8,
    KEY_MAY_BE_HIDDEN,
    MAK_MAY_BE_HIDDEN,
    MAK_WOULD_BE_SPENT,
    NOT_INSTALLED,
    ONLY_STATUS_FOR_2010,
)
from ansible_collections.officefleet.activation.plugins.module_utils.problems import (
    ENDED_EARLY,
)
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from unit.module_utils.host_output import (
    PROPLUS_2010,
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    SCRIPT_2010,
    VISIO_2016,
    VISIO_2016_MAK,
    WINDOWS_7,
    keyed,
    listing,
    reading,
)
from unit.module_utils.plan_case import AD, KMS, MAK, done, plan, unlicensed, wanted

MAK_KEY = "AAAAA-BBBBB-CCCCC-DDDDD-MAK16"
NEW_MAK = "AAAAA-BBBBB-CCCCC-DDDDD-NEW16"
PROPLUS, VISIO = "Office 2016 proplus", "Office 2016 visio_pro"
GRACE_DAYS = 1440


# --- listings that ended early ---------------------------------------------------------------------------------------

EARLY = reading(keyed(PROPLUS_2016, "NOTIFICATIONS", reason="0x8007000D"), stopped=True)


def test_a_product_that_an_incomplete_listing_lacks_is_not_called_absent() -> None:
    result = plan(EARLY, wanted("visio_pro", "kms"))
    assert result == Plan(problems=(("visio_pro", ENDED_EARLY),))


def test_a_key_that_an_incomplete_listing_lacks_is_not_installed() -> None:
    result = plan(EARLY, wanted("proplus", "mak", MAK_KEY))
    assert result == Plan(problems=((PROPLUS, KEY_MAY_BE_HIDDEN),))


def test_a_mak_whose_error_ends_the_listing_makes_way_for_kms_in_one_run() -> None:
    host = reading(keyed(PROPLUS_2016_MAK, "NOTIFICATIONS", reason="0x80072EE7"), stopped=True)
    assert done(plan(host, KMS)) == [("remove_key", PROPLUS), ("install_key", PROPLUS), ("activate", PROPLUS)]


def test_a_licensed_mak_is_not_removed_while_the_listing_hides_keys() -> None:
    host = reading(keyed(PROPLUS_2016_MAK), keyed(VISIO_2016, "NOTIFICATIONS", reason="0x8007000D"), stopped=True)
    assert plan(host, wanted("proplus", "kms")) == Plan(problems=((PROPLUS, KEY_MAY_BE_HIDDEN),))


def test_a_single_application_beside_a_suite_costs_no_second_look() -> None:
    assert plan(reading(keyed(PROPLUS_2016)), wanted("word", "kms")).skipped == (("word", NOT_INSTALLED),)


def test_what_an_incomplete_listing_shows_is_activated_without_touching_what_it_hides() -> None:
    (operation,) = plan(EARLY, KMS).operations
    assert operation.sku_id == PROPLUS_2016.sku_id
    assert operation.alone


def test_after_a_complete_listing_one_command_may_serve_all() -> None:
    (operation,) = plan(reading(unlicensed(PROPLUS_2016)), KMS).operations
    assert not operation.alone


# --- old systems -----------------------------------------------------------------------------------------------------


def windows7(*blocks: str) -> Reading:
    return reading(*blocks, os_version=WINDOWS_7)


def test_windows_7_with_a_licensed_mak_refuses_to_activate_another_product() -> None:
    result = plan(
        windows7(unlicensed(PROPLUS_2016, activation_type=None), keyed(VISIO_2016_MAK)), wanted("proplus", "kms")
    )
    assert ("", MAK_WOULD_BE_SPENT) in result.problems


def test_windows_7_with_a_licensed_mak_activates_when_that_is_allowed() -> None:
    host = windows7(unlicensed(PROPLUS_2016, activation_type=None), keyed(VISIO_2016_MAK))
    result = plan(host, wanted("proplus", "kms"), rules=ActivationRules(allow_mak_reactivation=True))
    assert done(result) == [("activate", PROPLUS)]
    assert not result.problems


def test_windows_7_with_a_mak_that_is_not_licensed_may_activate() -> None:
    host = windows7(unlicensed(PROPLUS_2016, activation_type=None), unlicensed(VISIO_2016_MAK))
    assert not plan(host, KMS, wanted("visio_pro", "mak")).problems


def test_windows_7_with_a_licensed_mak_changes_nothing_else_for_it() -> None:
    assert not plan(windows7(keyed(PROPLUS_2016_MAK)), MAK).problems


def test_windows_7_where_the_licensed_mak_itself_is_replaced() -> None:
    assert not plan(windows7(keyed(PROPLUS_2016_MAK)), KMS).problems


def test_windows_7_does_not_activate_beside_a_mak_that_a_listing_may_hide() -> None:
    block = keyed(PROPLUS_2016, "NOTIFICATIONS", reason="0x8007000D", activation_type=None)
    host = reading(block, stopped=True, os_version=WINDOWS_7)
    assert ("", MAK_MAY_BE_HIDDEN) in plan(host, KMS).problems
    assert not plan(host, KMS, rules=ActivationRules(allow_mak_reactivation=True)).problems


def test_ad_on_windows_7_is_refused() -> None:
    result = plan(windows7(keyed(PROPLUS_2016, activation_type=None)), AD)
    assert result == Plan(problems=((PROPLUS, AD_NEEDS_WINDOWS_8),))


def test_office_2010_is_shown_and_never_changed() -> None:
    host = reading(unlicensed(PROPLUS_2010, activation_type=None), script=SCRIPT_2010)
    result = plan(host, KMS)
    assert not result.operations


def test_office_2010_beside_office_2016_is_left_alone() -> None:
    host = reading(unlicensed(PROPLUS_2016), office_2010=listing(unlicensed(PROPLUS_2010, activation_type=None)))
    assert done(plan(host, KMS)) == [("activate", PROPLUS)]


def test_a_setting_for_office_2010_alone_is_refused() -> None:
    host = reading(keyed(PROPLUS_2010, activation_type=None), script=SCRIPT_2010)
    result = plan_client(host, DesiredClient(DesiredSettings(user_operations=True)))
    assert ("", ONLY_STATUS_FOR_2010) in result.problems
