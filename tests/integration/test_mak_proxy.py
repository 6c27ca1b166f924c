# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""MAK proxy in a lab without Internet: collect, carry away, apply on another controller, install anew, reactivate."""

from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from integration.mak_proxy_file import read_rows, save_rows
from integration.playbook_run import licensing_state
from integration.winsim_server import TESTS, FleetServer, PlaybookRun
from winsim.products import sku_id

pytestmark = pytest.mark.one_core

MAK, VISIO_MAK = "AAAAA-BBBBB-CCCCC-DDDDD-PROXY", "AAAAA-BBBBB-CCCCC-DDDDD-1E234"
OFFICE, VISIO = sku_id(2021, "proplus", "mak"), sku_id(2021, "visio_pro", "mak")
LAB = ["lab01", "lab02", "waits", "changed", "swapped", "fetched"]
FLEET = f"""
clock: 2026-11-24T08:00:00Z
microsoft:
  maks:
    - {{key: {MAK}, office: 2021, family: proplus, limit: 50}}
    - {{key: {VISIO_MAK}, office: 2021, family: visio_pro, limit: 50}}
defaults:
  office: [{{product: proplus, version: 2021}}]
  reach: {{microsoft: false}}
  vars: {{office_client_products: [{{product: proplus, method: mak_proxy, key: {MAK}}}]}}
hosts:
  lab01:
    office: [{{product: proplus, version: 2021}}, {{product: visio_pro, version: 2021}}]
    vars:
      office_client_products:
        - {{product: proplus, method: mak_proxy, key: {MAK}}}
        - {{product: visio_pro, method: mak_proxy, key: {VISIO_MAK}}}
  lab02:
  waits:
  changed:
  swapped:
  fetched:
  licensed: {{office: [{{product: proplus, version: 2021, key: {MAK}, state: licensed}}], vars: {{}}}}
  kms_client: {{vars: {{}}}}
"""
# As an organisation would write one: it asks its licensing centre, here the one that the simulated Microsoft has.
LOOKUP = """
import subprocess
from ansible.plugins.lookup import LookupBase

class LookupModule(LookupBase):
    def run(self, terms, variables=None, **options):
        return [self.ask(term) if term["host"] == "fetched" else "" for term in terms]

    def ask(self, term):
        command = [{python!r}, {winsim!r}, "confirm", "--state", {state!r}, term["installation_id"], term["last_five"]]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
"""
DEPOSIT = "Deposit confirmation IDs"
REACTIVATE = "Install MAKs and deposit the confirmation IDs that are known"


class Lab(FleetServer):
    """The fleet, with a store and files for each of two controllers."""

    def run_playbook(self, name: str, controller: str, *options: str, **variables: Any) -> PlaybookRun:
        given = {"officefleet_store_url": f"{self.folder}/{controller}.sqlite", **variables}
        if name == "collect":
            given["officefleet_mak_proxy_files"] = [str(self.csv), str(self.csv.with_suffix(".json"))]
        plugins = {"ANSIBLE_LOOKUP_PLUGINS": str(self.folder / "lookups")}
        path = Path(f"officefleet.activation.mak_proxy_{name}")
        return self.play(path, "--diff", "-e", json.dumps(given), *options, **plugins)

    @property
    def csv(self) -> Path:
        return self.folder / "lab" / "mak_proxy.csv"

    def rows(self) -> list[dict[str, str]]:
        return read_rows(self.csv)

    def telephone(self, row: dict[str, str]) -> str:
        """The confirmation ID that Microsoft dictates for a row."""
        return self.confirmation_id(row["installation_id"], row["last_five"])

    def fill_in(self) -> set[str]:
        """What a person does with the file, who also takes one computer for another; what was written."""
        rows = self.rows()
        for row in rows:
            if row["host"] == "lab01":
                row["confirmation_id"] = dictated(self.telephone(row))
            if row["host"] in ("lab02", "changed"):
                row["confirmation_id"] = spaced(self.telephone(row))
        office = {row["host"]: row for row in rows if row["sku_id"] == OFFICE}
        office["swapped"]["confirmation_id"] = spaced(self.telephone(office["waits"]))
        save_rows(self.csv, rows, delimiter=";")
        return {row["confirmation_id"] for row in rows} - {""}

    def install_anew(self, host: str) -> None:
        """The machine comes back from an image without a MAK; its hardware, and so its installation ID, is the same."""
        blank = {"PartialProductKey": "", "ProductKeyID": "", "LicenseStatus": "0"}
        self.change(host, products={sku: blank for sku in (OFFICE, VISIO) if self.has(host, sku)})

    def has(self, host: str, sku: str) -> bool:
        return any(one["ID"] == sku for one in self.state(host)["licensing"]["products"])

    def spent(self) -> dict[str, int]:
        """How many activations Microsoft has counted, by the last five of the key."""
        return {one["key"][-5:]: one["used"] for one in self.world()["microsoft"]["keys"]}

    def licensed(self, host: str, sku: str = OFFICE) -> bool:
        return self.product(host, sku)["LicenseStatus"] == "1"

    def deposits(self, host: str) -> int:
        return sum(line.count(" /atp ") for line in self.commands(host))


