# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients of a KMS host will experience, in lines for a job log; and what stands in the way of making one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_plan import NO_HOST_LICENCE

NOT_ACTIVATED = "The host is not activated: it answers no client."


def summary_lines(
    result: Mapping[str, Any],
    discovery: Mapping[str, Any] | None = None,
    name: str | None = None,
    remote_calls: int | None = None,
    installed: bool = False,
) -> list[str]:
    """Lines from the results of C(kms_host) and C(kms_discovery_info); the second may be empty.

    ``name``: the full name of the host, by which its own records are known. ``remote_calls``: how many were made, not
    counting those that brought licence packs or files, which there were when ``installed``.
    """
    records = (discovery or {}).get("records") or []
    served = [_product_line(licence) for licence in result["status"]["licences"] if licence["service"] is not None]
    lines = served or [NOT_ACTIVATED]
    lines += [
        f"{record['domain']}: clients try {record['target']} port {record['port']}"
        f" (priority {record['priority']}, weight {record['weight']}){_answer(record)}"
        for record in records
    ]
    lines += _other_ports(records, name, result["status"]["settings"]["port"])
    lines += [f"{item['domain']}: {item['cause']} {item['remedy']}" for item in (discovery or {}).get("problems") or []]
    if remote_calls is not None:
        beside = ", beside those for licence packs and files" if installed else ""
        lines.append(f"Remote calls of this run: {remote_calls}{beside}.")
    return lines


def obstacles(result: Mapping[str, Any], installable: Iterable[str]) -> list[str]:
    """Why C(kms_host) failed or would fail, but for host licences that are missing and can be installed.

    ``installable``: the products, in words, that a pack or licence file is given for.
    """
    if not result.get("failed"):
        return []
    curable = set(installable)
    failures = result.get("failures") or [{"product": None, "cause": str(result.get("msg", ""))}]
    left = [one for one in failures if one["product"] not in curable or one["cause"] != NO_HOST_LICENCE.cause]
    return [f"{one['product']}: {one['cause']}" if one["product"] else one["cause"] for one in left]


def _product_line(licence: Mapping[str, Any]) -> str:
    count, required = licence["service"]["current_count"] or 0, licence["required_count"]
    missing, product = required - count, licence["product"]
    if product == "Windows":
        return f"Windows: {count} computers counted; servers are activated from 5 on, clients from {required} on."
    if missing > 0:
        more = f"{missing} more computers must ask" if missing > 1 else "1 more computer must ask"
        return f"{product}: {count} of {required} computers counted; {more} before clients are activated."
    return f"{product}: {count} computers counted; clients are activated when they ask."


def _other_ports(records: Iterable[Mapping[str, Any]], name: str | None, port: int) -> list[str]:
    """A host that publishes itself leaves its old record behind when its port moves."""
    own = name.lower().rstrip(".") if name else None
    return [
        f"{record['domain']}: the record of this host with port {record['port']} is stale, it listens on {port}."
        " Remove the record in DNS."
        for record in records
        if record["target"] == own and record["port"] != port
    ]


def _answer(record: Mapping[str, Any]) -> str:
    return {True: ", which answers", False: ", which does not answer", None: ""}[record.get("answers")]
