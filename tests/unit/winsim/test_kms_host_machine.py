# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server becomes a KMS host: it listens on its port, publishes itself, counts, and clients find it."""

from __future__ import annotations

import pytest
from unit.winsim.host_scenario import (
    ID_2016,
    KEYS,
    LIST_VALUE,
    PORT_VALUE,
    PUBLISHING_VALUE,
    WINDOWS_KEY,
    ask,
    ask_again,
    empty_world,
    new_host,
    ports,
    run,
    server,
)
from unit.winsim.scenario import REACH, client
from winsim.kms import SrvRecord
from winsim.licensing import HResult, Licensing
from winsim.products import KMS_HOST_IDS
from winsim.world import World

FIRST, SECOND = "kms01.corp.example", "kms02.corp.example"
COUNT_TOO_LOW, NOT_SERVED, NO_HOST, NO_RECORD = 0xC004F038, 0xC004F042, 0xC004F074, 0x8007232B


@pytest.fixture
def world() -> World:
    return empty_world()


@pytest.fixture
def host(world: World) -> Licensing:
    return new_host(world)


def count_of(machine: Licensing, activation_id: str = ID_2016) -> str:
    text = run(machine, f"/dlv {activation_id}").text
    return text.partition("Current count: ")[2].partition("\r\n")[0]


# -- becoming a host -------------------------------------------------------------------------------


def test_a_keyed_server_is_no_host_yet(world: World) -> None:
    run(server(world), f"/ipk {KEYS[2016]}")
    assert (world.kms_hosts, world.dns.srv) == ({}, {})


def test_activation_makes_a_host_that_listens_and_is_published(world: World, host: Licensing) -> None:
    made = world.host_on(host)
    assert made is not None
    assert (made.name, made.addresses, made.answers(1688)) == (FIRST, ["10.0.0.1"], True)
    assert ports(world) == [(FIRST, 1688)]


def test_five_clients_activate_the_first_four_when_they_ask_again(world: World, host: Licensing) -> None:
    clients = [client(world, number) for number in range(1, 6)]
    first_round = [ask_again(machine)[0] for machine in clients]
    second_round = [ask_again(machine)[0] for machine in clients]
    assert (first_round, second_round) == ([COUNT_TOO_LOW] * 4 + [0], [0] * 5)


def test_the_host_shows_what_it_counted(world: World, host: Licensing) -> None:
    for number in range(1, 4):
        ask(world, number)
    world.tick(host)
    text = run(host, f"/dlv {ID_2016}").text
    assert "    Current count: 3\r\n" in text
    assert "    Total requests received: 3\r\n    Failed requests received: 0\r\n" in text
    assert "    Requests with License Status Initial grace period: 3\r\n" in text


def test_a_version_without_its_key_is_not_served(world: World, host: Licensing) -> None:
    assert ask(world, 1, office=2021)[0] == NOT_SERVED


def test_windows_and_three_versions_share_a_host(world: World) -> None:
    machine = server(world, offices=(2013, 2016, 2021))
    for key in (*KEYS.values(), WINDOWS_KEY):
        run(machine, f"/ipk {key}")
    for activation_id in (*(KMS_HOST_IDS[office] for office in KEYS), ""):
        run(machine, f"/ato {activation_id}".strip())
    made = world.kms_hosts[FIRST]
    assert (made.serves, made.serves_windows, len(ports(world))) == ({2013, 2016, 2021}, True, 1)


def test_a_second_version_leaves_the_counts_of_the_first(world: World) -> None:
    machine = server(world, offices=(2016, 2021))
    run(machine, f"/ipk {KEYS[2016]}")
    run(machine, f"/ato {ID_2016}")
    for number in range(1, 7):
        ask(world, number)
    run(machine, f"/ipk {KEYS[2021]}")
    run(machine, f"/ato {KMS_HOST_IDS[2021]}")
    assert (count_of(machine), ask(world, 7, office=2021)[0]) == ("6", 0)


def test_a_machine_that_had_its_key_from_the_start_becomes_a_host_when_looked_at(world: World) -> None:
    machine = new_host(world)
    world.kms_hosts.clear()
    world.dns.srv.clear()
    world.tick(machine)
    assert (list(world.kms_hosts), ports(world)) == ([FIRST], [(FIRST, 1688)])


def test_addresses_come_from_the_machine_where_dns_has_none(world: World) -> None:
    machine = server(world, "KMS09", addresses=["10.0.0.9"])
    run(machine, f"/ipk {KEYS[2016]}")
    run(machine, f"/ato {ID_2016}")
    assert world.kms_hosts["kms09.corp.example"].addresses == world.dns.lookup_a("kms09.corp.example") == ["10.0.0.9"]


