# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys are installed on the product they are meant for, leftovers removed, and nothing but last fives shown."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from integration.playbook_run import Answer, Options, ask
from integration.winsim_server import FleetServer
from winsim.products import sku_id

MAK, OTHER_MAK, VISIO_MAK, MAK_2019 = (f"AAAAA-BBBBB-CCCCC-DDDDD-{end}" for end in ("MAK21", "OTH21", "VIS21", "MAK19"))
UNKNOWN = "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-NOKEY"
GVLK, GVLK_VISIO = "FXYTK-NJJ8C-GB6DW-3DYQT-6F7TH", "KNH8D-FGHT4-T8RK3-CTDYJ-K2HT4"
FLEET = rf"""
microsoft:
  maks:
    - {{key: {MAK}, office: 2021, family: proplus, limit: 50}}
    - {{key: {OTHER_MAK}, office: 2021, family: proplus, limit: 50}}
    - {{key: {VISIO_MAK}, office: 2021, family: visio_pro, limit: 50}}
    - {{key: {MAK_2019}, office: 2019, family: proplus, limit: 50}}
defaults: {{domain: corp.example, office: [&proplus {{product: proplus, version: 2021}}]}}
hosts:
  mak:
  mak_exclusive:
  mak_for_mak: {{office: [&with_mak {{product: proplus, version: 2021, key: {MAK}}}]}}
  gvlk_for_mak: {{office: [*with_mak]}}
  gvlk_by_key: {{office: [*with_mak]}}
  leftover: &leftover {{office: [*proplus, *with_mak]}}
  leftover_kept: *leftover
  leftover_gone: *leftover
  unkeyed: {{office: [&unkeyed {{product: proplus, version: 2021, key: none}}]}}
  unkeyed_mak: {{office: [*unkeyed]}}
  gone:
  gone_two: {{office: [*proplus, &visio {{product: visio_pro, version: 2021}}]}}
  not_there:
  by_sku: &two_versions {{office: [*proplus, {{product: proplus, version: 2019}}]}}
  beside_visio: &beside_visio {{office: [*proplus, *visio]}}
  two_products: *beside_visio
  two_versions: *two_versions
  not_installed:
  no_gvlk: {{os: Windows 8.1, office: [{{product: proplus, version: 2010}}, {{product: proplus, version: 2021}}]}}
  unknown_key:
  other_version:
  other_product: *beside_visio
  subscription:
    office:
      - {{product: o365proplus, version: 2016, channel: subscription, state: licensed,
          key: AAAAA-BBBBB-CCCCC-DDDDD-SUB36}}
"""
# Host -> options, keys at the end.
DONE: dict[str, tuple[Options, set[str]]] = {
    "mak": ({"key": MAK}, {"6F7TH", "MAK21"}),
    "mak_exclusive": ({"key": MAK, "exclusive": True}, {"MAK21"}),
    "mak_for_mak": ({"key": OTHER_MAK}, {"OTH21"}),
    "gvlk_for_mak": ({"product": "proplus", "exclusive": True}, {"6F7TH"}),
    "gvlk_by_key": ({"key": GVLK, "product": "proplus"}, {"6F7TH", "MAK21"}),
    "leftover": ({"key": MAK, "exclusive": True}, {"MAK21"}),
    "leftover_gone": ({"state": "absent", "last_five": ["6f7th", "MAK21"]}, set()),
    "unkeyed": ({"product": "proplus"}, {"6F7TH"}),
    "unkeyed_mak": ({"product": "proplus", "key": MAK}, {"MAK21"}),
    "gone": ({"state": "absent", "last_five": ["6F7TH"]}, set()),
    "gone_two": ({"state": "absent", "last_five": ["K2HT4"]}, {"6F7TH"}),
    "by_sku": (
        {"product": sku_id(2019, "proplus", "kms_client"), "key": MAK_2019, "exclusive": True},
        {"6F7TH", "MAK19"},
    ),
    "beside_visio": ({"product": "visio_pro", "key": VISIO_MAK, "exclusive": True}, {"6F7TH", "VIS21"}),
}
# Host -> options: nothing is to be done.
RIGHT: dict[str, Options] = {
    "leftover_kept": {"key": MAK},
    "not_there": {"state": "absent", "last_five": ["NONE1"]},
}
# Host -> options, words of the failure, code: nothing may change.
REFUSED: dict[str, tuple[Options, str, str | None]] = {
    "two_products": ({"key": MAK}, "does not tell which one it is for", None),
    "two_versions": ({"product": "proplus", "key": MAK}, "", None),
    "not_installed": ({"product": "visio_pro", "key": VISIO_MAK}, "a product that is not installed", None),
    "unknown_key": ({"key": UNKNOWN}, "Could not install the product key", "0xC004F050"),
    "other_version": ({"key": MAK_2019, "product": "proplus"}, "Could not install the product key", "0xC004F069"),
    "subscription": ({"product": "proplus"}, "a product that is not installed", None),
}
WISHES: dict[str, Options] = (
    {host: options for host, (options, _keys) in DONE.items()}
    | RIGHT
    | {host: options for host, (options, _words, _code) in REFUSED.items()}
    | {"other_product": {"product": "proplus", "key": VISIO_MAK, "exclusive": True}}
)
Runs = tuple[dict[str, Answer], dict[str, Answer], FleetServer]


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    """The same task twice."""
    with FleetServer(FLEET) as fleet:
        yield ask(fleet, "ospp_product_key", WISHES), ask(fleet, "ospp_product_key", WISHES), fleet


