# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""MAK proxy in jobs as AWX runs them, days apart: each in a folder of its own, only a PostgreSQL store in common.

One controller collects; days later another one, which got the file, applies it to a part of the lab, then without the
file to the rest; collecting and applying again completes what was left.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from integration.mak_proxy_file import read_rows, save_rows
from integration.winsim_server import FleetServer
from jobs.job_run import JobRun, run_job, told
from store.postgres_server import PASSWORD, PostgresServer
from winsim.products import sku_id

pytestmark = pytest.mark.needs("postgres")

MAK = "KQXWJ-TBNRD-HFMPC-GYVKL-WRNXE"
OFFICE = sku_id(2021, "proplus", "mak")
LAB = [f"lab{number}" for number in range(1, 7)]
FIRST_PART, REST, LATE = LAB[:3], LAB[3:], LAB[5]
FLEET = f"""
clock: 2026-11-24T08:00:00Z
microsoft: {{maks: [{{key: {MAK}, office: 2021, family: proplus, limit: 99}}]}}
defaults:
  office: [{{product: proplus, version: 2021}}]
  reach: {{microsoft: false}}
  vars:
    office_client_products: [{{product: proplus, method: mak_proxy, key: "{{{{ vault_mak_proplus_2021 }}}}"}}]
hosts:
  lab[1:6]: {{groups: [lab]}}
"""
COLLECT, DEPOSIT = "Install MAKs and record installation IDs", "Deposit confirmation IDs"


class Lab:
    """A fleet without a way to Microsoft, two controllers with a folder each, and a store that both reach."""

    def __init__(self, fleet: FleetServer, url: str) -> None:
        self.fleet = fleet
        self._secrets = {"vault_mak_proplus_2021": MAK, "officefleet_store_url": url}
        self.collector, self.applier = fleet.folder / "collector" / "waiting.csv", fleet.folder / "applier" / "got.csv"
        self.applier.parent.mkdir()
        self._job_ids = iter(range(301, 400))
        self.confirmation_ids: list[str] = []

    def collect(self) -> JobRun:
        return self._run("mak_proxy_collect.yml", LAB, officefleet_mak_proxy_files=str(self.collector))

    def apply(self, hosts: list[str], file: Path | None) -> JobRun:
        return self._run("mak_proxy_apply.yml", hosts, officefleet_mak_proxy_file=str(file or ""))

    def _run(self, playbook: str, hosts: list[str], **answers: Any) -> JobRun:
        return run_job(
            self.fleet,
            playbook,
            extra_vars={"officefleet_hosts": "lab", **answers},
            secrets=self._secrets,
            limit=":".join(hosts),
            verbosity=3,
            job_id=next(self._job_ids),
        )

    def telephone(self, hosts: list[str]) -> None:
        """Somebody gets confirmation IDs for hosts, writes them into the file, and takes it to the other controller."""
        rows = read_rows(self.collector)
        for row in rows:
            if row["host"] in hosts:
                digits = self.fleet.confirmation_id(row["installation_id"], row["last_five"])
                row["confirmation_id"] = in_groups(digits)
                self.confirmation_ids += [digits, row["confirmation_id"]]
        save_rows(self.collector, rows)
        shutil.copy(self.collector, self.applier)

    def licensed(self) -> list[str]:
        return [host for host in LAB if self.fleet.product(host, OFFICE)["LicenseStatus"] == "1"]

    def deposits(self) -> dict[str, int]:
        """How often a confirmation ID was deposited on each host."""
        return {host: sum(line.count(" /atp ") for line in self.fleet.commands(host)) for host in LAB}

    def spent(self) -> int:
        """How many activations Microsoft has counted."""
        return next(one["used"] for one in self.fleet.world()["microsoft"]["keys"] if one["key"] == MAK)


def in_groups(digits: str) -> str:
    return "-".join(digits[start : start + 6] for start in range(0, len(digits), 6))


