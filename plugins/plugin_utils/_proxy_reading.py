# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the WinHTTP proxy of a host that did not reach Microsoft, to explain that. Not a public interface."""

from __future__ import annotations

from collections.abc import Iterable

from ansible.errors import AnsibleConnectionFailure
from ansible_collections.officefleet.activation.plugins.module_utils.proxy_explanation import (
    Told,
    not_reached,
    told_with_proxy,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import HostError, RemoteHost


def explain_by_proxy(host: RemoteHost, told: Iterable[Told], other_ways: str) -> list[Told]:
    """All of ``told``, those that did not reach Microsoft explained by the proxy of their host.

    It is read in one command, and only where something did not get there. What was told stands without it, and must
    not be lost for want of an explanation.
    """
    all_told = list(told)
    if not any(map(not_reached, all_told)):
        return all_told
    try:
        proxy = host.winhttp_proxy()
    except (HostError, AnsibleConnectionFailure):
        return all_told
    return [told_with_proxy(item, proxy, other_ways) if not_reached(item) else item for item in all_told]
