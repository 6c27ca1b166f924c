# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the store tells of a fleet of any size, whatever is written in it."""

from __future__ import annotations

import dataclasses
import re
import tracemalloc
from pathlib import Path

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import HostProblem, RunSummary
from ansible_collections.officefleet.activation.plugins.plugin_utils import _store_schema as schema
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_database import Database
from sqlalchemy import insert
from store.fleet import NEXT_RUN, RUN, START, attempt, host, later, mak, place, product, record

REPORTS = Path(__file__).parents[2] / "docs" / "reports.md"
HOSTILE = [
    "'; DROP TABLE host; --",
    '"pc"."host"',
    "%s %(name)s :name {name} ?",
    "back\\slash",
    "line\nbreak\ttab\r",
    "\x1b[31mred\x1b[0m",
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "Bühne 🖥️ 漢字 \u202eright-to-left",
    " ",
]


def fill(url: str, hosts: int) -> None:
    """Many hosts at once, the last name first."""
    names = [f"pc{number:05}" for number in reversed(range(hosts))]
    times = {"first_seen": START, "tried_at": START, "read_at": START}
    products = [dataclasses.asdict(product(name)) for name in ("proplus2021", "visio2021")]
    with Database(url).writing() as connection:
        schema.remember_run(connection, RUN)
        rows = [{"name": name, "groups": (), "complete": True, "run_id": RUN.run_id, **times} for name in names]
        connection.execute(insert(schema.HOST), rows)
        rows = [{"host": name, "since": START, **fields} for name in names for fields in products]
        connection.execute(insert(schema.PRODUCT), rows)


def test_two_thousand_hosts_come_in_order_and_need_no_more_memory_than_some_hundreds(url: str) -> None:
    fill(url, 2000)
    peaks = []
    tracemalloc.start()
    with Store(url) as store:
        for number, found in enumerate(store.hosts()):
            assert (found.name, len(found.products)) == (f"pc{number:05}", 2)
            if number in (600, 1999):
                peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2


def test_a_report_that_is_read_sees_one_moment(store: Store, url: str) -> None:
    fill(url, 300)
    hosts = store.hosts()
    next(hosts)
    store.record(record("pc00299x"), RUN)
    assert len(list(hosts)) == 299


def test_a_report_that_is_left_unread_lets_others_write(store: Store) -> None:
    store.record(record("pc1"), RUN)
    hosts = store.hosts()
    next(hosts)
    hosts.close()
    assert store.record(record("pc2"), RUN)


def test_runs_come_newest_first_with_what_they_did(store: Store) -> None:
    for name in ("pc1", "pc2"):
        store.record(record(name, attempts=(attempt(),)), RUN)
    store.record(record("pc2", minutes=1), NEXT_RUN)
    assert store.runs() == [RunSummary(NEXT_RUN, hosts=1, activations=0), RunSummary(RUN, hosts=1, activations=2)]


def test_no_more_runs_come_than_were_asked_for(store: Store) -> None:
    for run in (RUN, NEXT_RUN):
        store.record(record(), run)
    assert [summary.run for summary in store.runs(limit=1)] == [NEXT_RUN]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_comes_back_as_it_went_in(store: Store, text: str) -> None:
    written = dataclasses.replace(product(), **dict.fromkeys(("sku_id", "product", "name", "family", "reason"), text))
    sent = attempt(text, cause=text, remedy=text)
    problem = HostProblem("change", text, text, text)
    store.record(record(text, written, groups=(text,), cmid=text, problem=problem, attempts=(sent,)), RUN)
    found = host(store, text)
    assert (found.groups, found.cmid, found.problem) == ((text,), text, problem)
    assert (found.products[0].record, found.products[0].last_attempt) == (written, sent)


@pytest.mark.parametrize(("text", "kept"), [("a\0b", "ab"), ("a\udc80b", "a?b")], ids=["NUL", "half a character"])
def test_what_no_database_can_keep_is_left_out(store: Store, text: str, kept: str) -> None:
    problem = HostProblem("change", text)
    for expected in (True, False):
        new = record(text, product(text), attempts=(attempt(text),), problem=problem)
        assert store.record(new, RUN) is expected
    found = host(store, kept)
    assert (found.problem, found.products[0].record.product) == (HostProblem("change", kept), kept)


def test_a_place_can_be_asked_for_with_any_text(store: Store) -> None:
    assert [store.reserve(place(text, budget=99), RUN, later(0)) for text in HOSTILE] == [True] * len(HOSTILE)


def test_what_the_documentation_forgets_a_computer_by_leaves_what_its_mak_has_spent(store: Store, url: str) -> None:
    (block,) = re.findall(r"```sql\n(.+?)```", REPORTS.read_text(encoding="utf-8"), re.DOTALL)
    (gone,) = set(re.findall(r"'(.+?)'", block))
    for name in (gone, "pc1"):
        store.reserve(place(name), RUN, START)
        store.record(record(name, mak(), attempts=(attempt(),)), RUN)
        store.collect_installation_ids(
            name, [Request(name, "visio2021", "sku-visio2021", "MAK21", "1" * 63)], (), START
        )
    with Database(url).writing() as connection:
        for statement in block.strip().splitlines():
            connection.exec_driver_sql(statement.removesuffix(";"))
    assert [item.name for item in store.hosts()] == ["pc1"]
    assert [item.host for item in store.confirmations()] == ["pc1"]
    assert [key.spent for key in store.mak_keys()] == [2]
