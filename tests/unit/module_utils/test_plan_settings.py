# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host-wide settings: what is equal in meaning is left alone, and what differs is set once."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.desired import DesiredClient, read_settings
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Plan
from ansible_collections.officefleet.activation.plugins.module_utils.plan import NOT_ELEVATED, plan_client
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from unit.module_utils.host_output import (
    OFFICE,
    OSPP,
    PROPLUS_2013,
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    SCRIPT_2013,
    SPP,
    SUBSCRIPTION,
    VISIO_2016,
    WINDOWS_7,
    keyed,
    keyless,
    reading,
    registered,
    registry_key,
)

HOST = {"kms_host": "kms01.corp.example"}
OTHER_PORT = {**HOST, "kms_port": 1700}
DNS = {"dns_discovery": True}
SHOWN = "kms01.corp.example:1688"


def plan(host: Reading, options: dict[str, Any]) -> Plan:
    return plan_client(host, DesiredClient(read_settings(options)))


def kinds(host: Reading, options: dict[str, Any]) -> list[str]:
    return [operation.kind.value for operation in plan(host, options).operations]


RIGHT: dict[str, tuple[Reading, dict[str, Any]]] = {
    "override set while a MAK is installed": (
        reading(keyed(PROPLUS_2016_MAK), registry=registered(PROPLUS_2016, "kms01.corp.example")),
        HOST,
    ),
    "override set while no key is installed": (reading(registry=registered(PROPLUS_2016, "kms01.corp.example")), HOST),
    "after AD-based activation": (
        reading(keyed(PROPLUS_2016, ad=True), registry=registered(PROPLUS_2016, "kms01.corp.example", "1700")),
        OTHER_PORT,
    ),
    "a product listed after an AD-activated one": (
        reading(
            keyed(PROPLUS_2016, ad=True),
            keyed(VISIO_2016, silent=True),
            registry=registered(PROPLUS_2016, "kms01.corp.example") + registered(VISIO_2016, "kms01.corp.example"),
        ),
        HOST,
    ),
    "port unset against 1688": (
        reading(keyed(PROPLUS_2016, host=SHOWN), registry=registered(PROPLUS_2016, "kms01.corp.example")),
        {**HOST, "kms_port": 1688},
    ),
    "port 1688 against unset": (
        reading(keyed(PROPLUS_2016, host=SHOWN), registry=registered(PROPLUS_2016, "kms01.corp.example", "1688")),
        HOST,
    ),
    "host name in other case": (
        reading(
            keyed(PROPLUS_2016, host="KMS01.Corp.Example:1688"), registry=registered(PROPLUS_2016, "KMS01.Corp.Example")
        ),
        {"kms_host": "kms01.CORP.example"},
    ),
    "trailing dot wanted": (reading(keyed(PROPLUS_2016, host=SHOWN)), {"kms_host": "kms01.corp.example."}),
    "trailing dot registered": (reading(keyed(PROPLUS_2016, host="kms01.corp.example.:1688")), HOST),
    "IPv6 with brackets wanted": (
        reading(keyed(PROPLUS_2016, host="fd00::5:1688"), registry=registered(PROPLUS_2016, "fd00::5")),
        {"kms_host": "[FD00:0::5]"},
    ),
    "IPv6 with brackets registered": (
        reading(keyed(PROPLUS_2016_MAK), registry=registered(PROPLUS_2016, "[FD00::5]", "1700")),
        {"kms_host": "fd00::5", "kms_port": 1700},
    ),
    "several products with the same override": (
        reading(keyed(PROPLUS_2016, host=SHOWN), keyed(VISIO_2016, host=SHOWN)),
        HOST,
    ),
    "override at the root of the registry": (
        reading(
            keyed(PROPLUS_2016_MAK),
            registry=registry_key(OSPP, KeyManagementServiceName="kms01.corp.example", KeyManagementServicePort="1700"),
        ),
        OTHER_PORT,
    ),
    "override for the application": (
        reading(
            keyed(PROPLUS_2016, ad=True),
            registry=registry_key(rf"{SPP}\{OFFICE}", KeyManagementServiceName="kms01.corp.example"),
        ),
        HOST,
    ),
    "Windows 7 keeps it below another key": (
        reading(
            keyed(PROPLUS_2013, host=SHOWN, activation_type=None),
            registry=registered(PROPLUS_2013, "kms01.corp.example", home=OSPP),
            os_version=WINDOWS_7,
            script=SCRIPT_2013,
        ),
        HOST,
    ),
    "DNS discovery where nothing is registered": (reading(keyed(PROPLUS_2016)), DNS),
    "DNS discovery where nothing is registered and a MAK is installed": (reading(keyed(PROPLUS_2016_MAK)), DNS),
    "lookup domain in other case and with a dot": (
        reading(keyed(PROPLUS_2016, domain="Corp.Example.")),
        {"lookup_domain": "corp.example"},
    ),
    "no lookup domain": (reading(keyed(PROPLUS_2016)), {"lookup_domain": ""}),
    "lookup domain after AD-based activation": (
        reading(
            keyed(PROPLUS_2016, ad=True),
            registry=registry_key(
                rf"{SPP}\{OFFICE}\{PROPLUS_2016.sku_id}", KeyManagementServiceLookupDomain="corp.example"
            ),
        ),
        {"lookup_domain": "corp.example"},
    ),
    "caching off": (reading(keyed(PROPLUS_2016, caching=False)), {"host_caching": False}),
    "caching off while a MAK is installed": (
        reading(keyed(PROPLUS_2016_MAK), registry=registry_key(SPP, DisableKeyManagementServiceHostCaching=1)),
        {"host_caching": False},
    ),
    "activation type": (reading(keyed(PROPLUS_2016, activation_type="AD")), {"activation_type": "ad"}),
    "activation type of a product after an AD-activated one": (
        reading(
            keyed(PROPLUS_2016, ad=True, activation_type="KMS"), keyed(VISIO_2016, silent=True, activation_type="KMS")
        ),
        {"activation_type": "kms"},
    ),
    "activation type all while a MAK is installed": (reading(keyed(PROPLUS_2016_MAK)), {"activation_type": "all"}),
    "activation type kms on Windows 7": (
        reading(keyed(PROPLUS_2013, activation_type=None), os_version=WINDOWS_7),
        {"activation_type": "kms"},
    ),
    "UserOperations on Windows 10": (
        reading(keyed(PROPLUS_2016), registry=registry_key(SPP, UserOperations=1)),
        {"user_operations": True},
    ),
    "UserOperations on Windows 7": (
        reading(keyed(PROPLUS_2013), registry=registry_key(OSPP, UserOperations=1), os_version=WINDOWS_7),
        {"user_operations": True},
    ),
    "UserOperations absent means denied": (reading(keyed(PROPLUS_2016)), {"user_operations": False}),
    "nothing is managed": (reading(keyed(PROPLUS_2016, host="other:1")), {}),
}


