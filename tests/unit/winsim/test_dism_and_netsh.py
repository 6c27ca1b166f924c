# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""dism.exe adds VBScript or says why not; netsh.exe shows the WinHTTP proxy; a proxy can hold up an activation."""

from __future__ import annotations

import pytest
from winsim import fleet
from winsim.cmd_run import Interpreter
from winsim.faults import Fault
from winsim.licensing import HResult
from winsim.machine import View
from winsim.programs import NotSimulatedError

MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK21"
FLEET = rf"""
microsoft: {{maks: [{{key: {MAK}, office: 2021, family: proplus, limit: 5}}]}}
downloads: {{'\\files\fod\VBSCRIPT.cab': {{text: features}}}}
defaults: {{os: Windows 11 24H2, vbscript: false, office: [{{product: proplus, version: 2021, key: {MAK}}}]}}
hosts:
  pc:
  german: {{language: de-DE, winhttp_proxy: {{server: 'proxy:8080'}}}}
  old: {{os: Windows 10 22H2}}
  offline: {{reach: {{microsoft: false}}}}
  plain: {{elevated: false}}
  behind: {{winhttp_proxy: {{server: 'proxy:8080', bypass: <local>, authenticating: true}}}}
  exempt: {{winhttp_proxy: {{server: 'proxy:8080', bypass: '*.sls.microsoft.com', authenticating: true}}}}
  open: {{winhttp_proxy: {{server: 'proxy:8080'}}}}
"""
ADD = "dism.exe /Online /NoRestart /Add-Capability /CapabilityName:VBSCRIPT~~~~"
SHARE = r' /Source:"\\files\fod" /LimitAccess'


def view(host: str = "pc", *faults: Fault) -> View:
    read = fleet.read(FLEET)
    return View(read.machines[host], read.world, {fault.name: fault for fault in faults}, downloads=read.downloads)


def cmd(line: str, on: View) -> tuple[str, int]:
    """Standard output and exit code of a line."""
    with on.applied():
        output = Interpreter(on).run(line)
    return output.stdout, output.exit_code


def test_dism_adds_vbscript() -> None:
    pc = view()
    out, code = cmd(ADD, pc)
    assert "The operation completed successfully." in out
    assert (code, pc.has_vbscript, pc.exists(r"C:\Windows\System32\vbscript.dll")) == (0, True, True)


@pytest.mark.parametrize(
    ("host", "faults", "code"),
    [
        ("pc", [Fault("dism_fails")], "0x800f0954"),
        ("pc", [Fault.read({"name": "dism_fails", "code": 0x800F0950})], "0x800f0950"),
        ("offline", [], "0x8024402c"),
        ("pc", [Fault("dns_down")], "0x8024402c"),
        ("old", [], "0x800f080c"),
        ("plain", [], "740"),
    ],
)
def test_dism_says_why_not(host: str, faults: list[Fault], code: str) -> None:
    on = view(host, *faults)
    out, exit_code = cmd(ADD, on)
    assert f"\r\nError: {code}\r\n" in out
    assert (exit_code, on.machine.vbscript) == (int(code, 0), False)


def test_a_share_serves_a_host_that_gets_nowhere() -> None:
    assert cmd(ADD + SHARE, view("offline"))[1] == 0


def test_a_source_that_is_not_there_is_told() -> None:
    assert "Error: 0x800f081f" in cmd(ADD + r" /Source:C:\nothing /LimitAccess", view())[0]


def test_dism_speaks_the_language_of_windows_unless_it_is_told_otherwise() -> None:
    fault = Fault("dism_fails")
    assert "Fehler: 0x800f0954" in cmd(ADD, view("german", fault))[0]
    assert "Error: 0x800f0954" in cmd(f"{ADD} /English", view("german", fault))[0]


@pytest.mark.parametrize("line", ["dism.exe /Online /Get-Capabilities", ADD.replace("VBSCRIPT", "OTHER"), "netsh.exe"])
def test_other_uses_are_refused(line: str) -> None:
    with pytest.raises(NotSimulatedError):
        cmd(line, view())


@pytest.mark.parametrize(
    ("host", "lines"),
    [
        ("pc", "    Direct access (no proxy server).\r\n"),
        ("behind", "    Proxy Server(s) :  proxy:8080\r\n    Bypass List     :  <local>\r\n"),
        ("german", "    Proxyserver:  proxy:8080\r\n    Umgehungsliste     :  (keine)\r\n"),
    ],
)
def test_netsh_shows_the_proxy(host: str, lines: str) -> None:
    assert lines in cmd("netsh.exe winhttp show proxy", view(host))[0]


@pytest.mark.parametrize(("host", "code"), [("behind", 0x8004FE33), ("exempt", 0), ("open", 0), ("pc", 0)])
def test_a_proxy_that_wants_a_password_holds_up_what_does_not_go_around_it(host: str, code: int) -> None:
    on = view(host)
    product = next(one for one in on.licensing.products if one["PartialProductKey"] == "MAK21")
    with on.applied():
        try:
            on.licensing.world.activate(on.licensing, product)
            given = 0
        except HResult as failure:
            given = failure.code
    assert given == code


def test_a_proxy_needs_a_server() -> None:
    with pytest.raises(fleet.FleetError, match="winhttp_proxy: needs server"):
        fleet.read("hosts: {pc: {winhttp_proxy: {authenticating: true}}}")
