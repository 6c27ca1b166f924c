# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second run changes nothing, also where what the script prints cannot tell that the state is right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from integration.playbook_run import Answer, Options, alike, ask
from integration.winsim_server import FleetServer

MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK21"
GVLK = "FXYTK-NJJ8C-GB6DW-3DYQT-6F7TH"
OFFICE_ROOT = r"HKLM\SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform"
WINDOWS_ROOT = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
APPLICATION = WINDOWS_ROOT + r"\0ff1ce15-a989-479d-af46-f275c6370663"
FLEET = rf"""
microsoft: {{maks: [{{key: {MAK}, office: 2021, family: proplus, limit: 50}}]}}
defaults: {{domain: corp.example, office: [&office {{product: proplus, version: 2021}}]}}
hosts:
  plain[01:20]:
  windows7[01:03]: {{os: Windows 7, office: [{{product: proplus, version: 2013}}]}}
  script2013: {{os: Windows 8.1, office: [{{product: proplus, version: 2013}}]}}
  both_scripts: {{office: [{{product: visio_std, version: 2013}}, *office]}}
  mak[01:05]: {{office: [{{product: proplus, version: 2021, key: {MAK}, state: licensed}}]}}
  mak_windows7: {{os: Windows 7, office: [{{product: proplus, version: 2013, channel: mak, state: licensed}}]}}
  ad[01:03]: {{office: [&ad {{product: proplus, version: 2021, state: licensed, properties: {{
    VLActivationType: 1, ADActivationObjectName: Office AO, ADActivationObjectDN: 'CN=Office AO',
    ADActivationCsvlkPid: '1', ADActivationCsvlkSkuId: 47f3b983-7c53-4d45-abc6-bcd91e2dd90a}}}}]}}
  after_ad: {{office: [*ad, {{product: visio_pro, version: 2021, state: licensed}}]}}
  different:
    office:
      - {{product: proplus, version: 2021, kms_override: {{host: kms01.corp.example, port: 1688}}}}
      - {{product: visio_pro, version: 2021, kms_override: {{host: kms02.corp.example}}}}
      - {{product: project_pro, version: 2019}}
  host_set: {{office: [&set {{product: proplus, version: 2021, kms_override: {{host: kms01.corp.example}}}}]}}
  port_set: {{office: [{{product: proplus, version: 2021, kms_override: {{host: kms01.corp.example, port: 1700}}}}]}}
  upper_case: {{office: [{{product: proplus, version: 2021, kms_override: {{host: KMS01.Corp.Example}}}}]}}
  with_dot: {{office: [{{product: proplus, version: 2021, kms_override: {{host: kms01.corp.example.}}}}]}}
  ipv6: {{office: [{{product: proplus, version: 2021, kms_override: {{host: '2001:db8::a', port: 1688}}}}]}}
  office_root[01:04]: {{registry: {{'{OFFICE_ROOT}\KeyManagementServiceName': kms01.corp.example}}}}
  windows_root:
    registry:
      '{WINDOWS_ROOT}\KeyManagementServiceName': kms01.corp.example
      '{WINDOWS_ROOT}\KeyManagementServicePort': '1688'
  application[01:02]: {{registry: {{'{APPLICATION}\KeyManagementServiceName': kms01.corp.example}}}}
  root_windows7:
    os: Windows 7
    office: [{{product: proplus, version: 2013}}]
    registry: {{'{OFFICE_ROOT}\KeyManagementServiceName': kms01.corp.example}}
  mak_and_root:
    office: [{{product: proplus, version: 2021, key: {MAK}, state: licensed}}]
    registry: {{'{OFFICE_ROOT}\KeyManagementServiceName': kms01.corp.example}}
"""
HOST = {"kms_host": "kms01.corp.example"}

