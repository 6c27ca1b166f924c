# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Office products winsim knows: names, SKU IDs, product IDs and published GVLKs.

Names follow the patterns of the recorded transcripts. SKU IDs seen there (and the activation IDs of KMS hosts in
activation.md) are genuine; all others are derived from the name and only illustrative.
"""

from __future__ import annotations

import re
import uuid

from .licensing import OFFICE_2010_APP, OFFICE_APP, WINDOWS_APP, Record, is_kms_client, is_mak

OFFICES = (2010, 2013, 2016, 2019, 2021, 2024)
FAMILIES = {
    "proplus": "ProPlus",
    "standard": "Standard",
    "project_pro": "ProjectPro",
    "project_std": "ProjectStd",
    "visio_pro": "VisioPro",
    "visio_std": "VisioStd",
    "o365proplus": "O365ProPlus",
}
CHANNELS = ("kms_client", "mak", "retail", "grace", "subscription", "kms_host")
MAJOR = {2010: 14, 2013: 15, 2016: 16, 2019: 19, 2021: 21, 2024: 24}

KMS_HOST_IDS = {
    2010: "bfe7a195-4f8f-4f0b-a622-cf13c7d16864",
    2013: "2e28138a-847f-42bc-9752-61b03fff33cd",
    2016: "98ebfe73-2084-4c97-932c-c0cd1643bea7",
    2019: "70512334-47b4-44db-a233-be5ea33b914c",
    2021: "47f3b983-7c53-4d45-abc6-bcd91e2dd90a",
    2024: "f3d89bbf-c0ec-47ce-a8fa-e5a5f97e447f",
}
_SKU_IDS = {
    (2013, "proplus", "kms_client"): "b322da9c-a2e2-4058-9e4e-f59a6970bd69",
    (2013, "standard", "kms_client"): "b13afb38-cd79-4ae5-9f7f-eed058d750ca",
    (2013, "visio_pro", "kms_client"): "e13ac10e-75d0-4aff-a0cd-764982cf541c",
    (2013, "project_pro", "kms_client"): "4a5d124a-e620-44ba-b6ff-658961b33b9a",
    (2013, "proplus", "mak"): "2b88c4f2-ea8f-43cd-805e-4d41346e18a7",
    (2013, "proplus", "grace"): "a24cca51-3d54-4c41-8a76-4031f5338cb2",
    (2016, "proplus", "kms_client"): "d450596f-894d-49e0-966a-fd39ed4c4c64",
    (2016, "visio_pro", "kms_client"): "6bf301c1-b94a-43e9-ba31-d494598c47fb",
    (2016, "proplus", "mak"): "c47456e3-265d-47b6-8ca0-c30abbd0ca36",
    (2019, "proplus", "kms_client"): "85dd8b5f-eaa4-4af3-a628-cce9e77c9a03",
    (2021, "proplus", "kms_client"): "fbdb3e18-a8ef-4fb3-9183-dffd60bd0984",
    (2021, "visio_pro", "kms_client"): "fb61ac9a-1688-45d2-8f6b-0674dbffa33c",
    (2024, "proplus", "kms_client"): "8d368fc1-9470-4be2-8d66-90e836cbb051",
}
_GVLKS = {
    "proplus": (
        "YC7DK-G2NP3-2QQC3-J6H88-GVGXT",
        "XQNVK-8JYDB-WJ9W3-YJ8YR-WFG99",
        "NMMKJ-6RK4F-KMJVX-8D9MJ-6MWKP",
        "FXYTK-NJJ8C-GB6DW-3DYQT-6F7TH",
        "XJ2XN-FW8RK-P4HMP-DKDBV-GCVGB",
    ),
    "standard": (
        "KBKQT-2NMXY-JJWGP-M62JB-92CD4",
        "JNRGM-WHDWX-FJJG3-K47QV-DRTFM",
        "6NWWJ-YQWMR-QKGCB-6TMB3-9D9HK",
        "KDX7X-BNVR8-TXXGX-4Q7Y8-78VT3",
        "V28N4-JG22K-W66P8-VTMGK-H6HGR",
    ),
    "project_pro": (
        "FN8TT-7WMH6-2D4X9-M337T-2342K",
        "YG9NW-3K39V-2T3HJ-93F3Q-G83KT",
        "B4NPR-3FKK7-T2MBV-FRQ4W-PKD2B",
        "FTNWT-C6WBT-8HMGF-K9PRX-QV9H8",
        "FQQ23-N4YCY-73HQ3-FM9WC-76HF4",
    ),
    "project_std": (
        "6NTH3-CW976-3G3Y2-JK3TX-8QHTT",
        "GNFHQ-F6YQM-KQDGJ-327XX-KQBVC",
        "C4F7P-NCP8C-6CQPT-MQHV9-JXD2M",
        "J2JDC-NJCYY-9RGQ4-YXWMH-T3D4T",
        "PD3TT-NTHQQ-VC7CY-MFXK3-G87F8",
    ),
    "visio_pro": (
        "C2FG9-N6J68-H8BTJ-BW3QX-RM3B3",
        "PD3PC-RHNGV-FXJ29-8JK7D-RJRJK",
        "9BGNQ-K37YR-RQHF2-38RQ3-7VCBB",
        "KNH8D-FGHT4-T8RK3-CTDYJ-K2HT4",
        "B7TN8-FJ8V3-7QYCP-HQPMV-YY89G",
    ),
    "visio_std": (
        "J484Y-4NKBF-W2HMG-DBMJC-PGWR7",
        "7WHWN-4T7MP-G96JF-G33KR-W8GF4",
        "7TQNQ-K3YQQ-3PFH7-CCPPM-X4VQ2",
        "MJVNY-BYWPY-CWV6J-2RKRT-4M8QG",
        "JMMVY-XFNQC-KK4HK-9H7R3-WQQTV",
    ),
}
# Client editions have one key since Windows 10, servers have one for each version.
_WINDOWS_GVLKS = {
    ("enterprise", ""): "NPPR9-FWDCX-D2C8J-H872K-2YT43",
    ("professional", ""): "W269N-WFGWX-YVC9B-4J6C9-T83GX",
    ("serverstandard", "10.0.17763"): "N69G4-B89J2-4G8F4-WWYCC-J464C",
    ("serverstandard", "10.0.20348"): "VDYBN-27WPP-V4HQT-9VMD4-VMK7H",
}
# Product ID stems, as the transcripts show them; a channel not listed gets an illustrative one.
_PRODUCT_IDS = {
    (2013, "proplus"): "00216-40000",
    (2013, "standard"): "00216-30000",
    (2013, "visio_pro"): "00217-20000",
    (2013, "project_pro"): "00216-80000",
    (2016, "proplus"): "00339-10000",
    (2016, "visio_pro"): "00338-50000",
    (2019, "proplus"): "00405-10000",
    (2021, "proplus"): "00468-50000",
    (2021, "visio_pro"): "00470-10000",
    (2024, "proplus"): "00501-50000",
}
_HOST_URLS = {
    "ProcessorURL": "http://go.microsoft.com/fwlink/?LinkID=88342",
    "MachineURL": "http://go.microsoft.com/fwlink/?LinkID=88343",
    "UseLicenseURL": "https://activation-v2.sls.microsoft.com/SLActivateProduct/SLActivateProduct.asmx"
    "?configextension=o14",
    "ProductKeyURL": "http://go.microsoft.com/fwlink/?LinkID=88345",
    "ValidationURL": "http://go.microsoft.com/fwlink/?LinkID=187557",
}


def gvlk(office: int, family: str) -> str | None:
    """The published GVLK of a product, or None where the table has none (single applications, Office 2010)."""
    keys = _GVLKS.get(family)
    return keys[OFFICES.index(office) - 1] if keys and office in OFFICES[1:] else None


def office_product(office: int, family: str, channel: str) -> Record:
    """A keyless ``[product]`` record as the licence files of that product leave it.

    ``family`` is ignored for ``kms_host``, whose licence is for a whole version. Raises ValueError for an unknown
    version, family or channel.
    """
    if office not in OFFICES or channel not in CHANNELS or (family not in FAMILIES and channel != "kms_host"):
        raise ValueError(f"no such product: {office} {family} {channel}")
    name = f"Office {MAJOR[office]}, {_edition(office, family, channel)} edition"
    record = {
        "ID": sku_id(office, family, channel),
        "ApplicationId": OFFICE_2010_APP if office == 2010 else OFFICE_APP,
        "Name": name,
        "Description": f"Office {MAJOR[office]}, {_channel_text(office, channel)} channel",
        "PartialProductKey": "",
        "ProductKeyID": "",
        "ProductKeyID2": "",
        "LicenseStatus": "0",
        "LicenseStatusReason": "C004F014",
        "GracePeriodRemaining": "0",
        "OfflineInstallationId": "",
        "TrustedTime": "",
        "RemainingAppReArmCount": "5",
        "RemainingSkuReArmCount": "5",
    }
    if channel == "kms_client":
        record |= {"VLActivationInterval": "120", "VLRenewalInterval": "10080"}
    if channel == "kms_host":
        record |= _HOST_URLS | {"IsKeyManagementServiceMachine": "0", "KeyManagementServiceCurrentCount": "0"}
    return record


def windows_product(server: bool = True) -> Record:
    """A keyed, unlicensed Windows KMS client record, for machines where Windows' own licence matters."""
    return {
        "ID": "de32eafd-aaee-4662-9444-c1befb41bde2" if server else _derived_id("Windows(R), Enterprise edition"),
        "ApplicationId": WINDOWS_APP,
        "Name": "Windows(R), ServerStandard edition" if server else "Windows(R), Enterprise edition",
        "Description": "Windows(R) Operating System, VOLUME_KMSCLIENT channel",
        "PartialProductKey": "J464C" if server else "2YT43",
        "ProductKeyID": "06401-03861-000-000000-03-1033-17763.0000-1702024",
        "ProductKeyChannel": "Volume:GVLK",
        "LicenseStatus": "2",
        "LicenseStatusReason": "4004F00C",
        "GracePeriodRemaining": "43200",
        "OfflineInstallationId": "",
        "RemainingAppReArmCount": "1001",
        "RemainingSkuReArmCount": "1001",
        "VLActivationInterval": "120",
        "VLRenewalInterval": "10080",
    }


