# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The error catalogue against the reference table, its style rules, and the form of codes."""

from __future__ import annotations

import csv
import dataclasses
import re
from collections import Counter
from pathlib import Path

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils import (
    error_catalogue,
    error_codes_remedies,
)
from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import (
    ALL_CODES,
    PENDING_CODES,
    ErrorEntry,
    format_code,
    lookup,
    parse_code,
)
from hypothesis import given
from hypothesis import strategies as st

TABLE = Path(__file__).resolve().parents[2] / "data" / "error-codes.tsv"

#: Codes that administrators meet often: these deserve texts of their own.
_OFTEN_MET = """
C004F074 C004F038 C004F042 C004F041 C004F039 C004F06C 8007232B 8007232A 8007251D 8007267C
80092328 800706BA C004C003 C004C008 C004C020 C004C021 C004C001 C004F050 C004F051 C004F069
C004F014 C004F015 C004F025 80070005 8007000D 80072EE7 80072EFD 80072EE2 80072F8F 80070422
80070426 C004F009 C004F00F C004F02C C004F031 C004F02F C004F034 C004F035 C004E015 C004D302
C004D307 4004F00C 4004F00D 4004F040 4004F065 C004F064 C004F200 C004F056 C004F06B C004F081
C004C016 80041003 80041010 80041014 80070002 80070057 8007054B
"""
OFTEN_MET = [int(code, 16) for code in _OFTEN_MET.split()]

#: What a remedy has to name for the reader to act on it at once.
STEPS = {
    0xC004F074: ["1688/TCP", "ospp_kms_client kms_host", "dns_discovery", "_vlmcs._tcp"],
    0xC004F038: ["CMID", "ospprearm.exe"],
    0xC004F042: ["ospp_kms_client kms_host"],
    0xC004F06C: ["w32tm /resync"],
    0x8007232B: ["_vlmcs._tcp", "ospp_kms_client kms_host"],
    0x800706BA: ["1688/TCP"],
    0x80072EFD: ["netsh winhttp show proxy"],
    0x80072F8F: ["w32tm /resync"],
    0xC004C020: ["Volume Licensing Service Center"],
    0xC004C016: ["telephone", "confirmation ID"],
    0xC004F031: ["installation ID", "confirmation ID"],
    0xC004F014: ["ospp_product_key"],
    0xC004F069: ["ospp_product_key"],
    0xC004D307: ["ospprearm.exe"],
    0x80070005: ["elevated", "runas"],
    0xC004F025: ["elevated", "runas"],
}


def reference_rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


ROWS = reference_rows()
ENTRIES = [pytest.param(lookup(code), id=format_code(code)) for code in sorted(ALL_CODES)]
# Codes outside the catalogue: the generic entry keeps the same style.
GENERIC = [pytest.param(lookup(code), id=f"generic-{format_code(code)}") for code in (0x0, 0x1BD, 0xC004FFFF)]


@pytest.mark.parametrize("row", ROWS, ids=[row["code"] for row in ROWS])
def test_a_code_of_the_table_has_its_category_and_retry(row: dict[str, str]) -> None:
    entry = lookup(parse_code(row["code"]))

    assert entry.code == int(row["code"], 16)
    assert entry.category == row["category"]
    assert entry.retryable is (row["retryable"] == "yes")


def test_the_catalogue_holds_exactly_the_codes_of_the_table() -> None:
    assert {int(row["code"], 16) for row in ROWS} == ALL_CODES


