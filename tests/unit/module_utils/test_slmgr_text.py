# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The recorded slmgr.vbs commands of clients: /dlv, /ato, /dti and /atp."""

from __future__ import annotations

import re

import pytest
import yaml
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import CODE_NOT_TOLD
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import (
    SlmgrResult,
    SlmgrTextError,
    parse_installation_id,
    parse_licences,
    parse_result,
)
from unit.module_utils.host_output import EXPECTED, transcript

RESULTS = {
    "95": SlmgrResult(ok=True),
    "96": SlmgrResult(ok=False, code="0xC004C008"),
    "97": SlmgrResult(ok=False, code="0x80072EE7"),
    "99": SlmgrResult(ok=True),
    "100": SlmgrResult(ok=False, code="0xC004F02C"),
    "119": SlmgrResult(ok=False, code=CODE_NOT_TOLD, found=False),
    "121": SlmgrResult(ok=False, code="0x80070422"),
}


@pytest.mark.parametrize("number", ["81", "82", "83", "84", "85", "86", "87", "88", "89", "90", "116"])
def test_dlv_reads_as_written_by_hand(number: str) -> None:
    expected = yaml.safe_load((EXPECTED / f"{number}.yml").read_text(encoding="utf-8"))
    assert parse_licences(transcript(number)) == expected["licences"]


@pytest.mark.parametrize("number", RESULTS)
def test_result_of_activation_and_deposit(number: str) -> None:
    assert parse_result(transcript(number)) == RESULTS[number]


def test_activation_without_effect_exits_0_and_is_a_failure_all_the_same() -> None:
    text = "Activating Office 16, Office16ProPlusVL_MAK edition (x) ...\r\nError: Product activation failed.\r\n"
    assert parse_result(text) == SlmgrResult(ok=False, code=CODE_NOT_TOLD)


def test_failed_connection_to_wmi() -> None:
    text = "Error 0x80041003 occurred in connecting to the local WMI provider. Access denied\r\n"
    assert parse_result(text) == SlmgrResult(ok=False, code="0x80041003")


def test_positive_error_numbers_are_decimal() -> None:
    assert parse_result("Error: 5 Access denied: the requested action requires elevated privileges\r\n").code == "0x5"


def test_installation_id() -> None:
    assert parse_installation_id(transcript("98")) == "123456789012345678901234567890123456789012345678901234567890123"


def test_no_installation_id_without_a_key() -> None:
    assert parse_installation_id("Error: product not found.\r\n\r\n") is None


def test_dlv_of_a_disabled_service_tells_the_code() -> None:
    with pytest.raises(SlmgrTextError, match="0x80070422"):
        parse_licences(transcript("121"))


def test_other_text_is_no_dlv() -> None:
    with pytest.raises(SlmgrTextError, match="this is no output of slmgr"):
        parse_licences(transcript("02"))


def test_a_licence_without_a_description_is_read() -> None:
    text = re.sub(r"Description: .*", "Description: ", transcript("89"))
    assert [licence["channel"] for licence in parse_licences(text)] == ["other"]


@pytest.mark.parametrize(
    ("whole", "damaged"),
    [
        ("License Status: Licensed", "License Status: Li\ufffdensed"),
        ("License Status: Licensed", "Licen\ufffde Status: Licensed"),
        ("License Status: Licensed\r\n", ""),
        ("Partial Product Key: ", "Partial Produ\ufffd\ufffd Key: "),
        ("Name: Windows", "\ufffd\ufffdme: Windows"),
        ("Name: Windows(R), ServerStandard edition", "Name"),
    ],
)
def test_what_decides_about_an_activation_is_whole_or_nothing_is_believed(whole: str, damaged: str) -> None:
    text = transcript("89")
    assert whole in text
    with pytest.raises(SlmgrTextError, match=r"damaged|does not say whether"):
        parse_licences(text.replace(whole, damaged))
