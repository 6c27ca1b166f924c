# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registry values of a master image: KMS host, port and UserOperations, as values and as the text of a .reg file.

Source: reference/registry.md (Microsoft's "Activate volume licensed versions of Office by using KMS", "by using MAK").
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ansible_collections.officefleet.activation.plugins.module_utils.desired import DesiredSettings
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import (
    HKLM,
    KMS_NAME,
    KMS_PORT,
    OSPP_KEY,
    SPP_KEY,
    USER_OPERATIONS,
)

_TITLE = "Windows Registry Editor Version 5.00"


@dataclass(frozen=True)
class RegistryValue:
    """One value below HKLM: a number is a REG_DWORD, a text a REG_SZ."""

    key: str
    name: str
    data: int | str


def registry_values(settings: DesiredSettings) -> tuple[RegistryValue, ...]:
    """The values that an image needs; none where neither a KMS host nor UserOperations is given.

    UserOperations has two places: Windows 7 and Microsoft's documentation have Office's own, C(ospp.vbs) on Windows 8
    and later writes Windows' own. An image has both, so that it is right whichever is looked at.
    """
    values = []
    if settings.kms_host is not None:
        values.append(RegistryValue(OSPP_KEY, KMS_NAME, settings.kms_host))
        values.append(RegistryValue(OSPP_KEY, KMS_PORT, str(settings.kms_port)))
    if settings.user_operations is not None:
        values += [RegistryValue(key, USER_OPERATIONS, int(settings.user_operations)) for key in (OSPP_KEY, SPP_KEY)]
    return tuple(values)


def reg_text(values: Iterable[RegistryValue]) -> str:
    """The text of a .reg file, with CRLF line ends. All of it is ASCII: host names are."""
    by_key: dict[str, list[str]] = {}
    for value in values:
        data = f"dword:{value.data:08x}" if isinstance(value.data, int) else f'"{value.data}"'
        by_key.setdefault(value.key, []).append(f'"{value.name}"={data}')
    blocks = [[_TITLE], *([f"[{HKLM}\\{key}]", *lines] for key, lines in by_key.items())]
    return "\r\n\r\n".join("\r\n".join(block) for block in blocks) + "\r\n\r\n"
