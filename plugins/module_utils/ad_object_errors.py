# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Causes and remedies of what goes wrong between a computer and Active Directory when it makes activation objects."""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import parse_code
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_errors import explain_on_a_host
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem

#: A remote session gets a token that holds on its own computer only, unless credentials were handed over.
_SECOND_HOP = (
    "let the connection hand its credentials on to the domain controller (ansible_winrm_transport credssp, Kerberos"
    " with ansible_winrm_kerberos_delegation, or become with runas and a password)"
)
_READ_IDS_AGAIN = (
    "Run ad_activation_object with activation: telephone and without confirmation_id, get a confirmation ID for exactly"
    " the installation ID that it shows, and give all 48 digits."
)
_CHECK_HOST_KEY = (
    "Compare the key with the KMS host key (CSVLK) that the Volume Licensing Service Center lists for this very"
    " version, then give that to ad_activation_object."
)
OLD_SCHEMA = Problem(
    "The schema of this forest is older than Windows Server 2012 and knows no activation objects.",
    "Extend it with adprep /forestprep from Windows Server 2012 or later media (Schema Admins and Enterprise Admins),"
    " or activate by KMS.",
)
TOO_OLD = Problem(
    "This Windows is too old to make or list activation objects.",
    "Run the task on a domain member with Windows 8 / Server 2012 or later; one is enough for the forest.",
)
LIST_HUNG = Problem(
    "The script slmgr.vbs hung while it listed the activation objects, and was ended by its time limit.",
    "Run 'cscript slmgr.vbs /ao-list' on the host; test the domain with nltest /dsgetdc:DOMAIN, and WMI (winmgmt).",
)
LIST_GARBLED = Problem(
    "The script slmgr.vbs printed something that is not its list of activation objects.",
    "Run 'cscript slmgr.vbs /ao-list' on the host; a replaced slmgr.vbs needs 'sfc /scannow'.",
)
_IN_A_FOREST = {
    0x8007054B: (
        "The computer is no member of a domain, or none of its domain controllers answers.",
        f"Run the task on a domain member that nltest /dsgetdc:DOMAIN finds a controller for, and {_SECOND_HOP}.",
    ),
    0x8007203A: (
        "No domain controller answers the computer over LDAP.",
        "Test the domain with nltest /dsgetdc:DOMAIN and open LDAP (389/TCP) to a domain controller.",
    ),
    0x80072020: (
        "Active Directory does not know the account, because its credentials end at this computer.",
        f"Run the task with a domain account, and {_SECOND_HOP}.",
    ),
    0x80070005: (
        "Active Directory denies access: the account has no right to change activation objects.",
        f"Use an account of Enterprise Admins (or one that was given rights on CN=Microsoft SPP), and {_SECOND_HOP}.",
    ),
    0x80072030: (
        "Active Directory has no container for activation objects, or the object is gone.",
        "List the objects with ad_activation_object_info, which tells too whether the forest's schema is too old.",
    ),
    0xC004F069: (
        "No KMS host licence installed on this computer takes this key; it is the key of another version.",
        "Compare the key with the version it is given for, and run that version's Volume License Pack on the computer"
        " if it is the right one.",
    ),
    0xC004F050: ("The key is no valid key for any licence on this computer.", _CHECK_HOST_KEY),
    0xC004F07D: ("The key is no KMS host key; only such a key makes an activation object.", _CHECK_HOST_KEY),
    0xC004C001: ("Microsoft's activation server does not know the key as a valid one.", _CHECK_HOST_KEY),
    0xC004C003: (
        "Microsoft's activation server refuses the key because it is blocked.",
        "Ask volume licensing why this KMS host key is blocked, and give the one that replaces it.",
    ),
    0xC004C008: (
        "The KMS host key has used up its activations.",
        "Activate by telephone (activation: telephone), or ask volume licensing for more activations of the key.",
    ),
    0xC004F02C: ("The data of the activation by confirmation ID do not have the right form.", _READ_IDS_AGAIN),
    0xC004F02D: ("The confirmation ID carries a wrong version number.", _READ_IDS_AGAIN),
    0xC004F02E: ("The version of the confirmation ID is not supported.", _READ_IDS_AGAIN),
    0xC004F02F: ("The confirmation ID is too short or too long.", _READ_IDS_AGAIN),
    0xC004F031: ("The confirmation ID belongs to another installation ID than that of this forest.", _READ_IDS_AGAIN),
}


def explain_in_a_forest(code: str) -> tuple[str, str]:
    """Cause and remedy of an error code of an activation object."""
    return _IN_A_FOREST.get(parse_code(code)) or explain_on_a_host(code)


def problem_of(code: str) -> Problem:
    """An error code as what stands in the way of any work."""
    cause, remedy = explain_in_a_forest(code)
    return Problem(cause, remedy, code=code)
