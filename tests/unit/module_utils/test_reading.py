# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answer of a host becomes a status."""

from __future__ import annotations

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.reading import (
    read_output,
    registered_caching,
    split_sections,
)
from ansible_collections.officefleet.activation.plugins.module_utils.status import status_data
from unit.module_utils.host_output import (
    OSPP,
    PROPLUS_2010,
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    SCRIPT_2010,
    SCRIPT_2013,
    SCRIPT_2016,
    SPP,
    WINDOWS_7,
    WORD_2016,
    keyed,
    keyless,
    listing,
    output,
    reading,
    registered,
    registry_key,
    transcript,
)


def test_sections_by_marker() -> None:
    sections = split_sections('noise\r\n@os\r\nWindows\r\n@ospp "C:\\x y\\OSPP.VBS" \r\na\r\nb\r\n@end\r\n')
    assert [(section.name, section.argument, section.text) for section in sections] == [
        ("os", "", "Windows"),
        ("ospp", r"C:\x y\OSPP.VBS", "a\r\nb"),
        ("end", "", ""),
    ]


def test_a_marker_with_a_blank_behind_it() -> None:
    assert [section.name for section in split_sections("@os \r\n@end  \r\n")] == ["os", "end"]


def test_a_whole_host() -> None:
    host = read_output(
        output(
            transcript("04"),
            registry=registry_key(SPP, UserOperations=1) + registered(PROPLUS_2016, "kms.corp.example"),
        )
    )
    data = status_data(host.status)
    assert host.problem is None
    assert len(data.pop("licences")) == 1
    assert data == {
        "complete": True,
        "script": SCRIPT_2016,
        "script_version": 16,
        "os_version": "10.0.19045.3803",
        "elevated": True,
        "user_operations": True,
        "kms_override": [{"scope": "sku", "sku_id": PROPLUS_2016.sku_id, "host": "kms.corp.example", "port": None}],
    }


@pytest.mark.parametrize(("script", "version"), [(SCRIPT_2010, 14), (SCRIPT_2013, 15), (SCRIPT_2016, 16)])
def test_script_version_from_its_folder(script: str, version: int) -> None:
    assert reading(keyed(PROPLUS_2016), script=script).status.script_version == version


def test_an_account_that_is_not_elevated() -> None:
    assert not reading(keyed(PROPLUS_2016), elevated=False).status.elevated


@pytest.mark.parametrize(
    "shown", ["Microsoft Windows [Versione 10.0.19045.3803]", "Microsoft Windows [版本 10.0.19045.3803]"]
)
def test_the_version_of_windows_in_another_language(shown: str) -> None:
    text = output().replace("Microsoft Windows [Version 10.0.19045.3803]", shown)
    assert read_output(text).status.os_version == "10.0.19045.3803"


def test_windows_7() -> None:
    assert reading(os_version=WINDOWS_7).windows7
    assert not reading().windows7
    assert not reading(os_version="6.2.9200").windows7


@pytest.mark.parametrize(("value", "allowed"), [(1, True), (0, False)])
def test_user_operations_on_windows_10_and_on_7(value: int, allowed: bool) -> None:
    on_10 = registry_key(SPP, UserOperations=value) + registry_key(OSPP, UserOperations=1 - value)
    assert reading(registry=on_10).status.user_operations is allowed
    on_7 = registry_key(OSPP, UserOperations=value) + registry_key(SPP, UserOperations=1 - value)
    assert reading(registry=on_7, os_version=WINDOWS_7).status.user_operations is allowed


def test_user_operations_that_were_never_set() -> None:
    assert reading().status.user_operations is None


def test_office_2010_beside_a_newer_office() -> None:
    host = reading(keyed(PROPLUS_2016), office_2010=listing(keyed(PROPLUS_2010, activation_type=None)))
    assert [licence.office for licence in host.status.licences] == [2016, 2010]
    assert host.status.script == SCRIPT_2016
    assert host.status.complete


def test_a_broken_listing_of_office_2010_makes_the_status_incomplete() -> None:
    assert not reading(keyed(PROPLUS_2016), office_2010="garbage\r\n").status.complete


def test_a_script_path_that_no_command_line_may_carry_is_not_believed() -> None:
    host = read_output(output(transcript("02"), script=r'C:\Office16\OSPP.VBS" & calc & "'))
    assert not host.status.complete
    assert host.problem is not None
    assert host.problem.fatal


def test_extras_that_were_asked_for() -> None:
    extras = {
        "cmid": transcript("67"),
        "installation_ids": transcript("66"),
        "kms_history": transcript("69"),
        "failure_history": transcript("71"),
    }
    data = status_data(
        read_output(output(transcript("02"), extras=extras)).status, ("cmid", "installation_ids", "history")
    )
    assert data["complete"]
    assert data["cmid"] == "4a7e5c8e-1111-4c3b-9d2a-6f2d0b7a9c01"
    assert len(data["installation_ids"]) == 2
    assert [event["code"] for event in data["history"]["kms"]] == ["0xC004F074", None]
    assert [event["code"] for event in data["history"]["activation_failures"]] == ["0xC004C003"]


def test_every_installed_licence_where_it_was_asked_for() -> None:
    host = reading(
        keyed(PROPLUS_2016), all_licences=(keyed(PROPLUS_2016), keyless(PROPLUS_2016_MAK), keyless(WORD_2016))
    )
    assert host.installed is not None
    assert [licence.sku_id for licence in host.installed] == [
        PROPLUS_2016.sku_id,
        PROPLUS_2016_MAK.sku_id,
        WORD_2016.sku_id,
    ]
    assert len(host.status.licences) == 1


def test_installed_applications() -> None:
    assert reading(applications=("visio", "visio")).applications == {"visio"}


def test_the_output_of_steps() -> None:
    host = read_output(output(transcript("02"), steps=(transcript("55"), transcript("60"))))
    assert len(host.steps) == 2
    assert "Successfully applied setting." in host.steps[0]
    assert "0x80070005" in host.steps[1]
    assert host.status.complete


def test_host_caching_from_the_registry() -> None:
    assert registered_caching(reading())
    assert not registered_caching(reading(registry=registry_key(SPP, DisableKeyManagementServiceHostCaching=1)))
    assert registered_caching(reading(registry=registry_key(SPP, DisableKeyManagementServiceHostCaching=0)))
