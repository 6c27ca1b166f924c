# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inventory files: writes hosts as they come, and reads records. CSV or JSON, by the end of the name. Not public."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import FleetHost, HostRecord
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.inventory_rows import (
    COLUMNS,
    FORMAT,
    FORMAT_VERSION,
    host_data,
    host_records,
    inventory_rows,
    records_of_data,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._report_files import CSV_ENCODING
from ansible_collections.officefleet.activation.plugins.plugin_utils._whole_file import whole_file

_Way = TypeVar("_Way")


def write_inventory(hosts: Iterable[FleetHost], path: Path, option: str = "path") -> int:
    """Write hosts one after the other; how many these were. Raises InputError where that is impossible."""
    write = _by_suffix(path, option, {".csv": _write_csv, ".json": _write_json})
    return write(hosts, path, option)


def read_inventory(path: Path, option: str = "path") -> Iterator[HostRecord]:
    """The records of a file, one after the other. Raises InputError, which names line and column of what is wrong."""
    read = _by_suffix(path, option, {".csv": _read_csv, ".json": _read_json})
    try:
        yield from read(path, option)
    except OSError as error:
        raise InputError(option, f"{path} can't be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise InputError(option, f"{path} is not in UTF-8; save it as CSV UTF-8") from None


def _by_suffix(path: Path, option: str, ways: Mapping[str, _Way]) -> _Way:
    way = ways.get(path.suffix.lower())
    if way is None:
        raise InputError(option, f"the name of the file must end in {' or '.join(ways)}")
    return way


def _write_csv(hosts: Iterable[FleetHost], path: Path, option: str) -> int:
    count = 0
    with whole_file(path, option, CSV_ENCODING) as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for count, host in enumerate(hosts, start=1):  # noqa: B007 - the count is the result
            writer.writerows(inventory_rows(host))
    return count


def _write_json(hosts: Iterable[FleetHost], path: Path, option: str) -> int:
    count = 0
    with whole_file(path, option) as file:
        file.write(f'{{"format": {json.dumps(FORMAT)}, "version": {FORMAT_VERSION}, "hosts": [')
        for count, host in enumerate(hosts, start=1):
            file.write(f"{',' if count > 1 else ''}\n{json.dumps(host_data(host))}")
        file.write("\n]}\n")
    return count


def _read_csv(path: Path, option: str) -> Iterator[HostRecord]:
    with path.open(encoding=CSV_ENCODING, newline="") as file:
        header = file.readline()
        file.seek(0)
        # As a spreadsheet saves it where the comma is in numbers.
        delimiter = ";" if ";" in header and "," not in header else ","
        reader = csv.DictReader(file, strict=True, delimiter=delimiter, restkey="more cells than columns")
        try:
            names = list(reader.fieldnames or ())
            if "host" not in names or len(set(names)) < len(names):
                raise InputError(option, f"line 1 of {path} must name the columns, each once, one of them host")
            yield from host_records(reader)
        except csv.Error as error:
            raise InputError(option, f"line {reader.line_num} of {path} is no CSV ({error})") from None


def _read_json(path: Path, option: str) -> Iterator[HostRecord]:
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (json.JSONDecodeError, RecursionError) as error:
        raise InputError(option, f"{path} is no JSON ({error})") from None
    yield from records_of_data(document)
