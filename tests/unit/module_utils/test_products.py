# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a licence name tells, and the published GVLKs."""

from __future__ import annotations

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.products import (
    FAMILIES,
    GVLKS,
    Product,
    channel_of,
    gvlk,
    office_version,
    product_of,
    product_of_gvlk,
)
from unit.module_utils.host_output import EXPECTED

FAMILY_NAMES = {
    "Professional Plus": "proplus",
    "Standard": "standard",
    "Project Professional": "project_pro",
    "Project Standard": "project_std",
    "Visio Professional": "visio_pro",
    "Visio Standard": "visio_std",
}

#: Licence name and description, each without its common end, and what they tell: channel, Office version, product.
NAMES: list[tuple[str, str, str, int | None, Product | None]] = [
    (
        "Office 14, OfficeProPlus-KMS_Client",
        "Office 14, VOLUME_KMSCLIENT",
        "kms_client",
        2010,
        Product(2010, "proplus"),
    ),
    ("Office 14, OfficeVisioPrem-MAK", "Office 14, RETAIL(MAK)", "mak", 2010, None),
    (
        "Office 15, OfficeProPlusVL_KMS_Client",
        "Office 15, VOLUME_KMSCLIENT",
        "kms_client",
        2013,
        Product(2013, "proplus"),
    ),
    ("Office 15, OfficeProPlusVL_MAK", "Office 15, RETAIL(MAK)", "mak", 2013, Product(2013, "proplus")),
    (
        "Office 15, OfficeStandardVL_KMS_Client",
        "Office 15, VOLUME_KMSCLIENT",
        "kms_client",
        2013,
        Product(2013, "standard"),
    ),
    ("Office 15, OfficeProjectStdVL_MAK", "Office 15, RETAIL(MAK)", "mak", 2013, Product(2013, "project_std")),
    (
        "Office 15, OfficeLyncVL_KMS_Client",
        "Office 15, VOLUME_KMSCLIENT",
        "kms_client",
        2013,
        Product(2013, "skype_for_business"),
    ),
    (
        "Office 15, OfficeInfoPathVL_KMS_Client",
        "Office 15, VOLUME_KMSCLIENT",
        "kms_client",
        2013,
        Product(2013, "infopath"),
    ),
    ("Office 15, OfficeProPlusR_Grace", "Office 15, RETAIL(Grace)", "retail", 2013, Product(2013, "proplus")),
    ("Office 15, OfficeKMSHostVL_KMS_Host", "Office 15, VOLUME_KMS", "kms_host", 2013, None),
    (
        "Office 16, Office16ProPlusVL_KMS_Client",
        "Office 16, VOLUME_KMSCLIENT",
        "kms_client",
        2016,
        Product(2016, "proplus"),
    ),
    ("Office 16, Office16ProPlusVL_MAK", "Office 16, VOLUME_MAK", "mak", 2016, Product(2016, "proplus")),
    ("Office 16, Office16StandardVL_MAK", "Office 16, VOLUME_MAK", "mak", 2016, Product(2016, "standard")),
    (
        "Office 16, Office16VisioProXC2RVL_KMS_ClientC2R",
        "Office 16, VOLUME_KMSCLIENT",
        "kms_client",
        2016,
        Product(2016, "visio_pro", "c2r"),
    ),
    (
        "Office 16, Office16ProjectStdXC2RVL_MAKC2R",
        "Office 16, VOLUME_MAK",
        "mak",
        2016,
        Product(2016, "project_std", "c2r"),
    ),
    (
        "Office 16, Office16SkypeforBusinessVL_KMS_Client",
        "Office 16, VOLUME_KMSCLIENT",
        "kms_client",
        2016,
        Product(2016, "skype_for_business"),
    ),
    (
        "Office 16, Office16PowerPointVL_KMS_Client",
        "Office 16, VOLUME_KMSCLIENT",
        "kms_client",
        2016,
        Product(2016, "powerpoint"),
    ),
    (
        "Office 16, Office16OneNoteVL_KMS_Client",
        "Office 16, VOLUME_KMSCLIENT",
        "kms_client",
        2016,
        Product(2016, "onenote"),
    ),
    ("Office 16, Office16O365ProPlusR_Subscription1", "Office 16, TIMEBASED_SUB", "subscription", None, None),
    ("Office 16, Office16O365ProPlusR_Grace", "Office 16, RETAIL(Grace)", "retail", None, None),
    ("Office 16, Office16ProPlusR_Retail", "Office 16, RETAIL", "retail", 2016, Product(2016, "proplus")),
    ("Office 16, Office16KMSHostVL_KMS_Host", "Office 16, VOLUME_KMS", "kms_host", 2016, None),
    ("Office 16, Office16MondoVL_KMS_Client", "Office 16, VOLUME_KMSCLIENT", "kms_client", 2016, None),
    (
        "Office 19, Office19ProPlus2019VL_KMS_Client_AE",
        "Office 19, VOLUME_KMSCLIENT",
        "kms_client",
        2019,
        Product(2019, "proplus"),
    ),
    ("Office 19, Office19VisioStd2019VL_MAK_AE", "Office 19, VOLUME_MAK", "mak", 2019, Product(2019, "visio_std")),
    (
        "Office 19, Office19Word2019VL_KMS_Client_AE",
        "Office 19, VOLUME_KMSCLIENT",
        "kms_client",
        2019,
        Product(2019, "word"),
    ),
    ("Office 19, Office19HomeBusiness2019R_Retail", "Office 19, RETAIL", "retail", 2019, None),
    (
        "Office 21, Office21ProjectPro2021VL_KMS_Client_AE",
        "Office 21, VOLUME_KMSCLIENT",
        "kms_client",
        2021,
        Product(2021, "project_pro"),
    ),
    ("Office 21, Office21Standard2021VL_MAK_AE1", "Office 21, VOLUME_MAK", "mak", 2021, Product(2021, "standard")),
    (
        "Office 24, Office24ProPlus2024VL_KMS_Client_AE",
        "Office 24, VOLUME_KMSCLIENT",
        "kms_client",
        2024,
        Product(2024, "proplus"),
    ),
    (
        "Office 24, Office24Excel2024VL_KMS_Client_AE",
        "Office 24, VOLUME_KMSCLIENT",
        "kms_client",
        2024,
        Product(2024, "excel"),
    ),
    ("Office 99, Office99ProPlusVL_KMS_Client", "Office 99, VOLUME_KMSCLIENT", "kms_client", None, None),
    ("Windows(R), ServerStandard", "Windows(R) Operating System, VOLUME_KMSCLIENT", "kms_client", None, None),
    ("", "", "other", None, None),
]


