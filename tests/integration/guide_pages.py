# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files, commands and expected lines of a scenario guide, read from its Markdown."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

GUIDES = Path(__file__).resolve().parents[2] / "docs" / "guides"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HOSTS = re.compile(r"officefleet_hosts=(\w+)")


@dataclass(frozen=True)
class Command:
    """A call of ansible-playbook: its options without the host pattern, and the pattern."""

    words: tuple[str, ...]
    hosts: str | None

    @property
    def text(self) -> str:
        """The options as a person types them."""
        return shlex.join(self.words)


@dataclass(frozen=True)
class Guide:
    """``files``: text by path below the project folder. ``seen``: lines that the guide promises."""

    name: str
    files: dict[str, str]
    commands: list[Command]
    seen: list[str]


def read_guide(name: str) -> Guide:
    """A guide by its file name. Raises ValueError where a block could not be run as it stands."""
    files: dict[str, str] = {}
    commands: list[Command] = []
    seen: list[str] = []
    for kind, text in _BLOCK.findall((GUIDES / f"{name}.md").read_text(encoding="utf-8")):
        if kind == "yaml":
            files[path_of(text)] = text
        elif kind == "console":
            commands += [command for line in text.splitlines() if (command := command_of(line))]
        elif kind == "text":
            seen += [" ".join(line.split()) for line in text.splitlines()]
        else:
            raise ValueError(f"{name}: a block of kind {kind} is not run by any test")
    return Guide(name, files, commands, seen)


def blocks(page: str, kind: str) -> list[str]:
    """The texts of the blocks of a kind."""
    return [text for found, text in _BLOCK.findall(page) if found == kind]


def path_of(text: str) -> str:
    """The path that the first line of a YAML block names."""
    found = re.match(r"# ([\w/]+\.yml)( |\n)", text)
    if not found:
        raise ValueError(f"the first line of a YAML block has to name its file: {text.splitlines()[0]}")
    return found[1]


def command_of(line: str) -> Command | None:
    """The ansible-playbook of a line; None for the editing of a vault, which needs a person."""
    words = shlex.split(line)
    if words[0] == "ansible-vault":
        return None
    if words[0] != "ansible-playbook":
        raise ValueError(f"no test runs {line!r}")
    hosts = next((found[1] for word in words if (found := _HOSTS.fullmatch(word))), None)
    if hosts:
        index = words.index(f"officefleet_hosts={hosts}")
        del words[index - 1 : index + 1]
    return Command(tuple(words[1:]), hosts)
