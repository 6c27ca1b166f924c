# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of activation objects, and what stands in the way of reading it."""

from __future__ import annotations

import contextlib

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_text import (
    ActivationObject,
    ObjectListError,
    parse_objects,
)
from hypothesis import given
from hypothesis import strategies as st
from unit.module_utils.ad_object_output import (
    CONTAINER,
    EMPTY,
    EXTENDED_PID,
    OBJECT_2016,
    OBJECT_2021,
    OLD_SCHEMA,
    answer,
    entry,
    forest,
    listing,
)
from unit.module_utils.kms_host_output import ID_2021


def test_an_object_is_read_whole() -> None:
    assert parse_objects(listing(OBJECT_2021)) == (
        ActivationObject("Office LTSC 2021", ID_2021, "HST21", EXTENDED_PID, f"CN=Office LTSC 2021,{CONTAINER}"),
    )


def test_every_object_of_a_list_is_read() -> None:
    assert [known.name for known in parse_objects(listing(OBJECT_2016, OBJECT_2021))] == [
        "Office 2016",
        "Office LTSC 2021",
    ]


def test_an_empty_list() -> None:
    assert parse_objects(EMPTY) == ()


@pytest.mark.parametrize("text", ["Activation Objects\r\n", "", "Unrecognized option: /ao-list\r\n", "\x00"])
def test_what_is_no_whole_list_is_refused(text: str) -> None:
    with pytest.raises(ObjectListError):
        parse_objects(text)


@given(st.text(max_size=300) | st.integers(0, 800).map(lambda end: listing(OBJECT_2016, OBJECT_2021)[:end]))
def test_no_text_breaks_the_parser(text: str) -> None:
    with contextlib.suppress(ObjectListError):
        parse_objects(text)


@pytest.mark.parametrize("name", ["office, all", "Shown", rf"cn=office\, all,{CONTAINER}"])
def test_an_object_answers_to_its_name_its_entry_and_its_dn(name: str) -> None:
    (known,) = parse_objects(listing(entry("Shown", ID_2021, "HST21", r"Office\, all")))
    assert known.is_called(name)


def test_an_object_does_not_answer_to_a_part_of_its_name() -> None:
    (known,) = parse_objects(listing(OBJECT_2021))
    assert not known.is_called("Office")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "did not run the command line"),
        (answer(EMPTY, end=False), "was cut off"),
        (answer(EMPTY, os_version="6.1.7601"), "too old to make or list activation objects"),
        (answer(EMPTY, vbscript=False), "VBScript engine"),
        (answer(EMPTY, start=4), "sppsvc is disabled"),
        (answer(OLD_SCHEMA), "schema of this forest is older than Windows Server 2012"),
        (answer("Error: 0x8007054B text\r\n\r\n"), "is no member of a domain"),
        (answer("Error: 0x80072020 text\r\n\r\n"), "credentials end at this computer"),
        (answer("Error: 0x8007203A text\r\n\r\n"), "No domain controller answers the computer over LDAP"),
        (answer(""), "hung while it listed"),
        (answer("hello\r\n"), "not its list of activation objects"),
    ],
)
def test_what_stands_in_the_way_is_told(text: str, cause: str) -> None:
    from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_reading import read_forest

    problem = read_forest(text).problem
    assert problem is not None
    assert cause in problem.cause


@pytest.mark.parametrize(("licence", "seen"), [(True, True), (False, False), (None, None)])
def test_whether_the_host_licence_is_installed(licence: bool | None, seen: bool | None) -> None:
    assert forest(EMPTY, licence=licence).host_licence is seen
