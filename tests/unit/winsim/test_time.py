# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What passing time does: grace runs out, clients renew and retry, everything survives a restart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from unit.winsim.scenario import REACH, activate, client, count_clients, office_2016_world
from winsim.directory import Forest
from winsim.licensing import Licensing
from winsim.products import office_product
from winsim.world import World


@pytest.fixture
def world() -> World:
    return office_2016_world()


# -- time ------------------------------------------------------------------------------------------


def licensed(world: World, **reach: object) -> Licensing:
    """A machine that was activated a moment ago."""
    count_clients(world, 5)
    machine = client(world, **reach)
    activate(machine)
    return machine


def after(world: World, machine: Licensing, **span: int) -> dict[str, str]:
    """The product once that time has passed without any network."""
    world.clock.advance(timedelta(**span))
    world.tick(machine)
    return machine.products[0]


def test_remaining_minutes_count_down(world: World) -> None:
    product = after(world, licensed(world), days=1)
    assert (product["LicenseStatus"], product["GracePeriodRemaining"]) == ("1", "257760")


def test_after_180_days_comes_out_of_tolerance_grace(world: World) -> None:
    product = after(world, licensed(world), days=182)
    assert [product[name] for name in ("LicenseStatus", "LicenseStatusReason", "GracePeriodRemaining")] == [
        "3",
        "4004F00D",
        "40320",
    ]


def test_after_210_days_comes_notification(world: World) -> None:
    product = after(world, licensed(world), days=211)
    assert [product[name] for name in ("LicenseStatus", "LicenseStatusReason", "GracePeriodRemaining")] == [
        "5",
        "C004F009",
        "0",
    ]


def test_out_of_box_grace_ends_in_notification(world: World) -> None:
    assert after(world, client(world), days=30)["LicenseStatus"] == "5"


def test_a_client_in_reach_renews_every_seven_days(world: World) -> None:
    machine = licensed(world)
    world.advance(timedelta(days=8), [(machine, REACH)])
    # Five other machines are counted, so the renewal after seven days is granted; one day of it has passed.
    assert machine.products[0]["GracePeriodRemaining"] == str(259200 - 1440)


def test_a_client_out_of_reach_does_not_renew(world: World) -> None:
    machine = licensed(world)
    world.advance(timedelta(days=8), [(machine, REACH | {"kms": False})])
    assert machine.products[0]["GracePeriodRemaining"] == str(259200 - 8 * 1440)


def test_pending_clients_ask_again_after_two_hours(world: World) -> None:
    machines = [client(world, n) for n in range(5)]
    world.advance(timedelta(hours=2, minutes=1), [(machine, REACH) for machine in machines])
    # All ask in the same minute; the fifth makes the count, the others are granted two hours later.
    assert [m.products[0]["LicenseStatus"] for m in machines] == ["2", "2", "2", "2", "1"]


def test_pending_clients_are_activated_in_the_second_round(world: World) -> None:
    machines = [client(world, n) for n in range(5)]
    world.advance(timedelta(hours=4, minutes=1), [(machine, REACH) for machine in machines])
    assert {m.products[0]["LicenseStatus"] for m in machines} == {"1"}


def test_a_licensed_mak_has_nothing_to_run_out(world: World) -> None:
    machine = client(world)
    machine.products[0] = office_product(2016, "proplus", "mak") | {"LicenseStatus": "1", "PartialProductKey": "MAK16"}
    assert after(world, machine, days=400)["LicenseStatus"] == "1"


# -- storing ---------------------------------------------------------------------------------------


def test_the_world_survives_a_restart(world: World) -> None:
    world.forest = Forest("corp.example")
    world.forest.add("Office 2016 AO", [2016])
    count_clients(world, 6)
    world.clock.advance(timedelta(days=2))
    assert World.from_json(world.to_json()).to_json() == world.to_json()


def test_a_machine_survives_a_restart(world: World) -> None:
    machine = licensed(world)
    assert Licensing.from_json(machine.to_json(), machine.world) == machine
