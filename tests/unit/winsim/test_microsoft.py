# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys, MAK counts and confirmation IDs: what Microsoft's simulated service grants and refuses."""

from __future__ import annotations

import pytest
from winsim import ospp, slmgr
from winsim.licensing import HResult, Licensing
from winsim.microsoft import VolumeKey, installation_id
from winsim.products import CHANNELS, FAMILIES, KMS_HOST_IDS, OFFICES, gvlk, identify, office_product
from winsim.world import World

MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK16"
HOST_KEY = "AAAAA-BBBBB-CCCCC-DDDDD-HST16"


@pytest.fixture
def world() -> World:
    made = World()
    made.microsoft.add(VolumeKey(MAK, 2016, "proplus", limit=3))
    made.microsoft.add(VolumeKey(HOST_KEY, 2016, channel="kms_host", limit=60))
    return made


def machine(world: World, name: str = "PC01", key: str = MAK, **reach: object) -> Licensing:
    """A machine with Office 2016 as MAK, KMS client and KMS host licence, and one key installed."""
    made = Licensing(os={"Version": "10.0.19045", "ProductType": "1"}, computer_name=name)
    made.products = [office_product(2016, "proplus", channel) for channel in ("mak", "kms_client", "kms_host")]
    made.world = world.activator(name, reach)
    if key:
        made.world.accept_key(made, key)
    return made


def refusal(made: Licensing, action: str, *values: object) -> int:
    """The HRESULT of one call; 0 is success."""
    try:
        getattr(made.world, action)(made, *values)
    except HResult as failure:
        return failure.code
    return 0


# -- keys ------------------------------------------------------------------------------------------


def test_a_key_goes_to_its_own_product(world: World) -> None:
    assert [p["PartialProductKey"] for p in machine(world).products] == ["MAK16", "", ""]


def test_a_gvlk_goes_to_the_kms_client(world: World) -> None:
    made = machine(world, key=gvlk(2016, "proplus") or "")
    assert [p["PartialProductKey"] for p in made.products] == ["", "WFG99", ""]


def test_a_key_starts_out_of_box_grace(world: World) -> None:
    product = machine(world).products[0]
    assert [product[name] for name in ("LicenseStatus", "LicenseStatusReason", "GracePeriodRemaining")] == [
        "2",
        "4004F00C",
        "43200",
    ]


def test_a_key_in_lower_case_is_accepted(world: World) -> None:
    text = ospp.run(machine(world, key=""), [f"/inpkey:{MAK.lower()}"], "2016").text
    assert "<Product key installation successful>" in text


@pytest.mark.parametrize("key", ["AAAAA-BBBBB-CCCCC-DDDDD-NOONE", "AAAAA", "AAAAABBBBBCCCCCDDDDDMAK16"])
def test_an_unknown_or_malformed_key_is_not_valid(world: World, key: str) -> None:
    assert refusal(machine(world), "accept_key", key) == 0xC004F050


def test_a_key_of_a_product_that_is_absent_matches_nothing(world: World) -> None:
    assert refusal(machine(world), "accept_key", gvlk(2019, "visio_pro")) == 0xC004F069


def test_the_same_key_again_changes_nothing(world: World) -> None:
    made = machine(world)
    made.world.activate(made, made.products[0])
    made.world.accept_key(made, MAK)
    assert made.products[0]["LicenseStatus"] == "1"


def test_another_key_replaces_the_one_of_the_same_sku(world: World) -> None:
    world.microsoft.add(VolumeKey("AAAAA-BBBBB-CCCCC-DDDDD-OTHER", 2016, "proplus"))
    made = machine(world)
    made.world.accept_key(made, "AAAAA-BBBBB-CCCCC-DDDDD-OTHER")
    assert made.products[0]["PartialProductKey"] == "OTHER"


# -- online activation -----------------------------------------------------------------------------


def test_an_activated_mak_is_licensed_for_good(world: World) -> None:
    made = machine(world)
    made.world.activate(made, made.products[0])
    assert (made.products[0]["LicenseStatus"], made.products[0]["GracePeriodRemaining"]) == ("1", "0")


def test_every_act_spends_a_count(world: World) -> None:
    made = machine(world)
    ospp.run(made, ["/act"], "2016")
    ospp.run(made, ["/act"], "2016")
    assert world.microsoft.keys[MAK].used == 2


