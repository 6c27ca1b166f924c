# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WS-Management messages, as pywinrm writes and reads them."""

from __future__ import annotations

import base64
from xml.etree import ElementTree

import pytest
from winrm.protocol import Protocol
from winsim import wsman
from winsim.commands import decode_raw

SHELL = wsman.SHELL


def sent(action: str, body: str = "", timeout: str = "PT20S") -> bytes:
    return f"""<?xml version="1.0" encoding="utf-8"?>
<env:Envelope xmlns:env="{wsman.SOAP}" xmlns:a="{wsman.ADDRESSING}" xmlns:w="{wsman.WSMAN}" xmlns:rsp="{SHELL}">
<env:Header><a:MessageID>uuid:1</a:MessageID><w:OperationTimeout>{timeout}</w:OperationTimeout>
<a:Action mustUnderstand="true">{SHELL}/{action}</a:Action>
<w:OptionSet><w:Option Name="WINRS_CONSOLEMODE_STDIN">FALSE</w:Option></w:OptionSet>
<w:SelectorSet><w:Selector Name="ShellId">SHELL-1</w:Selector></w:SelectorSet></env:Header>
<env:Body>{body}</env:Body></env:Envelope>""".encode()


def test_a_request_names_action_message_shell_and_timeout() -> None:
    request = wsman.parse(sent("Receive", timeout="PT1M5S"))
    assert (request.action, request.message_id, request.shell_id) == ("Receive", "uuid:1", "SHELL-1")
    assert request.timeout == 65


def test_a_command_has_text_arguments_and_options() -> None:
    body = "<rsp:CommandLine><rsp:Command>PowerShell</rsp:Command><rsp:Arguments>-x y</rsp:Arguments></rsp:CommandLine>"
    request = wsman.parse(sent("Command", body))
    assert (request.command, request.arguments) == ("PowerShell", "-x y")
    assert request.options == {"WINRS_CONSOLEMODE_STDIN": "FALSE"}


def test_stdin_is_decoded_and_end_is_seen() -> None:
    stream = '<rsp:Send><rsp:Stream Name="stdin" CommandId="C1" End="true">YWJj</rsp:Stream></rsp:Send>'
    request = wsman.parse(sent("Send", stream))
    assert (request.stdin, request.end, request.command_id) == (b"abc", True, "C1")


@pytest.mark.parametrize("body", [b"", b"GET /", b"<html></html>", b"<a>"])
def test_other_requests_are_no_ws_management(body: bytes) -> None:
    with pytest.raises(wsman.NotWsManError):
        wsman.parse(body)


class _Replayed(Protocol):
    """pywinrm's own reader over a canned answer."""

    def __init__(self, answer: bytes) -> None:
        super().__init__("http://127.0.0.1/wsman", transport="basic", username="u", password="p")
        self.answer = answer

    def send_message(self, message: str) -> bytes:
        return self.answer


def test_pywinrm_reads_output_and_exit_code() -> None:
    request = wsman.parse(sent("Receive", '<rsp:Receive><rsp:DesiredStream CommandId="C1"/></rsp:Receive>'))
    answer = wsman.output(request, "ä".encode(), b"", 3)
    assert _Replayed(answer).get_command_output_raw("SHELL-1", "C1") == ("ä".encode(), b"", 3, True)


def test_pywinrm_reads_the_shell_id() -> None:
    assert _Replayed(wsman.created(wsman.parse(sent("Create")), "SHELL-9")).open_shell() == "SHELL-9"


@pytest.mark.parametrize("action", ["Send", "Signal", "Delete"])
def test_answers_echo_the_message_id(action: str) -> None:
    root = ElementTree.fromstring(wsman.done(wsman.parse(sent(action))))
    assert root.findtext(f".//{{{wsman.ADDRESSING}}}RelatesTo") == "uuid:1"


def test_a_fault_holds_the_code_that_pywinrm_looks_for() -> None:
    root = ElementTree.fromstring(wsman.fault(wsman.parse(sent("Receive")), 2150858793, "w:TimedOut", "reason"))
    detail = root.find(f"{{{wsman.SOAP}}}Body/{{{wsman.SOAP}}}Fault/{{{wsman.SOAP}}}Detail/{{{wsman.FAULT}}}WSManFault")
    assert detail is not None
    assert detail.get("Code") == "2150858793"


def test_a_raw_command_is_utf_16_in_base64() -> None:
    encoded = base64.b64encode("whoami /all".encode("utf-16-le")).decode()
    assert decode_raw(f"PowerShell -NoProfile -EncodedCommand {encoded}") == "whoami /all"
    assert decode_raw(f"powershell -NoProfile -EncodedCommand '{encoded}'") == "whoami /all"
    assert decode_raw(f"chcp.com 65001 > $null ; PowerShell -NoProfile -EncodedCommand {encoded}") == "whoami /all"
    assert decode_raw("whoami") == "whoami"
