# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""reg.exe on a simulated machine, and how values mirror the licensing state."""

from __future__ import annotations

import pytest
from winsim import fleet, programs
from winsim.faults import Fault
from winsim.machine import View
from winsim.programs import NotSimulatedError, Output

SPP = r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
OSP = r"HKLM\SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform"
OFFICE = "0ff1ce15-a989-479d-af46-f275c6370663"
SKU = "fbdb3e18-a8ef-4fb3-9183-dffd60bd0984"
LONG = SPP.replace("HKLM", "HKEY_LOCAL_MACHINE")
MISSING = "ERROR: The system was unable to find the specified registry key or value.\r\n"
FLEET = rf"""
hosts:
  pc:
    host_caching: false
    office:
      - product: proplus
        version: 2021
        kms_override: {{host: kms.old.example, port: 1700}}
        lookup_domain: d.example
    registry: {{'{OSP}\KeyManagementServiceName': root.example, '{SPP}\UserOperations': 1}}
  seven: {{os: Windows 7, office: [{{product: proplus, version: 2013, kms_override: {{host: kms.old.example}}}}]}}
  plain: {{office: [{{product: proplus, version: 2021}}]}}
"""


def view(host: str = "pc", *faults: str) -> View:
    read = fleet.read(FLEET)
    return View(read.machines[host], read.world, {name: Fault(name) for name in faults})


def reg(on: View, *arguments: str) -> Output:
    return programs.reg(on, list(arguments))


def test_a_value_is_shown_with_the_long_name_of_its_key() -> None:
    assert reg(view(), "query", SPP, "/v", "useroperations").stdout == (
        f"\r\n{LONG}\r\n    UserOperations    REG_DWORD    0x1\r\n\r\n"
    )


@pytest.mark.parametrize("arguments", [(SPP, "/v", "None"), (SPP + r"\none", "/s"), (r"HKLM\SOFTWARE\none",)])
def test_what_is_missing_is_an_error_on_standard_error(arguments: tuple[str, ...]) -> None:
    assert reg(view(), "query", *arguments) == Output("", MISSING, 1)


def test_s_goes_through_all_keys_below() -> None:
    out = reg(view(), "query", rf"{SPP}\{OFFICE}", "/s").stdout
    assert out == (
        f"\r\n{LONG}\\{OFFICE}\\{SKU}\r\n"
        "    KeyManagementServiceName    REG_SZ    kms.old.example\r\n"
        "    KeyManagementServicePort    REG_SZ    1700\r\n"
        "    KeyManagementServiceLookupDomain    REG_SZ    d.example\r\n\r\n"
    )


def test_without_s_subkeys_are_only_named() -> None:
    out = reg(view(), "query", SPP).stdout
    assert out.endswith(f"\r\n\r\n{LONG}\\{OFFICE}\r\n")
    assert "kms.old.example" not in out


def test_ve_shows_an_unset_default_value() -> None:
    assert reg(view(), "query", r"HKU\S-1-5-19", "/ve").stdout == (
        "\r\nHKEY_USERS\\S-1-5-19\r\n    (Default)    REG_SZ    (value not set)\r\n\r\n"
    )


def test_the_local_service_key_needs_elevation() -> None:
    assert reg(view("pc", "not_elevated"), "query", r"HKU\S-1-5-19", "/ve") == Output(
        "", "ERROR: Access is denied.\r\n", 1
    )


def test_errors_are_localised_and_values_are_not() -> None:
    on = view("pc", "localised")
    assert reg(on, "query", r"HKLM\SOFTWARE\none").stderr.startswith("FEHLER: ")
    assert "    KeyManagementServiceName    REG_SZ    root.example\r\n" in reg(on, "query", OSP, "/s").stdout


def test_on_windows_7_office_keeps_its_values_in_its_own_key() -> None:
    on = view("seven")
    assert "kms.old.example" in reg(on, "query", OSP, "/s").stdout
    assert "kms.old.example" not in reg(on, "query", SPP, "/s").stdout


def test_a_machine_without_settings_has_no_key_for_office() -> None:
    assert reg(view("plain"), "query", rf"{SPP}\{OFFICE}", "/s") == Output("", MISSING, 1)
    assert reg(view("plain"), "query", OSP, "/s") == Output("", MISSING, 1)


def test_host_caching_switched_off_is_a_value_of_the_root() -> None:
    assert "0x1" in reg(view(), "query", SPP, "/v", "DisableKeyManagementServiceHostCaching").stdout
    assert reg(view("plain"), "query", SPP, "/v", "DisableKeyManagementServiceHostCaching").exit_code == 1


def test_services_tell_how_they_start() -> None:
    key = r"HKLM\SYSTEM\CurrentControlSet\Services\sppsvc"
    assert "    Start    REG_DWORD    0x2\r\n" in reg(view(), "query", key, "/v", "Start").stdout