def test_slmgr_leaves_a_licensed_mak_alone(world: World) -> None:
    made = machine(world)
    for _ in range(3):
        slmgr.run(made, ["/ato", made.products[0]["ID"]])
    assert world.microsoft.keys[MAK].used == 1


def test_a_used_up_mak_is_refused(world: World) -> None:
    codes = [refusal(made := machine(world, f"PC{n}"), "activate", made.products[0]) for n in range(4)]
    assert codes == [0, 0, 0, 0xC004C020]


def test_a_refusal_spends_nothing_but_is_seen(world: World) -> None:
    for number in range(4):
        made = machine(world, f"PC{number}")
        refusal(made, "activate", made.products[0])
    assert (world.microsoft.keys[MAK].used, world.microsoft.keys[MAK].requests) == (3, 4)


def test_a_blocked_key_is_refused(world: World) -> None:
    world.microsoft.keys[MAK].blocked = True
    made = machine(world)
    assert refusal(made, "activate", made.products[0]) == 0xC004C003


def test_without_internet_the_server_name_is_unknown(world: World) -> None:
    made = machine(world, microsoft=False)
    assert refusal(made, "activate", made.products[0]) == 0x80072EE7


def test_a_failure_leaves_an_event(world: World) -> None:
    made = machine(world, microsoft=False)
    ospp.run(made, ["/act"], "2016")
    assert "hr=0x80072EE7\r\n" in ospp.run(made, ["/dhistoryacterr"], "2016").text


def test_a_subscription_is_never_asked_for(world: World) -> None:
    made = machine(world)
    made.products = [
        office_product(2016, "o365proplus", "subscription")
        | {"LicenseStatus": "1", "ProductKeyID": "00202-50000-00000-AA111", "PartialProductKey": "SUBSC"}
    ]
    assert refusal(made, "activate", made.products[0]) == 0


# -- KMS host keys ---------------------------------------------------------------------------------


def host(world: World, name: str) -> Licensing:
    return machine(world, name, key=HOST_KEY)


def test_slmgr_activates_a_host_key_every_time(world: World) -> None:
    made = host(world, "KMS1")
    for _ in range(3):
        slmgr.run(made, ["/ato", KMS_HOST_IDS[2016]])
    assert world.microsoft.keys[HOST_KEY].used == 3


def test_a_host_key_serves_six_hosts(world: World) -> None:
    codes = [refusal(made := host(world, f"KMS{n}"), "activate", made.products[2]) for n in range(7)]
    assert codes == [0] * 6 + [0xC004C008]


def test_a_host_is_reactivated_nine_times(world: World) -> None:
    made = host(world, "KMS1")
    codes = [refusal(made, "activate", made.products[2]) for _ in range(11)]
    assert codes == [0] * 10 + [0xC004C008]


# -- confirmation IDs ------------------------------------------------------------------------------


def test_an_installation_id_is_the_machines_and_the_skus_own(world: World) -> None:
    one, other = machine(world, "PC01"), machine(world, "PC02")
    ids = {m.products[0]["OfflineInstallationId"] for m in (one, other, machine(world, "PC01"))}
    assert (len(ids), {len(text) for text in ids}) == (2, {63})


def test_an_issued_confirmation_id_activates(world: World) -> None:
    made = machine(world)
    issued = world.microsoft.confirmation_id(made.products[0]["OfflineInstallationId"], "MAK16")
    text = ospp.run(made, [f"/actcid:{issued}"], "2016").text
    assert (len(issued), "<Offline product activation successful>" in text) == (48, True)


def test_slmgr_takes_a_confirmation_id_for_a_host(world: World) -> None:
    made = host(world, "KMS1")
    issued = world.microsoft.confirmation_id(made.products[2]["OfflineInstallationId"], HOST_KEY)
    slmgr.run(made, ["/atp", issued, KMS_HOST_IDS[2016]])
    assert made.products[2]["IsKeyManagementServiceMachine"] == "1"


def test_a_confirmation_id_spends_a_count_once(world: World) -> None:
    for _ in range(3):
        world.microsoft.confirmation_id(installation_id("PC01", "sku"), MAK)
    assert world.microsoft.keys[MAK].used == 1


def test_no_confirmation_id_for_a_used_up_key(world: World) -> None:
    world.microsoft.keys[MAK].used = 3
    with pytest.raises(HResult, match="0xC004C020"):
        world.microsoft.confirmation_id(installation_id("PC01", "sku"), MAK)


