# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role kms_host can be asked for: several products, another port, ways into DNS, activation by telephone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from integration.bind_server import BindServer
from integration.kms_host_role_run import SUMMARY, RoleRun, described_state, kms_host, run_role
from integration.playbook_run import play, plays_text, task
from integration.winsim_server import FleetServer
from winsim.microsoft import CONFIRMATION_ID_DIGITS, derived_digits
from winsim.packs import pack_text

pytestmark = pytest.mark.one_core

ADDRESS = "127.10.68.{}"
RESULT = "Bring keys, activation and settings into the described state"
CLIENTS = [f"client{number}" for number in range(1, 6)]
HOSTS = ["shared", "german", "port", "own", "microsoft", "phone", "plain"]
PRODUCTS = ["windows", "2013", "2016", "2021"]


def key_of(host: str, product: str) -> str:
    """A key of the host's own: a key serves six hosts only."""
    return f"AAAAA-BBBBB-CCCCC-DDDDD-{HOSTS.index(host)}{product[-4:].upper()}"


def keyed(host: str, *products: str) -> list[dict[str, Any]]:
    """Products with their keys."""
    return [{"product": product, "key": key_of(host, product)} for product in products]


def full(host: str) -> str:
    """The name of a host in the network; one publishes itself, in the domain where everybody may."""
    return f"{host}.{'open' if host == 'own' else 'corp'}.example"


def fleet_text(dns_port: int) -> str:
    """Servers behind a firewall, a Microsoft DNS server, and five clients of one of the domains."""
    keys = [
        {"key": key_of(host, product), "channel": "kms_host"}
        | ({"windows": "ws22"} if product == "windows" else {"office": int(product)})
        for host in HOSTS
        for product in PRODUCTS
    ]
    servers = {host: {"address": ADDRESS.format(number), "firewall": True} for number, host in enumerate(HOSTS, 11)}
    servers["german"]["language"] = "de-DE"
    servers["own"]["domain"] = "open.example"
    client = {"os": "Windows 11", "domain": "branch.example", "host_caching": False}
    fleet = {
        "clock": "2026-11-24T08:00:00Z",
        "dns": {"corp.example": {}},
        "dns_server": {"address": "127.0.0.1", "port": dns_port, "dynamic_updates": True},
        "microsoft": {"keys": keys},
        "defaults": {"os": "Windows Server 2022", "domain": "corp.example"},
        "hosts": servers
        | {"dns01": {"dns_server": True}}
        | {"client[1:5]": {**client, "groups": ["clients"], "office": [{"product": "proplus", "version": 2021}]}},
    }
    return yaml.safe_dump(fleet, sort_keys=False)


class Setting:
    """The fleet and its DNS server."""

    def __init__(self, fleet: FleetServer, bind: BindServer) -> None:
        self.fleet, self.bind = fleet, bind

    def wish(self, host: str, *products: str, **variables: Any) -> dict[str, Any]:
        """Variables of a host that serves products, by default Office 2021."""
        products = products or ("2021",)
        packs = [
            {"product": product, "src": str(self.fleet.folder / f"{product}.exe")}
            for product in products
            if product != "windows"
        ]
        return {
            "kms_host_products": keyed(host, *products),
            "kms_host_license_packs": packs,
            "kms_host_name": full(host),
            "kms_host_address": ADDRESS.format(HOSTS.index(host) + 11),
            "kms_host_verify_dns": self.bind.place,
            **variables,
        }

    def run(self, **wishes: dict[str, Any]) -> RoleRun:
        """Run the role; every host has to succeed."""
        run = run_role(self.fleet, wishes)
        run.assert_fine()
        return run

    def records(self, domain: str) -> list[str]:
        """The SRV records of a domain."""
        return self.bind.records(f"_vlmcs._tcp.{domain}", "SRV")

    def activate_clients(self) -> list[str]:
        """Let the clients ask when they are due, and twice now; the states of their licences."""
        self.fleet.advance("8d")
        options = {"products": [{"product": "all", "method": "kms"}]}
        text = plays_text(*[play(task("ask", "ospp_client", options), hosts="clients")] * 2)
        run = self.fleet.play(text)
        assert {host: result.get("msg") for host, result in run.results("ask").items() if result.get("failed")} == {}
        return [self.fleet.product(client, "ProPlus2021VL_KMS")["LicenseStatus"] for client in CLIENTS]


@pytest.fixture(scope="module")
def setting() -> Iterator[Setting]:
    with BindServer() as bind, FleetServer(fleet_text(bind.port)) as fleet:
        for product in PRODUCTS[1:]:
            (fleet.folder / f"{product}.exe").write_text(pack_text(int(product)))
        yield Setting(fleet, bind)
        assert fleet.violations() == []


