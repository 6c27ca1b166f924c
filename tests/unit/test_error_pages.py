# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Sphinx makes of the catalogue and of links: docs/_ext."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils import problems
from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import (
    ALL_CODES,
    format_code,
    lookup,
)

ROOT = Path(__file__).resolve().parents[2]
FILE_URL = "https://forge.example/{path}"

# Sphinx is installed beside the main ansible-core only; the extensions import it.
pytestmark = pytest.mark.one_core


def extension(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "docs" / "_ext" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_code_has_a_row_with_its_anchor_cause_and_next_step() -> None:
    pages = extension("error_pages")
    rows = [row for row in pages.table(["Code"], [1], pages.code_rows()).findall(pages.nodes.row) if row["ids"]]
    assert [row["ids"] for row in rows] == [[format_code(code)] for code in sorted(ALL_CODES)]
    for row, code in zip(rows, sorted(ALL_CODES), strict=True):
        assert format_code(code) in row.astext()
        assert lookup(code).cause in row.astext()
        assert lookup(code).remedy in row.astext()


def test_the_first_cell_of_a_code_leads_to_itself() -> None:
    pages = extension("error_pages")
    row = pages.line(["0xC004F038", "too few"], "0xC004F038")
    assert [link["refuri"] for link in row.findall(pages.nodes.reference)] == ["#0xC004F038"]


def test_every_problem_of_a_host_without_a_code_is_there() -> None:
    rows = extension("error_pages").problem_rows()
    assert [problems.NO_OFFICE.cause, problems.NO_OFFICE.remedy] in [cells for _anchor, cells in rows]
    assert len(rows) == len([value for value in vars(problems).values() if isinstance(value, problems.Problem)])


@pytest.mark.parametrize(
    ("page", "link", "url"),
    [
        ("docs/awx", "../awx/vars", "https://forge.example/awx/vars"),
        ("docs/guides/mixed", "../../galaxy.yml#L3", "https://forge.example/galaxy.yml"),
        ("CONTRIBUTING", "changelogs/config.yaml", "https://forge.example/changelogs/config.yaml"),
        ("docs/awx", "../no-such-file.yml", None),
        ("docs/awx", "../../outside", None),
    ],
)
def test_a_link_to_a_file_that_is_no_page_leads_to_the_forge(page: str, link: str, url: str | None) -> None:
    assert extension("outside_links").file_url(page, link, ROOT, FILE_URL) == url


def test_labels_of_ansible_lead_to_its_documentation() -> None:
    url = extension("outside_links").ansible_url
    assert url("ansible_collections.ansible.windows.win_command_module").endswith(
        "/collections/ansible/windows/win_command_module.html"
    )
    assert url("common_return_values").endswith("/reference_appendices/common_return_values.html")
    assert url("something_else") is None
