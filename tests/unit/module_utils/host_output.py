# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds the text that a host answers to a read, from transcripts, licence blocks and registry lines.

Written from the reference pages and transcripts alone: nothing here uses the code under test, except that
``reading`` hands the finished text to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading, read_output

DATA = Path(__file__).resolve().parents[2] / "data"
TRANSCRIPTS = DATA / "transcripts"
EXPECTED = DATA / "expected"

SPP = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
OSPP = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform"
OFFICE = "0ff1ce15-a989-479d-af46-f275c6370663"
SERVICES = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services"

WINDOWS_7 = "6.1.7601"
WINDOWS_10 = "10.0.19045.3803"
SCRIPT_2010 = r"C:\Program Files\Microsoft Office\Office14\OSPP.VBS"
SCRIPT_2013 = r"C:\Program Files\Microsoft Office\Office15\OSPP.VBS"
SCRIPT_2016 = r"C:\Program Files\Microsoft Office\Office16\OSPP.VBS"

HEADER = "---Processing--------------------------"
SEPARATOR = "---------------------------------------"
EXITING = "---Exiting-----------------------------"
STOPPED = "ERROR DESCRIPTION: An unknown error occurred."


def transcript(number: str) -> str:
    """What a genuine script printed: the transcript without its header, with the line ends of Windows."""
    (path,) = TRANSCRIPTS.glob(f"{number}-*.txt")
    _header, _blank, output = path.read_bytes().decode("utf-8").partition("\n\n")
    return output.replace("\n", "\r\n")


@dataclass(frozen=True)
class Sku:
    """A licence as WMI names it."""

    sku_id: str
    name: str
    description: str
    last_five: str


def kms_sku(sku_id: str, version: int, word: str, last_five: str) -> Sku:
    return Sku(
        sku_id,
        f"Office {version}, {word}VL_KMS_Client edition",
        f"Office {version}, VOLUME_KMSCLIENT channel",
        last_five,
    )


def mak_sku(sku_id: str, version: int, word: str, last_five: str) -> Sku:
    return Sku(sku_id, f"Office {version}, {word}VL_MAK edition", f"Office {version}, VOLUME_MAK channel", last_five)


PROPLUS_2013 = kms_sku("b322da9c-a2e2-4058-9e4e-f59a6970bd69", 15, "OfficeProPlus", "GVGXT")
PROPLUS_2016 = kms_sku("d450596f-894d-49e0-966a-fd39ed4c4c64", 16, "Office16ProPlus", "WFG99")
PROPLUS_2021 = kms_sku("fbdb3e18-a8ef-4fb3-9183-dffd60bd0984", 21, "Office21ProPlus2021", "6F7TH")
VISIO_2016 = kms_sku("6bf301c1-b94a-43e9-ba31-d494598c47fb", 16, "Office16VisioPro", "RJRJK")
PROJECT_2016 = kms_sku("4f414197-0fc2-4c01-b68a-86cbb9ac254c", 16, "Office16ProjectPro", "G83KT")
WORD_2016 = kms_sku("bb11badf-d8aa-470e-9311-20eaf80fe5cc", 16, "Office16Word", "C7PTY")
PROPLUS_2016_MAK = mak_sku("c47456e3-265d-47b6-8ca0-c30abbd0ca36", 16, "Office16ProPlus", "MAK16")
VISIO_2016_MAK = mak_sku("295b2c03-4b1c-4221-b292-1411f468bd02", 16, "Office16VisioPro", "VMAK6")
PROPLUS_2013_MAK = Sku(
    "2b88c4f2-ea8f-43cd-805e-4d41346e18a7",
    "Office 15, OfficeProPlusVL_MAK edition",
    "Office 15, RETAIL(MAK) channel",
    "12345",
)
SUBSCRIPTION = Sku(
    "742178ed-6b28-42dd-b3d7-b7c0ea78741b",
    "Office 16, Office16O365ProPlusR_Subscription1 edition",
    "Office 16, TIMEBASED_SUB channel",
    "SUB16",
)
RETAIL = Sku(
    "de52bd50-9564-4adc-8fcb-a345c17f84f9",
    "Office 16, Office16ProPlusR_Retail edition",
    "Office 16, RETAIL channel",
    "RET16",
)
PROPLUS_2010 = Sku(
    "6f327760-8c5c-417c-9b61-836a98287e0c",
    "Office 14, OfficeProPlus-KMS_Client edition",
    "Office 14, VOLUME_KMSCLIENT channel",
    "H3GVB",
)


def keyless(sku: Sku) -> str:
    """A block of /dstatusall for a licence without a key (transcript 30)."""
    return _lines(
        f"SKU ID: {sku.sku_id}",
        f"LICENSE NAME: {sku.name}",
        f"LICENSE DESCRIPTION: {sku.description}",
        "LICENSE STATUS:  ---UNLICENSED--- ",
        "ERROR CODE: 0xC004F014",
        "ERROR DESCRIPTION: No product key is present.",
        SEPARATOR,
    )


