# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each method of activation, mixed on one host, and the moves from one method to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from integration.playbook_run import Answer, Options, ask
from integration.winsim_server import FleetServer

MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK21"
PROJECT_MAK = "AAAAA-BBBBB-CCCCC-DDDDD-PRJ21"
OLD_MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK13"
# What remains visible of the public GVLKs of LTSC 2021.
PROPLUS, PROJECT, VISIO = "6F7TH", "QV9H8", "K2HT4"
FLEET = rf"""
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example}}], kms01: 10.9.3.1}}}}
kms_hosts: {{kms01.corp.example: {{address: 10.9.3.1, serves: [2013, 2016, 2019, 2021, 2024], count: 10}}}}
forest: {{domain: branch.example, activation_objects: [{{name: Office AO, serves: [2021]}}]}}
microsoft:
  maks:
    - {{key: {MAK}, office: 2021, family: proplus, limit: 50}}
    - {{key: {PROJECT_MAK}, office: 2021, family: project_pro, limit: 50}}
    - {{key: {OLD_MAK}, office: 2013, family: proplus, limit: 50}}
defaults: {{domain: corp.example, office: [&proplus {{product: proplus, version: 2021}}]}}
hosts:
  kms:
  kms_2013: {{os: Windows 7, office: [{{product: proplus, version: 2013}}]}}
  ad: {{domain: branch.example}}
  ad_without_object: {{domain: branch.example, dns_suffix: corp.example, office: [{{product: proplus, version: 2024}}]}}
  ad_windows7: {{os: Windows 7, domain: branch.example, office: [{{product: proplus, version: 2013}}]}}
  mak:
  mak_2013: {{os: Windows 7, office: [{{product: proplus, version: 2013}}]}}
  mak_proxy:
  mak_without_key:
  mixed: &three
    domain: branch.example
    dns_suffix: corp.example
    office: [*proplus, &visio {{product: visio_pro, version: 2021}}, &project {{product: project_pro, version: 2021}}]
  exception: *three
  by_version: {{office: [{{product: visio_pro, version: 2013}}, *proplus]}}
  not_installed:
  all_unkeyed:
    office:
      - &unkeyed {{product: proplus, version: 2021, key: none}}
      - {{product: proplus, version: 2019, key: none}}
      - &unkeyed_visio {{product: visio_pro, version: 2021, key: none}}
  visio_unkeyed: {{office: [*proplus, *unkeyed_visio]}}
  subscription: &cloud
    office:
      - &m365 {{product: o365proplus, version: 2016, channel: subscription, state: notification,
          key: AAAAA-BBBBB-CCCCC-DDDDD-SUB36}}
  subscription_and_visio: {{office: [*m365, *visio]}}
  subscription_named: *cloud
"""
WISHES: dict[str, list[dict[str, Any]]] = {
    "kms": [{"method": "kms"}],
    "kms_2013": [{"method": "kms"}],
    "ad": [{"method": "ad"}],
    "ad_without_object": [{"method": "ad"}],
    "ad_windows7": [{"method": "ad"}],
    "mak": [{"product": "proplus", "method": "mak", "key": MAK}],
    "mak_2013": [{"product": "proplus", "method": "mak", "key": OLD_MAK}],
    "mak_proxy": [{"product": "proplus", "method": "mak_proxy", "key": MAK}],
    "mak_without_key": [{"product": "proplus", "method": "mak"}],
    "mixed": [
        {"product": "proplus", "method": "mak_proxy", "key": MAK},
        {"product": "visio_pro", "method": "ad"},
        {"product": "project_pro", "method": "mak", "key": PROJECT_MAK},
    ],
    "exception": [{"method": "kms"}, {"product": "project_pro", "method": "mak", "key": PROJECT_MAK}],
    "by_version": [{"method": "kms"}],
    "not_installed": [
        {"method": "kms"},
        {"product": "visio_pro", "method": "kms"},
        {"product": "project_std", "method": "mak", "key": PROJECT_MAK},
        {"product": "standard", "method": "kms"},
    ],
    "all_unkeyed": [{"method": "kms"}],
    "visio_unkeyed": [{"method": "kms"}, {"product": "visio_pro", "method": "kms"}],
    "subscription": [{"method": "kms"}],
    "subscription_and_visio": [{"method": "kms"}],
    "subscription_named": [{"product": "proplus", "method": "kms"}],
}
# Keys and states at the end: host -> last five to channel and state.
EXPECTED: dict[str, dict[str, tuple[str, str]]] = {
    "kms": {PROPLUS: ("kms_client", "licensed")},
    "kms_2013": {"GVGXT": ("kms_client", "licensed")},
    "ad": {PROPLUS: ("kms_client", "licensed")},
    "ad_without_object": {"GCVGB": ("kms_client", "licensed")},
    "ad_windows7": {"GVGXT": ("kms_client", "oob_grace")},
    "mak": {"MAK21": ("mak", "licensed")},
    "mak_2013": {"MAK13": ("mak", "licensed")},
    "mak_proxy": {"MAK21": ("mak", "oob_grace")},
    "mak_without_key": {PROPLUS: ("kms_client", "oob_grace")},
    "mixed": {"MAK21": ("mak", "oob_grace"), VISIO: ("kms_client", "licensed"), "PRJ21": ("mak", "licensed")},
    "exception": {
        PROPLUS: ("kms_client", "licensed"),
        VISIO: ("kms_client", "licensed"),
        "PRJ21": ("mak", "licensed"),
    },
    "by_version": {"RM3B3": ("kms_client", "licensed"), PROPLUS: ("kms_client", "licensed")},
    "not_installed": {PROPLUS: ("kms_client", "licensed")},
    "all_unkeyed": {PROPLUS: ("kms_client", "licensed"), VISIO: ("kms_client", "licensed")},
    "visio_unkeyed": {PROPLUS: ("kms_client", "licensed"), VISIO: ("kms_client", "licensed")},
    "subscription": {"SUB36": ("subscription", "notification")},
    "subscription_and_visio": {"SUB36": ("subscription", "notification"), VISIO: ("kms_client", "licensed")},
    "subscription_named": {"SUB36": ("subscription", "notification")},
}
REFUSED = ("ad_windows7", "mak_without_key")
UNTOUCHED = ("subscription", "subscription_named")


