# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every recorded run of slmgr.vbs, read by every parser for it; and text that nobody recorded.

The expected values in data/expected/slmgr-*.yml were written by hand from the transcripts.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any

import pytest
import yaml
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_text import (
    licence_data,
    parse_host_licences,
)
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_text import (
    SlmgrTextError,
    parse_error,
    parse_installation_id,
    parse_result,
)
from hypothesis import given
from hypothesis import strategies as st
from unit.module_utils.host_output import EXPECTED, TRANSCRIPTS, transcript
from unit.module_utils.test_parsers_never_fail import ANY_TEXT, damaged

NUMBERS = sorted((path.name.partition("-")[0] for path in TRANSCRIPTS.glob("*-slmgr-*.txt")), key=int)
LISTINGS = ["81", "82", "83", "84", "85", "86", "87", "88"]
ENABLED = "Key Management Service is enabled on this machine"


def expected(number: str) -> dict[str, Any]:
    return yaml.safe_load((EXPECTED / f"slmgr-{number}.yml").read_text(encoding="utf-8"))


def licences(text: str) -> Any:
    """The licences as data, or what the refusal says."""
    try:
        return [licence_data(licence) for licence in parse_host_licences(text)]
    except SlmgrTextError as error:
        return {"refused": error.code}


@pytest.mark.parametrize("number", NUMBERS)
def test_licences_of_a_kms_host(number: str) -> None:
    assert licences(transcript(number)) == expected(number)["host_licences"]


@pytest.mark.parametrize("number", NUMBERS)
def test_result_of_a_command(number: str) -> None:
    assert dataclasses.asdict(parse_result(transcript(number))) == expected(number)["result"]


@pytest.mark.parametrize("number", NUMBERS)
def test_error_code_of_a_command(number: str) -> None:
    assert parse_error(transcript(number)) == expected(number)["error"]


@pytest.mark.parametrize("number", NUMBERS)
def test_installation_id(number: str) -> None:
    assert parse_installation_id(transcript(number)) == expected(number)["installation_id"]


def test_every_transcript_of_slmgr_has_its_expected_values() -> None:
    assert {path.stem for path in EXPECTED.glob("slmgr-*.yml")} == {f"slmgr-{number}" for number in NUMBERS}


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r\r\n"])
def test_line_ends_do_not_matter(line_end: str) -> None:
    lines = transcript("88").splitlines()
    assert licences(line_end.join(lines)) == expected("88")["host_licences"]


def test_a_host_without_counters_tells_no_requests() -> None:
    (licence,) = licences(transcript("83").partition("\r\nKey Management Service cumulative")[0])
    assert licence["service"] == {
        "current_count": 22,
        "port": 1688,
        "dns_publishing": True,
        "priority": "normal",
        "requests": None,
    }


def test_numbers_that_are_none_are_left_out() -> None:
    text = transcript("83").replace("Current count: 22", "Current count: \u0662").replace("received: 4", "received: ")
    (licence,) = licences(text)
    assert licence["service"]["current_count"] is None
    assert "failed" not in licence["service"]["requests"]


@given(st.one_of(ANY_TEXT, damaged(NUMBERS)))
def test_any_text_is_read_or_refused_with_its_own_error(text: str) -> None:
    with contextlib.suppress(SlmgrTextError):
        parse_host_licences(text)
    parse_error(text)


@given(damaged(LISTINGS).map(lambda text: text.replace(ENABLED, "")))
def test_nothing_serves_that_does_not_say_so(text: str) -> None:
    with contextlib.suppress(SlmgrTextError):
        assert all(licence.service is None for licence in parse_host_licences(text))
