# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""KMS hosts count, clients find them, and the activation type decides: the rules of the simulated world."""

from __future__ import annotations

from datetime import timedelta

import pytest
from unit.winsim.scenario import activate, client, count_clients, office_2016_world
from winsim import ospp
from winsim.directory import Forest
from winsim.kms import KmsHost, SrvRecord
from winsim.licensing import OFFICE_APP
from winsim.products import windows_product
from winsim.world import World

OSPP_ROOT = r"SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform"


@pytest.fixture
def world() -> World:
    return office_2016_world()


# -- counting --------------------------------------------------------------------------------------


def test_four_clients_are_too_few(world: World) -> None:
    assert [activate(client(world, n)) for n in range(4)] == [0xC004F038] * 4


def test_the_fifth_client_is_activated_and_the_first_when_it_asks_again(world: World) -> None:
    machines = [client(world, n) for n in range(5)]
    answers = [activate(machine) for machine in machines]
    assert [*answers[4:], activate(machines[0])] == [0, 0]


def test_requests_of_one_machine_count_once(world: World) -> None:
    machine = client(world)
    assert [activate(machine) for _ in range(6)] == [0xC004F038] * 6


def test_cloned_machines_count_as_one(world: World) -> None:
    machines = [client(world, n) for n in range(6)]
    for machine in machines:
        machine.service["ClientMachineID"] = "4a7e5c8e-1111-4c3b-9d2a-6f2d0b7a9c01"
    assert [activate(machine) for machine in machines] == [0xC004F038] * 6


def test_an_office_only_count_stops_at_ten(world: World) -> None:
    count_clients(world, 14)
    assert world.kms_hosts["kms01.corp.example"].count(OFFICE_APP, world.clock.now()) == 10


def test_fifty_machines_are_remembered(world: World) -> None:
    count_clients(world, 60)
    assert len(world.kms_hosts["kms01.corp.example"].clients[OFFICE_APP]) == 50


def test_machines_are_forgotten_after_thirty_days(world: World) -> None:
    count_clients(world, 5)
    world.clock.advance(timedelta(days=31))
    assert activate(client(world)) == 0xC004F038


def test_windows_clients_need_twenty_five(world: World) -> None:
    world.kms_hosts["kms01.corp.example"].serves_windows = True
    codes = []
    for number in range(25):
        machine = client(world, number)
        machine.products = [windows_product(server=False)]
        codes.append(activate(machine))
    assert codes == [0xC004F038] * 24 + [0]


def test_windows_servers_need_five(world: World) -> None:
    world.kms_hosts["kms01.corp.example"].serves_windows = True
    codes = []
    for number in range(5):
        machine = client(world, number)
        machine.products = [windows_product()]
        codes.append(activate(machine))
    assert codes == [0xC004F038] * 4 + [0]


def test_a_version_without_its_host_key_is_not_served(world: World) -> None:
    count_clients(world, 5)
    assert activate(client(world, office=2019)) == 0xC004F042


def test_a_host_key_that_is_not_activated_serves_nobody(world: World) -> None:
    world.kms_hosts["kms01.corp.example"].keyed = {2019}
    assert activate(client(world, office=2019)) == 0xC004F041


def test_an_activation_is_valid_for_180_days(world: World) -> None:
    count_clients(world, 5)
    machine = client(world)
    activate(machine)
    product = machine.products[0]
    assert (product["LicenseStatus"], product["GracePeriodRemaining"]) == ("1", "259200")


def test_a_refused_notification_product_shows_the_reason(world: World) -> None:
    machine = client(world)
    machine.products[0] |= {"LicenseStatus": "5", "GracePeriodRemaining": "0"}
    activate(machine)
    assert machine.products[0]["LicenseStatusReason"] == "C004F038"


# -- finding the host ------------------------------------------------------------------------------


def test_the_discovered_host_is_remembered(world: World) -> None:
    machine = client(world)
    activate(machine)
    assert machine.products[0]["DiscoveredKeyManagementServiceMachineName"] == "kms01.corp.example"


def test_without_a_record_there_is_no_name(world: World) -> None:
    world.dns.srv.clear()
    assert activate(client(world)) == 0x8007232B


def test_a_dead_dns_server_is_told_apart(world: World) -> None:
    world.dns.down = True
    assert activate(client(world)) == 0x8007232A


def test_a_machine_without_dns_gets_the_same_answer(world: World) -> None:
    assert activate(client(world, dns=False)) == 0x8007232A


def test_a_stopped_host_does_not_answer(world: World) -> None:
    world.kms_hosts["kms01.corp.example"].running = False
    assert activate(client(world)) == 0xC004F074


def test_a_blocked_network_does_not_answer(world: World) -> None:
    assert activate(client(world, kms=False)) == 0xC004F074


def test_the_lookup_domain_is_asked_instead_of_the_own_one(world: World) -> None:
    world.dns.srv = {"other.example": [SrvRecord("kms01.corp.example")]}
    machine = client(world)
    machine.products[0]["KeyManagementServiceLookupDomain"] = "other.example"
    assert activate(machine) == 0xC004F038


def test_a_dead_host_is_skipped_for_the_next_by_priority(world: World) -> None:
    world.dns.srv["corp.example"] = [SrvRecord("kms01.corp.example", priority=10), SrvRecord("dead.corp.example")]
    assert activate(client(world)) == 0xC004F038


