# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet file: what it makes, and how it complains."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from winsim import fleet
from winsim.faults import NAMES, Fault, on_command, on_connection
from winsim.fleet import FleetError, expand_name, read
from winsim.happenings import duration


def licences(text: str, host: str = "pc") -> list[dict[str, str]]:
    machine = read(text).machines[host]
    return [one for one in machine.licensing.products if one["Name"].startswith("Office")]


def test_ranges_keep_leading_zeros() -> None:
    assert list(expand_name("d[08:11]x")) == ["d08x", "d09x", "d10x", "d11x"]
    assert list(expand_name("d[1:5:2]")) == ["d1", "d3", "d5"]
    assert list(expand_name("a[1:2]b[1:2]")) == ["a1b1", "a1b2", "a2b1", "a2b2"]


def test_hosts_get_the_defaults_and_their_own_values() -> None:
    machines = read("defaults: {language: de-DE, bits: 32}\nhosts: {a: , b: {bits: 64}}").machines
    assert [(one.language, one.bits) for one in machines.values()] == [("de-DE", 32), ("de-DE", 64)]


def test_a_volume_product_brings_kms_client_and_mak() -> None:
    names = [one["Name"] for one in licences("hosts: {pc: {office: [{product: proplus, version: 2021}]}}")]
    assert [name.split("VL_")[-1] for name in names] == ["KMS_Client_AE edition", "MAK_AE edition"]


def test_2013_has_a_grace_licence_too() -> None:
    assert len(licences("hosts: {pc: {office: [{product: proplus, version: 2013}]}}")) == 3


def test_the_gvlk_is_the_default_key() -> None:
    client = licences("hosts: {pc: {office: [{product: proplus, version: 2021}]}}")[0]
    assert (client["PartialProductKey"], client["LicenseStatus"]) == ("6F7TH", "2")
    assert len(client["OfflineInstallationId"]) == 63


def test_key_none_leaves_every_licence_without_one() -> None:
    found = licences("hosts: {pc: {office: [{product: proplus, version: 2021, key: none}]}}")
    assert [one["PartialProductKey"] for one in found] == ["", ""]


def test_a_mak_goes_to_the_mak_licence() -> None:
    text = """
microsoft: {maks: [{key: AAAAA-BBBBB-CCCCC-DDDDD-MAK21, office: 2021, family: proplus, used: 7}]}
hosts: {pc: {office: [{product: proplus, version: 2021, key: AAAAA-BBBBB-CCCCC-DDDDD-MAK21, state: licensed}]}}
"""
    client, mak = licences(text)
    assert (client["PartialProductKey"], mak["PartialProductKey"]) == ("", "MAK21")
    assert (mak["LicenseStatus"], mak["GracePeriodRemaining"]) == ("1", "0")
    assert read(text).world.microsoft.find("MAK21").used == 7


@pytest.mark.parametrize(
    ("state", "expected"),
    [("licensed", ("1", "259200")), ("oot_grace", ("3", "43200")), ("notification", ("5", "0"))],
)
def test_states(state: str, expected: tuple[str, str]) -> None:
    client = licences(f"hosts: {{pc: {{office: [{{version: 2016, state: {state}}}]}}}}")[0]
    assert (client["LicenseStatus"], client["GracePeriodRemaining"]) == expected


def test_a_subscription_is_one_licence() -> None:
    (record,) = licences("hosts: {pc: {office: [{product: o365proplus, version: 2016, state: licensed}]}}")
    assert "TIMEBASED_SUB" in record["Description"]


def test_an_override_is_a_property_of_the_kms_client_licence() -> None:
    client = licences("hosts: {pc: {office: [{version: 2021, kms_override: {host: k, port: 1700}}]}}")[0]
    assert (client["KeyManagementServiceMachine"], client["KeyManagementServicePort"]) == ("k", "1700")


def test_windows_7_has_office_s_own_service() -> None:
    machine = read("hosts: {pc: {os: Windows 7, office: [{version: 2013}]}}").machines["pc"]
    assert [one["Name"] for one in machine.licensing.services] == ["sppsvc", "osppsvc"]


def test_the_world() -> None:
    world = read("""
clock: 2026-11-24T08:00:00Z
dns: {corp.example: {kms01: 127.10.0.11, _vlmcs: [{host: kms01.corp.example, port: 1700, priority: 5}]}}
kms_hosts: {kms01.corp.example: {address: 127.10.0.11, port: 1700, serves: [2019, 2021], count: 4}}
forest: {domain: corp.example, activation_objects: [{name: Office 2021 AO, serves: [2021]}]}
""").world
    assert world.clock.now() == datetime(2026, 11, 24, 8, tzinfo=timezone.utc)
    assert world.dns.lookup_srv("corp.example")[0].priority == 5
    host = world.kms_hosts["kms01.corp.example"]
    assert host.count("0ff1ce15-a989-479d-af46-f275c6370663", world.clock.now()) == 4
    assert world.forest.objects[0].versions == [2021]


