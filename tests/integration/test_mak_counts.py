# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A count of a MAK is spent once for each product, and never on one that is licensed: Microsoft's counter proves it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from integration.playbook_run import Answer, Options, alike, ask, licensing_state
from integration.winsim_server import FleetServer

pytestmark = pytest.mark.one_core

MAK, PROJECT_MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK21", "AAAAA-BBBBB-CCCCC-DDDDD-PRJ21"
FULL, BLOCKED = "AAAAA-BBBBB-CCCCC-DDDDD-FULLX", "AAAAA-BBBBB-CCCCC-DDDDD-BLOCK"
MAK_2013, MAK_2016 = "AAAAA-BBBBB-CCCCC-DDDDD-MAK13", "AAAAA-BBBBB-CCCCC-DDDDD-MAK16"
WORLD = rf"""
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example}}]}}}}
kms_hosts: {{kms01.corp.example: {{address: 10.9.4.1, serves: [2013, 2016, 2019, 2021], count: 10}}}}
microsoft:
  maks:
    - {{key: {MAK}, office: 2021, family: proplus, limit: 50, used: 7}}
    - {{key: {PROJECT_MAK}, office: 2021, family: project_pro, limit: 50, used: 7}}
    - {{key: {FULL}, office: 2021, family: proplus, limit: 5, used: 5}}
    - {{key: {BLOCKED}, office: 2021, family: proplus, limit: 50, blocked: true}}
    - {{key: {MAK_2013}, office: 2013, family: proplus, limit: 50, used: 7}}
    - {{key: {MAK_2016}, office: 2016, family: proplus, limit: 50, used: 7}}
defaults: {{domain: corp.example}}
"""
FLEET = rf"""{WORLD}
hosts:
  licensed: {{office: [&licensed {{product: proplus, version: 2021, key: {MAK}, state: licensed}}]}}
  beside_kms: &mixed {{office: [*licensed, &visio {{product: visio_pro, version: 2021}}]}}
  kms_by_activate: *mixed
  beside_new_kms: {{office: [*licensed, {{product: visio_pro, version: 2021, key: none}}]}}
  beside_due_kms: {{office: [*licensed, {{product: visio_pro, version: 2021, state: licensed, properties: {{
    GracePeriodRemaining: 14400}}}}]}}
  beside_mak: {{office: [*licensed, &project {{product: project_pro, version: 2021, key: {PROJECT_MAK}}}]}}
  kms_and_mak: {{office: [*visio, *project]}}
  two_scripts:
    os: Windows 8.1
    office:
      - {{product: proplus, version: 2016, key: {MAK_2016}, state: licensed}}
      - {{product: visio_std, version: 2013}}
  new_key:
    office:
      - {{product: proplus, version: 2021}}
      - {{product: project_pro, version: 2021, key: {PROJECT_MAK}, state: licensed}}
  windows7_alone: {{os: Windows 7, office: [{{product: proplus, version: 2013, key: {MAK_2013}, state: licensed}}]}}
"""
MAK_AND_KMS = [{"method": "kms"}, {"product": "proplus", "method": "mak", "key": MAK}]
BY_CLIENT: dict[str, Options] = {
    "licensed": {"products": [{"product": "proplus", "method": "mak", "key": MAK}]},
    "beside_kms": {"products": MAK_AND_KMS},
    "beside_new_kms": {"products": [{"product": "visio_pro", "method": "kms"}]},
    "beside_due_kms": {"products": MAK_AND_KMS, "renew_below_days": 30},
    "beside_mak": {"products": [{"method": "mak"}]},
    "two_scripts": {"products": [{"product": "visio_std", "method": "kms"}]},
    "new_key": {"products": [{"product": "proplus", "method": "mak", "key": MAK}, {"method": "mak"}]},
    "windows7_alone": {"products": [{"method": "mak"}], "renew_below_days": 180},
}
BY_ACTIVATE = alike(("kms_by_activate", "kms_and_mak"), renew_below_days=180)
COUNTS = {
    "licensed": 0,
    "beside_kms": 0,
    "kms_by_activate": 0,
    "beside_new_kms": 0,
    "beside_due_kms": 0,
    "beside_mak": 1,
    "two_scripts": 0,
    "kms_and_mak": 1,
    "new_key": 1,
    "windows7_alone": 0,
}


@dataclass(frozen=True)
class Runs:
    """Each task twice; both must not spend more than one."""

    answers: dict[str, Answer]
    fleet: FleetServer


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with FleetServer(FLEET) as fleet:
        first = ask(fleet, "ospp_client", BY_CLIENT) | ask(fleet, "ospp_activate", BY_ACTIVATE)
        ask(fleet, "ospp_activate", alike(COUNTS, renew_below_days=30))
        yield Runs(first, fleet)


def spent(fleet: FleetServer, host: str) -> int:
    """How many activations Microsoft has counted for a host, of all keys.

    Installation IDs depend on the computer name, which has 15 characters: so have the names of hosts here.
    """
    products = fleet.state(host)["licensing"]["products"]
    ids = {one["OfflineInstallationId"] for one in products if one["OfflineInstallationId"]}
    keys = fleet.world()["microsoft"]["keys"]
    return sum(count for key in keys for one, count in key["installations"].items() if one in ids)