def test_everything_survives_storing(world: World, host: Licensing) -> None:
    ask(world, 1)
    again = World.from_json(world.to_json())
    assert (again.kms_hosts, again.dns) == (world.kms_hosts, world.dns)


# -- port ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("through", ["slmgr", "registry"])
def test_a_new_port_takes_effect_at_the_restart(world: World, host: Licensing, through: str) -> None:
    if through == "slmgr":
        run(host, "/sprt 1700")
    else:
        host.registry_set(PORT_VALUE, "1700")
    made = world.kms_hosts[FIRST]
    before = (made.answers(1688), made.answers(1700))
    world.restart_service(host)
    assert (before, made.answers(1688), made.answers(1700)) == ((True, False), False, True)


def test_activating_again_is_no_restart(world: World, host: Licensing) -> None:
    run(host, "/sprt 1700")
    run(host, f"/ato {ID_2016}")
    assert world.kms_hosts[FIRST].port == 1688


def test_the_record_of_the_old_port_stays(world: World, host: Licensing) -> None:
    run(host, "/sprt 1700")
    world.restart_service(host)
    assert ports(world) == [(FIRST, 1688), (FIRST, 1700)]


def test_clients_skip_the_record_of_the_old_port(world: World, host: Licensing) -> None:
    run(host, "/sprt 1700")
    world.restart_service(host)
    assert ask(world, 1) == (COUNT_TOO_LOW, FIRST)


def test_a_port_can_be_moved_back(world: World, host: Licensing) -> None:
    run(host, "/sprt 1700")
    world.restart_service(host)
    world.dns.withdraw("corp.example", FIRST, 1688)
    host.registry_delete(PORT_VALUE)
    world.restart_service(host)
    world.dns.withdraw("corp.example", FIRST, 1700)
    assert (ports(world), ask(world, 1)[0]) == ([(FIRST, 1688)], COUNT_TOO_LOW)


# -- publishing ------------------------------------------------------------------------------------


def test_a_host_with_publishing_switched_off_stays_unknown(world: World) -> None:
    machine = server(world)
    machine.registry_set(PUBLISHING_VALUE, 1)
    run(machine, f"/ipk {KEYS[2016]}")
    run(machine, f"/ato {ID_2016}")
    assert (ports(world), ask(world, 1)[0]) == ([], NO_RECORD)


def test_switching_publishing_off_removes_nothing(world: World, host: Licensing) -> None:
    run(host, "/cdns")
    world.restart_service(host)
    assert ports(world) == [(FIRST, 1688)]


def test_switching_publishing_on_takes_effect_at_the_restart(world: World, host: Licensing) -> None:
    world.dns.srv.clear()
    run(host, "/cdns")
    world.restart_service(host)
    run(host, "/sdns")
    before = ports(world)
    world.restart_service(host)
    assert (before, ports(world)) == ([], [(FIRST, 1688)])


@pytest.mark.parametrize("data", [["branch.example, 10, 20", "lab.example"], "branch.example, 10, 20\0lab.example"])
def test_a_host_publishes_into_its_own_and_every_listed_domain(
    world: World, host: Licensing, data: list[str] | str
) -> None:
    host.registry_set(LIST_VALUE, data)
    world.restart_service(host)
    assert world.dns.srv == {
        "corp.example": [SrvRecord(FIRST)],
        "branch.example": [SrvRecord(FIRST, 1688, 10, 20)],
        "lab.example": [SrvRecord(FIRST)],
    }


def test_the_list_gives_priority_and_weight_in_the_own_domain_too(world: World, host: Licensing) -> None:
    host.registry_set(LIST_VALUE, ["CORP.example., 5, 50"])
    world.restart_service(host)
    assert world.dns.srv == {"corp.example": [SrvRecord(FIRST, 1688, 5, 50)]}


def test_numbers_that_are_none_count_as_zero(world: World, host: Licensing) -> None:
    host.registry_set(LIST_VALUE, ["branch.example, high, 70000"])
    world.restart_service(host)
    assert world.dns.srv["branch.example"] == [SrvRecord(FIRST)]


def test_the_event_log_tells_that_publishing_worked(host: Licensing) -> None:
    assert [event["EventCode"] for event in host.events] == ["12294"]


@pytest.mark.parametrize("reach", [True, False])
def test_the_event_log_tells_that_publishing_failed(world: World, reach: bool) -> None:
    world.dns.down = reach
    machine = server(world, dns=reach)
    run(machine, f"/ipk {KEYS[2016]}")
    run(machine, f"/ato {ID_2016}")
    assert ([event["EventCode"] for event in machine.events], ports(world)) == (["12293"], [])


def test_a_real_dns_server_can_be_told(world: World) -> None:
    told: list[tuple[str, SrvRecord]] = []
    world.on_publish = told.extend
    new_host(world)
    assert told == [("corp.example", SrvRecord(FIRST))]


