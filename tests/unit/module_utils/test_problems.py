# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each way in which a host can be bad gives a cause of its own."""

from __future__ import annotations

import re

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils import problems
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.reading import read_output
from unit.module_utils.host_output import (
    EXITING,
    HEADER,
    PROPLUS_2010,
    PROPLUS_2016,
    SCRIPT_2010,
    SEPARATOR,
    WINDOWS_7,
    keyed,
    listing,
    output,
    transcript,
)

HUNG = f"{HEADER}\r\n{SEPARATOR}\r\n"
NO_SERVICE = problems.service_problem("sppsvc", None)
DISABLED = problems.service_problem("sppsvc", 4)

BAD_HOSTS: dict[str, tuple[str, Problem]] = {
    "no answer at all": ("", problems.NO_ANSWER),
    "a host that is not Windows": ("sh: cmd.exe: command not found\n", problems.NO_ANSWER),
    "no Office": (output(script=None, folder=False), problems.NO_OFFICE),
    "script missing": (output(script=None), problems.SCRIPT_MISSING),
    "no VBScript engine": (output("", vbscript=False), problems.NO_VBSCRIPT),
    "message box ended by the time limit": (output(HUNG), problems.SCRIPT_HUNG),
    "script killed before its first line": (output("\r\n"), problems.SCRIPT_HUNG),
    "script killed in the middle of a licence": (
        output(transcript("02")[:300] + "\r\n"),
        problems.SCRIPT_HUNG,
    ),
    "service absent": (output(HUNG, services={"osppsvc": 3}), NO_SERVICE),
    "service disabled": (output(transcript("120"), services={"sppsvc": 4}), DISABLED),
    "Windows 7 without osppsvc": (
        output(HUNG, os_version=WINDOWS_7, services={"sppsvc": 2}),
        problems.service_problem("osppsvc", None),
    ),
    "garbled output": (output("\x00\x01 not a listing \ufffd\r\n"), problems.GARBLED),
    "localised script": (output("Fehler bei der Verarbeitung.\r\n"), problems.GARBLED),
    "listing that ends early": (
        output(listing(keyed(PROPLUS_2016, "NOTIFICATIONS", reason="0x8007000D"), stopped=True)),
        problems.ENDED_EARLY,
    ),
    "cut off in the registry": (output(transcript("02"), end=False), problems.CUT_OFF),
    "cut off in the listing": (
        output(transcript("02")).partition("LICENSE STATUS")[0],
        problems.CUT_OFF,
    ),
    "cut off before Office was looked for": (output().partition("@ospp")[0], problems.CUT_OFF),
}


@pytest.mark.parametrize("name", BAD_HOSTS)
def test_bad_host(name: str) -> None:
    text, expected = BAD_HOSTS[name]
    assert read_output(text).problem == expected


def test_causes_are_told_apart() -> None:
    causes = {problem.cause for _text, problem in BAD_HOSTS.values()}
    assert len(causes) == 11


@pytest.mark.parametrize("name", BAD_HOSTS)
def test_a_bad_host_is_never_complete(name: str) -> None:
    assert not read_output(BAD_HOSTS[name][0]).status.complete


def test_only_a_listing_that_ended_early_lets_the_work_go_on() -> None:
    going_on = {name for name, (_text, problem) in BAD_HOSTS.items() if not problem.fatal}
    assert going_on == {"listing that ends early"}


def test_a_service_that_refuses_to_list_gives_its_code_and_the_catalogue_its_cause() -> None:
    problem = read_output(output(transcript("120"))).problem
    assert problem is not None
    assert problem.code == "0x80070422"
    assert problem.fatal
    assert "0x80070422" in problem.message


@pytest.mark.parametrize("number", ["01", "08", "23", "29", "06"])
def test_a_good_host_has_no_problem(number: str) -> None:
    assert read_output(output(transcript(number))).problem is None


def test_localised_error_text_is_no_problem() -> None:
    text = transcript("08").replace("No KMS host answered.", "Kein Schlüsselverwaltungsdienst erreichbar.")
    assert read_output(output(text)).problem is None


def test_a_listing_counts_more_than_a_service_that_looks_absent() -> None:
    assert read_output(output(transcript("02"), services={})).problem is None


def test_an_account_that_is_not_elevated_can_read() -> None:
    assert read_output(output(transcript("02"), elevated=False)).problem is None


def test_office_2010_uses_osppsvc_on_every_windows() -> None:
    text = output(HUNG, script=SCRIPT_2010, services={"sppsvc": 2, "osppsvc": 4})
    assert read_output(text).problem == problems.service_problem("osppsvc", 4)


def test_trouble_with_office_2010_does_not_hide_what_is_wrong_with_the_newer_office() -> None:
    text = output("\r\n", office_2010=listing(keyed(PROPLUS_2010, activation_type=None)))
    assert read_output(text).problem == problems.SCRIPT_HUNG


def test_a_finished_listing_with_an_unknown_line_ended_early() -> None:
    block = keyed(PROPLUS_2016).replace("LICENSE STATUS:", "ESTADO:")
    assert read_output(output(listing(block))).problem == problems.ENDED_EARLY
    assert EXITING in listing(block)


@pytest.mark.parametrize("problem", [problem for _text, problem in BAD_HOSTS.values()], ids=list(BAD_HOSTS))
def test_causes_group_hosts_and_remedies_name_a_step(problem: Problem) -> None:
    assert problem.cause.endswith(".")
    assert problem.remedy.endswith(".")
    assert not re.search(r"[A-Z]:\\|corp\.example", problem.cause)