def test_a_confirmation_id_of_another_machine_does_not_fit(world: World) -> None:
    other = machine(world, "PC02")
    issued = world.microsoft.confirmation_id(other.products[0]["OfflineInstallationId"], MAK)
    made = machine(world)
    assert refusal(made, "confirm", made.products[0], issued) == 0xC004F031


def test_a_confirmation_id_of_another_key_does_not_fit(world: World) -> None:
    world.microsoft.add(VolumeKey("AAAAA-BBBBB-CCCCC-DDDDD-OTHER", 2016, "proplus"))
    made = machine(world)
    issued = world.microsoft.confirmation_id(made.products[0]["OfflineInstallationId"], "OTHER")
    assert refusal(made, "confirm", made.products[0], issued) == 0xC004F031


@pytest.mark.parametrize("text", ["123", "1" * 49, "1" * 47 + "x"])
def test_a_confirmation_id_has_48_digits(world: World, text: str) -> None:
    made = machine(world)
    assert refusal(made, "confirm", made.products[0], text) == 0xC004F02F


def test_actcid_fits_the_mak_and_not_the_kms_client_beside_it(world: World) -> None:
    made = machine(world)
    made.world.accept_key(made, gvlk(2016, "proplus") or "")
    issued = world.microsoft.confirmation_id(made.products[0]["OfflineInstallationId"], MAK)
    text = ospp.run(made, [f"/actcid:{issued}"], "2016").text
    assert "<Offline product activation successful>" in text
    assert "ERROR CODE: 0xC004F031" in text


# -- the product table -----------------------------------------------------------------------------


NAMES = {
    (2010, "proplus", "kms_client"): "Office 14, OfficeProPlus-KMS_Client edition",
    (2013, "proplus", "kms_client"): "Office 15, OfficeProPlusVL_KMS_Client edition",
    (2013, "proplus", "mak"): "Office 15, OfficeProPlusVL_MAK edition",
    (2013, "", "kms_host"): "Office 15, OfficeKMSHostVL_KMS_Host edition",
    (2016, "proplus", "mak"): "Office 16, Office16ProPlusVL_MAK edition",
    (2016, "o365proplus", "subscription"): "Office 16, Office16O365ProPlusR_Subscription1 edition",
    (2016, "", "kms_host"): "Office 16, Office16KMSHostVL_KMS_Host edition",
    (2019, "proplus", "kms_client"): "Office 19, Office19ProPlus2019VL_KMS_Client_AE edition",
    (2021, "visio_pro", "kms_client"): "Office 21, Office21VisioPro2021VL_KMS_Client_AE edition",
}
DESCRIPTIONS = {
    (2010, "proplus", "kms_client"): "Office 14, VOLUME_KMSCLIENT channel",
    (2013, "proplus", "mak"): "Office 15, RETAIL(MAK) channel",
    (2013, "proplus", "grace"): "Office 15, RETAIL(Grace) channel",
    (2016, "proplus", "mak"): "Office 16, VOLUME_MAK channel",
    (2016, "o365proplus", "subscription"): "Office 16, TIMEBASED_SUB channel",
    (2016, "", "kms_host"): "Office 16, VOLUME_KMS channel",
    (2019, "proplus", "kms_client"): "Office 19, VOLUME_KMSCLIENT channel",
}


@pytest.mark.parametrize(("kind", "name"), NAMES.items())
def test_products_are_named_as_on_windows(kind: tuple[int, str, str], name: str) -> None:
    assert office_product(*kind)["Name"] == name


@pytest.mark.parametrize(("kind", "description"), DESCRIPTIONS.items())
def test_channels_are_described_as_on_windows(kind: tuple[int, str, str], description: str) -> None:
    assert office_product(*kind)["Description"] == description


def test_every_product_has_a_sku_id_of_its_own() -> None:
    made = [
        office_product(office, family, channel)
        for office in OFFICES
        for family in FAMILIES
        for channel in CHANNELS
        if channel != "kms_host"
    ]
    assert len({product["ID"] for product in made}) == len(made)


def test_every_product_is_recognised_again() -> None:
    kinds = [
        (office, family, channel)
        for office in OFFICES
        for family in FAMILIES
        for channel in CHANNELS
        if channel != "kms_host"
    ]
    assert [identify(office_product(*kind)) for kind in kinds] == kinds


def test_an_unknown_product_is_refused() -> None:
    with pytest.raises(ValueError, match="no such product"):
        office_product(2007, "proplus", "mak")
