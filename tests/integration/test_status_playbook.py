# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""status.yml: reads only, shows a table, and writes the same as data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.playbook_run import licensing_state
from integration.winsim_server import FleetServer, PlaybookRun

STATUS = Path("officefleet.activation.status")
TABLE = "Show a line for each product"
KEY = "AAAAA-BBBBB-CCCCC-DDDDD"
FLEET = f"""
kms_hosts: {{kms01.corp.example: {{address: 127.10.23.11, port: 1688, serves: [2021], count: 9}}}}
microsoft: {{maks: [{{key: {KEY}-MAK21, office: 2021, family: proplus, limit: 9, used: 1}}]}}
defaults: {{office: [{{product: proplus, version: 2021}}]}}
hosts:
  desk01: {{office: [{{product: proplus, version: 2021, state: licensed, kms_override: {{host: kms01.corp.example}}}}]}}
  desk02: {{office: [{{product: proplus, version: 2021, state: notification}}, {{product: visio_pro, version: 2021}}]}}
  laptop01: {{office: [{{product: proplus, version: 2021, key: {KEY}-MAK21, state: licensed}}]}}
  old01: {{os: Windows 7, office: [{{product: proplus, version: 2013, state: oot_grace}}]}}
  cloud01:
    office: [{{product: o365proplus, version: 2016, channel: subscription, key: {KEY}-SUB36, state: licensed}}]
  keyless01: {{office: [{{product: proplus, version: 2021, key: none}}]}}
  bare01: {{office: []}}
  gone01: {{vars: {{ansible_port: 1}}}}
  broken01: {{faults: [http_500]}}
  linux01: {{vars: {{ansible_connection: local}}}}
  tricky01:
"""
# What a name could do to a terminal: colours, a cleared screen, a new title, a forged line.
ESCAPES = "Office \x1b[31m21\x1b[2J\x1b]0;title\x07, \x9b1mOffice21ProPlus2021VL_KMS_Client_AE\x08 edition"
READABLE = ("desk01", "desk02", "laptop01", "old01", "cloud01")
STATES = {"0": "unlicensed", "1": "licensed", "2": "oob_grace", "3": "oot_grace", "5": "notification"}
UNTOUCHED = (*READABLE, "keyless01", "bare01", "tricky01")


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        sku_id = running.product("tricky01", "ProPlus2021VL_KMS")["ID"]
        running.change("tricky01", products={sku_id: {"Name": ESCAPES}})
        yield running


def states(fleet: FleetServer) -> dict[str, Any]:
    """The whole state of the hosts that can be read, without minutes that run down."""
    found = {host: licensing_state(fleet, host) for host in UNTOUCHED}
    for state in found.values():
        for product in state["licensing"]["products"]:
            product.pop("GracePeriodRemaining", None)
    return found


@pytest.fixture(scope="module")
def run(fleet: FleetServer) -> PlaybookRun:
    """One run with the data file; it must leave every host as it is."""
    before = states(fleet)
    done = fleet.play(STATUS, "-e", f"officefleet_status_file={fleet.folder}/status.json")
    assert states(fleet) == before
    return done


@pytest.fixture(scope="module")
def rows(run: PlaybookRun, fleet: FleetServer) -> list[dict[str, Any]]:
    """The rows of the data file."""
    return json.loads((fleet.folder / "status.json").read_text())


def table(run: PlaybookRun) -> list[str]:
    """The lines of the table. Any one host may show it."""
    return next(result["msg"] for result in run.results(TABLE).values() if "msg" in result)


def test_reading_costs_one_command_a_host_and_succeeds_with_bad_hosts(run: PlaybookRun, fleet: FleetServer) -> None:
    assert run.exit_code == 0, run.stdout
    assert [len(fleet.commands(host)) for host in UNTOUCHED] == [1] * len(UNTOUCHED)
    assert fleet.violations() == []


