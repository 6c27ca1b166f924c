# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them: survey answers and credentials arrive, secrets do not leave, and jobs can be cancelled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from integration.playbook_run import licensing_state, play, plays_text, task
from integration.winsim_server import FleetServer
from jobs.job_run import JobRun, run_job, run_slices, told

KMS_HOST = "127.10.51.11"
SERVER = "kms02.corp.example"
SECRETS = {
    "vault_mak_proplus_2021": "KQXWJ-TBNRD-HFMPC-GYVKL-WRNXE",
    "vault_kms_host_key_2021": "BVNXM-QLKPJ-WTYGR-DFHCS-ZXRPK",
    "vault_kms_host_key_2024": "CMXNB-YWQTR-PLKJH-GFDSV-XQWMN",
}
MAK_IN_ENVIRONMENT = "HJKLM-ZXCVB-QWRTP-DFGHN-VBXMQ"
FLEET = f"""
clock: 2026-11-24T08:00:00Z
dns: {{corp.example: {{}}}}
kms_hosts: {{kms01.corp.example: {{address: {KMS_HOST}, port: 1688, serves: [2021], count: 10}}}}
microsoft:
  maks:
    - {{key: {SECRETS["vault_mak_proplus_2021"]}, office: 2021, family: proplus, limit: 99}}
    - {{key: {MAK_IN_ENVIRONMENT}, office: 2021, family: proplus, limit: 99}}
  keys:
    - {{key: {SECRETS["vault_kms_host_key_2021"]}, office: 2021, channel: kms_host}}
    - {{key: {SECRETS["vault_kms_host_key_2024"]}, office: 2024, channel: kms_host}}
defaults:
  domain: corp.example
  office: [{{product: proplus, version: 2021}}]
  vars: {{office_client_kms_host: {KMS_HOST}, office_client_activation_retry_delay: 0}}
hosts:
  desk[1:3]: {{groups: [desks]}}
  cut[1:4]: {{groups: [cut]}}
  laptop[1:2]: {{groups: [laptops]}}
  other:
  {SERVER}:
    groups: [kms_hosts]
    os: Windows Server 2022
    address: 127.10.51.12
    office: [{{channel: kms_host, version: 2021, key: none}}, {{channel: kms_host, version: 2024, key: none}}]
    vars: {{kms_host_address: 127.10.51.12}}
"""
DESKS = {f"desk{number}" for number in range(1, 4)}
CUT = [f"cut{number}" for number in range(1, 5)]
LAPTOPS = ["laptop1", "laptop2"]
CLIENT_TASK = "Bring Office into the described state"


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


def is_licensed(fleet: FleetServer, host: str, licence: str = "Office 21") -> bool:
    """Tell whether Office 2021, or the licence with this key, is licensed on the machine itself."""
    return str(fleet.product(host, licence)["LicenseStatus"]) == "1"


# -- jobs that only read --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def status_job(fleet: FleetServer) -> JobRun:
    return run_job(fleet, "status.yml", extra_vars={"officefleet_hosts": "desks"}, secrets=SECRETS)


def test_a_survey_answer_chooses_the_computers(status_job: JobRun) -> None:
    assert set(status_job.stats["processed"]) == DESKS


def test_the_status_is_in_the_log_of_the_job(status_job: JobRun) -> None:
    assert "desk3  Office 2021 proplus" in status_job.stdout


@pytest.fixture(scope="module")
def audit(fleet: FleetServer) -> tuple[JobRun, bool]:
    """An audit of the desks, and whether it left them as they were."""
    before = {host: licensing_state(fleet, host) for host in sorted(DESKS)}
    answers = {"officefleet_hosts": "desks", "officefleet_preflight": "false"}
    job = run_job(fleet, "site.yml", extra_vars=answers, check=True, limit="desk1:desk2")
    return job, before == {host: licensing_state(fleet, host) for host in sorted(DESKS)}


def test_an_audit_shows_what_would_change(audit: tuple[JobRun, bool]) -> None:
    assert audit[0].stats["changed"] == {"desk1": 1, "desk2": 1}


def test_an_audit_changes_nothing(audit: tuple[JobRun, bool]) -> None:
    assert audit[1]