@pytest.mark.parametrize("case", RIGHT)
def test_nothing_is_done_for(case: str) -> None:
    host, options = RIGHT[case]
    assert host.problem is None
    assert plan(host, options) == Plan()


WRONG: dict[str, tuple[Reading, dict[str, Any], list[str]]] = {
    "no host yet": (reading(keyed(PROPLUS_2016)), HOST, ["set_kms_host"]),
    "no host and another port": (reading(keyed(PROPLUS_2016)), OTHER_PORT, ["set_kms_host", "set_kms_port"]),
    "another host": (reading(keyed(PROPLUS_2016, host="old:1688")), HOST, ["set_kms_host"]),
    "only the port": (
        reading(keyed(PROPLUS_2016, host=SHOWN), registry=registered(PROPLUS_2016, "kms01.corp.example")),
        OTHER_PORT,
        ["set_kms_port"],
    ),
    "only the port, back to 1688": (
        reading(
            keyed(PROPLUS_2016, host="kms01.corp.example:1700"),
            registry=registered(PROPLUS_2016, "kms01.corp.example", "1700"),
        ),
        HOST,
        ["set_kms_port"],
    ),
    "another host, and its port is no longer wanted": (
        reading(keyed(PROPLUS_2016, host="old:1700"), registry=registered(PROPLUS_2016, "old", "1700")),
        HOST,
        ["set_kms_host", "set_kms_port"],
    ),
    "a host stored with its port in the name": (
        reading(
            keyed(PROPLUS_2016, host="kms01.corp.example:1688:1688"),
            registry=registered(PROPLUS_2016, "kms01.corp.example:1688"),
        ),
        HOST,
        ["set_kms_host"],
    ),
    "several products with different overrides": (
        reading(keyed(PROPLUS_2016, host=SHOWN), keyed(VISIO_2016, host="old:1688")),
        HOST,
        ["set_kms_host"],
    ),
    "one of several products without": (
        reading(keyed(PROPLUS_2016, host=SHOWN), keyed(VISIO_2016)),
        HOST,
        ["set_kms_host"],
    ),
    "a product after an AD-activated one has another host": (
        reading(
            keyed(PROPLUS_2016, ad=True),
            keyed(VISIO_2016, silent=True),
            registry=registered(PROPLUS_2016, "kms01.corp.example") + registered(VISIO_2016, "old"),
        ),
        HOST,
        ["set_kms_host"],
    ),
    "another host at the root of the registry": (
        reading(keyed(PROPLUS_2016, ad=True), registry=registry_key(OSPP, KeyManagementServiceName="old")),
        HOST,
        ["set_kms_host"],
    ),
    "another host while a MAK is installed": (
        reading(keyed(PROPLUS_2016_MAK), registry=registered(PROPLUS_2016, "old")),
        HOST,
        ["set_kms_host"],
    ),
    "back to DNS": (
        reading(keyed(PROPLUS_2016, host=SHOWN), registry=registered(PROPLUS_2016, "kms01.corp.example")),
        DNS,
        ["clear_kms_host"],
    ),
    "back to DNS after AD-based activation": (
        reading(keyed(PROPLUS_2016, ad=True), registry=registered(PROPLUS_2016, "kms01.corp.example")),
        DNS,
        ["clear_kms_host"],
    ),
    "back to DNS while a MAK is installed": (
        reading(keyed(PROPLUS_2016_MAK), registry=registered(PROPLUS_2016, "kms01.corp.example")),
        DNS,
        ["clear_kms_host"],
    ),
    "back to DNS with a value of the image": (
        reading(
            keyed(PROPLUS_2016_MAK),
            registry=registry_key(OSPP, KeyManagementServiceName="old", KeyManagementServicePort="1700"),
        ),
        {**DNS, "remove_inherited": True},
        ["remove_inherited", "remove_inherited"],
    ),
    "lookup domain": (reading(keyed(PROPLUS_2016)), {"lookup_domain": "corp.example"}, ["set_lookup_domain"]),
    "lookup domain of one product": (
        reading(keyed(PROPLUS_2016, domain="corp.example"), keyed(VISIO_2016)),
        {"lookup_domain": "corp.example"},
        ["set_lookup_domain"],
    ),
    "no lookup domain": (reading(keyed(PROPLUS_2016, domain="a.b")), {"lookup_domain": ""}, ["clear_lookup_domain"]),
    "caching on": (reading(keyed(PROPLUS_2016, caching=False)), {"host_caching": True}, ["set_host_caching"]),
    "activation type": (reading(keyed(PROPLUS_2016)), {"activation_type": "kms"}, ["set_activation_type"]),
    "activation type back to all": (
        reading(keyed(PROPLUS_2016, activation_type="Token")),
        {"activation_type": "all"},
        ["set_activation_type"],
    ),
    "UserOperations": (reading(keyed(PROPLUS_2016)), {"user_operations": True}, ["set_user_operations"]),
    "UserOperations on Windows 7 under the key of Windows 10": (
        reading(keyed(PROPLUS_2013), registry=registry_key(SPP, UserOperations=1), os_version=WINDOWS_7),
        {"user_operations": True},
        ["set_user_operations"],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_done_for(case: str) -> None:
    host, options, expected = WRONG[case]
    assert kinds(host, options) == expected
    assert not plan(host, options).problems


def test_a_value_above_the_licences_is_named_when_dns_is_wanted() -> None:
    host = reading(keyed(PROPLUS_2016_MAK), registry=registry_key(OSPP, KeyManagementServiceName="old"))
    ((target, problem),) = plan(host, DNS).problems
    assert target == ""
    assert r"HKLM\SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform\KeyManagementServiceName = old" in problem.remedy
    assert "remove_inherited: true" in problem.remedy


def test_values_of_the_image_are_removed_one_by_one() -> None:
    registry = registry_key(SPP, KeyManagementServiceName="a") + registry_key(
        rf"{SPP}\{OFFICE}", KeyManagementServiceName="b", KeyManagementServicePort="1700"
    )
    operations = plan(reading(keyed(PROPLUS_2016_MAK), registry=registry), {**DNS, "remove_inherited": True}).operations
    home = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
    assert [operation.value for operation in operations] == [
        rf'"{home}\{OFFICE}" /v KeyManagementServiceName',
        rf'"{home}\{OFFICE}" /v KeyManagementServicePort',
        rf'"{home}" /v KeyManagementServiceName',
    ]


def test_a_port_alone_above_the_licences_is_left_since_discovery_takes_the_port_from_dns() -> None:
    registry = registry_key(SPP, KeyManagementServicePort="1700")
    assert plan(reading(keyed(PROPLUS_2016), registry=registry), {**DNS, "remove_inherited": True}) == Plan()


@pytest.mark.parametrize("options", [{"kms_host": "kms01.corp.example"}, DNS])
def test_a_value_that_an_uninstalled_office_left_behind_is_nobodys_setting(options: dict[str, Any]) -> None:
    host = options.get("kms_host")
    registry = registered(PROPLUS_2013, "old") + (registered(PROPLUS_2016, host) if host else "")
    shown = keyed(PROPLUS_2016, host=f"{host}:1688" if host else None)
    assert plan(reading(shown, registry=registry), options) == Plan()


@pytest.mark.parametrize(
    "options", [{"lookup_domain": "corp.example"}, {"activation_type": "ad"}, {"activation_type": "token"}]
)
def test_what_windows_7_does_not_have_is_refused_before_a_message_box_opens(options: dict[str, Any]) -> None:
    windows7 = plan(reading(keyed(PROPLUS_2013, activation_type=None), os_version=WINDOWS_7), options)
    assert not windows7.operations
    assert "Windows 7 and Server 2008 R2 do not have this setting." in windows7.problems[0][1].cause


def test_a_change_needs_an_elevated_account() -> None:
    assert ("", NOT_ELEVATED) in plan(reading(keyed(PROPLUS_2016), elevated=False), HOST).problems


def test_what_is_right_needs_no_elevated_account() -> None:
    assert plan(reading(keyed(PROPLUS_2016, host=SHOWN), elevated=False), HOST) == Plan()


def test_whether_a_host_with_a_mak_alone_has_kms_licences_is_a_guess() -> None:
    guessed = plan(reading(keyed(PROPLUS_2016_MAK)), HOST)
    assert guessed.guesses
    assert [operation.kind.value for operation in guessed.operations] == ["set_kms_host"]


def test_the_guess_is_right_where_a_kms_licence_without_key_is_installed() -> None:
    host = reading(keyed(PROPLUS_2016_MAK), all_licences=(keyed(PROPLUS_2016_MAK), keyless(PROPLUS_2016)))
    assert kinds(host, HOST) == ["set_kms_host"]
    assert not plan(host, HOST).guesses


def test_a_host_without_any_kms_licence_is_warned_about_and_not_changed() -> None:
    host = reading(keyed(PROPLUS_2016_MAK), all_licences=(keyed(PROPLUS_2016_MAK),))
    result = plan(host, HOST)
    assert not result.operations
    assert "No Office KMS licence is installed" in result.warnings[0]


def test_a_host_with_a_subscription_alone_has_nowhere_to_store_a_kms_host() -> None:
    assert plan(reading(keyed(SUBSCRIPTION)), HOST) == Plan()


def test_results_say_that_every_kms_licence_is_meant() -> None:
    (operation,) = plan(reading(keyed(PROPLUS_2016)), HOST).operations
    assert operation.words == "set the KMS host kms01.corp.example for every Office KMS licence on the machine"