def test_a_real_dns_server_can_refuse(world: World) -> None:
    def refuse(records: list[tuple[str, SrvRecord]]) -> None:
        raise HResult(0x8007232D)

    world.on_publish = refuse
    machine = new_host(world)
    assert (machine.events[0]["Message"].endswith("0x8007232D"), ports(world)) == (True, [])


# -- the service -----------------------------------------------------------------------------------


def test_a_stopped_service_does_not_listen_and_keeps_its_records(world: World, host: Licensing) -> None:
    world.stop_service(host)
    assert (world.kms_hosts[FIRST].answers(1688), ports(world)) == (False, [(FIRST, 1688)])
    assert (host.services[0]["State"], ask(world, 1)[0]) == ("Stopped", NO_HOST)


def test_a_started_service_goes_on_with_its_counts(world: World, host: Licensing) -> None:
    ask(world, 1)
    world.restart_service(host)
    ask(world, 2)
    world.tick(host)
    assert (host.services[0]["State"], count_of(host)) == ("Running", "2")


@pytest.mark.parametrize("why", ["disabled", "failing"])
def test_a_service_that_does_not_start_leaves_the_host_down(world: World, host: Licensing, why: str) -> None:
    if why == "disabled":
        host.services[0]["StartMode"] = "Disabled"
    else:
        host.os["fail.start"] = "80070422"
    with pytest.raises(HResult, match="0x80070422"):
        world.restart_service(host)
    assert (host.services[0]["State"], world.kms_hosts[FIRST].answers(1688)) == ("Stopped", False)


def test_restarting_a_machine_that_is_no_host_publishes_nothing(world: World) -> None:
    world.restart_service(server(world))
    assert (world.kms_hosts, world.dns.srv) == ({}, {})


# -- two hosts -------------------------------------------------------------------------------------


@pytest.fixture
def two(world: World) -> tuple[Licensing, Licensing]:
    """The first host is preferred; both publish themselves."""
    hosts = new_host(world, "KMS01"), new_host(world, "KMS02")
    for machine, priority in zip(hosts, (10, 20), strict=True):
        machine.registry_set(LIST_VALUE, [f"corp.example, {priority}, 0"])
        world.restart_service(machine, REACH)
    return hosts


def test_the_lower_priority_number_is_tried_first(world: World, two: tuple[Licensing, Licensing]) -> None:
    assert [ask(world, number)[1] for number in range(1, 4)] == [FIRST] * 3


def test_with_one_priority_the_heavier_is_tried_first(world: World, two: tuple[Licensing, Licensing]) -> None:
    for machine, weight in zip(two, (1, 60), strict=True):
        machine.registry_set(LIST_VALUE, [f"corp.example, 10, {weight}"])
        world.restart_service(machine, REACH)
    assert ask(world, 1)[1] == SECOND


def test_a_stopped_service_is_skipped(world: World, two: tuple[Licensing, Licensing]) -> None:
    world.stop_service(two[0])
    assert ask(world, 1) == (COUNT_TOO_LOW, SECOND)


def test_a_dead_host_is_skipped(world: World, two: tuple[Licensing, Licensing]) -> None:
    world.kms_hosts[FIRST].reachable = False
    assert ask(world, 1)[1] == SECOND


def test_a_cached_host_that_stops_is_replaced(world: World, two: tuple[Licensing, Licensing]) -> None:
    machine = client(world, 1)
    before = ask_again(machine)[1]
    world.stop_service(two[0])
    assert (before, ask_again(machine)[1]) == (FIRST, SECOND)


def test_a_removed_record_is_not_asked(world: World, two: tuple[Licensing, Licensing]) -> None:
    assert world.dns.withdraw("corp.example", FIRST) == 1
    assert ask(world, 1)[1] == SECOND
    assert world.kms_hosts[FIRST].counters == {}


def test_a_removed_record_is_still_cached(world: World, two: tuple[Licensing, Licensing]) -> None:
    machine = client(world, 1)
    ask_again(machine)
    world.dns.withdraw("corp.example", FIRST)
    cached = ask_again(machine)[1]
    run(machine, "/ckhc")
    assert (cached, ask_again(machine)[1]) == (FIRST, SECOND)


def test_each_host_counts_for_itself(world: World, two: tuple[Licensing, Licensing]) -> None:
    ask(world, 1)
    world.stop_service(two[0])
    ask(world, 2)
    for machine in two:
        world.tick(machine)
    assert [count_of(machine) for machine in two] == ["1", "1"]


def test_removing_the_records_of_one_host_leaves_the_other(world: World, two: tuple[Licensing, Licensing]) -> None:
    world.dns.withdraw("CORP.example", SECOND.upper())
    assert ports(world) == [(FIRST, 1688)]
