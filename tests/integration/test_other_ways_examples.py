# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the modules for Windows itself, Active Directory, MAK proxy and VBScript run as they stand.

Between the two runs somebody fills in the file of MAK proxy, as its page says. The second run goes on with that; for
all else it is the same once more, and changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml
from integration.mak_proxy_file import read_rows, save_rows
from integration.playbook_run import play, plays_text
from integration.test_examples import PLUGINS, differences, failed, results
from integration.winsim_server import FleetServer, PlaybookRun
from winsim.microsoft import CONFIRMATION_ID_DIGITS, derived_digits, installation_id
from winsim.products import KMS_HOST_IDS, sku_id

pytestmark = pytest.mark.one_core

KEY = "AAAAA-BBBBB-CCCCC-DDDDD"
WINDOWS_MAK, OFFICE_MAK, HOST_2016, HOST_2021 = f"{KEY}-WNMAK", f"{KEY}-MAK21", f"{KEY}-HST16", f"{KEY}-HST21"
FOREST = "corp.example"
FLEET = f"""
clock: 2026-11-24T08:00:00Z
dns: {{{FOREST}: {{kms01: 127.10.66.11, _vlmcs: [{{host: kms01.{FOREST}}}]}}}}
kms_hosts: {{kms01.{FOREST}: {{address: 127.10.66.11, serves_windows: true, windows_count: 30}}}}
forest: {{domain: {FOREST}, activation_objects: [{{name: Office 2013, serves: [2013], partial_key: HST13}}]}}
microsoft:
  maks:
    - {{key: {WINDOWS_MAK}, windows: Enterprise, limit: 50}}
    - {{key: {OFFICE_MAK}, office: 2021, family: proplus, limit: 50}}
  keys:
    - {{key: {HOST_2016}, office: 2016, channel: kms_host}}
    - {{key: {HOST_2021}, office: 2021, channel: kms_host}}
defaults: {{domain: {FOREST}, os: Windows 11 24H2, windows_licence: {{channel: kms_client}}}}
hosts:
  windows[1:4]:
  windows5: {{windows_licence: {{channel: oem, state: licensed}}}}
  scripts1: {{vbscript: false}}
  scripts2: {{vbscript: false, reach: {{microsoft: false}}}}
  member:
    os: Windows Server 2022
    office: [{{channel: kms_host, version: 2016, key: none}}, {{channel: kms_host, version: 2021, key: none}}]
  lab[1:3]: {{groups: [lab], office: [{{product: proplus, version: 2021}}], reach: {{microsoft: false}}}}
"""
BY_FILE, BY_PLUGIN, ANEW = "lab1", "lab2", "lab3"
SECRETS = {
    "vault_windows_mak": WINDOWS_MAK,
    "vault_mak_proplus": OFFICE_MAK,
    "vault_mak_visio": f"{KEY}-VISIO",
    "vault_kms_host_key_2016": HOST_2016,
    "vault_kms_host_key_2021": HOST_2021,
    "vault_ad_confirmation_id": derived_digits(
        f"{installation_id(FOREST, KMS_HOST_IDS[2016])} {HOST_2016[-5:]}", CONFIRMATION_ID_DIGITS
    ),
    "vault_officefleet_store": "officefleet.sqlite",  # the default, so that the examples go on with each other
}
# The plugin of the example's own collection: it knows what Microsoft told for one computer.
PLUGIN = """
from ansible.plugins.lookup import LookupBase

class LookupModule(LookupBase):
    def run(self, terms, variables=None, **options):
        return [{told!r}.get(term["host"], "") for term in terms]
"""
CHANGING = ("windows_activation", "ad_activation_object", "mak_proxy", "vbscript_engine")
MODULES = (
    *CHANGING, "windows_activation_info", "ad_activation_object_info", "mak_proxy_export", "mak_proxy_import",
)  # fmt: skip


Runs = tuple[PlaybookRun, PlaybookRun]


@cache
def page(name: str) -> dict[str, Any]:
    return yaml.safe_load((PLUGINS / "modules" / f"{name}.yml").read_text(encoding="utf-8"))