def installed(fleet: FleetServer, host: str) -> set[str]:
    """The last fives of the Office keys that the machine really has."""
    products = fleet.state(host)["licensing"]["products"]
    return {one["PartialProductKey"] for one in products if one["PartialProductKey"] and "Office" in one["Name"]}


@pytest.mark.parametrize("host", DONE)
def test_the_host_has_exactly_the_keys_that_were_asked_for(runs: Runs, host: str) -> None:
    assert (runs[0][host].message, runs[0][host].changed) == ("", True)
    assert installed(runs[2], host) == DONE[host][1]


@pytest.mark.parametrize("host", DONE)
def test_the_second_run_changes_nothing(runs: Runs, host: str) -> None:
    assert (runs[1][host].message, runs[1][host].changed) == ("", False)


@pytest.mark.parametrize("host", RIGHT)
def test_a_key_that_is_present_or_absent_already_is_no_change(runs: Runs, host: str) -> None:
    assert (runs[0][host].message, runs[0][host].changed, len(runs[0][host].commands)) == ("", False, 1)


@pytest.mark.parametrize("host", REFUSED)
def test_what_cannot_be_done_fails_with_its_cause_and_changes_nothing(runs: Runs, host: str) -> None:
    _options, words, code = REFUSED[host]
    (failure,) = runs[0][host].failures.values()
    assert words in failure["cause"]
    assert (failure["code"], runs[0][host].changed) == (code, False)
    assert failure["remedy"]


def test_exclusive_removes_the_old_key_only_after_the_new_one_is_confirmed(runs: Runs) -> None:
    _read, install, remove = runs[0]["mak_exclusive"].commands
    assert ("/inpkey" in install, "/unpkey" in install) == (True, False)
    assert "/unpkey:6F7TH" in remove


def test_a_key_that_lands_on_another_product_is_no_success(runs: Runs) -> None:
    failure = runs[0]["other_product"].failures["Office 2021 proplus"]
    assert "it may be the key of another product" in failure["cause"]
    assert installed(runs[2], "other_product") == {"6F7TH", "K2HT4", "VIS21"}


def test_a_key_that_another_product_has_is_not_installed_again(runs: Runs) -> None:
    answer = runs[1]["other_product"]
    assert "the key of another product" in answer.failures[None]["cause"]
    assert (answer.changed, len(answer.commands)) == (False, 1)


def test_installing_a_key_activates_nothing(runs: Runs) -> None:
    assert [key["requests"] for key in runs[2].world()["microsoft"]["keys"]] == [0, 0, 0, 0]


def test_only_the_last_five_of_a_key_is_shown(runs: Runs) -> None:
    shown = json.dumps([answer.result for answers in runs[:2] for answer in answers.values()])
    assert not [key for key in (MAK, OTHER_MAK, VISIO_MAK, MAK_2019, UNKNOWN, GVLK, GVLK_VISIO) if key in shown]
    assert "install the key *MAK21 on Office 2021 proplus" in runs[0]["mak"].operations