@pytest.mark.parametrize("host", READABLE)
def test_the_data_are_what_the_host_really_has(host: str, rows: list[dict[str, Any]], fleet: FleetServer) -> None:
    products = fleet.state(host)["licensing"]["products"]
    keyed = [one for one in products if one.get("PartialProductKey") and "Office" in one["Name"]]
    wanted = [(one["ID"], STATES[one["LicenseStatus"]], one["PartialProductKey"]) for one in keyed]
    shown = [(row["sku_id"], row["state"], row["key"]) for row in rows if row["host"] == host]
    assert sorted(shown) == sorted(wanted)


@pytest.mark.parametrize(
    ("host", "state", "reason"),
    [
        ("gone01", "unreachable", "could not be reached"),
        ("broken01", "unreachable", "could not be reached"),
        ("bare01", "no status", "No Office is installed"),
        ("linux01", "no status", "not reached as a Windows host"),
        ("keyless01", "no key", "No Office product has a key"),
    ],
)
def test_hosts_that_cannot_be_read_have_their_row(
    host: str, state: str, reason: str, rows: list[dict[str, Any]], run: PlaybookRun
) -> None:
    (row,) = [row for row in rows if row["host"] == host]
    assert row["state"] == state
    assert reason in row["reason"]
    (line,) = [line for line in table(run) if line.startswith(f"{host} ")]
    assert state in line
    assert reason in line


def test_the_table_shows_each_row_below_its_heading(run: PlaybookRun, rows: list[dict[str, Any]]) -> None:
    lines = table(run)
    assert lines[0].split()[:3] == ["host", "product", "state"]
    assert len(lines) == len(rows) + 1
    start = lines[0].index("state")
    assert [line[start:].startswith(row["state"]) for line, row in zip(lines[1:], rows, strict=True)] == [True] * len(
        rows
    )


def test_the_kms_host_and_the_days_left_are_shown(rows: list[dict[str, Any]]) -> None:
    (row,) = [row for row in rows if row["host"] == "desk01"]
    assert row["kms_host"] == "kms01.corp.example"
    assert row["days_left"] in (179, 180)


def test_escapes_in_a_name_are_harmless(run: PlaybookRun, rows: list[dict[str, Any]], fleet: FleetServer) -> None:
    (line,) = [line for line in table(run) if line.startswith("tricky01 ")]
    assert line.isprintable()
    assert "oob_grace" in line
    assert not {"\x1b", "\x07", "\x08", "\x9b"} & set((fleet.folder / "status.json").read_text() + json.dumps(rows))
    shown = fleet.play(STATUS, "--limit", "tricky01", ANSIBLE_STDOUT_CALLBACK="default", ANSIBLE_NOCOLOR="1").stdout
    assert "tricky01" in shown
    assert [char for char in shown if not char.isprintable() and char != "\n"] == []


def test_a_limit_shows_only_its_hosts_and_check_mode_reads_all_the_same(fleet: FleetServer) -> None:
    limited = fleet.play(STATUS, "--limit", "desk01,gone01", "--check")
    assert [line.split()[0] for line in table(limited)] == ["host", "desk01", "gone01"]
    assert limited.exit_code == 0


def test_when_no_host_can_be_reached_the_table_says_so(fleet: FleetServer) -> None:
    assert "unreachable" in table(fleet.play(STATUS, "--limit", "gone01"))[1]


def test_a_data_file_whose_variable_is_null_is_not_written(fleet: FleetServer) -> None:
    run = fleet.play(STATUS, "--limit", "desk01", "-e", json.dumps({"officefleet_status_file": None}))
    assert run.exit_code == 0, run.stdout


def test_the_strategy_free_shows_one_table(fleet: FleetServer) -> None:
    run = fleet.play(STATUS, "--limit", "desk01,desk02", ANSIBLE_STRATEGY="free")
    assert len([result for result in run.results(TABLE).values() if "msg" in result]) == 1
