# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's payload on standard input: which module it carries, with which arguments.

Two forms: ansible-core up to 2.18 sends the wrapper script and one JSON object, 2.19 and later a bootstrap
object and a manifest; both are split by four NUL bytes (facts observed with 2.16 to 2.21).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

SEPARATOR = b"\0\0\0\0"
_MODULE_FOLDER = ".plugins.modules."


class NotAPayloadError(Exception):
    """Standard input holds nothing that Ansible sends."""


@dataclass(frozen=True)
class Call:
    """One module call. ``module`` is the short name, ``full_name`` the one Ansible used."""

    module: str
    full_name: str
    arguments: dict[str, Any] = field(default_factory=dict)
    check_mode: bool = False
    diff: bool = False
    no_log: bool = False
    become_user: str | None = None
    asynchronous: AsyncJob | None = None
    environment: dict[str, str] = field(default_factory=dict)
    ansible_version: str = ""


@dataclass(frozen=True)
class AsyncJob:
    """The module is to run in the background: the job's number, where its results go, and for how many seconds."""

    job_id: str
    folder: str
    limit: float
    counts_as_numbers: bool = False
    """Up to 2.18 ``started`` and ``finished`` are 0 and 1, later they are booleans."""


@dataclass(frozen=True)
class InternalScript:
    """A script of Ansible's own instead of a module: temporary folders and file transfer.

    ``data`` is what follows on standard input: lines of base64.
    """

    name: str
    parameters: dict[str, Any] = field(default_factory=dict)
    data: bytes = b""


def decode(stdin: bytes) -> Call | InternalScript:
    """Find the module call in a payload. Raises NotAPayloadError."""
    parts = [part.strip() for part in stdin.split(SEPARATOR)]
    if len(parts) < 2:
        raise NotAPayloadError("no separator of four NUL bytes")
    try:
        manifest = json.loads(parts[1])
    except ValueError as error:
        raise NotAPayloadError(f"the manifest is not JSON: {error}") from error
    if not isinstance(manifest, dict) or "actions" not in manifest:
        raise NotAPayloadError("the manifest has no actions")
    if parts[0].startswith(b"{"):
        return _from_manifest(manifest, b"\n".join(parts[2:]))
    return _from_module_args(manifest)


def _from_manifest(manifest: dict[str, Any], data: bytes) -> Call | InternalScript:
    """The form of 2.19 and later."""
    actions = {action["name"]: action for action in manifest["actions"]}
    if "module_wrapper.ps1" not in actions:
        last = manifest["actions"][-1]
        return InternalScript(last["name"], last.get("params") or {}, data)
    parameters = actions["module_wrapper.ps1"]["params"]
    arguments: dict[str, Any] = {}
    for variable in parameters.get("Variables") or []:
        if variable["Name"] == "complex_args":
            arguments = variable["Value"]
    become = actions.get("become_wrapper.ps1")
    return _call(
        arguments,
        _script_module(parameters["Script"]),
        become_user=become["params"].get("BecomeUser") if become else None,
        asynchronous=_job_of(actions),
        environment=parameters.get("Environment") or {},
    )


def _from_module_args(manifest: dict[str, Any]) -> Call:
    """The form up to 2.18."""
    actions = manifest["actions"]
    return _call(
        manifest.get("module_args") or {},
        "",
        become_user=manifest.get("become_user") if "become_wrapper" in actions else None,
        asynchronous=_job_of_old_form(manifest),
        environment=manifest.get("environment") or {},
    )


def _job_of(actions: dict[str, Any]) -> AsyncJob | None:
    if "async_wrapper.ps1" not in actions:
        return None
    wrapper = actions["async_wrapper.ps1"].get("params") or {}
    watchdog = actions.get("async_watchdog.ps1", {}).get("params") or {}
    return AsyncJob(
        str(wrapper.get("AsyncJid", "")), str(wrapper.get("AsyncDir", "")), float(watchdog.get("Timeout", 0))
    )


def _job_of_old_form(manifest: dict[str, Any]) -> AsyncJob | None:
    if "async_jid" not in manifest:
        return None
    folder = _plain_environment(manifest.get("environment") or {}).get("ANSIBLE_ASYNC_DIR", "")
    limit = float(manifest.get("async_timeout_sec", 0))
    return AsyncJob(str(manifest["async_jid"]), folder, limit, counts_as_numbers=True)


def _plain_environment(environment: dict[str, str] | list[dict[str, str]]) -> dict[str, str]:
    if isinstance(environment, list):
        return {name: value for entry in environment for name, value in entry.items()}
    return environment


def _script_module(script: str) -> str:
    """``ansible.windows.win_ping`` of ``ansible_collections.ansible.windows.plugins.modules.win_ping.ps1``."""
    name = script.removesuffix(".ps1").removeprefix("ansible_collections.")
    return name.replace(_MODULE_FOLDER, ".")


def _call(
    arguments: dict[str, Any],
    script_module: str,
    *,
    become_user: str | None,
    asynchronous: AsyncJob | None,
    environment: dict[str, str] | list[dict[str, str]],
) -> Call:
    written = str(arguments.get("_ansible_module_name", script_module))
    return Call(
        module=(script_module or written).rsplit(".", 1)[-1],
        full_name=written,
        arguments={name: value for name, value in arguments.items() if not name.startswith("_ansible_")},
        check_mode=bool(arguments.get("_ansible_check_mode")),
        diff=bool(arguments.get("_ansible_diff")),
        no_log=bool(arguments.get("_ansible_no_log")),
        become_user=become_user,
        asynchronous=asynchronous,
        environment=_plain_environment(environment),
        ansible_version=str(arguments.get("_ansible_version", "")),
    )
