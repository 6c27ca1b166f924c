# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From bare servers to activated clients, in one story: role kms_host, real BIND, role office_client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from integration.bind_server import BindServer
from integration.kms_host_role_run import PLAYBOOK, RoleRun, described_state, kms_host, run_role
from integration.playbook_run import play, plays_text, task
from integration.winsim_server import FleetServer, PlaybookRun
from winsim.packs import pack_text

FIRST, SECOND = "kms01.corp.example", "kms02.corp.example"
ADDRESSES = {FIRST: "127.10.41.11", SECOND: "127.10.41.12"}
CLIENTS = [f"client{number}" for number in range(1, 6)]
SRV = "_vlmcs._tcp.corp.example"
KEY = "AAAAA-BBBBB-CCCCC-DDDDD-HST21"
FLEET = f"""
clock: 2026-11-24T08:00:00Z
dns: {{corp.example: {{}}}}
dns_server: {{address: 127.0.0.1, port: PORT}}
microsoft: {{keys: [{{key: {KEY}, office: 2021, channel: kms_host}}]}}
defaults: {{domain: corp.example}}
hosts:
  {FIRST}: {{groups: [kms_hosts], os: Windows Server 2022, address: {ADDRESSES[FIRST]}, firewall: true}}
  {SECOND}: {{groups: [kms_hosts], os: Windows Server 2022, address: {ADDRESSES[SECOND]}, firewall: true}}
  client[1:5]: {{groups: [clients], os: Windows 11, office: [{{product: proplus, version: 2021}}]}}
"""
SITE = "- import_playbook: officefleet.activation.site\n"


class Story:
    """The fleet, its DNS server, and the variables of the two KMS hosts."""

    def __init__(self, fleet: FleetServer, bind: BindServer) -> None:
        self.fleet, self.bind = fleet, bind
        self.everywhere: dict[str, Any] = {
            "kms_host_products": [{"product": "2021", "key": KEY}],
            "kms_host_license_packs": [{"product": "2021", "src": str(fleet.folder / "pack2021.exe")}],
            "kms_host_verify_dns": bind.place,
        }
        self.first: RoleRun | None = None

    def hosts(self, *names: str, **variables: Any) -> dict[str, dict[str, Any]]:
        """The variables of each host."""
        priorities = {FIRST: 10, SECOND: 20}
        return {
            name: {
                "kms_host_address": ADDRESSES[name],
                "kms_host_dns_updates": [
                    {"domain": "corp.example", "priority": priorities[name], "addresses": [ADDRESSES[name]]}
                    | self.bind.options
                ],
                **variables,
            }
            for name in names
        }

    def make_hosts(self, *arguments: str) -> RoleRun:
        """Run the playbook kms_host on both."""
        wishes = self.hosts(FIRST, SECOND)
        return run_role(self.fleet, wishes, *arguments, playbook=PLAYBOOK, everywhere=self.everywhere)

    def site(self) -> PlaybookRun:
        """Run the playbook site on the clients."""
        options = ["-e", "officefleet_hosts=clients", "-e", "office_client_host_caching=false"]
        return self.fleet.play(SITE, *options)

    def asked(self, host: str) -> int:
        """How many requests a KMS host has seen."""
        return sum(counters["TotalRequests"] for counters in kms_host(self.fleet, host)["counters"].values())

    def service(self, host: str, state: str) -> None:
        """Stop or start the licensing service of a KMS host."""
        options = {"name": "sppsvc", "state": state}
        run = self.fleet.play(plays_text(play(task("service", "ansible.windows.win_service", options), hosts=host)))
        assert run.exit_code == 0, run.stdout


@pytest.fixture(scope="module")
def story() -> Iterator[Story]:
    with BindServer() as bind, FleetServer(FLEET.replace("PORT", str(bind.port))) as fleet:
        (fleet.folder / "pack2021.exe").write_text(pack_text(2021))
        yield Story(fleet, bind)
        assert fleet.violations() == []


def licensed(fleet: FleetServer) -> list[str]:
    return [client for client in CLIENTS if fleet.product(client, "ProPlus2021VL_KMS")["LicenseStatus"] == "1"]


