# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Operations become commands, in batches that wait for each other, and no command takes more than is wanted."""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils.operations import (
    Kind,
    Operation,
    in_order,
    next_batch,
    steps_for,
)

COPY = "officefleet1"
KMS, MAK = "d450596f-894d-49e0-966a-fd39ed4c4c64", "c47456e3-265d-47b6-8ca0-c30abbd0ca36"
SET_HOST = Operation(Kind.SET_KMS_HOST, "set the KMS host", value="kms01")
INSTALL = Operation(Kind.INSTALL_KEY, "install", "proplus", "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE", channel="mak")
REMOVE = Operation(Kind.REMOVE_KEY, "remove", "proplus", "WFG99", later=True)
ACTIVATE_KMS = Operation(Kind.ACTIVATE, "activate", "proplus", sku_id=KMS, channel="kms_client")
ACTIVATE_MAK = Operation(Kind.ACTIVATE, "activate", "visio_pro", sku_id=MAK, channel="mak")
DEPOSIT = Operation(Kind.DEPOSIT, "deposit", "proplus", "1" * 48, sku_id=MAK, channel="mak")


def commands(operations: list[Operation], keyed: set[str], windows7: bool = False) -> list[str]:
    return [step.command for step in steps_for(operations, frozenset(keyed), windows7, COPY)]


def test_act_serves_when_every_keyed_product_is_to_be_activated() -> None:
    (step,) = steps_for([ACTIVATE_KMS, ACTIVATE_MAK], frozenset({KMS, MAK}), False, COPY)
    assert step.command == "/act"
    assert step.operations == (ACTIVATE_KMS, ACTIVATE_MAK)


def test_one_of_several_keyed_products_is_activated_alone() -> None:
    (command,) = commands([ACTIVATE_KMS], {KMS, MAK})
    assert command == f'cscript.exe //Nologo //T:60 "%TEMP%\\{COPY}.vbs" /ato {KMS}'


def test_after_a_listing_that_ended_early_no_command_takes_products_that_it_did_not_show() -> None:
    unsure = Operation(Kind.ACTIVATE, "activate", "proplus", sku_id=KMS, channel="kms_client", alone=True)
    assert "/act" not in commands([unsure], {KMS})


def test_windows_7_knows_act_only() -> None:
    assert commands([ACTIVATE_KMS], {KMS, MAK}, windows7=True) == ["/act"]


def test_a_confirmation_id_goes_to_one_product() -> None:
    (step,) = steps_for([DEPOSIT], frozenset({KMS, MAK}), False, COPY)
    assert step.command.endswith(f"/atp {'1' * 48} {MAK}")
    assert step.secret
    assert step.uses_slmgr


def test_a_confirmation_id_on_windows_7() -> None:
    assert commands([DEPOSIT], {MAK}, windows7=True) == [f"/actcid:{'1' * 48}"]


def test_a_step_that_holds_a_key_is_secret() -> None:
    assert [step.secret for step in steps_for([SET_HOST, INSTALL], frozenset(), False, COPY)] == [False, True]


def test_words_and_representation_hold_no_secret() -> None:
    assert "AAAAA" not in repr(INSTALL) + INSTALL.words
    assert "1111" not in repr(DEPOSIT) + DEPOSIT.words


def test_activation_waits_for_settings_and_keys() -> None:
    assert next_batch([ACTIVATE_KMS, SET_HOST, INSTALL]) == [SET_HOST, INSTALL]
    assert next_batch([ACTIVATE_KMS, SET_HOST], done=[SET_HOST]) == [ACTIVATE_KMS]


def test_later_operations_wait_for_those_before_them() -> None:
    assert next_batch([INSTALL, REMOVE]) == [INSTALL]


def test_keys_are_removed_before_products_are_activated() -> None:
    removal = Operation(Kind.REMOVE_KEY, "remove", "proplus", "WFG99")
    assert next_batch([ACTIVATE_MAK, removal]) == [removal, ACTIVATE_MAK]


def test_the_whole_order_of_a_change_of_method() -> None:
    activate = Operation(Kind.ACTIVATE, "activate", "proplus", later=True, channel="mak")
    order = in_order((INSTALL, REMOVE, activate, SET_HOST))
    assert [operation.kind for operation in order] == [
        Kind.INSTALL_KEY,
        Kind.SET_KMS_HOST,
        Kind.REMOVE_KEY,
        Kind.ACTIVATE,
    ]
