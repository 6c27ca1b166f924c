# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode with diff says exactly what the real run then does, and leaves the host as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Kind
from integration.playbook_run import Answer, Options, ask, licensing_state
from integration.winsim_server import FleetServer
from winsim.microsoft import CONFIRMATION_ID_DIGITS, derived_digits, installation_id
from winsim.products import sku_id

MAK, PROJECT_MAK, OLD_MAK = (f"AAAAA-BBBBB-CCCCC-DDDDD-{end}" for end in ("MAK21", "PRJ21", "MAK13"))
OFFICE_ROOT = r"HKLM\SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform"
WINDOWS_ROOT = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
FLEET = rf"""
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example}}], kms01: 10.9.5.1}}}}
kms_hosts: {{kms01.corp.example: {{address: 10.9.5.1, serves: [2013, 2016, 2019, 2021, 2024], count: 10}}}}
forest: {{domain: branch.example, activation_objects: [{{name: Office AO, serves: [2021]}}]}}
microsoft:
  maks:
    - {{key: {MAK}, office: 2021, family: proplus, limit: 50}}
    - {{key: {PROJECT_MAK}, office: 2021, family: project_pro, limit: 50}}
    - {{key: {OLD_MAK}, office: 2013, family: proplus, limit: 50}}
defaults: {{domain: corp.example, office: [&proplus {{product: proplus, version: 2021}}]}}
hosts:
  plain[01:24]:
  overridden[01:03]:
    office: [&set {{product: proplus, version: 2021, kms_override: {{host: old.example, port: 1700}}}}]
  domain_set: {{office: [{{product: proplus, version: 2021, lookup_domain: old.example}}]}}
  root[01:02]:
    office: [*set]
    registry:
      '{OFFICE_ROOT}\KeyManagementServiceName': policy.example
      '{WINDOWS_ROOT}\KeyManagementServicePort': '1700'
  mak[01:05]: {{office: [{{product: proplus, version: 2021, key: {MAK}, state: licensed}}]}}
  new_mak[01:03]: {{office: [&mak {{product: proplus, version: 2021, key: {MAK}}}]}}
  due: {{office: [{{product: proplus, version: 2021, state: licensed, properties: {{GracePeriodRemaining: 14400}}}}]}}
  branch[01:02]: {{domain: branch.example, office: [*proplus, &visio {{product: visio_pro, version: 2021}}]}}
  three[01:03]: {{office: [*proplus, *visio, &project {{product: project_pro, version: 2021}}]}}
  leftover: {{office: [*proplus, {{product: proplus, version: 2021, key: {MAK}}}]}}
  unkeyed[01:02]: {{office: [{{product: proplus, version: 2021, key: none}}]}}
  windows7[01:03]: {{os: Windows 7, office: [{{product: proplus, version: 2013}}]}}
  script2013: {{os: Windows 8.1, office: [{{product: proplus, version: 2013}}, {{product: visio_std, version: 2013}}]}}
  subscription:
    office:
      - {{product: o365proplus, version: 2016, channel: subscription, state: licensed,
          key: AAAAA-BBBBB-CCCCC-DDDDD-SUB36}}
  limited[01:02]: {{elevated: false}}
"""
HOST = {"kms_host": "kms01.corp.example"}
KMS = {"products": [{"method": "kms"}]}
BY_MAK = {"products": [{"product": "proplus", "method": "mak", "key": MAK}]}


def confirmation_id(host: str) -> str:
    """What Microsoft would answer to the installation ID of the host's MAK product."""
    installed = installation_id(host.upper()[:15], sku_id(2021, "proplus", "mak"))
    return derived_digits(f"{installed} {MAK[-5:]}", CONFIRMATION_ID_DIGITS)


