# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input is refused before anything is sent, with an error that names the option and the rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from integration.playbook_run import play, plays_text, task
from integration.winsim_server import FleetServer


class Case(NamedTuple):
    """A module with options it must refuse, and what its message must hold: option, rule."""

    module: str
    options: dict[str, Any]
    says: tuple[str, ...]


MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK21"
KEY_RULE = "5 groups of 5 letters or digits"
HOST_RULE = "a host name, an IPv4 or an IPv6 address is needed"
PORT_RULE = "from 1 to 65535"
DOMAIN_RULE = "a DNS domain name"
WHOLE = {"products": [{"product": "proplus", "method": "kms"}]}
SKU_ID = "6755c7a7-4dfe-46f5-bce8-427be8e9dc62"

MALFORMED_KEYS = {
    "too short": "AAAAA-BBBBB-CCCCC-DDDDD",
    "no hyphens": "AAAAABBBBBCCCCCDDDDDEEEEE",
    "a group too long": "AAAAA-BBBBB-CCCCC-DDDDD-EEEEEE",
    "a shell character": "AAAAA-BBBBB-CCCCC-DDDDD-EEE&E",
    "a line behind it": "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE\nx",
    "letters of no alphabet of keys": "ÄAAAA-BBBBB-CCCCC-DDDDD-EEEEE",
}
BAD_HOSTS = {
    "a blank": "kms 01",
    "a leading hyphen": "-kms01",
    "an empty label": "kms01..corp.example",
    "a label of 64 characters": "k" * 64,
    "no octet": "10.0.0.256",
    "a URL": "http://kms01",
    "a path": "kms01/x",
    "a zone": "fe80::1%12",
    "a line behind it": "kms01\nkms02",
    "nothing": "",
    **{f"the character {char}": f"kms01{char}x" for char in "&|<>^%!\"'()`;,$\\"},
}
BAD_PORTS = {"0": 0, "65536": 65536, "negative": -1}
BAD_DOMAINS = {
    "a single label": "corp",
    "a blank": "corp example.com",
    "an address": "10.1.2.3",
    "a shell character": "corp.example&calc",
    "a percent sign": "%USERDNSDOMAIN%.example",
    "an empty label": "corp..example",
}
SETTINGS_MODULES = ("ospp_kms_client", "ospp_client")


def key_cases() -> Iterator[tuple[str, Case]]:
    """Malformed keys wherever a key is taken."""
    for name, key in MALFORMED_KEYS.items():
        yield f"ospp_product_key: key with {name}", Case("ospp_product_key", {"key": key}, ("key:", KEY_RULE))
        entry = {"product": "proplus", "method": "mak", "key": key}
        yield (
            f"ospp_client: key with {name}",
            Case("ospp_client", {"products": [entry]}, ("products[0].key:", KEY_RULE)),
        )


def settings_cases() -> Iterator[tuple[str, Case]]:
    """What is wrong with KMS settings, in both modules that take them."""
    for module in SETTINGS_MODULES:
        for name, host in BAD_HOSTS.items():
            words = ("without a zone",) if "%" in host else (HOST_RULE,)
            yield f"{module}: KMS host with {name}", Case(module, {"kms_host": host}, ("kms_host:", *words))
        for host in ("kms01:1688", "10.0.0.1:1688", "[::1]:1688"):
            words = ("kms_host:", "without a port", "option of its own")
            yield f"{module}: KMS host {host}", Case(module, {"kms_host": host}, words)
        for name, port in BAD_PORTS.items():
            options = {"kms_host": "kms01", "kms_port": port}
            yield f"{module}: port {name}", Case(module, options, ("kms_port:", PORT_RULE))
        options = {"kms_host": "kms01", "kms_port": "http"}
        yield f"{module}: port as text", Case(module, options, ("kms_port", "int"))
        for name, domain in BAD_DOMAINS.items():
            yield (
                f"{module}: lookup domain with {name}",
                Case(module, {"lookup_domain": domain}, ("lookup_domain:", DOMAIN_RULE)),
            )
        yield f"{module}: unknown activation type", Case(module, {"activation_type": "mak"}, ("activation_type", "kms"))
        yield (
            f"{module}: host and DNS discovery",
            Case(module, {"kms_host": "kms01", "dns_discovery": True}, ("kms_host:", "contradicts dns_discovery")),
        )
        yield (
            f"{module}: port without host",
            Case(module, {"kms_port": 1688, "host_caching": True}, ("kms_port:", "needs kms_host")),
        )
        yield (
            f"{module}: remove_inherited without DNS discovery",
            Case(module, {"kms_host": "kms01", "remove_inherited": True}, ("remove_inherited:", "dns_discovery")),
        )
        yield (
            f"{module}: host caching that is no boolean",
            Case(module, {"host_caching": "often"}, ("host_caching", "bool")),
        )
        yield f"{module}: unknown option", Case(module, {"kms_hots": "kms01"}, ("kms_hots", "kms_host"))