@dataclass(frozen=True)
class Runs:
    """The same task twice on each host."""

    first: dict[str, Answer]
    second: dict[str, Answer]
    fleet: FleetServer


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


@pytest.fixture(scope="module")
def runs(fleet: FleetServer) -> Runs:
    wishes: dict[str, Options] = {host: {"products": products} for host, products in WISHES.items()}
    return Runs(ask(fleet, "ospp_client", wishes), ask(fleet, "ospp_client", wishes), fleet)


def keys(answer: Answer) -> dict[str, tuple[str, str]]:
    return {last_five: (one["channel"], one["state"]) for last_five, one in answer.licences.items()}


@pytest.mark.parametrize("host", EXPECTED)
def test_every_product_has_the_key_and_the_state_of_its_method(runs: Runs, host: str) -> None:
    assert keys(runs.first[host]) == EXPECTED[host]


@pytest.mark.parametrize("host", EXPECTED)
def test_winsim_agrees(runs: Runs, host: str) -> None:
    products = runs.fleet.state(host)["licensing"]["products"]
    keyed = {one["PartialProductKey"] for one in products if one["PartialProductKey"] and "Office" in one["Name"]}
    assert keyed == set(EXPECTED[host])


@pytest.mark.parametrize("host", sorted(EXPECTED.keys() - {*REFUSED, *UNTOUCHED}))
def test_the_first_run_changes_and_succeeds(runs: Runs, host: str) -> None:
    assert (runs.first[host].message, runs.first[host].changed) == ("", True)


@pytest.mark.parametrize("host", EXPECTED)
def test_the_second_run_changes_nothing_in_one_command(runs: Runs, host: str) -> None:
    assert (runs.second[host].changed, len(runs.second[host].commands)) == (False, 1)


def test_ad_activates_through_the_directory(runs: Runs) -> None:
    assert runs.first["ad"].licences[PROPLUS]["ad"]["object_name"] == "Office AO"


def test_without_an_activation_object_the_kms_host_is_asked(runs: Runs) -> None:
    licence = runs.first["ad_without_object"].licences["GCVGB"]
    assert (licence["ad"], licence["kms"]["discovered_host"]) == (None, "kms01.corp.example")


def test_ad_is_refused_on_windows_7_and_nothing_is_changed(runs: Runs) -> None:
    answer = runs.first["ad_windows7"]
    assert (answer.failed, answer.changed, answer.operations) == (True, False, [])
    assert "Windows 8" in answer.failures["Office 2013 proplus"]["cause"]


def test_a_missing_mak_is_asked_for(runs: Runs) -> None:
    answer = runs.first["mak_without_key"]
    assert answer.failed
    assert answer.failures["Office 2021 proplus"]["remedy"] == "Give the product's MAK in key."


