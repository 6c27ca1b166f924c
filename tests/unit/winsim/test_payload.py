# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Both forms of Ansible's payload on standard input."""

from __future__ import annotations

import json
from typing import Any

import pytest
from winsim.payload import AsyncJob, Call, InternalScript, NotAPayloadError, decode

ARGUMENTS = {
    "_raw_params": "cmd.exe /d /s /c ver",
    "_ansible_check_mode": True,
    "_ansible_diff": False,
    "_ansible_no_log": True,
    "_ansible_version": "2.16.1",
    "_ansible_module_name": "ansible.windows.win_command",
}
SCRIPT = "ansible_collections.ansible.windows.plugins.modules.win_command.ps1"


def old(**more: Any) -> bytes:
    manifest = {"module_args": ARGUMENTS, "actions": ["module_powershell_wrapper"], "environment": [{"A": "1"}]}
    return b"begin { wrapper }" + b"\0\0\0\0" + json.dumps(manifest | more).encode()


def new(*actions: dict[str, Any], data: bytes = b"") -> bytes:
    module = {
        "name": "module_wrapper.ps1",
        "params": {
            "Script": SCRIPT,
            "Environment": {"A": "1"},
            "Variables": [{"Name": "complex_args", "Value": ARGUMENTS, "Scope": "Global"}],
        },
    }
    manifest = {"scripts": {}, "actions": [*actions, module], "signed_hashlist": []}
    return b'{"name": "exec_wrapper"}\n\0\0\0\0\n' + json.dumps(manifest).encode() + data


@pytest.mark.parametrize("stdin", [old(), new(), new(data=b"\n\0\0\0\0\ninput")])
def test_both_forms_give_the_same_call(stdin: bytes) -> None:
    call = decode(stdin)
    assert call == Call(
        module="win_command",
        full_name="ansible.windows.win_command",
        arguments={"_raw_params": "cmd.exe /d /s /c ver"},
        check_mode=True,
        no_log=True,
        environment={"A": "1"},
        ansible_version="2.16.1",
    )


def test_become_up_to_2_18() -> None:
    call = decode(old(actions=["become_wrapper", "module_powershell_wrapper"], become_user="SYSTEM"))
    assert isinstance(call, Call)
    assert call.become_user == "SYSTEM"


def test_become_from_2_19() -> None:
    call = decode(new({"name": "become_wrapper.ps1", "params": {"BecomeUser": "SYSTEM"}, "secure_params": {}}))
    assert isinstance(call, Call)
    assert call.become_user == "SYSTEM"


def test_async_in_both_forms() -> None:
    folder = r"%USERPROFILE%\.ansible_async"
    environment = [{"ANSIBLE_ASYNC_DIR": folder}]
    call = decode(old(async_jid="j1", async_timeout_sec=60, environment=environment))
    assert isinstance(call, Call)
    assert call.asynchronous == AsyncJob("j1", folder, 60.0, counts_as_numbers=True)
    wrapper = {"name": "async_wrapper.ps1", "params": {"AsyncDir": folder, "AsyncJid": "j1", "StartupTimeout": 5}}
    call = decode(new(wrapper, {"name": "async_watchdog.ps1", "params": {"Timeout": 60}}))
    assert isinstance(call, Call)
    assert call.asynchronous == AsyncJob("j1", folder, 60.0)


def test_scripts_of_ansible_itself_are_told_apart() -> None:
    manifest = {"actions": [{"name": "winrm_put_file.ps1", "params": {"Path": "C:\\x"}}]}
    stdin = b'{"name": "exec_wrapper"}\n\0\0\0\0\n' + json.dumps(manifest).encode() + b"\n\0\0\0\0\nYWJj\r\n"
    assert decode(stdin) == InternalScript("winrm_put_file.ps1", {"Path": "C:\\x"}, b"YWJj")


@pytest.mark.parametrize("stdin", [b"", b"{}", b"x\0\0\0\0y", b"{}\0\0\0\0[]", b"x\0\0\0\0{}"])
def test_anything_else_is_refused(stdin: bytes) -> None:
    with pytest.raises(NotAPayloadError):
        decode(stdin)
