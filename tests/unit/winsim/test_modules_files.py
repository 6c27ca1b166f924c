# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a simulated machine: what the modules and Ansible's own scripts do with them."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from winsim import fleet, transfer
from winsim.files import checksum, kind_of
from winsim.machine import View
from winsim.modules import run
from winsim.payload import Call, InternalScript

FLEET = r"""
downloads:
  https://files.example/a.txt: {text: hello}
  https://files.example/b.txt: {error: 'Unable to connect to the remote server'}
  '\\files\share\c.txt': {text: shared}
hosts: {pc: }
"""
HELLO = checksum(b"hello")


def view() -> View:
    read = fleet.read(FLEET)
    made = View(read.machines["pc"], read.world, downloads=read.downloads)
    made.write(r"C:\Data\there.txt", kind_of(b"there"))
    return made


def call(on: View, module: str, check: bool = False, **arguments: Any) -> dict[str, Any]:
    return run(Call(module, f"ansible.windows.{module}", arguments, check_mode=check), on)


# -- win_copy -------------------------------------------------------------------------------------------------------


def query(on: View, dest: str, content: bytes, **more: Any) -> list[str]:
    file = {"src": f"/tmp/{dest}", "dest": dest, "checksum": checksum(content)}
    return call(on, "win_copy", _copy_mode="query", dest=r"C:\Data", files=[file], **more)["files"]


def test_only_a_file_that_differs_is_asked_for() -> None:
    assert query(view(), "there.txt", b"there") == []
    assert len(query(view(), "there.txt", b"other")) == 1
    assert len(query(view(), "new.txt", b"there")) == 1
    assert query(view(), "there.txt", b"other", force=False) == []


def test_a_transferred_file_lands_in_the_folder_under_its_name() -> None:
    on = view()
    on.write(r"C:\tmp\source", kind_of(b"new"))
    result = call(on, "win_copy", src=r"C:\tmp\source", dest="C:\\Data\\", _original_basename="new.txt")
    assert result == {"changed": True}
    assert on.file_kind(r"c:\data\NEW.txt") == kind_of(b"new")


def test_a_missing_folder_is_the_module_s_own_error() -> None:
    on = view()
    on.write(r"C:\tmp\source", kind_of(b"new"))
    result = call(on, "win_copy", src=r"C:\tmp\source", dest=r"C:\None\x.txt", _original_basename="x")
    assert result["msg"] == r"Destination directory 'C:\None' does not exist"


def test_a_file_of_a_share_is_copied_once() -> None:
    on = view()
    arguments = {"_copy_mode": "remote", "src": r"\\files\share\c.txt", "dest": r"C:\Data\c.txt"}
    assert call(on, "win_copy", check=True, **arguments)["changed"]
    assert on.file_kind(r"C:\Data\c.txt") is None
    assert call(on, "win_copy", **arguments)["size"] == 6
    assert not call(on, "win_copy", **arguments)["changed"]


# -- win_file and win_stat ------------------------------------------------------------------------------------------


def test_a_folder_is_made_once_and_removed_with_what_is_in_it() -> None:
    on = view()
    assert call(on, "win_file", path="%ProgramData%/Packs", state="directory")["changed"]
    assert not call(on, "win_file", path=r"C:\ProgramData\packs", state="directory")["changed"]
    on.write(r"C:\ProgramData\Packs\x.exe", kind_of(b"x"))
    assert call(on, "win_file", path=r"C:\ProgramData\Packs", state="absent", check=True)["changed"]
    assert call(on, "win_file", path=r"C:\ProgramData\Packs", state="absent")["changed"]
    assert not on.exists(r"C:\ProgramData\Packs\x.exe")
    assert not call(on, "win_file", path=r"C:\ProgramData\Packs", state="absent")["changed"]


def test_a_file_is_no_folder() -> None:
    result = call(view(), "win_file", path=r"C:\Data\there.txt", state="directory")
    assert result["msg"] == r"path C:\Data\there.txt is not a directory"


def test_what_came_with_windows_is_not_removed() -> None:
    from winsim.modules import RefusedError

    with pytest.raises(RefusedError):
        call(view(), "win_file", path=r"C:\Windows\System32\reg.exe", state="absent")


