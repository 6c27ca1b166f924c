# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a task become a desired state, or are refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    DesiredProduct,
    read_activation,
    read_client,
    read_product_key,
    read_products,
    read_rules,
    read_settings,
)
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

KEY = "XQNVK-8JYDB-WJ9W3-YJ8YR-WFG99"
PRESENT: dict[str, Any] = {"state": "present"}
ABSENT: dict[str, Any] = {"state": "absent"}

CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({"kms_host": "kms01", "dns_discovery": True}, "kms_host: contradicts dns_discovery: true"),
    ({"kms_port": 1700}, "kms_port: needs kms_host"),
    ({"kms_port": 1700, "dns_discovery": True}, "kms_port: needs kms_host"),
    ({"remove_inherited": True}, "remove_inherited: goes with dns_discovery: true only"),
    ({"kms_host": "kms01", "remove_inherited": True}, "remove_inherited: goes with dns_discovery: true only"),
    ({"kms_host": "kms01", "kms_port": 0}, "kms_port: a TCP port from 1 to 65535 is needed"),
    ({"kms_host": "kms01", "kms_port": 65536}, "kms_port: a TCP port from 1 to 65535 is needed"),
    ({"kms_host": "kms01:1700"}, "kms_host: give the host alone, without a port"),
    ({"kms_host": ""}, "kms_host: a host name, an IPv4 or an IPv6 address is needed"),
    ({"lookup_domain": "corp"}, "lookup_domain: a DNS domain name such as corp.example is needed"),
]


@pytest.mark.parametrize(("options", "message"), CONTRADICTIONS)
def test_settings_that_contradict_each_other_or_a_rule(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_settings(options)


def test_a_kms_host_without_port_means_1688() -> None:
    settings = read_settings({"kms_host": "KMS01.corp.example."})
    assert (settings.kms_host, settings.kms_port) == ("kms01.corp.example", 1688)


def test_an_empty_lookup_domain_means_none() -> None:
    assert read_settings({"lookup_domain": ""}).lookup_domain == ""
    assert read_settings({}).lookup_domain is None


def test_products_with_their_methods() -> None:
    entries = [{"product": "ProPlus", "method": "mak", "key": KEY.lower()}, {"product": "all", "method": "kms"}]
    assert read_products(entries) == (DesiredProduct("proplus", "mak", KEY), DesiredProduct("all", "kms"))


def test_a_key_shows_in_no_representation() -> None:
    assert KEY not in repr(read_client({"products": [{"product": "all", "method": "mak", "key": KEY}]}))
    assert KEY not in repr(read_product_key(PRESENT | {"key": KEY}))


def test_a_confirmation_id_shows_in_no_representation() -> None:
    options = {"products": [], "confirmation_ids": [{"product": "proplus", "confirmation_id": "123456" * 8}]}
    assert "123456" not in repr(read_activation(options))


def test_the_same_product_twice_is_a_contradiction() -> None:
    entries = [{"product": "proplus", "method": "mak"}, {"product": "PROPLUS", "method": "kms"}]
    with pytest.raises(InputError, match=r"products\[1\].product: proplus is listed twice"):
        read_products(entries)


def test_an_unknown_family_is_named_with_its_place() -> None:
    with pytest.raises(InputError, match=r"products\[0\].product: unknown product"):
        read_products([{"product": "works", "method": "kms"}])


def test_a_malformed_key_is_named_with_its_place_and_not_shown() -> None:
    with pytest.raises(InputError, match=r"products\[0\].key: ") as caught:
        read_products([{"product": "all", "method": "mak", "key": KEY[:-1]}])
    assert "XQNVK" not in str(caught.value)


@pytest.mark.parametrize("days", [0, 181, -1])
def test_days_before_renewal(days: int) -> None:
    with pytest.raises(InputError, match="renew_below_days: a number of days from 1 to 180"):
        read_rules({"renew_below_days": days})


@pytest.mark.parametrize("options", [{"activation_retries": 11}, {"activation_retry_delay": -1}])
def test_retries_are_bounded(options: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="a number from 0 to"):
        read_rules(options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ABSENT | {"last_five": ["WFG99"], "key": KEY}, "key: goes with state: present only"),
        (ABSENT | {"last_five": ["WFG99"], "exclusive": True}, "exclusive: goes with state: present only"),
        (ABSENT | {"last_five": []}, "last_five: at least one key has to be named"),
        (ABSENT | {"last_five": ["FG99"]}, "last_five: exactly 5 letters or digits"),
        (PRESENT | {"key": KEY, "last_five": ["WFG99"]}, "last_five: goes with state: absent only"),
        (PRESENT | {"key": "x"}, "key: a product key is 5 groups"),
        (PRESENT | {"product": "all"}, "product: unknown product"),
    ],
)
def test_product_key_options_that_contradict_each_other_or_a_rule(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_product_key(options)


def test_keys_to_remove_in_upper_case() -> None:
    assert read_product_key(ABSENT | {"last_five": ["wfg99", "MAK16"]}).remove == ("WFG99", "MAK16")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"product": "proplus", "confirmation_id": "12"}, r"confirmation_ids\[0\].confirmation_id: .* 48 digits"),
        ({"product": "proplus", "confirmation_id": "x" * 48}, r"confirmation_ids\[0\].confirmation_id: .* digits only"),
        ({"product": "all", "confirmation_id": "1" * 48}, r"confirmation_ids\[0\].product: unknown product"),
    ],
)
def test_confirmation_ids_that_break_a_rule(entry: dict[str, str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_activation({"products": ["all"], "confirmation_ids": [entry]})


def test_one_confirmation_id_a_product() -> None:
    entry = {"product": "proplus", "confirmation_id": "1" * 48}
    with pytest.raises(InputError, match=r"confirmation_ids\[1\].product: proplus is listed twice"):
        read_activation({"products": ["all"], "confirmation_ids": [entry, entry]})


def test_nothing_to_activate_is_refused() -> None:
    with pytest.raises(InputError, match="products: at least one product"):
        read_activation({"products": []})


def test_a_confirmation_id_alone_activates_nothing_else() -> None:
    entry = {"product": "proplus", "confirmation_id": "1" * 48}
    assert read_activation({"products": None, "confirmation_ids": [entry]}).products == ()


@pytest.mark.parametrize(("method", "activation_type"), [("ad", "kms"), ("kms", "ad"), ("kms", "token")])
def test_a_method_that_the_activation_type_excludes_is_refused(method: str, activation_type: str) -> None:
    options = {"products": [{"product": "all", "method": method}], "activation_type": activation_type}
    with pytest.raises(InputError, match=rf"products\[0\].method: {method} contradicts activation_type"):
        read_client(options)
