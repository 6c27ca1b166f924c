# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Renewal by remaining days, bounded retries, and confirmation IDs product by product."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from integration.playbook_run import Answer, Options, alike, ask
from integration.winsim_server import FleetServer
from winsim.microsoft import CONFIRMATION_ID_DIGITS, derived_digits, installation_id
from winsim.products import sku_id

MAK, PROJECT_MAK, OLD_MAK, BLOCKED = (f"AAAAA-BBBBB-CCCCC-DDDDD-{end}" for end in ("MAK21", "PRJ21", "MAK13", "BLOCK"))
KMS = "kms01.corp.example: {address: 10.9.8.1, serves: [2013, 2021], count: %d}"
WORLD = rf"""
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example}}], kms01: 10.9.8.1}}}}
microsoft:
  maks:
    - {{key: {MAK}, office: 2021, family: proplus, limit: 50}}
    - {{key: {PROJECT_MAK}, office: 2021, family: project_pro, limit: 50}}
    - {{key: {OLD_MAK}, office: 2013, family: proplus, limit: 50}}
    - {{key: {BLOCKED}, office: 2021, family: proplus, limit: 50, blocked: true}}
defaults: {{domain: corp.example, office: [&proplus {{product: proplus, version: 2021}}]}}
"""
DAY = 1440

# -- renewal ----------------------------------------------------------------------------------------------------------

# Five desktops stay in reach and keep the count of the KMS host above its threshold.
AGEING = rf"""{WORLD}
kms_hosts: {{{KMS % 10}}}
hosts:
  desktop[1:5]:
  due:
  not_due:
  not_asked:
  unreachable:
  expired:
  mak: {{office: [{{product: proplus, version: 2021, key: {MAK}, state: licensed}}]}}
"""
AWAY = ("due", "not_due", "not_asked", "unreachable", "expired")
RENEWALS: dict[str, Options] = {
    "due": {"renew_below_days": 90},
    "not_due": {"renew_below_days": 70},
    "not_asked": {},
    "unreachable": {"renew_below_days": 90},
    "mak": {"renew_below_days": 180},
}
Ageing = tuple[dict[str, Answer], dict[str, Answer], Answer, FleetServer]


@pytest.fixture(scope="module")
def aged() -> Iterator[Ageing]:
    """All activated; then some hosts are out of reach of the KMS host for 100 days, one of them for 200."""
    with FleetServer(AGEING) as fleet:
        ask(fleet, "ospp_activate", alike((*(f"desktop{number}" for number in range(1, 6)), *AWAY)))
        for host in AWAY:
            fleet.change(host, reach={"kms": False})
        fleet.advance("100d")
        for host in set(AWAY) - {"unreachable", "expired"}:
            fleet.change(host, reach={"kms": True})
        announced = ask(fleet, "ospp_activate", {"due": RENEWALS["due"]}, check=True)["due"]
        first, second = ask(fleet, "ospp_activate", RENEWALS), ask(fleet, "ospp_activate", RENEWALS)
        fleet.advance("100d")
        fleet.change("expired", reach={"kms": True})
        yield first | ask(fleet, "ospp_activate", {"expired": {}}) | {"announced": announced}, second, announced, fleet


def grace(answer: Answer) -> list[int | None]:
    return [one["grace_minutes"] for one in answer.licences.values()]


def test_an_activation_with_fewer_days_than_asked_for_is_renewed(aged: Ageing) -> None:
    answer = aged[0]["due"]
    assert (answer.message, answer.changed, grace(answer)) == ("", True, [180 * DAY])
    assert answer.operations == ["renew the activation of Office 2021 proplus (kms_client)"]


def test_check_mode_announces_the_renewal(aged: Ageing) -> None:
    announced = aged[2]
    assert (announced.changed, announced.operations) == (True, aged[0]["due"].operations)
    assert announced.result["diff"] == aged[0]["due"].result["diff"]


@pytest.mark.parametrize("host", ["not_due", "not_asked"])
def test_an_activation_with_more_days_is_left_alone(aged: Ageing, host: str) -> None:
    assert (aged[0][host].changed, len(aged[0][host].commands), grace(aged[0][host])) == (False, 1, [80 * DAY])


def test_a_renewed_activation_is_not_renewed_again(aged: Ageing) -> None:
    assert (aged[1]["due"].changed, len(aged[1]["due"].commands)) == (False, 1)


def test_a_renewal_that_fails_is_told_although_the_product_is_still_licensed(aged: Ageing) -> None:
    answer = aged[0]["unreachable"]
    assert answer.failures["Office 2021 proplus"]["code"] == "0xC004F074"
    assert (answer.changed, {one["state"] for one in answer.licences.values()}) == (False, {"licensed"})


