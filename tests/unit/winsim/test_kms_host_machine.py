# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine that is a KMS host: it publishes itself, listens on its port and shows its counts."""

from __future__ import annotations

import pytest
from unit.winsim.scenario import REACH, count_clients, office_2016_world
from winsim import slmgr
from winsim.kms import SrvRecord
from winsim.licensing import Licensing
from winsim.microsoft import VolumeKey
from winsim.products import KMS_HOST_IDS, office_product
from winsim.world import World

HOST_KEY = "HHHHH-HHHHH-HHHHH-HHHHH-HST16"
SPP_ROOT = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"


@pytest.fixture
def world() -> World:
    return office_2016_world()


def host_machine(world: World) -> Licensing:
    """A server whose host key for Office 2016 was installed and activated."""
    world.microsoft.add(VolumeKey(HOST_KEY, 2016, channel="kms_host", limit=60))
    machine = Licensing(os={"Version": "10.0.17763", "ProductType": "3"}, computer_name="KMS09")
    machine.products = [office_product(2016, "", "kms_host")]
    machine.world = world.activator("KMS09", REACH)
    machine.world.accept_key(machine, HOST_KEY)
    return machine


def test_activating_a_host_key_publishes_the_host(world: World) -> None:
    slmgr.run(host_machine(world), ["/ato", KMS_HOST_IDS[2016]])
    assert "kms09.corp.example" in [record.target for record in world.dns.srv["corp.example"]]


def test_a_host_with_publishing_switched_off_stays_unknown(world: World) -> None:
    machine = host_machine(world)
    machine.registry_set(SPP_ROOT + r"\DisableDnsPublishing", 1)
    slmgr.run(machine, ["/ato", KMS_HOST_IDS[2016]])
    assert [record.target for record in world.dns.srv["corp.example"]] == ["kms01.corp.example"]


def test_a_host_publishes_into_listed_domains_with_priority_and_weight(world: World) -> None:
    machine = host_machine(world)
    machine.registry_set(SPP_ROOT + r"\DnsDomainPublishList", "branch.example, 10, 20")
    slmgr.run(machine, ["/ato", KMS_HOST_IDS[2016]])
    assert world.dns.srv["branch.example"] == [SrvRecord("kms09.corp.example", 1688, 10, 20)]


def test_a_new_port_takes_effect_at_the_restart(world: World) -> None:
    machine = host_machine(world)
    slmgr.run(machine, ["/ato", KMS_HOST_IDS[2016]])
    machine.registry_set(SPP_ROOT + r"\KeyManagementServiceListeningPort", "1689")
    host = world.host_on(machine)
    before = host.port if host else 0
    world.restart_service(machine, REACH)
    assert (before, host.port if host else 0) == (1688, 1689)


def test_slmgr_shows_the_counts_of_the_host(world: World) -> None:
    machine = host_machine(world)
    slmgr.run(machine, ["/ato", KMS_HOST_IDS[2016]])
    world.dns.srv["corp.example"] = [SrvRecord("kms09.corp.example")]
    world.dns.a["kms09.corp.example"] = ["10.0.0.9"]
    count_clients(world, 3)
    world.tick(machine)
    text = slmgr.run(machine, ["/dlv", KMS_HOST_IDS[2016]]).text
    assert "    Current count: 3\r\n" in text
    assert "    Requests with License Status Initial grace period: 3\r\n" in text
