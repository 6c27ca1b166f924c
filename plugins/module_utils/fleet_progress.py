# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How far a run over many hosts is, and what became of each host so far. Keeps a class and its reasons for a host,
never a result: a run has thousands of hosts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_summary import Group, groups, headline
from ansible_collections.officefleet.activation.plugins.module_utils.host_verdict import (
    NO_RESULT,
    HostClass,
    Reason,
    Verdict,
    judge,
)

_COLLECTION = "officefleet.activation."
#: The modules whose result tells the class of a host, by its Office or its KMS host. The others work on Windows itself,
#: on the forest, or on the controller.
HOST_MODULES = frozenset(
    _COLLECTION + name
    for name in (
        "kms_host",
        "kms_host_info",
        "mak_proxy",
        "ospp_activate",
        "ospp_client",
        "ospp_info",
        "ospp_kms_client",
        "ospp_product_key",
        "ospp_user_operations",
    )
)
_RUN_AGAIN = "Correct what stopped the run and start it again: hosts that are done already stay as they are."
_NOT_DONE = Verdict(HostClass.NOT_DONE, (Reason("The run ended before the host gave a result.", None, _RUN_AGAIN),))


class FleetTally:
    """What the events of a run add up to.

    A host is done with a play when it gave a result, failed or was unreachable. One that has nothing to do in a play
    leaves its total, and so does one that failed in an earlier play.
    """

    def __init__(self) -> None:
        self._verdicts: dict[str, Verdict] = {}
        self._numbers: Counter[HostClass] = Counter()
        self._gone: set[str] = set()
        self._expected: set[str] = set()
        self._hosts: set[str] = set()
        self._done: set[str] = set()
        self._told = False

    # -- events -------------------------------------------------------------------------------------------------

    def begin_play(self, hosts: Iterable[str]) -> None:
        """A play over these hosts begins, all its waves counted."""
        self._hosts = set(hosts) - self._gone
        self._done = set()

    def expect_results(self) -> None:
        """A task begins that is to give a result for every host of the play."""
        self._expected |= self._hosts

    def add_result(self, host: str, result: Mapping[str, Any], failed: bool = False) -> None:
        """A module that tells the class of a host gave a result."""
        self._told = True
        verdict = judge(result, failed)
        before = self._verdicts.get(host)
        if before is None or _says_more(verdict, before):
            self._decide(host, verdict)
        self._finish(host)

    def add_skipped(self, host: str, ours: bool) -> None:
        """A host left out an include, or a task of ours: it has nothing to do in this play, as far as is known."""
        if ours and host not in self._verdicts:
            self._decide(host, Verdict(HostClass.NOTHING, attempted=False))
        if host not in self._done:
            self._hosts.discard(host)
            self._expected.discard(host)

    def add_stopped(self, host: str, task: str, unreachable: bool) -> None:
        """A host failed, or was unreachable, in a task of another kind. What is known of it already stays."""
        if host not in self._verdicts:
            reason = Reason(f"The task '{task}' failed.", None, "Read its message above.")
            self._decide(host, NO_RESULT if unreachable else Verdict(HostClass.FAILED, (reason,)))
        self._finish(host)

    def leave(self, host: str) -> None:
        """Ansible runs nothing more on a host."""
        self._gone.add(host)

    def _decide(self, host: str, verdict: Verdict) -> None:
        before = self._verdicts.get(host)
        if before is not None:
            self._numbers[before.kind] -= 1
        self._verdicts[host] = verdict
        self._numbers[verdict.kind] += 1

    def _finish(self, host: str) -> None:
        self._hosts.add(host)
        self._done.add(host)

    # -- what they add up to ------------------------------------------------------------------------------------

    @property
    def total(self) -> int:
        """How many hosts have something to do in this play."""
        return len(self._hosts)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return len(self._done)

    @property
    def numbers(self) -> dict[HostClass, int]:
        """How many hosts of the whole run are in each class so far that has any, in the order of the classes."""
        return {kind: self._numbers[kind] for kind in HostClass if self._numbers[kind]}

    @property
    def has_results(self) -> bool:
        """Whether any host gave a result that says something of its activation."""
        return self._told

    def summary(self) -> tuple[str, list[Group]]:
        """All hosts in one line, and grouped by cause. Hosts that a stopped run left out are a group of their own."""
        missing = dict.fromkeys(sorted(self._expected - self._verdicts.keys()), _NOT_DONE)
        verdicts = {**self._verdicts, **missing}
        return headline(verdicts), groups(verdicts)


def _says_more(verdict: Verdict, before: Verdict) -> bool:
    """Whether a later verdict replaces an earlier one: a mere reading, or nothing to do, takes back no attempt."""
    if verdict.kind in (HostClass.FAILED, HostClass.UNREACHABLE):
        return True
    if verdict.kind is HostClass.NOTHING:
        return False
    return verdict.attempted or not before.attempted