# Settings that a first run has to bring about: host -> options.
CHANGING: dict[str, Options] = {
    "plain01": HOST,
    "plain02": {"kms_host": "KMS01.Corp.EXAMPLE"},
    "plain03": {"kms_host": "kms01.corp.example."},
    "plain04": {"kms_host": "[2001:DB8::A]"},
    "plain05": {"kms_host": "2001:db8::a", "kms_port": 1700},
    "plain06": {**HOST, "kms_port": 1700},
    "plain07": {"lookup_domain": "Corp.Example."},
    "plain08": {"host_caching": False},
    "plain09": {"activation_type": "kms"},
    "plain10": {**HOST, "kms_port": 1688, "host_caching": False, "activation_type": "kms"},
    "windows701": HOST,
    "windows702": {**HOST, "kms_port": 1700, "host_caching": False},
    "script2013": {**HOST, "kms_port": 1700, "lookup_domain": "corp.example", "activation_type": "kms"},
    "both_scripts": HOST,
    "mak01": HOST,
    "mak02": {**HOST, "kms_port": 1700},
    "mak03": {"host_caching": False},
    "mak04": {"activation_type": "kms"},
    "mak05": {"lookup_domain": "corp.example"},
    "mak_windows7": {**HOST, "kms_port": 1700},
    "ad01": {**HOST, "kms_port": 1700},
    "ad02": {"lookup_domain": "corp.example"},
    "ad03": {"host_caching": False, "activation_type": "ad"},
    "after_ad": {**HOST, "lookup_domain": "corp.example"},
    "different": HOST,
    "port_set": HOST,
    "office_root02": {"kms_host": "kms02.corp.example"},
    "windows_root": {"kms_host": "kms02.corp.example", "kms_port": 1700},
    "application02": {"kms_host": "kms02.corp.example"},
    "mak_and_root": {"kms_host": "kms02.corp.example"},
}
# Settings that are right already, whatever they look like: host -> options.
RIGHT: dict[str, Options] = {
    "host_set": {**HOST, "kms_port": 1688},
    "upper_case": HOST,
    "with_dot": HOST,
    "ipv6": {"kms_host": "[2001:DB8:0::A]"},
    "office_root01": HOST,
    "application01": {**HOST, "kms_port": 1688},
    "root_windows7": HOST,
    "plain11": {"dns_discovery": True},
    "plain12": {"lookup_domain": "", "host_caching": True, "activation_type": "all"},
}


@dataclass(frozen=True)
class Runs:
    """The same task twice on each host."""

    first: dict[str, Answer]
    second: dict[str, Answer]


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


@pytest.fixture(scope="module")
def settings(fleet: FleetServer) -> Runs:
    wishes = CHANGING | RIGHT
    return Runs(ask(fleet, "ospp_kms_client", wishes), ask(fleet, "ospp_kms_client", wishes))


@pytest.mark.parametrize("host", CHANGING)
def test_the_first_run_sets_it_with_one_more_command(settings: Runs, host: str) -> None:
    assert (settings.first[host].message, settings.first[host].changed) == ("", True)
    assert len(settings.first[host].commands) == 2


@pytest.mark.parametrize("host", CHANGING)
def test_the_second_run_finds_it_set(settings: Runs, host: str) -> None:
    assert settings.second[host].changed is False
    assert len(settings.second[host].commands) == 1


@pytest.mark.parametrize("host", RIGHT)
def test_what_means_the_same_is_no_change(settings: Runs, host: str) -> None:
    assert settings.first[host].changed is False
    assert len(settings.first[host].commands) == 1


def test_all_products_ask_the_wanted_host_after_the_change(settings: Runs) -> None:
    hosts = {one["kms"]["host"] for one in settings.second["different"].licences.values()}
    assert hosts == {"kms01.corp.example"}


# -- a KMS host above the licences ------------------------------------------------------------------------------------

INHERITED = {
    "office_root03": OFFICE_ROOT,
    "windows7_root": OFFICE_ROOT,
    "root_windows": WINDOWS_ROOT,
    "app": APPLICATION,
}
INHERITED_FLEET = rf"""
defaults: {{domain: corp.example, office: [{{product: proplus, version: 2021}}]}}
hosts:
  office_root03: {{registry: {{'{OFFICE_ROOT}\KeyManagementServiceName': kms-old.corp.example}}}}
  windows7_root:
    os: Windows 7
    office: [{{product: proplus, version: 2013, kms_override: {{host: kms-sku.corp.example}}}}]
    registry: {{'{OFFICE_ROOT}\KeyManagementServiceName': kms-old.corp.example}}
  root_windows:
    registry:
      '{WINDOWS_ROOT}\KeyManagementServiceName': kms-old.corp.example
      '{WINDOWS_ROOT}\KeyManagementServicePort': '1700'
  app: {{registry: {{'{APPLICATION}\KeyManagementServiceName': kms-old.corp.example}}}}
"""


@pytest.fixture(scope="module")
def inherited() -> Iterator[list[dict[str, Answer]]]:
    """First dns_discovery alone, then twice with remove_inherited."""
    with FleetServer(INHERITED_FLEET) as fleet:
        removal = alike(INHERITED, dns_discovery=True, remove_inherited=True)
        wishes = (alike(INHERITED, dns_discovery=True), removal, removal)
        yield [ask(fleet, "ospp_kms_client", wish) for wish in wishes]


@pytest.mark.parametrize("host", INHERITED)
def test_dns_discovery_names_an_inherited_kms_host_and_refuses(inherited: list[dict[str, Answer]], host: str) -> None:
    answer = inherited[0][host]
    assert (answer.failed, answer.changed, len(answer.commands)) == (True, False, 1)
    assert f"{INHERITED[host]}\\KeyManagementServiceName = kms-old.corp.example" in answer.result["msg"]
    assert "remove_inherited: true" in answer.result["msg"]


@pytest.mark.parametrize("host", INHERITED)
def test_remove_inherited_removes_it(inherited: list[dict[str, Answer]], host: str) -> None:
    answer = inherited[1][host]
    assert (answer.failed, answer.changed, len(answer.commands)) == (False, True, 2)
    assert answer.result["status"]["kms_override"] == []
    assert answer.result["diff"]["after"]["kms_host"] == ["found by DNS"]


