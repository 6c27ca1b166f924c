# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plain cmd.exe language: percent expansion and the parser.

It reads exactly what the collection's command lines may use: ``&``, parentheses, ``if [not] exist``, ``echo``,
``>nul``, ``2>&1`` and simple commands. Within that it behaves as the real cmd.exe does: variables are expanded
before anything is parsed, so a ``)`` that comes out of an unquoted ``%ProgramFiles(x86)%`` ends a block, and a
syntax error anywhere means that nothing runs. Whatever is outside is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

MAX_LENGTH = 8191
_DELIMITERS = " \t,;="
_FOREIGN = {"|": "a pipe", "<": "input redirection", "^": "the escape character ^"}


class OutsideLanguageError(Exception):
    """The line uses something of cmd.exe that the plain language does not have."""


class CmdSyntaxError(Exception):
    """cmd.exe itself would refuse the line; the text is its message."""


@dataclass(frozen=True)
class Simple:
    """A command: its name, the text after the name as it stands, and its redirections in order."""

    name: str
    tail: str
    redirects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Block:
    """A sequence in parentheses."""

    body: Sequence
    redirects: tuple[str, ...] = ()


@dataclass(frozen=True)
class If:
    """``if [not] exist PATH then [else otherwise]``."""

    negated: bool
    path: str
    then: Sequence
    otherwise: Sequence | None = None


@dataclass(frozen=True)
class Sequence:
    """Commands joined by ``&``."""

    items: tuple[Simple | Block | If, ...]


Node = Simple | Block | If | Sequence


def expand(line: str, variables: Mapping[str, str | None]) -> str:
    """Replace ``%NAME%``. A name whose value is None is known and undefined here: it stays as written.

    Raises OutsideLanguageError for a name that ``variables`` does not know.
    """
    known = {name.lower(): value for name, value in variables.items()}
    out, position = [], 0
    while (start := line.find("%", position)) >= 0:
        end = line.find("%", start + 1)
        name = line[start + 1 : end] if end > 0 else ""
        out.append(line[position:start])
        if name.lower() in known and known[name.lower()] is not None:
            out.append(str(known[name.lower()]))
            position = end + 1
            continue
        if name.lower() not in known and re.fullmatch(r"[A-Za-z_][\w()]*(:.*)?", name):
            raise OutsideLanguageError(f"the variable %{name}%")
        out.append("%")
        position = start + 1
    return "".join(out) + line[position:]


def parse(line: str) -> Sequence:
    """Parse an expanded line. Raises OutsideLanguageError or CmdSyntaxError."""
    if len(line) > MAX_LENGTH:
        raise OutsideLanguageError(f"a line of {len(line)} characters (the limit is {MAX_LENGTH})")
    if re.search(r"[\r\n\0]", line):
        raise OutsideLanguageError("a line break")
    return _Parser(line).line()


