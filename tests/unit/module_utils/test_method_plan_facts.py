# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan is made from: the inventory's variables with their rules, results of ospp_info, and facts."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils import method_plan_facts as facts
from ansible_collections.officefleet.activation.plugins.module_utils import problems
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import (
    Circumstances,
    Computer,
    Method,
)

SKU_ID = "fbdb3e18-a8ef-4fb3-9183-dffd60bd0984"


def licence(**values: Any) -> dict[str, Any]:
    """A licence as ospp_info gives it: the KMS client of Professional Plus 2021, not activated."""
    return {
        "sku_id": SKU_ID,
        "name": "Office 21, Office21ProPlus2021VL_KMS_Client_AE edition",
        "office": 2021,
        "channel": "kms_client",
        "state": "oob_grace",
        "partial_product_key": "6F7TH",
        "ad": None,
        **values,
    }


def read(*licences: dict[str, Any], **status: Any) -> Computer:
    """A computer with these licences."""
    known = {
        "os_version": "10.0.19045",
        "elevated": True,
        "user_operations": None,
        "complete": True,
        "cmid": "a",
        **status,
    }
    return facts.read_computer("pc", {}, {"status": {"licences": licences, **known}}, {"windows_domain_member": True})


MAK = licence(name="Office 21, Office21ProPlus2021VL_MAK_AE1 edition", channel="mak", partial_product_key="ABCDE")


# -- the inventory's variables --------------------------------------------------------------------------------------


def test_without_variables_a_computer_is_in_the_network_and_has_internet() -> None:
    values = dict.fromkeys(facts.VARIABLES)
    assert facts.read_circumstances(values) == Circumstances("default", ("kms", "internet"), 0, (), False, None)


def test_every_variable_is_read() -> None:
    values = {
        "site": "lab",
        "reach": ["proxy", "kms"],
        "days_away": "90",
        "activation_objects": ["2021", 2016],
        "authenticating_proxy": "yes",
        "method": "mak",
    }
    wanted = Circumstances("lab", ("kms", "proxy"), 90, (2016, 2021), True, Method.MAK)
    assert facts.read_circumstances(values) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("site", ""),
        ("site", ["a"]),
        ("site", "{{ building }}"),
        ("reach", "kms"),
        ("reach", ["kms", "wan"]),
        ("reach", {"kms": True}),
        ("reach", [["kms"]]),
        ("days_away", "often"),
        ("days_away", -1),
        ("days_away", True),
        ("days_away", 1.5),
        ("activation_objects", 2021),
        ("activation_objects", [2010]),
        ("activation_objects", ["LTSC"]),
        ("authenticating_proxy", "perhaps"),
        ("authenticating_proxy", []),
        ("method", "phone"),
        ("method", "unknown"),
        ("method", ["kms"]),
    ],
)
def test_a_bad_value_is_refused_with_the_name_of_its_variable(name: str, value: Any) -> None:
    with pytest.raises(InputError, match=f"^activation_plan_{name}: .*(needed|not defined)"):
        facts.read_circumstances({name: value})


# -- results of ospp_info -------------------------------------------------------------------------------------------


def test_the_licences_of_one_product_are_one_product() -> None:
    (one,) = read(licence(), MAK).products
    assert (one.label, one.family, one.office, one.sku_id) == ("Office 2021 proplus", "proplus", 2021, SKU_ID)


def test_a_product_that_a_mak_has_licensed_tells_its_last_five() -> None:
    assert [read({**MAK, "state": state}).products[0].mak for state in ("licensed", "unlicensed")] == ["ABCDE", None]


@pytest.mark.parametrize(("directory", "by_kms"), [(None, True), ({"object_name": "Office 2021 AO"}, False)])
def test_who_has_activated_a_product_is_known(directory: Any, by_kms: bool) -> None:
    (one,) = read(licence(state="licensed", ad=directory)).products
    assert (one.by_kms, one.by_ad) == (by_kms, not by_kms)


def test_a_product_without_public_gvlk_is_known_as_such_unless_it_has_its_key() -> None:
    word = {"name": "Office 21, Office21Word2021VL_MAK_AE edition", "channel": "mak"}
    assert read(licence(**word)).products[0].gvlk_known is False
    assert read(licence(**{**word, "channel": "kms_client"})).products[0].gvlk_known is True


def test_office_2010_is_no_product_of_a_plan() -> None:
    old = licence(name="Office 14, OfficeProPlus-KMS_Client edition", office=2010)
    both = read(licence(), old)
    assert (len(both.products), both.office_2010, both.needless) == (1, True, None)
    assert read(old).needless == facts.ONLY_2010


@pytest.mark.parametrize(
    ("channel", "reason"), [("subscription", facts.ONLY_SUBSCRIPTION), ("retail", facts.ONLY_RETAIL)]
)
def test_other_licences_need_no_method(channel: str, reason: str) -> None:
    assert read(licence(channel=channel, office=None)).needless == reason


def test_without_any_key_nothing_is_known_of_the_need() -> None:
    found = read(licence(partial_product_key=None))
    assert (found.products, found.needless, found.unread) == ((), None, None)


def failure(problem: problems.Problem) -> dict[str, Any]:
    """The result of a host that could not be read."""
    return {"failed": False, "msg": "x", "failures": [{"product": None, **vars(problem)}]}


@pytest.mark.parametrize(
    ("result", "unread", "needless"),
    [
        (None, facts.NO_RESULT, None),
        ({"unreachable": True, "msg": "timed out"}, facts.NO_RESULT, None),
        (failure(problems.NO_OFFICE), None, facts.NO_OFFICE),
        (failure(problems.SCRIPT_HUNG), problems.SCRIPT_HUNG.message, None),
        ({"msg": "Module failed."}, "Module failed.", None),
    ],
)
def test_a_host_that_could_not_be_read_says_why(result: Any, unread: str | None, needless: str | None) -> None:
    found = facts.read_computer("pc", {}, result, {})
    assert (found.unread, found.needless) == (unread, needless)


def test_without_the_fact_the_domain_is_not_known() -> None:
    result = {"status": {"licences": [licence()], "os_version": None, "elevated": True, "user_operations": None}}
    result["status"]["complete"] = True
    assert facts.read_computer("pc", {}, result, {}).domain is None
