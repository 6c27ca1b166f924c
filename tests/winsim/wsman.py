# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""WS-Management messages: what a request asks for, and the answers to it.

Only what Ansible's winrm connection plugin sends: Create, Command, Send, Receive, Signal and Delete on the shell
resource (reference: MS-WSMV).
"""

from __future__ import annotations

import base64
import binascii
import re
import uuid
from dataclasses import dataclass, field
from xml.etree import ElementTree

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
OPERATION_TIMED_OUT = 2150858793
SHELL_NOT_FOUND = 2150858843
ANONYMOUS = ADDRESSING + "/role/anonymous"

for _prefix, _uri in (("s", SOAP), ("a", ADDRESSING), ("x", TRANSFER), ("w", WSMAN), ("rsp", SHELL), ("f", FAULT)):
    ElementTree.register_namespace(_prefix, _uri)


class NotWsManError(Exception):
    """The request is no WS-Management message."""


@dataclass
class Request:
    """One request. ``action`` is the last word of the action URI; ``timeout`` is in seconds."""

    action: str
    message_id: str
    shell_id: str = ""
    command_id: str = ""
    command: str = ""
    arguments: str = ""
    options: dict[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    end: bool = False
    timeout: float = 20.0


def parse(body: bytes) -> Request:
    """Read a request. Raises NotWsManError when it is not one."""
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise NotWsManError(f"not XML: {error}") from error
    header, content = root.find(f"{{{SOAP}}}Header"), root.find(f"{{{SOAP}}}Body")
    action = "" if header is None else header.findtext(f"{{{ADDRESSING}}}Action", "")
    if header is None or content is None or not action:
        raise NotWsManError("no SOAP header with an action")
    request = Request(action.rsplit("/", 1)[-1], header.findtext(f"{{{ADDRESSING}}}MessageID", ""))
    request.timeout = _seconds(header.findtext(f"{{{WSMAN}}}OperationTimeout", ""))
    for option in header.iter(f"{{{WSMAN}}}Option"):
        request.options[option.get("Name", "")] = option.text or ""
    for selector in header.iter(f"{{{WSMAN}}}Selector"):
        if selector.get("Name") == "ShellId":
            request.shell_id = selector.text or ""
    _read_body(request, content)
    return request


def _read_body(request: Request, content: ElementTree.Element) -> None:
    """The part of a request below the SOAP body."""
    for element in content.iter():
        name = element.tag.rsplit("}", 1)[-1]
        request.command_id = element.get("CommandId", request.command_id)
        if name == "Command":
            request.command = (element.text or "").strip('"')
        elif name == "Arguments":
            request.arguments = f"{request.arguments} {element.text or ''}".strip()
        elif name == "Stream":
            request.end = element.get("End", "false").lower() == "true"
            try:
                request.stdin += base64.b64decode(element.text or "")
            except binascii.Error as error:
                raise NotWsManError(f"stdin is not base64: {error}") from error


def _seconds(duration: str) -> float:
    """Seconds of an ISO 8601 duration such as PT20S; the default of pywinrm where it is absent."""
    match = re.fullmatch(r"PT(?:(\d+)M)?([\d.]+)S", duration)
    return int(match[1] or 0) * 60 + float(match[2]) if match else 20.0


def created(request: Request, shell_id: str) -> bytes:
    """The answer to Create."""
    envelope, body = _envelope(request, TRANSFER + "/CreateResponse")
    resource = ElementTree.SubElement(body, f"{{{TRANSFER}}}ResourceCreated")
    ElementTree.SubElement(resource, f"{{{ADDRESSING}}}Address").text = "http://127.0.0.1/wsman"
    parameters = ElementTree.SubElement(resource, f"{{{ADDRESSING}}}ReferenceParameters")
    ElementTree.SubElement(parameters, f"{{{WSMAN}}}ResourceURI").text = SHELL + "/cmd"
    selectors = ElementTree.SubElement(parameters, f"{{{WSMAN}}}SelectorSet")
    ElementTree.SubElement(selectors, f"{{{WSMAN}}}Selector", Name="ShellId").text = shell_id
    shell = ElementTree.SubElement(body, f"{{{SHELL}}}Shell")
    ElementTree.SubElement(shell, f"{{{SHELL}}}ShellId").text = shell_id
    return _text(envelope)


def command_started(request: Request, command_id: str) -> bytes:
    """The answer to Command."""
    envelope, body = _envelope(request, SHELL + "/CommandResponse")
    response = ElementTree.SubElement(body, f"{{{SHELL}}}CommandResponse")
    ElementTree.SubElement(response, f"{{{SHELL}}}CommandId").text = command_id
    return _text(envelope)


def output(request: Request, stdout: bytes, stderr: bytes, exit_code: int, ended: bool = True) -> bytes:
    """The answer to Receive for a command that has ended, or, with ``ended`` false, a piece of its output."""
    envelope, body = _envelope(request, SHELL + "/ReceiveResponse")
    response = ElementTree.SubElement(body, f"{{{SHELL}}}ReceiveResponse")
    for name, data in (("stdout", stdout), ("stderr", stderr)):
        stream = ElementTree.SubElement(response, f"{{{SHELL}}}Stream", Name=name, CommandId=request.command_id)
        stream.text = base64.b64encode(data).decode()
        if not data:
            stream.set("End", "true")
    state = ElementTree.SubElement(response, f"{{{SHELL}}}CommandState", CommandId=request.command_id)
    state.set("State", f"{SHELL}/CommandState/{'Done' if ended else 'Running'}")
    if ended:
        ElementTree.SubElement(state, f"{{{SHELL}}}ExitCode").text = str(exit_code)
    return _text(envelope)


def done(request: Request) -> bytes:
    """The answer to Send, Signal and Delete."""
    name = request.action
    envelope, body = _envelope(request, f"{TRANSFER if name == 'Delete' else SHELL}/{name}Response")
    if name != "Delete":
        ElementTree.SubElement(body, f"{{{SHELL}}}{name}Response")
    return _text(envelope)


def fault(request: Request, code: int, subcode: str, reason: str) -> bytes:
    """A SOAP fault; HTTP status 500 goes with it."""
    envelope, body = _envelope(request, ADDRESSING + "/fault")
    element = ElementTree.SubElement(body, f"{{{SOAP}}}Fault")
    fault_code = ElementTree.SubElement(element, f"{{{SOAP}}}Code")
    ElementTree.SubElement(fault_code, f"{{{SOAP}}}Value").text = "s:Receiver"
    inner = ElementTree.SubElement(fault_code, f"{{{SOAP}}}Subcode")
    ElementTree.SubElement(inner, f"{{{SOAP}}}Value").text = subcode
    text = ElementTree.SubElement(ElementTree.SubElement(element, f"{{{SOAP}}}Reason"), f"{{{SOAP}}}Text")
    text.text = reason
    detail = ElementTree.SubElement(element, f"{{{SOAP}}}Detail")
    wsman = ElementTree.SubElement(detail, f"{{{FAULT}}}WSManFault", Code=str(code), Machine="winsim")
    ElementTree.SubElement(wsman, f"{{{FAULT}}}Message").text = reason
    return _text(envelope)


def _envelope(request: Request, action: str) -> tuple[ElementTree.Element, ElementTree.Element]:
    """An answer without content. ``RelatesTo`` must echo the message ID, else pywinrm raises."""
    envelope = ElementTree.Element(f"{{{SOAP}}}Envelope")
    header = ElementTree.SubElement(envelope, f"{{{SOAP}}}Header")
    ElementTree.SubElement(header, f"{{{ADDRESSING}}}Action").text = action
    ElementTree.SubElement(header, f"{{{ADDRESSING}}}MessageID").text = f"uuid:{uuid.uuid4()}"
    ElementTree.SubElement(header, f"{{{ADDRESSING}}}To").text = ANONYMOUS
    ElementTree.SubElement(header, f"{{{ADDRESSING}}}RelatesTo").text = request.message_id
    return envelope, ElementTree.SubElement(envelope, f"{{{SOAP}}}Body")


def _text(envelope: ElementTree.Element) -> bytes:
    text: bytes = ElementTree.tostring(envelope, encoding="utf-8")
    return text
