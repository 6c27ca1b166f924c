# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The output of reg query, and what its values mean for Office's KMS host."""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import (
    OSPP_KEY,
    SPP_KEY,
    kms_overrides,
    parse_registry,
)
from ansible_collections.officefleet.activation.plugins.module_utils.status import KmsOverride
from unit.module_utils.host_output import OFFICE, OSPP, PROPLUS_2016, SPP, VISIO_2016, registered, registry_key


def overrides(text: str, windows7: bool = False) -> list[KmsOverride]:
    return list(kms_overrides(parse_registry(text), windows7))


def test_values_of_several_queries() -> None:
    registry = parse_registry(registry_key(SPP, UserOperations=1) + registry_key(OSPP, KeyManagementServicePort="1700"))
    assert registry.number(SPP_KEY, "UserOperations") == 1
    assert registry.text(OSPP_KEY, "KeyManagementServicePort") == "1700"


def test_names_compare_without_case() -> None:
    registry = parse_registry(registry_key(SPP.upper(), useroperations=1))
    assert registry.number(SPP_KEY, "UserOperations") == 1


def test_a_value_with_blanks_keeps_them() -> None:
    assert parse_registry(registry_key(OSPP, Some_Value="a  b c")).text(OSPP_KEY, "Some_Value") == "a  b c"


def test_an_empty_value_is_there_and_empty() -> None:
    assert parse_registry(f"{OSPP}\r\n    Empty    REG_SZ    \r\n").text(OSPP_KEY, "Empty") == ""
    assert parse_registry(f"{OSPP}\r\n    Empty    REG_SZ\r\n").text(OSPP_KEY, "Empty") == ""


def test_what_is_no_number_is_none() -> None:
    registry = parse_registry(registry_key(SPP, UserOperations="yes"))
    assert registry.number(SPP_KEY, "UserOperations") is None


def test_nothing_at_all() -> None:
    registry = parse_registry("")
    assert registry.text(SPP_KEY, "UserOperations") is None
    assert overrides("") == []


def test_localised_error_lines_are_passed_over() -> None:
    text = "FEHLER: Der angegebene Registrierungsschlüssel wurde nicht gefunden.\r\n" + registered(
        PROPLUS_2016, "kms01"
    )
    assert overrides(text) == [KmsOverride("sku", PROPLUS_2016.sku_id, "kms01", None)]


def test_overrides_the_most_specific_first() -> None:
    text = (
        registry_key(SPP, KeyManagementServiceName="spp-root")
        + registry_key(OSPP, KeyManagementServiceName="office-root", KeyManagementServicePort="1701")
        + registry_key(rf"{SPP}\{OFFICE}", KeyManagementServiceName="application")
        + registered(VISIO_2016, "visio-host", "1702")
        + registered(PROPLUS_2016, port="1703")
    )
    assert overrides(text) == [
        KmsOverride("sku", VISIO_2016.sku_id, "visio-host", 1702),
        KmsOverride("sku", PROPLUS_2016.sku_id, None, 1703),
        KmsOverride("application", None, "application", None),
        KmsOverride("root", None, "office-root", 1701),
        KmsOverride("root", None, "spp-root", None),
    ]


def test_windows_7_keeps_everything_below_office_own_key() -> None:
    text = registered(PROPLUS_2016, "wrong") + registered(PROPLUS_2016, "kms01", home=OSPP)
    text += registry_key(OSPP, KeyManagementServiceName="root") + registry_key(SPP, KeyManagementServiceName="windows")
    assert overrides(text, windows7=True) == [
        KmsOverride("sku", PROPLUS_2016.sku_id, "kms01", None),
        KmsOverride("root", None, "root", None),
    ]


def test_the_licences_of_windows_itself_do_not_count() -> None:
    windows = rf"{SPP}\55c92734-d682-4d71-983e-d6ec3f16059f\de32eafd-aaee-4662-9444-c1befb41bde2"
    assert overrides(registry_key(windows, KeyManagementServiceName="kms01")) == []


def test_keys_that_are_no_sku_do_not_count() -> None:
    assert overrides(registry_key(rf"{SPP}\{OFFICE}\Plugins", KeyManagementServiceName="kms01")) == []


def test_port_0_means_unset() -> None:
    assert overrides(registered(PROPLUS_2016, "kms01", "0")) == [KmsOverride("sku", PROPLUS_2016.sku_id, "kms01", None)]


def test_brackets_of_ipv6_are_dropped() -> None:
    assert [override.host for override in overrides(registered(PROPLUS_2016, "[fd00::5]"))] == ["fd00::5"]