def test_a_licensed_mak_is_never_renewed(aged: Ageing) -> None:
    assert (aged[0]["mak"].changed, len(aged[0]["mak"].commands)) == (False, 1)


def test_an_activation_that_has_lapsed_is_made_again(aged: Ageing) -> None:
    answer = aged[0]["expired"]
    assert (answer.message, answer.changed, grace(answer)) == ("", True, [180 * DAY])


# -- retries ----------------------------------------------------------------------------------------------------------

TROUBLED = rf"""{WORLD}
kms_hosts: {{{KMS % 10}}}
hosts:
  no_kms_host: {{reach: {{kms: false}}}}
  no_dns: {{faults: [dns_down]}}
  no_microsoft: {{office: [&mak {{product: proplus, version: 2021, key: {MAK}}}], reach: {{microsoft: false}}}}
  not_served: {{office: [{{product: proplus, version: 2019}}]}}
  blocked: {{office: [{{product: proplus, version: 2021, key: {BLOCKED}}}]}}
  passing: {{faults: [{{kms_down: {{when: /act, times: 2}}}}]}}
  one_of_two:
    office: [*proplus, {{product: visio_pro, version: 2019}}]
    faults: [{{kms_down: {{when: /act, times: 1}}}}]
"""
# Host -> code (None: it succeeds in the end), commands of a task with three retries.
RETRIES: dict[str, tuple[str | None, int]] = {
    "no_kms_host": ("0xC004F074", 5),
    "no_microsoft": ("0x80072EE7", 6),  # one of them looks at the WinHTTP proxy
    "not_served": ("0xC004F042", 2),
    "blocked": ("0xC004C003", 2),
    "passing": (None, 4),
}


@pytest.fixture(scope="module")
def troubled() -> Iterator[dict[str, Answer]]:
    with FleetServer(TROUBLED) as fleet:
        hosts = (*RETRIES, "one_of_two")
        yield ask(fleet, "ospp_activate", alike(hosts, activation_retries=3, activation_retry_delay=0))


@pytest.mark.parametrize("host", RETRIES)
def test_retries_are_bounded_and_only_for_codes_where_they_help(troubled: dict[str, Answer], host: str) -> None:
    code, commands = RETRIES[host]
    outcome = troubled[host].outcomes
    assert [(one["code"], one["retryable"]) for one in outcome.values()] == [(code, commands > 2 and code is not None)]
    assert len(troubled[host].commands) == commands


def test_a_retry_leaves_out_a_product_that_it_cannot_help(troubled: dict[str, Answer]) -> None:
    answer = troubled["one_of_two"]
    results = {product: (one["result"], one["code"]) for product, one in answer.outcomes.items()}
    assert results == {"Office 2021 proplus": ("licensed", None), "Office 2019 visio_pro": ("failed", "0xC004F042")}


# -- confirmation IDs -------------------------------------------------------------------------------------------------


def confirmation_id(host: str, office: int, family: str, key: str) -> str:
    """What Microsoft would answer to the installation ID of a MAK product."""
    installed = installation_id(host.upper()[:15], sku_id(office, family, "mak"))
    return derived_digits(f"{installed} {key[-5:]}", CONFIRMATION_ID_DIGITS)


def deposit(host: str, *wanted: tuple[int, str, str]) -> Options:
    """The options that deposit the right confirmation ID for each product of a host, and nothing else."""
    return {
        "products": [],
        "confirmation_ids": [
            {"product": family, "confirmation_id": confirmation_id(host, office, family, key)}
            for office, family, key in wanted
        ],
    }


OFFLINE = rf"""{WORLD}
kms_hosts: {{{KMS % 10}}}
hosts:
  one: {{office: [&mak {{product: proplus, version: 2021, key: {MAK}}}], reach: &offline {{microsoft: false}}}}
  grouped: {{office: [*mak], reach: *offline}}
  two: {{office: [*mak, &project {{product: project_pro, version: 2021, key: {PROJECT_MAK}}}], reach: *offline}}
  one_wrong: {{office: [*mak, *project], reach: *offline}}
  with_kms: {{office: [*mak, {{product: visio_pro, version: 2021}}], reach: *offline}}
  licensed: {{office: [{{product: proplus, version: 2021, key: {MAK}, state: licensed}}]}}
  no_mak:
  windows7: {{os: Windows 7, office: [&old {{product: proplus, version: 2013, key: {OLD_MAK}}}], reach: *offline}}
  windows7_wrong: {{os: Windows 7, office: [*old], reach: *offline}}
  windows7_two: {{os: Windows 7, office: [*old, {{product: visio_std, version: 2013}}], reach: *offline}}
"""
PROPLUS, PROJECT, OLD = (2021, "proplus", MAK), (2021, "project_pro", PROJECT_MAK), (2013, "proplus", OLD_MAK)
WRONG = [{"product": "proplus", "confirmation_id": "1" * CONFIRMATION_ID_DIGITS}]


