# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""plan.yml: reads only, plans a method for each computer, and writes groups by which site.yml activates the fleet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.playbook_run import licensing_state
from integration.winsim_server import FleetServer, PlaybookRun

PLAN = Path("officefleet.activation.plan")
SITE = Path("officefleet.activation.site")
ROLE = "officefleet.activation.activation_plan"
MAKE, SHOW = f"{ROLE} : Make the plan", f"{ROLE} : Show the plan"
KMS_HOST = "127.10.145.11"
SECRETS = {
    "vault_mak_proplus_2021": "KQXWJ-TBNRD-HFMPC-GYVKL-WRNXE",
    "vault_mak_project_pro_2021": "BVNXM-QLKPJ-WTYGR-DFHCS-ZXRPK",
    "vault_mak_proplus_2019": "CMXNB-YWQTR-PLKJH-GFDSV-XQWMN",
}
OLD_MAK = "HJKLM-ZXCVB-QWRTP-DFGHN-VBXMQ"
FLEET = f"""
dns: {{corp.example: {{kms01: {KMS_HOST}, _vlmcs: [{{host: kms01.corp.example}}]}}}}
kms_hosts: {{kms01.corp.example: {{address: {KMS_HOST}, serves: [2013, 2021]}}}}
forest: {{domain: ad.example, activation_objects: [{{name: Office 2024 AO, serves: [2024]}}]}}
microsoft:
  maks:
    - {{key: {SECRETS["vault_mak_proplus_2021"]}, office: 2021, family: proplus, limit: 50, used: 0}}
    - {{key: {SECRETS["vault_mak_project_pro_2021"]}, office: 2021, family: project_pro, limit: 5, used: 0}}
    - {{key: {SECRETS["vault_mak_proplus_2019"]}, office: 2019, family: proplus, limit: 5, used: 0}}
    - {{key: {OLD_MAK}, office: 2021, family: proplus, limit: 9, used: 1}}
defaults: {{domain: corp.example, office: [{{product: proplus, version: 2021}}]}}
hosts:
  desk[01:04]: {{groups: [office, good]}}
  win7: {{groups: [office, good], os: Windows 7, office: [{{product: proplus, version: 2013}}]}}
  member[01:02]: {{groups: [office, good, members], domain: ad.example, office: [{{product: proplus, version: 2024}}]}}
  laptop01: {{groups: [office, good, laptops], reach: {{kms: false}}}}
  laptop02:
    groups: [office, good, laptops]
    reach: {{kms: false}}
    office: [{{product: proplus, version: 2021}}, {{product: project_pro, version: 2021}}]
  kept01:
    groups: [office, good, laptops]
    reach: {{kms: false}}
    office: [{{product: proplus, version: 2021, key: {OLD_MAK}, state: licensed}}]
  phone01:
    groups: [office, good]
    vars: {{activation_plan_reach: []}}
    reach: {{kms: false, microsoft: false}}
    office: [{{product: proplus, version: 2019}}]
  cloud01:
    groups: [office]
    office: [{{product: o365proplus, version: 2016, channel: subscription, key: {OLD_MAK[:-5]}SUB36, state: licensed}}]
  bare01: {{groups: [office], office: []}}
  gone01: {{groups: [office], vars: {{ansible_port: 1}}}}
  broken01: {{groups: [office], faults: [http_500]}}
  hung01: {{groups: [office], faults: [{{name: hung_script, when: /dstatus}}]}}
  kiosk01: {{groups: [office], elevated: false}}
  linux01: {{groups: [office], vars: {{ansible_connection: local}}}}
  tricky01: {{groups: [office], office: [{{product: proplus, version: 2021, key: {OLD_MAK}, state: licensed}}]}}
  wrong01: {{groups: [wrong], vars: {{activation_plan_reach: [wan]}}}}
  wrong02: {{groups: [wrong], vars: {{activation_plan_days_away: often}}}}
  wrong03: {{groups: [wrong], vars: {{activation_plan_site: "{{{{ building }}}}"}}}}
"""
ORGANISATION = {
    "laptops": {"activation_plan_reach": ["internet"]},
    "members": {"activation_plan_activation_objects": [2024]},
}
METHODS = {
    "desk01": "kms",
    "win7": "kms",
    "member01": "ad",
    "laptop01": "mak",
    "laptop02": "mak",
    "kept01": "mak",
    "phone01": "telephone",
    "cloud01": "none",
    "bare01": "none",
    "gone01": "unknown",
    "broken01": "unknown",
    "hung01": "unknown",
    "linux01": "unknown",
    "kiosk01": "kms",
    "tricky01": "kms",
}
READABLE = ("desk01", "win7", "member01", "laptop02", "kept01", "phone01", "cloud01", "bare01", "kiosk01")
#: A name that a computer might give to a licence.
TEMPLATE = "{{ 6 * 7 }}"
LICENSED = ("desk01", "desk02", "desk03", "desk04", "win7", "member01", "member02", "laptop01", "laptop02", "kept01")


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        sku_id = running.product("tricky01", "ProPlus2021VL_MAK")["ID"]
        running.change("tricky01", products={sku_id: {"Name": f"Office 21, {TEMPLATE} edition"}})
        folder = running.folder / "group_vars"
        folder.mkdir()
        for group, variables in ORGANISATION.items():
            (folder / f"{group}.yml").write_text(yaml.safe_dump(variables))
        (folder / "all.yml").write_text(yaml.safe_dump(SECRETS))
        yield running


