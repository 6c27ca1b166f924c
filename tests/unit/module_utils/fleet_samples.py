# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts as the store gives them, for tests of reports. Times count from NOW in days: in(10), ago(3)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    Attempt,
    FleetHost,
    FleetProduct,
    ProductRecord,
)

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=timezone.utc)
GVLK_FIVE = "6F7TH"

HOSTILE = (
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "'=1+1",
    "''@SUM(A1)",
    "+1-2",
    "-3",
    "\t=1",
    "\r\n=1",
    "Robert'); DROP TABLE host;--",
    "\x1b[31mred\x1b[0m\x07",
    "a|b\nc `d` [e](http://evil.example) **f**",
    'quote " comma , semicolon ; backslash \\ end\\',
    "\\u001b and \\u005c",
    "rtl \u202e override \u2028 line \x00 nul \ud800 half",
    "emoji \U0001f600 \u200d ümlaut \u00a0",
)


def in_days(days: float) -> datetime:
    """A time that many days from now."""
    return NOW + timedelta(days=days)


def ago(days: float) -> datetime:
    """A time that many days before now."""
    return NOW - timedelta(days=days)


def record(**values: Any) -> ProductRecord:
    """A KMS client that was licensed 3 days ago."""
    usual = {
        "sku_id": "fbdb3e18-a8ef-4fb3-9183-dffd60bd0984",
        "product": "Office 2021 proplus",
        "name": "Office 21, Office21ProPlus2021VL_KMS_Client_AE edition",
        "family": "proplus",
        "office": 2021,
        "channel": "kms_client",
        "state": "licensed",
        "last_five": GVLK_FIVE,
        "kms_host": "kms01.corp.example",
        "kms_port": 1688,
    }
    values = {**usual, **values}
    if values["channel"] != "kms_client":
        values = {**values, "kms_host": None, "kms_port": None}
    elif values["state"] == "licensed":
        values = {"expires": in_days(177), **values}
    return ProductRecord(**values)


def product(
    since: datetime | None = None,
    attempt: Attempt | None = None,
    attempted_at: datetime | None = None,
    activated_by: str | None = None,
    **values: Any,
) -> FleetProduct:
    """A product of the store; ``values`` are those of its record."""
    return FleetProduct(record(**values), since or ago(100), attempt, attempted_at, activated_by)


def mak(last_five: str = "MAKAA", activated_by: str | None = "online", **values: Any) -> FleetProduct:
    """A product with a MAK, licensed unless said otherwise."""
    return product(activated_by=activated_by, channel="mak", last_five=last_five, **values)


def attempt(result: str = "failed", **values: Any) -> Attempt:
    """An activation that was sent."""
    usual = {"product": "Office 2021 proplus", "sku_id": None, "method": "online", "channel": "kms_client"}
    return Attempt(**{**usual, "last_five": GVLK_FIVE, "result": result, **values})


def host(name: str = "pc01", *products: FleetProduct, read: datetime | None = NOW, **values: Any) -> FleetHost:
    """A host that was read now and has these products."""
    usual = {"groups": ("desktops",), "first_seen": ago(200), "tried_at": read or NOW, "read_at": read}
    return FleetHost(name, **{**usual, "products": products, **values})
