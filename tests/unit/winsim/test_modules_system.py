# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules for services, registry, firewall, DNS and groups on a server that becomes a KMS host."""

from __future__ import annotations

from typing import Any

import pytest
from winsim import fleet
from winsim.faults import Fault
from winsim.licensing import SPP_ROOT
from winsim.machine import View
from winsim.modules import RefusedError, run
from winsim.modules_firewall import lets_in
from winsim.payload import Call
from winsim.products import KMS_HOST_IDS

KEY = "AAAAA-BBBBB-CCCCC-DDDDD-HST21"
FLEET = f"""
dns: {{corp.example: {{}}}}
microsoft: {{keys: [{{key: {KEY}, office: 2021, channel: kms_host}}]}}
defaults: {{os: Windows Server 2022, domain: corp.example}}
hosts:
  kms: {{address: 127.10.0.21, firewall: true, dns_server: true,
         office: [{{version: 2021, channel: kms_host, key: {KEY}}}]}}
  plain: {{domain: null}}
"""
SLMGR = r"cscript.exe //Nologo C:\Windows\System32\slmgr.vbs"


def view(host: str = "kms", *faults: str) -> View:
    read = fleet.read(FLEET)
    return View(read.machines[host], read.world, {name: Fault(name) for name in faults})


def call(on: View, module: str, /, *, check: bool = False, **arguments: Any) -> dict[str, Any]:
    with on.applied():
        return run(Call(module.rpartition(".")[2], module, arguments, check_mode=check), on)


def command(on: View, line: str) -> dict[str, Any]:
    return call(on, "ansible.windows.win_command", _raw_params=line)


def activated(*faults: str) -> View:
    on = view("kms", *faults)
    result = command(on, f"{SLMGR} /ato {KMS_HOST_IDS[2021]}")
    assert "activated successfully" in result["stdout"]
    return on


# -- services -------------------------------------------------------------------------------------------------------


def service(on: View, **arguments: Any) -> dict[str, Any]:
    return call(on, "ansible.windows.win_service", **{"name": "sppsvc", **arguments})


def test_a_kms_host_moves_to_its_new_port_when_the_service_restarts() -> None:
    on = activated()
    host = on.world.host_on(on.licensing)
    regedit(on, "KeyManagementServiceListeningPort", "1700")
    assert (host.port, host.running) == (1688, True)
    assert service(on, state="restarted")["state"] == "running"
    assert (host.port, host.running) == (1700, True)


def test_stopped_and_started() -> None:
    on = activated()
    host = on.world.host_on(on.licensing)
    assert service(on, state="stopped", check=True)["changed"]
    assert service(on, state="stopped")["changed"]
    assert not host.running
    assert not service(on, state="stopped")["changed"]
    assert service(on, name="Software Protection", state="started")["changed"]
    assert host.running


def test_start_mode() -> None:
    on = view()
    assert service(on, start_mode="disabled")["changed"]
    assert not service(on, start_mode="disabled")["changed"]
    failed = service(on, state="started")
    assert "cannot be started due to the following error" in failed["msg"]


def test_a_service_that_does_not_start_again_stays_stopped() -> None:
    on = activated("service_will_not_start")
    failed = service(on, state="restarted")
    assert failed["msg"].endswith("Failed to start service 'Software Protection (sppsvc)'.")
    assert not on.world.host_on(on.licensing).running
    assert "0x8007041D" in command(on, f"{SLMGR} /dlv")["stdout"]
    on.faults.clear()
    assert service(on, state="started")["changed"]
    assert on.world.host_on(on.licensing).running
    assert "0x8007041D" not in command(on, f"{SLMGR} /dlv")["stdout"]


def test_without_rights() -> None:
    assert "Access is denied" in service(view("kms", "not_elevated"), state="restarted")["msg"]
    locked = view("kms", "service_locked")
    assert "Access is denied" in service(locked, state="restarted")["msg"]
    assert command(locked, "net start sppsvc")["rc"] == 0
    assert command(locked, "net start sppsvc")["rc"] == 2
    assert command(locked, "net stop sppsvc")["rc"] == 0