def client_cases() -> Iterator[tuple[str, Case]]:
    """What is wrong with products and rules of ospp_client."""
    for name, entries, says in (
        (
            "unknown family",
            [{"product": "office", "method": "kms"}],
            ("products[0].product:", "unknown product", "proplus"),
        ),
        (
            "two products alike",
            [*WHOLE["products"], {"product": "ProPlus", "method": "mak"}],
            ("products[1].product:", "twice"),
        ),
        ("all twice", [{"method": "kms"}, {"product": "all", "method": "ad"}], ("products[1].product:", "twice")),
        ("no method", [{"product": "proplus"}], ("method", "products")),
        ("unknown method", [{"product": "proplus", "method": "phone"}], ("method", "mak_proxy")),
        ("unknown option of a product", [{"product": "proplus", "method": "kms", "keys": "x"}], ("keys", "method")),
        ("a SKU ID in braces", [{"product": "{" + SKU_ID + "}", "method": "kms"}], ("products[0].product:", "SKU ID")),
    ):
        yield f"ospp_client: {name}", Case("ospp_client", {"products": entries}, says)
    yield "ospp_client: user_operations no boolean", Case("ospp_client", {"user_operations": "x"}, ("user_operations",))


def rule_cases() -> Iterator[tuple[str, Case]]:
    """Rules of activation, in both modules that take them."""
    for module in ("ospp_client", "ospp_activate"):
        for options, says in (
            ({"renew_below_days": 0}, ("renew_below_days:", "1 to 180")),
            ({"renew_below_days": 181}, ("renew_below_days:", "1 to 180")),
            ({"activation_retries": 11}, ("activation_retries:", "0 to 10")),
            ({"activation_retries": -1}, ("activation_retries:", "0 to 10")),
            ({"activation_retry_delay": 3601}, ("activation_retry_delay:", "0 to 3600")),
        ):
            name, value = next(iter(options.items()))
            yield f"{module}: {name} {value}", Case(module, options, says)


def confirmations(identifier: str, product: str = "proplus") -> dict[str, Any]:
    """Options of ospp_activate with one confirmation ID."""
    return {"confirmation_ids": [{"product": product, "confirmation_id": identifier}]}