def windows_client(edition: str, channel: str) -> Record:
    """A keyless Windows licence of an edition, as Microsoft calls it (``Enterprise``); channel kms_client or mak.

    Raises ValueError for another channel.
    """
    if channel not in ("kms_client", "mak"):
        raise ValueError(f"no such channel of Windows: {channel}")
    kind = "KMSCLIENT" if channel == "kms_client" else "MAK"
    record = windows_product("Server" in edition) | {
        "ID": _derived_id(f"Windows {edition} {channel}"),
        "Name": f"Windows(R), {edition} edition",
        "Description": f"Windows(R) Operating System, VOLUME_{kind} channel",
    }
    record |= {"PartialProductKey": "", "ProductKeyID": "", "ProductKeyChannel": ""}
    record |= {"LicenseStatus": "0", "LicenseStatusReason": "C004F014", "GracePeriodRemaining": "0"}
    return record if channel == "kms_client" else record | {"VLActivationInterval": "", "VLRenewalInterval": ""}


def windows_gvlk(edition: str, version: str) -> str | None:
    """The published GVLK of a Windows edition (lower case) in a version such as 10.0.20348, where one is known here."""
    return _WINDOWS_GVLKS.get((edition, version if "server" in edition else ""))


def windows_host_product(generation: str = "ws22") -> Record:
    """A keyless Windows KMS host licence; ``generation`` as its description names it (ws19 is 88-slmgr-dlv-all's)."""
    if not re.fullmatch(r"[a-z0-9]{2,8}", generation):
        raise ValueError(f"no such generation of Windows: {generation}")
    urls = _HOST_URLS | {"UseLicenseURL": _HOST_URLS["UseLicenseURL"].replace("=o14", "=Retail")}
    known = "d6992aac-29e7-452a-bf10-bbfb8ccabe59" if generation == "ws19" else ""
    return {
        "ID": known or _derived_id(f"Windows {generation} kms_host"),
        "ApplicationId": WINDOWS_APP,
        "Name": "Windows(R), ServerStandard edition",
        "Description": f"Windows(R) Operating System, VOLUME_KMS_{generation.upper()} channel",
        "PartialProductKey": "",
        "ProductKeyID": "",
        "ProductKeyID2": "",
        "ProductKeyChannel": "",
        "LicenseStatus": "0",
        "LicenseStatusReason": "C004F014",
        "GracePeriodRemaining": "0",
        "OfflineInstallationId": "",
        "TrustedTime": "",
        "RemainingAppReArmCount": "1001",
        "RemainingSkuReArmCount": "1001",
        "IsKeyManagementServiceMachine": "0",
        "KeyManagementServiceCurrentCount": "0",
    } | urls


