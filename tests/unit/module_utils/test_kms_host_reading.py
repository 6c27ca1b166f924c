# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one command tells of a KMS host, and what stands in its way."""

from __future__ import annotations

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import (
    SLMGR_GARBLED,
    SLMGR_HUNG,
    HostSettings,
    PublishDomain,
    parse_publish_domains,
    read_host,
)
from ansible_collections.officefleet.activation.plugins.module_utils.problems import CUT_OFF, NO_ANSWER, NO_VBSCRIPT
from hypothesis import given
from hypothesis import strategies as st
from unit.module_utils.host_output import transcript
from unit.module_utils.kms_host_output import (
    ID_2013,
    ID_2016,
    KEYED_2013,
    KEYLESS_2013,
    LICENSED_2013,
    LICENSED_2016,
    NOT_FOUND,
    SERVER_2022,
    WINDOWS_CLIENT,
    WINDOWS_HOST,
    answer,
    host,
)
from unit.module_utils.test_parsers_never_fail import ANY_TEXT

GERMAN_ERROR = "Fehler: 0x80070422\r\n\r\n"


def test_everything_of_a_host() -> None:
    reading = host({"windows": WINDOWS_CLIENT, ID_2013: LICENSED_2013, ID_2016: NOT_FOUND}, elevated=False)
    assert reading.problem is None
    assert [(licence.channel, licence.partial_product_key) for licence in reading.licences["windows"]] == [
        ("kms_client", "J464C")
    ]
    assert [licence.partial_product_key for licence in reading.licences[ID_2013]] == ["HST15"]
    assert reading.licences[ID_2016] == ()
    assert (reading.os_version, reading.elevated, reading.service_start) == (SERVER_2022, False, "automatic")


def test_nothing_in_the_registry_means_the_defaults_of_windows() -> None:
    assert host({ID_2013: KEYLESS_2013}).settings == HostSettings(1688, "normal", True, ())


def test_the_settings_of_the_registry() -> None:
    found = host(
        {ID_2013: KEYED_2013},
        KeyManagementServiceListeningPort="1700",
        DisableDnsPublishing=1,
        EnableKmsLowPriority=1,
        DnsDomainPublishList=r"corp.example\0branch.example, 10, 5",
    ).settings
    domains = (PublishDomain("branch.example", 10, 5), PublishDomain("corp.example"))
    assert found == HostSettings(1700, "low", False, domains)


def test_zeros_are_the_defaults() -> None:
    found = host({}, KeyManagementServiceListeningPort="0", DisableDnsPublishing=0, EnableKmsLowPriority=0).settings
    assert found == HostSettings()


def test_the_priority_that_the_service_tells_counts() -> None:
    assert host({ID_2013: transcript("87")}).settings.priority == "low"
    assert host({ID_2013: LICENSED_2013}, EnableKmsLowPriority=1).settings.priority == "normal"


def test_which_licences_serve() -> None:
    reading = host({"windows": WINDOWS_HOST, ID_2013: KEYED_2013, ID_2016: LICENSED_2016})
    assert [licence.partial_product_key for licence in reading.serves] == ["WSKMS", "HST16"]


def test_the_output_of_steps() -> None:
    steps = (transcript("91"), transcript("92"))
    assert [parse.strip() for parse in host({}, steps=steps).steps] == [step.strip() for step in steps]


@pytest.mark.parametrize(
    ("text", "domains"),
    [
        ("", ()),
        ("corp.example", (PublishDomain("corp.example"),)),
        (r"Corp.Example.\0", (PublishDomain("corp.example"),)),
        (r"b.example,1,2\0a.example ,  3 , 4", (PublishDomain("a.example", 3, 4), PublishDomain("b.example", 1, 2))),
        ("corp.example, x, 999999", (PublishDomain("corp.example"),)),
        ("corp.example, 7", (PublishDomain("corp.example", 7),)),
        (r"\0\0 , 1, 2", ()),
    ],
)
def test_the_list_of_domains(text: str, domains: tuple[PublishDomain, ...]) -> None:
    assert parse_publish_domains(text) == domains


# -- what stands in the way -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", NO_ANSWER),
        ("sh: cmd.exe: not found", NO_ANSWER),
        (answer({ID_2013: LICENSED_2013}, end=False), CUT_OFF),
        (answer({ID_2013: ""}, vbscript=False), NO_VBSCRIPT),
        (answer({ID_2013: ""}), SLMGR_HUNG),
        (answer({ID_2013: "\r\n \r\n"}), SLMGR_HUNG),
        (answer({ID_2013: GERMAN_ERROR}), SLMGR_GARBLED),
        (answer({ID_2013: 'Input Error: Can not find script file "x.vbs".\r\n'}), SLMGR_GARBLED),
        (answer({ID_2013: LICENSED_2013, ID_2016: ""}), SLMGR_HUNG),
    ],
)
def test_what_the_host_could_not_do(text: str, problem: object) -> None:
    assert read_host(text).problem == problem


@pytest.mark.parametrize(("start", "words"), [(4, "is disabled"), (None, "does not exist")])
def test_a_service_that_cannot_run(start: int | None, words: str) -> None:
    problem = host({ID_2013: transcript("121")}, start=start).problem
    assert problem is not None
    assert words in problem.cause
    assert problem.code == ("0x80070422" if start else None)


def test_the_code_of_a_service_that_does_not_start() -> None:
    problem = host({ID_2013: "Error: 0x8007041D No words\r\n\r\n"}).problem
    assert problem is not None
    assert (problem.code, problem.cause) == ("0x8007041D", "The licensing service sppsvc does not start.")
    assert "event log" in problem.remedy


def test_the_code_of_another_failure() -> None:
    problem = host({ID_2013: transcript("117")}).problem
    assert problem is not None
    assert problem.code == "0x80070005"
    assert problem.remedy


@given(st.one_of(ANY_TEXT, ANY_TEXT.map(lambda text: answer({ID_2013: text, "windows": text}))))
def test_any_answer_is_read(text: str) -> None:
    read_host(text)


@given(st.data())
def test_an_answer_that_is_cut_off_is_never_taken_for_whole(data: st.DataObject) -> None:
    text = answer({ID_2013: LICENSED_2013, "windows": WINDOWS_CLIENT}).removesuffix("\r\n")
    cut = read_host(text[: data.draw(st.integers(0, len(text) - 1))])
    assert cut.problem in (NO_ANSWER, CUT_OFF)
