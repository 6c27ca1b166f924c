# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""reg.exe: query, add and delete."""

from __future__ import annotations

import re

from . import languages
from .licensing import RegistryData
from .machine import View
from .program_base import NotSimulatedError, Output
from .registry import AccessDeniedError, Key, NotWritableError, Registry, delete_value, write_value

_ADDED_TYPES = ("REG_SZ", "REG_DWORD", "REG_MULTI_SZ")
_SEPARATOR = r"\0"
_NO_NUMBER = "ERROR: Invalid syntax. Specify valid numeric value for '/d'.\r\nType \"REG ADD /?\" for usage.\r\n"
_EMPTY_PART = 'ERROR: Invalid syntax.\r\nType "REG ADD /?" for usage.\r\n'


def reg(view: View, arguments: list[str]) -> Output:
    """``reg query``, ``reg add KEY /v NAME /t TYPE /d DATA /f`` and ``reg delete KEY /v NAME /f``."""
    verb = arguments[0].lower() if arguments else ""
    try:
        if verb == "query" and len(arguments) > 1:
            return _reg_query(view, arguments[1], arguments[2:])
        if verb == "add" and len(arguments) > 1:
            return _reg_add(view, arguments[1], arguments[2:])
        if verb == "delete" and len(arguments) > 1:
            return _reg_delete(view, arguments[1], arguments[2:])
    except AccessDeniedError:
        return Output(stderr=languages.message(view.language, "reg_denied") + "\r\n", exit_code=1)
    except ValueError:
        return Output(stderr=languages.message(view.language, "reg_key_name") + "\r\n", exit_code=1)
    raise NotSimulatedError(f"reg.exe {' '.join(arguments[:1])}".strip())


def _reg_query(view: View, path: str, options: list[str]) -> Output:
    lowered = [option.lower() for option in options]
    missing = Output(stderr=languages.message(view.language, "reg_missing") + "\r\n", exit_code=1)
    registry = Registry(view)
    key = registry.find(path)
    if key is None:
        return missing
    if lowered == ["/s"]:
        text = "".join(_values_block(one) for one in registry.below(key))
        return Output(text or "\r\n")
    if not lowered:
        subkeys = "".join(f"{key.path}\\{name}\r\n" for name in sorted(key.subkeys.values(), key=str.lower))
        block = _values_block(key)
        return Output((block or "\r\n") + subkeys)
    if lowered == ["/ve"]:
        default = languages.message(view.language, "reg_default")
        empty = languages.message(view.language, "reg_not_set")
        kind, data = key.values[""][1] if "" in key.values else ("REG_SZ", empty)
        return Output(f"\r\n{key.path}\r\n    {default}    {kind}    {data}\r\n\r\n")
    if len(lowered) == 2 and lowered[0] == "/v":
        if lowered[1] not in key.values:
            return missing
        return Output(f"\r\n{key.path}\r\n{_value_line(key, lowered[1])}\r\n")
    raise NotSimulatedError(f"reg.exe query with {' '.join(options)}")


def _values_block(key: Key) -> str:
    """A key with its values, as reg.exe prints it; nothing for a key without values."""
    if not key.values:
        return ""
    return f"\r\n{key.path}\r\n" + "".join(_value_line(key, name) for name in key.values) + "\r\n"


def _value_line(key: Key, name: str) -> str:
    written, (kind, data) = key.values[name]
    text = hex(data) if isinstance(data, int) else _SEPARATOR.join(data) if isinstance(data, list) else data
    return f"    {written}    {kind}    {text}\r\n"


def _reg_add(view: View, path: str, options: list[str]) -> Output:
    lowered = [option.lower() for option in options]
    if len(options) != 7 or (lowered[0], lowered[2], lowered[4], lowered[6]) != ("/v", "/t", "/d", "/f"):
        raise NotSimulatedError("reg.exe add other than KEY /v NAME /t TYPE /d DATA /f")
    name, kind, text = options[1], options[3].upper(), options[5]
    if kind not in _ADDED_TYPES:
        raise NotSimulatedError(f"reg.exe add of the type {kind}")
    data: RegistryData = text
    if kind == "REG_DWORD":
        if not re.fullmatch(r"\d{1,10}|0[xX][0-9a-fA-F]{1,8}", text) or _number(text) > 0xFFFFFFFF:
            return Output(stderr=_NO_NUMBER, exit_code=1)
        data = _number(text)
    elif kind == "REG_MULTI_SZ":
        data = text.split(_SEPARATOR) if text else []
        if "" in data:
            return Output(stderr=_EMPTY_PART, exit_code=1)
    try:
        write_value(view, path, name, data)
    except NotWritableError as error:
        raise NotSimulatedError(f"reg.exe add of {error}") from error
    return Output(languages.message(view.language, "reg_done") + "\r\n")


def _number(text: str) -> int:
    return int(text, 16) if text[:2].lower() == "0x" else int(text)


def _reg_delete(view: View, path: str, options: list[str]) -> Output:
    lowered = [option.lower() for option in options]
    if len(options) != 3 or lowered[0] != "/v" or lowered[2] != "/f":
        raise NotSimulatedError("reg.exe delete other than KEY /v NAME /f")
    if not delete_value(view, path, options[1]):
        return Output(stderr=languages.message(view.language, "reg_missing") + "\r\n", exit_code=1)
    return Output(languages.message(view.language, "reg_done") + "\r\n")
