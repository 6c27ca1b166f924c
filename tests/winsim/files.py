# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in the files of a simulated machine.

A file is kept as a kind: ``data:`` and base64 for content that came from outside, ``folder`` for a folder that a
command made, else the name of something that Windows or Office brought, whose content does not matter.
"""

from __future__ import annotations

import base64
import hashlib

FOLDER = "folder"
_DATA = "data:"


def kind_of(content: bytes) -> str:
    """The kind of a file with this content."""
    return _DATA + base64.b64encode(content).decode()


def content_of(kind: str) -> bytes:
    """The content of a file; what came with Windows has its name as content."""
    return base64.b64decode(kind.removeprefix(_DATA)) if kind.startswith(_DATA) else kind.encode()


def text_of(kind: str) -> str:
    """The content as text; what is no UTF-8 text gives none."""
    try:
        return content_of(kind).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return ""


def checksum(content: bytes, algorithm: str = "sha1") -> str:
    """The checksum in lower-case hex, as Ansible's modules give it."""
    return hashlib.new(algorithm, content).hexdigest()
