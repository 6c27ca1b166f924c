# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory files, as they are written and read."""

from __future__ import annotations

from pathlib import Path

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.plugin_utils._inventory_files import (
    read_inventory,
    write_inventory,
)
from unit.module_utils.fleet_samples import HOSTILE, host, mak, product

FLEET = [host(f"{text} {place}", product(), mak(), groups=(text,)) for place, text in enumerate(HOSTILE)]
SUFFIXES = pytest.mark.parametrize("suffix", [".csv", ".json"])
HEADER = "host,read_at,product,sku_id,state,channel\n"
ROW = "pc01,2026-11-24T08:00:00Z,Office 2021 proplus,s1,licensed,mak\n"


@SUFFIXES
def test_a_fleet_with_hostile_names_comes_back(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"inventory{suffix}"
    assert write_inventory(iter(FLEET), path) == len(FLEET)
    records = [(record.host, record.groups, record.products) for record in read_inventory(path)]
    assert records == [(item.name, item.groups, tuple(one.record for one in item.products)) for item in FLEET]


@SUFFIXES
def test_an_empty_store_gives_a_file_without_hosts(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"inventory{suffix}"
    assert (write_inventory([], path), list(read_inventory(path))) == (0, [])


def read(tmp_path: Path, content: bytes, name: str = "inventory.csv") -> str:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        list(read_inventory(path, "src"))
    return str(error.value)


def test_an_error_names_the_line(tmp_path: Path) -> None:
    text = HEADER + ROW + ROW.replace("licensed", "fine").replace("pc01", "pc02")
    assert read(tmp_path, text.encode()).startswith("line 3, state: one of unlicensed")


def test_a_file_that_is_no_inventory_says_so(tmp_path: Path) -> None:
    assert "line 1 of" in read(tmp_path, b"name;colour\npc01;red\n")
    assert "line 1 of" in read(tmp_path, b"")
    assert "is no CSV" in read(tmp_path, (HEADER + '"pc01').encode())
    assert "more cells than columns" in read(tmp_path, (HEADER + ROW.strip() + ",x\n").encode())
    assert "is not in UTF-8" in read(tmp_path, HEADER.encode() + b"p\xfcc01")
    assert "is no JSON" in read(tmp_path, b"{", "inventory.json")
    assert "must end in .csv or .json" in read(tmp_path, b"", "inventory.xlsx")


def test_a_file_that_is_missing_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^src: .*can't be read \(No such file"):
        list(read_inventory(tmp_path / "none.csv", "src"))


def test_a_spreadsheet_may_have_saved_it_with_semicolons(tmp_path: Path) -> None:
    path = tmp_path / "inventory.csv"
    path.write_text((HEADER + ROW).replace(",", ";"), encoding="utf-8-sig")
    assert [record.host for record in read_inventory(path)] == ["pc01"]
