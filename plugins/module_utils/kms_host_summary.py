# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What clients of a KMS host will experience, in lines for a job log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def summary_lines(result: Mapping[str, Any], discovery: Mapping[str, Any]) -> list[str]:
    """Lines from the results of C(kms_host) and C(kms_discovery_info); the second may be empty."""
    served = [_product_line(licence) for licence in result["status"]["licences"] if licence["service"] is not None]
    lines = served or ["The host is not activated: it answers no client."]
    lines += [
        f"{record['domain']}: clients try {record['target']} port {record['port']}"
        f" (priority {record['priority']}, weight {record['weight']}){_answer(record)}"
        for record in discovery.get("records") or []
    ]
    lines += [f"{item['domain']}: {item['cause']} {item['remedy']}" for item in discovery.get("problems") or []]
    return lines


def _product_line(licence: Mapping[str, Any]) -> str:
    count, required = licence["service"]["current_count"] or 0, licence["required_count"]
    missing = required - count
    name = licence["name"].removesuffix(" edition")
    if missing > 0:
        more = f"{missing} more computers must ask" if missing > 1 else "1 more computer must ask"
        return f"{name}: {count} of {required} computers counted; {more} before clients are activated."
    return f"{name}: {count} computers counted; clients are activated when they ask."


def _answer(record: Mapping[str, Any]) -> str:
    return {True: ", which answers", False: ", which does not answer"}.get(record.get("answers"), "")
