# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state of Windows' own activation, from task options whose types Ansible has checked already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    DesiredSettings,
    read_rules,
    read_settings,
)
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.products import product_of_gvlk
from ansible_collections.officefleet.activation.plugins.module_utils.windows_editions import is_windows_gvlk

METHODS = ("kms", "ad", "mak")


@dataclass(frozen=True)
class DesiredWindows:
    """How Windows is to be activated. ``settings``: KMS host and port or discovery, for KMS clients only."""

    method: str
    key: str | None = field(default=None, repr=False)
    settings: DesiredSettings = field(default_factory=DesiredSettings)
    activate: bool = True

    @property
    def channel(self) -> str:
        """The channel whose key Windows needs."""
        return "mak" if self.method == "mak" else "kms_client"


def read_windows_options(options: Mapping[str, Any]) -> DesiredWindows:
    """The desired state from the options of C(windows_activation). Raises InputError."""
    method = options["method"]
    for name in ("kms_host", "kms_port", "dns_discovery"):
        if method == "mak" and options.get(name):
            raise InputError(name, "goes with method: kms or ad; with a MAK Windows asks no KMS host")
    return DesiredWindows(
        method=method,
        key=_read_key(options.get("key"), method),
        settings=read_settings(options),
        activate=read_rules(options).activate,
    )


def _read_key(text: str | None, method: str) -> str | None:
    if not text:
        return None
    key = inputs.product_key("key", text)
    office = product_of_gvlk(key)
    if office is not None:
        raise InputError("key", f"this is the public client key (GVLK) of {office.label}; a key of Windows is needed")
    if method == "mak" and is_windows_gvlk(key):
        raise InputError("key", "this is a public client key (GVLK) of Windows, for method: kms or ad; a MAK is needed")
    return key