def test_a_mak_for_a_proxy_waits_for_its_confirmation_id(runs: Runs) -> None:
    outcome = runs.first["mak_proxy"].outcomes["Office 2021 proplus"]
    assert outcome["result"] == "skipped"
    assert "confirmation ID" in outcome["cause"]


def test_each_product_of_a_mixed_host_has_its_own_outcome(runs: Runs) -> None:
    results = {product: outcome["result"] for product, outcome in runs.first["mixed"].outcomes.items()}
    assert results == {
        "Office 2021 proplus": "skipped",
        "Office 2021 visio_pro": "licensed",
        "Office 2021 project_pro": "licensed",
    }


def test_products_not_installed_are_skipped_at_no_extra_command(runs: Runs) -> None:
    outcomes = runs.first["not_installed"].outcomes
    assert [outcomes[name]["result"] for name in ("visio_pro", "project_std", "standard")] == ["skipped"] * 3
    assert len(runs.first["not_installed"].commands) == 2


def test_products_without_a_key_get_the_gvlk_of_the_newest_version(runs: Runs) -> None:
    assert [words for words in runs.first["all_unkeyed"].operations if words.startswith("install")] == [
        "install the key *6F7TH on Office 2021 proplus",
        "install the key *K2HT4 on Office 2021 visio_pro",
    ]


@pytest.mark.parametrize("host", UNTOUCHED)
def test_a_subscription_is_never_touched(runs: Runs, host: str) -> None:
    assert (runs.first[host].operations, runs.first[host].failed, len(runs.first[host].commands)) == ([], False, 1)


def test_a_subscription_is_never_activated_beside_another_product(runs: Runs) -> None:
    commands = " ".join(runs.first["subscription_and_visio"].commands)
    assert '" /act&' not in commands
    assert commands.count(" /ato ") == 1


def test_only_the_plain_language_was_sent(runs: Runs) -> None:
    assert runs.fleet.violations() == []


# -- from one method to another ---------------------------------------------------------------------------------------

MOVES_FLEET = rf"""
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example}}]}}}}
kms_hosts: {{kms01.corp.example: {{address: 10.9.3.1, serves: [2013, 2021], count: 10}}}}
microsoft:
  maks:
    - {{key: {MAK}, office: 2021, family: proplus, limit: 50}}
    - {{key: {OLD_MAK}, office: 2013, family: proplus, limit: 50}}
defaults: {{domain: corp.example}}
hosts:
  windows10: {{office: [{{product: proplus, version: 2021, state: licensed}}]}}
  windows7: {{os: Windows 7, office: [{{product: proplus, version: 2013, state: licensed}}]}}
"""
MAKS = {"windows10": MAK, "windows7": OLD_MAK}
GVLKS = {"windows10": PROPLUS, "windows7": "GVGXT"}


@pytest.fixture(scope="module")
def moves() -> Iterator[tuple[dict[str, Answer], dict[str, Answer], FleetServer]]:
    """From KMS to MAK, and back."""
    with FleetServer(MOVES_FLEET) as fleet:
        mak = {host: {"products": [{"method": "mak", "key": key}]} for host, key in MAKS.items()}
        kms = {host: {"products": [{"method": "kms"}]} for host in MAKS}
        yield ask(fleet, "ospp_client", mak), ask(fleet, "ospp_client", kms), fleet


Moves = tuple[dict[str, Answer], dict[str, Answer], FleetServer]


@pytest.mark.parametrize("host", MAKS)
def test_kms_becomes_mak_by_one_change_of_method(moves: Moves, host: str) -> None:
    answer = moves[0][host]
    assert keys(answer) == {MAKS[host][-5:]: ("mak", "licensed")}
    assert (answer.message, answer.changed, len(answer.commands)) == ("", True, 3)


@pytest.mark.parametrize("host", MAKS)
def test_mak_becomes_kms_by_one_change_of_method(moves: Moves, host: str) -> None:
    answer = moves[1][host]
    assert keys(answer) == {GVLKS[host]: ("kms_client", "licensed")}
    assert (answer.message, answer.changed, len(answer.commands)) == ("", True, 3)


def test_the_old_key_goes_only_after_the_new_one_is_confirmed(moves: Moves) -> None:
    for answers in moves[:2]:
        for answer in answers.values():
            assert [("/inpkey" in command, "/unpkey" in command) for command in answer.commands] == [
                (False, False),
                (True, False),
                (False, True),
            ]


def test_the_moves_spent_one_count_of_each_mak(moves: Moves) -> None:
    assert [key["used"] for key in moves[2].world()["microsoft"]["keys"]] == [1, 1]
