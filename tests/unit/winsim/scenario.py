# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The usual scene of the KMS tests: one host for Office 2016 and clients that ask it."""

from __future__ import annotations

from winsim.kms import KmsHost, SrvRecord
from winsim.licensing import HResult, Licensing
from winsim.products import gvlk, office_product
from winsim.world import World

REACH = {"domain": "corp.example", "dns_suffix": "corp.example"}


def office_2016_world() -> World:
    """One KMS host for Office 2016, found through DNS."""
    made = World()
    made.add_kms_host(KmsHost("kms01.corp.example", ["10.0.0.5"], serves={2016}))
    made.dns.srv["corp.example"] = [SrvRecord("kms01.corp.example")]
    made.dns.a["kms01.corp.example"] = ["10.0.0.5"]
    return made


def client(world: World, number: int = 1, office: int = 2016, **reach: object) -> Licensing:
    """A machine with one Office KMS client and its GVLK."""
    machine = Licensing(os={"Version": "10.0.19045", "ProductType": "1"}, computer_name=f"PC{number:02}")
    machine.products = [office_product(office, "proplus", "kms_client")]
    machine.world = world.activator(machine.computer_name, REACH | reach)
    machine.world.accept_key(machine, gvlk(office, "proplus") or "")
    world.tick(machine)
    return machine


def activate(machine: Licensing) -> int:
    """The HRESULT of activating the machine's first product; 0 is success."""
    try:
        machine.world.activate(machine, machine.products[0])
    except HResult as failure:
        return failure.code
    return 0


def count_clients(world: World, number: int) -> None:
    """Let that many other machines ask the host."""
    for each in range(number):
        activate(client(world, 50 + each))
