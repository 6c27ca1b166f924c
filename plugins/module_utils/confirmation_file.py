# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows that people work with: what waits for a confirmation ID, and the confirmation IDs that they fill in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_digits import (
    grouped_confirmation_id,
    grouped_installation_id,
)
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.csv_cells import lossless, readable
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

FORMAT = "officefleet.activation confirmation"
FORMAT_VERSION = 1
COLUMNS = ("host", "product", "last_five", "installation_id", "confirmation_id", "sku_id")
#: What a file must have; the rest is taken from the store where that knows the installation ID.
REQUIRED = ("host", "installation_id", "confirmation_id")


@dataclass(frozen=True)
class Entry:
    """A row as it was read, unchecked. ``where`` says where it stands, for messages."""

    where: str
    host: str
    installation_id: str
    confirmation_id: str = field(default="", repr=False)
    product: str = ""
    last_five: str = ""
    sku_id: str = ""


def csv_row(request: Request) -> dict[str, str]:
    """A request for a spreadsheet. The star before the last five keeps it from taking 1E234 for a number."""
    return {name: str(lossless(text)) for name, text in request_data(request).items()}


def request_data(request: Request) -> dict[str, str]:
    """A request with its digits in groups for reading aloud."""
    return {
        "host": request.host,
        "product": request.product,
        "last_five": f"*{request.last_five}",
        "installation_id": grouped_installation_id(request.installation_id),
        "confirmation_id": grouped_confirmation_id(request.confirmation_id or ""),
        "sku_id": request.sku_id,
    }


def document(requests: Iterable[Request]) -> dict[str, Any]:
    """The JSON form."""
    rows = [request_data(request) for request in requests]
    return {"format": FORMAT, "version": FORMAT_VERSION, "requests": rows}


def entry_of_row(where: str, row: Mapping[Any, Any]) -> Entry | None:
    """A line of a CSV file; None for an empty one."""
    cells = {name: readable(row.get(name) or "").strip() for name in COLUMNS}
    if not any(cells.values()):
        return None
    return Entry(where, **{**cells, "last_five": cells["last_five"].lstrip("*")})


def entries_of_document(option: str, content: Any) -> list[Entry]:
    """The entries of the JSON form. Raises InputError for anything else."""
    is_ours = isinstance(content, Mapping) and content.get("format") == FORMAT
    if not is_ours or not isinstance(content.get("requests"), list):
        raise InputError(option, f'a JSON object with "format": "{FORMAT}" and a list "requests" is needed')
    if content.get("version") != FORMAT_VERSION:
        raise InputError(option, f"this release reads version {FORMAT_VERSION} of the format")
    return [_entry_of_data(option, number, item) for number, item in enumerate(content["requests"], start=1)]


def _entry_of_data(option: str, number: int, item: Any) -> Entry:
    texts = {name: item.get(name) or "" for name in COLUMNS} if isinstance(item, Mapping) else {}
    cells = {name: text.strip() for name, text in texts.items() if isinstance(text, str)}
    if len(cells) < len(COLUMNS):
        raise InputError(option, f"request {number} has to be an object of texts; digits stand in quotes")
    return Entry(f"request {number}", **{**cells, "last_five": cells["last_five"].lstrip("*")})