@pytest.fixture(scope="module")
def first(setting: Setting) -> RoleRun:
    """One run for the hosts whose tests start from a finished one."""
    return setting.run(
        shared=setting.wish("shared", "windows", "2013", "2016"),
        german=setting.wish("german", "windows", "2013", "2016", **address_as_name("german")),
        port=setting.wish("port", **port_variables(setting)),
        own=setting.wish("own", **own_variables()),
        microsoft=setting.wish("microsoft", **microsoft_variables()),
        plain=setting.wish("plain", kms_host_firewall=False, kms_host_verify=False, kms_host_publish_domains=None),
    )


def address_as_name(host: str) -> dict[str, Any]:
    """The name of a host that no DNS server knows, and its address left open, as in a survey."""
    return {"kms_host_name": ADDRESS.format(HOSTS.index(host) + 11), "kms_host_address": ""}


def port_variables(setting: Setting) -> dict[str, Any]:
    """Published in the domain of the clients."""
    entry = {"domain": "branch.example", "addresses": [ADDRESS.format(13)], "ttl": 60}
    return {"kms_host_dns_updates": [entry | setting.bind.options], "kms_host_publish_domains": None}


def own_variables() -> dict[str, Any]:
    """The host publishes itself where everybody may."""
    return {"kms_host_publish_domains": [{"domain": "open.example", "priority": 5, "weight": 7}]}


def microsoft_variables() -> dict[str, Any]:
    """The only host of a Microsoft zone, which the DNS server of the tests does not have."""
    zones = [{"zone": "corp.example", "dns_server": "dns01", "priority": 3}]
    return {"kms_host_microsoft_dns": zones, "kms_host_verify_domains": []}


# -- several products -----------------------------------------------------------------------------------------------


def test_windows_and_office_share_a_host_and_one_added_later_touches_nothing_else(
    setting: Setting, first: RoleRun
) -> None:
    fleet = setting.fleet
    made = kms_host(fleet, full("shared"))
    assert (made["serves"], made["serves_windows"]) == ([2013, 2016], True)
    lines = first.summary("shared")
    assert lines[0] == "Windows: 0 computers counted; servers are activated from 5 on, clients from 25 on."
    assert [line.split(":")[0] for line in lines[1:]] == ["Office 2013", "Office 2016", "Remote calls of this run"]

    before = described_state(fleet, "shared")
    sent = len(fleet.commands("shared"))
    later = setting.run(shared=setting.wish("shared", *PRODUCTS))
    after = described_state(fleet, "shared")
    assert kms_host(fleet, full("shared"))["serves"] == [2013, 2016, 2021]
    ids = {product["ID"] for product in before["products"]}
    assert [product for product in after["products"] if product["ID"] in ids] == before["products"]
    assert {name: after[name] for name in ("files", "rules")} == {name: before[name] for name in ("files", "rules")}
    assert later.result("shared", RESULT)["operations"] == [
        "install the KMS host key *02021 of Office 2021",
        "activate the KMS host Office 2021",
    ]
    text = " ".join(fleet.commands("shared")[sent:])
    assert [one for one in ids if f"/ato {one}" in text] == []
    again = setting.run(shared=setting.wish("shared", *PRODUCTS))
    assert (again.changed("shared"), again.calls["shared"]) == (0, 3)


def test_a_german_windows_makes_no_difference(setting: Setting, first: RoleRun) -> None:
    assert first.tasks("german") == first.tasks("shared")
    assert first.summary("german") == first.summary("shared")
    again = setting.run(german=setting.wish("german", "windows", "2013", "2016"))
    assert (again.changed("german"), again.calls["german"]) == (0, 3)


def test_a_host_whose_address_is_left_open_is_tried_by_its_name(first: RoleRun) -> None:
    assert first.result("german", "Try the port from where the controller stands")["port"] == 1688


def test_without_firewall_and_verification_one_remote_call_is_left(setting: Setting, first: RoleRun) -> None:
    assert SUMMARY not in first.tasks("plain")
    assert setting.fleet.state("plain")["rules"] == {}
    less = {"kms_host_firewall": False, "kms_host_verify": False, "kms_host_license_packs": []}
    again = setting.run(plain=setting.wish("plain", **less))
    assert (again.changed("plain"), again.calls["plain"]) == (0, 1)


# -- the port, and DNS ----------------------------------------------------------------------------------------------


