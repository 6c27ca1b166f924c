# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every recorded command of ospp.vbs that is no listing, read from its transcript (31 to 80, and 120)."""

from __future__ import annotations

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import (
    CODE_NOT_TOLD,
    ActivationResult,
    StepResult,
    parse_act,
    parse_cmid,
    parse_history,
    parse_installation_ids,
    parse_step,
)
from unit.module_utils.host_output import EXITING, transcript

KMS_2013 = "b322da9c-a2e2-4058-9e4e-f59a6970bd69"
KMS_2016 = "d450596f-894d-49e0-966a-fd39ed4c4c64"
MAK_2013 = "2b88c4f2-ea8f-43cd-805e-4d41346e18a7"
MAK_2016 = "c47456e3-265d-47b6-8ca0-c30abbd0ca36"

ACTIVATIONS: dict[str, list[tuple[str, str | None]]] = {
    "31": [(KMS_2013, None)],
    "32": [(KMS_2016, "0xC004F074"), (MAK_2016, None)],
    "33": [(KMS_2013, "0xC004F074")],
    "34": [(KMS_2013, "0x8007232B")],
    "35": [(KMS_2013, "0x8007000D")],
    "36": [(KMS_2013, "0x80070005")],
    "37": [(KMS_2013, "0xC004F042")],
    "38": [(KMS_2016, "0xC004F038")],
    "39": [(KMS_2016, "0xC004F069")],
    "40": [(KMS_2016, "0x80072EE7")],
    "41": [(MAK_2016, "0xC004C020")],
    "42": [(MAK_2013, "0xC004C003")],
    "43": [(KMS_2013, "0x8004FE2F")],
    "44": [(KMS_2016, "0x1BD")],
    "45": [],
    "46": [(KMS_2013, "0xC004F074")],
    "120": [],
}

SUCCESSFUL = ["47", "51", "55", "56", "57", "64", "72", "73", "75", "77", "78", "79"]
REFUSED = {
    "48": "0xC004F050",
    "49": "0xC004F069",
    "53": "0x80070005",
    "60": "0x80070005",
    "61": "0xC004F025",
    "62": "0xC004F025",
    "65": "0xC004F02C",
    "120": "0x80070422",
}


@pytest.mark.parametrize("number", ACTIVATIONS)
def test_activation_tells_each_product(number: str) -> None:
    told = [(result.sku_id, result.code) for result in parse_act(transcript(number))]
    assert told == ACTIVATIONS[number]


def test_a_product_whose_result_is_cut_off_was_not_answered() -> None:
    text = transcript("32")
    cut = text[: text.index("<Product activation successful>")]
    assert parse_act(cut) == (ActivationResult(KMS_2016, "0xC004F074"),)


def test_a_product_without_a_result_line_has_an_untold_code() -> None:
    text = transcript("31").replace("<Product activation successful>\r\n", "")
    assert parse_act(text) == (ActivationResult(KMS_2013, CODE_NOT_TOLD),)


def test_the_2013_script_tells_no_number_of_a_short_unknown_code() -> None:
    text = transcript("44").replace(" (0x1BD)", "")
    assert parse_act(text) == (ActivationResult(KMS_2016, CODE_NOT_TOLD),)


@pytest.mark.parametrize("number", SUCCESSFUL)
def test_step_succeeded(number: str) -> None:
    assert parse_step(transcript(number)) == StepResult(finished=True)
    assert parse_step(transcript(number)).ok


@pytest.mark.parametrize("number", REFUSED)
def test_step_failed_with_its_code(number: str) -> None:
    result = parse_step(transcript(number))
    assert result.errors == (REFUSED[number],)
    assert not result.ok


def test_the_success_line_below_an_error_is_not_believed() -> None:
    text = transcript("61")
    assert "Successfully applied setting." in text
    assert not parse_step(text).ok


@pytest.mark.parametrize("number", ["58", "59"])
def test_no_kms_licence_on_the_machine_is_told(number: str) -> None:
    assert parse_step(transcript(number)) == StepResult(finished=True, no_kms_licences=True)


@pytest.mark.parametrize("number", ["52", "54"])
def test_a_key_that_is_not_there_is_no_error_since_it_is_gone(number: str) -> None:
    assert parse_step(transcript(number)) == StepResult(finished=True)


@pytest.mark.parametrize("number", ["50", "63", "74", "76", "80"])
def test_a_message_box_on_a_real_host_leaves_a_step_without_its_end(number: str) -> None:
    text = transcript(number)
    assert not parse_step(text[: text.index("<<POPUP>>")]).ok


def test_a_step_without_its_end_line_did_not_succeed() -> None:
    assert not parse_step(transcript("55").replace(EXITING, "")).ok


def test_without_any_product_key_no_product_is_answered() -> None:
    assert parse_act(transcript("45")) == ()


def test_installation_ids_by_licence_name() -> None:
    assert parse_installation_ids(transcript("66")) == [
        {
            "name": "Office 15, OfficeProPlusVL_KMS_Client edition",
            "installation_id": "123456789012345678901234567890123456789012345678901234019259008",
        },
        {
            "name": "Office 15, OfficeProPlusVL_MAK edition",
            "installation_id": "123456789012345678901234567890123456789012345678901234019219413",
        },
    ]


def test_client_machine_id() -> None:
    assert parse_cmid(transcript("67")) == "4a7e5c8e-1111-4c3b-9d2a-6f2d0b7a9c01"


def test_a_machine_without_a_client_machine_id() -> None:
    assert parse_cmid(transcript("68")) is None


def test_kms_history_tells_failures_and_successes() -> None:
    assert parse_history(transcript("69")) == [
        {"time": "3/5/2024 8:15:30 AM", "code": "0xC004F074", "kms_host": "kms01.corp.example"},
        {"time": "3/6/2024 12:00:00 PM", "code": None, "kms_host": "kms.corp.example"},
    ]


def test_no_kms_history() -> None:
    assert parse_history(transcript("70")) == []


def test_failures_of_internet_activation_carry_their_code() -> None:
    assert parse_history(transcript("71")) == [
        {"time": "3/6/2024 10:11:12 AM", "code": "0xC004C003", "kms_host": None},
    ]
