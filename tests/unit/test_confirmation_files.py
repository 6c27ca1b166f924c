# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files in which confirmation IDs are obtained, as they are written and read."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_intake import take
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.plugin_utils._confirmation_files import (
    read_entries,
    write_requests,
)
from unit.module_utils.fleet_samples import HOSTILE

SKU = "3f180b30-9b05-4fe2-aa8d-0c1c4790f811"
REQUESTS = [
    Request(f"pc{number} {text}", "Office 2021 proplus", SKU, "1E234", str(number % 10) * 63, f"{number:048}")
    for number, text in enumerate(HOSTILE[:9])
]
SUFFIXES = pytest.mark.parametrize("suffix", [".csv", ".json"])


@SUFFIXES
def test_what_is_written_is_read_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"mak_proxy{suffix}"
    write_requests(REQUESTS, path)
    intake = take(read_entries(path), ())
    assert [item.identity for item in intake.taken] == [item.identity for item in REQUESTS]
    assert [item.confirmation_id for item in intake.taken] == [item.confirmation_id for item in REQUESTS]


@SUFFIXES
def test_only_the_owner_reads_it(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"mak_proxy{suffix}"
    write_requests(REQUESTS, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@SUFFIXES
def test_the_same_again_leaves_the_file_as_it_is(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"mak_proxy{suffix}"
    assert [write_requests(REQUESTS, path), write_requests(REQUESTS, path)] == [True, False]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("ids.csv", b"host,confirmation_id\npc1,1\n", "line 1 of .* with host, installation_id, confirmation_id"),
        ("ids.csv", b"host;installation_id;confirmation_id\n\xff;1;2\n", "not in UTF-8"),
        ("ids.txt", b"", "must end in .csv or .json"),
        ("ids.json", b"{", "is no JSON"),
        ("ids.json", b"[]", 'a JSON object with "format"'),
        ("ids.json", b'{"format": "officefleet.activation confirmation", "version": 2, "requests": []}', "version 1"),
        (
            "ids.json",
            b'{"format": "officefleet.activation confirmation", "version": 1, "requests": [{"confirmation_id": 12}]}',
            "request 1 .* digits stand in quotes",
        ),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_entries(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"mak_proxy.csv can't be read"):
        read_entries(tmp_path / "mak_proxy.csv")


def test_empty_lines_of_a_spreadsheet_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "ids.csv"
    path.write_text(f"host;installation_id;confirmation_id;notes\npc1;{'1' * 63};;call back\n;;;\n", encoding="utf-8")
    assert [(item.where, item.host) for item in read_entries(path)] == [("line 2", "pc1")]