@pytest.mark.parametrize("host", COUNTS)
def test_microsoft_counts_only_what_was_not_licensed(runs: Runs, host: str) -> None:
    assert spent(runs.fleet, host) == COUNTS[host]


@pytest.mark.parametrize("host", COUNTS)
def test_every_product_is_licensed_all_the_same(runs: Runs, host: str) -> None:
    assert runs.answers[host].message == ""
    assert {one["state"] for one in runs.answers[host].licences.values()} == {"licensed"}


def test_microsoft_was_asked_no_more_often_than_it_counted(runs: Runs) -> None:
    assert sum(key["requests"] for key in runs.fleet.world()["microsoft"]["keys"]) == sum(COUNTS.values())


# -- Windows 7, where /act takes every product ------------------------------------------------------------------------

WINDOWS_7 = rf"""{WORLD}
hosts:
  refused: &both
    os: Windows 7
    office:
      - {{product: proplus, version: 2013, key: {MAK_2013}, state: licensed}}
      - {{product: visio_std, version: 2013}}
  refused_act: *both
  allowed: *both
  allowed_act: *both
  moved: *both
  settings_only: *both
"""
KMS_FOR_VISIO = {"products": [{"product": "visio_std", "method": "kms"}], "kms_host": "kms01.corp.example"}
Windows7 = tuple[dict[str, Answer], FleetServer, dict[str, Any]]


@pytest.fixture(scope="module")
def windows7() -> Iterator[Windows7]:
    with FleetServer(WINDOWS_7) as fleet:
        before = {host: licensing_state(fleet, host) for host in ("refused", "refused_act")}
        clients = {
            "refused": KMS_FOR_VISIO,
            "allowed": {**KMS_FOR_VISIO, "allow_mak_reactivation": True},
            "moved": {"products": [{"method": "kms"}]},
            "settings_only": {**KMS_FOR_VISIO, "activate": False},
        }
        activations = {"refused_act": {}, "allowed_act": {"allow_mak_reactivation": True}}
        yield ask(fleet, "ospp_client", clients) | ask(fleet, "ospp_activate", activations), fleet, before


@pytest.mark.parametrize("host", ["refused", "refused_act"])
def test_windows_7_refuses_to_spend_a_count_of_a_licensed_mak(windows7: Windows7, host: str) -> None:
    answers, fleet, before = windows7
    assert (answers[host].failed, answers[host].changed, len(answers[host].commands)) == (True, False, 1)
    assert "allow_mak_reactivation: true" in answers[host].failures[None]["remedy"]
    assert licensing_state(fleet, host) == before[host]
    assert spent(fleet, host) == 0


@pytest.mark.parametrize("host", ["allowed", "allowed_act"])
def test_allow_mak_reactivation_spends_one_count(windows7: Windows7, host: str) -> None:
    answers, fleet, _before = windows7
    assert answers[host].message == ""
    assert {one["state"] for one in answers[host].licences.values()} == {"licensed"}
    assert spent(fleet, host) == 1


def test_a_mak_that_is_being_replaced_is_no_obstacle_on_windows_7(windows7: Windows7) -> None:
    answers, fleet, _before = windows7
    assert answers["moved"].message == ""
    assert {one["channel"] for one in answers["moved"].licences.values()} == {"kms_client"}
    assert spent(fleet, "moved") == 0


def test_settings_alone_are_no_obstacle_on_windows_7(windows7: Windows7) -> None:
    assert (windows7[0]["settings_only"].message, windows7[0]["settings_only"].changed) == ("", True)


# -- a MAK that cannot be activated, beside a product that can ---------------------------------------------------------

FAILING = rf"""{WORLD}
hosts:
  full: {{office: [&visio {{product: visio_pro, version: 2021}}, {{product: proplus, version: 2021, key: {FULL}}}]}}
  blocked: {{office: [*visio, {{product: proplus, version: 2021, key: {BLOCKED}}}]}}
  offline: &offline
    office: [*visio, {{product: proplus, version: 2021, key: {MAK}}}]
    reach: {{microsoft: false}}
  offline_act: *offline
  unknown: {{office: [*visio, {{product: proplus, version: 2021, key: AAAAA-BBBBB-CCCCC-DDDDD-WHAT1}}]}}
"""
CODES = {
    "full": "0xC004C020",
    "blocked": "0xC004C003",
    "offline": "0x80072EE7",
    "offline_act": "0x80072EE7",
    "unknown": "0xC004C001",
}
Failing = tuple[dict[str, Answer], FleetServer]


@pytest.fixture(scope="module")
def failing() -> Iterator[Failing]:
    with FleetServer(FAILING) as fleet:
        wish = [{"method": "kms"}, {"product": "proplus", "method": "mak"}]
        answers = ask(fleet, "ospp_client", alike(("full", "blocked", "offline", "unknown"), products=wish))
        yield answers | ask(fleet, "ospp_activate", {"offline_act": {}}), fleet


