# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables of the fleet report: their columns and what each of them shows. Rows come from fleet_tally.py."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ansible_collections.officefleet.activation.plugins.module_utils.report_rules import ACTIVATION_DAYS, ReportRules
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import Cell, Column, Table

Row = tuple[Cell, ...]

_HOST = Column("host", "Host")
_PRODUCT = Column("product", "Product", choices=True)
_STATE = Column("state", "State", choices=True)
_KEY = Column("key", "Key (last five)")
_CODE = Column("code", "Code", choices=True)
_CAUSE = Column("cause", "Cause", long=True)
_REMEDY = Column("remedy", "What to do", long=True)
_SINCE = Column("since", "In this state since (UTC)", "date")
_READ = Column("read_at", "Last read (UTC)", "date")
_EXPIRES = Column("expires", "Runs out (UTC)", "date")
_DAYS = Column("days_left", "Days left", "number")
_PRODUCTS = Column("products", "Products", "number")
_COMPUTERS = Column("computers", "Computers", "number")

UNLICENSED = (_HOST, _PRODUCT, _STATE, _SINCE, _KEY, _CODE, _CAUSE, _REMEDY, _READ)
AT_RISK = (
    _HOST,
    _PRODUCT,
    Column("risk", "At risk because", choices=True),
    _DAYS,
    _EXPIRES,
    _KEY,
    _CODE,
    _CAUSE,
    _REMEDY,
    _READ,
)
NO_STATUS = (
    _HOST,
    Column("what", "What is wrong", choices=True),
    _CODE,
    _CAUSE,
    _REMEDY,
    _READ,
    Column("tried_at", "Last tried (UTC)", "date"),
)
MAK_USAGE = (
    _KEY,
    Column("application", "Application", choices=True),
    _COMPUTERS,
    Column("licensed", "Licensed by it", "number"),
    Column("spent", "Activations spent", "number"),
    Column("reserved", "Reserved", "number"),
    Column("budget", "Budget", "number"),
    Column("left", "Left", "number"),
    _REMEDY,
)
DUPLICATE_CMID = (Column("cmid", "CMID"), _COMPUTERS, _HOST, _REMEDY, _READ)
BY_AUTHORITY = (
    Column("way", "Activated by", choices=True),
    Column("name", "Name"),
    _PRODUCTS,
    _COMPUTERS,
    Column("percent", "Share in percent", "number"),
)
KMS_HOSTS = (
    _HOST,
    _PRODUCT,
    _STATE,
    _KEY,
    Column("counted", "Computers counted", "number"),
    Column("needed", "Needed", "number"),
    _CODE,
    _CAUSE,
    _REMEDY,
    _READ,
)
CHANGES = (
    _HOST,
    _PRODUCT,
    Column("before", "Before", choices=True),
    Column("after", "Now", choices=True),
    Column("at", "Changed (UTC)", "date"),
)
PRODUCTS = (
    _HOST,
    Column("groups", "Groups"),
    _PRODUCT,
    _STATE,
    Column("channel", "Channel", choices=True),
    _KEY,
    Column("activated_by", "Activated by", choices=True),
    Column("authority", "KMS host, AD object or MAK"),
    _EXPIRES,
    _DAYS,
    _CODE,
    _SINCE,
    _READ,
)
RUNS = (
    Column("started", "Started (UTC)", "date"),
    Column("job", "AWX job"),
    Column("hosts", "Hosts with their latest record", "number"),
    Column("activations", "Activations sent", "number"),
    Column("collection", "Collection"),
    Column("ansible", "ansible-core"),
)


