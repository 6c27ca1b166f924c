# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The directives `error-codes` and `host-problems`: tables made of what the collection itself says.

Each code has an anchor of its own, as it is printed: `troubleshooting.html#0xC004F038`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import error_catalogue, problems
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

Row = tuple[str | None, list[str]]


def code_rows() -> list[Row]:
    """The anchor and the cells of each code of the catalogue: code, what it says, next step."""
    rows: list[Row] = []
    for code in sorted(error_catalogue.ALL_CODES):
        entry, name = error_catalogue.lookup(code), error_catalogue.format_code(code)
        again = " Asking again may help." if entry.retryable else ""
        rows.append((name, [name, entry.cause, entry.remedy + again]))
    return rows


def problem_rows() -> list[Row]:
    """The cells of each problem of a host that has no code: what it says, next step."""
    found = [value for value in vars(problems).values() if isinstance(value, problems.Problem)]
    return [(None, [problem.cause, problem.remedy]) for problem in found]


def table(heads: list[str], widths: list[int], rows: Iterable[Row]) -> nodes.table:
    """A table; the first cell of a row with an anchor links to it."""
    group = nodes.tgroup(cols=len(heads))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", line(heads, None))
    group += nodes.tbody("", *[line(cells, anchor) for anchor, cells in rows])
    return nodes.table("", group, classes=["colwidths-given"])


def line(cells: list[str], anchor: str | None) -> nodes.row:
    """A row of a table."""
    row = nodes.row(ids=[anchor] if anchor else [])
    for number, text in enumerate(cells):
        inside: nodes.Node = nodes.Text(text)
        if anchor and number == 0:
            inside = nodes.reference("", "", nodes.literal("", text), refuri=f"#{anchor}")
        row += nodes.entry("", nodes.paragraph("", "", inside))
    return row


class ErrorCodes(SphinxDirective):
    """All error codes."""

    def run(self) -> list[nodes.Node]:
        """Called by Sphinx."""
        return [table(["Code", "What it says", "Next step"], [14, 40, 46], code_rows())]


class HostProblems(SphinxDirective):
    """All problems of a host without a code."""

    def run(self) -> list[nodes.Node]:
        """Called by Sphinx."""
        return [table(["What it says", "Next step"], [50, 50], problem_rows())]


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_directive("error-codes", ErrorCodes)
    app.add_directive("host-problems", HostProblems)
    return {"parallel_read_safe": True}
