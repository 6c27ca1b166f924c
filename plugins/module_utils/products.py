# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Office products: what a licence name tells, channels, families, and the published GVLKs.

A licence is named by Microsoft as, for example, C(Office 21, Office21ProPlus2021VL_KMS_Client_AE edition).
The number after "Office" gives the version, the word behind it the family.
Sources: the transcripts, reference/activation.md (GVLK table).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Application ID under which licences are registered (reference/activation.md).
OFFICE_APPLICATION_ID = "0ff1ce15-a989-479d-af46-f275c6370663"

VERSIONS = {"14": 2010, "15": 2013, "16": 2016, "19": 2019, "21": 2021, "24": 2024}

#: Beginning of the product word in a licence name -> family. Longer words first: "ProjectPro" is no "Pro...".
_FAMILY_WORDS = (
    ("projectpro", "project_pro"),
    ("projectstd", "project_std"),
    ("visiopro", "visio_pro"),
    ("visiostd", "visio_std"),
    ("proplus", "proplus"),
    ("standard", "standard"),
    ("access", "access"),
    ("excel", "excel"),
    ("infopath", "infopath"),
    ("lync", "skype_for_business"),
    ("skypeforbusiness", "skype_for_business"),
    ("onenote", "onenote"),
    ("outlook", "outlook"),
    ("powerpoint", "powerpoint"),
    ("publisher", "publisher"),
    ("sharepointworkspace", "groove"),
    ("groove", "groove"),
    ("word", "word"),
)

SUITES = frozenset({"proplus", "standard"})
FAMILIES = tuple(dict.fromkeys(family for _word, family in _FAMILY_WORDS))

#: Families whose installation shows in a program file, so that a missing product costs no second look.
APPLICATION_OF_FAMILY = {
    "project_pro": "project",
    "project_std": "project",
    "visio_pro": "visio",
    "visio_std": "visio",
}

_GVLK_TABLE = """
proplus      YC7DK-G2NP3-2QQC3-J6H88-GVGXT XQNVK-8JYDB-WJ9W3-YJ8YR-WFG99 NMMKJ-6RK4F-KMJVX-8D9MJ-6MWKP
             FXYTK-NJJ8C-GB6DW-3DYQT-6F7TH XJ2XN-FW8RK-P4HMP-DKDBV-GCVGB
standard     KBKQT-2NMXY-JJWGP-M62JB-92CD4 JNRGM-WHDWX-FJJG3-K47QV-DRTFM 6NWWJ-YQWMR-QKGCB-6TMB3-9D9HK
             KDX7X-BNVR8-TXXGX-4Q7Y8-78VT3 V28N4-JG22K-W66P8-VTMGK-H6HGR
project_pro  FN8TT-7WMH6-2D4X9-M337T-2342K YG9NW-3K39V-2T3HJ-93F3Q-G83KT B4NPR-3FKK7-T2MBV-FRQ4W-PKD2B
             FTNWT-C6WBT-8HMGF-K9PRX-QV9H8 FQQ23-N4YCY-73HQ3-FM9WC-76HF4
project_std  6NTH3-CW976-3G3Y2-JK3TX-8QHTT GNFHQ-F6YQM-KQDGJ-327XX-KQBVC C4F7P-NCP8C-6CQPT-MQHV9-JXD2M
             J2JDC-NJCYY-9RGQ4-YXWMH-T3D4T PD3TT-NTHQQ-VC7CY-MFXK3-G87F8
visio_pro    C2FG9-N6J68-H8BTJ-BW3QX-RM3B3 PD3PC-RHNGV-FXJ29-8JK7D-RJRJK 9BGNQ-K37YR-RQHF2-38RQ3-7VCBB
             KNH8D-FGHT4-T8RK3-CTDYJ-K2HT4 B7TN8-FJ8V3-7QYCP-HQPMV-YY89G
visio_std    J484Y-4NKBF-W2HMG-DBMJC-PGWR7 7WHWN-4T7MP-G96JF-G33KR-W8GF4 7TQNQ-K3YQQ-3PFH7-CCPPM-X4VQ2
             MJVNY-BYWPY-CWV6J-2RKRT-4M8QG JMMVY-XFNQC-KK4HK-9H7R3-WQQTV
"""
_GVLK_VERSIONS = (2013, 2016, 2019, 2021, 2024)

_NAME = re.compile(r"^Office (?P<number>\d\d), Office(?:\d\d)?(?P<word>[A-Za-z0-9]+)", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Product:
    """One product of one Office version: what a person means by "Visio 2021".

    ``variant`` tells editions apart that share a family but not their keys: ``c2r`` is the click-to-run form
    of Project and Visio 2016.
    """

    office: int
    family: str
    variant: str = ""

    @property
    def label(self) -> str:
        """The product in words for people: C(Office 2021 visio_pro)."""
        return f"Office {self.office} {self.family}" + (f" ({self.variant})" if self.variant else "")


def _read_gvlks() -> dict[Product, str]:
    keys: dict[str, list[str]] = {}
    family = ""
    for word in _GVLK_TABLE.split():
        if "-" in word:
            keys[family].append(word)
        else:
            family = word
            keys[family] = []
    return {
        Product(version, family): key
        for family, row in keys.items()
        for version, key in zip(_GVLK_VERSIONS, row, strict=True)
    }


#: Published GVLK of each product (reference/activation.md, from Microsoft's page).
GVLKS = _read_gvlks()
_PRODUCT_OF_GVLK = {key: product for product, key in GVLKS.items()}


def gvlk(product: Product) -> str | None:
    """The public GVLK of a product, or None where none is listed and the user has to give the key."""
    return GVLKS.get(product)


def product_of_gvlk(key: str) -> Product | None:
    """The product a GVLK belongs to; None for every other key."""
    return _PRODUCT_OF_GVLK.get(key.upper())


def product_of(name: str) -> Product | None:
    """The product that a licence name stands for; None for names outside the families (Microsoft 365, host)."""
    match = _NAME.match(name)
    if not match or match["number"] not in VERSIONS:
        return None
    word = match["word"].lower()
    for beginning, family in _FAMILY_WORDS:
        if word.startswith(beginning):
            variant = "c2r" if word[len(beginning) :].startswith("xc2r") else ""
            return Product(VERSIONS[match["number"]], family, variant)
    return None


def office_version(name: str, channel: str) -> int | None:
    """The Office version of a licence: 2010 .. 2024; None for Microsoft 365, which carries no version."""
    match = re.match(r"^Office (\d\d)\b", name)
    if not match or channel == "subscription" or "O365" in name.upper():
        return None
    return VERSIONS.get(match.group(1))


def channel_of(name: str, description: str) -> str:
    """The channel of a licence from its description: a MAK is C(RETAIL(MAK)) in 2013 and C(VOLUME_MAK) later."""
    text = description.upper()
    if "VOLUME_KMSCLIENT" in text:
        return "kms_client"
    if "VOLUME_KMS" in text:
        return "kms_host"
    if "MAK" in text:
        return "mak"
    if "TIMEBASED_SUB" in text or "_SUBSCRIPTION" in name.upper():
        return "subscription"
    if "RETAIL" in text:
        return "retail"
    return "other"
