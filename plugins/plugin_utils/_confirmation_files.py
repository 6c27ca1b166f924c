# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files in which confirmation IDs are obtained: CSV for people, JSON for programs, by the end of the name. Not public.

Every function raises InputError for a file that can't be read or written, which names ``option``.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_file import (
    COLUMNS,
    REQUIRED,
    Entry,
    csv_row,
    document,
    entries_of_document,
    entry_of_row,
)
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.plugin_utils._report_files import CSV_ENCODING
from ansible_collections.officefleet.activation.plugins.plugin_utils._whole_file import content_of, whole_file

CSV, JSON = ".csv", ".json"
# Confirmation IDs are in it.
_OWNER_ONLY = 0o600


def read_entries(path: Path, option: str = "path") -> list[Entry]:
    """The entries of a file."""
    suffix = _suffix(path, option)
    try:
        text = path.read_text(encoding=CSV_ENCODING)
    except OSError as error:
        raise InputError(option, f"{path} can't be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(option, f"{path} is not in UTF-8; save it as CSV UTF-8") from None
    return _read_csv(path, option, text) if suffix == CSV else _read_json(path, option, text)


def write_requests(requests: Sequence[Request], path: Path, option: str = "path") -> bool:
    """Write a file that only its owner reads; False where it says the same already."""
    if not differs(requests, path, option):
        return False
    is_csv = _suffix(path, option) == CSV
    with whole_file(path, option, CSV_ENCODING if is_csv else "utf-8", _OWNER_ONLY) as file:
        file.write(_text(requests, is_csv))
    return True


def differs(requests: Sequence[Request], path: Path, option: str = "path") -> bool:
    """Whether writing would change the file."""
    is_csv = _suffix(path, option) == CSV
    wanted = _text(requests, is_csv).encode(CSV_ENCODING if is_csv else "utf-8", "replace")
    return content_of(path, option) != wanted


def _suffix(path: Path, option: str) -> str:
    suffix = path.suffix.lower()
    if suffix not in (CSV, JSON):
        raise InputError(option, f"the name of the file must end in {CSV} or {JSON}")
    return suffix


def _text(requests: Sequence[Request], is_csv: bool) -> str:
    if not is_csv:
        return json.dumps(document(requests), indent=1) + "\n"
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(csv_row(request) for request in requests)
    return text.getvalue()


def _read_csv(path: Path, option: str, text: str) -> list[Entry]:
    header = text.partition("\n")[0]
    # As a spreadsheet saves it where the comma is in numbers.
    delimiter = ";" if ";" in header and "," not in header else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter, restkey="more cells")
    try:
        names = list(reader.fieldnames or ())
        if not set(REQUIRED) <= set(names) or len(set(names)) < len(names):
            raise InputError(option, f"line 1 of {path} must name the columns, each once, with {', '.join(REQUIRED)}")
        entries = [entry_of_row(f"line {reader.line_num}", row) for row in reader]
    except csv.Error as error:
        raise InputError(option, f"line {reader.line_num} of {path} is no CSV ({error})") from None
    return [entry for entry in entries if entry is not None]


def _read_json(path: Path, option: str, text: str) -> list[Entry]:
    try:
        content = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(option, f"{path} is no JSON ({error})") from None
    return entries_of_document(option, content)