def other_cases() -> Iterator[tuple[str, Case]]:
    """Activation, keys, UserOperations, info."""
    place = "confirmation_ids[0].confirmation_id:"
    activate = (
        ("confirmation ID of 47 digits", confirmations("1" * 47), (place, "48 digits", "has 47")),
        ("confirmation ID of 49 digits", confirmations("1" * 49), (place, "48 digits", "has 49")),
        ("confirmation ID with letters", confirmations("1" * 47 + "A"), (place, "digits only")),
        ("confirmation ID with other digits", confirmations("٣" * 48), (place, "digits only")),
        (
            "confirmation ID for all",
            confirmations("1" * 48, "all"),
            ("confirmation_ids[0].product:", "unknown product"),
        ),
        ("unknown family", {"products": ["office"]}, ("products:", "unknown product")),
        ("no product", {"products": []}, ("products:", "at least one")),
        ("unknown option", {"product": "proplus"}, ("product", "products")),
    )
    for name, options, says in activate:
        yield f"ospp_activate: {name}", Case("ospp_activate", options, says)
    absent = {"state": "absent"}
    keys = (
        ("last five of four", {**absent, "last_five": ["ABCD"]}, ("last_five:", "exactly 5")),
        ("last five of six", {**absent, "last_five": ["ABCDEF"]}, ("last_five:", "exactly 5")),
        ("last five with a shell character", {**absent, "last_five": ["AB&CD"]}, ("last_five:", "exactly 5")),
        ("whole key as last five", {**absent, "last_five": [MAK]}, ("last_five:", "exactly 5")),
        ("absent with key", {**absent, "key": MAK, "last_five": ["MAK21"]}, ("key:", "present only")),
        ("absent with product", {**absent, "product": "proplus", "last_five": ["MAK21"]}, ("product:", "present only")),
        (
            "absent with exclusive",
            {**absent, "exclusive": True, "last_five": ["MAK21"]},
            ("exclusive:", "present only"),
        ),
        ("absent without last five", absent, ("last_five", "absent")),
        ("absent with no last five", {**absent, "last_five": []}, ("last_five",)),
        ("present with last five", {"key": MAK, "last_five": ["MAK21"]}, ("last_five:", "absent only")),
        ("neither key nor product", {}, ("key", "product", "present")),
        ("unknown family", {"product": "office"}, ("product:", "unknown product")),
        ("product all", {"product": "all"}, ("product:", "unknown product")),
        ("unknown option", {"key": MAK, "exclusiv": True}, ("exclusiv", "exclusive")),
    )
    for name, options, says in keys:
        yield f"ospp_product_key: {name}", Case("ospp_product_key", options, says)
    yield "ospp_kms_client: nothing asked for", Case("ospp_kms_client", {}, ("kms_host", "dns_discovery"))
    yield "ospp_user_operations: nothing asked for", Case("ospp_user_operations", {}, ("allowed",))
    yield (
        "ospp_user_operations: no boolean",
        Case("ospp_user_operations", {"allowed": "sometimes"}, ("allowed", "bool")),
    )
    yield "ospp_user_operations: unknown option", Case("ospp_user_operations", {"allow": True}, ("allow",))
    yield "ospp_info: unknown extra", Case("ospp_info", {"gather": ["everything"]}, ("gather", "cmid"))
    yield "ospp_info: unknown option", Case("ospp_info", {"path": "C:\\"}, ("path", "gather"))


CASES = dict(case for group in (key_cases, settings_cases, client_cases, rule_cases, other_cases) for case in group())
FLEET = f"""
defaults: {{office: [{{product: proplus, version: 2021}}]}}
hosts:
  h[001:{len(CASES):03}]:
  reading:
"""


def host_of(name: str) -> str:
    """The simulated host of a case: one each, so that its log proves that nothing was sent."""
    return f"h{list(CASES).index(name) + 1:03}"


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


@pytest.fixture(scope="module")
def answers(fleet: FleetServer) -> dict[str, dict[str, Any]]:
    """Every case on a host of its own, in one run; results by case."""
    plays = [
        play(task(name, case.module, case.options, ignore_errors=True), hosts=host_of(name))
        for name, case in CASES.items()
    ]
    run = fleet.play(plays_text(*plays))
    return {name: run.results(name)[host_of(name)] for name in CASES}


@pytest.mark.parametrize("name", CASES)
def test_bad_input_is_refused_with_option_and_rule_before_anything_is_sent(
    name: str, answers: dict[str, dict[str, Any]], fleet: FleetServer
) -> None:
    answer = answers[name]
    assert answer.get("failed") is True
    assert [words for words in CASES[name].says if words not in answer["msg"]] == [], answer["msg"]
    assert not answer.get("changed")
    assert "Traceback" not in str(answer)
    assert fleet.log(host_of(name)) == []


def test_a_refused_key_is_not_repeated(answers: dict[str, dict[str, Any]]) -> None:
    text = str([answer for name, answer in answers.items() if ": key with " in name])
    assert "BBBBB" not in text


def test_a_mak_without_key_is_told_after_reading_and_nothing_is_changed(fleet: FleetServer) -> None:
    options = {"products": [{"product": "proplus", "method": "mak"}]}
    run = fleet.play(plays_text(play(task("no key", "ospp_client", options), hosts="reading")))
    answer = run.results("no key")["reading"]
    assert answer["failed"]
    assert "key" in answer["msg"]
    assert "Nothing was changed." in answer["msg"]
    assert len(fleet.commands("reading")) == 1
    assert "/inpkey" not in fleet.commands("reading")[0]
