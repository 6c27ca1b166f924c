# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A page in Chromium, and what it says and asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Error, Page, Request


@dataclass
class Heard:
    """What a page said on the console, and the addresses that it asked for."""

    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        """Note from now on what this page does."""
        page.on("console", self._hear_console)
        page.on("pageerror", self._hear_error)
        page.on("request", self._hear_request)

    def leave(self, page: Page) -> None:
        """Note nothing more of this page."""
        page.remove_listener("console", self._hear_console)
        page.remove_listener("pageerror", self._hear_error)
        page.remove_listener("request", self._hear_request)

    def _hear_console(self, message: ConsoleMessage) -> None:
        self.console.append(f"{message.type}: {message.text}")

    def _hear_error(self, error: Error) -> None:
        self.console.append(f"exception: {error}")

    def _hear_request(self, request: Request) -> None:
        self.requests.append(request.url)


OpenPage = Callable[..., Page]
