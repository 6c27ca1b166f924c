# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""VBScript is added only where it is missing, and what DISM says explains why it was not."""

from __future__ import annotations

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.problems import (
    CUT_OFF,
    NO_ANSWER,
    NO_OFFICE,
    NO_VBSCRIPT,
)
from ansible_collections.officefleet.activation.plugins.module_utils.vbscript_feature import (
    NOT_ELEVATED,
    STILL_MISSING,
    engine_line,
    engine_problem,
    engine_result,
    feature_source,
    lacks_vbscript,
    read_engine,
)

SUCCESS = "\r\nDeployment Image Servicing and Management tool\r\n\r\nThe operation completed successfully.\r\n"


def answer(*sections: str, elevated: bool = True, end: bool = True) -> str:
    """What a host answers; sections stand between the account and the end."""
    account = "HKEY_USERS\\S-1-5-19\r\n    (Default)    REG_SZ    \r\n" if elevated else ""
    return f"@elevated\r\n{account}" + "".join(f"@{one}\r\n" for one in sections) + ("@end\r\n" if end else "")


def dism_error(code: str) -> str:
    return f"dism\r\n\r\nError: {code}\r\n\r\nDISM failed. No operation was performed. \r\n"


PRESENT = read_engine(answer("present", "vbscript"))
MISSING = read_engine(answer("missing"))
ADDED = read_engine(answer(f"dism\r\n{SUCCESS}", "vbscript"))


def test_a_host_that_has_it_is_not_changed() -> None:
    assert (engine_problem(PRESENT), engine_result(PRESENT)["changed"]) == (None, False)


def test_what_was_added_is_a_change() -> None:
    assert engine_problem(ADDED) is None
    assert engine_result(ADDED)["operations"] == ["add the Windows feature on demand VBSCRIPT~~~~"]


def test_a_look_foretells_that_it_would_be_added() -> None:
    assert engine_problem(MISSING) is None
    assert engine_result(MISSING)["diff"] == {"before": {"vbscript": False}, "after": {"vbscript": True}}


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("0x800f0954", "VBScript could not be added: the WSUS server of the host does not offer"),
        ("0x800f0950", "VBScript could not be added: Windows Update offers"),
        ("0x800f080c", "this version of Windows does not know"),
        ("0x8024402c", "the name of the update server"),
        ("0x80072ee7", "the update server can't be reached"),
        ("87", "the code 0x57"),
    ],
)
def test_the_code_of_dism_is_explained(code: str, cause: str) -> None:
    problem = engine_problem(read_engine(answer(dism_error(code))))
    assert problem is not None
    assert cause in problem.cause
    assert problem.code == (f"0x{code[2:].upper()}" if code.startswith("0x") else "0x57")


def test_the_code_is_found_in_another_language_too() -> None:
    text = answer(dism_error("0x800f0954").replace("Error", "Fehler"))
    problem = engine_problem(read_engine(text))
    assert problem is not None
    assert problem.code == "0x800F0954"


@pytest.mark.parametrize(
    "text", [answer(dism_error("740")), answer(dism_error("5")), answer("missing", elevated=False)]
)
def test_an_account_that_is_not_elevated_is_told_so(text: str) -> None:
    assert engine_problem(read_engine(text)) == NOT_ELEVATED


def test_the_success_of_dism_does_not_count_while_the_engine_is_missing() -> None:
    assert engine_problem(read_engine(answer(f"dism\r\n{SUCCESS}"))) == STILL_MISSING


def test_a_failure_of_dism_does_not_count_when_the_engine_is_there() -> None:
    assert engine_problem(read_engine(answer(dism_error("0x800f0954"), "vbscript"))) is None


def test_an_answer_without_its_end_is_cut_off() -> None:
    assert engine_problem(read_engine(answer("missing", end=False))) == CUT_OFF


def test_no_answer_is_told_apart() -> None:
    assert engine_problem(read_engine("sh: cmd.exe: not found")) == NO_ANSWER


def test_check_mode_sends_no_command_that_adds() -> None:
    assert "dism" not in engine_line(add=False)


def test_the_engine_is_added_only_where_it_is_missing() -> None:
    looks, _, adds = engine_line(add=True).partition(" else ")
    assert "dism.exe" not in looks
    assert "dism.exe /Online /English /NoRestart /Add-Capability /CapabilityName:VBSCRIPT~~~~" in adds


def test_with_a_source_no_update_server_is_asked() -> None:
    assert r'/Source:"\\server\share\fod" /LimitAccess' in engine_line(True, r"\\server\share\fod")


@pytest.mark.parametrize("value", [r"D:\fod", r"\\server\share\features on demand", "C:\\fod\\"])
def test_a_folder_is_a_source(value: str) -> None:
    assert feature_source(value) == value.rstrip("\\")


@pytest.mark.parametrize("value", ["fod", "D:\\", "D:/fod", r"D:\fod & calc", r"D:\%TEMP%", 'D:\\a"b', "D:\\a\nb"])
def test_anything_else_is_no_source(value: str) -> None:
    with pytest.raises(InputError, match="source"):
        feature_source(value)


def test_a_result_for_want_of_vbscript_is_recognised() -> None:
    failure = {"product": None, "cause": NO_VBSCRIPT.cause, "remedy": NO_VBSCRIPT.remedy, "code": None}
    assert lacks_vbscript({"failed": True, "failures": [failure]})


@pytest.mark.parametrize(
    "result", [{}, {"failed": True, "msg": "Broken."}, {"failures": [{"product": None, "cause": NO_OFFICE.cause}]}]
)
def test_no_other_result_is(result: dict[str, object]) -> None:
    assert not lacks_vbscript(result)