def states(fleet: FleetServer) -> dict[str, Any]:
    """The whole state of the hosts that can be read, without minutes that run down."""
    found = {host: licensing_state(fleet, host) for host in READABLE}
    for state in found.values():
        for product in state["licensing"]["products"]:
            product.pop("GracePeriodRemaining", None)
    return found


def plan(fleet: FleetServer, *arguments: str, hosts: str = "office", **settings: str) -> PlaybookRun:
    """Run plan.yml on a group; the mapping goes beside the inventory."""
    files = {name: str(fleet.folder / file) for name, file in (("file", "plan.yml"), ("page", "plan.html"))}
    extra = {"officefleet_hosts": hosts, **{f"officefleet_plan_{name}": path for name, path in files.items()}}
    return fleet.play(PLAN, "-e", json.dumps(extra), *arguments, ANSIBLE_SHOW_CUSTOM_STATS="1", **settings)


def site(fleet: FleetServer) -> PlaybookRun:
    """Run site.yml on what is planned, with the mapping as a second inventory."""
    options = ("-i", str(fleet.folder / "plan.yml"), "-e", "officefleet_hosts=activation_planned")
    return fleet.play(SITE, *options, "-e", "office_client_activation_retry_delay=0")


def planned(run: PlaybookRun) -> dict[str, Any]:
    """The plan that a run made."""
    (result,) = [one for one in run.results(MAKE).values() if "ansible_facts" in one]
    return result["ansible_facts"]["activation_plan_result"]


def shown(run: PlaybookRun) -> str:
    """The table in the job log. Any one host may show it."""
    return "\n".join(next(result["msg"] for result in run.results(SHOW).values() if "msg" in result))


@pytest.fixture(scope="module")
def first(fleet: FleetServer) -> PlaybookRun:
    """The first plan of an unknown fleet, which must leave every host as it is."""
    before = states(fleet)
    run = plan(fleet)
    assert states(fleet) == before
    return run


@pytest.fixture(scope="module")
def mapping(first: PlaybookRun, fleet: FleetServer) -> str:
    """The text of the mapping."""
    return (fleet.folder / "plan.yml").read_text()


@pytest.fixture(scope="module")
def second(first: PlaybookRun, mapping: str, fleet: FleetServer) -> PlaybookRun:
    """The same once more."""
    return plan(fleet)


@pytest.fixture(scope="module")
def sites(second: PlaybookRun, mapping: str, fleet: FleetServer) -> tuple[PlaybookRun, PlaybookRun]:
    """site.yml with the mapping, twice."""
    return site(fleet), site(fleet)


def test_files_whose_variables_are_null_are_not_written(fleet: FleetServer) -> None:
    before = sorted(fleet.folder.iterdir())
    extra = {"officefleet_hosts": "desk01", "officefleet_plan_file": None, "officefleet_plan_page": None}
    run = fleet.play(PLAN, "-e", json.dumps(extra))
    assert run.exit_code == 0, run.stdout
    assert sorted(fleet.folder.iterdir()) == before


# -- planning -------------------------------------------------------------------------------------------------------


def test_planning_succeeds_with_bad_hosts_and_changes_nothing_on_any(first: PlaybookRun, fleet: FleetServer) -> None:
    assert first.exit_code == 0, first.stdout
    assert fleet.violations() == []


def test_every_host_has_its_method(first: PlaybookRun) -> None:
    hosts = planned(first)["hosts"]
    assert {host: hosts[host]["method"] for host in METHODS} == METHODS


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("gone01", "could not be reached"),
        ("hung01", "message box or hung"),
        ("linux01", "not reached as a Windows host"),
        ("bare01", "No Office is installed"),
        ("member01", "activation object for Office 2024"),
        ("laptop01", "no way to the organisation's network"),
    ],
)
def test_the_job_log_shows_the_host_below_the_reason(host: str, reason: str, first: PlaybookRun) -> None:
    groups = [group for group in re.split(r"\n(?=\d+ x )", shown(first)) if reason in group.splitlines()[0]]
    assert any(line.split()[:1] == [host] for group in groups for line in group.splitlines())


def test_the_expected_kms_count_is_that_of_the_readable_and_the_unreadable(first: PlaybookRun) -> None:
    (one,) = planned(first)["sites"]
    assert (one["asking"], one["unread"], one["enough"]) == (7, 4, True)


def test_the_keys_that_are_needed_are_counted_by_product(first: PlaybookRun) -> None:
    assert {need["variable"]: need["activations"] for need in planned(first)["maks"]} == {
        "vault_mak_project_pro_2021": 1,
        "vault_mak_proplus_2019": 1,
        "vault_mak_proplus_2021": 2,
    }


