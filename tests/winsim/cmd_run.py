# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a parsed command line on a machine."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from . import languages, programs
from .cmd_language import Block, CmdSyntaxError, If, Node, OutsideLanguageError, Simple, expand, parse
from .machine import View
from .programs import NeverEndsError, Output

SYNTAX_ERROR = 255


class InterruptedLineError(Exception):
    """The connection broke when only a part of the steps had run."""


class _Exit(Exception):
    """``exit N`` was reached."""


@dataclass
class _Streams:
    """Where the output of a command goes; None is the nul device."""

    out: list[str] | None
    err: list[str] | None

    def redirected(self, redirects: tuple[str, ...]) -> _Streams:
        """The streams behind redirections, which count from left to right."""
        out, err = self.out, self.err
        for redirect in redirects:
            if redirect == ">nul":
                out = None
            else:
                err = out
        return _Streams(out, err)


@dataclass
class Interpreter:
    """Runs one line. ``step_limit`` stops it early with InterruptedLineError, as a reboot in the middle would."""

    view: View
    step_limit: int | None = None
    steps: int = 0
    code: int = 0
    out: list[str] = field(default_factory=list)
    err: list[str] = field(default_factory=list)

    def run(self, line: str) -> Output:
        """Run a line as ``cmd.exe /d /s /c`` does.

        Raises OutsideLanguageError, NotSimulatedError, InterruptedLineError, or NeverEndsError, which holds what
        was printed until then.
        """
        try:
            tree = parse(expand(line, self.view.variables()))
            if self.step_limit is None and "drop_during" in self.view.faults:
                self.step_limit = self._count(tree) // 2
            self._node(tree, _Streams(self.out, self.err))
        except CmdSyntaxError as fault:
            return Output("", f"{fault}\r\n", SYNTAX_ERROR)
        except _Exit:
            pass
        except NeverEndsError as hang:
            raise NeverEndsError("".join(self.out) + hang.stdout) from hang
        return Output("".join(self.out), "".join(self.err), self.code)

    def _node(self, node: Node, streams: _Streams) -> None:
        if isinstance(node, Simple):
            self._simple(node, streams.redirected(node.redirects))
        elif isinstance(node, Block):
            self._node(node.body, streams.redirected(node.redirects))
        elif isinstance(node, If):
            branch = self._branch(node)
            if branch is not None:
                self._node(branch, streams)
        else:
            for item in node.items:
                self._node(item, streams)

    def _branch(self, node: If) -> Node | None:
        if re.search(r"[*?]", node.path):
            raise OutsideLanguageError("a wildcard in if exist")
        return node.then if self.view.exists(node.path) != node.negated else node.otherwise

    def _count(self, node: Node) -> int:
        """How many commands will run."""
        if isinstance(node, Simple):
            return 1
        if isinstance(node, Block):
            return self._count(node.body)
        if isinstance(node, If):
            branch = self._branch(node)
            return 0 if branch is None else self._count(branch)
        return sum(self._count(item) for item in node.items)

    def _simple(self, command: Simple, streams: _Streams) -> None:
        if self.step_limit is not None and self.steps >= self.step_limit:
            raise InterruptedLineError
        self.steps += 1
        if command.name.lower() == "exit":
            if not re.fullmatch(r"\d{1,10}", command.tail.strip()):
                raise OutsideLanguageError(f"exit{command.tail}")
            self.code = int(command.tail)
            raise _Exit
        built_in = _BUILT_IN.get(command.name.lower())
        if built_in is not None:
            result, code = built_in(self.view, command.tail)
            self.code = self.code if code is None else code
        else:
            program = programs.find_on(self.view, command.name)
            if program is None:
                raise OutsideLanguageError(f"the command {command.name}")
            self.view.started.append(program.__name__)
            result = program(self.view, programs.split_arguments(command.tail))
            self.code = result.exit_code
        for stream, text in ((streams.out, result.stdout), (streams.err, result.stderr)):
            if stream is not None and text:
                stream.append(text)


# -- commands of cmd.exe itself: what they print and the exit code, None leaving it as it was ------------------------


def _echo(view: View, tail: str) -> tuple[Output, int | None]:
    if not tail.strip() or tail.strip().lower() in ("on", "off", "/?"):
        raise OutsideLanguageError(f"echo{tail}")
    return Output(tail[1:] + "\r\n"), None


def _ver(view: View, tail: str) -> tuple[Output, int | None]:
    if tail.strip():
        raise OutsideLanguageError(f"ver{tail}")
    version = f"{view.licensing.os.get('Version', '10.0.0')}.{view.machine.revision}".removesuffix(".0")
    return Output("\r\n" + languages.message(view.language, "ver", version) + "\r\n"), 0


def _copy(view: View, tail: str) -> tuple[Output, int | None]:
    arguments = programs.split_arguments(tail)
    if len(arguments) != 3 or arguments[0].lower() != "/y" or re.search(r"[*?+]", "".join(arguments[1:])):
        raise OutsideLanguageError(f"copy other than /y SOURCE TARGET:{tail}")
    source, target = arguments[1:]
    kind = view.file_kind(source)
    if kind is None:
        return Output(stderr=languages.message(view.language, "no_file") + "\r\n"), 1
    view.write(target, kind)
    return Output(languages.message(view.language, "copied", 1) + "\r\n"), 0


def _del(view: View, tail: str) -> tuple[Output, int | None]:
    arguments = programs.split_arguments(tail)
    if len(arguments) != 1 or re.search(r"[*?]|^/", arguments[0]):
        raise OutsideLanguageError(f"del other than of one file:{tail}")
    if not view.remove(arguments[0]):
        if view.exists(arguments[0]):
            raise OutsideLanguageError(f"del of a file that came with Windows or Office:{tail}")
        return Output(stderr=languages.message(view.language, "not_found", view.resolve(arguments[0])) + "\r\n"), 0
    return Output(), 0


_BUILT_IN: dict[str, Callable[[View, str], tuple[Output, int | None]]] = {
    "echo": _echo,
    "ver": _ver,
    "copy": _copy,
    "del": _del,
}