@pytest.mark.parametrize("host", CODES)
def test_a_failed_mak_names_product_code_cause_and_remedy(failing: Failing, host: str) -> None:
    failure = failing[0][host].failures["Office 2021 proplus"]
    assert failure["code"] == CODES[host]
    assert failing[0][host].message.startswith(
        f"Office 2021 proplus: {failure['cause']} ({failure['code']}) {failure['remedy']}"
    )


@pytest.mark.parametrize("host", CODES)
def test_the_other_product_is_activated_all_the_same(failing: Failing, host: str) -> None:
    answer = failing[0][host]
    results = {product: outcome["result"] for product, outcome in answer.outcomes.items()}
    assert results == {"Office 2021 proplus": "failed", "Office 2021 visio_pro": "licensed"}
    assert (answer.failed, answer.changed) == (True, True)


@pytest.mark.parametrize("host", CODES)
def test_a_failed_activation_spends_nothing(failing: Failing, host: str) -> None:
    assert spent(failing[1], host) == 0


# -- retries ----------------------------------------------------------------------------------------------------------

# The first attempt fails with a code that the script has no sentence for, and such a reason ends its listing early.
RETRIES = rf"""{WORLD}
hosts:
  beside_licensed: &retried
    office:
      - {{product: project_pro, version: 2021, key: {PROJECT_MAK}}}
      - {{product: proplus, version: 2021, key: {MAK}, state: licensed}}
    faults: [{{microsoft_unreachable: {{when: /ato, times: 1}}}}]
  beside_unnamed:
    office:
      - {{product: project_pro, version: 2021, key: {PROJECT_MAK}}}
      - {{product: proplus, version: 2021, key: {MAK}}}
    faults: [{{microsoft_unreachable: {{when: /ato, times: 1}}}}]
  both:
    office: [{{product: visio_pro, version: 2021}}, {{product: proplus, version: 2021, key: {MAK}}}]
    faults: [{{kms_down: {{when: '" /act&', times: 1}}}}]
  windows7:
    os: Windows 7
    office: [{{product: visio_std, version: 2013}}, {{product: proplus, version: 2013, key: {MAK_2013}}}]
    faults: [{{kms_down: {{when: '" /act&', times: 1}}}}]
  hidden:
    os: Windows 7
    office:
      - {{product: visio_std, version: 2013, state: notification, properties: {{LicenseStatusReason: 8007232B}}}}
      - {{product: proplus, version: 2013, key: {MAK_2013}, state: licensed}}
"""
PROJECT_ONLY = {"products": [{"product": "project_pro", "method": "mak"}]}
ALL_OF_IT = {"products": [{"method": "kms"}, {"product": "proplus", "method": "mak"}]}
RETRIED: dict[str, Options] = {
    host: {**wish, "activation_retries": 2, "activation_retry_delay": 0}
    for host, wish in {
        "beside_licensed": PROJECT_ONLY,
        "beside_unnamed": PROJECT_ONLY,
        "both": ALL_OF_IT,
        "windows7": ALL_OF_IT,
        "hidden": {"products": [{"product": "visio_std", "method": "kms"}]},
    }.items()
}
Retried = tuple[dict[str, Answer], FleetServer]


@pytest.fixture(scope="module")
def retried() -> Iterator[Retried]:
    with FleetServer(RETRIES) as fleet:
        yield ask(fleet, "ospp_client", RETRIED), fleet


@pytest.mark.parametrize("host", ["beside_licensed", "beside_unnamed"])
def test_a_retry_asks_only_for_what_failed_although_the_listing_ended_early(retried: Retried, host: str) -> None:
    answer, fleet = retried[0][host], retried[1]
    assert (answer.message, len(answer.commands)) == ("", 3)
    assert spent(fleet, host) == 1
    assert fleet.product(host, "MAK21")["LicenseStatus"] == ("1" if host == "beside_licensed" else "0")


def test_a_retry_leaves_the_mak_alone_that_the_first_attempt_activated(retried: Retried) -> None:
    answer, fleet = retried[0]["both"], retried[1]
    assert (answer.message, len(answer.commands)) == ("", 3)
    assert {one["state"] for one in answer.licences.values()} == {"licensed"}
    assert spent(fleet, "both") == 1


def test_windows_7_does_not_retry_what_would_spend_a_second_count(retried: Retried) -> None:
    answer, fleet = retried[0]["windows7"], retried[1]
    assert answer.failures["Office 2013 visio_std"]["code"] == "0xC004F074"
    assert answer.outcomes["Office 2013 proplus"]["result"] == "licensed"
    assert (len(answer.commands), spent(fleet, "windows7")) == (2, 1)


def test_windows_7_activates_nothing_while_a_licensed_mak_may_be_hidden(retried: Retried) -> None:
    answer, fleet = retried[0]["hidden"], retried[1]
    assert "may hide a licensed MAK" in answer.failures[None]["cause"]
    assert (answer.changed, len(answer.commands), spent(fleet, "hidden")) == (False, 1, 0)
