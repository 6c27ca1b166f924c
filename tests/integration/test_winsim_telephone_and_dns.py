# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated KMS host that is activated by telephone, and one that a real DNS server knows."""

from __future__ import annotations

import subprocess
import sys

import dns.query
import dns.update
import pytest
from integration.bind_server import BindServer
from integration.winsim_server import TESTS, FleetServer, listens

pytestmark = pytest.mark.one_core

HOST_ID = "47f3b983-7c53-4d45-abc6-bcd91e2dd90a"
KEY = "AAAAA-BBBBB-CCCCC-DDDDD-HST21"
SLMGR = r"cscript.exe //Nologo //T:60 C:\Windows\System32\slmgr.vbs"
OSPP = r'cscript.exe //Nologo "C:\Program Files\Microsoft Office\Office16\OSPP.VBS"'


# -- activation by telephone ----------------------------------------------------------------------------------------

TELEPHONE = f"""
microsoft: {{keys: [{{key: {KEY}, office: 2021, channel: kms_host}}], reachable: false}}
hosts:
  kms01: {{os: Windows Server 2022, address: 127.10.8.41, domain: corp.example, language: de-DE,
          office: [{{version: 2021, channel: kms_host, key: {KEY}}}]}}
"""


def on_kms01(fleet: FleetServer, arguments: str) -> str:
    task = f"{{name: run, ansible.windows.win_command: '{SLMGR} {arguments}', ignore_errors: true}}"
    play = f"- hosts: kms01\n  gather_facts: false\n  tasks: [{task}]\n"
    return fleet.play(play).results("run")["kms01"]["stdout"]


def test_the_telephone_gives_a_confirmation_id() -> None:
    with FleetServer(TELEPHONE) as fleet:
        assert "0x80072EE7" in on_kms01(fleet, f"/ato {HOST_ID}")
        installation_id = on_kms01(fleet, f"/dti {HOST_ID}").split()[-1]
        command = [sys.executable, str(TESTS / "winsim"), "confirm", "--state", str(fleet.state_file)]
        answer = subprocess.run([*command, installation_id, "HST21"], check=True, capture_output=True, text=True)
        assert "successfully" not in on_kms01(fleet, f"/atp {answer.stdout.strip()} {HOST_ID}")
        assert fleet.world()["kms_hosts"][0]["serves"] == [2021]
        assert listens("127.10.8.41", 1688)
        assert fleet.world()["microsoft"]["keys"][0]["used"] == 1


# -- a real DNS server ----------------------------------------------------------------------------------------------

REAL_DNS = f"""
dns_server: {{address: 127.0.0.1, port: PORT, dynamic_updates: UPDATES}}
dns: {{open.example: {{}}}}
microsoft: {{keys: [{{key: {KEY}, office: 2021, channel: kms_host}}]}}
defaults: {{domain: open.example}}
hosts:
  kms01: {{os: Windows Server 2022, address: 127.10.8.31,
          office: [{{version: 2021, channel: kms_host, key: {KEY}}}]}}
  pc1: {{os: Windows 11, office: [{{product: proplus, version: 2021}}]}}
"""
ASK = f"""
- hosts: kms01
  gather_facts: false
  tasks:
    - {{name: activate, ansible.windows.win_command: '{SLMGR} /ato {HOST_ID}'}}
- hosts: pc1
  gather_facts: false
  tasks:
    - {{name: act, ansible.windows.win_command: '{OSPP} /act'}}
"""
NO_RECORD, TOO_FEW, DNS_FAILED = "0x8007232B", "0xC004F038", "0x8007232A"


@pytest.mark.needs("named")
def test_a_real_dns_server_is_asked_and_updated() -> None:
    with BindServer() as bind:
        text = REAL_DNS.replace("PORT", str(bind.port)).replace("UPDATES", "true")
        with FleetServer(text) as fleet:
            run = fleet.play(ASK)
            assert TOO_FEW in run.results("act")["pc1"]["stdout"]
            assert bind.records("_vlmcs._tcp.open.example", "SRV") == ["0 0 1688 kms01.open.example."]
            assert bind.records("kms01.open.example", "A") == ["127.10.8.31"]
            bind.stop()
            # With host caching on, the client would ask the host it knows.
            product = fleet.product("pc1", "KMS_Client")
            fleet.change("pc1", products={product["ID"]: {"DiscoveredKeyManagementServiceMachineName": ""}})
            assert DNS_FAILED in fleet.play(ASK).results("act")["pc1"]["stdout"]


@pytest.mark.needs("named")
def test_without_dynamic_updates_only_others_publish() -> None:
    with BindServer() as bind:
        text = REAL_DNS.replace("PORT", str(bind.port)).replace("UPDATES", "false")
        with FleetServer(text) as fleet:
            assert NO_RECORD in fleet.play(ASK).results("act")["pc1"]["stdout"]
            events = fleet.state("kms01")["licensing"]["events"]
            assert [event["EventCode"] for event in events] == ["12293"]
            assert bind.records("_vlmcs._tcp.open.example", "SRV") == []
            message = dns.update.UpdateMessage("open.example.")
            message.add("_vlmcs._tcp", 300, "SRV", "0 0 1688 kms01.open.example.")
            dns.query.tcp(message, bind.address, 5, bind.port)
            assert TOO_FEW in fleet.play(ASK).results("act")["pc1"]["stdout"]
