# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Active Directory-based activation, from the KMS host key to the client, and back to KMS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from integration.playbook_run import Answer, ask
from integration.test_examples import PLUGINS, differences
from integration.winsim_server import FleetServer, PlaybookRun
from winsim.microsoft import CONFIRMATION_ID_DIGITS, derived_digits

pytestmark = pytest.mark.one_core

KEY_2016, KEY_2021 = "AAAAA-BBBBB-CCCCC-DDDDD-HST16", "AAAAA-BBBBB-CCCCC-DDDDD-HST21"
KEY_WINDOWS, MAK = "AAAAA-BBBBB-CCCCC-DDDDD-WSKMS", "AAAAA-BBBBB-CCCCC-DDDDD-MAK21"
SPENT, BLOCKED = "AAAAA-BBBBB-CCCCC-DDDDD-SPENT", "AAAAA-BBBBB-CCCCC-DDDDD-BLOCK"
ID_2013, ID_2021 = "2e28138a-847f-42bc-9752-61b03fff33cd", "47f3b983-7c53-4d45-abc6-bcd91e2dd90a"
KEYS = f"""
microsoft:
  keys:
    - {{key: {KEY_2016}, office: 2016, channel: kms_host}}
    - {{key: {KEY_2021}, office: 2021, channel: kms_host}}
    - {{key: {SPENT}, office: 2021, channel: kms_host, limit: 1, used: 1}}
    - {{key: {BLOCKED}, office: 2021, channel: kms_host, blocked: true}}
    - {{key: {KEY_WINDOWS}, windows: ws22, channel: kms_host}}
    - {{key: {MAK}, office: 2021, family: proplus}}
"""
ADMIN = """os: Windows Server 2022, office: [{channel: kms_host, version: 2016, key: none},
    {channel: kms_host, version: 2021, key: none}]"""


def used(fleet: FleetServer) -> dict[str, int]:
    """How often each KMS host key has been used, by its last five characters."""
    return {key["key"][-5:]: key["used"] for key in fleet.world()["microsoft"]["keys"]}


def by_telephone(installation_id: str, key: str) -> str:
    """The confirmation ID that Microsoft gives for an installation ID."""
    digits = installation_id.replace(" ", "")
    return derived_digits(f"{digits} {key[-5:]}", CONFIRMATION_ID_DIGITS)


# -- the story: Active Directory for the new computers, KMS for the old ones ------------------------------------------

STORY = f"""
clock: 2026-11-24T08:00:00Z
{KEYS}
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example}}], kms01: 10.9.8.1}}}}
kms_hosts: {{kms01.corp.example: {{address: 10.9.8.1, serves: [2013, 2016, 2021], count: 10}}}}
forest: {{domain: corp.example}}
defaults: {{domain: corp.example}}
hosts:
  adm01: {{groups: [ad_activation], {ADMIN}}}
  new[1:2]: {{groups: [clients], os: Windows 11, office: [{{product: proplus, version: 2021}}]}}
  old: {{groups: [clients], os: Windows 7, office: [{{product: proplus, version: 2013}}]}}
"""
AD_ONLY = "- import_playbook: officefleet.activation.ad_activation\n"
BOTH = f"""
{AD_ONLY}- import_playbook: officefleet.activation.site
"""
OBJECT = {"product": "2021", "key": KEY_2021, "name": "Office LTSC 2021"}


NEW, OLD = ("new1", "new2"), "old"


class Story:
    """One playbook for the forest and its clients."""

    def __init__(self, fleet: FleetServer) -> None:
        self.fleet = fleet

    def run(self, playbook: str, *arguments: str, objects: list[dict[str, Any]] | None = None) -> PlaybookRun:
        """Run it with the wanted activation objects."""
        wishes = self.fleet.folder / "wishes.yml"
        wishes.write_text(yaml.safe_dump({"ad_activation_objects": objects or [OBJECT]}))
        run = self.fleet.play(playbook, "-e", f"@{wishes}", "-e", "officefleet_hosts=clients", *arguments)
        assert run.exit_code == 0, run.stdout + run.stderr
        return run

    def activated_by(self) -> dict[str, str]:
        """What activated each licensed client, as winsim has it: its activation object, or KMS."""
        products = {host: self.fleet.product(host, "ProPlus") for host in (*NEW, OLD)}
        licensed = {host: product for host, product in products.items() if product["LicenseStatus"] == "1"}
        return {host: product.get("ADActivationObjectName") or "KMS" for host, product in licensed.items()}


