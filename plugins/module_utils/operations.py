# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The single changes that a host can need, their words for people, and the commands that make them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from enum import Enum

from ansible_collections.officefleet.activation.plugins.module_utils.command_lines import copy_path, cscript
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem


class Kind(Enum):
    """What an operation changes."""

    SET_KMS_HOST = "set_kms_host"
    SET_KMS_PORT = "set_kms_port"
    CLEAR_KMS_HOST = "clear_kms_host"
    REMOVE_INHERITED = "remove_inherited"
    SET_LOOKUP_DOMAIN = "set_lookup_domain"
    CLEAR_LOOKUP_DOMAIN = "clear_lookup_domain"
    SET_HOST_CACHING = "set_host_caching"
    SET_ACTIVATION_TYPE = "set_activation_type"
    SET_USER_OPERATIONS = "set_user_operations"
    INSTALL_KEY = "install_key"
    REMOVE_KEY = "remove_key"
    DEPOSIT = "deposit"
    ACTIVATE = "activate"


#: Numbers that /actype takes (reference/ospp.md).
ACTIVATION_TYPE_NUMBERS = {"all": 0, "ad": 1, "kms": 2, "token": 3}
ACTIVATING = frozenset({Kind.ACTIVATE, Kind.DEPOSIT})


@dataclass(frozen=True)
class Operation:
    """One change. ``words`` hold no secret; ``value`` may be one. ``target`` labels the product, "" for the host.

    ``later``: it has to wait until the operations before it are confirmed by reading back.
    ``sku_id``: the licence it acts on, where that is known already. ``unseen``: what it sets can't be read
    back from every host, so that a missing confirmation is no failure. ``alone``: a command that takes every
    keyed product must not serve it, because a product that the listing does not show may have a key.
    """

    kind: Enum
    words: str
    target: str = ""
    value: str = field(default="", repr=False)
    later: bool = field(default=False, compare=False)
    sku_id: str | None = field(default=None, compare=False)
    channel: str | None = field(default=None, compare=False)
    unseen: bool = field(default=False, compare=False)
    alone: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Step:
    """One command of a line, with the operations that it carries out."""

    command: str
    operations: tuple[Operation, ...]
    uses_slmgr: bool = False
    secret: bool = False


_SETTING_COMMANDS = {
    Kind.SET_KMS_HOST: "/sethst:{value}",
    Kind.SET_KMS_PORT: "/setprt:{value}",
    Kind.CLEAR_KMS_HOST: "/remhst",
    Kind.SET_LOOKUP_DOMAIN: "/skms-domain:{value}",
    Kind.CLEAR_LOOKUP_DOMAIN: "/ckms-domain",
    Kind.SET_HOST_CACHING: "/cachst:{value}",
    Kind.SET_ACTIVATION_TYPE: "/actype:{value}",
    Kind.SET_USER_OPERATIONS: "{value}",
    Kind.INSTALL_KEY: "/inpkey:{value}",
    Kind.REMOVE_KEY: "/unpkey:{value}",
    Kind.REMOVE_INHERITED: "reg delete {value} /f",
}


def steps_for(operations: list[Operation], keyed_skus: frozenset[str], windows7: bool, copy_name: str) -> list[Step]:
    """The commands for ``operations``, in their order, activations last.

    ospp.vbs C(/act) and C(/actcid) touch every keyed product, so they serve only when that is what is wanted
    (``keyed_skus``: all of them) or on Windows 7, where there is nothing else; slmgr.vbs takes one SKU ID.
    """
    steps = []
    for operation in operations:
        if operation.kind in _SETTING_COMMANDS:
            command = _SETTING_COMMANDS[operation.kind].format(value=operation.value)
            steps.append(Step(command, (operation,), secret=operation.kind is Kind.INSTALL_KEY))
    for operation in operations:
        if operation.kind is Kind.DEPOSIT:
            steps.append(_deposit_step(operation, windows7, copy_name))
    activations = tuple(operation for operation in operations if operation.kind is Kind.ACTIVATE)
    every_one = keyed_skus == {operation.sku_id for operation in activations}
    if activations and (windows7 or (every_one and not any(operation.alone for operation in activations))):
        steps.append(Step("/act", activations))
    else:
        copy = copy_path(copy_name)
        steps.extend(
            Step(cscript(copy, "/ato", operation.sku_id or ""), (operation,), uses_slmgr=True)
            for operation in activations
        )
    return steps


def _deposit_step(operation: Operation, windows7: bool, copy_name: str) -> Step:
    if windows7:
        return Step(f"/actcid:{operation.value}", (operation,), secret=True)
    command = cscript(copy_path(copy_name), "/atp", operation.value, operation.sku_id or "")
    return Step(command, (operation,), uses_slmgr=True, secret=True)


_RANK: dict[Enum, int] = {Kind.DEPOSIT: 1, Kind.ACTIVATE: 2}
_MAY_GO_WITH_ACTIVATION = ACTIVATING | {Kind.REMOVE_KEY}


def next_batch(operations: Iterable[Operation], done: Collection[Operation] = ()) -> list[Operation]:
    """What can be done in one command now, in its order.

    Activation waits until settings and new keys are confirmed by reading back; operations marked ``later``
    wait for those before them.
    """
    ready = [operation for operation in operations if not operation.later and operation not in done]
    if any(operation.kind not in _MAY_GO_WITH_ACTIVATION for operation in ready):
        ready = [operation for operation in ready if operation.kind not in ACTIVATING]
    return sorted(ready, key=lambda operation: _RANK.get(operation.kind, 0))


def in_order(operations: tuple[Operation, ...]) -> list[Operation]:
    """All operations in the order in which a run carries them out when each succeeds."""
    first = next_batch(operations)
    rest = [operation for operation in operations if operation not in first]
    return first + sorted(rest, key=lambda operation: _RANK.get(operation.kind, 0))


@dataclass(frozen=True)
class Plan:
    """What is still to do on a host.

    ``problems``: reasons why what was asked for can't be done, by product label ("" for the host).
    ``satisfied``: products that need no activation (label to SKU ID); ``skipped``: label to the reason.
    ``needs_all_licences``: licences without a key have to be read first (/dstatusall). ``guesses``: the plan
    holds if KMS licences without a key are installed, which only that reading can tell.
    """

    operations: tuple[Operation, ...] = ()
    problems: tuple[tuple[str, Problem], ...] = ()
    satisfied: tuple[tuple[str, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    warnings: tuple[str, ...] = ()
    needs_all_licences: bool = False
    guesses: bool = False

    def __add__(self, other: Plan) -> Plan:
        return Plan(
            self.operations + other.operations,
            self.problems + other.problems,
            self.satisfied + other.satisfied,
            self.skipped + other.skipped,
            self.warnings + other.warnings,
            self.needs_all_licences or other.needs_all_licences,
            self.guesses or other.guesses,
        )