def dictated(digits: str) -> str:
    return " ".join(f"{name}: {digits[6 * number : 6 * number + 6]}" for number, name in enumerate("ABCDEFGH"))


def spaced(digits: str) -> str:
    return " ".join(digits[start : start + 6] for start in range(0, 48, 6))


@dataclass
class Story:
    """What was seen at each step."""

    runs: dict[str, PlaybookRun] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(FLEET) as running:
        plugin = running.folder / "lookups" / "licensing_centre.py"
        plugin.parent.mkdir()
        winsim = str(TESTS / "winsim")
        plugin.write_text(LOOKUP.format(python=sys.executable, winsim=winsim, state=str(running.state_file)))
        yield running


@pytest.fixture(scope="module")
def story(lab: Lab) -> Story:
    told = Story()
    runs, seen = told.runs, told.seen
    untouched = {host: licensing_state(lab, host) for host in ("lab01", "kms_client")}
    runs["collect, check"] = lab.run_playbook("collect", "one", "--check")
    seen["check left"] = {host: licensing_state(lab, host) for host in ("lab01", "kms_client")} == untouched
    seen["check wrote"] = [path.name for path in lab.folder.glob("one.sqlite*")] + [lab.csv.name] * lab.csv.exists()
    runs["collect"] = lab.run_playbook("collect", "one")
    seen["rows"], seen["mode"] = lab.rows(), stat.S_IMODE(lab.csv.stat().st_mode)
    seen["json"] = json.loads(lab.csv.with_suffix(".json").read_text())
    told.secrets |= lab.fill_in()
    before = len(lab.commands("lab02"))
    runs["collect again"] = lab.run_playbook("collect", "one", "--limit", "lab02,waits")
    seen["commands of collecting again"] = len(lab.commands("lab02")) - before
    seen["rows again"] = lab.rows()
    lab.change("changed", products={OFFICE: {"OfflineInstallationId": "7" * 63}})

    # A variable that is there and null, as AWX has it where its field is left blank, counts as not given.
    file = {"officefleet_mak_proxy_file": str(lab.csv), "officefleet_mak_proxy_lookup": None}
    runs["apply, check"] = lab.run_playbook("apply", "two", "--check", "--limit", "lab01,changed", **file)
    seen["check deposited"] = sum(lab.deposits(host) for host in LAB)
    runs["apply"] = lab.run_playbook("apply", "two", **file)
    seen["deposits"] = {host: lab.deposits(host) for host in LAB}
    before = len(lab.commands("lab01"))
    given = next(row["confirmation_id"] for row in lab.rows() if row["host"] == "lab01")
    short = lab.folder / "lab" / "short.csv"
    short.write_text(lab.csv.read_text(encoding="utf-8").replace(given, given[:-1]), encoding="utf-8")
    runs["apply a short one"] = lab.run_playbook("apply", "two", officefleet_mak_proxy_file=str(short))
    seen["commands of a short one"] = len(lab.commands("lab01")) - before
    before = len(lab.commands("lab01"))
    runs["apply again"] = lab.run_playbook("apply", "two", "--limit", "lab01,lab02", **file)
    seen["commands of applying again"] = len(lab.commands("lab01")) - before
    runs["lookup"] = lab.run_playbook(
        "apply", "one", "--limit", "fetched", officefleet_mak_proxy_lookup="licensing_centre"
    )
    seen["spent"] = lab.spent()

    lab.install_anew("lab01")
    runs["reactivate, check"] = lab.run_playbook("reactivate", "two", "--check", "--limit", "lab01,kms_client")
    seen["check reactivated"] = lab.licensed("lab01")
    runs["reactivate"] = lab.run_playbook("reactivate", "two", "--limit", "lab01,kms_client")
    runs["reactivate again"] = lab.run_playbook("reactivate", "two", "--limit", "lab01,kms_client")
    return told


