# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""slmgr.vbs on a KMS host: keys, licence files, activation, port, publishing and priority, beyond the transcripts."""

from __future__ import annotations

import pytest
from unit.winsim.host_scenario import (
    ID_2016,
    KEYS,
    LIST_VALUE,
    PORT_VALUE,
    PUBLISHING_VALUE,
    WINDOWS_KEY,
    empty_world,
    new_host,
    run,
    server,
)
from winsim import slmgr
from winsim.licensing import SPP_ROOT, Licensing
from winsim.products import KMS_HOST_IDS, licence_file, office_product, windows_host_product
from winsim.world import World

VERSION_VALUE = SPP_ROOT + r"\KeyManagementServiceVersion"
OTHER_WARNING = "can only be set on a KMS machine that is also activated."
RESTART_WARNING = "Warning: a KMS reboot is needed for this setting to take effect.\r\n"


@pytest.fixture
def world() -> World:
    return empty_world()


@pytest.fixture
def host(world: World) -> Licensing:
    """An activated host for Office 2016, its licence first."""
    return new_host(world)


def product(machine: Licensing, activation_id: str = ID_2016) -> dict[str, str]:
    return next(one for one in machine.products if one["ID"] == activation_id)


# -- /ipk ------------------------------------------------------------------------------------------


def test_ipk_puts_the_host_key_in_without_activating_it(world: World) -> None:
    machine = server(world)
    text = run(machine, f"/ipk {KEYS[2016]}").text
    assert text == f"Installed product key {KEYS[2016]} successfully.\r\n\r\n"
    assert (product(machine)["PartialProductKey"], product(machine)["LicenseStatus"]) == ("HST16", "2")


def test_ipk_writes_the_version_of_the_service(world: World) -> None:
    machine = server(world)
    run(machine, f"/ipk {KEYS[2016]}")
    assert machine.registry_get(VERSION_VALUE) == "10.0.20348.2527"


def test_ipk_of_a_version_whose_licence_pack_is_missing(world: World) -> None:
    result = run(server(world), f"/ipk {KEYS[2021]}")
    assert (result.exit_code, "Error: 0xC004F069 " in result.text) == (-1073418135, True)


def test_ipk_of_a_key_nobody_knows(world: World) -> None:
    result = run(server(world), "/ipk AAAAA-AAAAA-AAAAA-AAAAA-AAAAA")
    assert (result.exit_code, "Error: 0xC004F050 " in result.text) == (-1073418160, True)


def test_ipk_without_elevation_is_refused(world: World) -> None:
    machine = server(world)
    machine.os["NoAdmin"] = "1"
    result = run(machine, f"/ipk {KEYS[2016]}")
    assert (result.exit_code, product(machine)["PartialProductKey"]) == (-1073418203, "")


def test_ipk_of_a_standard_user_who_may_is_in_but_the_registry_refuses(world: World) -> None:
    machine = server(world)
    machine.os["NoAdmin"] = "1"
    machine.registry_set(SPP_ROOT + r"\UserOperations", 1)
    result = run(machine, f"/ipk {KEYS[2016]}")
    assert (result.exit_code, product(machine)["PartialProductKey"]) == (5, "HST16")


def test_ipk_whose_registry_value_is_refused_leaves_the_key_in(world: World) -> None:
    machine = server(world)
    machine.os["fail.registry"] = "5"
    result = run(machine, f"/ipk {KEYS[2016]}")
    assert (result.text, result.exit_code) == ("Error: 5 Access denied, elevation is needed\r\n\r\n", 5)
    assert product(machine)["PartialProductKey"] == "HST16"


def test_ipk_of_a_windows_host_key_takes_the_place_of_the_client_key(world: World) -> None:
    machine = server(world)
    run(machine, f"/ipk {WINDOWS_KEY}")
    keyed = [one["Description"] for one in machine.products if one["PartialProductKey"]]
    assert keyed == ["Windows(R) Operating System, VOLUME_KMS_WS22 channel"]


def test_ipk_of_an_office_host_key_leaves_windows_alone(world: World) -> None:
    machine = server(world)
    run(machine, f"/ipk {KEYS[2016]}")
    assert [one["PartialProductKey"] for one in machine.products] == ["HST16", "J464C", ""]


