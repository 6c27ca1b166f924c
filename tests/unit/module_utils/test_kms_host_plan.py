# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a KMS host still needs, in which order, and what check mode predicts of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import DesiredHost
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_plan import (
    KEY_NEEDED,
    NO_HOST_LICENCE,
    NOT_WANTED,
    PRIORITY_WAITS,
    TOO_OLD,
    WAITS_FOR_CONFIRMATION,
    in_order,
    next_batch,
    plan_host,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import HostReading
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_view import host_view, predict_host
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan import NOT_ELEVATED
from unit.module_utils.kms_host_output import (
    CONFIRMATION_ID,
    ID_2013,
    ID_2016,
    ID_2021,
    KEY_2013,
    KEY_2016,
    KEYED_2013,
    KEYLESS_2013,
    KEYLESS_2016,
    LICENSED_2013,
    LICENSED_2016,
    NOT_FOUND,
    OTHER_KEY,
    WINDOWS_CLIENT,
    WINDOWS_HOST,
    WINDOWS_KEY,
    host,
    wanted,
)

P2013 = {"product": "2013", "key": KEY_2013}
P2016 = {"product": "2016", "key": KEY_2016}
WINDOWS = {"product": "windows", "key": WINDOWS_KEY}
SERVING = host({ID_2013: LICENSED_2013})
INSTALL, ACTIVATE = "install the KMS host key *HST15 of Office 2013", "activate the KMS host Office 2013"


RESTART = "restart the service sppsvc, so that the settings take effect"


def words(plan: Plan, reading: HostReading | None = None) -> list[str]:
    return [operation.words for operation in in_order(reading or HostReading(), plan)]


def batch(plan: Plan) -> list[str]:
    """What goes into the first command."""
    return [operation.words for operation in next_batch(plan.operations)]


def predicted(reading: HostReading, desired: DesiredHost) -> dict[str, Any]:
    return predict_host(host_view(reading, desired), in_order(reading, plan_host(reading, desired)), desired)


# -- keys and activation --------------------------------------------------------------------------------------------


def test_a_key_is_installed_and_activated_after_it_was_read_back() -> None:
    plan = plan_host(host({ID_2013: KEYLESS_2013}), wanted(P2013))
    assert words(plan) == [INSTALL, ACTIVATE]
    assert batch(plan) == [INSTALL]


def test_a_key_that_is_there_is_activated_at_once() -> None:
    plan = plan_host(host({ID_2013: KEYED_2013}), wanted(P2013))
    assert batch(plan) == [ACTIVATE]
    assert plan.operations[0].sku_id == ID_2013


@pytest.mark.parametrize("product", [P2013, {"product": "2013"}])
def test_a_licensed_host_is_left_alone(product: dict[str, Any]) -> None:
    assert plan_host(SERVING, wanted(product)) == Plan(satisfied=(("Office 2013", ID_2013),))


def test_another_key_takes_the_place_of_the_one_that_is_there() -> None:
    plan = plan_host(SERVING, wanted({"product": "2013", "key": OTHER_KEY}))
    assert words(plan) == ["install the KMS host key *OTHER of Office 2013", ACTIVATE]


def test_a_confirmation_id_activates_whatever_the_activation_is() -> None:
    product = {**P2013, "confirmation_id": CONFIRMATION_ID}
    for activation in ("online", "telephone"):
        plan = plan_host(host({ID_2013: KEYED_2013}), wanted(product, activation=activation))
        assert batch(plan) == ["activate the KMS host Office 2013 by confirmation ID"]
    assert plan_host(SERVING, wanted(product)).operations == ()


@pytest.mark.parametrize(("activation", "reason"), [("telephone", WAITS_FOR_CONFIRMATION), ("none", NOT_WANTED)])
def test_without_activation_the_key_is_installed_and_the_product_skipped(activation: str, reason: str) -> None:
    plan = plan_host(host({ID_2013: KEYLESS_2013}), wanted(P2013, activation=activation))
    assert (words(plan), plan.skipped, plan.problems) == ([INSTALL], (("Office 2013", reason),), ())


def test_a_key_that_nobody_gave() -> None:
    plan = plan_host(host({ID_2013: KEYLESS_2013}), wanted({"product": "2013"}))
    assert (plan.operations, plan.problems) == ((), (("Office 2013", KEY_NEEDED),))


def test_a_pack_that_was_not_installed_stops_its_product_only() -> None:
    plan = plan_host(host({ID_2016: NOT_FOUND, ID_2013: KEYED_2013}), wanted(P2016, P2013))
    assert (words(plan), plan.problems) == ([ACTIVATE], (("Office 2016", NO_HOST_LICENCE),))


def test_several_keys_go_into_one_command_and_several_activations_into_the_next() -> None:
    plan = plan_host(host({ID_2013: KEYLESS_2013, ID_2016: KEYLESS_2016}), wanted(P2013, P2016, port=1700))
    assert batch(plan) == [INSTALL, "install the KMS host key *HST16 of Office 2016", "set the listening port 1700"]
    assert words(plan)[3:] == [RESTART, ACTIVATE, "activate the KMS host Office 2016"]


def test_a_version_that_is_added_later_touches_nothing_else() -> None:
    plan = plan_host(host({ID_2013: LICENSED_2013, ID_2016: KEYLESS_2016}), wanted(P2013, P2016))
    assert {operation.target for operation in plan.operations} == {"Office 2016"}


# -- Windows --------------------------------------------------------------------------------------------------------


def test_the_key_of_windows_stays_unless_one_is_given() -> None:
    reading = host({"windows": WINDOWS_CLIENT})
    assert plan_host(reading, wanted({"product": "windows"})).problems == (("Windows", KEY_NEEDED),)
    assert words(plan_host(reading, wanted(WINDOWS))) == [
        "install the KMS host key *WSKMS of Windows",
        "activate the KMS host Windows",
    ]


def test_windows_as_a_licensed_host() -> None:
    plan = plan_host(host({"windows": WINDOWS_HOST}), wanted({"product": "windows"}))
    assert plan == Plan(satisfied=(("Windows", "d6992aac-29e7-452a-bf10-bbfb8ccabe59"),))


# -- operating system and rights ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("product", "os_version", "enough"),
    [
        ("2013", "6.1.7601", True),
        ("2016", "6.1.7601", True),
        ("2019", "6.1.7601", False),
        ("2019", "6.2.9200", True),
        ("2021", "6.3.9600", False),
        ("2021", "10.0.14393.1", True),
        ("2024", "10.0.17763.5830", False),
        ("2024", "10.0.20348.2527", True),
        ("2024", "10.0.26100", True),
        ("windows", "6.1.7601", True),
    ],
)
def test_which_windows_can_be_a_host(product: str, os_version: str, enough: bool) -> None:
    desired = wanted({"product": product, "key": KEY_2013})
    reading = host({desired.products[0].activation_id: NOT_FOUND}, os_version=os_version)
    assert (TOO_OLD in [problem for _label, problem in plan_host(reading, desired).problems]) == (not enough)


