# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done about an activation object, by which commands, and what is told about it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_errors import explain_in_a_forest
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_lines import forest_line, step_arguments
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_plan import (
    ObjectKind,
    id_to_read,
    plan_object,
)
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_results import (
    client_lines,
    object_view,
    predicted_view,
    step_codes,
    unconfirmed,
)
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from unit.module_utils.ad_object_output import (
    CONTAINER,
    EMPTY,
    KEY_2021,
    OBJECT_2016,
    OBJECT_2021,
    OBJECT_WINDOWS,
    entry,
    forest,
    listing,
    wanted,
)
from unit.module_utils.host_output import transcript
from unit.module_utils.kms_host_output import CONFIRMATION_ID, ID_2016, ID_2021, WINDOWS_KEY

NEW = {"product": "2021", "key": KEY_2021}
OTHER_WINDOWS_KEY = "AAAAA-BBBBB-CCCCC-DDDDD-WS225"
SUCCESS = transcript("111")


def words(objects: str, **options: Any) -> list[str]:
    """The operations of the plan."""
    of_the_host = {name: options.pop(name) for name in ("licence", "elevated") if name in options}
    return [operation.words for operation in plan_object(forest(objects, **of_the_host), wanted(**options)).operations]


def problems(objects: str, **options: Any) -> list[str]:
    """Causes of what stands in the way."""
    of_the_host = {name: options.pop(name) for name in ("licence", "elevated") if name in options}
    plan = plan_object(forest(objects, **of_the_host), wanted(**options))
    return [problem.cause for _target, problem in plan.problems]


# -- options --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"key": KEY_2021}, "product: the product is needed"),
        ({"product": "windows"}, "key: the KMS host key of Windows is needed"),
        ({"product": "windows", "key": KEY_2021, "activation_id": ID_2021}, "activation_id: the GUID of an Office"),
        ({"product": "2021", "activation_id": "2021"}, "activation_id: the GUID of an Office"),
        ({"state": "absent"}, "name: name the activation object to remove"),
        ({"state": "absent", "product": "windows"}, "name: name the activation object to remove"),
        ({"product": "2021", "name": 'x" & calc'}, "name: 1 to 64 letters"),
        ({"product": "2021", "name": f"CN=Office,{CONTAINER}"}, "name: 1 to 64 letters"),
        ({"product": "2021", "name": "x" * 65}, "name: 1 to 64 letters"),
        ({"product": "2021", "key": "FXYTK-NJJ8C-GB6DW-3DYQT-6F7TH"}, "key: this is the public client key (GVLK)"),
        ({"product": "2021", "confirmation_id": "1"}, "confirmation_id: a confirmation ID has 48 digits"),
    ],
)
def test_what_is_refused_before_anything_is_sent(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        wanted(**options)
    assert str(refused.value).startswith(message)


def test_secrets_are_not_shown() -> None:
    assert KEY_2021 not in repr(wanted(**NEW, confirmation_id=CONFIRMATION_ID))
    assert CONFIRMATION_ID not in repr(wanted(**NEW, confirmation_id=CONFIRMATION_ID))


# -- an object that shall be there ----------------------------------------------------------------------------------


def test_a_missing_object_is_made() -> None:
    assert words(listing(OBJECT_2016), **NEW) == ["make the activation object of Office 2021 with the key *HST21"]


@pytest.mark.parametrize(
    "more", [{}, {"key": None}, {"name": "Another"}, {"key": "AAAAA-BBBBB-CCCCC-DDDDD-OTHER"}, {"licence": False}]
)
def test_an_object_of_the_product_is_left_alone(more: dict[str, Any]) -> None:
    assert words(listing(OBJECT_2021), **(NEW | more)) == []


def test_nothing_is_warned_about_an_object_as_described() -> None:
    plan = plan_object(forest(listing(OBJECT_2021)), wanted(**NEW, name="office ltsc 2021"))
    assert (plan.warnings, len(plan.satisfied)) == ((), 1)


def test_objects_of_windows_are_told_apart_by_their_key() -> None:
    there = listing(OBJECT_2016, OBJECT_WINDOWS)
    assert words(there, product="windows", key=WINDOWS_KEY) == []
    assert len(words(there, product="windows", key=OTHER_WINDOWS_KEY)) == 1


def test_an_office_object_is_never_taken_for_one_of_windows() -> None:
    same_five = entry("Office 2016", ID_2016, "WSKMS")
    assert len(words(listing(same_five), product="windows", key=WINDOWS_KEY)) == 1


@pytest.mark.parametrize(
    ("more", "cause"),
    [
        ({"key": None}, "no key is given to make one"),
        ({"licence": False}, "licence of this Office version is not installed on this computer"),
        ({"name": "OFFICE 2016"}, "Another product has an activation object of this name"),
        ({"elevated": False}, "not elevated"),
        ({"elevated": False, "activation": "telephone"}, "not elevated"),
    ],
)
def test_what_stops_the_making(more: dict[str, Any], cause: str) -> None:
    (found,) = problems(listing(OBJECT_2016), **(NEW | more))
    assert cause in found


def test_an_account_that_is_not_elevated_may_look() -> None:
    assert problems(listing(OBJECT_2021), **NEW, elevated=False) == []


def test_telephone_reads_the_installation_id_and_makes_nothing() -> None:
    desired = wanted(**NEW, activation="telephone")
    plan = plan_object(forest(EMPTY), desired)
    waiting = id_to_read(plan, desired)
    assert (plan.operations, waiting is not None and waiting.kind) == ((), ObjectKind.READ_ID)


@pytest.mark.parametrize("activation", ["online", "telephone"])
def test_a_confirmation_id_makes_the_object(activation: str) -> None:
    (text,) = words(EMPTY, **NEW, activation=activation, confirmation_id=CONFIRMATION_ID)
    assert text.endswith("by confirmation ID")


# -- an object that shall go ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given", [{"product": "2021"}, {"activation_id": ID_2021.upper()}, {"name": "office ltsc 2021"}]
)
def test_an_object_is_removed_by_product_id_or_name(given: dict[str, Any]) -> None:
    assert words(listing(OBJECT_2016, OBJECT_2021), **given, state="absent") == [
        "remove the activation object Office LTSC 2021"
    ]