def problem_tables(
    unlicensed: Sequence[Row], at_risk: Sequence[Row], need_person: Sequence[Row], rules: ReportRules
) -> list[Table]:
    """The three tables whose every row wants somebody to act."""
    return [
        Table(
            "unlicensed",
            "Unlicensed products",
            "Products of volume clients that were not licensed when they were read last. Some of them are in a grace "
            "period and stand under At risk, too. Microsoft 365 subscriptions are not counted.",
            "Every product is licensed.",
            UNLICENSED,
            tuple(unlicensed),
            problem=True,
        ),
        Table(
            "at_risk",
            "At risk products",
            "Products that users can work with, but that need attention in time, the most urgent first: notification, "
            f"grace that ends in less than {rules.grace_days} days, out-of-tolerance grace, and activations by KMS or "
            f"Active Directory (they last {ACTIVATION_DAYS} days) not renewed for {rules.renewal_days} days.",
            "No product is at risk.",
            AT_RISK,
            tuple(at_risk),
            problem=True,
        ),
        Table(
            "need_person",
            "Hosts that need a person",
            "Hosts that could not be reached, read or changed when they were tried last, that were not read for "
            f"{rules.stale_days} days, or on which no Office product has a key.",
            "Every host was reached, read and changed as intended.",
            NO_STATUS,
            tuple(need_person),
            problem=True,
        ),
    ]


def mak_usage_table(rows: Sequence[Row]) -> Table:
    """MAK usage. It is a problem table where a row has a remedy."""
    return Table(
        "mak_usage",
        "MAK usage",
        "Computers that have the key, and the activations that this collection has recorded for it. Others may have "
        "been spent elsewhere. Reserved: under way, or of a run that broke off. Keys with the same last five "
        "characters share their computers here. MAKs of Windows itself have rows of their own, and no budget.",
        "No MAK is installed or was used.",
        MAK_USAGE,
        tuple(rows),
        problem=_has_remedy(rows, MAK_USAGE),
    )


def duplicate_cmid_table(rows: Sequence[Row]) -> Table:
    """Duplicate CMID, a row for each computer."""
    return Table(
        "duplicate_cmid",
        "Duplicate CMID",
        "Computers that share a client machine ID with others, mostly clones of one image: a KMS host counts them as "
        "one. Only hosts whose CMID was read are compared.",
        "No two computers share a CMID.",
        DUPLICATE_CMID,
        tuple(rows),
        problem=True,
    )


def by_authority_table(rows: Sequence[Row]) -> Table:
    """Volume activation by authority."""
    return Table(
        "by_authority",
        "Volume activation by authority",
        "Licensed products by who activated them. A MAK counts as not recorded where it was activated before, or "
        "without, this collection's store.",
        "No product is licensed.",
        BY_AUTHORITY,
        tuple(rows),
    )


def kms_hosts_table(rows: Sequence[Row]) -> Table:
    """The KMS hosts' own licences. It is a problem table where a row has a remedy."""
    return Table(
        "kms_hosts",
        "KMS hosts",
        "The KMS host licences and how many computers each has counted when it was read last. Clients are activated "
        "from 5 on, Windows clients from 25 on.",
        "No KMS host was recorded.",
        KMS_HOSTS,
        tuple(rows),
        problem=_has_remedy(rows, KMS_HOSTS),
    )


def changes_table(rows: Iterable[Row], since: str) -> Table:
    """What is different from an earlier time, which is given as text."""
    return Table(
        "changes",
        "Changes",
        f"What is different from {since}, the latest first.",
        f"Nothing has changed since {since}.",
        CHANGES,
        tuple(rows),
    )


def products_table(rows: Sequence[Row]) -> Table:
    """The inventory."""
    return Table(
        "products",
        "All products",
        "Every licence with a key on every host, those of KMS hosts and Microsoft 365 subscriptions too.",
        "No product was recorded.",
        PRODUCTS,
        tuple(rows),
    )


def runs_table(rows: Iterable[Row]) -> Table:
    """The latest runs of ansible-playbook that recorded something."""
    return Table("runs", "Runs", "The latest runs that recorded something.", "No run was recorded.", RUNS, tuple(rows))


def _has_remedy(rows: Sequence[Row], columns: tuple[Column, ...]) -> bool:
    place = columns.index(_REMEDY)
    return any(row[place] for row in rows)
