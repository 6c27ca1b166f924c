# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks a lookup plugin that the user names for confirmation IDs. Not a public interface."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.plugins.action import ActionBase
from ansible.plugins.loader import lookup_loader
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_file import Entry
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

OPTION = "lookup"
_DIGITS = re.compile(r"[0-9][0-9 -]{38,}[0-9]")


def fetch(action: ActionBase, name: str, requests: Sequence[Request], task_vars: Mapping[str, Any]) -> list[Entry]:
    """What the plugin answers for requests, asked for all at once. Raises InputError for a plugin that does not."""
    if not requests:
        return []
    terms = [
        {
            "host": request.host,
            "product": request.product,
            "sku_id": request.sku_id,
            "last_five": request.last_five,
            "installation_id": request.installation_id,
        }
        for request in requests
    ]
    answers = _answers(action, name, terms, task_vars)
    if not isinstance(answers, list) or len(answers) != len(requests):
        raise InputError(OPTION, f"{name} must return a list with one confirmation ID, or an empty text, for each term")
    pairs = zip(requests, answers, strict=True)
    return [
        Entry(
            f"lookup {name}",
            request.host,
            request.installation_id,
            str(answer).strip(),
            request.product,
            request.last_five,
            request.sku_id,
        )
        for request, answer in pairs
        if answer
    ]


def _answers(action: ActionBase, name: str, terms: list[dict[str, str]], task_vars: Mapping[str, Any]) -> Any:
    plugin = lookup_loader.get(name, loader=action._loader, templar=action._templar)
    if plugin is None:
        raise InputError(OPTION, f"no lookup plugin {name} is installed; give its full name, such as my.own.plugin")
    try:
        return plugin.run(terms, variables=dict(task_vars))
    except Exception as error:  # whatever a plugin of somebody else raises: it may tell what must not be told
        text = _DIGITS.sub("(digits not shown)", str(error))
        raise InputError(OPTION, f"{name} failed: {text}") from None