def keyed(
    sku: Sku,
    state: str = "LICENSED",
    *,
    reason: str | None = None,
    grace: int | None = None,
    activation_type: str | None = "ALL",
    host: str | None = None,
    domain: str | None = None,
    caching: bool = True,
    ad: bool = False,
    silent: bool = False,
    last_five: str | None = None,
) -> str:
    """A block of /dstatus. ``host`` with its port, as the script prints it; ``silent``: listed after an AD block."""
    lines = [
        f"SKU ID: {sku.sku_id}",
        f"LICENSE NAME: {sku.name}",
        f"LICENSE DESCRIPTION: {sku.description}",
        f"LICENSE STATUS:  ---{state}--- ",
    ]
    if reason:
        lines += [f"ERROR CODE: {reason}", "ERROR DESCRIPTION: Words of the host, perhaps in its own language."]
    if grace is not None:
        lines.append(f"REMAINING GRACE: {grace // 1440} days  ({grace} minute(s) before expiring)")
    lines.append(f"Last 5 characters of installed product key: {last_five or sku.last_five}")
    if "KMS" in sku.description:
        lines += _kms_lines(activation_type, host, domain, caching, ad, silent)
    return _lines(*lines, SEPARATOR)


def _kms_lines(
    activation_type: str | None, host: str | None, domain: str | None, caching: bool, ad: bool, silent: bool
) -> list[str]:
    lines = [f"Activation Type Configuration: {activation_type}"] if activation_type else []
    if ad:
        return [
            *lines,
            "Most recent successful activation client information: AD",
            "\tActivation Object name: Office AO",
            "\tAO DN: CN=Office AO,CN=Activation Objects,CN=Microsoft SPP",
            "\tAO extended PID: 55041-00206-000-000001-03-1033-9600.0000-0012016",
            "\tAO activation ID: 98ebfe73-2084-4c97-932c-c0cd1643bea7",
        ]
    if silent:
        return lines
    lines.append("\tDNS auto-discovery: KMS name not available")
    if host:
        lines.append(f"\tKMS machine registry override defined: {host}")
    lines += ["\tActivation Interval: 120 minutes", "\tRenewal Interval: 10080 minutes"]
    lines.append(f"\tKMS host caching: {'Enabled' if caching else 'Disabled'}")
    return [*lines, f"\tKMS Lookup Domain: {domain}"] if domain else lines


def listing(*blocks: str, no_keys: bool = False, stopped: bool = False) -> str:
    """A whole listing. ``stopped``: the script gave up at the next licence after an unknown reason code."""
    lines = [HEADER, SEPARATOR]
    text = _lines(*lines) + "".join(blocks)
    if no_keys or (not blocks and not stopped):
        text += _lines("<No installed product keys detected>", SEPARATOR)
    if stopped:
        text += _lines(STOPPED)
    return text + _lines(SEPARATOR, EXITING)


def registry_key(key: str, **values: str | int) -> str:
    """A key as reg.exe prints it: numbers are REG_DWORD, text is REG_SZ."""
    lines = ["", key]
    for name, value in values.items():
        lines.append(
            f"    {name}    REG_DWORD    {value:#x}" if isinstance(value, int) else f"    {name}    REG_SZ    {value}"
        )
    return _lines(*lines, "")


def registered(sku: Sku, host: str | None = None, port: str | None = None, home: str = SPP) -> str:
    """What /sethst and /setprt leave in the registry for one licence."""
    values = {"KeyManagementServiceName": host, "KeyManagementServicePort": port}
    return registry_key(rf"{home}\{OFFICE}\{sku.sku_id}", **{name: value for name, value in values.items() if value})


def output(
    text: str | None = None,
    *,
    os_version: str = WINDOWS_10,
    script: str | None = SCRIPT_2016,
    elevated: bool = True,
    vbscript: bool = True,
    registry: str = "",
    services: dict[str, int] | None = None,
    applications: tuple[str, ...] = (),
    extras: dict[str, str] | None = None,
    office_2010: str | None = None,
    folder: bool = True,
    steps: tuple[str, ...] = (),
    end: bool = True,
) -> str:
    """What a host answers to the line that reads everything; ``steps``: the output of changes before it."""
    parts = [f"@step {number}\r\n{step}" for number, step in enumerate(steps, start=1)]
    parts.append(f"@os\r\n\r\nMicrosoft Windows [Version {os_version}]\r\n@elevated\r\n")
    if elevated:
        parts.append("\r\nHKEY_USERS\\S-1-5-19\r\n    (Standard)    REG_SZ    \r\n\r\n")
    parts += ["@vbscript\r\n"] if vbscript else []
    if script is None:
        parts.append("@none\r\n")
    else:
        parts.append(f'@ospp "{script}"\r\n{listing() if text is None else text}')
        parts += [f"@{name}\r\n{extra}" for name, extra in (extras or {}).items()]
    parts += [f'@ospp "{SCRIPT_2010}"\r\n{office_2010}'] if office_2010 else []
    parts += ["@folder\r\n"] if folder else []
    parts += [f"@application {name}\r\n" for name in applications]
    started = {"sppsvc": 2, "osppsvc": 3} if services is None else services
    parts.append("@registry\r\n" + registry)
    parts += [registry_key(rf"{SERVICES}\{name}", Start=start) for name, start in started.items()]
    return "".join(parts) + ("@end\r\n" if end else "")


def reading(
    *blocks: str, all_licences: tuple[str, ...] | None = None, stopped: bool = False, **of_the_host: object
) -> Reading:
    """A host that lists these blocks, as the collection reads it. ``all_licences``: blocks of /dstatusall."""
    extras = None if all_licences is None else {"all": listing(*all_licences, no_keys=not blocks)}
    return read_output(output(listing(*blocks, stopped=stopped), extras=extras, **of_the_host))  # type: ignore[arg-type]


def _lines(*lines: str) -> str:
    return "".join(f"{line}\r\n" for line in lines)
