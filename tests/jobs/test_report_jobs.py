# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them, with one PostgreSQL store: slices share a MAK's budget and give one report."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import psycopg
import pytest
from integration.winsim_server import FleetServer
from jobs.job_run import JobRun, run_job, run_slices, told
from store.postgres_server import PASSWORD, PostgresServer

pytestmark = pytest.mark.needs("postgres")

MAK = "KQXWJ-TBNRD-HFMPC-GYVKL-WRNXE"
BUDGET = 4
WRONG_PASSWORD = "n0t/th@t:one%"
SECRETS = [form for text in (MAK, PASSWORD, WRONG_PASSWORD) for form in {text, quote(text, safe="")}]
# Ansible reads the hosts in this order: desk3 is between the two new ones.
FLEET = f"""
clock: 2026-11-24T08:00:00Z
dns: {{corp.example: {{kms01: 127.10.52.11, _vlmcs: [{{host: kms01.corp.example}}]}}}}
kms_hosts: {{kms01.corp.example: {{address: 127.10.52.11, serves: [2021], count: 10}}}}
microsoft: {{maks: [{{key: {MAK}, office: 2021, family: proplus, limit: 99}}]}}
defaults: {{domain: corp.example, office: [{{product: proplus, version: 2021}}]}}
hosts:
  new1:
  desk[1:6]:
    vars:
      office_client_activation_retry_delay: 0
      office_client_products:
        - {{product: proplus, method: mak, key: "{{{{ vault_mak_proplus_2021 }}}}", budget: {BUDGET}}}
  new2:
  gone1: {{vars: {{ansible_port: 1}}}}
  kms01.corp.example: {{groups: [kms_hosts], os: Windows Server 2022, office: []}}
"""
DESKS = [f"desk{number}" for number in range(1, 7)]
OTHERS = ["new1", "new2", "gone1", "kms01.corp.example"]
LOCKED = "desk3"
RECORD = "Record what was read"


class Jobs:
    """A fleet, its store, and what credentials give the jobs on it."""

    def __init__(self, fleet: FleetServer, postgres: PostgresServer) -> None:
        self.fleet = fleet
        self._postgres = postgres
        self.url = postgres.new_database()
        self._database = self.url.rsplit("/", 1)[1]
        self.refused_url = postgres.url(self._database, WRONG_PASSWORD)
        self.secrets = {"vault_mak_proplus_2021": MAK, "officefleet_store_url": self.url}

    def rows(self, query: str) -> list[str]:
        return self._postgres.sql(query, database=self._database).splitlines()

    @contextmanager
    def locked(self, host: str) -> Iterator[None]:
        """Nobody can record this host."""
        with psycopg.connect(self.url) as connection:
            connection.execute("SELECT * FROM host WHERE name = %s FOR UPDATE", [host])
            yield


@pytest.fixture(scope="module")
def jobs() -> Iterator[Jobs]:
    with FleetServer(FLEET) as fleet, PostgresServer() as postgres:
        yield Jobs(fleet, postgres)


def spent(fleet: FleetServer) -> int:
    """How many activations Microsoft's service has counted."""
    return next(one["used"] for one in fleet.world()["microsoft"]["keys"] if one["key"] == MAK)


def leaves(data: Any) -> list[Any]:
    """All values in data."""
    if isinstance(data, dict):
        return [leaf for one in data.values() for leaf in leaves(one)]
    return [data]


# -- a store that can not be used -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def refused(jobs: Jobs) -> tuple[JobRun, int]:
    """A rollout whose password the database refuses, and how much of the MAK it spent."""
    secrets = {**jobs.secrets, "officefleet_store_url": jobs.refused_url}
    before = spent(jobs.fleet)
    job = run_job(jobs.fleet, "site.yml", secrets=secrets, hosts=["desk1"], verbosity=3)
    return job, spent(jobs.fleet) - before


def test_a_job_says_that_the_database_refuses_the_password(refused: tuple[JobRun, int]) -> None:
    cause = "The database of the store refuses the user or the password. Correct them in the URL of the store"
    assert [cause in message for _host, message in refused[0].failures] == [True]


def test_nothing_is_spent_while_the_database_refuses_the_password(refused: tuple[JobRun, int]) -> None:
    assert refused[1] == 0


def test_without_a_store_a_job_of_awx_says_what_to_do_and_nothing_else(jobs: Jobs) -> None:
    job = run_job(jobs.fleet, "report.yml", hosts=["new1"], job_id=90)
    what_to_do = (
        "No store is given, and in AWX a file would vanish with the container that runs the job."
        " Set the option store to the URL of a PostgreSQL database; awx/ of the collection has a credential type that"
        " does it."
    )
    assert (job.status, job.failures) == ("failed", [("new1", what_to_do)])


# -- a rollout in slices --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rollout(jobs: Jobs) -> list[JobRun]:
    """site.yml in three slices at once, with fewer activations of the MAK than computers."""
    return run_slices(jobs.fleet, "site.yml", 3, DESKS, 101, secrets=jobs.secrets, forks=2, verbosity=3)


def test_slices_at_once_spend_exactly_the_budget(jobs: Jobs, rollout: list[JobRun]) -> None:
    assert spent(jobs.fleet) == BUDGET


def test_the_others_say_that_the_budget_is_used_up(rollout: list[JobRun]) -> None:
    messages = [message for job in rollout for _host, message in job.failures]
    used_up = "The budget of the MAK *WRNXE is used up: 4 activations."
    assert [used_up in message for message in messages] == [True] * (len(DESKS) - BUDGET)