def test_a_host_that_works_is_not_judged_by_its_windows() -> None:
    licensed = LICENSED_2013.replace(ID_2013, ID_2021)
    plan = plan_host(host({ID_2021: licensed}, os_version="6.3.9600"), wanted({"product": "2021"}))
    assert plan.problems == ()


def test_changes_need_an_elevated_account() -> None:
    keyless = host({ID_2013: KEYLESS_2013}, elevated=False)
    assert ("", NOT_ELEVATED) in plan_host(keyless, wanted(P2013)).problems
    assert plan_host(host({ID_2013: LICENSED_2013}, elevated=False), wanted(P2013)).problems == ()


# -- settings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "operation"),
    [
        ({"port": 1700}, "set the listening port 1700"),
        ({"priority": "low"}, "set the priority low"),
        ({"dns_publishing": False}, "switch DNS publishing off"),
        (
            {"publish_domains": [{"domain": "b.example", "priority": 1, "weight": 2}]},
            "set the DNS domains to publish to: b.example, 1, 2",
        ),
    ],
)
def test_a_setting_of_a_host_that_serves(settings: dict[str, Any], operation: str) -> None:
    assert batch(plan_host(SERVING, wanted(P2013, **settings))) == [operation]


@pytest.mark.parametrize(
    "settings", [{"port": 1688}, {"priority": "normal"}, {"dns_publishing": True}, {"publish_domains": []}, {}]
)
def test_a_setting_that_is_made(settings: dict[str, Any]) -> None:
    assert plan_host(SERVING, wanted(P2013, **settings)).operations == ()


def test_a_restart_comes_last_and_in_no_command_with_others() -> None:
    plan = plan_host(SERVING, wanted(P2013, port=1700))
    assert words(plan) == ["set the listening port 1700", RESTART]
    assert batch(plan) == ["set the listening port 1700"]


