# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulated modules share: refusals, failures, and how arguments are read.

``read`` checks arguments as Ansible's own module library for PowerShell does (Ansible.Basic); the older modules
ignore what they do not know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .payload import Call

_TRUE = ("y", "yes", "on", "1", "true", "t")
_FALSE = ("n", "no", "off", "0", "false", "f")


class RefusedError(Exception):
    """The simulation does not do that; ``result`` is what the module answers."""

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.result = {"failed": True, "changed": False, "msg": f"winsim: {message}", **extra}


class ModuleFailure(Exception):
    """The genuine module would fail; ``result`` is its answer."""

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.result = {"changed": False, "failed": True, "msg": message, **extra}


def unhandled(message: str) -> ModuleFailure:
    """A failure that the module itself does not catch."""
    return ModuleFailure(f"Unhandled exception while executing module: {message}")


@dataclass(frozen=True)
class Option:
    """One argument of a module. ``simulated`` false: whoever gives it is refused."""

    kind: str = "str"
    default: Any = None
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    required: bool = False
    simulated: bool = True


Spec = Mapping[str, Option]


def not_simulated(*names: str) -> dict[str, Option]:
    """Arguments that the genuine module has and the simulation refuses."""
    return {name: Option("raw", simulated=False) for name in names}


def read(call: Call, spec: Spec, strict: bool = True) -> dict[str, Any]:
    """The arguments by their main names, with defaults. Raises ModuleFailure and RefusedError.

    ``strict``: unknown arguments are an error.
    """
    names = {alias: name for name, option in spec.items() for alias in (name, *option.aliases)}
    unknown = sorted(name for name in call.arguments if name not in names)
    if unknown and strict:
        supported = ", ".join(sorted(spec))
        text = f"Unsupported parameters for ({call.module}) module: {', '.join(unknown)}."
        raise ModuleFailure(f"{text} Supported parameters include: {supported}")
    given = {names[name]: value for name, value in call.arguments.items() if name in names and value is not None}
    refused = sorted(name for name in given if not spec[name].simulated)
    if refused:
        raise RefusedError(f"the option {', '.join(refused)} of {call.module} is not simulated")
    missing = sorted(name for name, option in spec.items() if option.required and given.get(name) in (None, ""))
    if missing:
        raise ModuleFailure(f"missing required arguments: {', '.join(missing)}")
    return {name: _value(name, given.get(name), option) for name, option in spec.items()}


def _value(name: str, value: Any, option: Option) -> Any:
    if value is None:
        return option.default
    try:
        value = _CONVERTERS[option.kind](value)
    except (ValueError, TypeError) as error:
        kind = type(value).__name__
        text = f"argument for {name} is of type {kind} and we were unable to convert to {option.kind}: {error}"
        raise ModuleFailure(text) from error
    if option.choices and value not in option.choices:
        raise ModuleFailure(f"value of {name} must be one of: {', '.join(option.choices)}. Got no match for: {value}")
    return value


def _bool(value: Any) -> bool:
    text = str(value).lower()
    if text not in (*_TRUE, *_FALSE):
        raise ValueError(f"{value!r} is no boolean")
    return text in _TRUE


def _list(value: Any) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",")]
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    "str": str,
    "bool": _bool,
    "int": int,
    "list": _list,
    "raw": lambda value: value,
}
