# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows as a product: its editions, and the client keys (GVLKs) that Microsoft publishes for them.

Source of the keys: learn.microsoft.com, windows-server/get-started/kms-client-activation-keys. An edition is named as
in the name of its licence: C(Windows(R), ServerStandard edition). Windows 7, Server 2008 R2 and the semi-annual
servers are left out.
"""

from __future__ import annotations

import re

#: Application ID under which the licences of Windows are registered.
WINDOWS_APPLICATION_ID = "55c92734-d682-4d71-983e-d6ec3f16059f"
#: What Windows itself is called in results; its edition can change with a key.
WINDOWS_LABEL = "Windows"

_WINDOWS_10_AND_11 = {
    "Professional": "W269N-WFGWX-YVC9B-4J6C9-T83GX",
    "ProfessionalN": "MH37W-N47XK-V7XM9-C7227-GCQG9",
    "ProfessionalWorkstation": "NRG8B-VKK3Q-CXVCJ-9G2XF-6Q84J",
    "ProfessionalWorkstationN": "9FNHH-K3HBT-3W4TD-6383H-6XYWF",
    "ProfessionalEducation": "6TP4R-GNPTD-KYYHQ-7B7DP-J447Y",
    "ProfessionalEducationN": "YVWGF-BXNMC-HTQYQ-CPQ99-66QFC",
    "Education": "NW6C2-QMPVW-D7KKK-3GKT6-VCFB2",
    "EducationN": "2WH4N-8QGBV-H22JP-CT43Q-MDWWJ",
    "Enterprise": "NPPR9-FWDCX-D2C8J-H872K-2YT43",
    "EnterpriseN": "DPH2V-TTNVB-4X9Q3-TJR4H-KHJW4",
}
_LTSC_2019_AND_LATER = {
    "EnterpriseS": "M7XTQ-FN8P6-TTKYV-9D4CC-J462D",
    "EnterpriseSN": "92NFX-8DJQP-P6BBQ-THF9C-7CG2H",
}
#: By version and build, for what each of them has alone.
_OF_BUILD = {
    "6.2.9200": {
        "Professional": "NG4HW-VH26C-733KW-K6F98-J8CK4",
        "Enterprise": "32JNW-9KQ84-P47T8-D8GGY-CWCK7",
        "ServerStandard": "XC9B7-NBPP2-83J2H-RHMBY-92BT4",
        "ServerDatacenter": "48HP8-DN98B-MYWDG-T2DCC-8W83P",
    },
    "6.3.9600": {
        "Professional": "GCRJD-8NW9H-F2CDX-CCM8D-9D6T9",
        "Enterprise": "MHF9N-XY6XB-WVXMC-BTDCT-MKKG7",
        "ServerStandard": "D2N9P-3P6X9-2R39C-7RTCD-MDVJX",
        "ServerDatacenter": "W3GGN-FT8W3-Y4M27-J84CP-Q3VJ9",
    },
    "10.0.10240": {
        "EnterpriseS": "WNMTR-4C88C-JK8YV-HQ7T2-76DF9",
        "EnterpriseSN": "2F77B-TNFGY-69QQF-B8YKP-D69TJ",
    },
    "10.0.14393": {
        "EnterpriseS": "DCPHK-NFMTC-H88MJ-PFHPY-QJ4BJ",
        "EnterpriseSN": "QFFDN-GRT3P-VKWWX-X7T3R-8B639",
        "ServerStandard": "WC2BQ-8NRM3-FDDYY-2BFGV-KHKQY",
        "ServerDatacenter": "CB7KF-BWN84-R7R2Y-793K2-8XDDG",
    },
    "10.0.17763": {
        **_LTSC_2019_AND_LATER,
        "ServerStandard": "N69G4-B89J2-4G8F4-WWYCC-J464C",
        "ServerDatacenter": "WMDGN-G9PQG-XVVXX-R3X43-63DFG",
    },
    "10.0.19044": _LTSC_2019_AND_LATER,
    "10.0.20348": {
        "ServerStandard": "VDYBN-27WPP-V4HQT-9VMD4-VMK7H",
        "ServerDatacenter": "WX4NM-KYWYW-QJJR4-XV3QB-6VM33",
    },
    "10.0.26100": {
        **_LTSC_2019_AND_LATER,
        "ServerStandard": "TVRH6-WHNXV-R9WG3-9XRFY-MY832",
        "ServerDatacenter": "D764K-2NDRG-47T6Q-P8T8W-YP6DF",
    },
}
_CLIENT_KEYS = {key for keys in (_WINDOWS_10_AND_11, *_OF_BUILD.values()) for key in keys.values()}
_EDITION = re.compile(r", (?P<edition>\w+) edition$")


def edition_of(name: str) -> str | None:
    """The edition in the name of a licence of Windows, such as C(ServerStandard); None for any other name."""
    match = _EDITION.search(name)
    return match["edition"] if match else None


def windows_gvlk(edition: str | None, os_version: str | None) -> str | None:
    """The public GVLK of an edition in a version such as C(10.0.20348.2527); None where none is listed here."""
    build = ".".join((os_version or "").split(".")[:3])
    of_build = _OF_BUILD.get(build, {})
    keys = {**_WINDOWS_10_AND_11, **of_build} if build.startswith("10.0.") else of_build
    return keys.get(edition or "")


def is_windows_gvlk(key: str) -> bool:
    """Whether a key is one of the public GVLKs that are listed here."""
    return key.upper() in _CLIENT_KEYS
