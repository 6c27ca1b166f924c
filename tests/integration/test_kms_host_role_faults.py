# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role kms_host where something is wrong with DNS, the service, a key or the network; and the run after it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from integration.bind_server import BindServer, new_secret
from integration.kms_host_role_run import RoleRun, kms_host, run_role
from integration.winsim_server import FleetServer
from winsim.packs import pack_text

pytestmark = pytest.mark.one_core

HOSTS = [
    *("bad_tsig", "unknown_tsig", "no_right", "refused", "no_dns"),
    *("no_service", "wrong_key", "unknown_key", "blocked", "cut_off", "closed", "no_record"),
]
DNS = HOSTS[:5]
READY = "The KMS host itself is ready, but DNS is not as described"
# Words of the cause, the next step, and what is done or not.
SAID: dict[str, tuple[str, ...]] = {
    "bad_tsig": (READY, "corp.example: The DNS server rejects the signature", "Compare tsig.secret", "Run again"),
    "unknown_tsig": (READY, "corp.example: The DNS server does not know the TSIG key", "Compare tsig.name"),
    "no_right": (READY, "locked.example: The DNS server refuses the update", "allow-update", "are done"),
    "refused": (READY, "guarded.example: The DNS server refuses the update", "update-policy", "are done"),
    "no_dns": (READY, "corp.example: The DNS server cannot be reached over TCP", "Check server and port"),
    "no_service": (
        "The settings are made, but the service sppsvc",
        "Read the System and Application event logs of the host for sppsvc, then run again",
    ),
    "wrong_key": ("No KMS host licence installed on this computer takes this key", "Compare the key"),
    "unknown_key": ("The key is no valid key for any licence", "Volume Licensing Service Center"),
    "blocked": ("refuses the key because it is blocked", "Ask volume licensing why"),
    "cut_off": ("Microsoft's activation server is not reached", "activation: telephone"),
    "closed": (
        "closed.corp.example is configured, but does not answer on TCP port 1688 from this controller",
        "Check the service sppsvc, the firewalls",
    ),
}


def key_of(host: str) -> str:
    """A key of the host's own: a key serves six hosts only."""
    return f"AAAAA-BBBBB-CCCCC-DDDDD-K{HOSTS.index(host):02}21"


def published(host: str) -> str:
    """The name of a host in DNS."""
    return f"{host.replace('_', '-')}.corp.example"


def fleet_text() -> str:
    """A bare server for each case."""
    keys = [
        {"key": key_of(host), "office": 2016 if host == "wrong_key" else 2021, "channel": "kms_host"} for host in HOSTS
    ]
    keys[HOSTS.index("blocked")]["blocked"] = True
    hosts = {host: {"address": f"127.10.69.{number}", "firewall": True} for number, host in enumerate(HOSTS, 11)}
    hosts["cut_off"]["reach"] = {"microsoft": False}
    hosts["no_service"]["faults"] = ["service_will_not_start"]
    fleet = {
        "clock": "2026-11-24T08:00:00Z",
        "dns": {"corp.example": {}},
        "microsoft": {
            "keys": [*keys, {"key": key_of("wrong_key")[:-4] + "9921", "office": 2021, "channel": "kms_host"}]
        },
        "defaults": {"os": "Windows Server 2022", "domain": "corp.example"},
        "hosts": hosts,
    }
    return yaml.safe_dump(fleet, sort_keys=False)