def test_stat() -> None:
    stat = call(view(), "win_stat", path=r"C:\Data\there.txt")["stat"]
    assert (stat["checksum"], stat["size"], stat["isreg"]) == (checksum(b"there"), 5, True)
    assert call(view(), "win_stat", path=r"C:\Data")["stat"]["isdir"]
    assert call(view(), "win_stat", path=r"C:\None")["stat"] == {"exists": False}


def test_unknown_arguments_are_an_error_of_the_module() -> None:
    assert call(view(), "win_stat", path="x", nonsense=1)["msg"].startswith("Unsupported parameters for (win_stat)")


# -- win_get_url ----------------------------------------------------------------------------------------------------


def download(on: View, **arguments: Any) -> dict[str, Any]:
    return call(on, "win_get_url", **{"url": "https://files.example/a.txt", "dest": r"C:\Data", **arguments})


def test_a_download_gets_the_name_of_its_url() -> None:
    on = view()
    first = download(on, checksum=HELLO.upper())
    assert (first["changed"], first["dest"], first["checksum_dest"]) == (True, r"C:\Data\a.txt", HELLO)
    assert not download(on)["changed"]


def test_force_false_asks_nobody_while_the_checksum_is_right() -> None:
    on = view()
    download(on)
    on.downloads.clear()
    assert not download(on, dest=r"C:\Data\a.txt", force=False, checksum=HELLO)["changed"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"checksum": "00"}, f"The checksum for https://files.example/a.txt did not match '00', it was '{HELLO}'"),
        ({"url": "https://files.example/b.txt"}, "Unable to connect to the remote server"),
        ({"url": "https://other.example/b.txt"}, "The remote name could not be resolved: 'other.example'"),
        ({"dest": r"C:\None\x.txt"}, r"The path 'C:\None' does not exist for destination 'C:\None\x.txt'"),
    ],
)
def test_a_download_that_fails_leaves_nothing(arguments: dict[str, str], message: str) -> None:
    on = view()
    result = download(on, **arguments)
    assert result["failed"]
    assert message in result["msg"]
    assert not on.exists(r"C:\Data\a.txt")


# -- Ansible's own scripts ------------------------------------------------------------------------------------------

OLD_MKDTEMP = """Set-StrictMode -Version Latest
$tmp_path = [System.Environment]::ExpandEnvironmentVariables('%TEMP%')
$tmp = New-Item -Type Directory -Path $tmp_path -Name 'ansible-tmp-1'
Write-Output -InputObject $tmp.FullName
"""
OLD_PUT = """begin {
$path = 'C:\\Data\\it''s.txt'
$DebugPreference = "Continue"
$fd = [System.IO.File]::Create($path)
"""


def test_the_texts_of_older_versions_become_scripts() -> None:
    assert transfer.from_text(OLD_MKDTEMP) == InternalScript(
        "powershell_mkdtemp.ps1", {"Directory": "%TEMP%", "Name": "ansible-tmp-1"}
    )
    assert transfer.from_text(OLD_PUT, b"YQ==") == InternalScript(
        "winrm_put_file.ps1", {"Path": r"C:\Data\it's.txt"}, b"YQ=="
    )
    for text in (
        r"Remove-Item 'C:\x\ansible-tmp-1' -Force -Recurse;",
        r"Remove-Item C:\x\ansible-tmp-1 -Force -Recurse",
    ):
        assert transfer.from_text(text) == InternalScript("remove", {"Path": r"C:\x\ansible-tmp-1"})
    assert transfer.from_text("Get-Item x") is None


def test_only_ansible_s_own_folders_are_removed_by_script() -> None:
    script = transfer.from_text(r"Remove-Item 'C:\Data' -Force -Recurse;")
    assert script is not None
    assert not transfer.is_simulated(script)


def test_a_file_of_several_pieces_is_put_together() -> None:
    on = view()
    made = transfer.run(on, InternalScript("powershell_mkdtemp.ps1", {"Directory": "%TEMP%", "Name": "ansible-tmp-1"}))
    folder = made.stdout.strip()
    data = b"\r\n".join(base64.b64encode(piece) for piece in (b"first ", b"second"))
    output = transfer.run(on, InternalScript("winrm_put_file.ps1", {"Path": folder + r"\source"}, data))
    assert output.stdout.strip() == f'{{"sha1": "{checksum(b"first second")}"}}'
    transfer.run(on, InternalScript("remove", {"Path": folder}))
    assert list(on.machine.files) == [r"c:\data\there.txt"]