def test_a_forest_with_an_old_schema_and_with_other_objects() -> None:
    forest = read("forest: {domain: corp.example, has_container: false, other_objects: [Printer]}").world.forest
    assert (forest.has_container, forest.other_objects) == (False, [forest.dn_of("Printer").lower()])


def test_what_the_account_of_a_machine_may_do_in_the_directory() -> None:
    machine = read("hosts: {pc: {reach: {directory_write: false}}}").machines["pc"]
    assert (machine.reach["directory"], machine.reach["directory_write"]) == (True, False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hosts: {pc: {bit: 32}}", "hosts: pc: unknown key bit; known:"),
        ("hots: {}", "the fleet file: unknown key hots"),
        ("hosts: {pc: {os: Windows 95}}", "hosts: pc: unknown Windows 'Windows 95'"),
        ("hosts: {pc: {bits: 16}}", "bits is 32 or 64, not 16"),
        ("hosts: {pc: {office: [{version: 2017}]}}", "version 2017; known: 2010, 2013"),
        ("hosts: {pc: {office: [{product: word}]}}", "product 'word'; known: proplus"),
        ("hosts: {pc: {office: [{key: ABC}]}}", "key is none, gvlk or five groups"),
        ("hosts: {pc: {office: [{state: fine}]}}", "state 'fine'"),
        ("hosts: {pc: {faults: [hungry]}}", "unknown fault 'hungry'"),
        ("hosts: {pc: {faults: [{name: slow, minutes: 1}]}}", "fault slow: unknown option minutes"),
        ("hosts: {pc: {registry: {'HKCU\\x': 1}}}", "a value below HKLM"),
        ("hosts: {'pc 1': }", "is not a host name"),
        ("hosts: {'d[1:2]': , d2: }", "d2 is there twice"),
        ("clock: tomorrow", "clock: must be a time"),
        ("kms_hosts: {k: {serves: [2015]}}", "2015 is no Office version"),
        ("kms_hosts: {k: {port: many}}", "port must be a number"),
        ("hosts: [a]", "hosts: must be a mapping"),
        ("a: [", "is not YAML"),
    ],
)
def test_mistakes_are_named_with_their_place(text: str, words: str) -> None:
    with pytest.raises(FleetError) as caught:
        fleet.read(text)
    assert words in str(caught.value)


def test_faults_are_read_in_three_forms() -> None:
    assert Fault.read("slow") == Fault("slow")
    assert Fault.read({"name": "slow", "seconds": 2}) == Fault("slow", seconds=2.0)
    assert Fault.read({"slow": {"when": "/act", "times": 1}}) == Fault("slow", when="/act", times=1)


def test_faults_survive_storing() -> None:
    for name in NAMES:
        fault = Fault(name, when="x", after=1, times=2)
        assert Fault.read(fault.to_json()) == fault


def test_a_fault_counts_matching_commands_only() -> None:
    faults = [Fault("garbage", when="/ACT", after=1, times=2)]
    met = [bool(on_command(faults, text)) for text in ("/act", "/dstatus", "/act", "/act", "/act")]
    assert met == [False, False, True, True, False]


def test_connection_faults_without_a_text_meet_the_client_first() -> None:
    faults = [Fault("http_500"), Fault("not_windows", when="/act")]
    assert on_connection(faults) == "http_500"
    assert set(on_command(faults, "x /act")) == {"not_windows"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+2h", timedelta(hours=2)),
        ("90", timedelta(seconds=90)),
        ("1d12h", timedelta(hours=36)),
        ("180d", timedelta(days=180)),
        ("2w", timedelta(days=14)),
    ],
)
def test_durations(text: str, expected: timedelta) -> None:
    assert duration(text) == expected


@pytest.mark.parametrize("text", ["", "h", "-2h", "2 hours", "1y"])
def test_wrong_durations(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration"):
        duration(text)


def test_hosts_are_reached_over_http_unless_they_say_otherwise() -> None:
    machines = read("hosts: {a: , b: {connection: https, certificate: expired}, c: {connection: ssh}}").machines
    ways = [(one.connection, one.certificate) for one in machines.values()]
    assert ways == [("http", "good"), ("https", "expired"), ("ssh", "good")]


@pytest.mark.parametrize("entry", ["connection: psrp", "connection: https, certificate: bad"])
def test_an_unknown_way_names_those_that_there_are(entry: str) -> None:
    with pytest.raises(FleetError, match=r"hosts: pc: (connection is one of http, https, ssh|certificate is one of)"):
        read(f"hosts: {{pc: {{{entry}}}}}")
