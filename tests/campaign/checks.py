# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold whatever goes wrong with a host. Each check looks at a case and gives what it finds fault with."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from campaign.battle import Battle, Seen
from campaign.cases import LOST, Case
from campaign.scenarios import confirmation_id, key_of

_UNCLEAR = re.compile(
    r"Traceback|NoneType|has no attribute|KeyError|IndexError|MODULE FAILURE|Unexpected failure|unhandled|is undefined"
    r"|winsim: internal"
)
#: What results call the licence of a product, and the host licence of a KMS host.
_IDS = ("sku_id", "activation_id")


@dataclass(frozen=True)
class Finding:
    """A rule that did not hold."""

    rule: str
    case: str
    text: str


@dataclass(frozen=True)
class Story:
    """A case in its fleet: the runs of its host, and those of the host of the same scenario that met no fault."""

    case: Case
    before: dict[str, Any]
    runs: list[Seen]
    healthy: list[Seen]

    @property
    def clock_jumps(self) -> bool:
        """A clock that jumps after the last look makes every report untrue, and nobody can help it."""
        return self.case.trouble is not None and self.case.trouble.fault == "clock_jump"


def findings(battle: Battle) -> list[Finding]:
    """Everything that is wrong with what was seen."""
    if battle.hung:
        return [Finding("no run hangs", "a whole run", f"not ended after {battle.hung:.0f} s")]
    healthy = {case.scenario.name: case for case in battle.cases if case.trouble is None}
    found = [Finding("winsim understands every command", "", text) for text in battle.violations]
    found += [Finding("no secret is shown", "", text) for text in _secrets(battle)]
    for case in battle.cases:
        other = healthy[case.scenario.name]
        runs = [[one[which] for one in battle.rounds] for which in (case.host, other.host)]
        story = Story(case, battle.before[case.host], *runs)
        for rule, check in RULES.items():
            found += [Finding(rule, case.words, text) for text in check(story)]
    return found


def _secrets(battle: Battle) -> Iterator[str]:
    """Keys and confirmation IDs in what Ansible printed."""
    for number, text in enumerate(battle.texts):
        for case in battle.cases:
            whole = (key_of(case.number), key_of(case.number).replace("-", ""))
            if any(one in text for one in (*whole, confirmation_id(case.host, case.number))):
                yield f"run {number + 1}: a key or confirmation ID of {case.words}"


def _answers(story: Story) -> Iterator[str]:
    first = story.runs[0]
    if not first.results or not first.stats:
        yield "no result at all"
    if not first.failed:
        return
    task, result = first.last
    message = str(result.get("msg", ""))
    if len(message) < 20 or _UNCLEAR.search(message) or "Traceback" in str(result.get("exception")):
        yield f"{task}: {message!r}"


def _lost_is_unreachable(story: Story) -> Iterator[str]:
    trouble, first = story.case.trouble, story.runs[0]
    if trouble is None or trouble.fault not in LOST or not first.failed or first.unreachable:
        return
    task, result = first.last
    if str(result.get("action", "")).startswith("officefleet.activation."):
        yield f"{task}: {result.get('msg')!r}"


def _licensed_is_licensed(story: Story) -> Iterator[str]:
    """What a result calls licensed is licensed on the machine."""
    if story.clock_jumps and story.case.trouble and story.case.trouble.moment != "before":
        return
    for number, run in enumerate(story.runs):
        result = run.last[1]
        status = result.get("status") if isinstance(result.get("status"), dict) else {}
        said = {one.get(which) for one in status.get("licences", []) for which in _IDS if one["state"] == "licensed"}
        said |= {one.get(which) for one in result.get("outcomes", []) for which in _IDS if one["result"] == "licensed"}
        false = {one for one in said if one and one not in run.licensed}
        if false:
            yield f"run {number + 1}: {', '.join(sorted(false))}"


def _success_is_success(story: Story) -> Iterator[str]:
    first = story.runs[0]
    if first.failed or story.clock_jumps or any(result.get("pending") for _, result in first.results):
        return
    if first.state != story.healthy[0].state:
        yield _differences(first.state, story.healthy[0].state)


def _changed_is_true(story: Story) -> Iterator[str]:
    first = story.runs[0]
    if first.failed or story.clock_jumps or story.case.scenario.repeats:
        return
    if first.changed != (first.state != story.before):
        yield f"changed is {first.changed}: {_differences(first.state, story.before) or 'nothing differs'}"


def _spent_once(story: Story) -> Iterator[str]:
    used, healthy = story.runs[-1].used, story.healthy[-1].used
    if used != healthy:
        yield f"the key was counted {used} times, and {healthy} times without a fault"


def _converges(story: Story) -> Iterator[str]:
    second = story.runs[1]
    if second.failed:
        yield f"the second run fails: {second.last[0]}: {second.last[1].get('msg')}"
    elif difference := _differences(
        *(_as_if_no_time_had_passed(one.state, story) for one in (second, story.healthy[1]))
    ):
        yield difference


def _as_if_no_time_had_passed(state: dict[str, Any], story: Story) -> dict[str, Any]:
    """A grace period that ran out while a clock jumped is no work of a task that does not activate."""
    if not story.clock_jumps:
        return state
    licences = [{**one, "LicenseStatus": str(one["LicenseStatus"] == "1")} for one in state.get("licences", [])]
    return {**state, "licences": licences}


def _is_idempotent(story: Story) -> Iterator[str]:
    third, healthy = story.runs[2], story.healthy[2]
    if third.failed or (third.changed and not story.case.scenario.repeats):
        yield f"the third run: {third.stats}: {third.last[1].get('msg')}"
    elif third.commands != healthy.commands:
        yield f"the third run costs {third.commands} commands, without a fault {healthy.commands}"


def _others_are_untouched(story: Story) -> Iterator[str]:
    if story.case.trouble is None and any(run.failed for run in story.runs):
        yield f"a healthy host failed: {[run.last[1].get('msg') for run in story.runs if run.failed]}"


RULES: dict[str, Callable[[Story], Iterator[str]]] = {
    "every host has a clear result": _answers,
    "a lost connection is unreachable": _lost_is_unreachable,
    "licensed is licensed": _licensed_is_licensed,
    "success is success": _success_is_success,
    "changed is true": _changed_is_true,
    "nothing is spent twice": _spent_once,
    "the next run converges": _converges,
    "then nothing is left to do": _is_idempotent,
    "other hosts are untouched": _others_are_untouched,
}


def _differences(one: Any, other: Any, path: str = "") -> str:
    """Where two states differ, in words."""
    if isinstance(one, dict) and isinstance(other, dict):
        parts = [_differences(one.get(key), other.get(key), f"{path}/{key}") for key in {**one, **other}]
        return "; ".join(part for part in parts if part)
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        parts = [_differences(*pair, f"{path}/{number}") for number, pair in enumerate(zip(one, other, strict=True))]
        return "; ".join(part for part in parts if part)
    return "" if one == other else f"{path}: {one!r} instead of {other!r}"