def changed(run: PlaybookRun) -> dict[str, int]:
    """How many tasks changed something on each host."""
    return {host: stats["changed"] for host, stats in run.stats.items() if host != "localhost"}


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with FleetServer(STORY) as fleet:
        yield Story(fleet)
        assert fleet.violations() == []


def test_one_playbook_activates_new_computers_by_active_directory_and_old_ones_by_kms(story: Story) -> None:
    predicted = story.run(AD_ONLY, "--check", "--diff")
    assert (changed(predicted), used(story.fleet)["HST21"]) == ({"adm01": 1}, 0)

    made = story.run(BOTH)
    assert changed(made)["adm01"] == 1
    assert story.activated_by() == {"new1": "Office LTSC 2021", "new2": "Office LTSC 2021", "old": "KMS"}
    assert "Clients ask Active Directory first and then a KMS host." in made.stdout
    done = made.results("officefleet.activation.office_client : Bring Office into the described state")
    assert done["new1"]["status"]["licences"][0]["ad"]["object_name"] == "Office LTSC 2021"


def test_a_second_run_changes_nothing_and_spends_nothing(story: Story) -> None:
    before = len(story.fleet.commands("adm01"))
    assert set(changed(story.run(BOTH)).values()) == {0}
    assert (len(story.fleet.commands("adm01")) - before, used(story.fleet)["HST21"]) == (1, 1)


def test_clients_fall_back_to_kms_at_their_next_renewal_when_the_object_is_removed(story: Story) -> None:
    objects = [
        {"product": "2021", "state": "absent"},
        {"product": "2016", "key": KEY_2016},
        {"product": "windows", "key": KEY_WINDOWS},
    ]
    run = story.run(AD_ONLY, "-vvv", objects=objects)
    listed = [one["name"] for one in story.fleet.world()["forest"]["objects"]]
    assert (changed(run), len(listed), "Office LTSC 2021" in listed) == ({"adm01": 1}, 2, False)
    assert [key for key in (KEY_2016, KEY_WINDOWS) if key in run.stdout + run.stderr] == []
    assert story.activated_by()["new1"] == "Office LTSC 2021"
    story.fleet.advance("8d")
    assert story.activated_by() == {"new1": "KMS", "new2": "KMS", "old": "KMS"}


# -- scenarios of the module, one host each ---------------------------------------------------------------------------

