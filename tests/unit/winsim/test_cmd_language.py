# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain cmd.exe language: what it reads, where it fails as cmd.exe does, what it refuses."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from winsim.cmd_language import Block, CmdSyntaxError, If, OutsideLanguageError, Sequence, Simple, expand, parse

VARIABLES = {"ProgramFiles": r"C:\Program Files", "ProgramFiles(x86)": r"C:\Program Files (x86)", "TEMP": "T"}


def test_commands_are_joined_by_ampersand() -> None:
    assert parse("ver & echo x") == Sequence((Simple("ver", " "), Simple("echo", " x")))


def test_a_blank_before_the_ampersand_belongs_to_echo() -> None:
    assert parse("echo x& ver").items[0] == Simple("echo", " x")
    assert parse("echo x & ver").items[0] == Simple("echo", " x ")


def test_quotes_protect_everything() -> None:
    (command,) = parse('reg query "HKLM\\a & b (c) > |d"').items
    assert command == Simple("reg", ' query "HKLM\\a & b (c) > |d"')


def test_redirections_are_taken_out_of_the_text_in_order() -> None:
    assert parse("copy a b>nul 2>&1").items[0] == Simple("copy", " a b ", (">nul", "2>&1"))


def test_a_digit_is_a_handle_only_behind_a_delimiter() -> None:
    assert parse("echo x1>nul").items[0] == Simple("echo", " x1", (">nul",))
    assert parse("echo x 1>nul").items[0] == Simple("echo", " x ", (">nul",))


def test_a_block_may_be_redirected() -> None:
    assert parse("(ver) >nul").items[0] == Block(Sequence((Simple("ver", ""),)), (">nul",))


def test_if_with_else() -> None:
    (node,) = parse('if exist "C:\\a b" (echo y) else (echo n)').items
    assert isinstance(node, If)
    assert (node.path, node.negated) == ("C:\\a b", False)
    assert node.otherwise is not None


def test_if_not() -> None:
    (node,) = parse("IF NOT EXIST x ver").items
    assert isinstance(node, If)
    assert node.negated


def test_else_if_makes_a_chain() -> None:
    (node,) = parse("if exist a (echo 1) else if exist b (echo 2) else (echo 3)").items
    assert isinstance(node, If)
    inner = node.otherwise.items[0]
    assert isinstance(inner, If)
    assert inner.otherwise is not None


def test_what_follows_an_if_belongs_to_its_last_branch() -> None:
    """As in cmd.exe: only parentheses around the whole if end it."""
    sequence = parse("if exist a (echo 1) else (echo 2) & echo 3")
    assert len(sequence.items) == 1
    assert len(sequence.items[0].otherwise.items) == 2
    assert len(parse("(if exist a (echo 1) else (echo 2)) & echo 3").items) == 2


def test_else_behind_a_command_without_parentheses_is_its_text() -> None:
    (node,) = parse("if exist a echo y else echo n").items
    assert node.then.items[0].tail == " y else echo n"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (r"(echo C:\Program Files (x86)\Microsoft Office)", r"\Microsoft was unexpected at this time."),
        ("(echo a) echo b", "echo was unexpected at this time."),
        ("(echo a))", ") was unexpected at this time."),
        ("& ver", "& was unexpected at this time."),
        ("(echo a) else (echo b)", "else was unexpected at this time."),
        ("if exist a", "The syntax of the command is incorrect."),
    ],
)
def test_syntax_errors_are_those_of_cmd(line: str, message: str) -> None:
    with pytest.raises(CmdSyntaxError) as caught:
        parse(line)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "line",
    [
        "for %i in (1) do echo x",
        "ver && ver",
        "ver || ver",
        "ver | find",
        "echo ^x",
        "echo x > file",
        "echo x >> nul",
        "echo x 2>nul",
        "ver < nul",
        "if defined x ver",
        "if errorlevel 1 ver",
        "@echo x",
        "(ver",
        "rem x",
        ") ver",
        "ver\nver",
        "echo " + "x" * 8192,
    ],
)
def test_everything_else_is_refused(line: str) -> None:
    with pytest.raises(OutsideLanguageError):
        parse(line)


def test_variables_are_expanded_in_any_case() -> None:
    assert expand(r'"%programfiles%\x" %TEMP%', VARIABLES) == r'"C:\Program Files\x" T'


def test_an_expanded_parenthesis_counts_for_the_parser() -> None:
    line = expand(r"(echo %ProgramFiles(x86)%\Microsoft Office)", VARIABLES)
    with pytest.raises(CmdSyntaxError):
        parse(line)


def test_a_variable_that_is_undefined_here_stays_literal() -> None:
    assert expand("%ProgramFiles(x86)%", {"ProgramFiles(x86)": None}) == "%ProgramFiles(x86)%"


def test_single_percent_signs_stay() -> None:
    assert expand("echo 100% of 50 %", VARIABLES) == "echo 100% of 50 %"


@pytest.mark.parametrize("name", ["%errorlevel%", "%PATH%", "%TEMP:~0,3%", "%CD%"])
def test_other_variables_are_refused(name: str) -> None:
    with pytest.raises(OutsideLanguageError):
        expand(f"echo {name}", VARIABLES)


@given(st.text(alphabet='abc &()"%>2nul1 \\:ifexistlsNOT^|', max_size=60))
def test_no_text_breaks_the_parser(line: str) -> None:
    with contextlib.suppress(OutsideLanguageError, CmdSyntaxError):
        parse(expand(line, VARIABLES))
