# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tarball, installed alone into an empty folder, does the whole work."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from integration.playbook_run import play, plays_text, task
from integration.winsim_server import FleetServer

ROOT = Path(__file__).resolve().parent.parent.parent
FLEET = """
kms_hosts: {kms01.corp.example: {address: 127.10.25.11, port: 1688, serves: [2021], count: 9}}
defaults:
  office: [{product: proplus, version: 2021}]
  vars: {office_client_kms_host: 127.10.25.11}
hosts:
  desk[01:02]:
"""


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A collections path with the tarball in an empty folder, and the collections that it depends on behind it."""
    folder = tmp_path_factory.mktemp("collections")
    (tarball,) = (ROOT / ".build").glob("officefleet-activation-*.tar.gz")
    bundle = os.environ["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep)[-1]
    command = ["ansible-galaxy", "collection", "install", "--offline", "--collections-path", str(folder), str(tarball)]
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": bundle}
    subprocess.run(command, check=True, capture_output=True, env=environment)
    assert [path.name for path in (folder / "ansible_collections").iterdir() if path.is_dir()] == ["officefleet"]
    return os.pathsep.join([str(folder), bundle])


def test_playbooks_role_and_modules_work_from_the_tarball_alone(
    collections: str, fleet: FleetServer, tmp_path: Path
) -> None:
    site = Path("officefleet.activation.site")
    environment = {"ANSIBLE_COLLECTIONS_PATH": collections, "ANSIBLE_HOME": str(tmp_path)}
    first, second = (fleet.play(site, **environment) for _ in range(2))
    assert first.exit_code == 0, first.stdout + first.stderr
    assert [fleet.product(host, "KMS_Client")["LicenseStatus"] for host in ("desk01", "desk02")] == ["1", "1"]
    assert [host for host, numbers in second.stats.items() if numbers["changed"]] == []
    assert second.results("Show what came out, grouped by cause")["localhost"]["msg"] == ["2 hosts: 2 licensed"]

    role = play(hosts="desk01", roles=["officefleet.activation.office_client"])
    info = play(task("read", "ospp_info"), hosts="desk01")
    run = fleet.play(plays_text(role, info), **environment)
    assert run.results("read")["desk01"]["status"]["licences"][0]["state"] == "licensed"
    assert fleet.violations() == []


def test_the_tarball_brings_the_simulated_fleet(collections: str) -> None:
    winsim = Path(collections.split(os.pathsep)[0], "ansible_collections/officefleet/activation/tests/winsim")
    done = subprocess.run(["python", str(winsim), "--help"], capture_output=True, text=True, check=True)
    assert "serve" in done.stdout
