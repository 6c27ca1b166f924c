# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""slmgr.vbs: the settings of volume clients, for one licence or for the whole service."""

from __future__ import annotations

import pytest
from unit.winsim.host_scenario import ask_again, empty_world, new_host, run
from unit.winsim.scenario import client
from winsim.kms import SrvRecord
from winsim.licensing import SPP_ROOT, Licensing
from winsim.world import World


@pytest.fixture
def world() -> World:
    return empty_world()


@pytest.fixture
def pc(world: World) -> Licensing:
    return client(world)


def sku(machine: Licensing) -> str:
    return machine.products[0]["ID"]


def test_skms_with_an_id_sets_the_host_of_that_licence(pc: Licensing) -> None:
    text = run(pc, f"/skms kms.example:1700 {sku(pc)}").text
    assert text == "Key Management Service machine name set to kms.example:1700 successfully.\r\n\r\n"
    assert pc.kms_override(pc.products[0]) == ("kms.example", 1700)


def test_skms_without_an_id_sets_the_root(pc: Licensing) -> None:
    run(pc, "/skms kms.example:1700")
    assert pc.registry_get(SPP_ROOT + r"\KeyManagementServiceName") == "kms.example"
    assert (pc.products[0].get("KeyManagementServiceMachine"), pc.kms_override(pc.products[0])) == (
        None,
        ("kms.example", 1700),
    )


@pytest.mark.parametrize("id_given", [True, False])
def test_skms_without_a_port_clears_the_port(pc: Licensing, id_given: bool) -> None:
    scope = f" {sku(pc)}" if id_given else ""
    run(pc, f"/skms kms.example:1700{scope}")
    run(pc, f"/skms kms.example{scope}")
    assert pc.kms_override(pc.products[0]) == ("kms.example", None)


def test_skms_with_a_port_alone_keeps_the_host(pc: Licensing) -> None:
    run(pc, f"/skms kms.example {sku(pc)}")
    run(pc, f"/skms :1700 {sku(pc)}")
    assert pc.kms_override(pc.products[0]) == ("kms.example", 1700)


@pytest.mark.parametrize(("address", "port"), [("[fd00::5]:1700", 1700), ("[fd00::5]", None)])
def test_skms_takes_ipv6_in_brackets(pc: Licensing, address: str, port: int | None) -> None:
    run(pc, f"/skms {address} {sku(pc)}")
    assert pc.kms_override(pc.products[0]) == ("[fd00::5]", port)


@pytest.mark.parametrize(("port", "code"), [("abc", 13), ("70000", -2147024809)])
def test_skms_with_a_bad_port_restores_the_host(pc: Licensing, port: str, code: int) -> None:
    run(pc, f"/skms old.example {sku(pc)}")
    result = run(pc, f"/skms new.example:{port} {sku(pc)}")
    assert (result.exit_code, pc.kms_override(pc.products[0])[0]) == (code, "old.example")


def test_skms_warns_where_a_lookup_domain_is_set(pc: Licensing) -> None:
    run(pc, f"/skms-domain branch.example {sku(pc)}")
    text = run(pc, f"/skms kms.example {sku(pc)}").text
    assert "Warning: /skms setting overrides the /skms-domain setting. kms.example will be used" in text


def test_skms_for_an_unknown_licence_exits_well(pc: Licensing) -> None:
    result = run(pc, "/skms kms.example ABCD")
    assert (result.exit_code, result.text) == (0, "Error: Activation ID (abcd) not found.\r\n\r\n")


@pytest.mark.parametrize("id_given", [True, False])
def test_ckms_clears_host_and_port(pc: Licensing, id_given: bool) -> None:
    scope = f" {sku(pc)}" if id_given else ""
    run(pc, f"/skms kms.example:1700{scope}")
    assert run(pc, f"/ckms{scope}").text == "Key Management Service machine name cleared successfully.\r\n\r\n"
    assert pc.kms_override(pc.products[0]) == (None, None)


def test_ckms_says_which_lookup_domain_is_left(pc: Licensing) -> None:
    run(pc, "/skms-domain branch.example")
    assert "Warning: /skms-domain setting is in effect. branch.example will be used" in run(pc, "/ckms").text


def test_the_lookup_domain_of_a_licence(pc: Licensing) -> None:
    text = run(pc, f"/skms-domain branch.example {sku(pc)}").text
    assert text == "Key Management Service lookup domain set to branch.example successfully.\r\n\r\n"
    assert pc.products[0]["KeyManagementServiceLookupDomain"] == "branch.example"


def test_the_lookup_domain_of_the_service_is_where_clients_look(world: World, pc: Licensing) -> None:
    new_host(world)
    world.dns.srv = {"branch.example": [SrvRecord("kms01.corp.example")]}
    before = ask_again(pc)[0]
    run(pc, "/skms-domain branch.example")
    assert (before, ask_again(pc)[1]) == (0x8007232B, "kms01.corp.example")


def test_ckms_domain_says_which_host_is_left(pc: Licensing) -> None:
    run(pc, "/skms-domain branch.example")
    run(pc, "/skms kms.example:1700")
    assert run(pc, "/ckms-domain").text == (
        "Key Management Service lookup domain cleared successfully.\r\n"
        "Warning: /skms setting is in effect. kms.example:1700 will be used for activation.\r\n\r\n"
    )


@pytest.mark.parametrize(("line", "text"), [("/ckhc", "KMS host caching is disabled"), ("/skhc", "... is enabled")])
def test_caching(pc: Licensing, line: str, text: str) -> None:
    assert run(pc, line).text == text.replace("...", "KMS host caching") + "\r\n\r\n"
    assert pc.service["KeyManagementServiceHostCaching"] == str(line == "/skhc")


@pytest.mark.parametrize("kind", ["1", "2", "3"])
def test_the_activation_type_of_a_licence(pc: Licensing, kind: str) -> None:
    assert run(pc, f"/act-type {kind} {sku(pc)}").text == "Volume activation type set successfully.\r\n\r\n"
    assert pc.products[0]["VLActivationTypeEnabled"] == kind


def test_the_activation_type_of_the_service_holds_for_licences_without(pc: Licensing) -> None:
    run(pc, "/act-type 3")
    assert ask_again(pc)[0] == 0xC004F304


def test_no_activation_type_means_all(pc: Licensing) -> None:
    run(pc, "/act-type 3")
    run(pc, "/act-type")
    assert pc.registry_get(SPP_ROOT + r"\VLActivationType") is None


def test_an_activation_type_that_does_not_exist(pc: Licensing) -> None:
    result = run(pc, "/act-type 4")
    assert (result.exit_code, result.text) == (0, "Error: The data is invalid\r\n\r\n")


def test_a_standard_user_sets_nothing(pc: Licensing) -> None:
    pc.os["NoAdmin"] = "1"
    lines = ("/skms a", f"/skms a {sku(pc)}", "/ckms", "/skms-domain a", "/ckms-domain", "/skhc", "/act-type 1")
    assert {run(pc, line).exit_code for line in lines} == {-1073418203}
