# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many hosts in a few lines: grouped by cause, not by name; and one row per product for a status table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import OFFICE, WINDOWS
from ansible_collections.officefleet.activation.plugins.module_utils.host_verdict import (
    UNREACHABLE,
    HostClass,
    Reason,
    Verdict,
    judge,
)
from ansible_collections.officefleet.activation.plugins.module_utils.products import product_of
from ansible_collections.officefleet.activation.plugins.module_utils.windows_editions import WINDOWS_LABEL

_NAMES_SHOWN = 10
_COLUMNS = ("host", "product", "state", "channel", "key", "days_left", "kms_host", "reason")


@dataclass(frozen=True)
class Group:
    """Hosts of one class for one reason."""

    kind: HostClass
    reason: Reason
    hosts: tuple[str, ...]

    @property
    def lines(self) -> list[str]:
        """Class, number, cause and remedy; below them names, of which only the first are shown."""
        code = f" ({self.reason.code})" if self.reason.code else ""
        what = f"{self.kind.value.upper()} {len(self.hosts)}: {self.reason.cause}{code} -> {self.reason.remedy}"
        more = len(self.hosts) - _NAMES_SHOWN
        names = ", ".join(sorted(self.hosts)[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
        return [_one_line(what), f"    {_one_line(names)}"]


def summary_lines(results: Mapping[str, Mapping[str, Any] | None]) -> list[str]:
    """Lines for a job log from the results of C(ospp_client), by host; None for a host without a result.

    A host counts once, by the worst of its products; groups come largest first.
    """
    verdicts = {host: judge(result) for host, result in results.items()}
    return [headline(verdicts), *(line for group in groups(verdicts) for line in group.lines)]


def counts(verdicts: Mapping[str, Verdict]) -> dict[HostClass, int]:
    """How many hosts are in each class that has any, in the order of the classes."""
    found = Counter(verdict.kind for verdict in verdicts.values())
    return {kind: found[kind] for kind in HostClass if found[kind]}


def headline(verdicts: Mapping[str, Verdict]) -> str:
    """All hosts in one line."""
    numbers = ", ".join(f"{number} {kind.value}" for kind, number in counts(verdicts).items())
    return f"{len(verdicts)} hosts: {numbers or 'none'}"


def groups(verdicts: Mapping[str, Verdict]) -> list[Group]:
    """The hosts grouped by class and reason, largest group first. A host with two reasons is in two groups."""
    found: dict[tuple[HostClass, Reason], list[str]] = {}
    for host, verdict in verdicts.items():
        for reason in verdict.reasons:
            found.setdefault((verdict.kind, reason), []).append(host)
    made = [Group(kind, reason, tuple(hosts)) for (kind, reason), hosts in found.items()]
    return sorted(made, key=lambda group: (-len(group.hosts), group.kind.value, group.reason.cause))


def status_rows(
    results: Mapping[str, Mapping[str, Any] | None], of_windows: Mapping[str, Mapping[str, Any] | None] | None = None
) -> list[dict[str, Any]]:
    """A row for each keyed product of each host, and one for each host without any: the form of JSON and CSV.

    ``of_windows``: results of Windows itself, whose rows stand below those of Office of the same host. A host without
    such a result, or that was not asked, has no row of Windows. C(days_left) counts whole days to the end of an
    activation or grace, null where nothing ends.
    """
    rows = []
    for host, result in results.items():
        rows += _rows_of_host({"host": host, "application": OFFICE}, result)
        windows = (of_windows or {}).get(host)
        if windows is not None and not windows.get("skipped"):
            rows += _rows_of_host({"host": host, "application": WINDOWS, "product": WINDOWS_LABEL}, windows)
    return rows


def _rows_of_host(told: dict[str, Any], result: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """``told``: what is known of the rows before anything is read."""
    empty = {**dict.fromkeys((*_COLUMNS, "sku_id")), **told}
    if result is None or result.get("unreachable"):
        return [{**empty, "state": "unreachable", "reason": UNREACHABLE}]
    if "status" not in result:
        failures = result.get("failures") or [{"cause": str(result.get("msg", "")), "code": None}]
        reason = " ".join(filter(None, [failures[0]["cause"], failures[0]["code"]]))
        return [{**empty, "state": "no status", "reason": reason}]
    keyed = [licence for licence in result["status"]["licences"] if licence["partial_product_key"]]
    if not keyed:
        reason = "Windows has no key." if told["application"] == WINDOWS else "No Office product has a key."
        return [{**empty, "state": "no key", "reason": reason}]
    return [_row(told, licence) for licence in keyed]


def _product(told: Mapping[str, Any], licence: Mapping[str, Any]) -> str:
    if told["application"] == WINDOWS:
        return f"{WINDOWS_LABEL} {licence['edition'] or ''}".rstrip()
    product = product_of(licence["name"])
    return product.label if product else str(licence["name"]).removesuffix(" edition")


def _row(told: Mapping[str, Any], licence: Mapping[str, Any]) -> dict[str, Any]:
    kms = licence["kms"] or {}
    minutes = licence["grace_minutes"]
    return {
        **told,
        "product": _product(told, licence),
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


def _one_line(text: str) -> str:
    """Text from a host, such as the message of a failed task, as one line of a log."""
    return _text(" ".join(text.split()))


def _text(value: Any) -> str:
    """A cell: no control characters, so that text from a host can't play tricks on a terminal."""
    return "" if value is None else "".join(char if char.isprintable() else "?" for char in str(value))