def gvlks_by_hand() -> dict[Product, str]:
    """The table that was copied from the reference by hand."""
    table: dict[Product, str] = {}
    family = ""
    for line in (EXPECTED / "gvlk.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):
            version, key = line.split()
            table[Product(int(version), family)] = key
        elif not line.startswith("#"):
            family = FAMILY_NAMES[line]
    return table


@pytest.mark.parametrize(("name", "description", "channel", "office", "product"), NAMES)
def test_licence_name(name: str, description: str, channel: str, office: int | None, product: Product | None) -> None:
    name, description = f"{name} edition", f"{description} channel"
    assert channel_of(name, description) == channel
    assert office_version(name, channel) == office
    assert product_of(name) == product


def test_the_gvlks_are_the_published_ones() -> None:
    assert gvlks_by_hand() == GVLKS


def test_there_are_thirty_different_gvlks() -> None:
    assert len(GVLKS) == len(set(GVLKS.values())) == 30


@pytest.mark.parametrize(("product", "key"), gvlks_by_hand().items())
def test_a_gvlk_is_found_both_ways(product: Product, key: str) -> None:
    assert gvlk(product) == key
    assert product_of_gvlk(key.lower()) == product


@pytest.mark.parametrize(
    "product", [Product(2016, "visio_pro", "c2r"), Product(2016, "word"), Product(2010, "proplus")]
)
def test_products_without_a_published_gvlk(product: Product) -> None:
    assert gvlk(product) is None


def test_a_mak_belongs_to_no_product() -> None:
    assert product_of_gvlk("AAAAA-BBBBB-CCCCC-DDDDD-EEEEE") is None


def test_a_product_in_words() -> None:
    assert Product(2021, "visio_pro").label == "Office 2021 visio_pro"
    assert Product(2016, "visio_pro", "c2r").label == "Office 2016 visio_pro (c2r)"


def test_the_families_that_users_can_name() -> None:
    assert set(FAMILIES) == {
        "proplus", "standard", "project_pro", "project_std", "visio_pro", "visio_std", "access", "excel", "groove",
        "infopath", "onenote", "outlook", "powerpoint", "publisher", "skype_for_business", "word",
    }  # fmt: skip