@pytest.mark.parametrize(
    ("key", "name"),
    [
        (rf"{SPP}\{OFFICE}\{SKU}", "KeyManagementServiceName"),
        (rf"{SPP}\{OFFICE}\{SKU}", "KeyManagementServicePort"),
        (rf"{SPP}\{OFFICE}\{SKU}", "KeyManagementServiceLookupDomain"),
        (SPP, "UserOperations"),
        (SPP, "DisableKeyManagementServiceHostCaching"),
        (OSP, "KeyManagementServiceName"),
    ],
)
def test_deleting_a_value_changes_the_licensing_state(key: str, name: str) -> None:
    on = view()
    assert reg(on, "delete", key, "/v", name, "/f") == Output("The operation completed successfully.\r\n")
    assert reg(on, "query", key, "/v", name).exit_code == 1
    assert reg(on, "delete", key, "/v", name, "/f") == Output("", MISSING, 1)


def test_a_deleted_sku_value_leaves_the_next_level_in_force() -> None:
    on = view()
    product = next(one for one in on.licensing.products if one["ID"] == SKU)
    assert on.licensing.kms_override(product) == ("kms.old.example", 1700)
    reg(on, "delete", rf"{SPP}\{OFFICE}\{SKU}", "/v", "KeyManagementServiceName", "/f")
    assert on.licensing.kms_override(product)[0] == "root.example"


def test_deleting_needs_elevation() -> None:
    on = view("pc", "not_elevated")
    assert reg(on, "delete", SPP, "/v", "UserOperations", "/f") == Output("", "ERROR: Access is denied.\r\n", 1)
    assert "0x1" in reg(on, "query", SPP, "/v", "UserOperations").stdout


@pytest.mark.parametrize(
    "arguments", [("add", SPP), ("delete", SPP, "/f"), ("delete", SPP, "/v", "x"), ("query", SPP, "/f", "x"), ()]
)
def test_the_rest_of_reg_is_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(NotSimulatedError):
        reg(view(), *arguments)


def test_an_unknown_hive_is_reg_s_own_error() -> None:
    assert reg(view(), "query", r"HKXX\x").stderr == "ERROR: Invalid key name.\r\n"


# -- reg add --------------------------------------------------------------------------------------------------------


def add(on: View, name: str, kind: str, data: str) -> Output:
    return reg(on, "add", SPP, "/v", name, "/t", kind, "/d", data, "/f")


@pytest.mark.parametrize(
    ("kind", "data", "shown"),
    [
        ("REG_SZ", "1700", "REG_SZ    1700"),
        ("reg_dword", "0x1f", "REG_DWORD    0x1f"),
        ("REG_DWORD", "7", "REG_DWORD    0x7"),
        ("REG_MULTI_SZ", r"a.example\0b.example, 1, 2", r"REG_MULTI_SZ    a.example\0b.example, 1, 2"),
        ("REG_MULTI_SZ", "a.example", "REG_MULTI_SZ    a.example"),
    ],
)
def test_what_is_added_is_read(kind: str, data: str, shown: str) -> None:
    on = view()
    assert add(on, "Some", kind, data) == Output("The operation completed successfully.\r\n")
    assert f"    Some    {shown}\r\n" in reg(on, "query", SPP, "/v", "some").stdout
    assert add(on, "Some", "REG_SZ", "other").exit_code == 0
    assert "REG_SZ    other" in reg(on, "query", SPP).stdout


def test_settings_of_a_kms_host_reach_the_licensing_service() -> None:
    on = view()
    add(on, "KeyManagementServiceListeningPort", "REG_SZ", "1700")
    add(on, "DisableDnsPublishing", "REG_DWORD", "1")
    add(on, "EnableKmsLowPriority", "REG_DWORD", "1")
    add(on, "DnsDomainPublishList", "REG_MULTI_SZ", r"a.example\0b.example")
    licensing = on.licensing
    assert (licensing.listening_port, licensing.publishes_dns, licensing.has_low_priority) == (1700, False, True)
    assert licensing.publish_list() == ["a.example", "b.example"]
    for name in ("KeyManagementServiceListeningPort", "DisableDnsPublishing", "DnsDomainPublishList"):
        assert reg(on, "delete", SPP, "/v", name, "/f").exit_code == 0
    assert (licensing.listening_port, licensing.publishes_dns, licensing.publish_list()) == (0, True, [])


def test_adding_needs_elevation_and_a_number_for_a_dword() -> None:
    assert add(view("pc", "not_elevated"), "x", "REG_SZ", "y") == Output("", "ERROR: Access is denied.\r\n", 1)
    assert add(view(), "x", "REG_DWORD", "seven").exit_code == 1
    assert add(view(), "x", "REG_MULTI_SZ", r"a\0\0b").exit_code == 1


def test_services_and_other_hives_are_not_written() -> None:
    for key in (r"HKLM\SYSTEM\CurrentControlSet\Services\sppsvc", r"HKCU\Software"):
        with pytest.raises(NotSimulatedError):
            reg(view(), "add", key, "/v", "Start", "/t", "REG_DWORD", "/d", "4", "/f")
