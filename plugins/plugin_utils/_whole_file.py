# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that appear whole or not at all, so that no reader meets half a report. Not a public interface."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

_EVERYBODY_READS = 0o644


@contextmanager
def whole_file(
    path: Path, option: str = "path", encoding: str = "utf-8", mode: int = _EVERYBODY_READS
) -> Iterator[TextIO]:
    """A text file to write to, which takes its place when the block ends well. Its folder is made where it is missing.

    Lines end as they are written. Raises InputError for a place that can't be written, which names ``option``.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:50]}.", suffix=".tmp", dir=path.parent)
    except OSError as error:
        raise not_written(option, path, error) from None
    try:
        with os.fdopen(handle, "w", encoding=encoding, errors="replace", newline="") as file:
            yield file
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise not_written(option, path, error) from None
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def content_of(path: Path, option: str = "path") -> bytes | None:
    """What a file holds; None where there is none. Raises InputError for one that can't be read."""
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError as error:
        raise InputError(option, f"{path} can't be read ({error.strerror})") from None


def not_written(option: str, path: Path, error: OSError) -> InputError:
    """The error for a file that could not be written."""
    rule = f"{path} can't be written ({error.strerror}); name another place, or look at the folder and the disk"
    return InputError(option, rule)
