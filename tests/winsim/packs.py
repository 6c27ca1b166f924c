# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volume License Packs and licence files for KMS hosts.

Both are text files. A pack::

    winsim volume license pack
    office: 2021
    behaviour: good

A licence file (``.xrm-ms``), which slmgr.vbs installs with /ilc::

    winsim licence
    office: 2021

``windows: ws22`` instead of ``office`` is Windows' own KMS host licence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from .files import text_of
from .licensing import Record
from .machine import View
from .products import OFFICES, licence_file, licence_in
from .program_base import NeverEndsError, Output

PACK_TITLE = "winsim volume license pack"
LICENCE_TITLE = "winsim licence"
BEHAVIOURS = ("good", "wizard", "wizard_after", "wrong_version", "fails", "slow")
EXIT_FAILED = 17002
NEEDS_ELEVATION = 740
_KEYS = {"office", "windows", "behaviour", "installs", "exit_code", "seconds"}


class BadPackError(ValueError):
    """The description of a pack or licence file is wrong."""


@dataclass(frozen=True)
class Pack:
    """What a pack does. ``content`` is the licence it installs, as products.licence_file writes it."""

    content: str
    behaviour: str = "good"
    exit_code: int = EXIT_FAILED
    seconds: float = 3.0


def pack_text(description: Mapping[str, Any] | int) -> str:
    """The text of a pack file. Raises BadPackError."""
    known = _described(description)
    _pack(known)
    return f"{PACK_TITLE}\n" + yaml.safe_dump({"behaviour": "good", **known})


def licence_text(description: Mapping[str, Any] | int) -> str:
    """The text of a licence file. Raises BadPackError."""
    known = _described(description)
    _licence(known)
    return f"{LICENCE_TITLE}\n" + yaml.safe_dump(known)


def _described(description: Any) -> dict[str, Any]:
    if isinstance(description, int):
        return {"office": description}
    if not isinstance(description, Mapping):
        raise BadPackError(f"a pack or licence is an Office version or a mapping, not {description!r}")
    return dict(description)


def read_pack(kind: str | None) -> Pack | None:
    """The pack that a file is, or None where it is none. Raises BadPackError."""
    body = _body(kind, PACK_TITLE)
    return None if body is None else _pack(body)


def licence_content(view: View, path: str) -> str | None:
    """What slmgr.vbs reads in a file of the machine; None where there is none."""
    kind = view.file_kind(path)
    if kind is None:
        return None
    body = _body(kind, LICENCE_TITLE)
    return text_of(kind) if body is None else _licence(body)


def run(view: View, path: str, pack: Pack) -> Output:
    """Run a pack's installer. Raises NeverEndsError when it waits for a window nobody sees."""
    if pack.behaviour == "fails":
        return Output(exit_code=pack.exit_code)
    if pack.behaviour != "wizard":
        licence = licence_in(pack.content)
        assert licence is not None
        _install(view, licence)
    if pack.behaviour in ("wizard", "wizard_after"):
        view.machine.hung.append(path)
        raise NeverEndsError("")
    if pack.behaviour == "slow":
        view.delay += pack.seconds
    return Output()


def _install(view: View, licence: Record) -> None:
    view.licensing.add_licence(licence)


def _body(kind: str | None, title: str) -> dict[str, Any] | None:
    if kind is None:
        return None
    first, _, rest = text_of(kind).partition("\n")
    if first.strip() != title:
        return None
    try:
        body = yaml.safe_load(rest) or {}
    except yaml.YAMLError as error:
        raise BadPackError(f"{title}: {error}") from error
    if not isinstance(body, dict):
        raise BadPackError(f"{title}: must be a mapping")
    return body


def _pack(body: Mapping[str, Any]) -> Pack:
    unknown = set(body) - _KEYS
    behaviour = body.get("behaviour", "good")
    if unknown or behaviour not in BEHAVIOURS:
        known = f"keys {', '.join(sorted(_KEYS))}; behaviours {', '.join(BEHAVIOURS)}"
        raise BadPackError(f"a volume license pack: {', '.join(sorted(unknown)) or behaviour!r} is unknown; {known}")
    content = _licence({name: body[name] for name in ("office", "windows") if name in body})
    if behaviour == "wrong_version":
        others = [office for office in OFFICES[1:] if office != body.get("office")]
        content = _licence({"office": body.get("installs", others[0])})
    return Pack(content, behaviour, int(body.get("exit_code", EXIT_FAILED)), float(body.get("seconds", 3)))


def _licence(body: Mapping[str, Any]) -> str:
    if set(body) not in ({"office"}, {"windows"}):
        raise BadPackError("a licence says either office or windows")
    try:
        if "windows" in body:
            return licence_file(0, str(body["windows"]), "kms_host")
        return licence_file(int(body["office"]), "", "kms_host")
    except (ValueError, KeyError) as error:
        raise BadPackError(f"a licence for {dict(body)}: {error}") from error
