# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role office_deploy_config: files on the controller, registry and rearm of the computer that becomes an image."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.playbook_run import licensing_state, play, plays_text
from integration.winsim_server import FleetServer, PlaybookRun

pytestmark = pytest.mark.one_core

ROLE = "officefleet.activation.office_deploy_config"
EXPECTED = Path(__file__).resolve().parents[1] / "data" / "deploy"
MAK, OTHER_MAK = "KQXWJ-TBNRD-HFMPC-GYVKL-WRNXE", "BVNXM-QLKPJ-WTYGR-DFHCS-ZXRPK"
CMID = "11111111-2222-3333-4444-555555555555"
NONE_LEFT = {"RemainingAppReArmCount": 0}
FLEET = f"""
defaults: {{cmid: {CMID}, office: [{{product: proplus, version: 2021}}]}}
hosts:
  laptop01: {{}}
  image01: {{groups: [images]}}
  image02: {{groups: [images], os: Windows 7, office: [{{product: proplus, version: 2013}}]}}
  image03: {{groups: [images], language: de-DE}}
  spent01: {{groups: [images], office: [{{product: proplus, version: 2021, properties: {NONE_LEFT}}}]}}
  bare01: {{groups: [images], office: []}}
  limited01: {{elevated: false}}
"""
#: As an inventory gives them to the role office_client, and what is to be installed.
VARIABLES = {
    "vault_mak": MAK,
    "vault_other_mak": OTHER_MAK,
    "office_client_products": [
        {"product": "all", "method": "kms"},
        {"product": "proplus", "method": "mak", "key": "{{ vault_mak }}", "budget": 50},
    ],
    "office_client_kms_host": "kms01.corp.example",
    "office_client_kms_port": 1700,
    "office_client_user_operations": True,
    "office_deploy_config_office": 2021,
    "office_deploy_config_install": ["proplus", "visio_pro", "access"],
}
# What every Python of a run does first: look at the files with a MAK before each change of a name, a mode or an owner,
# and note the mode that they have then. Between two changes nothing happens to it.
WATCH = """
import os, sys

def watch(event, arguments):
    if event not in ("os.rename", "os.chmod", "os.chown"):
        return
    for name in os.listdir({folder!r}) if os.path.isdir({folder!r}) else ():
        path = os.path.join({folder!r}, name)
        with open(path, errors="replace") as file, open({seen!r}, "a") as seen:
            text = file.read()
            if any(mak in text for mak in {maks!r}):
                seen.write(f"{{os.stat(path).st_mode & 0o777:o}}\\n")

sys.addaudithook(watch)
"""
FILES = ("configuration-2021-proplus.xml", "configuration-2021.xml", "office-2021.reg")
IMAGES = ("image01", "image02", "image03")


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        folder = running.folder / "group_vars"
        folder.mkdir()
        written = {**VARIABLES, "office_deploy_config_directory": str(running.folder / "deploy")}
        (folder / "all.yml").write_text(yaml.safe_dump(written))
        yield running
        assert running.violations() == []


def role_play(hosts: str, *entries: str, **variables: Any) -> dict[str, Any]:
    """A play that runs entry points of the role."""
    steps = [{"name": entry, "ansible.builtin.import_role": {"name": ROLE, "tasks_from": entry}} for entry in entries]
    return play(*steps, hosts=hosts, vars=variables)


def changes(run: PlaybookRun) -> dict[str, int]:
    return {host: numbers["changed"] for host, numbers in run.stats.items()}


#: One run for all: the files with another MAK first, then those that stay, then the images.
EVERYTHING = plays_text(
    role_play("laptop01", "main", vault_mak="{{ vault_other_mak }}"),
    role_play("laptop01", "main"),
    role_play("images", "registry", "rearm"),
    role_play("limited01", "rearm"),
)


@pytest.fixture(scope="module")
def predicted(fleet: FleetServer) -> PlaybookRun:
    before = {host: licensing_state(fleet, host) for host in IMAGES}
    run = fleet.play(EVERYTHING, "--check", "--diff")
    assert {host: licensing_state(fleet, host) for host in IMAGES} == before, "check mode changed a host"
    assert not (fleet.folder / "deploy").exists(), "check mode wrote"
    return run


@pytest.fixture(scope="module")
def done(fleet: FleetServer, predicted: PlaybookRun) -> PlaybookRun:
    site = fleet.folder / "watch" / "sitecustomize.py"
    site.parent.mkdir()
    folder, seen = str(fleet.folder / "deploy"), str(site.with_name("seen"))
    site.write_text(WATCH.format(folder=folder, seen=seen, maks=[MAK, OTHER_MAK]))
    return fleet.play(EVERYTHING, "--diff", "-vvvvv", PYTHONPATH=str(site.parent))


@pytest.fixture(scope="module")
def again(fleet: FleetServer, done: PlaybookRun) -> PlaybookRun:
    """The files and the registry once more, and then variables that are wrong."""
    wrong = {"office_deploy_config_office": 2024, "office_deploy_config_install": ["publisher"]}
    return fleet.play(
        plays_text(
            role_play("image01", "registry"),
            role_play("laptop01", "main"),
            role_play("laptop01", "main", **wrong),
        ),
        "--diff",
    )


# -- files ------------------------------------------------------------------------------------------------------------