SCENARIOS = f"""
{KEYS}
forest:
  domain: corp.example
  activation_objects: [{{name: Office 2013, serves: [2013], partial_key: HST15}}]
  other_objects: [Printer]
defaults: {{domain: corp.example, {ADMIN}}}
hosts:
  elsewhere: {{domain: null}}
  cut_off: {{reach: {{directory: false}}}}
  old_windows: {{os: Windows Server 2008 R2, office: []}}
  no_rights: {{reach: {{directory_write: false}}}}
  removes_without_rights: {{reach: {{directory_write: false}}}}
  not_elevated: {{elevated: false}}
  no_pack: {{office: []}}
  uninstalled: {{faults: [{{name: no_office, when: ad-activation-online}}]}}
  no_internet: {{reach: {{microsoft: false}}}}
  behind_proxy: {{winhttp_proxy: {{server: 'proxy.corp.example:8080', authenticating: true}}}}
  spent_key:
  blocked_key:
  mak:
  other_version:
  no_key:
  taken_name:
  no_vbscript: {{vbscript: false}}
  german: {{language: de-DE}}
  satisfied:
  not_there:
  waits: {{reach: {{microsoft: false}}}}
  dropped: {{faults: [{{name: drop_after, when: ad-activation-online, times: 1}}]}}
"""
WANTED = {"product": "2021", "key": KEY_2021}
WISHES: dict[str, dict[str, Any]] = {
    "elsewhere": WANTED,
    "cut_off": WANTED,
    "old_windows": WANTED,
    "no_rights": WANTED,
    "removes_without_rights": {"name": "Office 2013", "state": "absent"},
    "not_elevated": WANTED,
    "no_pack": WANTED,
    "uninstalled": WANTED,
    "no_internet": WANTED,
    "behind_proxy": WANTED,
    "spent_key": {"product": "2021", "key": SPENT},
    "blocked_key": {"product": "2021", "key": BLOCKED},
    "mak": {"product": "2021", "key": MAK},
    "other_version": {"product": "2021", "key": "ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ"},
    "no_key": {"product": "2021"},
    "taken_name": {"product": "2021", "key": KEY_2021, "name": "office 2013"},
    "no_vbscript": WANTED,
    "german": {"product": "2013", "key": "AAAAA-BBBBB-CCCCC-DDDDD-OTHER", "name": "Mine"},
    "satisfied": {"product": "2013"},
    "not_there": {"name": "Printer", "state": "absent"},
    "waits": {"product": "2016", "key": KEY_2016, "activation": "telephone"},
}
# Host -> code, words of the cause, words of the remedy, remote commands.
REFUSED = {
    "elsewhere": ("0x8007054B", "is no member of a domain", "Run the task on a domain member", 1),
    "cut_off": ("0x8007054B", "none of its domain controllers answers", "credssp", 1),
    "old_windows": (None, "This Windows is too old", "Windows 8 / Server 2012", 1),
    "no_rights": ("0x80070005", "Active Directory denies access", "Enterprise Admins", 2),
    "removes_without_rights": ("0x80070005", "Could not remove the activation object", "Enterprise Admins", 2),
    "not_elevated": (None, "not elevated", "become", 1),
    "no_pack": (None, "licence of this Office version is not installed", "Volume License Pack", 1),
    "uninstalled": (None, "licence of this Office version is not installed", "Volume License Pack", 2),
    # One command more: where Microsoft is not reached, the proxy is read.
    "no_internet": ("0x80072EE7", "has no WinHTTP proxy", "by telephone (activation: telephone)", 3),
    "behind_proxy": ("0x8004FE33", "asks for a password", "proxy.corp.example:8080, exempt *.sls.microsoft.com", 3),
    "spent_key": ("0xC004C008", "used up its activations", "by telephone", 2),
    "blocked_key": ("0xC004C003", "it is blocked", "volume licensing", 2),
    "mak": ("0xC004F07D", "no KMS host key", "(CSVLK)", 2),
    "other_version": ("0xC004F050", "no valid key", "(CSVLK)", 2),
    "no_key": (None, "no key is given", "in key", 1),
    "taken_name": (None, "Another product has an activation object of this name", "another name", 1),
    "no_vbscript": (None, "VBScript engine is not installed", "VBSCRIPT", 1),
}


@pytest.fixture(scope="module")
def scenarios() -> Iterator[FleetServer]:
    with FleetServer(SCENARIOS) as fleet:
        yield fleet
        assert fleet.violations() == []


@pytest.fixture(scope="module")
def answers(scenarios: FleetServer) -> dict[str, Answer]:
    return ask(scenarios, "ad_activation_object", WISHES)


@pytest.mark.parametrize("host", REFUSED)
def test_what_stands_in_the_way_is_explained_and_nothing_is_changed(answers: dict[str, Answer], host: str) -> None:
    code, cause, remedy, commands = REFUSED[host]
    answer = answers[host]
    (failure,) = answer.result["failures"]
    assert (answer.failed, answer.changed, failure["code"]) == (True, False, code)
    assert cause in failure["cause"]
    assert remedy in failure["remedy"]
    assert len(answer.commands) == commands


