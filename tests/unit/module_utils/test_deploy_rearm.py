# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rearming Office: what is run, what stands in the way, what the output means."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils import deploy_rearm
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_rearm import judge_rearm, plan_rearm
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

SKU_ID = "fbdb3e18-a8ef-4fb3-9183-dffd60bd0984"
FOLDER = r"C:\Program Files (x86)\Microsoft Office\Office16"
STATUS = {
    "elevated": True,
    "script": rf"{FOLDER}\OSPP.VBS",
    "os_version": "10.0.19045.1",
    "licences": [{"sku_id": SKU_ID}],
}
COUNT = (
    "Software licensing service version: 10.0\r\n\r\nRemaining App rearm count: 3\r\nRemaining SKU rearm count: 3\r\n"
)
DONE = f"{COUNT}@rearm\r\nMicrosoft Office rearm successful.\r\n"


def command(**change: Any) -> str:
    line = plan_rearm({**STATUS, **change}, "copy1").command
    assert line is not None
    return line


def test_the_last_command_is_the_rearm_whose_exit_code_counts() -> None:
    end = f'& echo @rearm& (if exist "{FOLDER}\\OSPPREARM.EXE" ("{FOLDER}\\OSPPREARM.EXE") else echo @missing)"'
    assert command().endswith(end)


def test_the_count_is_read_before_from_an_english_copy_that_is_removed() -> None:
    parts = command().split("& ")
    assert [part.split()[0] for part in parts[1:4]] == ["cscript.exe", "del", "echo"]
    assert parts[1].endswith(rf'"%TEMP%\copy1.vbs" /dlv {SKU_ID}')


@pytest.mark.parametrize("change", [{"os_version": "6.1.7601"}, {"licences": []}])
def test_where_no_count_can_be_read_office_is_rearmed_only(change: dict[str, Any]) -> None:
    assert command(**change).startswith('cmd.exe /d /s /c "echo @rearm& ')


@pytest.mark.parametrize(
    ("change", "obstacle"),
    [
        ({"elevated": False}, deploy_rearm.NOT_ELEVATED),
        ({"script": None}, deploy_rearm.NO_SCRIPT),
        ({"script": r"C:\Program Files\Microsoft Office\Office14\OSPP.VBS"}, deploy_rearm.NO_SCRIPT),
    ],
)
def test_what_stands_in_the_way(change: dict[str, Any], obstacle: object) -> None:
    plan = plan_rearm({**STATUS, **change}, "copy1")
    assert (plan.command, plan.obstacle) == (None, obstacle)


def test_a_path_that_no_command_line_may_carry_is_refused() -> None:
    with pytest.raises(InputError):
        plan_rearm({**STATUS, "script": r"C:\a&b\Office16\OSPP.VBS"}, "copy1")


def test_a_rearm_leaves_one_less() -> None:
    outcome = judge_rearm(0, DONE, "")
    assert (outcome.rearmed, outcome.rearms_left) == (True, 2)


def test_a_rearm_whose_count_was_not_read_is_one_as_well() -> None:
    outcome = judge_rearm(0, "@rearm\r\nErfolgreich.\r\n", "")
    assert (outcome.rearmed, outcome.rearms_left) == (True, None)


@pytest.mark.parametrize("exit_code", [0, 1])
def test_a_failure_has_its_cause_and_what_to_do(exit_code: int) -> None:
    outcome = judge_rearm(exit_code, f"{COUNT}@rearm\r\n", "Error: 0xc004d307 On a computer ...\r\n")
    assert not outcome.rearmed
    assert outcome.problem is not None
    assert outcome.problem.message.startswith(
        "No rearms remain for this installation. (0xC004D307) Build the image anew"
    )


def test_an_error_of_reading_the_count_is_none_of_the_rearm() -> None:
    assert judge_rearm(0, "Error: 0x80041010 On a computer ...\r\n@rearm\r\nok\r\n", "").rearmed


@pytest.mark.parametrize(
    ("exit_code", "stdout", "problem"),
    [
        (0, "@rearm\r\n@missing\r\n", deploy_rearm.PROGRAM_MISSING),
        (5, "@rearm\r\n", deploy_rearm.NOT_UNDERSTOOD),
    ],
)
def test_failures_without_a_code(exit_code: int, stdout: str, problem: object) -> None:
    assert judge_rearm(exit_code, stdout, "").problem == problem