def test_no_code_stands_in_two_rows() -> None:
    counts = Counter(row[0] for rows in error_catalogue._DATA for row in rows)

    assert [format_code(code) for code, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("entry", ENTRIES + GENERIC)
def test_a_cause_is_one_plain_sentence(entry: ErrorEntry) -> None:
    assert_plain_text(entry.cause)
    assert sentences(entry.cause) == 1


@pytest.mark.parametrize("entry", ENTRIES + GENERIC)
def test_a_remedy_is_one_or_two_plain_sentences(entry: ErrorEntry) -> None:
    assert_plain_text(entry.remedy)
    assert sentences(entry.remedy) <= 2


@pytest.mark.parametrize("entry", ENTRIES + GENERIC)
def test_a_remedy_begins_with_what_to_do(entry: ErrorEntry) -> None:
    assert not re.match(r"(?:An?|The|This|These|You|It|There|No|If)\b", entry.remedy)


def assert_plain_text(text: str) -> None:
    assert 15 <= len(text) <= 220
    assert text[0].isupper()
    assert text.endswith(".")
    assert not text.endswith("..")
    assert text.isascii()
    assert text.isprintable()
    assert "  " not in text
    assert not re.search(r"[{}%<>]| ,| \.(?!\w)", text), "a placeholder or a stray blank"
    # Microsoft's sentences run "The ... reported that" and "... determined that"; ours do not.
    assert not re.search(r"\b(?:reported|determined) that\b", text)


def sentences(text: str) -> int:
    return len(re.findall(r"[.!?](?=\s+[A-Z]|$)", text))


def test_codes_met_often_differ_in_cause() -> None:
    causes = Counter(lookup(code).cause for code in OFTEN_MET)

    assert [cause for cause, count in causes.items() if count > 1] == []


def test_codes_met_often_say_more_than_the_table() -> None:
    meanings = {int(row["code"], 16): row["meaning"] for row in ROWS}

    assert [format_code(code) for code in OFTEN_MET if lookup(code).cause.rstrip(".") == meanings[code]] == []


@pytest.mark.parametrize(("code", "words"), STEPS.items(), ids=[format_code(code) for code in STEPS])
def test_a_remedy_names_the_concrete_step(code: int, words: list[str]) -> None:
    assert [word for word in words if word not in lookup(code).remedy] == []


def test_every_shared_remedy_is_used() -> None:
    shared = {value for name, value in vars(error_codes_remedies).items() if name.isupper()}

    assert shared - {lookup(code).remedy for code in ALL_CODES} == set()


def test_a_remedy_of_several_codes_is_worded_in_one_place() -> None:
    shared = {value for name, value in vars(error_codes_remedies).items() if name.isupper()}
    counts = Counter(lookup(code).remedy for code in ALL_CODES)

    assert [remedy for remedy, count in counts.items() if count > 1 and remedy not in shared] == []


@given(st.integers(min_value=0, max_value=0xFFFFFFFF).filter(lambda code: code not in ALL_CODES))
def test_an_unknown_code_gets_a_generic_entry_that_names_it(code: int) -> None:
    entry = lookup(code)

    assert (entry.code, entry.category, entry.retryable) == (code, "unknown", False)
    assert format_code(code) in entry.cause
    assert format_code(code) in entry.remedy


def test_the_exit_code_of_slmgr_finds_the_same_entry() -> None:
    assert lookup(-1073430520) == lookup(0xC004C008)
    assert format_code(-1073430520) == "0xC004C008"


def test_too_few_clients_counted_is_pending_and_worth_a_retry() -> None:
    assert frozenset({0xC004F038}) == PENDING_CODES
    assert lookup(0xC004F038).retryable


def test_an_entry_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        lookup(0xC004F074).cause = "Other."  # type: ignore[misc]


@pytest.mark.parametrize(
    ("code", "text"),
    [(0xC004F074, "0xC004F074"), (0x1BD, "0x1BD"), (0x4004F00C, "0x4004F00C"), (0, "0x0")],
)
def test_a_code_is_written_in_upper_case_without_padding(code: int, text: str) -> None:
    assert format_code(code) == text


@pytest.mark.parametrize("text", ["0xC004F074", "0xc004f074", "c004f074", "C004F074", "0XC004F074"])
def test_a_code_is_read_in_any_case_with_or_without_0x(text: str) -> None:
    assert parse_code(text) == 0xC004F074


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0x",
        "0x0xC004F074",
        "C004F0744",
        "-1",
        "+C004F07",
        "C004_F07",
        "C004F07G",
        " C004F074",
        "1BD\n",
        "\u0661",
    ],
)
def test_anything_else_is_no_code(text: str) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        parse_code(text)


@given(st.integers(min_value=0, max_value=0xFFFFFFFF))
def test_a_written_code_reads_back(code: int) -> None:
    assert parse_code(format_code(code)) == code
    assert parse_code(format_code(code)[2:].lower()) == code


@given(st.text() | st.text("0123456789abcdefABCDEFx-", max_size=12))
def test_reading_a_code_raises_nothing_but_value_error(text: str) -> None:
    try:
        code = parse_code(text)
    except ValueError:
        return
    assert 0 <= code <= 0xFFFFFFFF
