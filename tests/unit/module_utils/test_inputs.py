# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users may write, and how everything else is refused: option and rule are named, no secret is repeated."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections.abc import Callable

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from hypothesis import given
from hypothesis import strategies as st

KEY = "XQNVK-8JYDB-WJ9W3-YJ8YR-WFG99"
CONFIRMATION = "123456" * 8
SHELL_CHARACTERS = "\"%&|<>^!'`;,()@$~=\\/ \t\r\n"


def refused(check: Callable[[str, str], object], value: str) -> str:
    """The message of the refusal."""
    with pytest.raises(InputError) as caught:
        check("some_option", value)
    assert caught.value.option == "some_option"
    assert str(caught.value) == f"some_option: {caught.value.rule}"
    return str(caught.value)


@pytest.mark.parametrize("value", [KEY, KEY.lower(), f"  {KEY}\n"])
def test_a_product_key_in_any_case(value: str) -> None:
    assert inputs.product_key("key", value) == KEY


@pytest.mark.parametrize(
    "value",
    ["", KEY[:-1], KEY + "9", KEY.replace("-", ""), KEY.replace("-", " "), KEY.replace("W", "&"), f"{KEY} & calc",
     KEY + "\n" + KEY, "*****-*****-*****-*****-WFG99"],
)  # fmt: skip
def test_a_malformed_product_key_is_refused_without_showing_it(value: str) -> None:
    message = refused(inputs.product_key, value)
    assert "5 groups of 5 letters or digits joined by hyphens" in message
    assert not any(group in message for group in re.findall(r"\w{5}", KEY))


def test_last_five_in_any_case() -> None:
    assert inputs.last_five("last_five", " wfg99 ") == "WFG99"


@pytest.mark.parametrize("value", ["", "FG99", "WFG999", "WFG9-", "WF 99", KEY])
def test_last_five_of_another_length_or_alphabet(value: str) -> None:
    assert "exactly 5 letters or digits" in refused(inputs.last_five, value)


@pytest.mark.parametrize(
    ("value", "normal"),
    [
        ("kms01.corp.example", "kms01.corp.example"),
        ("KMS01.Corp.Example", "kms01.corp.example"),
        ("kms01.corp.example.", "kms01.corp.example"),
        ("KMS01", "kms01"),
        ("kms_01", "kms_01"),
        ("10.0.0.5", "10.0.0.5"),
        ("fd00::5", "fd00::5"),
        ("[FD00::5]", "fd00::5"),
        ("FD00:0:0:0:0:0:0:5", "fd00::5"),
        (" kms01 ", "kms01"),
    ],
)
def test_kms_host_in_its_normal_form(value: str, normal: str) -> None:
    assert inputs.kms_host("kms_host", value) == normal


@pytest.mark.parametrize(
    "value",
    ["", ".", "kms 01", 'kms"01', "kms'01", "kms01&calc", "kms01|more", "kms01>x", "kms^01", "%COMPUTERNAME%", "kms!01",
     "kms01..corp", "-kms01", "kms01-", "a" * 64, ".".join(["a" * 60] * 5), "10.0.0", "10.0.0.256", "kms01/x",
     "kms01\\x", "kms01\n& calc", "köln.corp.example", "http://kms01", "fd00::5::1", "[kms01]"],
)  # fmt: skip
def test_what_is_no_kms_host(value: str) -> None:
    assert "a host name, an IPv4 or an IPv6 address is needed" in refused(inputs.kms_host, value) or "%" in value


@pytest.mark.parametrize("value", ["kms01:1688", "kms01.corp.example:1688", "10.0.0.5:1688", "[fd00::5]:1688"])
def test_a_port_behind_the_kms_host(value: str) -> None:
    assert "without a port; the port has an option of its own" in refused(inputs.kms_host, value)


@pytest.mark.parametrize("value", ["fe80::1%eth0", "fe80::1%x&calc", "[fe80::1%1]", "fe80::1%PATH", "10.0.0.5%1"])
def test_an_address_with_a_zone_is_refused_since_anything_could_stand_there(value: str) -> None:
    assert "without a zone" in refused(inputs.kms_host, value)


RIGHT = [KEY, KEY[-5:], CONFIRMATION, "kms01.corp.example", "10.0.0.5", "fd00::5", "proplus", "2021"]
CHECKS = [inputs.kms_host, inputs.dns_domain, inputs.product_key, inputs.last_five, inputs.confirmation_id,
          inputs.product]  # fmt: skip


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_no_accepted_value_holds_a_character_that_means_something_to_cmd(check: Callable[[str, str], str]) -> None:
    """Put in at any place of a value that some check accepts, or in place of what stands there."""
    accepted = set()
    for value, character, gone in itertools.product(RIGHT, SHELL_CHARACTERS, (0, 1)):
        for place in range(len(value) + 1):
            with contextlib.suppress(InputError):
                accepted.add(check("some_option", value[:place] + character + value[place + gone :]))
    assert accepted, "with a blank around it, say"
    assert [text for text in accepted if not re.fullmatch(r"[A-Za-z0-9_.:-]+", text, re.ASCII)] == []