# -- registry -------------------------------------------------------------------------------------------------------


def regedit(on: View, name: str, data: Any = None, **arguments: Any) -> dict[str, Any]:
    path = f"HKLM:\\{SPP_ROOT}"
    return call(on, "ansible.windows.win_regedit", **{"path": path, "name": name, "data": data, **arguments})


@pytest.mark.parametrize(
    ("name", "kind", "data", "read"),
    [
        ("KeyManagementServiceListeningPort", "string", 1700, "1700"),
        ("DisableDnsPublishing", "dword", "1", 1),
        ("DisableDnsPublishing", "dword", 0, 0),
        ("EnableKmsLowPriority", "dword", 1, 1),
        ("DnsDomainPublishList", "multistring", ["a.example", "b.example, 1, 2"], ["a.example", "b.example, 1, 2"]),
    ],
)
def test_a_value_is_written_once(name: str, kind: str, data: Any, read: Any) -> None:
    on = view()
    assert regedit(on, name, data, type=kind, check=True)["changed"]
    assert regedit(on, name, data, type=kind)["changed"]
    assert not regedit(on, name, data, type=kind)["changed"]
    value = call(on, "ansible.windows.win_reg_stat", path=f"HKLM:\\{SPP_ROOT}", name=name)
    assert value["value"] == read
    assert regedit(on, name, state="absent")["changed"]
    assert not regedit(on, name, state="absent")["changed"]


def test_settings_reach_the_licensing_service() -> None:
    on = view()
    regedit(on, "DisableDnsPublishing", 1, type="dword")
    regedit(on, "DnsDomainPublishList", ["a.example"], type="multistring")
    assert not on.licensing.publishes_dns
    assert on.licensing.publish_list() == ["a.example"]
    regedit(on, "DisableDnsPublishing", 0, type="dword")
    assert on.licensing.publishes_dns


def test_the_registry_needs_elevation_and_services_are_not_written() -> None:
    assert regedit(view("kms", "not_elevated"), "DisableDnsPublishing", 1, type="dword")["failed"]
    with pytest.raises(RefusedError):
        call(
            view(),
            "ansible.windows.win_regedit",
            path=r"HKLM:\SYSTEM\CurrentControlSet\Services\sppsvc",
            name="Start",
            data=4,
            type="dword",
        )


# -- firewall -------------------------------------------------------------------------------------------------------

RULE = {
    "name": "KMS",
    "localport": "1688",
    "protocol": "TCP",
    "direction": "in",
    "action": "allow",
    "profiles": "domain,private",
    "remoteip": "LocalSubnet, 10.0.0.0/8",
}


def firewall(on: View, check: bool = False, **arguments: Any) -> dict[str, Any]:
    return call(on, "community.windows.win_firewall_rule", check=check, **{**RULE, **arguments})


def test_a_rule_is_made_once_and_changed_in_place() -> None:
    on = view()
    assert firewall(on, check=True)["changed"]
    assert firewall(on)["msg"] == "Firewall rule 'KMS' created."
    assert not firewall(on, remoteip="10.0.0.0/8,LocalSubnet", profiles=["private", "domain"])["changed"]
    assert firewall(on, localport="1700")["changed"]
    assert on.machine.rules["KMS"]["localport"] == "1700"
    assert firewall(on, state="absent")["changed"]
    assert firewall(on, state="absent") == {"changed": False, "msg": "Firewall rule 'KMS' does not exist."}


@pytest.mark.parametrize(
    ("change", "open_"),
    [
        ({}, True),
        ({"localport": "1700"}, False),
        ({"localport": "80, 1600-1700"}, True),
        ({"enabled": False}, False),
        ({"profiles": ["public"]}, False),
        ({"action": "block"}, False),
        ({"direction": "out"}, False),
        ({"protocol": "udp"}, False),
        ({"localport": "any", "protocol": "any"}, True),
    ],
)
def test_what_a_rule_lets_in(change: dict[str, Any], open_: bool) -> None:
    on = view()
    firewall(on, **change)
    assert lets_in(on.machine, 1688) is open_


