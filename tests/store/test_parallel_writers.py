# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Eight processes that write at once, as the forks of Ansible do: nothing is lost, and nobody meets a lock."""

from __future__ import annotations

import functools
import itertools

import pytest
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from store.fleet import another_run, at_once, attempt, later, mak, place, product, record

HOSTS = 5
PROCESSES = 8


def _write(number: int, url: str) -> int:
    """Some hosts of its own, and some that all others write too, with new times and the other order each time."""
    shared = [f"shared{index}" for index in range(HOSTS)]
    names = [f"own{number}-{index}" for index in range(HOSTS)] + (shared if number % 2 else shared[::-1])
    run = another_run(number)
    with Store(url) as store:
        for name in names:
            store.reserve(place(name, budget=1000), run, later(number))
            seen = mak() if number % 2 else mak(state="oob_grace")
            store.record(record(name, seen, product("visio2021"), attempts=(attempt(),), minutes=number), run)
            store.settle(place(name, budget=1000), run, later(number), "licensed")
    return len(names)


@pytest.fixture
def written(url: str) -> Store:
    """A store that eight processes wrote into."""
    at_once(functools.partial(_write, url=url), range(PROCESSES), processes=PROCESSES)
    return Store(url)


def test_everything_is_there(written: Store) -> None:
    """One test, since what costs time is the writing."""
    hosts = {host.name: host for host in written.hosts()}
    own = {f"own{number}-{index}" for number, index in itertools.product(range(PROCESSES), range(HOSTS))}
    assert set(hosts) == own | {f"shared{index}" for index in range(HOSTS)}, "every host"
    assert {len(host.products) for host in hosts.values()} == {2}, "every product"
    shared = [hosts[f"shared{index}"] for index in range(HOSTS)]
    assert {host.tried_at for host in shared} == {later(PROCESSES - 1)}, "the newest record of a shared host"
    assert {host.products[0].record.state for host in shared} == {"licensed"}, "and its state"
    assert {run.activations for run in written.runs()} == {2 * HOSTS}, "every activation"
    assert [key.spent for key in written.mak_keys()] == [PROCESSES * 2 * HOSTS], "every place"
