# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Confirmation IDs on their way into the store. Not a public interface."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_file import Entry
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_intake import Intake, take
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.plugin_utils._confirmation_files import read_entries
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store


def take_in(entries: Iterable[Entry], known: Iterable[Request], store: Store, option: str, check_mode: bool) -> Intake:
    """Take what is new in entries into the store, which check mode leaves as it is.

    Raises InputError, which names ``option``, where anything is wrong: then nothing is taken.
    """
    intake = take(entries, known)
    if intake.errors:
        raise InputError(option, f"nothing was taken, because of what is wrong: {intake.message()}")
    if intake.taken and not check_mode:
        store.take_confirmations(intake.taken)
    return intake


def foreseen(path: str | None, store: Store) -> list[Request]:
    """What a file would bring into the store; nothing where none is named. Wrong entries are left out."""
    return take(read_entries(Path(path)), store.confirmations()).taken if path else []