@given(st.text())
def test_any_text_is_accepted_or_refused_with_a_rule(text: str) -> None:
    for check in CHECKS:
        try:
            check("some_option", text)
        except InputError as error:
            assert error.rule  # noqa: PT017


@given(st.ip_addresses(v=6).map(str) | st.ip_addresses(v=4).map(str))
def test_every_ip_address_is_a_kms_host_in_one_form(address: str) -> None:
    normal = inputs.kms_host("kms_host", address)
    assert inputs.kms_host("kms_host", normal) == normal
    assert inputs.kms_host("kms_host", f"[{address}]") == normal


@pytest.mark.parametrize("value", ["corp.example", "Corp.Example.", "a.b.c"])
def test_lookup_domain(value: str) -> None:
    assert inputs.dns_domain("lookup_domain", value) == value.rstrip(".").lower()


@pytest.mark.parametrize(
    "value", ["", "corp", "corp.", "corp example.com", "corp..example", "10.0.0.5", "corp.example:1"]
)
def test_what_is_no_domain(value: str) -> None:
    assert "a DNS domain name such as corp.example is needed" in refused(inputs.dns_domain, value)


@pytest.mark.parametrize("value", [1, 1688, 65535])
def test_ports(value: int) -> None:
    assert inputs.port("kms_port", value) == value


@pytest.mark.parametrize("value", [-1, 0, 65536])
def test_what_is_no_port(value: int) -> None:
    with pytest.raises(InputError, match="kms_port: a TCP port from 1 to 65535 is needed"):
        inputs.port("kms_port", value)


@pytest.mark.parametrize("separator", ["", "-", " ", "  "])
def test_confirmation_id_with_and_without_groups(separator: str) -> None:
    assert inputs.confirmation_id("confirmation_id", separator.join(["123456"] * 8)) == CONFIRMATION


@pytest.mark.parametrize("value", [CONFIRMATION[:-1], CONFIRMATION + "0", "1"])
def test_confirmation_id_of_another_length(value: str) -> None:
    assert f"has 48 digits, this one has {len(value)}" in refused(inputs.confirmation_id, value)


@pytest.mark.parametrize("value", ["", CONFIRMATION[:-1] + "x", CONFIRMATION[:-1] + "\u0663", "&calc"])
def test_confirmation_id_with_other_than_digits(value: str) -> None:
    assert "digits only" in refused(inputs.confirmation_id, value)


@pytest.mark.parametrize("value", [CONFIRMATION + "0", CONFIRMATION + "x"])
def test_a_refused_confirmation_id_is_not_shown(value: str) -> None:
    assert "123456" not in refused(inputs.confirmation_id, value)


@pytest.mark.parametrize(
    ("value", "normal"),
    [("ProPlus", "proplus"), (" visio_pro", "visio_pro"), ("all", "all"), ("word", "word"),
     ("D450596F-894D-49E0-966A-FD39ED4C4C64", "d450596f-894d-49e0-966a-fd39ed4c4c64")],
)  # fmt: skip
def test_products_by_family_or_sku_id(value: str, normal: str) -> None:
    assert inputs.product("product", value) == normal


@pytest.mark.parametrize("value", ["", "office", "visio", "d450596f-894d-49e0-966a", KEY])
def test_an_unknown_product_is_told_which_ones_there_are(value: str) -> None:
    message = refused(inputs.product, value)
    assert "known are all, project_pro" in message
    assert KEY not in message


def test_all_is_refused_where_one_product_is_needed() -> None:
    with pytest.raises(InputError, match="known are project_pro"):
        inputs.product("product", "all", allow_all=False)


@pytest.mark.parametrize("path", [r"C:\Program Files (x86)\Microsoft Office\Office16\OSPP.VBS", r"D:\Büro\OSPP.VBS"])
def test_paths_that_a_command_line_may_carry(path: str) -> None:
    assert inputs.script_path(path) == path


@pytest.mark.parametrize("path", ["", "OSPP.VBS", 'C:\\x" & calc & "', "C:\\%TEMP%\\x", "C:\\a|b", "C:\\a\nb"])
def test_paths_that_no_command_line_may_carry(path: str) -> None:
    with pytest.raises(InputError, match="script: the path"):
        inputs.script_path(path)
