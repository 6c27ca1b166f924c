# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fleet at a glance: figures, charts, notices and the tables people know from VAMT."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    Change,
    FleetHost,
    MakKey,
    RunSummary,
)
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_tally import (
    WEEKS,
    FleetTally,
    change_row,
    run_row,
    time_text,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_numbers import FleetNumbers
from ansible_collections.officefleet.activation.plugins.module_utils.report_rules import (
    STATE_WORDS,
    ReportRules,
    tone_of,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import (
    BAD,
    GOOD,
    PLAIN,
    WARN,
    Bar,
    Chart,
    Figure,
    Report,
    Table,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_tables import (
    by_authority_table,
    changes_table,
    duplicate_cmid_table,
    kms_hosts_table,
    mak_usage_table,
    problem_tables,
    products_table,
    runs_table,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_windows import (
    windows_figure,
    windows_table,
)

_MOST_AUTHORITIES = 12


def fleet_report(
    hosts: Iterable[FleetHost],
    mak_keys: list[MakKey],
    changes: Iterable[Change],
    runs: list[RunSummary],
    now: datetime,
    rules: ReportRules,
    since: datetime | None,
) -> tuple[Report, FleetNumbers]:
    """The report of a fleet and its numbers. ``hosts`` is gone through once; ``now`` and ``since`` have a time zone.

    ``changes`` are shown where ``since`` says from when they are.
    """
    tally = FleetTally(now, rules)
    for host in hosts:
        tally.add(host)
    numbers = tally.numbers(mak_keys)
    report = Report(
        key="fleet",
        title="Office activation report",
        subtitle=_subtitle(numbers),
        figures=_figures(numbers),
        charts=_charts(tally),
        tables=_tables(tally, mak_keys, changes, runs, since),
        notices=tuple(_notices(tally, numbers)),
    )
    return report, numbers


def _subtitle(numbers: FleetNumbers) -> str:
    newest = f", newest record of {for_people(numbers.newest_record)}" if numbers.newest_record else ""
    return f"{plural(numbers.hosts, 'host')} as of {for_people(numbers.as_of)}{newest}"


def for_people(at: datetime) -> str:
    """A time within a sentence."""
    return str(time_text(at)).replace("T", " ").replace("Z", " UTC")


def plural(number: int, noun: str) -> str:
    """A number with its noun: C(1 host), C(12,345 hosts)."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _figures(numbers: FleetNumbers) -> tuple[Figure, ...]:
    left = numbers.mak_left_total
    keys = plural(len(numbers.mak_left), "key")
    return (
        Figure("Hosts", numbers.hosts, f"with {plural(numbers.products, 'volume product')}"),
        Figure("Licensed hosts", numbers.licensed_hosts, "all their products are licensed", GOOD),
        Figure("Unlicensed products", numbers.unlicensed, "", BAD if numbers.unlicensed else GOOD),
        Figure(
            "Products at risk", numbers.at_risk, f"{numbers.at_risk_percent} percent", WARN if numbers.at_risk else GOOD
        ),
        Figure("Hosts that need a person", numbers.need_person, "", WARN if numbers.need_person else GOOD),
        Figure(
            "MAK activations left",
            "no budget" if left is None else left,
            "" if left is None else f"of {keys} with a budget",
            BAD if left == 0 else PLAIN,
        ),
        *([windows_figure(numbers.windows, numbers.windows_unlicensed)] if numbers.windows else []),
    )


def _charts(tally: FleetTally) -> tuple[Chart, ...]:
    by_state, by_office = Counter[str](), Counter[str]()
    for (state, office), count in tally.states.items():
        by_state[state] += count
        by_office[f"Office {office}" if office else "other"] += count
    authorities = tally.licensed_by.most_common(_MOST_AUTHORITIES)
    others = sum(tally.licensed_by.values()) - sum(count for _authority, count in authorities)
    bars = [Bar(f"{authority.way}: {authority.name}", count) for authority, count in authorities]
    if others:
        bars.append(Bar("all others", others))
    states = tuple(Bar(word, by_state[key], tone_of(key)) for key, word in STATE_WORDS.items() if by_state[key])
    return (
        Chart("Products by state", "products", states),
        Chart("Products by Office version", "products", tuple(Bar(*item) for item in sorted(by_office.items()))),
        Chart("Licensed products by authority", "products", tuple(bars)),
        Chart(f"Running out in the next {WEEKS} weeks", "products", _weeks(tally)),
    )


def _weeks(tally: FleetTally) -> tuple[Bar, ...]:
    over = (Bar("has run out", tally.running_out[-1], BAD),) if tally.running_out[-1] else ()
    weeks = (Bar(f"in week {week + 1} from now", tally.running_out[week], WARN) for week in range(WEEKS))
    return (*over, *weeks)


def _tables(
    tally: FleetTally,
    mak_keys: list[MakKey],
    changes: Iterable[Change],
    runs: list[RunSummary],
    since: datetime | None,
) -> tuple[Table, ...]:
    tables = problem_tables(tally.unlicensed, tally.at_risk(), tally.need_person, tally.rules)
    tables.append(mak_usage_table(tally.mak_usage(mak_keys)))
    tables.append(duplicate_cmid_table(tally.duplicate_cmids()))
    tables.append(by_authority_table(tally.by_authority()))
    tables.append(kms_hosts_table(tally.kms_hosts))
    if tally.windows:
        tables.append(windows_table(tally.windows))
    if since is not None:
        latest_first = sorted(changes, key=lambda change: change.at, reverse=True)
        tables.append(changes_table(map(change_row, latest_first), for_people(since)))
    tables.append(products_table(tally.products))
    tables.append(runs_table(map(run_row, runs)))
    return tuple(tables)


def _notices(tally: FleetTally, numbers: FleetNumbers) -> Iterable[str]:
    if numbers.newest_record is None:
        yield "The store holds no host yet. Read the fleet with the report playbook."
        return
    age = numbers.as_of - numbers.newest_record
    if age >= timedelta(days=1):
        days = plural(age.days, "day")
        yield f"The newest record is {days} old. Read the fleet with the report playbook to see it as it is."
    if tally.stale:
        days = plural(tally.rules.stale_days, "day")
        verb = "was" if tally.stale == 1 else "were"
        yield f"{plural(tally.stale, 'host')} {verb} not read for {days} or more: the tables show what was true then."
    if tally.never_read:
        verb = "was" if tally.never_read == 1 else "were"
        yield f"{plural(tally.never_read, 'host')} {verb} never read: nothing is known of their products."
