# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet spends no more of a MAK than its budget, whatever happens on the way: Microsoft's counter proves it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.playbook_run import Answer, ask
from integration.winsim_server import FleetServer

pytestmark = pytest.mark.one_core

KEYS = {name: f"AAAAA-BBBBB-CCCCC-DDDDD-{name}" for name in ("SHARE", "CHECK", "LOST1", "BLOCK", "NODB1", "WIN07")}
SHARING = [f"share{number}" for number in range(1, 6)]
FLEET = f"""
clock: 2026-11-24T08:00:00Z
kms_hosts: {{kms01.corp.example: {{address: 127.10.43.11, serves: [2013, 2021], count: 10}}}}
microsoft:
  maks:
    - {{key: {KEYS["SHARE"]}, office: 2021, family: proplus, limit: 50}}
    - {{key: {KEYS["CHECK"]}, office: 2021, family: proplus, limit: 50}}
    - {{key: {KEYS["LOST1"]}, office: 2021, family: proplus, limit: 50}}
    - {{key: {KEYS["BLOCK"]}, office: 2021, family: proplus, limit: 50, blocked: true}}
    - {{key: {KEYS["NODB1"]}, office: 2021, family: proplus, limit: 50}}
    - {{key: {KEYS["WIN07"]}, office: 2013, family: proplus, limit: 50}}
defaults: {{office: [{{product: proplus, version: 2021}}]}}
hosts:
  share[1:5]:
  checked: {{office: [{{product: proplus, version: 2021}}, {{product: visio_pro, version: 2021}}]}}
  lost: {{faults: [{{name: drop_after, when: /ato, times: 1}}]}}
  after_lost:
  blocked:
  nodb:
  norecord:
  windows7:
    os: Windows 7
    office: [{{product: proplus, version: 2013, key: {KEYS["WIN07"]}}}, {{product: visio_pro, version: 2013}}]
"""
KMS = {"kms_host": "kms01.corp.example"}


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


@pytest.fixture(scope="module")
def store(fleet: FleetServer) -> Path:
    return fleet.folder / "officefleet.sqlite"


def wish(store: Path | str, key: str, budget: int, *others: dict[str, Any], **settings: Any) -> dict[str, Any]:
    mak = {"product": "proplus", "method": "mak", "key": KEYS[key], "budget": budget}
    return {"products": [mak, *others], "store": str(store), **settings}


def spent(fleet: FleetServer, key: str) -> int:
    """How many activations Microsoft's service has counted."""
    return next(entry["used"] for entry in fleet.world()["microsoft"]["keys"] if entry["key"] == KEYS[key])


def results(answers: dict[str, Answer], product: str = "Office 2021 proplus") -> list[str]:
    return sorted(answer.outcomes[product]["result"] for answer in answers.values())


def places(store: Path, key: str) -> list[str]:
    """What became of the places of a key."""
    with sqlite3.connect(store) as database:
        rows = database.execute("SELECT result FROM activation WHERE last_five = ? ORDER BY result", (key,))
        return [result for (result,) in rows]


def test_hosts_that_ask_at_once_get_exactly_the_budget(fleet: FleetServer, store: Path) -> None:
    answers = ask(fleet, "ospp_client", dict.fromkeys(SHARING, wish(store, "SHARE", 2)), "--forks", "5")
    assert results(answers) == ["failed"] * 3 + ["licensed"] * 2
    assert spent(fleet, "SHARE") == 2
    assert places(store, "SHARE") == ["licensed"] * 2

    refused = [answer for answer in answers.values() if answer.failed]
    for answer in refused:
        assert answer.message.startswith(
            "Office 2021 proplus: The budget of the MAK *SHARE is used up: 2 activations. Raise budget"
        )
        assert answer.operations == []
        assert len(answer.commands) == 1
        assert answer.changed is False


def test_a_larger_budget_serves_the_rest_and_costs_the_licensed_nothing(fleet: FleetServer, store: Path) -> None:
    answers = ask(fleet, "ospp_client", dict.fromkeys(SHARING, wish(store, "SHARE", 5)))
    assert results(answers) == ["licensed"] * 5
    assert spent(fleet, "SHARE") == 5
    assert sorted(len(answer.commands) for answer in answers.values()) == [1, 1, 3, 3, 3]


def test_check_mode_tells_that_no_place_is_left_and_reserves_none(fleet: FleetServer, store: Path) -> None:
    visio = {"product": "visio_pro", "method": "kms"}
    wishes = {"checked": wish(store, "CHECK", 0, visio, **KMS)}
    predicted = ask(fleet, "ospp_client", wishes, check=True)["checked"]
    real = ask(fleet, "ospp_client", wishes)["checked"]
    assert predicted.failures == real.failures
    assert "The budget of the MAK *CHECK is used up: 0 activations." in real.message
    assert real.outcomes["Office 2021 visio_pro"]["result"] == "licensed"
    assert real.changed is True

    ask(fleet, "ospp_client", {"checked": wish(store, "CHECK", 1)}, check=True)
    assert places(store, "CHECK") == []


def test_an_activation_whose_answer_was_lost_keeps_its_place(fleet: FleetServer, store: Path) -> None:
    run = ask(fleet, "ospp_client", {"lost": wish(store, "LOST1", 1)})["lost"]
    assert run.result["unreachable"] is True
    assert spent(fleet, "LOST1") == 1
    assert places(store, "LOST1") == ["reserved"]

    other = ask(fleet, "ospp_client", {"after_lost": wish(store, "LOST1", 1)})["after_lost"]
    assert other.failed
    assert spent(fleet, "LOST1") == 1


def test_an_activation_that_microsoft_refuses_frees_its_place(fleet: FleetServer, store: Path) -> None:
    refused = ask(fleet, "ospp_client", {"blocked": wish(store, "BLOCK", 1)})["blocked"]
    assert refused.outcomes["Office 2021 proplus"]["attempt"] == "online"
    assert places(store, "BLOCK") == []


def test_a_store_that_does_not_answer_stops_the_mak_and_nothing_else(fleet: FleetServer, tmp_path: Path) -> None:
    missing = tmp_path / "no" / "such" / "folder" / "store.sqlite"
    by_kms = {"products": [{"product": "all", "method": "kms"}], "store": str(missing), "record": True, **KMS}
    answers = ask(fleet, "ospp_client", {"nodb": wish(missing, "NODB1", 5, **KMS), "norecord": by_kms})
    answer = answers["nodb"]
    assert "The budget of a MAK could not be asked for" in answer.message
    assert answer.operations == ["set the KMS host kms01.corp.example for every Office KMS licence on the machine"]
    assert spent(fleet, "NODB1") == 0

    assert answers["norecord"].outcomes["Office 2021 proplus"]["result"] == "licensed"
    assert "no/such/folder" in answers["norecord"].message


def test_on_windows_7_a_mak_without_a_place_keeps_everything_from_being_activated(
    fleet: FleetServer, store: Path
) -> None:
    visio = {"product": "visio_pro", "method": "kms"}
    answer = ask(fleet, "ospp_client", {"windows7": wish(store, "WIN07", 0, visio, **KMS)})["windows7"]
    assert answer.failures.keys() == {"Office 2013 proplus", "Office 2013 visio_pro"}
    assert spent(fleet, "WIN07") == 0


def test_no_key_is_in_the_store(fleet: FleetServer, store: Path) -> None:
    content = b"".join(path.read_bytes() for path in store.parent.glob("officefleet.sqlite*"))
    assert b"SHARE" in content
    assert not [key for key in KEYS.values() if key.encode() in content]
