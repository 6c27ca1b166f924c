# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter slmgr_status, as templates use it, and its page."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from unit import filter_call
from unit.filter_call import filtered
from unit.module_utils.host_output import EXPECTED, transcript
from unit.test_documentation import page


def slmgr_status(text: Any) -> Any:
    return filtered("slmgr_status", text)


def refusal(text: Any) -> str:
    return filter_call.refusal("slmgr_status", text)


@pytest.mark.parametrize("number", ["81", "83", "88", "89", "90", "116"])
def test_it_gives_every_licence_with_every_field(number: str) -> None:
    expected = yaml.safe_load((EXPECTED / f"slmgr-{number}.yml").read_text(encoding="utf-8"))
    assert slmgr_status(transcript(number)) == expected["host_licences"]


@pytest.mark.parametrize("text", ["", "Access is denied.", transcript("02"), transcript("91"), transcript("95")])
def test_other_text_is_an_error(text: str) -> None:
    assert "slmgr_status: this is no output of slmgr.vbs /dlv" in refusal(text)


def test_the_error_of_the_script_is_named() -> None:
    assert "slmgr_status: slmgr.vbs failed with 0x80070422" in refusal(transcript("121"))


def test_text_in_another_language_is_an_error() -> None:
    assert "slmgr_status" in refusal(transcript("83").replace("Software licensing service version", "Dienstversion"))


@pytest.mark.parametrize("value", [None, 7, ["text"], {"stdout": "text"}])
def test_only_text_is_taken(value: Any) -> None:
    assert "slmgr_status: a string is needed, such as the stdout of slmgr.vbs /dlv" in refusal(value)


def test_the_page_names_every_field() -> None:
    (licence,) = slmgr_status(transcript("83"))
    documented = page("slmgr_status", "filter").returns["_value"]["contains"]
    assert list(documented) == list(licence)
    assert documented["service"]["sample"].keys() == licence["service"].keys()
    assert documented["service"]["sample"]["requests"].keys() == licence["service"]["requests"].keys()