# -- jobs with credentials ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def own_job(fleet: FleetServer) -> JobRun:
    """A user's own playbook: the one of the project that makes KMS hosts; then a computer with a key from the
    environment, whose whole result is handed on to later jobs."""
    key = "{{ lookup('ansible.builtin.env', 'OFFICE_MAK') }}"
    products = [{"product": "proplus", "method": "mak", "key": key}]
    playbook = fleet.folder / "own.yml"
    tasks = [
        task("activate", "ospp_client", {"products": products}, register="client"),
        task("hand on", "ansible.builtin.set_stats", {"data": {"client": "{{ client }}"}}),
    ]
    plays = [{"import_playbook": "kms_host.yml"}, play(*tasks, hosts="other")]
    playbook.write_text(plays_text(*plays), encoding="utf-8")
    answers = {"officefleet_kms_hosts": "kms_hosts"}
    secrets, environment = SECRETS, {"OFFICE_MAK": MAK_IN_ENVIRONMENT}
    return run_job(fleet, playbook, extra_vars=answers, secrets=secrets, environment=environment)


def test_host_keys_of_a_credential_make_a_kms_host(own_job: JobRun, fleet: FleetServer) -> None:
    assert own_job.status == "successful"
    host = next(one for one in fleet.world()["kms_hosts"] if one["name"] == SERVER)
    assert sorted(host["serves"]) == [2021, 2024]


def test_a_key_can_come_from_the_environment_and_results_can_be_handed_on(own_job: JobRun) -> None:
    assert own_job.artifacts["client"]["outcomes"][0]["result"] == "licensed"


# -- cancelled, and sliced ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cancelled(fleet: FleetServer) -> JobRun:
    """A job that is cancelled when the first of its computers is done.

    The others do not answer: a worker of Ansible's outlives the job, and what it did would meet the next one.
    """
    for host in CUT[1:]:
        fleet.set_fault(host, "slow", seconds=3600)
    answers = {"officefleet_hosts": "cut", "officefleet_preflight": "true"}
    job = run_job(fleet, "site.yml", extra_vars=answers, forks=1, cancel_after=CLIENT_TASK)
    for host in CUT:
        fleet.clear_faults(host)
    return job


@pytest.fixture(scope="module")
def slices(fleet: FleetServer, cancelled: JobRun) -> list[JobRun]:
    """The next job, in three slices, on these computers and on laptops, whose MAK comes from a credential through the
    variables of awx/project; as verbose as AWX offers."""
    answers = {"officefleet_max_fail_percentage": 20, "officefleet_preflight": "false"}
    options = {"extra_vars": answers, "secrets": SECRETS, "forks": 2, "verbosity": 3}
    return run_slices(fleet, "site.yml", 3, [*CUT, *LAPTOPS], **options)


def test_a_job_can_be_cancelled_in_the_middle(cancelled: JobRun) -> None:
    assert cancelled.status == "canceled"
    assert cancelled.done(CLIENT_TASK) == {CUT[0]}


def test_slices_have_every_third_computer(slices: list[JobRun]) -> None:
    assert slices[0].done(CLIENT_TASK) == {"cut1", "cut4"}


def test_the_job_after_a_cancelled_one_completes_it(slices: list[JobRun], fleet: FleetServer) -> None:
    assert [job.status for job in slices] == ["successful"] * 3
    assert [host for host in CUT if not is_licensed(fleet, host)] == []


def test_the_job_after_a_cancelled_one_leaves_alone_what_is_done(slices: list[JobRun], cancelled: JobRun) -> None:
    assert {host for job in slices for host in job.stats["changed"]} & cancelled.done(CLIENT_TASK) == set()


def test_a_mak_of_a_credential_activates(slices: list[JobRun], fleet: FleetServer) -> None:
    assert [host for host in LAPTOPS if not is_licensed(fleet, host, "WRNXE")] == []


def test_each_slice_sums_up_its_own_computers(slices: list[JobRun]) -> None:
    summaries = [job.results("Show what came out, grouped by cause")["localhost"]["msg"] for job in slices]
    assert summaries == [["2 hosts: 2 licensed"]] * 3


# -- secrets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["own_job", "slices"])
def test_no_key_is_in_anything_that_a_job_leaves_behind(name: str, request: pytest.FixtureRequest) -> None:
    given = request.getfixturevalue(name)
    jobs: list[JobRun] = given if isinstance(given, list) else [given]
    assert told(jobs, [*SECRETS.values(), MAK_IN_ENVIRONMENT]) == []


def test_what_a_job_leaves_behind_names_keys_by_their_last_five(slices: list[JobRun]) -> None:
    assert any("WRNXE" in job.everything_kept for job in slices)


@pytest.mark.usefixtures("own_job", "slices")
def test_no_job_sent_a_line_that_the_computers_refuse(fleet: FleetServer) -> None:
    assert fleet.violations() == []
