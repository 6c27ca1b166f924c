# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""slmgr.vbs: activation objects are made online or by telephone, listed and deleted."""

from __future__ import annotations

import pytest
from unit.winsim.host_scenario import KEYS, empty_world, run, server
from unit.winsim.scenario import REACH, activate, client
from winsim import slmgr
from winsim.directory import Forest
from winsim.licensing import Licensing
from winsim.microsoft import VolumeKey
from winsim.products import KMS_HOST_IDS
from winsim.world import World

CONTAINER = "CN=Activation Objects,CN=Microsoft SPP,CN=Services,CN=Configuration,DC=corp,DC=example"
ONLINE = f"/ad-activation-online {KEYS[2016]}"
MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK16"


@pytest.fixture
def world() -> World:
    made = empty_world()
    made.forest = Forest("corp.example")
    made.microsoft.add(VolumeKey(MAK, 2016, "proplus"))
    return made


@pytest.fixture
def machine(world: World) -> Licensing:
    """A domain member with the licence pack of Office 2016."""
    return server(world, "ADM01")


def test_online_activation_makes_an_object_that_activates_clients(world: World, machine: Licensing) -> None:
    before = activate(client(world, 1))
    assert run(machine, f"{ONLINE} Office2016").text == "Product activated successfully.\r\n\r\n"
    assert (before, activate(client(world, 2))) == (0x8007232B, 0)


def test_the_machine_itself_gets_no_key(world: World, machine: Licensing) -> None:
    run(machine, ONLINE)
    assert [one["PartialProductKey"] for one in machine.products] == ["", "J464C", ""]


def test_the_list_shows_every_object(world: World, machine: Licensing) -> None:
    run(machine, f"{ONLINE} Office2016")
    assert run(machine, "/ao-list").text == (
        "Activation Objects\r\n"
        "    Activation Object name: Office2016\r\n"
        f"        Activation ID: {{{KMS_HOST_IDS[2016].upper()}}}\r\n"
        "        Partial Product Key: HST16\r\n"
        "        AO extended PID: 55041-00206-000-000001-03-1033-9600.0000-0012016\r\n"
        f"        AO DN: CN=Office2016,{CONTAINER}\r\n"
        "\r\n\r\n"
    )


def test_an_empty_list(machine: Licensing) -> None:
    assert run(machine, "/ao-list").text == "Activation Objects\r\n    No objects found\r\n\r\n"


def test_activation_twice_leaves_one_object_and_counts_twice(world: World, machine: Licensing) -> None:
    run(machine, ONLINE)
    run(machine, ONLINE)
    assert (len(world.forest.objects), world.microsoft.keys[KEYS[2016]].used) == (1, 2)


def test_activation_by_telephone(world: World, machine: Licensing) -> None:
    world.microsoft.reachable = False
    text = run(machine, f"/ad-activation-get-iid {KEYS[2016]}").text
    iid = text.partition("\r\n")[0].removeprefix("Installation ID: ")
    cid = world.microsoft.confirmation_id(iid, KEYS[2016])
    result = run(machine, f"/ad-activation-apply-cid {KEYS[2016]} {cid} Office2016")
    assert (result.exit_code, [one.name for one in world.forest.objects]) == (0, ["Office2016"])


def test_the_installation_id_belongs_to_the_forest_not_to_the_machine(world: World, machine: Licensing) -> None:
    line = f"/ad-activation-get-iid {KEYS[2016]}"
    assert run(machine, line) == run(server(world, "ADM02"), line)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("/ad-activation-online AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", "C004F050"),
        (f"/ad-activation-online {MAK}", "C004F07D"),
        (f"/ad-activation-online {KEYS[2021]}", "C004F069"),
        (f"/ad-activation-apply-cid {KEYS[2016]} {'1' * 48}", "C004F031"),
        (f"/ad-activation-apply-cid {KEYS[2016]} 123", "C004F02F"),
    ],
)
def test_what_is_refused(world: World, machine: Licensing, line: str, code: str) -> None:
    assert f"Error: 0x{code} " in run(machine, line).text
    assert world.forest.objects == []


@pytest.mark.parametrize(
    ("lack", "code"),
    [
        ({"domain": None}, "8007054B"),
        ({"directory": False}, "8007054B"),
        ({"directory_write": False}, "80070005"),
        ({"microsoft": False}, "80072EE7"),
    ],
)
def test_what_is_out_of_reach(world: World, lack: dict[str, object], code: str) -> None:
    machine = server(world, "ADM01")
    machine.world = world.activator("ADM01", REACH | lack)
    assert f"Error: 0x{code} " in run(machine, ONLINE).text


def test_an_old_schema_knows_no_objects(world: World, machine: Licensing) -> None:
    world.forest.has_container = False
    result = run(machine, "/ao-list")
    assert (result.exit_code, "is not supported in the current Active Directory schema." in result.text) == (0, True)
    assert "Error: 0x80072030 " in run(machine, ONLINE).text


@pytest.mark.parametrize("name", ["Office2016", "cn=office2016"])
def test_an_object_is_deleted_by_name(world: World, machine: Licensing, name: str) -> None:
    run(machine, f"{ONLINE} Office2016")
    result = run(machine, f"/del-ao {name}")
    rdn = name if name.startswith("cn=") else f"CN={name}"
    assert result.text == f"    AO DN: {rdn},{CONTAINER}\r\n\r\nOperation completed successfully.\r\n\r\n"
    assert world.forest.objects == []


def test_an_object_is_deleted_by_dn(world: World, machine: Licensing) -> None:
    run(machine, f"{ONLINE} Office2016")
    result = slmgr.run(machine, ["/del-ao", f"CN=Office2016,{CONTAINER}"])
    assert (result.text, world.forest.objects) == ("Operation completed successfully.\r\n\r\n", [])


def test_an_object_of_another_class_stays_without_a_word(world: World, machine: Licensing) -> None:
    world.forest.other_objects = [f"cn=other,{CONTAINER}".lower()]
    assert "Operation completed successfully." in run(machine, "/del-ao other").text


def test_an_object_stays_where_the_account_may_not_change_the_directory(world: World, machine: Licensing) -> None:
    run(machine, f"{ONLINE} Office2016")
    machine.world = world.activator("ADM01", REACH | {"directory_write": False})
    assert "Error: 0x80070005 " in run(machine, "/del-ao Office2016").text
    assert len(world.forest.objects) == 1


def test_deleting_what_is_not_there(machine: Licensing) -> None:
    result = run(machine, "/del-ao Nothing")
    assert (result.exit_code, "Error: 0x80072030 " in result.text) == (-2147016656, True)


def test_objects_survive_storing(world: World, machine: Licensing) -> None:
    run(machine, f"{ONLINE} Office2016")
    assert World.from_json(world.to_json()).forest == world.forest
