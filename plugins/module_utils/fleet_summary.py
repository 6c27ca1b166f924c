# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many hosts in a few lines: grouped by cause, not by name; and one row per product for a status table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.products import product_of

UNREACHABLE = "The host could not be reached or stopped before it gave a result."
_CHECK_CONNECTION = "Check that it is switched on, its WinRM port and the account."
_NAMES_SHOWN = 10
_COLUMNS = ("host", "product", "state", "channel", "key", "days_left", "kms_host", "reason")


def summary_lines(results: Mapping[str, Mapping[str, Any] | None]) -> list[str]:
    """Lines for a job log from the results of C(ospp_client), by host; None for a host without a result.

    A host counts once, by the worst of its products; groups come largest first.
    """
    groups: dict[tuple[str, str, str | None, str], list[str]] = {}
    counts = {"licensed": 0, "pending": 0, "failed": 0, "unreachable": 0, "nothing to do": 0}
    for host, result in results.items():
        kind, reasons = _judge(result)
        counts[kind] += 1
        for reason in reasons:
            groups.setdefault((kind, *reason), []).append(host)
    numbers = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    lines = [f"{len(results)} hosts: {numbers or 'none'}"]
    for (kind, cause, code, remedy), hosts in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0][1])):
        lines.append(f"{kind.upper()} {len(hosts)}: {cause}{f' ({code})' if code else ''} -> {remedy}")
        lines.append(f"    {_names(hosts)}")
    return lines


def _names(hosts: list[str]) -> str:
    more = len(hosts) - _NAMES_SHOWN
    return ", ".join(sorted(hosts)[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _judge(result: Mapping[str, Any] | None) -> tuple[str, list[tuple[str, str | None, str]]]:
    """The class of a host and the distinct reasons (cause, code, remedy) for it."""
    if result is None or result.get("unreachable"):
        return "unreachable", [(UNREACHABLE, None, _CHECK_CONNECTION)]
    failures = result.get("failures") or []
    if failures:
        return "failed", _distinct(failures)
    if result.get("failed"):
        return "failed", [(str(result.get("msg", "The task failed.")), None, "Read the message of the task above.")]
    outcomes = result.get("outcomes") or []
    pending = [outcome for outcome in outcomes if outcome["result"] == "pending"]
    if pending:
        return "pending", _distinct(pending)
    return "licensed" if any(item["result"] == "licensed" for item in outcomes) else "nothing to do", []


def _distinct(items: Iterable[Mapping[str, Any]]) -> list[tuple[str, str | None, str]]:
    return list(dict.fromkeys((item["cause"], item["code"], item["remedy"]) for item in items))


def status_rows(results: Mapping[str, Mapping[str, Any] | None]) -> list[dict[str, Any]]:
    """A row for each keyed product of each host, and one for each host without any: the form of JSON and CSV.

    C(days_left) counts whole days to the end of an activation or grace, null where nothing ends.
    """
    return [row for host, result in results.items() for row in _rows_of_host(host, result)]


def _rows_of_host(host: str, result: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    empty = dict.fromkeys((*_COLUMNS, "sku_id"))
    if result is None or result.get("unreachable"):
        return [{**empty, "host": host, "state": "unreachable", "reason": UNREACHABLE}]
    if "status" not in result:
        failures = result.get("failures") or [{"cause": str(result.get("msg", "")), "code": None}]
        reason = " ".join(filter(None, [failures[0]["cause"], failures[0]["code"]]))
        return [{**empty, "host": host, "state": "no status", "reason": reason}]
    keyed = [licence for licence in result["status"]["licences"] if licence["partial_product_key"]]
    if not keyed:
        return [{**empty, "host": host, "state": "no key", "reason": "No Office product has a key."}]
    return [_row(host, licence) for licence in keyed]


def _row(host: str, licence: Mapping[str, Any]) -> dict[str, Any]:
    kms = licence["kms"] or {}
    minutes = licence["grace_minutes"]
    product = product_of(licence["name"])
    return {
        "host": host,
        "product": product.label if product else licence["name"].removesuffix(" edition"),
        "state": licence["state"],
        "channel": licence["channel"],
        "key": licence["partial_product_key"],
        "days_left": None if minutes is None else minutes // 1440,
        "kms_host": kms.get("host") or kms.get("discovered_host"),
        "reason": licence["reason"],
        "sku_id": licence["sku_id"],
    }


def table_lines(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Rows as lines of a table with aligned columns; the reason, which may be long, stands last."""
    cells = [[_text(row.get(column)) for column in _COLUMNS] for row in rows]
    cells.insert(0, [column.replace("_", " ") for column in _COLUMNS])
    widths = [max(len(line[index]) for line in cells) for index in range(len(_COLUMNS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells]


def _text(value: Any) -> str:
    """A cell: no control characters, so that text from a host can't play tricks on a terminal."""
    return "" if value is None else "".join(char if char.isprintable() else "?" for char in str(value))
