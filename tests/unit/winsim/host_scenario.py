# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The usual scene of the KMS host tests: a server with host licences, keys Microsoft knows, and clients."""

from __future__ import annotations

from unit.winsim.scenario import REACH, client
from winsim import slmgr
from winsim.licensing import SPP_ROOT, HResult, Licensing, ScriptOutput
from winsim.microsoft import host_key
from winsim.products import KMS_HOST_IDS, office_product, windows_host_product, windows_product
from winsim.world import World

KEYS = {
    2013: "AAAAA-BBBBB-CCCCC-DDDDD-HST15",
    2016: "AAAAA-BBBBB-CCCCC-DDDDD-HST16",
    2021: "AAAAA-BBBBB-CCCCC-DDDDD-HST21",
}
WINDOWS_KEY = "AAAAA-BBBBB-CCCCC-DDDDD-WSK22"
ID_2016 = KMS_HOST_IDS[2016]
PORT_VALUE = SPP_ROOT + r"\KeyManagementServiceListeningPort"
PUBLISHING_VALUE = SPP_ROOT + r"\DisableDnsPublishing"
LIST_VALUE = SPP_ROOT + r"\DnsDomainPublishList"


def empty_world() -> World:
    """No KMS host yet; Microsoft knows the host keys, DNS knows the servers' addresses."""
    made = World()
    for office, key in KEYS.items():
        made.microsoft.add(host_key(key, office))
    made.microsoft.add(host_key(WINDOWS_KEY, 0, "ws22"))
    made.dns.a |= {f"kms{number:02}.corp.example": [f"10.0.0.{number}"] for number in range(1, 9)}
    return made


def server(world: World, name: str = "KMS01", offices: tuple[int, ...] = (2016,), **reach: object) -> Licensing:
    """A server with the licence packs of these Office versions, the Windows pack, and no host key."""
    made = Licensing(os={"Version": "10.0.20348", "ProductType": "3"}, computer_name=name)
    made.service["Version"] = "10.0.20348.2527"
    made.services.append({"Name": "sppsvc", "State": "Running", "StartMode": "Auto"})
    made.products = [office_product(office, "", "kms_host") for office in offices]
    made.products += [windows_product(), windows_host_product("ws22")]
    made.world = world.activator(name, REACH | reach)
    return made


def run(machine: Licensing, line: str) -> ScriptOutput:
    """Run slmgr.vbs with the arguments of a line."""
    return slmgr.run(machine, line.split())


def new_host(world: World, name: str = "KMS01", office: int = 2016) -> Licensing:
    """A server that became a KMS host for one Office version."""
    made = server(world, name, (office,))
    run(made, f"/ipk {KEYS[office]}")
    run(made, f"/ato {KMS_HOST_IDS[office]}")
    return made


def ask(world: World, number: int, office: int = 2016) -> tuple[int, str]:
    """A new client asks: the HRESULT of its activation (0 is success), and which host it found."""
    machine = client(world, number, office)
    return ask_again(machine)


def ask_again(machine: Licensing) -> tuple[int, str]:
    """A client asks once more."""
    product = machine.products[0]
    code = 0
    try:
        machine.world.activate(machine, product)
    except HResult as failure:
        code = failure.code
    return code, product.get("DiscoveredKeyManagementServiceMachineName", "")


def ports(world: World, domain: str = "corp.example") -> list[tuple[str, int]]:
    """Target and port of the SRV records of a domain."""
    return sorted((record.target, record.port) for record in world.dns.srv.get(domain, []))
