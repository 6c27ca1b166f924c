# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a table of a page shows, and its controls, as a reader finds them."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


class ShownTable:
    """One table of a page, opened if it is closed."""

    def __init__(self, page: Page, key: str) -> None:
        self.section = page.locator(f"#table-{key}")
        if self.section.locator("details").get_attribute("open") is None:
            self.section.locator("summary").click()

    def column(self, title: str) -> list[str]:
        """The cells of a column, from top to bottom."""
        titles = self.section.locator("thead th").all_inner_texts()
        place = [text.strip() for text in titles].index(title) + 1
        return self.section.locator(f"tbody tr > :nth-child({place})").all_text_contents()

    def hosts(self) -> list[str]:
        """The host names without their domain."""
        return [name.split(".")[0] for name in self.column("Host")]

    def header(self, title: str) -> Locator:
        """The header cell of a column."""
        return self.section.get_by_role("columnheader", name=title, exact=True)

    def sort(self, title: str) -> None:
        """Click on the header of a column."""
        self.header(title).get_by_role("button").click()

    def filter(self, text: str) -> None:
        """Type into the filter of the table."""
        self.section.get_by_label("Filter rows").fill(text)

    def button(self, name: str) -> Locator:
        """A button below or above the table."""
        return self.section.get_by_role("button", name=name, exact=True)

    def count(self) -> str:
        """The number of rows that the heading names."""
        return self.section.locator("summary .rows").inner_text()

    def position(self) -> str:
        """The line below the table."""
        return self.section.locator(".position").inner_text()
