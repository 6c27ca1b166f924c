# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records as the actions make them, with what a test does not care about filled in; and work in many processes."""

from __future__ import annotations

import dataclasses
import multiprocessing
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    Attempt,
    FleetHost,
    HostRecord,
    Place,
    ProductRecord,
    Run,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store

Given = TypeVar("Given")
Given_back = TypeVar("Given_back")

START = datetime(2026, 3, 2, 8, 0, tzinfo=timezone.utc)
RUN = Run("run-1", START, "17", "0.1.0", "2.19.0")
NEXT_RUN = Run("run-2", START + timedelta(days=1))
KEY = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"
# Another key that ends alike, as far as a report shows it.
TWIN_KEY = "ZZZZZ-BBBBB-CCCCC-DDDDD-EEEEE"


def later(minutes: float) -> datetime:
    """A time after START."""
    return START + timedelta(minutes=minutes)


def product(name: str = "proplus2021", state: str = "licensed", **fields: Any) -> ProductRecord:
    """A product with a key, a KMS client unless told otherwise."""
    whole: dict[str, Any] = {
        "sku_id": f"sku-{name}",
        "product": name,
        "name": f"Office 21, {name}",
        "family": "proplus",
        "office": 2021,
        "channel": "kms_client",
        "state": state,
        "last_five": "6F7TH",
    }
    return ProductRecord(**{**whole, **fields})


def mak(name: str = "proplus2021", state: str = "licensed", **fields: Any) -> ProductRecord:
    """A product with KEY as its MAK."""
    return product(name, state, **{"channel": "mak", "last_five": KEY[-5:], **fields})


def record(host: str = "pc1", *products: ProductRecord, minutes: float = 0, **fields: Any) -> HostRecord:
    """What was read of a host some minutes after START. ``products=None``: nothing was read."""
    return HostRecord(host, later(minutes), **{"products": products, **fields})


def attempt(name: str = "proplus2021", result: str = "licensed", **fields: Any) -> Attempt:
    """An activation by KEY."""
    whole: dict[str, Any] = {
        "product": name,
        "sku_id": f"sku-{name}",
        "method": "online",
        "channel": "mak",
        "last_five": KEY[-5:],
        "result": result,
    }
    return Attempt(**{**whole, **fields})


def place(host: str = "pc1", budget: int = 2, name: str = "proplus2021", key: str = KEY) -> Place:
    """A place in the budget of a key."""
    return Place(host, name, key[-5:], budget, key)


def host(store: Store, name: str = "pc1") -> FleetHost:
    """A host of the store."""
    return next(item for item in store.hosts() if item.name == name)


def another_run(number: int) -> Run:
    """A run of its own."""
    return dataclasses.replace(RUN, run_id=f"run-{number}")


def at_once(work: Callable[[Given], Given_back], items: Iterable[Given], processes: int = 8) -> list[Given_back]:
    """Do work in forked processes that start at the same moment, as those of Ansible do; what each gave."""
    fork = multiprocessing.get_context("fork")
    barrier = fork.Barrier(processes)
    with fork.Pool(processes, initializer=barrier.wait) as pool:
        given_back = pool.map(work, items, chunksize=1)
        # The end of the block would send SIGTERM; a process that has a handler for it from here may wait for ever then.
        pool.close()
        pool.join()
    return given_back
