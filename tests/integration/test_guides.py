# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenario guides as they stand: their files in one project, their commands on one fleet, the end they promise.

Guides that call the same playbook with the same options share a run, which has the hosts of all of them. What belongs
to no guide is the test's: where the computers are, what is in the vault, and what a person does with a file.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from integration.guide_pages import GUIDES, blocks, read_guide
from integration.mak_proxy_file import read_rows, save_rows
from integration.winsim_server import PATIENCE, FleetServer
from winsim.packs import pack_text

# All commands of all guides are run before the first test looks at the result.
pytestmark = [pytest.mark.one_core, pytest.mark.timeout(1800)]

KMS_HOST = "127.10.171.11"
NAMES = sorted({path.stem for path in GUIDES.glob("*.md")} - {"getting-started", "first-host"})
VAULT = {
    "vault_kms_host_key_2013": "AAAAA-BBBBB-CCCCC-DDDDD-HST13",
    "vault_kms_host_key_2021": "AAAAA-BBBBB-CCCCC-DDDDD-HST21",
    "vault_mak_laptops": "AAAAA-BBBBB-CCCCC-DDDDD-LTP21",
    "vault_mak_lab": "AAAAA-BBBBB-CCCCC-DDDDD-LAB21",
    "vault_mak_project": "AAAAA-BBBBB-CCCCC-DDDDD-PRJ21",
    "vault_mak_proplus_2021": "AAAAA-BBBBB-CCCCC-DDDDD-NEW21",
}
FLEET = f"""
clock: 2026-11-24T08:00:00Z
dns: {{corp.example: {{}}, branch.example: {{}}}}
forest: {{domain: branch.example}}
microsoft:
  maks:
    - {{key: {VAULT["vault_kms_host_key_2013"]}, office: 2013, channel: kms_host}}
    - {{key: {VAULT["vault_kms_host_key_2021"]}, office: 2021, channel: kms_host}}
    - {{key: {VAULT["vault_mak_laptops"]}, office: 2021, family: proplus, limit: 50}}
    - {{key: {VAULT["vault_mak_lab"]}, office: 2021, family: proplus, limit: 50}}
    - {{key: {VAULT["vault_mak_project"]}, office: 2021, family: project_pro, limit: 50}}
    - {{key: {VAULT["vault_mak_proplus_2021"]}, office: 2021, family: proplus, limit: 50}}
    - {{key: AAAAA-BBBBB-CCCCC-DDDDD-VMT21, office: 2021, family: proplus, limit: 50}}
    - {{key: AAAAA-BBBBB-CCCCC-DDDDD-OLD13, office: 2013, family: proplus, limit: 50}}
defaults:
  domain: corp.example
  office: [{{product: proplus, version: 2021}}]
hosts:
  kms01.corp.example:
    {{os: Windows Server 2022, address: {KMS_HOST}, firewall: true, office: [], vars: {{kms_host_address: {KMS_HOST}}}}}
  adm01.branch.example:
    domain: branch.example
    os: Windows Server 2022
    office: [{{channel: kms_host, version: 2021, key: none}}]
  desktop[01:06].corp.example:
  laptop[01:03].corp.example: {{reach: {{kms: false}}}}
  lab[01:02].corp.example: {{reach: {{kms: false, microsoft: false}}}}
  member[01:02].branch.example: {{domain: branch.example, os: Windows 11}}
  design[01:02].corp.example:
    office:
      - {{product: proplus, version: 2021}}
      - {{product: visio_pro, version: 2021}}
      - {{product: project_pro, version: 2021}}
  pc[01:05].corp.example:
  note01.corp.example:
    reach: {{kms: false}}
    office: [{{product: proplus, version: 2021, key: AAAAA-BBBBB-CCCCC-DDDDD-VMT21, state: licensed}}]
  note02.corp.example: {{reach: {{kms: false}}}}
  sales[01:03].corp.example:
    office: [{{product: proplus, version: 2021, key: AAAAA-BBBBB-CCCCC-DDDDD-VMT21, state: licensed}}]
  upgrade01.corp.example:
    office: [{{product: proplus, version: 2021}}, {{product: visio_pro, version: 2013}}]
  upgrade02.corp.example:
    office:
      - {{product: proplus, version: 2021}}
      - {{product: proplus, version: 2013, key: AAAAA-BBBBB-CCCCC-DDDDD-OLD13, state: licensed}}
"""
#: Every command of the guides, in an order that is that of each guide.
ORDER = [
    "-i inventory officefleet.activation.kms_host --check",
    "-i inventory officefleet.activation.kms_host",
    "-i inventory officefleet.activation.ad_activation --check",
    "-i inventory officefleet.activation.ad_activation",
    "-i inventory officefleet.activation.status",
    "-i inventory officefleet.activation.plan",
    "-i inventory remove_old_keys.yml --check --diff",
    "-i inventory remove_old_keys.yml",
    "-i inventory officefleet.activation.site --check --diff",
    "-i inventory officefleet.activation.site",
    "-i inventory -i activation_plan.yml officefleet.activation.site --check --diff",
    "-i inventory -i activation_plan.yml officefleet.activation.site",
    "-i inventory officefleet.activation.site -e "
    """'{"officefleet_serial": [1, "10%", "100%"], "officefleet_max_fail_percentage": 5}'""",
    "-i inventory officefleet.activation.mak_proxy_collect",
    "-i inventory officefleet.activation.mak_proxy_apply --check",
    "-i inventory officefleet.activation.mak_proxy_apply",
    "-i inventory officefleet.activation.report",
]
#: The keys of each computer at the end, all of them licensed. Public keys: Office 2021, Visio 2021, Visio 2013.
OFFICE, VISIO, OLD_VISIO = "6F7TH", "K2HT4", "RM3B3"
END = {
    "active-directory": {"member01.branch.example": {OFFICE}, "member02.branch.example": {OFFICE}},
    "from-2013-to-2021": {"upgrade01.corp.example": {OFFICE, OLD_VISIO}, "upgrade02.corp.example": {OFFICE}},
    "from-mak-to-kms": {f"sales{number:02}.corp.example": {OFFICE} for number in (1, 2, 3)},
    "from-vamt": {
        **{f"pc{number:02}.corp.example": {OFFICE} for number in range(1, 6)},
        "note01.corp.example": {"VMT21"},
        "note02.corp.example": {"NEW21"},
    },
    "isolated-lab": {"lab01.corp.example": {"LAB21"}, "lab02.corp.example": {"LAB21"}},
    "kms-from-nothing": {f"desktop{number:02}.corp.example": {OFFICE} for number in range(1, 7)},
    "mak-laptops": {f"laptop{number:02}.corp.example": {"LTP21"} for number in (1, 2, 3)},
    "mixed": {f"design{number:02}.corp.example": {OFFICE, VISIO, "PRJ21"} for number in (1, 2)},
}
SUMMARY = re.compile(r"(\d+) hosts: \1 licensed")