def changed_hosts(run: PlaybookRun) -> set[str]:
    return {host for host, stats in run.stats.items() if stats["changed"]}


def outcome(run: PlaybookRun, task: str, host: str, product: str = "Office 2021 proplus") -> dict[str, Any]:
    return next(one for one in run.results(task)[host]["outcomes"] if one["product"] == product)


# -- collect --------------------------------------------------------------------------------------------------------


def test_check_mode_of_collecting_changes_nothing(story: Story) -> None:
    assert (story.seen["check left"], story.seen["check wrote"]) == (True, [])


def test_check_mode_of_collecting_tells_which_keys_would_be_installed(story: Story) -> None:
    results = story.runs["collect, check"].results("Install MAKs and record installation IDs")
    assert results["lab02"]["operations"][0] == "install the key *PROXY on Office 2021 proplus"


def test_every_product_with_an_unlicensed_mak_is_in_the_file_and_no_other(story: Story) -> None:
    products = {(row["host"], row["product"], row["last_five"]) for row in story.seen["rows"]}
    office = {(host, "Office 2021 proplus", "*PROXY") for host in LAB}
    assert products == office | {("lab01", "Office 2021 visio_pro", "*1E234")}


def test_installation_ids_stand_in_groups_for_reading_aloud(lab: Lab, story: Story) -> None:
    (row,) = (row for row in story.seen["rows"] if row["host"] == "lab02")
    assert [len(group) for group in row["installation_id"].split("-")] == [7] * 9
    assert row["installation_id"].replace("-", "") == lab.product("lab02", OFFICE)["OfflineInstallationId"]


def test_the_json_file_says_the_same(story: Story) -> None:
    assert story.seen["json"]["requests"] == story.seen["rows"]


def test_only_the_owner_reads_the_file(story: Story) -> None:
    assert story.seen["mode"] == 0o600


def test_collecting_again_reads_once_and_changes_no_host(story: Story) -> None:
    results = story.runs["collect again"].results("Install MAKs and record installation IDs")
    assert {host for host, result in results.items() if result["changed"]} == set()
    assert story.seen["commands of collecting again"] == 1


def test_collecting_again_loses_nothing_that_was_filled_in(story: Story) -> None:
    filled = {row["host"]: row["confirmation_id"] for row in story.seen["rows again"] if row["confirmation_id"]}
    assert filled.keys() == {"lab01", "lab02", "changed", "swapped"}
    assert {row["host"] for row in story.seen["rows again"]} == set(LAB)


# -- apply, on another controller -----------------------------------------------------------------------------------


def test_check_mode_of_applying_deposits_nothing_and_tells_what_it_would(story: Story) -> None:
    assert story.seen["check deposited"] == 0
    predicted = story.runs["apply, check"].results(DEPOSIT)
    assert predicted["lab01"]["diff"] == story.runs["apply"].results(DEPOSIT)["lab01"]["diff"]
    assert predicted["changed"]["msg"] == story.runs["apply"].results(DEPOSIT)["changed"]["msg"]


@pytest.mark.parametrize("host", ["lab01", "lab02"])
def test_confirmation_ids_activate_the_products_they_are_for(host: str, lab: Lab, story: Story) -> None:
    assert outcome(story.runs["apply"], DEPOSIT, host)["result"] == "licensed"
    assert story.runs["apply"].results(DEPOSIT)[host]["changed"] is True
    assert lab.licensed(host)


def test_each_product_of_a_host_gets_its_own(story: Story) -> None:
    assert outcome(story.runs["apply"], DEPOSIT, "lab01", "Office 2021 visio_pro")["attempt"] == "confirmation_id"
    assert story.seen["deposits"]["lab01"] == 2


def test_the_summary_tells_who_waits_for_a_confirmation_id(story: Story) -> None:
    lines = story.runs["apply"].results("Show what came out, grouped by cause")
    (told,) = {tuple(result["msg"]) for result in lines.values()}
    (place,) = [number for number, line in enumerate(told) if "waits for a confirmation ID. -> Obtain it" in line]
    assert told[place].startswith("NOT LICENSED 2: ")
    assert told[place + 1].strip() == "fetched, waits"