def test_an_object_is_removed_by_its_dn() -> None:
    assert len(words(listing(OBJECT_2021), name=f"CN=Office LTSC 2021,{CONTAINER}", state="absent")) == 1


def test_all_that_is_given_of_an_object_has_to_hold() -> None:
    assert words(listing(OBJECT_2016, OBJECT_2021), product="2016", name="Office LTSC 2021", state="absent") == []


def test_every_object_of_a_version_is_removed() -> None:
    second = entry("Second", ID_2021, "OTHER")
    assert len(words(listing(OBJECT_2021, second), product="2021", state="absent")) == 2


def test_a_name_that_no_command_line_may_carry_is_not_removed() -> None:
    (cause,) = problems(listing(entry('R&D "all"', ID_2021, "HST21")), product="2021", state="absent")
    assert "no command line may carry" in cause


# -- command lines --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        (NEW, f"/ad-activation-online {KEY_2021}"),
        (NEW | {"name": "Office 21"}, f'/ad-activation-online {KEY_2021} "Office 21"'),
        (
            NEW | {"confirmation_id": CONFIRMATION_ID, "name": "Office 21"},
            f'/ad-activation-apply-cid {KEY_2021} {CONFIRMATION_ID} "Office 21"',
        ),
        ({"product": "2016", "state": "absent"}, f'/del-ao "CN=Office 2016,{CONTAINER}"'),
    ],
)
def test_the_command_of_an_operation(options: dict[str, Any], arguments: str) -> None:
    desired = wanted(**options)
    (operation,) = plan_object(forest(listing(OBJECT_2016)), desired).operations
    assert step_arguments(operation, desired) == arguments


def test_steps_come_before_the_list_and_the_copy_goes_at_the_end() -> None:
    line = forest_line("copy1", ID_2021, ["/x"])
    places = [line.index(part) for part in ("copy /y", " /x&", "/ao-list", f"/dlv {ID_2021}", "del ", "echo @end")]
    assert places == sorted(places)


# -- what is told ---------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_what_a_real_run_leads_to() -> None:
    desired = wanted(**NEW)
    before = forest(EMPTY)
    predicted = predicted_view(object_view(before, desired), plan_object(before, desired), desired)
    assert predicted == object_view(forest(listing(OBJECT_2021)), desired)


def failure(objects: str, step: str, **options: Any) -> Any:
    """What is told when the list after the step is still the one before."""
    desired = wanted(**options)
    plan = plan_object(forest(objects), desired)
    (found,) = unconfirmed(plan.operations, plan, step_codes(plan.operations, [step]))
    return found


def test_a_removal_that_reports_success_is_not_believed() -> None:
    found = failure(listing(OBJECT_2016), "Operation completed successfully.\r\n", product="2016", state="absent")
    assert "still shows it" in found.cause


def test_an_object_that_is_reported_but_not_listed_is_not_believed() -> None:
    assert "does not show it" in failure(EMPTY, SUCCESS, **NEW).cause


def test_a_refused_key_is_explained() -> None:
    found = failure(EMPTY, transcript("112"), **NEW)
    assert (found.code, "no valid key" in found.cause) == ("0xC004F050", True)


def test_what_was_made_is_no_failure() -> None:
    desired = wanted(**NEW)
    sent = plan_object(forest(EMPTY), desired).operations
    assert unconfirmed(sent, plan_object(forest(listing(OBJECT_2021)), desired), {}) == []


def test_the_result_explains_how_active_directory_and_kms_go_together() -> None:
    text = " ".join(client_lines(forest(listing(OBJECT_2021)), wanted(**NEW)))
    assert "Clients ask Active Directory first and then a KMS host." in text


def test_the_removal_of_the_last_object_says_that_kms_has_to_serve_its_clients() -> None:
    text = " ".join(client_lines(forest(EMPTY), wanted(product="2021", state="absent")))
    assert "ask a KMS host" in text


def test_the_removal_of_one_of_two_objects_says_who_activates_now() -> None:
    left = forest(listing(OBJECT_2021))
    (text,) = client_lines(left, wanted(product="2021", name="Second", state="absent"))
    assert "still activated by Office LTSC 2021" in text


@pytest.mark.parametrize("code", ["0x80070005", "0x8007054B", "0x80072020"])
def test_errors_of_the_directory_tell_of_credentials_that_end_at_the_computer(code: str) -> None:
    assert "hand its credentials on to the domain controller" in explain_in_a_forest(code)[1]