def test_ipk_without_a_key_shows_usage(world: World) -> None:
    result = run(server(world), "/ipk")
    assert (result.exit_code, result.text.startswith("\r\nError: option ipk needs <Product Key>\r\n")) == (1, True)


# -- /upk ------------------------------------------------------------------------------------------


def test_upk_removes_the_key_of_one_licence(host: Licensing) -> None:
    assert run(host, f"/upk {ID_2016.upper()}").text == "Uninstalled product key successfully.\r\n\r\n"
    assert [one["PartialProductKey"] for one in host.products] == ["", "J464C", ""]


def test_upk_of_the_last_host_key_removes_the_version(host: Licensing) -> None:
    run(host, f"/upk {ID_2016}")
    assert host.registry_get(VERSION_VALUE) is None


def test_upk_of_one_of_two_host_keys_keeps_the_version(world: World) -> None:
    machine = server(world, offices=(2013, 2016))
    run(machine, f"/ipk {KEYS[2013]}")
    run(machine, f"/ipk {KEYS[2016]}")
    run(machine, f"/upk {ID_2016}")
    assert machine.registry_get(VERSION_VALUE) == "10.0.20348.2527"


def test_upk_without_an_id_removes_every_key(host: Licensing) -> None:
    assert run(host, "/upk").text.count("Uninstalled product key successfully.\r\n") == 2
    assert [one["PartialProductKey"] for one in host.products] == ["", "", ""]


def test_upk_of_a_licence_without_a_key(world: World) -> None:
    result = run(server(world), f"/upk {ID_2016}")
    assert (result.text, result.exit_code) == ("Error: product key not found.\r\n\r\n", 0)


def test_upk_of_the_host_key_ends_the_service_to_clients(world: World, host: Licensing) -> None:
    run(host, f"/upk {ID_2016}")
    assert world.kms_hosts["kms01.corp.example"].serves == set()


# -- /ilc ------------------------------------------------------------------------------------------


def _install(machine: Licensing, content: str | None) -> tuple[int, str]:
    files = {} if content is None else {"C:\\lic\\host.xrm-ms": content}
    result = slmgr.run(machine, ["/ilc", "C:\\lic\\host.xrm-ms"], read_file=files.get)
    return result.exit_code, result.text


def test_ilc_installs_a_licence(world: World) -> None:
    machine = server(world)
    answer = _install(machine, licence_file(2021, "", "kms_host"))
    assert answer == (0, "License file C:\\lic\\host.xrm-ms installed successfully.\r\n\r\n\r\n")
    assert product(machine, KMS_HOST_IDS[2021]) == office_product(2021, "", "kms_host")


def test_ilc_of_an_installed_licence_keeps_its_key(host: Licensing) -> None:
    _install(host, licence_file(2016, "", "kms_host"))
    assert [one["PartialProductKey"] for one in host.products] == ["HST16", "J464C", ""]


def test_ilc_installs_the_host_licence_of_windows(world: World) -> None:
    machine = server(world)
    _install(machine, licence_file(0, "ws19", "kms_host"))
    assert machine.products[-1] == windows_host_product("ws19")


def test_ilc_of_a_file_that_is_missing(world: World) -> None:
    answer = _install(server(world), None)
    assert answer == (-2146825286, "Error: 0x800A0BBA File could not be opened. (ADODB.Stream)\r\n\r\n")


def test_ilc_of_a_file_that_is_no_licence(world: World) -> None:
    machine = server(world)
    code, text = _install(machine, "<html>")
    assert (code, text.startswith("Error: 0x8007000D "), len(machine.products)) == (-2147024883, True, 3)


def test_ilc_without_elevation(world: World) -> None:
    machine = server(world)
    machine.os["NoAdmin"] = "1"
    assert _install(machine, licence_file(2021, "", "kms_host"))[0] == -1073418203


# -- /ato, /dti, /atp ------------------------------------------------------------------------------