def test_the_lower_priority_and_the_higher_weight_come_first(world: World) -> None:
    world.add_kms_host(KmsHost("kms02.corp.example", ["10.0.0.6"], serves={2016}))
    world.dns.srv["corp.example"] = [
        SrvRecord("kms01.corp.example", weight=1),
        SrvRecord("kms02.corp.example", weight=9),
        SrvRecord("kms03.corp.example", priority=1, weight=99),
    ]
    machine = client(world)
    activate(machine)
    assert machine.products[0]["DiscoveredKeyManagementServiceMachineName"] == "kms02.corp.example"


def test_a_cached_host_is_used_without_dns(world: World) -> None:
    machine = client(world)
    activate(machine)
    world.dns.srv.clear()
    assert activate(machine) == 0xC004F038


def test_without_caching_dns_is_asked_again(world: World) -> None:
    machine = client(world)
    machine.service["KeyManagementServiceHostCaching"] = "False"
    activate(machine)
    world.dns.srv.clear()
    assert activate(machine) == 0x8007232B


def test_another_dns_can_take_the_zones_place(world: World) -> None:
    world.dns.srv.clear()
    world.srv_lookup = lambda domain: [SrvRecord("kms01.corp.example")]
    assert activate(client(world)) == 0xC004F038


NAMES = ["kms01.corp.example", "KMS01.Corp.Example.", "kms01", "10.0.0.5", "alias.corp.example"]


@pytest.mark.parametrize("name", NAMES)
def test_an_override_finds_the_host_by_any_of_its_names(world: World, name: str) -> None:
    world.dns.srv.clear()
    world.dns.a["alias.corp.example"] = ["10.0.0.5"]
    machine = client(world)
    machine.products[0]["KeyManagementServiceMachine"] = name
    assert activate(machine) == 0xC004F038


def test_an_override_of_an_unknown_name_gets_no_answer(world: World) -> None:
    machine = client(world)
    machine.products[0]["KeyManagementServiceMachine"] = "nowhere.corp.example"
    assert activate(machine) == 0xC004F074


def test_an_override_with_another_port_gets_no_answer(world: World) -> None:
    machine = client(world)
    machine.products[0] |= {"KeyManagementServiceMachine": "kms01.corp.example", "KeyManagementServicePort": "1689"}
    assert activate(machine) == 0xC004F074


def test_a_port_in_the_name_gets_no_answer(world: World) -> None:
    machine = client(world)
    ospp.run(machine, ["/sethst:kms01.corp.example:1688"], "2016")
    assert activate(machine) == 0xC004F074


def test_an_override_at_the_root_is_used(world: World) -> None:
    world.dns.srv.clear()
    machine = client(world)
    machine.registry_set(OSPP_ROOT + r"\KeyManagementServiceName", "kms01.corp.example")
    assert activate(machine) == 0xC004F038


def test_every_request_leaves_an_event(world: World) -> None:
    machine = client(world)
    activate(machine)
    text = ospp.run(machine, ["/dhistorykms"], "2016").text
    assert "ERROR/HOST: 0xC004F038, 0x00000000, kms01.corp.example\r\n" in text


# -- activation type and AD ------------------------------------------------------------------------


def with_forest(world: World) -> World:
    """The same world with an activation object for Office 2016."""
    world.forest = Forest("corp.example")
    world.forest.add("Office 2016 AO", [2016])
    return world


def test_ad_comes_before_kms(world: World) -> None:
    machine = client(with_forest(world))
    activate(machine)
    product = machine.products[0]
    assert (product["VLActivationType"], product["ADActivationObjectName"]) == ("1", "Office 2016 AO")


def test_the_object_stands_where_windows_keeps_it(world: World) -> None:
    machine = client(with_forest(world))
    activate(machine)
    container = "CN=Activation Objects,CN=Microsoft SPP,CN=Services,CN=Configuration,DC=corp,DC=example"
    assert machine.products[0]["ADActivationObjectDN"] == f"CN=Office 2016 AO,{container}"


def test_type_kms_leaves_the_directory_alone(world: World) -> None:
    machine = client(with_forest(world))
    machine.products[0]["VLActivationTypeEnabled"] = "2"
    assert activate(machine) == 0xC004F038


def test_type_ad_without_an_object_fails(world: World) -> None:
    machine = client(with_forest(world), office=2019)
    machine.products[0]["VLActivationTypeEnabled"] = "1"
    assert activate(machine) == 0xC004F081


def test_type_ad_outside_the_domain_fails(world: World) -> None:
    machine = client(with_forest(world), domain=None)
    machine.products[0]["VLActivationTypeEnabled"] = "1"
    assert activate(machine) == 0x8007054B


def test_type_token_has_no_licence_to_use(world: World) -> None:
    machine = client(world)
    machine.products[0]["VLActivationTypeEnabled"] = "3"
    assert activate(machine) == 0xC004F304


def test_windows_7_knows_no_activation_through_ad(world: World) -> None:
    machine = client(with_forest(world))
    machine.os["Version"] = "6.1.7601"
    assert activate(machine) == 0xC004F038


def test_a_kms_activation_clears_what_ad_left(world: World) -> None:
    machine = client(with_forest(world))
    activate(machine)
    world.forest = None
    count_clients(world, 5)
    activate(machine)
    assert (machine.products[0]["VLActivationType"], "ADActivationObjectDN" in machine.products[0]) == ("2", False)
