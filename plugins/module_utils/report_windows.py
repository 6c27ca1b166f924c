# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a report tells of Windows itself: a table and a figure of its own, counted apart from Office."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    FleetHost,
    FleetProduct,
    HostProblem,
    ProductRecord,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_causes import READ_THE_LOG, Explanation
from ansible_collections.officefleet.activation.plugins.module_utils.report_rules import (
    STATE_WORDS,
    authority_of,
    days_left,
    host_and_port,
    is_licensed,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import (
    BAD,
    GOOD,
    Cell,
    Column,
    Figure,
    Table,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_tables import Row
from ansible_collections.officefleet.activation.plugins.module_utils.status import State
from ansible_collections.officefleet.activation.plugins.module_utils.windows_editions import edition_of
from ansible_collections.officefleet.activation.plugins.module_utils.windows_errors import explain_on_windows

_COLUMNS = (
    Column("host", "Host"),
    Column("edition", "Edition", choices=True),
    Column("version", "Version", choices=True),
    Column("state", "State", choices=True),
    Column("channel", "Channel", choices=True),
    Column("key", "Key (last five)"),
    Column("activated_by", "Activated by", choices=True),
    Column("kms_host", "KMS host", choices=True),
    Column("expires", "Runs out (UTC)", "date"),
    Column("days_left", "Days left", "number"),
    Column("code", "Code", choices=True),
    Column("cause", "Cause", long=True),
    Column("remedy", "What to do", long=True),
    Column("since", "In this state since (UTC)", "date"),
    Column("read_at", "Last read (UTC)", "date"),
)
_REMEDY = [column.key for column in _COLUMNS].index("remedy")
_ACTIVATE = "Activate it with windows_activation or the windows playbook, which tells the cause if that fails."
_OF_STATE = {
    State.UNLICENSED.value: "Windows is not activated.",
    State.OOB_GRACE.value: "Windows was installed, but not activated yet.",
    State.OOT_GRACE.value: "The activation was not renewed in time or the hardware changed.",
    State.NON_GENUINE_GRACE.value: "Windows did not pass the genuine check.",
    State.NOTIFICATION.value: "The grace period is over, and users are told so.",
    State.EXTENDED_GRACE.value: "Windows runs in an extended grace period.",
}


def explain_windows(host: FleetHost, product: FleetProduct) -> Explanation | None:
    """Why Windows is not licensed: what stopped the last task, else its last activation, else the reason that the
    licensing service gives, else what the state means. None where it is licensed and nothing stopped."""
    if host.windows_problem is not None:
        return _of_problem(host.windows_problem)
    if is_licensed(product.record):
        return None
    attempt, at = product.last_attempt, product.attempted_at
    if attempt is not None and attempt.result != "licensed" and at is not None and at >= product.since:
        cause = attempt.cause or "The last activation failed without a code."
        return Explanation(cause, attempt.remedy or READ_THE_LOG, attempt.code)
    try:
        entry = explain_on_windows(product.record.reason or "")
    except ValueError:
        return Explanation(_OF_STATE.get(product.record.state, "The state of the licence is not known."), _ACTIVATE)
    return Explanation(entry.cause, entry.remedy, product.record.reason)


def windows_rows(host: FleetHost, now: datetime, time_text: Callable[[datetime | None], str | None]) -> Iterator[Row]:
    """A row for each licence of Windows, or one for what kept it from being read."""
    read_at = time_text(host.windows_read_at)
    for product in host.windows:
        record = product.record
        cells = (host.name, edition_of(record.name), host.os_version, *_facts(product, now, time_text))
        yield (*cells, *_told(explain_windows(host, product)), time_text(product.since), read_at)
    if host.windows_problem is not None and not host.windows:
        empty: list[Cell] = [None] * (len(_COLUMNS) - 8)
        why = _told(_of_problem(host.windows_problem))
        yield (host.name, None, host.os_version, *empty, *why, None, read_at)


def _facts(
    product: FleetProduct, now: datetime, time_text: Callable[[datetime | None], str | None]
) -> tuple[Cell, ...]:
    record = product.record
    return (
        STATE_WORDS.get(record.state, record.state),
        record.channel,
        record.last_five,
        authority_of(product).way if is_licensed(record) else None,
        _kms_host(record),
        time_text(record.expires),
        days_left(record.expires, now),
    )


def _kms_host(record: ProductRecord) -> str | None:
    return host_and_port(record.kms_host, record.kms_port) if record.kms_host else None


def _of_problem(problem: HostProblem) -> Explanation:
    return Explanation(problem.cause, problem.remedy or READ_THE_LOG, problem.code)


def _told(why: Explanation | None) -> tuple[Cell, Cell, Cell]:
    return (why.code, why.cause, why.remedy) if why else (None, None, None)


def windows_figure(licences: int, unlicensed: int) -> Figure:
    """How many Windows are not licensed, of those that were read."""
    return Figure("Windows not licensed", unlicensed, f"of {licences:,} read", BAD if unlicensed else GOOD)


def windows_table(rows: Sequence[Row]) -> Table:
    """The licences of Windows. It is a problem table where a row has a remedy."""
    return Table(
        "windows",
        "Windows",
        "The licence of Windows itself on each computer where it was read. It is counted in no other table or figure "
        "but its own; changes of it stand under Changes, its MAKs under MAK usage.",
        "No licence of Windows was recorded.",
        _COLUMNS,
        tuple(rows),
        problem=any(row[_REMEDY] for row in rows),
    )
