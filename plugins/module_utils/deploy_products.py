# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What installers call the volume products, and the public keys that only an installer needs.

Sources: Microsoft's pages "Deploy Office LTSC 2021" and "Product IDs that are supported by the Office Deployment Tool"
(IDs), "Use the Office Deployment Tool to install volume licensed editions of Visio 2016 and Project 2016" (IDs and
GVLKs of 2016), "Config.xml file reference" (the Product attribute is the Setup ID in Setup.xml of the product folder).
"""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils.products import Product, gvlk

#: Office versions that Windows Installer installs, and those that the Office Deployment Tool installs.
MSI_VERSIONS = (2010, 2013, 2016)
ODT_VERSIONS = (2016, 2019, 2021, 2024)

_ODT_WORDS = {
    "proplus": "ProPlus",
    "standard": "Standard",
    "project_pro": "ProjectPro",
    "project_std": "ProjectStd",
    "visio_pro": "VisioPro",
    "visio_std": "VisioStd",
    "access": "Access",
    "excel": "Excel",
    "outlook": "Outlook",
    "powerpoint": "PowerPoint",
    "publisher": "Publisher",
    "skype_for_business": "SkypeforBusiness",
    "word": "Word",
}
_MSI_IDS = {
    "proplus": "ProPlus",
    "standard": "Standard",
    "project_pro": "PrjPro",
    "project_std": "PrjStd",
    "visio_pro": "VisPro",
    "visio_std": "VisStd",
}
_LAST_PUBLISHER = 2021

#: GVLKs of Visio and Project 2016 as the Office Deployment Tool installs them; other keys than those of their MSI.
_GVLKS_2016 = {
    "project_pro": "WGT24-HCNMF-FQ7XH-6M8K7-DRTW9",
    "project_std": "D8NRQ-JTYM3-7J2DX-646CT-6836M",
    "visio_pro": "69WXN-MBYV6-22PQG-3WGHK-RM6XC",
    "visio_std": "NY48V-PPYYH-3F4PX-XJRKJ-W4423",
}


def odt_product_id(office: int, family: str) -> str | None:
    """The product ID for the Office Deployment Tool; None where it installs no such volume product.

    Of 2016 it installs Visio and Project only, whose IDs have an X: C(VisioProXVolume).
    """
    if office == 2016:
        return f"{_ODT_WORDS[family]}XVolume" if family in _GVLKS_2016 else None
    if family == "publisher" and office > _LAST_PUBLISHER:
        return None
    word = _ODT_WORDS.get(family)
    return f"{word}{office}Volume" if word and office in ODT_VERSIONS else None


def msi_product_id(office: int, family: str) -> str | None:
    """The Setup ID for Config.xml; None where no such product is known. Visio 2010 has one for all its editions."""
    if office not in MSI_VERSIONS:
        return None
    if office == 2010 and family.startswith("visio"):
        return "Visio"
    return _MSI_IDS.get(family)


def odt_channel(office: int) -> str | None:
    """The update channel of the version; None for 2016, which follows the Office that is installed already."""
    return None if office == 2016 else f"PerpetualVL{office}"


def odt_gvlk(office: int, family: str) -> str | None:
    """The public key of a KMS client for the Office Deployment Tool; None where Microsoft lists none."""
    return _GVLKS_2016.get(family) if office == 2016 else gvlk(Product(office, family))