def licence_file(office: int, family: str, channel: str) -> str:
    """What a simulated licence file (.xrm-ms) contains; Windows' host licence is (0, generation, "kms_host").

    Raises ValueError for an unknown product.
    """
    content = f"licence:{office}:{family if office == 0 or channel != 'kms_host' else ''}:{channel}"
    if licence_in(content) is None:
        raise ValueError(f"no such product: {office} {family} {channel}")
    return content


def licence_in(content: str) -> Record | None:
    """The keyless product record that a licence file installs, or None where the content is none."""
    match = re.fullmatch(r"licence:(\d+):(\w*):(\w+)", content)
    if match is None:
        return None
    office, family, channel = int(match[1]), match[2], match[3]
    try:
        if office == 0:
            return windows_host_product(family) if channel == "kms_host" else None
        return office_product(office, family, channel)
    except ValueError:
        return None


def sku_id(office: int, family: str, channel: str) -> str:
    """The SKU ID (activation ID) of a product; illustrative where no source gives the genuine one."""
    if channel == "kms_host":
        return KMS_HOST_IDS[office]
    known = _SKU_IDS.get((office, family, channel))
    return known or _derived_id(f"Office {office} {family} {channel}")


def identify(product: Record) -> tuple[int, str, str] | None:
    """(office, family, channel) of a product record, or None for Windows and unknown names."""
    return _BY_ID.get(product.get("ID", "").lower()) or _BY_NAME.get(product.get("Name", ""))


