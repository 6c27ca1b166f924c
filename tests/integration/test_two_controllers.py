# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two controllers work on the same hosts at the same time: none is misled, and the hosts end as described."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from integration.playbook_run import Answer, ask, playbook
from integration.winsim_server import FleetServer, PlaybookRun

pytestmark = pytest.mark.one_core

BY_KMS = [f"kms{number}" for number in range(1, 7)]
BY_MAK = [f"mak{number}" for number in range(1, 5)]
HOSTS = [*BY_KMS, *BY_MAK]


def mak(host: str) -> str:
    """A MAK of its own, so that what Microsoft counts is known for each host."""
    return f"AAAAA-BBBBB-CCCCC-DDDDD-1{host.upper()}"


FLEET = "\n".join(
    [
        "dns: {corp.example: {kms01: 127.10.78.11}}",
        "kms_hosts: {kms01.corp.example: {address: 127.10.78.11, serves: [2021], count: 10}}",
        "microsoft:",
        "  maks:",
        *(f"    - {{key: {mak(host)}, office: 2021, family: proplus, limit: 9}}" for host in BY_MAK),
        "defaults: {office: [{product: proplus, version: 2021, key: none}]}",
        "hosts:",
        # So slow that the other controller comes in between.
        *(f"  {host}: {{faults: [{{name: slow, seconds: 0.3}}]}}" for host in HOSTS),
    ]
)
WISHES = {host: {"kms_host": "kms01.corp.example", "products": [{"method": "kms"}]} for host in BY_KMS} | {
    host: {"products": [{"product": "proplus", "method": "mak", "key": mak(host)}]} for host in BY_MAK
}


@dataclass(frozen=True)
class Story:
    """What both controllers reported, and what one of them finds later."""

    together: list[PlaybookRun]
    later: dict[str, Answer]
    licensed: dict[str, bool]
    used: dict[str, int]


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with FleetServer(FLEET) as fleet:
        path = fleet.folder / "together.yml"  # written once: not while the other controller reads it
        path.write_text(playbook("ospp_client", WISHES))
        with ThreadPoolExecutor(2) as pool:
            together = list(pool.map(lambda _: fleet.play(path, "--forks", "10"), range(2)))
        later = ask(fleet, "ospp_client", WISHES, "--forks", "10")
        keys = {entry["key"]: entry["used"] for entry in fleet.world()["microsoft"]["keys"]}
        channel = {host: "KMS_Client" if host in BY_KMS else "ProPlus2021VL_MAK" for host in HOSTS}
        licensed = {host: fleet.product(host, channel[host])["LicenseStatus"] == "1" for host in HOSTS}
        yield Story(together, later, licensed, {host: keys[mak(host)] for host in BY_MAK})
        assert fleet.violations() == []


def test_both_controllers_succeed(story: Story) -> None:
    assert [run.exit_code for run in story.together] == [0, 0], "".join(run.stdout for run in story.together)


@pytest.mark.parametrize("host", HOSTS)
def test_what_both_report_as_licensed_is_licensed(host: str, story: Story) -> None:
    """The one that comes late may find nothing left to do: then it has no outcome, but the same status."""
    results = [run.results("ask")[host] for run in story.together]
    outcomes = [outcome["result"] for result in results for outcome in result["outcomes"]]
    assert 1 <= len(outcomes) <= len(results)
    assert set(outcomes) == {"licensed"}
    assert [one["state"] for result in results for one in result["status"]["licences"]] == ["licensed"] * len(results)
    assert story.licensed[host]


@pytest.mark.parametrize("host", HOSTS)
def test_then_nothing_is_left_to_do(host: str, story: Story) -> None:
    assert (story.later[host].failed, story.later[host].changed) == (False, False)
    assert len(story.later[host].commands) == 1


def test_each_controller_spends_at_most_one_count_of_a_mak(story: Story) -> None:
    """Between the last look and the activation another controller may activate too (docs/reliability.md)."""
    assert set(story.used.values()) <= {1, 2}