DEPOSIT = {
    "products": [],
    "confirmation_ids": [{"product": "proplus", "confirmation_id": confirmation_id("new_mak01")}],
}
# One scenario for each kind of operation: kind -> module, host, options.
KINDS: dict[Kind, tuple[str, str, Options]] = {
    Kind.SET_KMS_HOST: ("ospp_kms_client", "plain01", HOST),
    Kind.SET_KMS_PORT: ("ospp_kms_client", "overridden01", {"kms_host": "old.example", "kms_port": 1701}),
    Kind.CLEAR_KMS_HOST: ("ospp_kms_client", "overridden02", {"dns_discovery": True}),
    Kind.REMOVE_INHERITED: ("ospp_kms_client", "root01", {"dns_discovery": True, "remove_inherited": True}),
    Kind.SET_LOOKUP_DOMAIN: ("ospp_kms_client", "plain02", {"lookup_domain": "corp.example"}),
    Kind.CLEAR_LOOKUP_DOMAIN: ("ospp_kms_client", "domain_set", {"lookup_domain": ""}),
    Kind.SET_HOST_CACHING: ("ospp_kms_client", "plain03", {"host_caching": False}),
    Kind.SET_ACTIVATION_TYPE: ("ospp_kms_client", "plain04", {"activation_type": "kms"}),
    Kind.SET_USER_OPERATIONS: ("ospp_user_operations", "plain05", {"allowed": True}),
    Kind.INSTALL_KEY: ("ospp_product_key", "plain06", {"key": MAK}),
    Kind.REMOVE_KEY: ("ospp_product_key", "plain07", {"state": "absent", "last_five": ["6F7TH"]}),
    Kind.DEPOSIT: ("ospp_activate", "new_mak01", DEPOSIT),
    Kind.ACTIVATE: ("ospp_activate", "plain08", {}),
}
# And the combinations: host -> module, options.
COMBINED: dict[str, tuple[str, Options]] = {
    "plain09": ("ospp_kms_client", {**HOST, "kms_port": 1700, "host_caching": False, "activation_type": "kms"}),
    "plain10": ("ospp_kms_client", {"dns_discovery": True, "lookup_domain": ""}),
    "plain11": ("ospp_kms_client", {"kms_host": "2001:db8::a", "kms_port": 1700}),
    "overridden03": ("ospp_kms_client", {**HOST, "kms_port": 1700}),
    "root02": ("ospp_kms_client", {"dns_discovery": True}),
    "mak01": ("ospp_kms_client", {**HOST, "lookup_domain": "corp.example", "activation_type": "kms"}),
    "windows701": ("ospp_kms_client", {**HOST, "kms_port": 1700, "host_caching": False}),
    "limited01": ("ospp_kms_client", HOST),
    "plain12": ("ospp_user_operations", {"allowed": False}),
    "windows702": ("ospp_user_operations", {"allowed": True}),
    "plain13": ("ospp_product_key", {"key": MAK, "exclusive": True}),
    "plain14": ("ospp_product_key", {"product": "proplus"}),
    "leftover": ("ospp_product_key", {"product": "proplus", "exclusive": True}),
    "unkeyed01": ("ospp_product_key", {"product": "proplus"}),
    "mak02": ("ospp_product_key", {"state": "absent", "last_five": ["MAK21", "NONE1"]}),
    "mak03": ("ospp_activate", {}),
    "new_mak02": ("ospp_activate", {"products": ["proplus", "visio_pro"]}),
    "due": ("ospp_activate", {"renew_below_days": 30}),
    "plain15": ("ospp_client", {**KMS, **HOST, "user_operations": True}),
    "plain16": ("ospp_client", BY_MAK),
    "plain17": ("ospp_client", {"products": [{"product": "proplus", "method": "mak_proxy", "key": MAK}]}),
    "plain18": ("ospp_client", {**KMS, "activate": False, **HOST}),
    "plain19": ("ospp_client", {"products": [{"method": "mak"}]}),
    "mak04": ("ospp_client", {**KMS, **HOST}),
    "mak05": ("ospp_client", {**BY_MAK, **HOST, "host_caching": False}),
    "new_mak03": ("ospp_client", BY_MAK),
    "branch01": ("ospp_client", {"products": [{"method": "ad"}], "activation_type": "ad"}),
    "branch02": ("ospp_client", {"products": [{"method": "ad"}], **HOST, "lookup_domain": "corp.example"}),
    "three01": ("ospp_client", {**HOST, "products": [*KMS["products"], *BY_MAK["products"]]}),
    "three02": ("ospp_client", {"products": [{"product": "project_pro", "method": "mak"}, *KMS["products"]]}),
    "three03": (
        "ospp_client",
        {"products": [*KMS["products"], {"product": "project_pro", "method": "mak", "key": PROJECT_MAK}]},
    ),
    "unkeyed02": ("ospp_client", {**KMS, **HOST}),
    "windows703": (
        "ospp_client",
        {"products": [{"method": "mak", "key": OLD_MAK}], "user_operations": True},
    ),
    "script2013": ("ospp_client", {**KMS, **HOST, "activation_type": "kms"}),
    "subscription": ("ospp_client", {**KMS, **HOST}),
    "limited02": ("ospp_client", KMS),
}
SCENARIOS = {host: (module, options) for module, host, options in KINDS.values()} | COMBINED


