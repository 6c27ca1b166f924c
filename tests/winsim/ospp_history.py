# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ospp.vbs /dhistorykms, /dhistoryacterr and the event log part of /dcmid (ospp.md, section 4)."""

from __future__ import annotations

from .licensing import Record
from .ospp_text import Page

KMS_EVENT = "12288"
FAILURE_EVENT = "8200"


def kms_history(page: Page) -> None:
    """Events of KMS requests that needed a count of 5: Office and Windows Server clients."""
    name = page.machine.computer_name
    events = [e for e in page.machine.events if e["EventCode"] == KMS_EVENT and e["Message"].endswith(" 5")]
    page.say(f"Searching for KMS activation events on machine: {name}", f"Event ID: {KMS_EVENT}", "\r")
    for event in events:
        code, flags, host = _kms_fields(event)[:3]
        page.say(f"Coordinated Universal Time Written: {page.date(event['TimeWritten'])}")
        page.say(f"ERROR/HOST: {code}, {flags}, {host.rpartition(':')[0] or host}")
        _describe(page, int(code, 16), with_notice=True)
    if not events:
        page.separate()
        page.say(f"No KMS activation events found on machine: {name}")
        page.separate()


def failure_history(page: Page) -> None:
    """Events of failed activations over the Internet."""
    name = page.machine.computer_name
    events = [e for e in page.machine.events if e["EventCode"] == FAILURE_EVENT]
    page.say(f"Searching for Internet activation failure events on machine: {name}")
    page.say(f"Event ID: {FAILURE_EVENT}", "\r")
    for event in events:
        page.say(f"Coordinated Universal Time Written: {page.date(event['TimeWritten'])}")
        page.say(f"MESSAGE: {event['Message'].replace(chr(13), '').replace(chr(10), '')}")
        _describe(page, int(event["Message"].rpartition("0x")[2], 16), with_notice=False)
    if not events:
        page.separate()
        page.say(f"No failure events found on machine: {name}")
        page.separate()


def client_machine_id_from_events(page: Page, sku_ids: set[str]) -> str:
    """The CMID in the latest KMS event that names one of the SKU IDs; empty where there is none."""
    for event in page.machine.events:
        if event["EventCode"] == KMS_EVENT:
            fields = _kms_fields(event)
            if sku_ids.intersection(field.lower() for field in fields):
                return fields[3]
    return ""


def _kms_fields(event: Record) -> list[str]:
    return event["Message"].rpartition("\n")[2].split(", ")


def _describe(page: Page, code: int, with_notice: bool) -> None:
    if code:
        page.say(f"ERROR DESCRIPTION: {page.description(code)}")
        if with_notice:
            page.kb_notice(f"{code:X}")
    else:
        page.say("ERROR DESCRIPTION: N/A")
    page.separate()
