# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines for a KMS host."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.command_lines import LONGEST_LINE
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import (
    LONGEST_DOMAIN_LIST,
    PRODUCTS,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_lines import host_line, step_command
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_plan import HostKind
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation
from unit.module_utils.kms_host_output import CONFIRMATION_ID, ID_2021, KEY_2013, wanted

COPY = r'"%TEMP%\copy01.vbs"'
SPP = r'"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"'
CSCRIPT = f"cscript.exe //Nologo //T:60 {COPY}"


def test_a_host_is_read_in_one_line() -> None:
    assert host_line(["windows", ID_2021], "copy01") == "".join(
        [
            rf'cmd.exe /d /s /c "copy /y "%windir%\System32\slmgr.vbs" {COPY} >nul& echo @os& ver& echo @elevated& ',
            r"reg query HKU\S-1-5-19 /ve& ",
            r'(if exist "%windir%\System32\vbscript.dll" echo @vbscript)& ',
            f"echo @dlv windows& {CSCRIPT} /dlv& echo @dlv {ID_2021}& {CSCRIPT} /dlv {ID_2021}& del {COPY}& ",
            f"echo @registry& reg query {SPP} /v KeyManagementServiceListeningPort& ",
            f"reg query {SPP} /v DisableDnsPublishing& reg query {SPP} /v DnsDomainPublishList& ",
            f"reg query {SPP} /v EnableKmsLowPriority& reg query {SPP} /v OfficeFleetRestartPending& ",
            r"reg query HKLM\SYSTEM\CurrentControlSet\Services\sppsvc /v Start& ",
            'echo @end& exit 0"',
        ]
    )


def test_steps_come_before_the_reading() -> None:
    line = host_line([ID_2021], "copy01", [f"/ato {ID_2021}", "reg delete X /f"])
    assert f"& echo @step 1& {CSCRIPT} /ato {ID_2021}& echo @step 2& reg delete X /f& echo @os& " in line


def test_that_a_restart_is_needed_is_noted_before_any_step() -> None:
    line = host_line([ID_2021], "copy01", ["/sprt 1700"], mark_restart=True)
    note = f"& reg add {SPP} /v OfficeFleetRestartPending /t REG_DWORD /d 1 /f& echo @step 1& {CSCRIPT} /sprt 1700& "
    assert note in line


def domain(name: str, priority: int = 0, weight: int = 0) -> dict[str, Any]:
    return {"domain": name, "priority": priority, "weight": weight}


@pytest.mark.parametrize(
    ("kind", "value", "settings", "command"),
    [
        (HostKind.INSTALL_KEY, KEY_2013, {}, f"/ipk {KEY_2013}"),
        (HostKind.ACTIVATE, "", {}, f"/ato {ID_2021}"),
        (HostKind.DEPOSIT, CONFIRMATION_ID, {}, f"/atp {CONFIRMATION_ID} {ID_2021}"),
        (
            HostKind.SET_PORT,
            "",
            {"port": 1700},
            f"reg add {SPP} /v KeyManagementServiceListeningPort /t REG_SZ /d 1700 /f",
        ),
        (HostKind.SET_PRIORITY, "", {"priority": "low"}, "/cpri"),
        (HostKind.SET_PRIORITY, "", {"priority": "normal"}, "/spri"),
        (
            HostKind.SET_PUBLISHING,
            "",
            {"dns_publishing": True},
            f"reg add {SPP} /v DisableDnsPublishing /t REG_DWORD /d 0 /f",
        ),
        (
            HostKind.SET_PUBLISHING,
            "",
            {"dns_publishing": False},
            f"reg add {SPP} /v DisableDnsPublishing /t REG_DWORD /d 1 /f",
        ),
        (
            HostKind.RESTART,
            "",
            {},
            "net stop sppsvc /y& sc query sppsvc& net start sppsvc& sc query sppsvc& "
            f"reg delete {SPP} /v OfficeFleetRestartPending /f",
        ),
        (HostKind.SET_DOMAINS, "", {"publish_domains": []}, f"reg delete {SPP} /v DnsDomainPublishList /f"),
        (
            HostKind.SET_DOMAINS,
            "",
            {"publish_domains": [domain("b.example", 10, 5), domain("a.example")]},
            rf'reg add {SPP} /v DnsDomainPublishList /t REG_MULTI_SZ /d "a.example\0b.example, 10, 5" /f',
        ),
    ],
)
def test_the_command_of_an_operation(kind: HostKind, value: str, settings: dict[str, Any], command: str) -> None:
    operation = Operation(kind, "words", "Office 2021", value, sku_id=ID_2021)
    assert step_command(operation, wanted({"product": "2021"}, **settings)) == command


def test_no_command_removes_a_key() -> None:
    desired = wanted({"product": "2021"}, publish_domains=[])
    commands = [step_command(Operation(kind, "", value="x", sku_id=ID_2021), desired) for kind in HostKind]
    assert not any("/upk" in command for command in commands)


def test_all_that_can_be_asked_for_fits_into_one_command() -> None:
    sizes = [len("00.long.example, 65535, 65535") + 2]
    number = LONGEST_DOMAIN_LIST // sizes[0]
    domains = [domain(f"{index:02}.long.example", 65535, 65535) for index in range(min(number, 100))]
    domains += [domain(f"{index:03}.l.example", 65535, 65535) for index in range(number - len(domains))]
    products = [
        {
            "product": name,
            "key": f"{index:05}-BBBBB-CCCCC-DDDDD-EEEEE",
            "confirmation_id": CONFIRMATION_ID,
        }
        for index, name in enumerate(PRODUCTS)
    ]
    desired = wanted(*products, publish_domains=domains, port=65535, priority="low", dns_publishing=False)
    once = [HostKind.SET_DOMAINS, HostKind.SET_PORT, HostKind.SET_PRIORITY, HostKind.SET_PUBLISHING]
    operations = [Operation(kind, "") for kind in once]
    operations += [
        Operation(HostKind.DEPOSIT, "", value=CONFIRMATION_ID, sku_id=ID_2021) for _product in desired.products
    ]
    steps = [step_command(operation, desired) for operation in operations]
    line = host_line([product.activation_id for product in desired.products], "officefleet0123456789ab", steps, True)
    assert LONGEST_LINE - 1500 < len(line) <= LONGEST_LINE
