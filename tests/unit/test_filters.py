# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter ospp_status, as templates use it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from unit import filter_call
from unit.filter_call import filtered
from unit.module_utils.host_output import transcript


def ospp_status(text: Any) -> dict[str, Any]:
    return filtered("ospp_status", text)


def refusal(text: Any) -> str:
    return filter_call.refusal("ospp_status", text)


def test_it_gives_every_licence_of_a_listing() -> None:
    result = ospp_status(transcript("16"))
    assert result["complete"] is True
    assert [licence["state"] for licence in result["licences"]] == ["licensed", "oob_grace", "notification"]


def test_it_gives_every_field_of_a_licence() -> None:
    (licence,) = ospp_status(transcript("05"))["licences"]
    assert licence == {
        "sku_id": "d450596f-894d-49e0-966a-fd39ed4c4c64",
        "product_id": "00339-10000-00000-AA310",
        "name": "Office 16, Office16ProPlusVL_KMS_Client edition",
        "description": "Office 16, VOLUME_KMSCLIENT channel",
        "office": 2016,
        "channel": "kms_client",
        "state": "licensed",
        "reason": None,
        "reason_informational": False,
        "grace_minutes": 259200,
        "partial_product_key": "WFG99",
        "activation_type": "all",
        "kms": None,
        "ad": {
            "object_name": "Office 2016 AO",
            "object_dn": "CN=Office 2016 AO,CN=Activation Objects,CN=Microsoft SPP,CN=Services,CN=Configuration,"
            "DC=corp,DC=example",
            "extended_pid": "55041-00206-000-000001-03-1033-9600.0000-0012016",
            "activation_id": "98ebfe73-2084-4c97-932c-c0cd1643bea7",
        },
    }


def test_it_reads_dstatusall_too() -> None:
    result = ospp_status(transcript("30"))
    assert result["complete"] is True
    assert None in [licence["partial_product_key"] for licence in result["licences"]]


def test_a_host_without_keys_has_no_licences() -> None:
    assert ospp_status(transcript("23")) == {"complete": True, "licences": []}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r\r\n"])
def test_line_ends_do_not_matter(line_end: str) -> None:
    lines = transcript("16").splitlines()
    assert ospp_status(line_end.join(lines)) == ospp_status(transcript("16"))


def test_a_listing_without_its_end_line_is_incomplete() -> None:
    cut = transcript("16").partition("---Exiting")[0]
    result = ospp_status(cut)
    assert result["complete"] is False
    assert len(result["licences"]) == 3


def test_a_licence_that_is_cut_off_is_left_out() -> None:
    cut = transcript("16").partition("LICENSE STATUS:  ---NOTIFICATIONS---")[0]
    result = ospp_status(cut)
    assert result["complete"] is False
    assert [licence["state"] for licence in result["licences"]] == ["licensed", "oob_grace"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Access is denied.",
        'Input Error: Can not find script file "C:\\OSPP.VBS".',
        "LICENSE STATUS:  ---LICENSED--- ",
    ],
)
def test_text_that_is_no_listing_is_an_error(text: str) -> None:
    assert "ospp_status: this is no listing of ospp.vbs" in refusal(text)


@pytest.mark.parametrize("name", ["31", "47", "55", "67"])
def test_the_output_of_another_command_is_an_error(name: str) -> None:
    assert re.search(
        "ospp_status: this is (no listing|the output of another ospp.vbs command)", refusal(transcript(name))
    )


def test_two_listings_in_one_text_are_an_error() -> None:
    assert "more than one" in refusal(transcript("16") + transcript("05"))


@pytest.mark.parametrize("value", [None, 7, ["text"], {"stdout": "text"}])
def test_only_text_is_taken(value: Any) -> None:
    assert "ospp_status: a string is needed, such as the stdout of ospp.vbs /dstatus" in refusal(value)
