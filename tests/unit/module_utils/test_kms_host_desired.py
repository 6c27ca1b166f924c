# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of kms_host: what they mean, and what is refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import (
    DesiredHostProduct,
    read_host_options,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import PublishDomain
from unit.module_utils.kms_host_output import (
    CONFIRMATION_ID,
    ID_2021,
    KEY_2013,
    KEY_2016,
    WINDOWS_KEY,
    options,
    wanted,
)

OFFICE = {"product": "2021"}


def test_products_with_their_activation_ids() -> None:
    desired = wanted({"product": "windows", "key": WINDOWS_KEY}, {"product": "2021", "key": KEY_2016.lower()})
    assert desired.products == (
        DesiredHostProduct("windows", "windows", WINDOWS_KEY),
        DesiredHostProduct("2021", ID_2021, KEY_2016),
    )
    assert [product.label for product in desired.products] == ["Windows", "Office 2021"]


def test_an_activation_id_of_the_users_own() -> None:
    other = "8D368FC1-9470-4BE2-8D66-90E836CBB051"
    assert wanted({"product": "2024", "activation_id": other}).products[0].activation_id == other.lower()


def test_empty_keys_are_none() -> None:
    assert wanted({**OFFICE, "key": "", "confirmation_id": ""}).products == (DesiredHostProduct("2021", ID_2021),)


def test_domains_are_sorted_and_in_normal_form() -> None:
    domains = [
        {"domain": "Corp.Example.", "priority": 0, "weight": 0},
        {"domain": "branch.example", "priority": 10, "weight": 5},
    ]
    assert wanted(OFFICE, publish_domains=domains).publish_domains == (
        PublishDomain("branch.example", 10, 5),
        PublishDomain("corp.example"),
    )


def test_no_domains_is_another_wish_than_none_given() -> None:
    assert wanted(OFFICE, publish_domains=[]).publish_domains == ()
    assert wanted(OFFICE).publish_domains is None


def test_blanks_in_a_confirmation_id() -> None:
    grouped = " ".join(CONFIRMATION_ID[start : start + 6] for start in range(0, 48, 6))
    assert wanted({**OFFICE, "confirmation_id": grouped}).products[0].confirmation_id == CONFIRMATION_ID


def test_no_secret_in_what_is_printed_of_an_object() -> None:
    desired = wanted({**OFFICE, "key": KEY_2016, "confirmation_id": CONFIRMATION_ID})
    assert KEY_2016 not in repr(desired)
    assert CONFIRMATION_ID not in repr(desired)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (options(), "products: at least one product is needed"),
        (options(OFFICE, OFFICE), "products[1].product: the same value stands in the list twice"),
        (options({"product": "2021", "key": "ABC"}), "products[0].key: a product key is 5 groups"),
        (
            options(OFFICE, {"product": "2016", "key": "FXYTK-NJJ8C-GB6DW-3DYQT-6F7TH"}),
            "products[1].key: this is the public client key (GVLK) of Office 2021 proplus; a KMS host key is needed",
        ),
        (
            options({"product": "2013", "key": KEY_2013}, {"product": "2016", "key": KEY_2013}),
            "products[1].key: the same value stands in the list twice",
        ),
        (options({"product": "2021", "activation_id": "x"}), "products[0].activation_id: the GUID of an Office"),
        (options({"product": "windows", "activation_id": ID_2021}), "products[0].activation_id: the GUID of an Office"),
        (options({"product": "2021", "confirmation_id": "12"}), "products[0].confirmation_id: a confirmation ID has"),
        (
            options({"product": "2021", "confirmation_id": CONFIRMATION_ID}, activation="none"),
            "activation: none cannot be given with a confirmation_id",
        ),
        (options(OFFICE, port=0), "port: a TCP port from 1 to 65535 is needed"),
        (options(OFFICE, port=65536), "port: a TCP port from 1 to 65535 is needed"),
    ],
)
def test_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refusal:
        read_host_options(given)
    assert str(refusal.value).startswith(message)
    assert "AAAAA" not in str(refusal.value)


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        ({"domain": "corp"}, "publish_domains[0].domain: a DNS domain name"),
        ({"domain": 'corp.example" & calc & "'}, "publish_domains[0].domain: a DNS domain name"),
        ({"domain": "%TEMP%.example"}, "publish_domains[0].domain: a DNS domain name"),
        ({"domain": "corp.example, 1, 2"}, "publish_domains[0].domain: a DNS domain name"),
        ({"domain": r"corp.example\0evil.example"}, "publish_domains[0].domain: a DNS domain name"),
        ({"domain": "corp.example", "priority": -1}, "publish_domains[0].priority: a number from 0 to 65535"),
        ({"domain": "corp.example", "weight": 65536}, "publish_domains[0].weight: a number from 0 to 65535"),
    ],
)
def test_a_refused_domain(domain: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refusal:
        wanted(OFFICE, publish_domains=[{"priority": 0, "weight": 0, **domain}])
    assert str(refusal.value).startswith(message)


def test_a_domain_that_is_listed_twice() -> None:
    twice = [
        {"domain": name, "priority": 0, "weight": number} for number, name in enumerate(("a.example", "A.example"))
    ]
    with pytest.raises(InputError, match="the same value stands in the list twice"):
        wanted(OFFICE, publish_domains=twice)


def test_more_domains_than_one_command_can_carry() -> None:
    many = [{"domain": f"{number}.{'long' * 12}.example", "priority": 0, "weight": 0} for number in range(80)]
    with pytest.raises(InputError, match="publish_domains: the list is too long for one command"):
        wanted(OFFICE, publish_domains=many)