def in_groups(options: Options) -> Options:
    """The same confirmation IDs as a person writes them: eight groups of six digits."""
    entries = [
        {**entry, "confirmation_id": "-".join(entry["confirmation_id"][at : at + 6] for at in range(0, 48, 6))}
        for entry in options["confirmation_ids"]
    ]
    return {**options, "confirmation_ids": entries}


DEPOSITS: dict[str, Options] = {
    "one": deposit("one", PROPLUS),
    "grouped": in_groups(deposit("grouped", PROPLUS)),
    "two": deposit("two", PROPLUS, PROJECT),
    "one_wrong": {
        "products": [],
        "confirmation_ids": [*WRONG, *deposit("one_wrong", PROJECT)["confirmation_ids"]],
    },
    "with_kms": {**deposit("with_kms", PROPLUS), "products": ["all"]},
    "licensed": deposit("licensed", PROPLUS),
    "no_mak": deposit("no_mak", PROPLUS),
    "windows7": deposit("windows7", OLD),
    "windows7_wrong": {"products": [], "confirmation_ids": WRONG},
    "windows7_two": deposit("windows7_two", OLD),
}
Deposited = tuple[dict[str, Answer], dict[str, Answer], FleetServer]


@pytest.fixture(scope="module")
def deposited() -> Iterator[Deposited]:
    """The same task twice."""
    with FleetServer(OFFLINE) as fleet:
        yield ask(fleet, "ospp_activate", DEPOSITS), ask(fleet, "ospp_activate", DEPOSITS), fleet


@pytest.mark.parametrize("host", ["one", "grouped", "two", "with_kms", "windows7"])
def test_confirmation_ids_activate_their_products(deposited: Deposited, host: str) -> None:
    answer = deposited[0][host]
    assert (answer.message, answer.changed, len(answer.commands)) == ("", True, 2)
    assert {one["state"] for one in answer.licences.values()} == {"licensed"}


@pytest.mark.parametrize("host", ["one", "grouped", "two", "with_kms", "windows7", "licensed"])
def test_a_product_that_is_licensed_needs_no_confirmation_id(deposited: Deposited, host: str) -> None:
    answer = deposited[1][host]
    assert (answer.message, answer.changed, len(answer.commands)) == ("", False, 1)


def test_a_wrong_confirmation_id_fails_for_its_product_only(deposited: Deposited) -> None:
    answer = deposited[0]["one_wrong"]
    results = {product: (one["result"], one["code"]) for product, one in answer.outcomes.items()}
    assert results == {
        "Office 2021 proplus": ("failed", "0xC004F031"),
        "Office 2021 project_pro": ("licensed", None),
    }


def test_a_wrong_confirmation_id_fails_on_windows_7(deposited: Deposited) -> None:
    answer = deposited[0]["windows7_wrong"]
    assert (answer.failures["Office 2013 proplus"]["code"], answer.changed) == ("0xC004F031", False)


def test_a_confirmation_id_without_a_mak_is_refused(deposited: Deposited) -> None:
    answer = deposited[0]["no_mak"]
    assert answer.failures["Office 2021 proplus"]["remedy"] == "Install its MAK first."
    assert (answer.changed, len(answer.commands)) == (False, 1)


def test_windows_7_refuses_a_confirmation_id_that_would_go_to_every_product(deposited: Deposited) -> None:
    answer = deposited[0]["windows7_two"]
    assert "goes to every keyed product" in answer.failures[None]["cause"]
    assert (answer.changed, len(answer.commands)) == (False, 1)


def test_confirmation_ids_ask_microsoft_for_nothing(deposited: Deposited) -> None:
    assert [key["requests"] for key in deposited[2].world()["microsoft"]["keys"]] == [0, 0, 0, 0]


def test_no_result_holds_a_confirmation_id(deposited: Deposited) -> None:
    shown = json.dumps([answer.result for answer in deposited[0].values()])
    ids = [entry["confirmation_id"] for wish in DEPOSITS.values() for entry in wish["confirmation_ids"]]
    assert not [one for one in ids if one in shown]
