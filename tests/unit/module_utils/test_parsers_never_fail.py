# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a host sends, parsers answer or raise their own error, and nothing is licensed that does not say so."""

from __future__ import annotations

import contextlib

from ansible_collections.officefleet.activation.plugins.module_utils import slmgr_text
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import (
    parse_act,
    parse_cmid,
    parse_history,
    parse_installation_ids,
    parse_step,
)
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_text import (
    OsppTextError,
    listing_data,
    parse_listing,
)
from ansible_collections.officefleet.activation.plugins.module_utils.reading import read_output, split_sections
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import kms_overrides, parse_registry
from ansible_collections.officefleet.activation.plugins.module_utils.status import State, status_data
from hypothesis import given
from hypothesis import strategies as st
from unit.module_utils.host_output import PROPLUS_2016, TRANSCRIPTS, output, registered, transcript

NUMBERS = sorted(path.name.partition("-")[0] for path in TRANSCRIPTS.glob("*.txt"))
LISTINGS = [f"{number:02}" for number in range(1, 31)]
LICENSED_LINE = "LICENSE STATUS:  ---LICENSED---"
LINE_ENDS = st.sampled_from(["\r\n", "\n", "\r", "\r\r\n", "\n\r"])
#: Beginnings of lines that mean something, so that arbitrary text gets past the first check of a parser.
FRAGMENTS = st.sampled_from(
    [
        "---Processing--------------------------\r\n", "---------------------------------------\r\n",
        "---Exiting-----------------------------\r\n", "SKU ID: ", f"SKU ID: {PROPLUS_2016.sku_id}\r\n",
        "LICENSE NAME: ", "LICENSE DESCRIPTION: ", "LICENSE STATUS:  ---", "--- \r\n", "ERROR CODE: 0x",
        "REMAINING GRACE: ", " days  (", " minute(s) before expiring)", "\t", "\tActivation Interval: ", " minutes",
        "\tKMS machine registry override defined: ", "\tKMS host caching: ", ": ", "9" * 5000, "\u0661", "HKEY_USERS\\",
        "    KeyManagementServicePort    REG_SZ    ", "@os\r\n", "@ospp ", "@registry\r\n", "@end\r\n", "@step 1\r\n",
        "Error: ", "Error: 0x", "Name: ", "Software licensing service version: ", "    Activation interval: ",
        "Time remaining: ", "Coordinated Universal Time Written: ", "ERROR/HOST: ", "MESSAGE: hr=0x", ", ",
        "Installation ID for: ", "Notification Reason: 0x", "License Status: ", "\r\n", "\n", "\x00", "\ufeff",
    ]
)  # fmt: skip
ANY_TEXT = st.one_of(st.text(), st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=40).map("".join))


@st.composite
def damaged(draw: st.DrawFn, numbers: list[str]) -> str:
    """A transcript whose lines were deleted, repeated, swapped or garbled, and that may be cut off anywhere."""
    lines = transcript(draw(st.sampled_from(numbers))).splitlines()
    for _ in range(draw(st.integers(0, 5))):
        here = draw(st.integers(0, max(len(lines) - 1, 0)))
        there = draw(st.integers(0, max(len(lines) - 1, 0)))
        how = draw(st.sampled_from(["delete", "repeat", "swap", "garble", "splice"]))
        if not lines:
            break
        if how == "delete":
            del lines[here]
        elif how == "repeat":
            lines.insert(there, lines[here])
        elif how == "swap":
            lines[here], lines[there] = lines[there], lines[here]
        elif how == "garble":
            at = draw(st.integers(0, len(lines[here])))
            lines[here] = lines[here][:at] + draw(st.text(max_size=5)) + lines[here][at + draw(st.integers(0, 3)) :]
        else:
            lines[here:here] = transcript(draw(st.sampled_from(numbers))).splitlines()[:there]
    text = "".join(line + draw(LINE_ENDS) for line in lines)
    return text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text


def without_licensed_line(text: str) -> str:
    """The text without each line that says licensed, at whatever line end it stands."""
    kept = [line for line in text.split("\n") if line.rstrip() != LICENSED_LINE]
    return "\n".join(kept)


@given(st.one_of(ANY_TEXT, damaged(NUMBERS)))
def test_a_listing_is_read_or_refused_with_its_own_error(text: str) -> None:
    with contextlib.suppress(OsppTextError):
        listing_data(parse_listing(text))


@given(st.one_of(ANY_TEXT, damaged(NUMBERS)))
def test_the_other_parsers_answer_any_text(text: str) -> None:
    parse_step(text)
    parse_act(text)
    parse_cmid(text)
    parse_history(text)
    parse_installation_ids(text)
    split_sections(text)
    slmgr_text.parse_result(text)
    slmgr_text.parse_installation_id(text)


@given(st.one_of(ANY_TEXT, damaged(NUMBERS)))
def test_slmgr_dlv_is_read_or_refused_with_its_own_error(text: str) -> None:
    with contextlib.suppress(slmgr_text.SlmgrTextError):
        slmgr_text.parse_licences(text)


@given(ANY_TEXT)
def test_registry_text_is_read_whatever_it_is(text: str) -> None:
    for windows7 in (True, False):
        kms_overrides(parse_registry(registered(PROPLUS_2016, "kms01", "1688") + text), windows7)


@given(st.one_of(ANY_TEXT, damaged(NUMBERS)))
def test_the_answer_of_a_host_is_read_whatever_it_is(text: str) -> None:
    for answer in (text, output(text), output(extras={"all": text, "cmid": text, "kms_history": text})):
        status_data(read_output(answer).status)


@given(damaged(LISTINGS).map(without_licensed_line))
def test_nothing_is_licensed_that_does_not_say_so(text: str) -> None:
    with contextlib.suppress(OsppTextError):
        assert all(licence.state is not State.LICENSED for licence in parse_listing(text).licences)


@given(st.one_of(ANY_TEXT, damaged(LISTINGS)).map(without_licensed_line))
def test_nothing_of_a_host_is_licensed_that_does_not_say_so(text: str) -> None:
    for answer in (text, output(text), output(text, end=False), output(office_2010=text)):
        assert all(licence.state is not State.LICENSED for licence in read_output(answer).status.licences)


@given(st.sampled_from([number for number in LISTINGS if number != "26"]), st.data())
def test_a_listing_that_is_cut_off_is_never_complete(number: str, data: st.DataObject) -> None:
    text = transcript(number).removesuffix("\r\n")
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with contextlib.suppress(OsppTextError):
        assert not parse_listing(cut).complete


@given(st.sampled_from([number for number in LISTINGS if number != "26"]), st.data())
def test_an_answer_that_is_cut_off_is_never_complete(number: str, data: st.DataObject) -> None:
    text = output(transcript(number), registry=registered(PROPLUS_2016, "kms01")).removesuffix("\r\n")
    cut = read_output(text[: data.draw(st.integers(0, len(text) - 1))])
    assert not cut.status.complete
    assert cut.problem is not None
