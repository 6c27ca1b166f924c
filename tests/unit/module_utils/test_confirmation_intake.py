# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Confirmation IDs that come in are matched to host and installation ID, or refused with what is wrong."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_file import Entry
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_intake import merged, take
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request

SKU, VISIO = "3f180b30-9b05-4fe2-aa8d-0c1c4790f811", "4f180b30-9b05-4fe2-aa8d-0c1c4790f811"
IID, OTHER_IID, NEW_IID = "1" * 63, "2" * 63, "3" * 63
CID, OTHER_CID = "731904582617395048261739504826173950482617395048", "9" * 48
LAB01 = Request("lab01", "Office 2021 proplus", SKU, "MAK21", IID)
LAB02 = Request("lab02", "Office 2021 proplus", SKU, "MAK21", OTHER_IID)
KNOWN = (LAB01, LAB02)
USED = dataclasses.replace(
    LAB01, confirmation_id=CID, waiting=False, applied_at=datetime(2026, 3, 1, tzinfo=timezone.utc)
)


def entry(request: Request = LAB01, confirmation_id: str = CID, **changes: Any) -> Entry:
    names = ("host", "installation_id", "product", "last_five", "sku_id")
    told = {name: getattr(request, name) for name in names}
    return Entry("line 2", **{**told, "confirmation_id": confirmation_id, **changes})


def short(confirmation_id: str = CID, request: Request = LAB01) -> Entry:
    """An entry with no more than a file must have."""
    return entry(request, confirmation_id, product="", last_five="", sku_id="")


def test_a_confirmation_id_goes_to_the_request_with_its_host_and_installation_id() -> None:
    assert take([short()], KNOWN).taken == [dataclasses.replace(LAB01, confirmation_id=CID)]


def test_taking_the_same_again_is_nothing_new() -> None:
    (taken,) = take([entry()], KNOWN).taken
    assert take([entry()], merged(KNOWN, [taken])).taken == []


def test_an_entry_without_a_confirmation_id_goes_on_waiting() -> None:
    assert take([entry(confirmation_id="")], KNOWN).taken == []


def test_on_another_controller_the_file_tells_everything() -> None:
    assert take([entry()], ()).taken == [dataclasses.replace(LAB01, confirmation_id=CID)]


def test_on_another_controller_what_waits_is_taken_too_so_that_it_stays_in_the_file() -> None:
    assert take([entry(confirmation_id="")], ()).taken == [LAB01]


def test_a_row_whose_installation_id_is_out_of_date_does_not_wait_beside_the_new_one() -> None:
    (taken,) = take([entry(installation_id=NEW_IID)], KNOWN).taken
    assert (taken.waiting, taken.confirmation_id) == (False, CID)


def test_a_confirmation_id_that_did_not_activate_yet_is_corrected_by_the_file() -> None:
    wrong = dataclasses.replace(LAB01, confirmation_id=OTHER_CID)
    assert [item.confirmation_id for item in take([entry()], [wrong]).taken] == [CID]


def test_a_confirmation_id_that_activated_is_kept_and_the_file_warned_about() -> None:
    intake = take([entry(confirmation_id=OTHER_CID)], [USED])
    assert intake.taken == []
    assert "line 2, lab01, Office 2021 proplus: the confirmation ID that activated" in intake.warnings[0]


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        (entry(confirmation_id=CID[:-1]), "48 digits, this one has 47"),
        (entry(host="lab02"), "this installation ID is that of lab01"),
        (entry(installation_id="1234"), "not whole"),
        (entry(host=""), "the host is missing"),
        (short(request=dataclasses.replace(LAB01, installation_id=NEW_IID)), "product, last_five and sku_id"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_host(wrong: Entry, rule: str) -> None:
    (error,) = take([wrong], KNOWN).errors
    assert rule in error
    assert error.startswith(", ".join(filter(None, ["line 2", wrong.host])))
    assert CID[:12] not in error


def test_one_confirmation_id_for_two_machines_is_refused() -> None:
    intake = take([entry(), entry(LAB02)], KNOWN)
    assert intake.errors == [
        "line 2, lab02, Office 2021 proplus: this confirmation ID is given for lab01, Office 2021 proplus already;"
        " it fits one of the two"
    ]


def test_the_confirmation_id_of_a_machine_of_the_store_is_refused_for_another() -> None:
    assert take([entry(LAB02)], [USED, LAB02]).errors


def test_products_of_one_host_may_have_the_same_installation_id() -> None:
    visio = dataclasses.replace(LAB01, sku_id=VISIO, product="Office 2021 visio_pro", last_five="VISIO")
    assert [item.sku_id for item in take([entry(visio)], [LAB01, visio]).taken] == [VISIO]


def test_every_wrong_line_is_named_up_to_twenty() -> None:
    intake = take([entry(host=f"pc{number:02}") for number in range(25)], KNOWN)
    assert len(intake.errors) == 25
    assert intake.message().endswith("| and 5 more")


def test_no_confirmation_id_is_in_the_text_of_a_request_or_an_entry() -> None:
    assert CID not in repr(USED) + repr(entry())