def test_ato_makes_a_licensed_host(host: Licensing) -> None:
    text = run(host, f"/dlv {ID_2016}").text
    assert "License Status: Licensed\r\n" in text
    assert "Key Management Service is enabled on this machine\r\n    Current count: 0\r\n" in text
    assert "    Total requests received: 0\r\n" in text


def test_ato_counts_every_time(world: World, host: Licensing) -> None:
    for _ in range(9):
        run(host, f"/ato {ID_2016}")
    assert world.microsoft.keys[KEYS[2016]].used == 10


def test_ato_after_nine_reactivations_is_refused(host: Licensing) -> None:
    for _ in range(9):
        run(host, f"/ato {ID_2016}")
    result = run(host, f"/ato {ID_2016}")
    assert (result.exit_code, "Error: 0xC004C008 " in result.text) == (-1073430520, True)


def test_a_key_serves_six_hosts(world: World) -> None:
    for number in range(1, 7):
        new_host(world, f"KMS{number:02}")
    seventh = server(world, "KMS07")
    run(seventh, f"/ipk {KEYS[2016]}")
    assert run(seventh, f"/ato {ID_2016}").exit_code == -1073430520


def test_ato_with_a_blocked_key(world: World) -> None:
    machine = server(world)
    world.microsoft.keys[KEYS[2016]].blocked = True
    run(machine, f"/ipk {KEYS[2016]}")
    assert "Error: 0xC004C003 " in run(machine, f"/ato {ID_2016}").text


def test_ato_without_a_way_to_microsoft(world: World) -> None:
    machine = server(world, microsoft=False)
    run(machine, f"/ipk {KEYS[2016]}")
    result = run(machine, f"/ato {ID_2016}")
    assert "Error: 0x80072EE7 " in result.text
    assert "kms01.corp.example" not in world.kms_hosts


def test_ato_of_the_windows_host_key(world: World) -> None:
    machine = server(world)
    run(machine, f"/ipk {WINDOWS_KEY}")
    assert "Product activated successfully." in run(machine, "/ato").text
    assert world.kms_hosts["kms01.corp.example"].serves_windows


def test_ato_of_a_client_set_to_tokens_gives_a_hint(world: World) -> None:
    machine = server(world)
    machine.products[1]["VLActivationTypeEnabled"] = "3"
    result = run(machine, "/ato")
    assert (result.exit_code, result.text.startswith("This system is configured for Token-based")) == (0, True)


def test_a_host_is_activated_by_telephone(world: World) -> None:
    machine = server(world, microsoft=False)
    run(machine, f"/ipk {KEYS[2016]}")
    iid = run(machine, f"/dti {ID_2016}").text.removeprefix("Installation ID: ").strip()
    cid = world.microsoft.confirmation_id(iid, KEYS[2016])
    result = run(machine, f"/atp {cid} {ID_2016}")
    assert result.text == f"Confirmation ID for product {ID_2016} deposited successfully.\r\n\r\n"
    assert world.kms_hosts["kms01.corp.example"].serves == {2016}


def test_a_confirmation_id_for_another_host_is_refused(world: World) -> None:
    first, second = server(world, "KMS01"), server(world, "KMS02")
    for machine in (first, second):
        run(machine, f"/ipk {KEYS[2016]}")
    iid = run(first, f"/dti {ID_2016}").text.removeprefix("Installation ID: ").strip()
    result = run(second, f"/atp {world.microsoft.confirmation_id(iid, KEYS[2016])} {ID_2016}")
    assert (result.exit_code, "Error: 0xC004F031 " in result.text) == (-1073418191, True)


# -- /sprt, /sdns, /cdns, /spri, /cpri -------------------------------------------------------------


def test_sprt_writes_the_registry(host: Licensing) -> None:
    run(host, "/sprt 1700")
    assert host.registry_view()[PORT_VALUE] == "1700"


def test_the_registry_is_what_dlv_shows(host: Licensing) -> None:
    host.registry_set(PORT_VALUE, "1701")
    host.registry_set(PUBLISHING_VALUE, 1)
    host.registry_set(SPP_ROOT + r"\EnableKmsLowPriority", 1)
    text = run(host, f"/dlv {ID_2016}").text
    assert "    Listening on Port: 1701\r\n    DNS publishing disabled\r\n    KMS priority: Low\r\n" in text