def test_only_numbers_are_handed_on(first: PlaybookRun) -> None:
    assert first.report["global_custom_stats"] == {"activation_plan_counts": planned(first)["counts"]}
    assert all(isinstance(number, int) for number in planned(first)["counts"].values())


def test_text_from_a_host_is_never_a_template(first: PlaybookRun) -> None:
    name = f"Office 21, {TEMPLATE} edition"
    assert [one["label"] for one in planned(first)["hosts"]["tricky01"]["products"]] == [name]
    assert f"{name} is licensed by the MAK *VBXMQ" in shown(first)


def test_a_second_plan_changes_nothing(second: PlaybookRun) -> None:
    assert [host for host, stats in second.stats.items() if stats["changed"]] == []


def test_the_mapping_names_keys_by_their_vault_variable_only(mapping: str, first: PlaybookRun) -> None:
    assert '"{{ vault_mak_proplus_2021 }}"' in mapping
    assert [key for key in (*SECRETS.values(), OLD_MAK) if key in mapping + first.stdout] == []


def test_the_page_shows_the_plan_to_people(first: PlaybookRun, fleet: FleetServer) -> None:
    page = (fleet.folder / "plan.html").read_text(encoding="utf-8")
    assert "<!DOCTYPE html>" in page
    assert "no way to the organisation&#39;s network" in page
    assert [key for key in (*SECRETS.values(), OLD_MAK) if key in page] == []


def test_bad_values_stop_the_plan_and_name_host_and_variable(fleet: FleetServer) -> None:
    run = plan(fleet, hosts="wrong")
    assert run.exit_code != 0
    assert "wrong01: activation_plan_reach: a list of kms, internet, proxy is needed" in run.stdout
    assert "wrong02: activation_plan_days_away: a number of days is needed" in run.stdout
    assert "wrong03: activation_plan_site: " in run.stdout


def test_a_limit_and_the_strategy_free_plan_as_well_and_write_into_the_current_folder(
    first: PlaybookRun, fleet: FleetServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = fleet.play(PLAN, "--limit", "laptop01,gone01", ANSIBLE_STRATEGY="free")
    assert set(planned(run)["hosts"]) == {"laptop01", "gone01"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["activation_plan.html", "activation_plan.yml"]


# -- putting it into effect -----------------------------------------------------------------------------------------


def test_site_with_the_mapping_licenses_every_planned_host(
    sites: tuple[PlaybookRun, PlaybookRun], fleet: FleetServer
) -> None:
    unlicensed = {
        f"{host} {product['Name']}": product["LicenseStatus"]
        for host in LICENSED
        for product in fleet.state(host)["licensing"]["products"]
        if product.get("PartialProductKey") and product["LicenseStatus"] != "1"
    }
    assert unlicensed == {}, sites[0].stdout


def test_each_is_licensed_by_its_method(sites: tuple[PlaybookRun, PlaybookRun], fleet: FleetServer) -> None:
    assert fleet.product("desk01", "6F7TH")["VLActivationType"] == "2"
    assert fleet.product("member01", "ProPlus2024VL_KMS")["ADActivationObjectName"] == "Office 2024 AO"
    assert fleet.product("laptop02", "ZXRPK")["LicenseStatus"] == "1"
    assert fleet.product("kept01", OLD_MAK[-5:])["LicenseStatus"] == "1"


def test_as_many_mak_activations_are_spent_as_the_plan_said(
    sites: tuple[PlaybookRun, PlaybookRun], fleet: FleetServer
) -> None:
    spent = {key["key"][-5:]: key["used"] for key in fleet.world()["microsoft"]["keys"]}
    assert spent == {"WRNXE": 2, "ZXRPK": 1, "XQWMN": 0, "VBXMQ": 1}


def test_by_telephone_the_mak_is_installed_and_waits_for_its_confirmation_id(
    sites: tuple[PlaybookRun, PlaybookRun], fleet: FleetServer
) -> None:
    assert fleet.product("phone01", "XQWMN")["LicenseStatus"] != "1"


def test_the_second_site_run_changes_nothing(sites: tuple[PlaybookRun, PlaybookRun]) -> None:
    assert {host: stats["changed"] for host, stats in sites[1].stats.items() if stats["changed"]} == {}


def test_hosts_outside_the_plan_are_left_alone(sites: tuple[PlaybookRun, PlaybookRun]) -> None:
    assert not {"cloud01", "bare01", "gone01", "hung01"} & set(sites[0].stats)


def test_after_that_a_plan_in_check_mode_is_the_same_but_needs_no_more_activations(
    sites: tuple[PlaybookRun, PlaybookRun], first: PlaybookRun, mapping: str, fleet: FleetServer
) -> None:
    again = planned(plan(fleet, "-i", str(fleet.folder / "plan.yml"), "--check"))
    before = {host: entry["method"] for host, entry in planned(first)["hosts"].items()}
    assert {host: entry["method"] for host, entry in again["hosts"].items()} == before
    assert again["counts"]["mak_activations"] == 1
    assert (fleet.folder / "plan.yml").read_text() == mapping