def test_a_restart_that_an_earlier_run_left() -> None:
    reading = host({ID_2013: LICENSED_2013}, OfficeFleetRestartPending=1)
    assert words(plan_host(reading, wanted(P2013)), reading) == [RESTART]
    assert words(plan_host(reading, wanted(P2013, P2016, port=1700)), reading) == [
        "set the listening port 1700",
        RESTART,
    ]
    assert host_view(reading, wanted(P2013))["restart_pending"] is True
    assert predicted(reading, wanted(P2013)) == host_view(SERVING, wanted(P2013))


def test_keys_and_activation_need_no_restart() -> None:
    assert RESTART not in words(plan_host(host({ID_2013: KEYLESS_2013}), wanted(P2013)))


def test_the_order_of_domains_means_nothing() -> None:
    reading = host({ID_2013: LICENSED_2013}, DnsDomainPublishList=r"b.example\0A.Example, 0, 0")
    domains = [{"domain": name, "priority": 0, "weight": 0} for name in ("a.example", "b.example")]
    assert plan_host(reading, wanted(P2013, publish_domains=domains)).operations == ()


def test_settings_come_before_the_activation_and_the_priority_after_it() -> None:
    desired = wanted(P2013, port=1700, priority="low", dns_publishing=False)
    plan = plan_host(host({ID_2013: KEYED_2013}), desired)
    assert batch(plan) == ["set the listening port 1700", "switch DNS publishing off"]
    assert words(plan)[2:] == [RESTART, ACTIVATE, "set the priority low", RESTART]


def test_the_priority_of_a_host_that_serves_waits_for_nothing() -> None:
    plan = plan_host(SERVING, wanted(P2013, port=1700, priority="low"))
    assert words(plan) == ["set the listening port 1700", "set the priority low", RESTART]


def test_the_priority_of_a_host_that_is_not_to_be_activated_now_is_left_with_a_warning() -> None:
    desired = wanted(P2013, activation="telephone", priority="low", port=1700)
    plan = plan_host(host({ID_2013: KEYED_2013}), desired)
    assert (words(plan), plan.warnings) == (["set the listening port 1700", RESTART], (PRIORITY_WAITS,))


def test_domains_that_are_to_go() -> None:
    reading = host({ID_2013: KEYED_2013}, DnsDomainPublishList="corp.example")
    plan = plan_host(reading, wanted(P2013, activation="telephone", publish_domains=[]))
    assert (batch(plan), plan.warnings) == (["set the DNS domains to publish to: none"], ())


def test_one_product_that_serves_is_enough_for_settings() -> None:
    plan = plan_host(host({ID_2013: LICENSED_2013, ID_2016: NOT_FOUND}), wanted(P2013, P2016, port=1700))
    assert batch(plan) == ["set the listening port 1700"]


# -- the view, and its prediction -----------------------------------------------------------------------------------


def test_the_view_shows_what_the_task_manages() -> None:
    reading = host({"windows": WINDOWS_CLIENT, ID_2013: LICENSED_2013, ID_2016: NOT_FOUND})
    desired = wanted(WINDOWS, P2013, P2016, port=1700)
    assert host_view(reading, desired) == {
        "products": {"Windows": "no key", "Office 2013": "key *HST15, licensed", "Office 2016": "no key"},
        "port": 1688,
    }


def test_the_prediction_of_everything() -> None:
    domains = [{"domain": "corp.example", "priority": 0, "weight": 0}]
    desired = wanted(WINDOWS, P2013, P2016, port=1700, priority="low", dns_publishing=False, publish_domains=domains)
    reading = host({"windows": WINDOWS_CLIENT, ID_2013: KEYED_2013, ID_2016: KEYLESS_2016})
    assert predicted(reading, desired) == {
        "products": {
            "Windows": "key *WSKMS, licensed",
            "Office 2013": "key *HST15, licensed",
            "Office 2016": "key *HST16, licensed",
        },
        "port": 1700,
        "priority": "low",
        "dns_publishing": False,
        "publish_domains": ["corp.example"],
    }


def test_the_prediction_without_activation() -> None:
    reading = host({ID_2013: KEYLESS_2013})
    assert predicted(reading, wanted(P2013, activation="none"))["products"] == {
        "Office 2013": "key *HST15, not licensed"
    }


def test_what_is_as_wanted_is_predicted_to_stay() -> None:
    desired = wanted(P2013, P2016)
    reading = host({ID_2013: LICENSED_2013, ID_2016: LICENSED_2016})
    assert predicted(reading, desired) == host_view(reading, desired)


def test_no_view_holds_a_whole_key() -> None:
    desired = wanted(P2013)
    reading = host({ID_2013: KEYLESS_2013})
    assert KEY_2013 not in str((host_view(reading, desired), predicted(reading, desired)))
