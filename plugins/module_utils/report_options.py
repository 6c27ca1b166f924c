# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of a report, from task options whose types Ansible has checked already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.report_limits import Limits, read_limits
from ansible_collections.officefleet.activation.plugins.module_utils.report_rules import ACTIVATION_DAYS, ReportRules

FORMATS = ("html", "csv", "json", "markdown")
DEFAULT_FORMATS = ("html", "csv", "json")
_MOST_STALE_DAYS = 3650


@dataclass(frozen=True)
class ReportOptions:
    """``formats``: what is written into the folder. ``since``: from when on changes are shown, None: they are not."""

    formats: tuple[str, ...]
    rules: ReportRules
    limits: Limits
    since: datetime | None


def read_report_options(options: Mapping[str, Any], now: datetime) -> ReportOptions:
    """The options of C(activation_report). Raises InputError."""
    if options["formats"] and not options["folder"]:
        raise InputError("folder", "is needed for the files of formats; formats: [] writes none")
    most = {"grace_days": ACTIVATION_DAYS, "renewal_days": ACTIVATION_DAYS, "stale_days": _MOST_STALE_DAYS}
    for name, days in most.items():
        if not 1 <= options[name] <= days:
            raise InputError(name, f"a number of days from 1 to {days} is needed")
    return ReportOptions(
        formats=tuple(dict.fromkeys(options["formats"])),
        rules=ReportRules(**{name: options[name] for name in most}),
        limits=read_limits(options["limits"] or {}),
        since=_since(options["since"], now),
    )


def _since(text: str | None, now: datetime) -> datetime | None:
    """A date is its first moment in UTC, and so is a time without a zone."""
    if not text:
        return None
    try:
        since = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        raise InputError("since", "a date such as 2026-11-01 or a time such as 2026-11-01T08:00Z is needed") from None
    since = since if since.tzinfo else since.replace(tzinfo=timezone.utc)
    if since > now:
        raise InputError("since", "lies in the future; the date from which on changes are shown is needed")
    return since
