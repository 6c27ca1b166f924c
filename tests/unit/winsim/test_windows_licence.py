# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows' own licence on simulated machines: what the fleet file makes of it, and which keys it takes."""

from __future__ import annotations

import pytest
from winsim.fleet import FleetError, read
from winsim.licensing import HResult, Licensing, Record
from winsim.slmgr import run

MAK, ENTERPRISE, SERVER_2022 = (
    "AAAAA-BBBBB-CCCCC-DDDDD-WNMAK",
    "NPPR9-FWDCX-D2C8J-H872K-2YT43",
    "VDYBN-27WPP-V4HQT-9VMD4-VMK7H",
)
WORLD = f"""
kms_hosts: {{kms01: {{address: 10.0.0.5, serves_windows: true, windows_count: 24}}}}
microsoft: {{maks: [{{key: {MAK}, windows: Enterprise}}]}}
"""


def machine(host: str, world: str = WORLD) -> Licensing:
    fleet = read(f"{world}hosts: {{pc: {{{host}}}}}")
    made = fleet.machines["pc"]
    made.licensing.world = fleet.world.activator(made.licensing.computer_name, made.reach)
    return made.licensing


def keyed(licensing: Licensing) -> Record:
    return next(one for one in licensing.products if one["PartialProductKey"])


def test_a_described_windows_is_a_kms_client_in_grace() -> None:
    licence = keyed(machine("windows_licence: {}"))
    assert (licence["Name"], licence["PartialProductKey"], licence["LicenseStatus"]) == (
        "Windows(R), Enterprise edition",
        "2YT43",
        "2",
    )


def test_the_gvlk_goes_by_the_version_of_a_server() -> None:
    assert keyed(machine("os: Windows Server 2022, windows_licence: {}"))["PartialProductKey"] == "VMK7H"


@pytest.mark.parametrize("channel", ["mak", "oem"])
def test_a_client_key_takes_the_place_of_another_key(channel: str) -> None:
    pc = machine(f"windows_licence: {{channel: {channel}, state: licensed}}")
    assert pc.world is not None
    pc.world.accept_key(pc, ENTERPRISE)
    assert [one["PartialProductKey"] for one in pc.products if one["PartialProductKey"]] == ["2YT43"]


@pytest.mark.parametrize("key", [SERVER_2022, MAK.replace("WNMAK", "OTHER")])
def test_a_key_of_another_edition_is_refused(key: str) -> None:
    pc = machine("windows_licence: {}")
    assert pc.world is not None
    with pytest.raises(HResult):
        pc.world.accept_key(pc, key)


def test_a_mak_of_windows_is_spent_once_for_each_activation() -> None:
    pc = machine("windows_licence: {channel: none}")
    run(pc, ["/ipk", MAK])
    assert "activated successfully" in run(pc, ["/ato"]).text
    assert keyed(pc)["LicenseStatus"] == "1"


def test_windows_clients_are_activated_from_25_counted_computers_on() -> None:
    pc = machine("windows_licence: {properties: {KeyManagementServiceMachine: kms01}}")
    assert "activated successfully" in run(pc, ["/ato"]).text


def test_with_24_a_windows_client_is_refused() -> None:
    world = WORLD.replace("windows_count: 24", "windows_count: 23")
    pc = machine("windows_licence: {properties: {KeyManagementServiceMachine: kms01}}", world)
    assert "0xC004F038" in run(pc, ["/ato"]).text


@pytest.mark.parametrize("entry", ["{channel: retail}", "{state: fine}", "{colour: red}"])
def test_mistakes_are_told(entry: str) -> None:
    with pytest.raises(FleetError):
        machine(f"windows_licence: {entry}")