def test_a_deleted_registry_value_is_the_default_again(host: Licensing) -> None:
    run(host, "/sprt 1700")
    assert host.registry_delete(PORT_VALUE)
    assert (host.listening_port, host.registry_delete(PORT_VALUE)) == (0, False)


def test_sprt_zero_is_accepted(host: Licensing) -> None:
    assert run(host, "/sprt 0").text == "KMS port set to 0 successfully.\r\n" + RESTART_WARNING + "\r\n"
    assert "    Listening on Port: 1688\r\n" in run(host, f"/dlv {ID_2016}").text


def test_sprt_with_a_word_fails_after_the_port_was_cleared(host: Licensing) -> None:
    run(host, "/sprt 1700")
    result = run(host, "/sprt abc")
    assert result.text == "Error: 13 Type mismatch (Microsoft VBScript runtime error)\r\n\r\n"
    assert (result.exit_code, host.listening_port) == (13, 0)


def test_sprt_above_65535_is_refused(host: Licensing) -> None:
    result = run(host, "/sprt 70000")
    assert (result.exit_code, result.text) == (-2147024809, "Error: 0x80070057 Parameter is wrong\r\n\r\n")


def test_sprt_without_elevation(host: Licensing) -> None:
    host.os["NoAdmin"] = "1"
    assert run(host, "/sprt 1700").exit_code == -1073418203


@pytest.mark.parametrize("line", ["/sprt 1700", "/sdns", "/cdns"])
def test_port_and_publishing_look_for_a_host_behind_a_windows_client(world: World, line: str) -> None:
    machine = new_host(world)
    machine.products.sort(key=lambda one: one["ID"] == ID_2016)
    assert RESTART_WARNING in run(machine, line).text


@pytest.mark.parametrize("line", ["/spri", "/cpri"])
def test_priority_looks_at_the_first_keyed_licence_only(world: World, line: str) -> None:
    machine = new_host(world)
    machine.products.sort(key=lambda one: one["ID"] == ID_2016)
    assert OTHER_WARNING in run(machine, line).text


@pytest.mark.parametrize("line", ["/sprt abc", "/sdns", "/cdns", "/spri", "/cpri"])
def test_a_machine_that_is_no_host_is_only_warned(world: World, line: str) -> None:
    result = run(server(world), line)
    assert (result.exit_code, OTHER_WARNING in result.text) == (0, True)


def test_spri_undoes_cpri(host: Licensing) -> None:
    run(host, "/cpri")
    before = host.registry_view().get(SPP_ROOT + r"\EnableKmsLowPriority")
    run(host, "/spri")
    assert (before, host.has_low_priority) == (1, False)


def test_settings_survive_storing(host: Licensing) -> None:
    run(host, "/sprt 1700")
    run(host, "/cdns")
    host.registry_set(LIST_VALUE, ["corp.example, 10, 20", "branch.example"])
    again = Licensing.from_json(host.to_json())
    assert again.registry_view() == host.registry_view()
    assert Licensing.from_text(host.to_text()).publish_list() == ["corp.example, 10, 20", "branch.example"]


# -- the frame -------------------------------------------------------------------------------------


def test_no_argument_at_all() -> None:
    result = slmgr.run(Licensing(), [])
    assert (result.exit_code, result.text.startswith("Invalid combination of command parameters.\r\n\r\n")) == (1, True)


def test_an_unknown_option() -> None:
    result = slmgr.run(Licensing(), ["/zzz"])
    assert (result.exit_code, result.text.startswith("Unrecognized option: /zzz\r\n\r\nWindows")) == (1, True)


def test_another_machine_cannot_be_reached() -> None:
    result = slmgr.run(Licensing(), ["kms02", "/dlv"])
    assert (result.exit_code, "in connecting to server kms02. RPC" in result.text) == (-2147023174, True)


def test_options_start_with_a_slash_or_a_minus_in_any_case(host: Licensing) -> None:
    assert run(host, "-SPRT 1700").text.startswith("KMS port set to 1700 successfully.")