class Project:
    """The folder of an organisation that follows every guide."""

    def __init__(self, folder: Path, fleet: FleetServer) -> None:
        self.folder, self.fleet = folder, fleet
        self.guides = {name: read_guide(name) for name in NAMES}
        self.output = ""
        self._write(fleet.inventory.read_text(), "inventory/winsim.yml")
        self._write(yaml.safe_dump(VAULT), "inventory/group_vars/all/vault.yml")
        for guide in self.guides.values():
            for path, text in guide.files.items():
                self._write(text, path.replace("inventory/hosts.yml", f"inventory/{guide.name}.yml"))
        for version in (2013, 2021):
            self._write(pack_text(version), f"packs/office-{version}.exe")

    def _write(self, text: str, path: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        assert not target.exists(), f"two guides write {path}"
        target.write_text(text, encoding="utf-8")

    def follow(self) -> None:
        """Run every command once, in order."""
        for text in ORDER:
            calls = [one for guide in self.guides.values() for one in guide.commands if one.text == text]
            hosts = [call.hosts for call in calls if call.hosts]
            self.run([*calls[0].words, *(["-e", f"officefleet_hosts={':'.join(hosts)}"] if hosts else [])])
            if "mak_proxy_collect" in text:
                self.telephone()

    def run(self, words: list[str]) -> None:
        """Run ansible-playbook as a person does, in the project's folder."""
        run = subprocess.run(
            ["ansible-playbook", *words],
            cwd=self.folder,
            env={**os.environ, "ANSIBLE_HOME": str(self.folder / "home")},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert run.returncode == 0, f"{words}\n{run.stdout[-6000:]}\n{run.stderr[-2000:]}"
        self.output += run.stdout

    def telephone(self) -> None:
        """What a person does with the collected file."""
        path = self.folder / "mak_proxy.csv"
        rows = read_rows(path)
        for row in rows:
            row["confirmation_id"] = self.fleet.confirmation_id(row["installation_id"], row["last_five"])
        save_rows(path, rows)

    def keys(self, host: str) -> dict[str, str]:
        """The state of each product with a key, by the last five characters: 1 is licensed."""
        found = self.fleet.state(host)["licensing"]["products"]
        office = [one for one in found if one["Name"].startswith("Office") and one.get("PartialProductKey")]
        return {one["PartialProductKey"]: one["LicenseStatus"] for one in office}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with FleetServer(FLEET) as fleet:
        project = Project(tmp_path_factory.mktemp("guides"), fleet)
        project.follow()
        yield project


@pytest.mark.parametrize("name", NAMES)
def test_the_commands_of_a_guide_are_run_in_its_order(name: str) -> None:
    commands = [command.text for command in read_guide(name).commands]
    assert [text for text in ORDER if text in commands] == commands


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_leads_to_where_it_says(name: str, project: Project) -> None:
    assert {host: project.keys(host) for host in END[name]} == {
        host: dict.fromkeys(keys, "1") for host, keys in END[name].items()
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_guide_shows_what_is_printed(name: str, project: Project) -> None:
    printed = " ".join(project.output.split())
    for line in project.guides[name].seen:
        summary = SUMMARY.fullmatch(line)
        assert int(summary[1]) == len(END[name]) if summary else line in printed, line


def test_no_activation_of_a_mak_is_spent_in_vain(project: Project) -> None:
    spent = {key["key"][-5:]: key["used"] for key in project.fleet.world()["microsoft"]["keys"]}
    assert spent == {"HST13": 1, "HST21": 2, "LTP21": 3, "LAB21": 2, "PRJ21": 2, "NEW21": 1, "VMT21": 0, "OLD13": 0}


def test_the_simulated_hosts_understood_every_line(project: Project) -> None:
    assert project.fleet.violations() == []


# -- ten minutes without Windows --------------------------------------------------------------------------------------


def test_the_steps_by_hand_lead_through_a_fleet_of_their_own(tmp_path: Path) -> None:
    page = (GUIDES / "getting-started.md").read_text(encoding="utf-8").partition("## By hand")[2]
    steps, shown = blocks(page, "console"), blocks(page, "text")
    script = "".join(steps).replace("$(mktemp -d)", shlex.quote(str(tmp_path)))
    # With -e a step that fails ends it; what stops the fleet comes in any case.
    stop = steps[-1].splitlines()[-1]
    run = subprocess.run(
        ["bash", "-euc", f"trap {shlex.quote(stop)} ERR\n{script}"],
        cwd=GUIDES.parents[1],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]
    printed = " ".join(run.stdout.split())
    missing = [line for text in shown for line in text.splitlines() if not appears(line, printed)]
    assert missing == []


def appears(line: str, printed: str) -> bool:
    """Whether the parts of a line, which "..." holds apart, are printed."""
    return all(" ".join(part.split()) in printed for part in line.split("..."))