@dataclass(frozen=True)
class Runs:
    """Check mode, the real run, a second real run, and the hosts' states before and after check mode."""

    check: dict[str, Answer]
    real: dict[str, Answer]
    second: dict[str, Answer]
    before: dict[str, dict[str, Any]]
    after_check: dict[str, dict[str, Any]]
    microsoft: list[dict[str, Any]]


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with FleetServer(FLEET) as fleet:
        before = {host: licensing_state(fleet, host) for host in SCENARIOS}
        check = ask_all(fleet, check=True)
        after_check = {host: licensing_state(fleet, host) for host in SCENARIOS}
        microsoft = fleet.world()["microsoft"]["keys"]
        yield Runs(check, ask_all(fleet), ask_all(fleet), before, after_check, microsoft)


def ask_all(fleet: FleetServer, check: bool = False) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for module in dict.fromkeys(module for module, _options in SCENARIOS.values()):
        wishes = {host: options for host, (asked, options) in SCENARIOS.items() if asked == module}
        answers |= ask(fleet, module, wishes, check=check)
    return answers


def test_there_is_a_scenario_for_every_kind_of_operation() -> None:
    assert set(KINDS) == set(Kind)


@pytest.mark.parametrize("kind", KINDS)
def test_the_scenario_of_a_kind_has_an_operation_and_succeeds(runs: Runs, kind: Kind) -> None:
    answer = runs.real[KINDS[kind][1]]
    assert (answer.message, answer.changed) == ("", True)
    assert answer.operations


@pytest.mark.parametrize("host", SCENARIOS)
def test_check_mode_announces_the_operations_of_the_real_run(runs: Runs, host: str) -> None:
    assert runs.check[host].operations == runs.real[host].operations


@pytest.mark.parametrize("host", SCENARIOS)
def test_check_mode_announces_whether_the_real_run_changes_something(runs: Runs, host: str) -> None:
    assert runs.check[host].changed == runs.real[host].changed


@pytest.mark.parametrize("host", SCENARIOS)
def test_check_mode_shows_the_diff_of_the_real_run(runs: Runs, host: str) -> None:
    assert runs.check[host].result["diff"] == runs.real[host].result["diff"]


@pytest.mark.parametrize("host", SCENARIOS)
def test_check_mode_fails_where_the_real_run_fails(runs: Runs, host: str) -> None:
    assert runs.check[host].message.removesuffix(" Nothing was changed.") == runs.real[host].message.removesuffix(
        " Nothing was changed."
    )


@pytest.mark.parametrize("host", SCENARIOS)
def test_check_mode_changes_nothing_on_the_host(runs: Runs, host: str) -> None:
    assert runs.after_check[host] == runs.before[host]


def test_check_mode_asks_microsoft_for_nothing(runs: Runs) -> None:
    assert [key["requests"] for key in runs.microsoft] == [0, 0, 0]


@pytest.mark.parametrize("host", SCENARIOS)
def test_a_second_real_run_changes_nothing(runs: Runs, host: str) -> None:
    assert runs.second[host].changed is False
    assert len(runs.second[host].commands) == 1