@pytest.mark.parametrize("host", ["german", "satisfied", "not_there"])
def test_a_forest_that_is_as_wanted_costs_one_command(answers: dict[str, Answer], host: str) -> None:
    answer = answers[host]
    assert (answer.message, answer.changed, len(answer.commands)) == ("", False, 1)


def test_an_object_with_another_key_and_name_is_left_with_warnings(answers: dict[str, Answer]) -> None:
    first, second = answers["german"].result["warnings"]
    assert "made with another key than *OTHER" in first
    assert "is called Office 2013, not Mine" in second


def test_no_key_stands_in_any_result(answers: dict[str, Answer]) -> None:
    text = str([answer.result for answer in answers.values()])
    assert [key for key in (KEY_2016, KEY_2021, SPENT, BLOCKED, MAK) if key in text] == []


@pytest.fixture(scope="module")
def later(scenarios: FleetServer, answers: dict[str, Answer]) -> tuple[dict[str, Answer], dict[str, Answer], str]:
    """Two more runs: a wrong confirmation ID and a connection that breaks, then all is well; and the right ID."""
    (line,) = answers["waits"].result["telephone"]
    confirmation = by_telephone(line["installation_id"], KEY_2016)
    wrong = {"waits": WISHES["waits"] | {"confirmation_id": "1" * 48}, "dropped": WANTED}
    right = {"satisfied": WISHES["waits"] | {"confirmation_id": confirmation}, "dropped": WANTED}
    first = ask(scenarios, "ad_activation_object", wrong)
    return first, ask(scenarios, "ad_activation_object", right), confirmation


Later = tuple[dict[str, Answer], dict[str, Answer], str]


def test_telephone_shows_the_installation_id_and_changes_nothing(answers: dict[str, Answer]) -> None:
    answer = answers["waits"]
    (line,) = answer.result["telephone"]
    assert (answer.changed, line["product"], len(line["installation_id"].split())) == (False, "Office 2016", 9)
    assert line["installation_id"] in answer.result["msg"]


def test_a_wrong_confirmation_id_is_refused(later: Later) -> None:
    failure = later[0]["waits"].failures["Office 2016"]
    assert (failure["code"], "of this forest" in failure["cause"]) == ("0xC004F031", True)


def test_the_confirmation_id_may_be_given_on_another_computer(later: Later) -> None:
    assert (later[1]["satisfied"].message, later[1]["satisfied"].changed) == ("", True)


def test_neither_confirmation_id_nor_key_stands_in_a_result(later: Later) -> None:
    text = str([answer.result for answers in later[:2] for answer in answers.values()])
    assert [secret for secret in (later[2], "1" * 48, KEY_2016, KEY_2021) if secret in text] == []


def test_a_run_that_breaks_off_is_completed_by_the_next_without_spending_twice(
    scenarios: FleetServer, later: Later
) -> None:
    broken, whole = later[0]["dropped"].result, later[1]["dropped"]
    assert (broken["unreachable"], "Whether it did is not known" in broken["msg"]) == (True, True)
    assert (whole.changed, len(whole.commands), used(scenarios)["HST21"]) == (False, 1, 1)


def own(result: dict[str, Any]) -> dict[str, Any]:
    """A result without what Ansible adds to one that failed."""
    return {name: value for name, value in result.items() if name not in ("failed", "exception")}


def test_results_are_as_the_pages_describe_them(
    scenarios: FleetServer, answers: dict[str, Answer], later: Later
) -> None:
    info = ask(scenarios, "ad_activation_object_info", {"satisfied": {}, "elsewhere": {}})
    whole = [answer.result for results in (answers, later[1]) for answer in results.values()]
    for name, results in (
        ("ad_activation_object", whole),
        ("ad_activation_object_info", [answer.result for answer in info.values()]),
    ):
        described = yaml.safe_load((PLUGINS / "modules" / f"{name}.yml").read_text(encoding="utf-8"))["RETURN"]
        assert [text for result in results for text in differences(own(result), described)] == []
    products = {one["product"] for one in info["satisfied"].result["status"]["activation_objects"]}
    assert products == {"Office 2013", "Office 2016", "Office 2021"}