def test_the_port_moves_and_comes_back_with_firewall_records_and_clients(setting: Setting, first: RoleRun) -> None:
    fleet = setting.fleet
    for port in (1700, 1688):
        wish = setting.wish("port", kms_host_port=port, **port_variables(setting))
        moved = setting.run(port=wish)
        assert moved.changed("port") == 3
        assert moved.result("port", RESULT)["operations"][0] == f"set the listening port {port}"
        assert kms_host(fleet, full("port"))["port"] == port
        assert [(name, rule["localport"]) for name, rule in fleet.state("port")["rules"].items()] == [
            ("officefleet KMS host", str(port))
        ]
        assert setting.records("branch.example") == [f"0 0 {port} port.corp.example."]
        asked = sum(one["TotalRequests"] for one in kms_host(fleet, full("port"))["counters"].values())
        assert setting.activate_clients() == ["1"] * 5
        assert sum(one["TotalRequests"] for one in kms_host(fleet, full("port"))["counters"].values()) > asked
        again = setting.run(port=wish)
        assert (again.changed("port"), again.calls["port"]) == (0, 3)


def test_a_host_that_is_published_from_the_controller_does_not_publish_itself(setting: Setting, first: RoleRun) -> None:
    settings = first.result("port", RESULT)["status"]["settings"]
    assert settings["dns_publishing"] is False
    assert first.result("plain", RESULT)["status"]["settings"]["dns_publishing"] is True
    assert first.result("own", RESULT)["status"]["settings"]["dns_publishing"] is True


def test_a_host_publishes_itself_and_the_record_of_its_old_port_is_pointed_out(
    setting: Setting, first: RoleRun
) -> None:
    assert setting.records("open.example") == ["5 7 1688 own.open.example."]
    assert not [line for line in first.summary("own") if "stale" in line]
    moved = setting.run(own=setting.wish("own", kms_host_port=1700, **own_variables()))
    assert setting.records("open.example") == ["5 7 1688 own.open.example.", "5 7 1700 own.open.example."]
    assert (
        "open.example: the record of this host with port 1688 is stale, it listens on 1700. Remove the record in DNS."
        in moved.summary("own")
    )


def test_the_only_host_of_a_microsoft_zone(setting: Setting, first: RoleRun) -> None:
    record = {"target": "microsoft.corp.example", "port": 1688, "priority": 3, "weight": 0}
    assert setting.fleet.world()["dns"]["srv"]["corp.example"] == [record]
    before = len(setting.fleet.log("dns01"))
    again = setting.run(microsoft=setting.wish("microsoft", **microsoft_variables()))
    on_dns_server = len(setting.fleet.log("dns01")) - before
    assert (again.changed("microsoft"), again.calls["microsoft"], on_dns_server) == (0, 3, 1)
    assert again.summary("microsoft")[-1] == "Remote calls of this run: 4."


# -- telephone ------------------------------------------------------------------------------------------------------


def test_activation_by_telephone_takes_two_runs(setting: Setting) -> None:
    fleet = setting.fleet
    wish = setting.wish("phone", kms_host_activation="telephone", kms_host_port=1700)
    first = setting.run(phone=wish)
    message = first.result("phone", "Show what to read out to Microsoft, and what to do with the answer")["msg"]
    (line,) = first.result("phone", RESULT)["telephone"]
    assert message == (
        f"Office 2021: installation ID {line['installation_id']}. Get each confirmation ID from Microsoft (slui.exe 4"
        " shows its numbers), then run again with it."
    )
    assert fleet.state("phone")["rules"] == {}
    assert SUMMARY not in first.tasks("phone")

    again = setting.run(phone=wish)
    assert (again.changed("phone"), again.result("phone", RESULT)["telephone"]) == (0, [line])

    key = key_of("phone", "2021")
    right = derived_digits(f"{line['installation_id'].replace(' ', '')} {key[-5:]}", CONFIRMATION_ID_DIGITS)
    product = {"product": "2021", "key": key}
    refused = run_role(fleet, {"phone": {**wish, "kms_host_products": [product | {"confirmation_id": "0" * 48}]}})
    assert "The confirmation ID belongs to another installation ID than that of this host" in refused.failure("phone")
    second = setting.run(phone={**wish, "kms_host_products": [product | {"confirmation_id": right}]})
    assert second.summary("phone")[0].startswith("Office 2021: 0 of 5 computers counted")
    assert kms_host(fleet, full("phone"))["port"] == 1700
    third = setting.run(phone={**wish, "kms_host_products": [product | {"confirmation_id": right}]})
    assert (third.changed("phone"), third.calls["phone"]) == (0, 3)
