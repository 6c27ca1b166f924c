# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks on the store: what they tell in check mode, and where they are refused half-way, is true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from integration.controller_run import HOST, run_tasks
from integration.playbook_run import task

pytestmark = pytest.mark.one_core

NOTHING, KEPT = "Nothing was done.", "What was written before that is kept."
SKU_ID = "6755c7a7-4dfe-46f5-bce8-427be8e9dc62"
FILLED_IN = f"""host,product,last_five,installation_id,confirmation_id,sku_id
pc1,Office 2021 proplus,*MAK21,{"1" * 63},{"123456" * 8},{SKU_ID}
pc2,Office 2021 proplus,*MAK21,{"2" * 63},,{SKU_ID}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tasks work. ``closed`` is a file, so that nothing can be written below it."""
    folder = tmp_path_factory.mktemp("refusals")
    (folder / "closed").touch()
    (folder / "filled.csv").write_text(FILLED_IN)
    return folder


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, dict[str, Any]]:
    """Every task in one run."""

    def asked(name: str, module: str, **options: Any) -> dict[str, Any]:
        return task(name, module, {"store": f"{folder}/{name}.sqlite", **options}, ignore_errors=True)

    tasks = [
        asked("no folder", "activation_report", folder=f"{folder}/closed/report"),
        asked("no numbers", "activation_report", folder=f"{folder}/report", prometheus_file=f"{folder}/numbers.txt"),
        asked("no file", "mak_proxy_import", path=f"{folder}/nowhere.csv"),
        asked("file, no lookup", "mak_proxy_import", path=f"{folder}/filled.csv", lookup="my.own.lookup"),
    ]
    run = run_tasks(tasks)
    return {one["name"]: run.results(one["name"])[HOST] for one in tasks}


# -- check mode -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exports(folder: Path) -> dict[str, dict[str, Any]]:
    """Exports of an empty store in check mode, beside one that was made before."""
    options = {"store": f"{folder}/empty.sqlite"}
    run_tasks([task("before", "activation_export", {"path": f"{folder}/same.json", **options})])
    names = ["same.json", "new.json", "new.txt"]
    tasks = [
        task(name, "activation_export", {"path": f"{folder}/{name}", **options}, ignore_errors=True) for name in names
    ]
    run = run_tasks(tasks, "--check")
    return {name: run.results(name)[HOST] for name in names}


def test_check_mode_of_an_export_tells_whether_the_file_would_change(exports: dict[str, dict[str, Any]]) -> None:
    assert {name: answer["changed"] for name, answer in exports.items() if name != "new.txt"} == {
        "same.json": False,
        "new.json": True,
    }


def test_check_mode_of_an_export_refuses_what_the_run_refuses(exports: dict[str, dict[str, Any]]) -> None:
    assert "must end in .csv or .json" in exports["new.txt"]["msg"]


def test_check_mode_of_an_export_writes_nothing(exports: dict[str, dict[str, Any]], folder: Path) -> None:
    assert not [name for name in exports if name != "same.json" and (folder / name).exists()]


# -- refused half-way -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["no folder", "no file"])
def test_a_task_that_wrote_nothing_says_so(name: str, answers: dict[str, dict[str, Any]]) -> None:
    answer = answers[name]
    assert (answer["failed"], answer["changed"]) == (True, False)
    assert answer["msg"].endswith(NOTHING)


@pytest.mark.parametrize("name", ["no numbers", "file, no lookup"])
def test_a_task_that_wrote_something_does_not_deny_it(name: str, answers: dict[str, dict[str, Any]]) -> None:
    answer = answers[name]
    assert (answer["failed"], answer["changed"]) == (True, True)
    assert answer["msg"].endswith(KEPT)


def test_what_is_said_to_be_kept_is_there(answers: dict[str, dict[str, Any]], folder: Path) -> None:
    assert (folder / "report" / "report.html").is_file()