class _Parser:
    """Recursive descent over the text of one line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0

    def line(self) -> Sequence:
        sequence = self.sequence(in_if=False)
        if self.peek():
            raise self.unexpected()
        return sequence

    # -- small steps --------------------------------------------------------------------------------------------

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def skip(self, characters: str = " \t") -> None:
        while self.peek() and self.peek() in characters:
            self.at += 1

    def word(self) -> str:
        """The word ahead, without taking it."""
        match = re.match(r'[^\s,;=&|<>()"]+', self.text[self.at :])
        return match[0] if match else ""

    def unexpected(self) -> CmdSyntaxError:
        """The message of cmd.exe about the next token."""
        match = re.match(r'(?:"[^"]*"?|[^\s,;=&|<>()"])+|.', self.text[self.at :])
        return CmdSyntaxError(f"{match[0] if match else ''} was unexpected at this time.")

    # -- grammar ------------------------------------------------------------------------------------------------

    def sequence(self, in_if: bool) -> Sequence:
        """Commands up to the end, a closing parenthesis, or an else that belongs to the surrounding if."""
        items = [self.command(in_if)]
        while True:
            self.skip()
            if self.peek() != "&":
                return Sequence(tuple(items))
            if self.text[self.at : self.at + 2] == "&&":
                raise OutsideLanguageError("&&")
            self.at += 1
            self.skip(_DELIMITERS)
            if not self.peek():
                return Sequence(tuple(items))
            items.append(self.command(in_if))

    def command(self, in_if: bool) -> Simple | Block | If:
        self.skip(_DELIMITERS)
        redirects = self.redirections()
        character = self.peek()
        if character == "(":
            return self.block(redirects, in_if)
        if character == "":
            raise CmdSyntaxError("The syntax of the command is incorrect.")
        if character == "&":
            raise self.unexpected()
        if character == ")":
            if self.depth:
                raise self.unexpected()
            raise OutsideLanguageError("a closing parenthesis where a command begins")
        if character == "@":
            raise OutsideLanguageError("the prefix @")
        if self.word().lower() == "if":
            return self.conditional(in_if)
        if self.word().lower() in ("for", "rem"):
            raise OutsideLanguageError(f"the command {self.word()}")
        return self.simple(redirects)

    def block(self, redirects: list[str], in_if: bool) -> Block:
        self.at += 1
        self.depth += 1
        body = self.sequence(in_if=False)
        self.skip()
        if self.peek() != ")":
            if self.peek():
                raise self.unexpected()
            raise OutsideLanguageError("a parenthesis that is not closed")
        self.at += 1
        self.depth -= 1
        redirects = redirects + self.redirections()
        self.skip()
        ends = not self.peek() or self.peek() == "&" or (self.peek() == ")" and self.depth > 0)
        if not ends and not (in_if and self.word().lower() == "else"):
            self.refuse_foreign()
            raise self.unexpected()
        return Block(body, tuple(redirects))

    def conditional(self, in_if: bool) -> If:
        """``if``. As in cmd.exe, what follows with ``&`` still belongs to the branch before it."""
        self.at += 2
        self.skip(_DELIMITERS)
        negated = self.word().lower() == "not"
        if negated:
            self.at += 3
            self.skip(_DELIMITERS)
        if self.word().lower() != "exist":
            raise OutsideLanguageError(f"if {self.word() or self.peek()}")
        self.at += 5
        self.skip(_DELIMITERS)
        path = self.path()
        then = self.sequence(in_if=True)
        self.skip()
        otherwise = None
        if self.word().lower() == "else":
            self.at += 4
            otherwise = self.sequence(in_if)
        return If(negated, path, then, otherwise)

    def path(self) -> str:
        """The file name of ``if exist``."""
        match = re.match(r'(?:"[^"]*"?|[^\s,;=&|<>"])+', self.text[self.at :])
        if not match:
            raise CmdSyntaxError("The syntax of the command is incorrect.")
        if "(" in re.sub(r'"[^"]*"?', "", match[0]):
            raise OutsideLanguageError("a parenthesis glued to the path of if exist")
        self.at += len(match[0])
        return match[0].replace('"', "")

    def simple(self, redirects: list[str]) -> Simple:
        """A command name and the text after it, up to ``&``, the end of the block, or the end of the line."""
        closing = ")" if self.depth else ""
        match = re.match(rf'(?:"[^"]*"?|[^\s,;=&|<>^"{closing}])+', self.text[self.at :])
        if not match:
            self.refuse_foreign()
            raise self.unexpected()
        self.at += len(match[0])
        tail: list[str] = []
        quoted = False
        while (character := self.peek()) and (quoted or character not in "&" + closing):
            if character == '"':
                quoted = not quoted
            elif not quoted:
                self.refuse_foreign()
                if self.at_redirection(tail):
                    redirects = [*redirects, self.redirection()]
                    continue
            tail.append(character)
            self.at += 1
        return Simple(match[0], "".join(tail), tuple(redirects))

    # -- redirection --------------------------------------------------------------------------------------------

    def at_redirection(self, before: list[str]) -> bool:
        """Whether ``>`` or ``2>`` begins here; a digit is a handle only behind a delimiter."""
        if self.peek() == ">":
            return True
        alone = not before or before[-1] in _DELIMITERS
        return alone and re.match(r"\d>", self.text[self.at :]) is not None

    def redirections(self) -> list[str]:
        """All redirections ahead."""
        found: list[str] = []
        while True:
            start = self.at
            self.skip()
            if not self.at_redirection([]):
                self.at = start
                return found
            found.append(self.redirection())

    def redirection(self) -> str:
        """Take one redirection; only ``>nul``, ``1>nul`` and ``2>&1`` exist."""
        match = re.match(r'(\d?)(>>?)[ \t]*((?:&\d)|(?:"[^"]*"?|[^\s,;=&|<>()"])*)', self.text[self.at :])
        text = match[0] if match else self.peek()
        if match and match[2] == ">":
            self.at += len(text)
            if match[1] in ("", "1") and match[3].lower() == "nul":
                return ">nul"
            if match[1] == "2" and match[3] == "&1":
                return "2>&1"
        raise OutsideLanguageError(f"the redirection {text}")

    def refuse_foreign(self) -> None:
        if self.peek() and self.peek() in _FOREIGN:
            raise OutsideLanguageError(_FOREIGN[self.peek()])