def test_bare_servers_activate_clients_that_find_them_in_dns(story: Story) -> None:
    fleet, bind = story.fleet, story.bind
    before = {host: described_state(fleet, host) for host in ADDRESSES}
    predicted = story.make_hosts("--check", "--diff")
    predicted.assert_fine(FIRST, SECOND)
    assert {host: described_state(fleet, host) for host in ADDRESSES} == before
    assert bind.records(SRV, "SRV") == []

    made = story.make_hosts()
    made.assert_fine(FIRST, SECOND)
    assert bind.records(SRV, "SRV") == [f"10 0 1688 {FIRST}.", f"20 0 1688 {SECOND}."]
    assert "Office 2021: 0 of 5 computers counted; 5 more computers must ask before clients are activated." in (
        made.summary(FIRST)
    )
    assert f"corp.example: clients try {FIRST} port 1688 (priority 10, weight 0), which answers" in made.summary(SECOND)
    (warning,) = [line for line in made.summary(SECOND) if "cache" in line]
    assert "Switch host caching off on the clients (host_caching: false" in warning

    first = story.site()
    assert first.exit_code == 0, first.stdout
    # Four clients were pending and asked again when the fifth had asked, which was activated at once.
    assert sorted(first.stats[client]["changed"] for client in CLIENTS) == [1, 2, 2, 2, 2]
    assert licensed(fleet) == CLIENTS
    assert (story.asked(FIRST), story.asked(SECOND)) == (9, 0)


def test_a_second_run_changes_nothing_and_says_how_many_remote_calls_it_made(story: Story) -> None:
    again = story.make_hosts()
    again.assert_fine(FIRST, SECOND)
    for host in ADDRESSES:
        assert (again.changed(host), again.calls[host]) == (0, 3)
        assert again.summary(host)[-1] == "Remote calls of this run: 3."
    assert "Office 2021: 5 computers counted; clients are activated when they ask." in again.summary(FIRST)


def test_clients_use_the_other_host_while_the_first_is_stopped(story: Story) -> None:
    story.service(FIRST, "stopped")
    before = story.asked(FIRST)
    story.fleet.advance("8d")
    assert (story.asked(FIRST), story.asked(SECOND) >= 5) == (before, True)
    assert licensed(story.fleet) == CLIENTS


def test_nobody_asks_a_host_whose_record_is_removed(story: Story) -> None:
    story.service(FIRST, "started")
    wishes = story.hosts(SECOND, kms_host_remove_stale_records=[FIRST])
    removed = run_role(story.fleet, wishes, playbook=PLAYBOOK, everywhere=story.everywhere)
    removed.assert_fine(SECOND)
    assert story.bind.records(SRV, "SRV") == [f"20 0 1688 {SECOND}."]
    assert not [line for line in removed.summary(SECOND) if FIRST in line]
    before = story.asked(FIRST), story.asked(SECOND)
    story.fleet.advance("8d")
    assert story.asked(FIRST) == before[0]
    assert story.asked(SECOND) >= before[1] + 5
    again = run_role(story.fleet, wishes, playbook=PLAYBOOK, everywhere=story.everywhere)
    assert again.changed(SECOND) == 0


def test_a_host_that_answers_keeps_its_records_beside_one_of_a_port_that_it_had_before(story: Story) -> None:
    story.make_hosts().assert_fine(FIRST, SECOND)
    story.bind.add(SRV, 3600, "SRV", f"10 0 1690 {FIRST}.")
    wishes = story.hosts(SECOND, kms_host_remove_unanswered_records=True)
    kept = run_role(story.fleet, wishes, playbook=PLAYBOOK, everywhere=story.everywhere)
    assert kept.changed(SECOND) == 0
    assert f"10 0 1688 {FIRST}." in story.bind.records(SRV, "SRV")
    assert [line for line in kept.summary(SECOND) if f"{FIRST} port 1690" in line and "which does not answer" in line]


def test_records_of_hosts_that_do_not_answer_go_when_asked(story: Story) -> None:
    story.make_hosts().assert_fine(FIRST, SECOND)
    story.service(FIRST, "stopped")
    wishes = story.hosts(SECOND)
    left = run_role(story.fleet, wishes, playbook=PLAYBOOK, everywhere=story.everywhere)
    assert (left.changed(SECOND), len(story.bind.records(SRV, "SRV"))) == (0, 2)
    assert [line for line in left.summary(SECOND) if f"{FIRST} port 1688" in line and "which does not answer" in line]
    wishes = story.hosts(SECOND, kms_host_remove_unanswered_records=True)
    removed = run_role(story.fleet, wishes, playbook=PLAYBOOK, everywhere=story.everywhere)
    assert removed.changed(SECOND) == 1
    assert story.bind.records(SRV, "SRV") == [f"20 0 1688 {SECOND}."]