@pytest.mark.parametrize("host", INHERITED)
def test_what_was_removed_is_not_removed_again(inherited: list[dict[str, Answer]], host: str) -> None:
    assert (inherited[2][host].changed, len(inherited[2][host].commands)) == (False, 1)


# -- UserOperations and keys ------------------------------------------------------------------------------------------

USER_OPERATIONS = alike(("windows703", "plain13"), allowed=True)
USER_DENIED = alike(USER_OPERATIONS, allowed=False)


@pytest.fixture(scope="module")
def user_operations(fleet: FleetServer) -> list[dict[str, Answer]]:
    """Allowed twice, then denied twice."""
    wishes = (USER_OPERATIONS, USER_OPERATIONS, USER_DENIED, USER_DENIED)
    return [ask(fleet, "ospp_user_operations", wish) for wish in wishes]


@pytest.mark.parametrize("host", USER_OPERATIONS)
def test_user_operations_change_once_in_each_direction(user_operations: list[dict[str, Answer]], host: str) -> None:
    assert [answers[host].changed for answers in user_operations] == [True, False, True, False]
    assert [len(answers[host].commands) for answers in user_operations] == [2, 1, 2, 1]
    assert [answers[host].result["status"]["user_operations"] for answers in user_operations] == [
        True,
        True,
        False,
        False,
    ]


KEYS: dict[str, Options] = {
    "plain14": {"key": GVLK},
    "plain15": {"key": GVLK.lower(), "product": "proplus"},
    "plain16": {"product": "proplus"},
    "plain17": {"key": GVLK, "exclusive": True},
}
NEW_KEYS: dict[str, Options] = {
    "plain18": {"key": MAK},
    "plain19": {"key": MAK, "product": "proplus", "exclusive": True},
    "plain20": {"state": "absent", "last_five": ["6f7th"]},
}


@pytest.fixture(scope="module")
def keys(fleet: FleetServer) -> Runs:
    wishes = KEYS | NEW_KEYS
    return Runs(ask(fleet, "ospp_product_key", wishes), ask(fleet, "ospp_product_key", wishes))


@pytest.mark.parametrize("host", KEYS)
def test_a_key_that_is_present_is_not_installed_again(keys: Runs, host: str) -> None:
    assert (keys.first[host].changed, len(keys.first[host].commands)) == (False, 1)


@pytest.mark.parametrize("host", NEW_KEYS)
def test_a_key_is_installed_or_removed_once(keys: Runs, host: str) -> None:
    assert (keys.first[host].failed, keys.first[host].changed) == (False, True)
    assert (keys.second[host].changed, len(keys.second[host].commands)) == (False, 1)


# -- a success line below an error ------------------------------------------------------------------------------------

LYING_FLEET = """
defaults: {domain: corp.example}
hosts:
  not_elevated_there: {office: [&refusing {product: proplus, version: 2021, properties: {fail.sethst: C004F025}}]}
  script2013:
    os: Windows 8.1
    office: [{product: proplus, version: 2013, properties: {fail.sethst: C004F025}}]
  one_of_two: {office: [*refusing, {product: visio_pro, version: 2021}]}
  type: {office: [{product: proplus, version: 2021, properties: {fail.actype: C004F025}}]}
  stopping: {office: [{product: proplus, version: 2021, properties: {fail.sethst: '80070005'}}]}
"""
LYING: dict[str, Options] = {
    "not_elevated_there": HOST,
    "script2013": HOST,
    "one_of_two": HOST,
    "type": {"activation_type": "kms"},
    "stopping": HOST,
}


@pytest.fixture(scope="module")
def lies() -> Iterator[dict[str, Answer]]:
    with FleetServer(LYING_FLEET) as fleet:
        yield ask(fleet, "ospp_kms_client", LYING)


@pytest.mark.parametrize("host", LYING)
def test_an_error_above_the_success_line_fails_with_code_and_remedy(lies: dict[str, Answer], host: str) -> None:
    failure = lies[host].failures[None]
    assert lies[host].failed
    assert failure["code"] == ("0x80070005" if host == "stopping" else "0xC004F025")
    assert failure["remedy"] in lies[host].result["msg"]


@pytest.mark.parametrize("host", sorted(LYING.keys() - {"one_of_two"}))
def test_a_setting_that_was_refused_is_no_change(lies: dict[str, Answer], host: str) -> None:
    assert lies[host].changed is False


def test_a_setting_refused_for_one_product_of_two_has_changed_the_other(lies: dict[str, Answer]) -> None:
    shown = {one["name"]: one["kms"]["host"] for one in lies["one_of_two"].licences.values()}
    assert lies["one_of_two"].changed
    assert list(shown.values()) == [None, "kms01.corp.example"]
