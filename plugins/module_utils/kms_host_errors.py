# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes and remedies of error codes that mean something else on a KMS host than on a client."""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import lookup, parse_code
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_plan import HostKind
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import CODE_NOT_TOLD
from ansible_collections.officefleet.activation.plugins.module_utils.outcomes import Failure

_CHECK_HOST_KEY = (
    "Compare the key with the KMS host key (CSVLK) that the Volume Licensing Service Center lists for this very"
    " version, then give that to kms_host."
)
_READ_IDS_AGAIN = (
    "Run kms_host with activation: telephone again, get a confirmation ID for exactly the installation ID that it"
    " shows, and give kms_host all 48 digits."
)
#: Where the catalogue names the modules and products of clients.
_ON_A_HOST = {
    0xC004F069: (
        "No KMS host licence installed on this computer takes this key; it is the key of another version.",
        "Compare the key with the version it is given for, and run that version's Volume License Pack on the host"
        " if it is the right one.",
    ),
    0xC004F050: ("The key is no valid key for any licence on this computer.", _CHECK_HOST_KEY),
    0xC004C001: ("Microsoft's activation server does not know the key as a valid one.", _CHECK_HOST_KEY),
    0xC004C003: (
        "Microsoft's activation server refuses the key because it is blocked.",
        "Ask volume licensing why this KMS host key is blocked, and give kms_host the one that replaces it.",
    ),
    0xC004C008: (
        "The KMS host key has used up its activations; one key covers six KMS hosts, each with nine reactivations.",
        "Activate by telephone (activation: telephone), or ask volume licensing for more activations of the key.",
    ),
    0x80072EE7: (
        "Microsoft's activation server is not reached; its name cannot be resolved in DNS.",
        "Give the host a DNS server or proxy that resolves Internet names (netsh winhttp show proxy), or activate by"
        " telephone (activation: telephone).",
    ),
    0xC004F02C: ("The data of the activation by confirmation ID do not have the right form.", _READ_IDS_AGAIN),
    0xC004F02D: ("The confirmation ID carries a wrong version number.", _READ_IDS_AGAIN),
    0xC004F02E: ("The version of the confirmation ID is not supported.", _READ_IDS_AGAIN),
    0xC004F02F: ("The confirmation ID is too short or too long.", _READ_IDS_AGAIN),
    0xC004F031: ("The confirmation ID belongs to another installation ID than that of this host.", _READ_IDS_AGAIN),
}
_PLAIN = {
    HostKind.INSTALL_KEY: "install the KMS host key",
    HostKind.DEPOSIT: "activate the KMS host by confirmation ID",
    HostKind.ACTIVATE: "activate the KMS host",
    HostKind.SET_PORT: "set the listening port",
    HostKind.SET_PRIORITY: "set the priority",
    HostKind.SET_PUBLISHING: "switch DNS publishing",
    HostKind.SET_DOMAINS: "set the DNS domains to publish to",
    HostKind.RESTART: "restart the service sppsvc",
}
_UNTOLD_ACTIVATION = (
    "The script reports no success and no error code.",
    "Run 'cscript slmgr.vbs /ato' with the activation ID on the host and look at its Application event log.",
)
#: What is wrong where a step shows no error code, and what was read back is still the old state.
_WITHOUT_CODE = {
    HostKind.INSTALL_KEY: (
        "The script reports success, but the product did not get the key; it is the key of another version.",
        "Look with kms_host_info which product has these last five characters now, and give each product its own key.",
    ),
    HostKind.SET_PRIORITY: (
        "slmgr.vbs sets the priority only when the first licence with a key on the machine is an activated KMS host;"
        " a Windows client licence stands before it here.",
        "Leave priority out; the script has no other way to set it on such a machine.",
    ),
    HostKind.ACTIVATE: _UNTOLD_ACTIVATION,
    HostKind.DEPOSIT: _UNTOLD_ACTIVATION,
}
_SET_BACK = (
    "The setting read back is still the old one.",
    "Look for a policy that sets it back, and run again.",
)


def failure_of(operation: Operation, code: str | None) -> Failure:
    """Why an operation had no effect. ``code``: of its step, None where that shows no error."""
    shown = None if code == CODE_NOT_TOLD else code
    if shown is None:
        cause, remedy = _WITHOUT_CODE.get(HostKind(operation.kind), _SET_BACK)
        if code == CODE_NOT_TOLD:
            cause, remedy = _UNTOLD_ACTIVATION
    else:
        cause, remedy = explain_on_a_host(shown)
    return Failure(operation.target or None, f"Could not {_PLAIN[HostKind(operation.kind)]}: {cause}", remedy, shown)


def explain_on_a_host(code: str) -> tuple[str, str]:
    """Cause and remedy of an error code on a KMS host."""
    entry = lookup(parse_code(code))
    return _ON_A_HOST.get(parse_code(code), (entry.cause, entry.remedy))