def test_every_slice_is_a_run_in_the_store(jobs: Jobs, rollout: list[JobRun]) -> None:
    assert jobs.rows("SELECT job FROM run WHERE job < '104' ORDER BY job") == ["101", "102", "103"]


# -- a reading that is cancelled, one in slices, and the report of all ----------------------------------------------


@pytest.fixture(scope="module")
def cancelled(jobs: Jobs, rollout: list[JobRun]) -> tuple[JobRun, list[str]]:
    """A reading of three computers, cancelled while it records the second; which new ones were in the store then."""
    options = {"hosts": ["new1", LOCKED, "new2"], "secrets": jobs.secrets, "forks": 1, "job_id": 104}
    with jobs.locked(LOCKED):
        job = run_job(jobs.fleet, "report.yml", **options, cancel_after=RECORD)
        return job, jobs.rows("SELECT name FROM host WHERE name LIKE 'new%'")


def test_a_job_can_be_cancelled_while_it_records(cancelled: tuple[JobRun, list[str]]) -> None:
    assert (cancelled[0].status, cancelled[0].done(RECORD)) == ("canceled", {"new1"})


def test_what_was_recorded_before_is_kept(cancelled: tuple[JobRun, list[str]]) -> None:
    assert cancelled[1] == ["new1"]


@pytest.fixture(scope="module")
def reading(jobs: Jobs, cancelled: tuple[JobRun, list[str]]) -> list[JobRun]:
    """What the rollout left out is read in three slices, which write no files."""
    options = {"extra_vars": {"officefleet_report_formats": []}, "secrets": jobs.secrets, "forks": 2}
    return run_slices(jobs.fleet, "report.yml", 3, OTHERS, 105, **options)


def test_slices_that_read_succeed_although_a_computer_is_not_reached(reading: list[JobRun]) -> None:
    assert [job.status for job in reading] == ["successful"] * 3


def test_slices_that_read_write_no_files(reading: list[JobRun]) -> None:
    results = [result for job in reading for result in job.results("Write the report").values()]
    assert [result["files"] for result in results] == [[]] * 3


@pytest.fixture(scope="module")
def report(jobs: Jobs, reading: list[JobRun]) -> JobRun:
    """The report of what the store has, without asking any computer."""
    answers = {"officefleet_read": "false", "officefleet_report_folder": str(jobs.fleet.folder / "report")}
    return run_job(jobs.fleet, "report.yml", extra_vars=answers, secrets=jobs.secrets, job_id=108, verbosity=3)


@pytest.fixture(scope="module")
def written(jobs: Jobs, report: JobRun) -> dict[str, Any]:
    """The report, from its JSON file."""
    assert report.status == "successful"
    return json.loads((jobs.fleet.folder / "report" / "report.json").read_text(encoding="utf-8"))


def test_one_report_shows_the_computers_of_all_slices(written: dict[str, Any]) -> None:
    hosts = {row["host"] for row in written["tables"]["products"]}
    assert hosts == {*DESKS, "new1", "new2", "kms01.corp.example"}


def test_a_report_after_a_cancelled_reading_misses_nobody(written: dict[str, Any]) -> None:
    assert written["numbers"]["hosts"] == len(DESKS) + len(OTHERS)


def test_the_report_counts_as_many_licensed_as_the_budget_allows(written: dict[str, Any]) -> None:
    numbers = written["numbers"]
    assert (numbers["products_by_state"]["licensed"], numbers["mak_left"]) == (BUDGET, {"WRNXE": 0})


def test_the_report_shows_who_was_not_reached(written: dict[str, Any]) -> None:
    assert "gone1" in {row["host"] for row in written["tables"]["need_person"]}


def test_the_report_shows_the_kms_host(written: dict[str, Any]) -> None:
    assert {row["product"]: row["counted"] for row in written["tables"]["kms_hosts"]} == {"Office 2021": 10}


def test_a_report_hands_on_its_numbers_and_nothing_else(report: JobRun, written: dict[str, Any]) -> None:
    assert report.artifacts == {"officefleet_numbers": written["numbers"]}


# -- a plan ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plan(jobs: Jobs) -> JobRun:
    places = {name: str(jobs.fleet.folder / name) for name in ("officefleet_plan_file", "officefleet_plan_page")}
    return run_job(jobs.fleet, "plan.yml", extra_vars=places, secrets=jobs.secrets, hosts=["desk1"], verbosity=3)


def test_a_plan_hands_on_its_numbers_and_nothing_else(plan: JobRun) -> None:
    assert plan.artifacts.keys() == {"activation_plan_counts"}
    assert {type(value) for value in leaves(plan.artifacts)} == {int}


# -- secrets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["refused", "rollout", "cancelled", "reading", "report", "plan"])
def test_no_key_and_no_password_is_in_anything_that_a_job_leaves_behind(
    name: str, request: pytest.FixtureRequest
) -> None:
    given = request.getfixturevalue(name)
    jobs = [one for one in (given if isinstance(given, (list, tuple)) else [given]) if isinstance(one, JobRun)]
    assert told(jobs, SECRETS) == []


def test_no_key_is_in_the_store(jobs: Jobs, rollout: list[JobRun]) -> None:
    tables = jobs.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    content = "\n".join(row for table in tables for row in jobs.rows(f"TABLE {table}"))
    assert "WRNXE" in content
    assert MAK not in content


def test_no_job_sent_a_line_that_the_computers_refuse(jobs: Jobs, report: JobRun, plan: JobRun) -> None:
    assert jobs.fleet.violations() == []
