# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet file's part for servers: KMS hosts that are machines, keys, downloads, DNS."""

from __future__ import annotations

from pathlib import Path

import pytest
from winsim.files import text_of
from winsim.fleet import Fleet, FleetError, read
from winsim.packs import LICENCE_TITLE, PACK_TITLE
from winsim.running import RunningFleet
from winsim.store import Store

KEY = "AAAAA-BBBBB-CCCCC-DDDDD-HST21"
HOSTS = "hosts: {kms01: {os: Windows Server 2022, domain: corp.example, address: 127.10.0.21}}"


def test_a_bare_server_does_not_listen() -> None:
    fleet = read(f"kms_hosts: {{kms01.corp.example: }}\n{HOSTS}")
    host = fleet.world.kms_hosts["kms01.corp.example"]
    assert (host.running, host.serves, host.addresses) == (False, set(), ["127.10.0.21"])


def test_a_server_has_its_address_in_dns_without_being_a_kms_host() -> None:
    fleet = read(HOSTS)
    assert fleet.world.kms_hosts == {}
    assert fleet.world.dns.lookup_a("kms01.corp.example") == ["127.10.0.21"]
    assert fleet.machines["kms01"].reach["addresses"] == ["127.10.0.21"]


def test_a_machine_that_is_a_kms_host_already_has_its_licences() -> None:
    keys = f"microsoft: {{keys: [{{key: {KEY}, office: 2021, channel: kms_host}}]}}"
    fleet = read(f"{keys}\nkms_hosts: {{kms01.corp.example: {{serves: [2021], keyed: [2016], port: 1700}}}}\n{HOSTS}")
    host, licensing = fleet.world.kms_hosts["kms01.corp.example"], fleet.machines["kms01"].licensing
    assert (host.running, host.serves, host.keyed, host.port) == (True, {2021}, {2016}, 1700)
    keyed = {one["PartialProductKey"]: one["LicenseStatus"] for one in licensing.products if "KMSHost" in one["Name"]}
    assert keyed == {"HST21": "1", "KMS16": "0"}
    assert licensing.listening_port == 1700
    assert licensing.services[0]["State"] == "Running"


def test_an_activated_host_licence_alone_makes_a_kms_host() -> None:
    entry = f"office: [{{version: 2021, channel: kms_host, key: {KEY}, state: licensed}}]"
    fleet = read(f"hosts: {{kms01: {{domain: corp.example, address: 127.10.0.21, {entry}}}}}")
    host = fleet.world.kms_hosts["kms01.corp.example"]
    assert (host.running, host.serves, host.addresses) == (True, {2021}, ["127.10.0.21"])
    assert [one.target for one in fleet.world.dns.srv["corp.example"]] == ["kms01.corp.example"]


@pytest.mark.parametrize(("os", "generation"), [("2016", "WS16"), ("2019", "WS19"), ("2022", "WS22"), ("2025", "WS25")])
def test_a_server_brings_windows_own_host_licence(os: str, generation: str) -> None:
    licensing = read(f"hosts: {{s: {{os: Windows Server {os}}}}}").machines["s"].licensing
    described = [one["Description"] for one in licensing.products]
    assert f"Windows(R) Operating System, VOLUME_KMS_{generation} channel" in described


def test_host_keys() -> None:
    keys = (
        f"{{key: {KEY}, office: 2021, channel: kms_host}}, {{key: {KEY[:-5]}WSK22, windows: ws22, channel: kms_host}}"
    )
    microsoft = read(f"microsoft: {{keys: [{keys}]}}").world.microsoft
    office, windows = microsoft.find("HST21"), microsoft.find("WSK22")
    assert office
    assert windows
    assert (office.office, office.limit) == (2021, 60)
    assert (windows.office, windows.family) == (0, "ws22")


def test_downloads_are_files() -> None:
    downloads = read("downloads: {'https://a/p.exe': {pack: 2021}, 'https://a/l': {licence: {office: 2019}}}").downloads
    assert text_of(downloads["https://a/p.exe"]["kind"]) == f"{PACK_TITLE}\nbehaviour: good\noffice: 2021\n"
    assert text_of(downloads["https://a/l"]["kind"]) == f"{LICENCE_TITLE}\noffice: 2019\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("downloads: {'https://a/p.exe': {pack: 1999}}", "downloads: https://a/p.exe"),
        ("downloads: {'https://a/p.exe': {pack: }}", "downloads: https://a/p.exe: .* not None"),
        ("downloads: {'https://a/p.exe': {licence: {office: }}}", "downloads: https://a/p.exe"),
        ("downloads: {'https://a/p.exe': {pack: 2021, text: x}}", "one of pack, licence, text or error"),
        ("downloads: {'https://a/p.exe': {pack: {office: 2021, behaviour: odd}}}", "behaviours good, wizard"),
        ("hosts: {s: {address: nowhere}}", "must be an IP address"),
        ("dns_server: {port: 53}", "address is needed"),
        (f"microsoft: {{keys: [{{key: {KEY}, windows: ws22}}]}}", "channel kms_host"),
    ],
)
def test_mistakes_are_told(text: str, words: str) -> None:
    with pytest.raises(FleetError, match=words):
        read(text)


def test_a_dns_server_knows_the_zones_of_the_fleet() -> None:
    fleet: Fleet = read("dns: {b.example: , A.example: {}}\nhosts: {dc: {dns_server: true}, pc: }")
    assert fleet.machines["dc"].dns_zones == ["a.example", "b.example"]
    assert fleet.machines["pc"].dns_zones is None


def test_everything_survives_a_restart(tmp_path: Path) -> None:
    text = f"downloads: {{'https://a/p.exe': {{pack: 2021}}}}\ndns_server: {{address: 127.0.0.1, port: 5353}}\n{HOSTS}"
    first = RunningFleet.create(Store(tmp_path / "s.sqlite"), text)
    machine = first.machines["kms01"]
    machine.rules["KMS"] = {"localport": "1688"}
    machine.jobs["j1.1"] = {"ends": 1.0}
    machine.hung.append(r"C:\x.exe")
    first.save()
    again = RunningFleet.create(Store(tmp_path / "s.sqlite"), "")
    assert again.machines["kms01"].to_json() == machine.to_json()
    assert again.downloads == first.downloads
    assert again.world.srv_lookup is not None
