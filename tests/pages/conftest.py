# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One Chromium for a file of tests, and pages in it that may neither complain nor ask for anything but themselves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pages.opened_page import Heard, OpenPage
from playwright.sync_api import Browser, Page, expect, sync_playwright

# Chromium itself looks for updates and the like; none of that belongs into a test that counts requests.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
# Milliseconds in which anything has to happen on a page: more than a busy machine takes for one of 10,000 computers.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium.

    It ends with the file: while Playwright runs, its event loop does, and other tests of the process can't start one.
    """
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The pages as files, by the names of the fleets."""
    # Only now: the installed collection can be imported once pytest is configured.
    from ansible_collections.officefleet.activation.plugins.plugin_utils._page import write_page
    from pages.fleet_pages import hostile_fleet, large_fleet, medium_fleet, small_fleet

    folder = tmp_path_factory.mktemp("pages")
    fleets = {"small": small_fleet, "medium": medium_fleet, "large": large_fleet, "hostile": hostile_fleet}
    paths = {}
    for name, make in fleets.items():
        paths[name] = folder / f"{name}.html"
        write_page(make(), paths[name])
    return paths


@pytest.fixture(scope="module")
def tabs(browser: Browser) -> dict[str, Page]:
    """Tabs of the browser by their options, since a new one for each test is what would take most of the time."""
    return {}


@pytest.fixture
def open_page(browser: Browser, tabs: dict[str, Page], files: dict[str, Path]) -> Iterator[OpenPage]:
    """Open one of the files. Whatever a test does: nothing on the console, no request but the file."""
    heard, opened = Heard(), []

    def open_file(name: str, fragment: str = "", **options: Any) -> Page:
        key = repr(sorted(options.items()))
        if key not in tabs:
            tabs[key] = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options}).new_page()
            tabs[key].set_default_timeout(PATIENCE)
        tab = tabs[key]
        tab.emulate_media(media="null")
        tab.goto("about:blank")
        heard.listen(tab)
        opened.append((tab, files[name].as_uri()))
        tab.goto(files[name].as_uri() + fragment)
        return tab

    yield open_file
    for tab, _address in opened:
        heard.leave(tab)
    assert heard.console == []
    assert set(heard.requests) == {address for _tab, address in opened}


@pytest.fixture
def small(open_page: OpenPage) -> Page:
    """A page of a small fleet."""
    return open_page("small")


@pytest.fixture
def medium(open_page: OpenPage) -> Page:
    """A page of 400 computers."""
    return open_page("medium")


@pytest.fixture
def large(open_page: OpenPage) -> Page:
    """A page of 10,000 computers."""
    return open_page("large")