def examples(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load(page(name)["EXAMPLES"])


def on_each(name: str, hosts: str) -> list[dict[str, Any]]:
    """A play for each example of a page, on the hosts hosts1, hosts2, ..."""
    return [example_play([one], f"{hosts}{number}") for number, one in enumerate(examples(name), start=1)]


def example_play(tasks: list[dict[str, Any]], hosts: str) -> dict[str, Any]:
    return play(*tasks, hosts=hosts, vars=SECRETS)


def plays(second: bool) -> list[dict[str, Any]]:
    """Every example in an order in which one finds what it needs. Confirmation IDs are there for the second run."""
    folder = {"path": r"D:\LanguagesAndOptionalFeatures", "state": "directory"}
    collect, deposit, reactivate = examples("mak_proxy")
    confirmed = [
        example_play(examples("mak_proxy_import"), "lab"),
        *[example_play([deposit], "lab"), example_play([reactivate], ANEW)] * 2,
    ]
    return [
        *on_each("windows_activation", "windows"),
        example_play(examples("windows_activation_info"), "windows1"),
        play({"name": "the features", "ansible.windows.win_file": folder}, hosts="scripts2"),
        *on_each("vbscript_engine", "scripts"),
        example_play([*examples("ad_activation_object"), *examples("ad_activation_object_info")], "member"),
        *([example_play([collect], "lab")] if not second else confirmed),
        example_play(examples("mak_proxy_export"), "lab"),
    ]


class Office(FleetServer):
    """The fleet, and the people who activate by telephone."""

    def run(self, second: bool = False) -> PlaybookRun:
        paths = f"{os.environ['ANSIBLE_COLLECTIONS_PATH']}:{self.folder}"
        text = plays_text(*plays(second))
        return self.play(text, "--diff", folder=self.folder, ANSIBLE_COLLECTIONS_PATH=paths)

    def confirm(self) -> None:
        """Fill in the file for two computers, let the plugin know a third, and install one of them anew."""
        path = self.folder / "mak_proxy.csv"
        rows = read_rows(path)
        told = {row["host"]: self.confirmation_id(row["installation_id"], row["last_five"]) for row in rows}
        for row in rows:
            row["confirmation_id"] = "" if row["host"] == BY_PLUGIN else told[row["host"]]
        save_rows(path, rows)
        plugin = self.folder / "ansible_collections/corp/licensing/plugins/lookup/confirmation_ids.py"
        plugin.parent.mkdir(parents=True)
        plugin.write_text(PLUGIN.format(told={BY_PLUGIN: told[BY_PLUGIN]}))
        blank = {"PartialProductKey": "", "ProductKeyID": "", "LicenseStatus": "0"}
        self.change(ANEW, products={sku_id(2021, "proplus", "mak"): blank})


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with Office(FLEET) as running:
        yield running
        assert running.violations() == []


@pytest.fixture(scope="module")
def runs(office: Office) -> Runs:
    first = office.run()
    office.confirm()
    return first, office.run(second=True)


def of_module(run: PlaybookRun, name: str) -> list[dict[str, Any]]:
    return list(results(run, f"officefleet.activation.{name}"))


def test_the_examples_run_as_they_stand(runs: Runs) -> None:
    assert [failed(run) for run in runs] == [{}, {}]


@pytest.mark.parametrize("name", MODULES)
def test_what_they_return_is_what_the_page_describes(runs: Runs, name: str) -> None:
    found = [result for run in runs for result in of_module(run, name)]
    assert len(found) >= len(examples(name)) / 2
    assert [difference for result in found for difference in differences(result, page(name)["RETURN"])] == []


@pytest.mark.parametrize("name", CHANGING)
def test_the_first_time_they_change_something(runs: Runs, name: str) -> None:
    unchanged = [result for result in of_module(runs[0], name) if not result["changed"]]
    # Asking for an installation ID changes nothing.
    assert len(unchanged) == (1 if name == "ad_activation_object" else 0)


@pytest.mark.parametrize("name", ["windows_activation", "ad_activation_object", "vbscript_engine"])
def test_the_second_time_they_change_nothing(runs: Runs, name: str) -> None:
    found = of_module(runs[1], name)
    assert [result["changed"] for result in found] == [False] * len(found)


def test_windows_is_activated_but_for_the_image(runs: Runs) -> None:
    licences = [result["status"]["licences"][0] for result in of_module(runs[1], "windows_activation")]
    assert [one["state"] == "licensed" for one in licences] == [True, True, True, True, False]


def test_the_forest_has_the_objects_of_the_examples(runs: Runs) -> None:
    (listed,) = of_module(runs[1], "ad_activation_object_info")
    products = [one["product"] for one in listed["status"]["activation_objects"]]
    assert sorted(products) == ["Office 2016", "Office 2021"]


def test_confirmation_ids_come_from_the_file_and_from_the_plugin(runs: Runs) -> None:
    by_file, by_plugin = of_module(runs[1], "mak_proxy_import")
    assert (by_file["taken"], by_plugin["taken"], by_plugin["waiting"]) == (2, 1, 0)


def test_every_computer_of_the_lab_is_activated_once(office: Office, runs: Runs) -> None:
    changed = [result["changed"] for result in of_module(runs[1], "mak_proxy")]
    assert changed.count(True) == 3
    used = next(one["used"] for one in office.world()["microsoft"]["keys"] if one["key"] == OFFICE_MAK)
    assert used == 3
    for host in (BY_FILE, BY_PLUGIN, ANEW):
        assert office.product(host, OFFICE_MAK[-5:])["LicenseStatus"] == "1"


def test_no_secret_of_the_examples_is_in_any_output(runs: Runs) -> None:
    output = "".join(run.stdout + run.stderr for run in runs)
    secrets = set(SECRETS.values()) - {SECRETS["vault_officefleet_store"]}
    assert [secret for secret in secrets if secret in output] == []