class Case:
    """The fleet, its DNS server, and the variables of a host, wrong or mended."""

    def __init__(self, fleet: FleetServer, bind: BindServer) -> None:
        self.fleet, self.bind = fleet, bind

    def wish(self, host: str, mended: bool = False) -> dict[str, Any]:
        """The variables of a host."""
        key = key_of(host) if host != "unknown_key" or mended else "AAAAA-BBBBB-CCCCC-DDDDD-QQQQQ"
        if host == "wrong_key" and mended:
            key = key[:-4] + "9921"
        wish = {
            "kms_host_products": [{"product": "2021", "key": key}],
            "kms_host_license_packs": [{"product": "2021", "src": str(self.fleet.folder / "pack2021.exe")}],
            "kms_host_name": published(host),
            "kms_host_address": f"127.10.69.{HOSTS.index(host) + 11}",
            "kms_host_verify_dns": self.bind.place,
            "kms_host_verify_timeout": 5,
            "kms_host_port": 1700 if host == "no_service" else 1688,
            "kms_host_firewall": host != "closed" or mended,
        }
        if host in DNS:
            wish["kms_host_dns_updates"] = self.updates(host, mended)
        return wish

    def updates(self, host: str, mended: bool) -> list[dict[str, Any]]:
        """Domains to publish in; the second one is fine everywhere."""
        right = self.bind.options
        tsig = right["tsig"]
        changes: dict[str, dict[str, Any]] = {
            "bad_tsig": {"tsig": {**tsig, "secret": new_secret()}},
            "unknown_tsig": {"tsig": {**tsig, "name": "nobody-knows-it"}},
            "no_right": {"domain": "locked.example"},
            "refused": {"domain": "guarded.example"},
            "no_dns": {"port": 9},
        }
        first = {"domain": "corp.example", **right}
        branch = {"domain": "branch.example", **right}
        return [first if mended else {**first, **changes[host]}, branch]

    def mend(self) -> None:
        """What is not in variables."""
        self.fleet.change("cut_off", reach={"microsoft": True})
        self.fleet.clear_faults("no_service")


@pytest.fixture(scope="module")
def case() -> Iterator[Case]:
    with BindServer() as bind, FleetServer(fleet_text()) as fleet:
        (fleet.folder / "pack2021.exe").write_text(pack_text(2021))
        yield Case(fleet, bind)
        assert fleet.violations() == []


@pytest.fixture(scope="module")
def failed(case: Case) -> RoleRun:
    return run_role(case.fleet, {host: case.wish(host) for host in SAID})


@pytest.mark.parametrize("host", SAID)
def test_the_message_names_the_cause_and_the_next_step(failed: RoleRun, host: str) -> None:
    message = failed.failure(host)
    assert [words for words in SAID[host] if words not in message] == []


@pytest.mark.parametrize("host", ["no_service", "blocked", "cut_off"])
def test_what_was_done_before_is_said(failed: RoleRun, host: str) -> None:
    assert "Nothing was changed" not in failed.failure(host)
    done = failed.result(host, "Bring keys, activation and settings into the described state")["operations"]
    assert done[0].startswith("install the KMS host key *")


@pytest.mark.parametrize("host", DNS)
def test_other_domains_are_published_all_the_same(case: Case, failed: RoleRun, host: str) -> None:
    records = case.bind.records("_vlmcs._tcp.branch.example", "SRV")
    assert f"0 0 1688 {published(host)}." in records
    assert kms_host(case.fleet, f"{host}.corp.example")["serves"] == [2021]


@pytest.mark.parametrize("host", ["no_service", "wrong_key", "unknown_key", "blocked", "cut_off"])
def test_a_host_that_does_not_work_is_not_announced(case: Case, failed: RoleRun, host: str) -> None:
    assert "Let clients through the firewall" not in failed.tasks(host)
    assert case.fleet.state(host)["rules"] == {}


def test_the_next_run_goes_on(case: Case, failed: RoleRun) -> None:
    case.mend()
    hosts = [host for host in SAID if host != "blocked"]
    wishes = {host: case.wish(host, mended=True) for host in hosts}
    mended = run_role(case.fleet, wishes)
    mended.assert_fine()
    for host in hosts:
        assert kms_host(case.fleet, f"{host}.corp.example")["serves"] == [2021]
        assert "Run the pack" not in mended.tasks(host)
    again = run_role(case.fleet, wishes)
    assert {host: again.changed(host) for host in hosts} == dict.fromkeys(hosts, 0)
    assert {host: again.calls[host] for host in hosts} == dict.fromkeys(hosts, 3)


def test_an_activation_that_is_not_wanted_announces_nothing(case: Case, failed: RoleRun) -> None:
    wish = {**case.wish("no_record"), "kms_host_activation": "none", "kms_host_dns_updates": case.updates("", True)}
    run = run_role(case.fleet, {"no_record": wish})
    run.assert_fine()
    assert run.summary("no_record")[0] == "The host is not activated: it answers no client."
    assert not [one for one in case.bind.records("_vlmcs._tcp.corp.example", "SRV") if "no-record" in one]