def key_identity(product: Record) -> tuple[int, str, str] | None:
    """What a key must be for: as ``identify``; for Windows (0, generation, "kms_host") or (0, edition, channel)."""
    if product.get("ApplicationId", "").lower() != WINDOWS_APP:
        return identify(product)
    host = re.search(r"VOLUME_KMS_(\w+) channel", product.get("Description", ""))
    if host:
        return 0, host[1].lower(), "kms_host"
    edition = re.search(r", (\w+) edition", product.get("Name", ""))
    channel = "kms_client" if is_kms_client(product) else "mak" if is_mak(product) else ""
    return (0, edition[1].lower(), channel) if edition and channel else None


def product_id_stem(product: Record) -> str:
    """The first two groups of the product ID that a key for this product gets."""
    known = identify(product)
    return _PRODUCT_IDS.get(known[:2], "00339-90000") if known else "00339-90000"


def _derived_id(text: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{text} winsim.example"))


_OFFICE_2010_EDITIONS = {
    "kms_client": "KMS_Client",
    "mak": "MAK",
    "retail": "Retail",
    "grace": "Grace",
    "subscription": "Subscription",
}


def _edition(office: int, family: str, channel: str) -> str:
    prefix = "Office" if office <= 2013 else f"Office{MAJOR[office]}"
    product = FAMILIES.get(family, "")
    year = str(office) if office >= 2019 else ""
    suffix = "_AE" if office >= 2019 else ""
    if channel == "kms_host":
        return f"{prefix}KMSHost{year}VL_KMS_Host" if office > 2010 else "OfficeKMSHost"
    if office == 2010:
        return f"{prefix}{product}-{_OFFICE_2010_EDITIONS[channel]}"
    return (
        f"{prefix}{product}"
        + {
            "kms_client": f"{year}VL_KMS_Client{suffix}",
            "mak": f"{year}VL_MAK{suffix}",
            "retail": f"{year}R_Retail",
            "grace": f"{year}R_Grace",
            "subscription": f"{year}R_Subscription1",
        }[channel]
    )


def _channel_text(office: int, channel: str) -> str:
    if channel == "mak":
        return "RETAIL(MAK)" if office <= 2013 else "VOLUME_MAK"
    return {
        "kms_client": "VOLUME_KMSCLIENT",
        "kms_host": "VOLUME_KMS",
        "retail": "RETAIL",
        "grace": "RETAIL(Grace)",
        "subscription": "TIMEBASED_SUB",
    }[channel]


def _catalogue() -> dict[str, tuple[int, str, str]]:
    found = {}
    for office in OFFICES:
        for family in FAMILIES:
            for channel in CHANNELS[:-1]:
                found[sku_id(office, family, channel)] = (office, family, channel)
        found[sku_id(office, "", "kms_host")] = (office, "", "kms_host")
    return found


_BY_ID = _catalogue()
_BY_NAME = {office_product(*what)["Name"]: what for what in _BY_ID.values()}
