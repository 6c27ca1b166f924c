# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's own scripts beside modules: temporary folders and files that are put on a host.

ansible-core up to 2.18 sends them as the text of a command, later as scripts with parameters; both become an
``InternalScript``.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import Any

from .files import FOLDER, checksum, kind_of
from .machine import View
from .payload import InternalScript
from .program_base import Output

_MADE_BY_ANSIBLE = "ansible-tmp-"
_OLD_SCRIPTS: dict[str, tuple[re.Pattern[str], tuple[str, ...]]] = {
    "powershell_mkdtemp.ps1": (
        re.compile(
            r"\$tmp_path = \[System\.Environment\]::ExpandEnvironmentVariables\('(.*)'\)\s+"
            r"\$tmp = New-Item -Type Directory -Path \$tmp_path -Name '(.*)'\s+"
            r"Write-Output -InputObject \$tmp\.FullName"
        ),
        ("Directory", "Name"),
    ),
    "winrm_put_file.ps1": (
        re.compile(r"\Abegin \{\s+\$path = '(.*)'\s[^\0]*\[System\.IO\.File\]::Create\(\$path\)"),
        ("Path",),
    ),
    # From 2.21 on the path is quoted only where that is needed.
    "remove": (re.compile(r"(?m)^Remove-Item ('.*'|[^\s';|&]+) -Force(?: -Recurse)?;?\s*$"), ("Path",)),
}


def from_text(text: str, data: bytes = b"") -> InternalScript | None:
    """The script of Ansible's own that the text of a command is, if it is one."""
    for name, (pattern, parameters) in _OLD_SCRIPTS.items():
        match = pattern.search(text)
        if match is not None:
            values = (value.removeprefix("'").removesuffix("'").replace("''", "'") for value in match.groups())
            return InternalScript(name, dict(zip(parameters, values, strict=True)), data)
    return None


def is_simulated(script: InternalScript) -> bool:
    """Whether ``run`` does it; of the files, only temporary ones of Ansible are removed this way."""
    if script.name == "remove" and _MADE_BY_ANSIBLE not in script.parameters["Path"]:
        return False
    return script.name in _SCRIPTS


def run(view: View, script: InternalScript) -> Output:
    """Carry a script out; its output is no JSON of a module."""
    return _SCRIPTS[script.name](view, script.parameters, script.data)


def _make_folder(view: View, parameters: dict[str, Any], data: bytes) -> Output:
    path = rf"{view.expand(parameters['Directory'])}\{parameters['Name']}"
    view.write(path, FOLDER)
    return Output(path + "\r\n")


def _expand_user(view: View, parameters: dict[str, Any], data: bytes) -> Output:
    path = str(parameters["Path"])
    home = rf"C:\Users\{view.machine.user}"
    return Output((home + path[1:] if path == "~" or path.startswith("~\\") else path) + "\r\n")


def _put_file(view: View, parameters: dict[str, Any], data: bytes) -> Output:
    try:
        content = b"".join(base64.b64decode(line, validate=True) for line in data.split())
    except binascii.Error as error:
        return Output(stderr=f"winsim: the file is not base64: {error}\r\n", exit_code=1)
    view.write(view.expand(parameters["Path"]), kind_of(content))
    return Output(json.dumps({"sha1": checksum(content)}) + "\r\n")


def _remove(view: View, parameters: dict[str, Any], data: bytes) -> Output:
    for path in [*view.below(parameters["Path"]), parameters["Path"]]:
        view.remove(path)
    return Output()


_SCRIPTS: dict[str, Callable[[View, dict[str, Any], bytes], Output]] = {
    "powershell_mkdtemp.ps1": _make_folder,
    "powershell_expand_user.ps1": _expand_user,
    "winrm_put_file.ps1": _put_file,
    "sftp_put": _put_file,
    "remove": _remove,
}
