# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WinHTTP proxy is read from what netsh prints, in any language."""

from __future__ import annotations

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.netsh_text import parse_proxy
from ansible_collections.officefleet.activation.plugins.module_utils.status import WinHttpProxy
from hypothesis import given
from hypothesis import strategies as st


def shown(*lines: str, title: str = "Current WinHTTP proxy settings:") -> str:
    """An answer of netsh: title, and indented lines."""
    return f"\r\n{title}\r\n\r\n" + "".join(f"    {line}\r\n" for line in lines) + "\r\n"


DIRECT = {
    "English": shown("Direct access (no proxy server)."),
    "German": shown("Direktzugriff (kein Proxyserver).", title="Aktuelle WinHTTP-Proxyeinstellungen:"),
    "Japanese": shown("直接アクセス (プロキシ サーバーなし)。", title="現在の WinHTTP プロキシ設定:"),
}
PROXY = WinHttpProxy("proxy.corp.example:8080", "<local>;*.corp.example")
PROXIES = {
    "English": shown("Proxy Server(s) :  proxy.corp.example:8080", "Bypass List     :  <local>;*.corp.example"),
    "German": shown("Proxyserver:  proxy.corp.example:8080", "Umgehungsliste     :  <local>;*.corp.example"),
    "French": shown("Serveur(s) proxy : proxy.corp.example:8080", "Liste de contournement : <local>;*.corp.example"),
    "Chinese": shown("代理服务器\uff1a proxy.corp.example:8080", "绕过列表\uff1a <local>;*.corp.example"),
    "an unreadable code page": shown("\ufffd\ufffd :  proxy.corp.example:8080", "\ufffd :  <local>;*.corp.example"),
}
SERVERS = {
    "proxy": "proxy",
    "http://proxy:8080": "http://proxy:8080",
    "http=proxy1:8080;https=proxy2:8443": "http=proxy1:8080;https=proxy2:8443",
    "10.0.0.9:3128": "10.0.0.9:3128",
    "[2001:db8::9]:3128": "[2001:db8::9]:3128",
}


@pytest.mark.parametrize("language", DIRECT)
def test_direct_access_is_no_proxy(language: str) -> None:
    assert parse_proxy(DIRECT[language]) == WinHttpProxy(None, None)


@pytest.mark.parametrize("language", PROXIES)
def test_a_proxy_and_its_bypass_list_are_read(language: str) -> None:
    assert parse_proxy(PROXIES[language]) == PROXY


@pytest.mark.parametrize("nothing", ["(none)", "(keine)", "(なし)"])
def test_a_bypass_list_that_holds_words_is_none(nothing: str) -> None:
    text = shown("Proxy Server(s) :  proxy:8080", f"Bypass List     :  {nothing}")
    assert parse_proxy(text) == WinHttpProxy("proxy:8080", None)


@pytest.mark.parametrize("server", SERVERS)
def test_every_form_of_a_server_is_read(server: str) -> None:
    assert parse_proxy(shown(f"Proxy Server(s) :  {server}")) == WinHttpProxy(SERVERS[server], None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The following command was not found: winhttp show proxy.\r\n",
        shown("Fehler: der Dienst antwortet nicht"),
        shown("Proxy Server(s) :  user:secret@proxy:8080"),
    ],
)
def test_anything_else_is_unknown(text: str) -> None:
    assert parse_proxy(text) is None


@given(st.text())
def test_reading_never_fails(text: str) -> None:
    parse_proxy(text)