def test_a_product_without_a_confirmation_id_waits_and_does_not_fail(story: Story) -> None:
    waiting = outcome(story.runs["apply"], DEPOSIT, "waits")
    assert (waiting["result"], waiting["cause"]) == ("skipped", "the MAK is installed and waits for a confirmation ID")


def test_an_installation_id_that_changed_is_noticed_before_anything_is_deposited(story: Story) -> None:
    result = story.runs["apply"].results(DEPOSIT)["changed"]
    assert "it has changed since it was collected" in result["msg"]
    assert "Run mak_proxy_collect.yml for this host" in result["msg"]
    assert story.seen["deposits"]["changed"] == 0


def test_the_confirmation_id_of_another_machine_is_a_clear_error(lab: Lab, story: Story) -> None:
    failed = outcome(story.runs["apply"], DEPOSIT, "swapped")
    assert (failed["result"], failed["code"]) == ("failed", "0xC004F031")
    assert not lab.licensed("swapped")


def test_a_confirmation_id_of_wrong_length_is_refused_with_its_line_before_anything_is_sent(story: Story) -> None:
    run = story.runs["apply a short one"]
    (message,) = {
        result["msg"] for result in run.results("Check confirmation IDs and take them into the store").values()
    }
    assert "lab01, Office 2021 proplus: a confirmation ID has 48 digits, this one has 47" in message
    assert story.seen["commands of a short one"] == 0


def test_applying_again_changes_nothing_and_costs_one_command(story: Story) -> None:
    assert changed_hosts(story.runs["apply again"]) == set()
    assert story.seen["commands of applying again"] == 1


def test_a_lookup_plugin_fetches_what_is_missing(lab: Lab, story: Story) -> None:
    assert outcome(story.runs["lookup"], DEPOSIT, "fetched")["result"] == "licensed"
    assert lab.licensed("fetched")


def test_microsoft_counts_once_for_each_machine(story: Story) -> None:
    # lab01, lab02, changed, fetched, and the one whose confirmation ID went to the wrong machine.
    assert story.seen["spent"] == {"PROXY": 5, "1E234": 1}


# -- reactivate -----------------------------------------------------------------------------------------------------


def test_check_mode_of_reactivating_predicts_the_key_and_the_activation(story: Story) -> None:
    predicted = story.runs["reactivate, check"].results(REACTIVATE)["lab01"]
    assert "activate Office 2021 proplus by confirmation ID" in predicted["operations"]
    assert story.seen["check reactivated"] is False
    assert predicted["diff"] == story.runs["reactivate"].results(REACTIVATE)["lab01"]["diff"]


def test_a_machine_that_was_installed_anew_is_activated_from_the_store(lab: Lab, story: Story) -> None:
    reactivated = outcome(story.runs["reactivate"], REACTIVATE, "lab01")
    assert (reactivated["result"], reactivated["attempt"]) == ("licensed", "reactivation")
    assert lab.licensed("lab01")
    assert lab.licensed("lab01", VISIO)


def test_reactivating_spends_nothing(lab: Lab, story: Story) -> None:
    assert lab.spent() == story.seen["spent"]


def test_reactivating_again_changes_nothing(story: Story) -> None:
    assert changed_hosts(story.runs["reactivate again"]) == set()


def test_a_host_that_the_store_does_not_know_is_left_alone(lab: Lab, story: Story) -> None:
    assert lab.product("kms_client", "KMS_Client")["PartialProductKey"]
    assert not any("/inpkey" in line or "/atp" in line for line in lab.commands("kms_client"))


# -- everywhere -----------------------------------------------------------------------------------------------------


def test_no_confirmation_id_and_no_key_is_in_any_output(story: Story) -> None:
    whole = {"".join(char for char in secret if char.isdigit()) for secret in story.secrets}
    assert len(whole) == 5
    for name, run in story.runs.items():
        text = run.stdout + run.stderr
        assert not [secret for secret in (*whole, *story.secrets, MAK, VISIO_MAK) if secret in text], name


def test_the_simulated_hosts_understood_every_line(lab: Lab, story: Story) -> None:
    assert lab.violations() == []
