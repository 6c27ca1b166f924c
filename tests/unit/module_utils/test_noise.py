# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Noise at any place of an answer: what is read is right, or known not to be whole. A licence that is taken for
unlicensed, or a key for missing, would spend an activation."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_reading import read_forest
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import read_host
from ansible_collections.officefleet.activation.plugins.module_utils.reading import read_output
from ansible_collections.officefleet.activation.plugins.module_utils.windows_reading import read_windows
from unit.module_utils import ad_object_output, kms_host_output, windows_output
from unit.module_utils.host_output import (
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    keyed,
    keyless,
    listing,
    output,
    registered,
)

pytestmark = pytest.mark.one_core


def noise(seed: int) -> str:
    """Bytes that no script prints, as a client shows them."""
    return random.Random(seed).randbytes(40).decode("utf-8", "replace")


def office(text: str) -> Any:
    found = read_output(text)
    licences = {(one.sku_id, one.partial_product_key, one.licensed) for one in found.status.licences}
    every = None if found.installed is None else {one.sku_id for one in found.installed}
    return found.problem, (licences, every)


def windows(text: str) -> Any:
    found = read_windows(text)
    return found.problem, {(one.sku_id, one.partial_product_key, one.licensed) for one in found.licences}


def kms_host(text: str) -> Any:
    found = read_host(text, ["windows"])
    licences = [one for group in found.licences.values() for one in group]
    return found.problem, [(one.activation_id, one.partial_product_key, one.licensed) for one in licences]


def forest(text: str) -> Any:
    found = read_forest(text)
    return found.problem, {one.activation_id for one in found.objects}


OFFICE = listing(keyed(PROPLUS_2016), keyed(PROPLUS_2016_MAK))
ANSWERS: dict[str, tuple[Callable[[str], Any], str]] = {
    "Office": (office, output(OFFICE, registry=registered(PROPLUS_2016, "kms01", "1688"))),
    "Office without a key": (
        office,
        output(listing(), extras={"all": listing(keyless(PROPLUS_2016), keyless(PROPLUS_2016_MAK), no_keys=True)}),
    ),
    "Windows": (windows, kms_host_output.answer({"windows": windows_output.BY_MAK})),
    "a KMS host": (kms_host, kms_host_output.answer({"windows": kms_host_output.WINDOWS_HOST})),
    "a forest": (
        forest,
        ad_object_output.answer(
            ad_object_output.listing(
                ad_object_output.OBJECT_WINDOWS,
                ad_object_output.entry("Office", "22222222-2222-4333-8444-555555555555", "HST21"),
            )
        ),
    ),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_noise_at_any_place_never_changes_what_is_known_for_sure(name: str) -> None:
    read, text = ANSWERS[name]
    problem, whole = read(text)
    assert problem is None
    misread = []
    for place in range(len(text) + 1):
        for seed in range(4):
            problem, seen = read(text[:place] + noise(seed) + text[place:])
            if problem is None and seen != whole:
                misread.append(f"{text[max(place - 30, 0) : place]!r} | {text[place : place + 20]!r}: {seen}")
    assert not misread, "\n".join(misread[:20])