def test_check_mode_names_the_files_that_will_be_written(predicted: PlaybookRun) -> None:
    assert f"Would write {FILES[1]}, {FILES[0]}, {FILES[2]}" in predicted.stdout


@pytest.mark.usefixtures("done")
def test_the_files_are_those_that_were_written_by_hand(fleet: FleetServer) -> None:
    made = {path.name: path.read_bytes().replace(b"\r\n", b"\n") for path in (fleet.folder / "deploy").iterdir()}
    assert made == {name: (EXPECTED / name).read_bytes() for name in FILES}


@pytest.mark.usefixtures("done")
def test_only_the_owner_reads_the_file_with_the_mak(fleet: FleetServer) -> None:
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (fleet.folder / "deploy").iterdir()}
    assert modes == {FILES[0]: 0o600, FILES[1]: 0o644, FILES[2]: 0o644}


@pytest.mark.usefixtures("done")
def test_others_can_read_the_file_with_the_mak_at_no_moment(fleet: FleetServer) -> None:
    assert set((fleet.folder / "watch" / "seen").read_text().split()) == {"600"}


def test_only_files_without_a_key_show_their_difference(done: PlaybookRun) -> None:
    assert "VisioPro2021Volume" in done.stdout
    assert "ProPlus2021Volume" not in done.stdout


def test_no_mak_is_shown_anywhere(predicted: PlaybookRun, done: PlaybookRun, again: PlaybookRun) -> None:
    output = "".join(run.stdout + run.stderr for run in (predicted, done, again))
    assert not [key for key in (MAK, OTHER_MAK) if key in output or key.replace("-", "") in output]


def test_another_mak_changes_its_file_only(done: PlaybookRun) -> None:
    # Folder, file for the key and files in the first play, one file in the second.
    assert changes(done)["laptop01"] == 4
    assert [name for name, changed in written_in_last_play(done).items() if changed] == [FILES[0]]


def written_in_last_play(run: PlaybookRun) -> dict[str, bool]:
    """The files of the last play that wrote some: whether each has changed."""
    results = run.results(f"{ROLE} : Write the files")["laptop01"]["results"]
    return {one["office_deploy_config_file"]["name"]: one["changed"] for one in results}


def test_a_second_run_changes_nothing(again: PlaybookRun) -> None:
    assert changes(again) == {"laptop01": 0, "image01": 0}


def test_what_is_wrong_with_the_variables_is_said(again: PlaybookRun) -> None:
    assert again.stats["laptop01"]["failures"] == 1
    assert "Office 2024 has no volume product publisher that odt installs" in again.stdout


# -- the computer that becomes an image -------------------------------------------------------------------------------


def test_check_mode_predicts_what_the_run_changes(predicted: PlaybookRun, done: PlaybookRun) -> None:
    assert {host: changes(predicted)[host] for host in IMAGES} == dict.fromkeys(IMAGES, 2)
    assert {host: changes(done)[host] for host in IMAGES} == dict.fromkeys(IMAGES, 2)


@pytest.mark.usefixtures("done")
@pytest.mark.parametrize("host", IMAGES)
def test_the_image_knows_its_kms_host_and_may_be_activated_by_users(fleet: FleetServer, host: str) -> None:
    values = licensing_state(fleet, host)["licensing"]["registry"]
    found = {"\\".join(path.rsplit("\\", 2)[1:]): data for path, data in values.items()}
    assert found == {
        r"OfficeSoftwareProtectionPlatform\KeyManagementServiceName": "kms01.corp.example",
        r"OfficeSoftwareProtectionPlatform\KeyManagementServicePort": "1700",
        r"OfficeSoftwareProtectionPlatform\UserOperations": 1,
        r"SoftwareProtectionPlatform\UserOperations": 1,
    }


@pytest.mark.usefixtures("done")
@pytest.mark.parametrize("host", IMAGES)
def test_the_client_machine_id_of_the_image_is_another_one(fleet: FleetServer, host: str) -> None:
    assert fleet.state(host)["licensing"]["service"].get("ClientMachineID") != CMID


@pytest.mark.parametrize(("host", "left"), [("image01", "4"), ("image02", "not known"), ("image03", "4")])
def test_the_run_tells_how_many_rearms_are_left(done: PlaybookRun, host: str, left: str) -> None:
    told = done.results(f"{ROLE} : Tell what came of the rearm")[host]["msg"]
    assert " ".join(told.split()) == f"Office is rearmed. Capture the image now. Rearms left: {left}"


def test_nothing_of_office_runs_after_the_rearm(fleet: FleetServer, done: PlaybookRun) -> None:
    assert done.stats["image01"]["failures"] == 0
    assert fleet.commands("image01")[-1].endswith('OSPPREARM.EXE") else echo @missing)"')


@pytest.mark.parametrize(
    ("host", "task", "message"),
    [
        (
            "spent01",
            "Tell what came of the rearm",
            "No rearms remain for this installation. (0xC004D307)",
        ),
        ("bare01", "Read Office before the rearm", "No Office is installed"),
        ("limited01", "Stop where Office can not be rearmed", "The account is no elevated administrator on the host"),
    ],
)
def test_a_host_that_can_not_be_rearmed_says_why(done: PlaybookRun, host: str, task: str, message: str) -> None:
    assert done.results(f"{ROLE} : {task}")[host]["msg"].startswith(message)
    assert done.stats[host]["failures"] == 1