@dataclass
class Story:
    """The jobs by what they were for, and what was seen after each."""

    lab: Lab
    jobs: dict[str, JobRun] = field(default_factory=dict)
    licensed: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def keep(self, name: str, job: JobRun) -> None:
        self.jobs[name] = job
        self.licensed[name] = self.lab.licensed()
        self.rows[name] = read_rows(self.lab.collector)


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with FleetServer(FLEET) as fleet, PostgresServer() as postgres:
        lab = Lab(fleet, postgres.new_database())
        told_so_far = Story(lab)
        told_so_far.keep("collect", lab.collect())
        fleet.advance("3d")
        lab.telephone([host for host in LAB if host != LATE])
        told_so_far.keep("first part", lab.apply(FIRST_PART, lab.applier))
        fleet.advance("4d")
        lab.applier.unlink()
        told_so_far.keep("rest", lab.apply(REST, None))
        fleet.advance("9d")
        told_so_far.keep("collect again", lab.collect())
        lab.telephone([LATE])
        fleet.advance("2d")
        told_so_far.keep("all", lab.apply(LAB, lab.applier))
        told_so_far.keep("all again", lab.apply(LAB, lab.applier))
        yield told_so_far
        assert fleet.violations() == []


def changed(job: JobRun) -> set[str]:
    return set(job.stats["changed"])


def cause(job: JobRun, host: str) -> str:
    (outcome,) = job.results(DEPOSIT)[host]["outcomes"]
    return outcome["cause"]


def test_every_job_succeeds(story: Story) -> None:
    assert {name: job.status for name, job in story.jobs.items()} == dict.fromkeys(story.jobs, "successful")


def test_one_job_collects_the_whole_lab(story: Story) -> None:
    assert {row["host"] for row in story.rows["collect"]} == set(LAB)
    assert story.licensed["collect"] == []


def test_days_later_another_controller_activates_a_part_by_the_file(story: Story) -> None:
    assert story.licensed["first part"] == FIRST_PART
    assert changed(story.jobs["first part"]) == set(FIRST_PART)


def test_what_the_file_said_of_the_rest_is_in_the_store_when_the_file_is_gone(story: Story) -> None:
    assert story.licensed["rest"] == [host for host in LAB if host != LATE]
    assert changed(story.jobs["rest"]) == set(REST) - {LATE}


def test_a_computer_without_a_confirmation_id_goes_on_waiting(story: Story) -> None:
    assert cause(story.jobs["rest"], LATE) == "the MAK is installed and waits for a confirmation ID"


def test_collecting_again_writes_what_still_waits_and_changes_no_computer(story: Story) -> None:
    results = story.jobs["collect again"].results(COLLECT)
    assert {host: result["changed"] for host, result in results.items()} == dict.fromkeys(LAB, False)
    first = next(row for row in story.rows["collect"] if row["host"] == LATE)
    assert story.rows["collect again"] == [first]


def test_the_last_one_is_activated_and_the_others_are_left_alone(story: Story) -> None:
    assert story.licensed["all"] == LAB
    results = story.jobs["all"].results(DEPOSIT)
    assert [host for host, result in results.items() if result["changed"]] == [LATE]


def test_applying_again_changes_nothing_at_all(story: Story) -> None:
    assert changed(story.jobs["all again"]) == set()


def test_every_computer_got_its_confirmation_id_once(story: Story) -> None:
    assert story.lab.deposits() == dict.fromkeys(LAB, 1)


def test_microsoft_counts_every_computer_once(story: Story) -> None:
    assert story.lab.spent() == len(LAB)


def test_no_key_no_confirmation_id_and_no_password_is_in_anything_that_a_job_leaves_behind(story: Story) -> None:
    assert len(story.lab.confirmation_ids) == 2 * len(LAB)
    secrets = [MAK, PASSWORD, quote(PASSWORD, safe=""), *story.lab.confirmation_ids]
    assert told(story.jobs.values(), secrets) == []
