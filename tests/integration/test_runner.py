# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Jobs as AWX runs them: survey answers and credentials arrive, secrets do not leave, and jobs can be cancelled."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from integration.playbook_run import licensing_state, play, plays_text, task
from integration.runner_run import JobRun, run_job, run_slices
from integration.winsim_server import FleetServer

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
  desk[1:5]: {{groups: [desks]}}
  cut[1:5]: {{groups: [cut]}}
  part[1:6]: {{groups: [parts]}}
  laptop[1:2]: {{groups: [laptops]}}
  other:
  {SERVER}:
    groups: [kms_hosts]
    os: Windows Server 2022
    address: 127.10.51.12
    office: [{{channel: kms_host, version: 2021, key: none}}, {{channel: kms_host, version: 2024, key: none}}]
    vars: {{kms_host_address: 127.10.51.12}}
"""
DESKS = {f"desk{number}" for number in range(1, 6)}
CUT = {f"cut{number}" for number in range(1, 6)}
PARTS = [f"part{number}" for number in range(1, 7)]
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
    assert "desk5  Office 2021 proplus" in status_job.stdout


@pytest.fixture(scope="module")
def audit(fleet: FleetServer) -> tuple[JobRun, bool]:
    """An audit of the desks, and whether it left them as they were."""
    before = {host: licensing_state(fleet, host) for host in sorted(DESKS)}
    job = run_job(fleet, "site.yml", extra_vars={"officefleet_hosts": "desks"}, check=True, limit="desk1:desk2")
    return job, before == {host: licensing_state(fleet, host) for host in sorted(DESKS)}


def test_an_audit_shows_what_would_change(audit: tuple[JobRun, bool]) -> None:
    assert audit[0].stats["changed"] == {"desk1": 1, "desk2": 1}


def test_an_audit_changes_nothing(audit: tuple[JobRun, bool]) -> None:
    assert audit[1]


# -- jobs with credentials ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def laptop_job(fleet: FleetServer) -> JobRun:
    """A rollout with the MAK of a credential, which the variables of awx/project read; as verbose as AWX offers."""
    answers = {"officefleet_hosts": "laptops", "officefleet_max_fail_percentage": 20, "officefleet_preflight": "true"}
    return run_job(fleet, "site.yml", extra_vars=answers, secrets=SECRETS, verbosity=3)


def test_a_mak_of_a_credential_activates(laptop_job: JobRun, fleet: FleetServer) -> None:
    assert laptop_job.status == "successful"
    assert is_licensed(fleet, "laptop1", "WRNXE")


def test_a_key_can_come_from_the_environment_and_results_can_be_handed_on(handing_job: JobRun) -> None:
    assert handing_job.artifacts["client"]["outcomes"][0]["result"] == "licensed"


@pytest.fixture(scope="module")
def handing_job(fleet: FleetServer) -> JobRun:
    """A user's own playbook, with a key from the environment, that hands a whole result on to later jobs."""
    key = "{{ lookup('ansible.builtin.env', 'OFFICE_MAK') }}"
    products = [{"product": "proplus", "method": "mak", "key": key}]
    playbook = fleet.folder / "handing.yml"
    tasks = [
        task("activate", "ospp_client", {"products": products}, register="client"),
        task("hand on", "ansible.builtin.set_stats", {"data": {"client": "{{ client }}"}}),
    ]
    playbook.write_text(plays_text(play(*tasks, hosts="other")), encoding="utf-8")
    return run_job(fleet, playbook, environment={"OFFICE_MAK": MAK_IN_ENVIRONMENT})


@pytest.fixture(scope="module")
def kms_host_job(fleet: FleetServer) -> JobRun:
    return run_job(fleet, "kms_host.yml", extra_vars={"officefleet_kms_hosts": "kms_hosts"}, secrets=SECRETS)


def test_host_keys_of_a_credential_make_a_kms_host(kms_host_job: JobRun, fleet: FleetServer) -> None:
    assert kms_host_job.status == "successful"
    host = next(one for one in fleet.world()["kms_hosts"] if one["name"] == SERVER)
    assert sorted(host["serves"]) == [2021, 2024]


@pytest.mark.parametrize("job", ["laptop_job", "handing_job", "kms_host_job"])
def test_no_key_is_in_anything_that_a_job_leaves_behind(job: str, request: pytest.FixtureRequest) -> None:
    run: JobRun = request.getfixturevalue(job)
    kept = (run.everything_kept + json.dumps(run.events)).upper()
    found = [key for key in [*SECRETS.values(), MAK_IN_ENVIRONMENT] if key in kept]
    assert found == []


def test_what_a_job_leaves_behind_names_keys_by_their_last_five(laptop_job: JobRun) -> None:
    assert "WRNXE" in laptop_job.everything_kept


# -- cancelled, and sliced ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cancelled(fleet: FleetServer) -> tuple[JobRun, JobRun]:
    """A job that is cancelled when the first of its computers is done, and the next job."""
    for host in CUT:
        fleet.set_fault(host, "slow", seconds=1)
    options = {"extra_vars": {"officefleet_hosts": "cut"}}
    first = run_job(fleet, "site.yml", **options, forks=1, cancel_after=CLIENT_TASK)
    for host in CUT:
        fleet.clear_faults(host)
    return first, run_job(fleet, "site.yml", **options)


def test_a_job_can_be_cancelled_in_the_middle(cancelled: tuple[JobRun, JobRun]) -> None:
    assert cancelled[0].status == "canceled"
    assert 0 < len(cancelled[0].done(CLIENT_TASK)) < len(CUT)


def test_the_job_after_a_cancelled_one_completes_it(cancelled: tuple[JobRun, JobRun], fleet: FleetServer) -> None:
    assert cancelled[1].status == "successful"
    assert {host for host in CUT if is_licensed(fleet, host)} == CUT


def test_the_job_after_a_cancelled_one_leaves_alone_what_is_done(cancelled: tuple[JobRun, JobRun]) -> None:
    assert set(cancelled[1].stats["changed"]) & cancelled[0].done(CLIENT_TASK) == set()


@pytest.fixture(scope="module")
def slices(fleet: FleetServer) -> list[JobRun]:
    return run_slices(fleet, "site.yml", 3, PARTS, secrets=SECRETS, forks=2)


def test_slices_have_every_third_computer(slices: list[JobRun]) -> None:
    assert slices[0].done(CLIENT_TASK) == {"part1", "part4"}


def test_slices_at_once_activate_every_computer(slices: list[JobRun], fleet: FleetServer) -> None:
    assert [job.status for job in slices] == ["successful"] * 3
    assert [host for host in PARTS if not is_licensed(fleet, host)] == []


def test_each_slice_sums_up_its_own_computers(slices: list[JobRun]) -> None:
    summaries = [job.results("Show what came out, grouped by cause")["localhost"]["msg"] for job in slices]
    assert summaries == [["2 hosts: 2 licensed"]] * 3


def test_no_job_sent_a_line_that_the_computers_refuse(fleet: FleetServer, slices: list[JobRun]) -> None:
    assert fleet.violations() == []