def test_ports_need_a_protocol_and_rules_need_rights() -> None:
    assert firewall(view(), protocol=None)["msg"] == "Value does not fall within the expected range."
    assert "E_ACCESSDENIED" in firewall(view("kms", "not_elevated"))["msg"]
    assert not lets_in(view().machine, 1688)
    assert lets_in(view("plain").machine, 1688)


# -- DNS ------------------------------------------------------------------------------------------------------------

SRV = {"zone": "corp.example", "name": "_vlmcs._tcp", "type": "SRV", "port": 1688, "priority": 0, "weight": 0}


def record(on: View, **arguments: Any) -> dict[str, Any]:
    return call(on, "ansible.windows.win_dns_record", **{**SRV, "value": "kms.corp.example", **arguments})


def targets(on: View) -> list[str]:
    return [one.target for one in on.world.dns.srv.get("corp.example", [])]


def test_the_record_set_is_what_the_values_say() -> None:
    on = view()
    assert record(on, check=True)["changed"]
    assert targets(on) == []
    assert record(on)["changed"]
    assert not record(on)["changed"]
    assert record(on, value=["other.corp.example"])["changed"]
    assert targets(on) == ["other.corp.example"]
    assert record(on, value="other.corp.example", priority=5)["changed"]
    assert record(on, value=None, state="absent")["changed"]
    assert targets(on) == []


def test_a_new_srv_record_gets_its_ttl_only_in_the_second_run() -> None:
    on = view()
    assert [record(on, ttl=600)["changed"] for _ in range(3)] == [True, True, False]


def test_addresses() -> None:
    on = view()
    arguments = {"zone": "corp.example", "name": "kms2", "type": "A", "value": "10.0.0.2", "ttl": 600}
    assert [call(on, "community.windows.win_dns_record", **arguments)["changed"] for _ in range(2)] == [True, False]
    assert on.world.dns.lookup_a("kms2.corp.example") == ["10.0.0.2"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"zone": "other.example"}, "Error adding DNS SRV resource _vlmcs._tcp in zone other.example"),
        ({"value": None}, "Parameter 'values' must be non-empty when state='present'"),
        ({"port": None}, "type is SRV but all of the following are missing: port"),
        ({"ttl": 0}, "Parameter 'ttl' must be between 1 and 31557600"),
    ],
)
def test_what_the_module_refuses(arguments: dict[str, Any], message: str) -> None:
    assert message in record(view(), **arguments)["msg"]


def test_no_dns_server() -> None:
    assert "'Get-DnsServerResourceRecord' is not recognized" in record(view("plain"))["msg"]


# -- groups ---------------------------------------------------------------------------------------------------------


def group(on: View, **arguments: Any) -> dict[str, Any]:
    return call(on, "microsoft.ad.group", **{"name": "KMS hosts", **arguments})


def test_a_group_and_its_members() -> None:
    on = view()
    assert "scope must be set" in group(on)["msg"]
    made = group(on, scope="domainlocal", members={"add": ["KMS$"]})
    assert (made["changed"], made["distinguished_name"]) == (True, "CN=KMS hosts,CN=Users,DC=corp,DC=example")
    assert not group(on, scope="domainlocal", members={"add": ["kms$"]})["changed"]
    assert group(on, members={"set": ["KMS$", "KMS2$"]})["changed"]
    assert group(on, members={"remove": ["KMS2$"]})["changed"]
    (known,) = on.machine.ad_groups.values()
    assert known["members"] == ["KMS$"]
    assert group(on, state="absent")["changed"]
    assert "Unable to find a default server" in group(view("plain"))["msg"]
