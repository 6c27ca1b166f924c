# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Windows' own activation still needs: a key, KMS client settings, then activation.

The settings are those of Windows' licence alone, so that Office keeps its own; they need the activation ID of that
licence, which is known once its key is in. A licensed Windows is never activated again: with a MAK that would spend
one of the key's activations.
"""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils.inputs import DEFAULT_KMS_PORT
from ansible_collections.officefleet.activation.plugins.module_utils.operations import (
    ACTIVATION_TYPE_NUMBERS,
    Kind,
    Operation,
    Plan,
)
from ansible_collections.officefleet.activation.plugins.module_utils.plan import NOT_ELEVATED
from ansible_collections.officefleet.activation.plugins.module_utils.plan_settings import normal_host
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.registry_text import KMS_NAME, SPP_KEY
from ansible_collections.officefleet.activation.plugins.module_utils.status import KmsOverride, Licence
from ansible_collections.officefleet.activation.plugins.module_utils.windows_desired import DesiredWindows
from ansible_collections.officefleet.activation.plugins.module_utils.windows_editions import (
    WINDOWS_APPLICATION_ID,
    WINDOWS_LABEL,
    edition_of,
    windows_gvlk,
)
from ansible_collections.officefleet.activation.plugins.module_utils.windows_reading import WindowsReading

NOT_WANTED = "activation is not asked for (activate: false)"
_ALONE = "for Windows alone"

IS_KMS_HOST = Problem(
    "Windows has the key of a KMS host on this computer.",
    "Manage it with kms_host, or take the computer out of the group; another key would end the KMS host.",
)
NO_CLIENT_KEY = Problem(
    "Windows has no KMS client key, and this collection knows no public one for its edition and version.",
    "Give the GVLK of the edition from Microsoft's list of KMS client keys in key. Editions such as Home and"
    " evaluation copies have none: change the edition first (DISM /Set-Edition).",
)
NO_MAK = Problem("Windows has no MAK, and none is given.", "Give the MAK of this Windows edition in key.")
NO_AD = Problem(
    "Windows 7 and Server 2008 R2 know no activation by Active Directory.",
    "Use method: kms or mak for these hosts.",
)


def plan_windows(reading: WindowsReading, desired: DesiredWindows) -> Plan:
    """The operations that bring Windows into its desired state. Problems without a label stop the whole task."""
    licence = reading.licence
    if licence is not None and licence.channel == "kms_host":
        return Plan(problems=(("", IS_KMS_HOST),))
    if desired.method == "ad" and reading.windows7:
        return Plan(problems=(("", NO_AD),))
    keyed = licence if licence is not None and has_wanted_key(licence, desired) else None
    plan = _plan_key(reading, desired, keyed)
    if not plan.problems:
        plan += _plan_kms_host(reading, desired, keyed) + _plan_discovery(reading, desired, keyed)
        plan += _plan_type(desired, keyed) + _plan_activation(desired, keyed)
    return plan + Plan(problems=(("", NOT_ELEVATED),)) if plan.operations and not reading.elevated else plan


def has_wanted_key(licence: Licence, desired: DesiredWindows) -> bool:
    """Whether a licence has the wanted key, which is any of its channel where none is given."""
    last_five = licence.partial_product_key
    if not last_five or licence.channel != desired.channel:
        return False
    return desired.key is None or desired.key[-5:] == last_five


def _plan_key(reading: WindowsReading, desired: DesiredWindows, keyed: Licence | None) -> Plan:
    if keyed is not None:
        return Plan()
    key = desired.key
    if key is None and desired.channel == "kms_client":
        key = windows_gvlk(edition_of(reading.licence.name) if reading.licence else None, reading.os_version)
    if key is None:
        return Plan(problems=((WINDOWS_LABEL, NO_MAK if desired.method == "mak" else NO_CLIENT_KEY),))
    words = f"install the key *{key[-5:]} on Windows"
    return Plan((Operation(Kind.INSTALL_KEY, words, WINDOWS_LABEL, key, channel=desired.channel),))


# -- KMS client settings --------------------------------------------------------------------------------------------


def effective_host(reading: WindowsReading, keyed: Licence | None) -> tuple[str, int] | None:
    """The registered KMS host and port of Windows; None: found by DNS. Without a licence those above the licences."""
    if keyed is not None and keyed.kms is not None and keyed.kms.host:
        return normal_host(keyed.kms.host), keyed.kms.port or DEFAULT_KMS_PORT
    scopes = [item for item in reading.overrides if item.sku_id in (None, keyed.sku_id if keyed else None)]
    host = next((item.host for item in scopes if item.host), None)
    port = next((item.port for item in scopes if item.port), None)
    return (normal_host(host), port or DEFAULT_KMS_PORT) if host else None


def _plan_kms_host(reading: WindowsReading, desired: DesiredWindows, keyed: Licence | None) -> Plan:
    settings = desired.settings
    unknown = keyed is None and any(item.sku_id for item in reading.overrides)
    if settings.kms_host is None:
        return Plan()
    if not unknown and effective_host(reading, keyed) == (settings.kms_host, settings.kms_port):
        return Plan()
    words = f"set the KMS host {settings.kms_host} port {settings.kms_port} {_ALONE}"
    return Plan((_setting(Kind.SET_KMS_HOST, words, keyed),))


def _plan_discovery(reading: WindowsReading, desired: DesiredWindows, keyed: Licence | None) -> Plan:
    if not desired.settings.dns_discovery:
        return Plan()
    above = [item for item in reading.overrides if item.sku_id is None and item.host]
    if above:
        return Plan(problems=(("", _inherited(above[0])),))
    own = [item for item in reading.overrides if item.sku_id and (keyed is None or item.sku_id == keyed.sku_id)]
    if not own and effective_host(reading, keyed) is None:
        return Plan()
    return Plan((_setting(Kind.CLEAR_KMS_HOST, f"remove the registered KMS host and port {_ALONE}", keyed),))


def _inherited(override: KmsOverride) -> Problem:
    place = f"{SPP_KEY}\\{WINDOWS_APPLICATION_ID}" if override.scope == "application" else SPP_KEY
    return Problem(
        "A KMS host is registered above Windows' licence (policy, image, or slmgr.vbs /skms without an activation ID).",
        f"It is HKLM\\{place}\\{KMS_NAME} = {override.host}. Remove it where it comes from; at the root Office may use"
        " it too.",
    )


def _plan_type(desired: DesiredWindows, keyed: Licence | None) -> Plan:
    """The activation type has to allow the method; where it does not, all ways are allowed, which is the default."""
    kind = keyed.activation_type if keyed else None
    if desired.method == "mak" or kind in (None, "all", desired.method):
        return Plan()
    words = f"set the activation type all {_ALONE}"
    return Plan((_setting(Kind.SET_ACTIVATION_TYPE, words, keyed, str(ACTIVATION_TYPE_NUMBERS["all"])),))


def _setting(kind: Kind, words: str, keyed: Licence | None, value: str = "") -> Operation:
    return Operation(kind, words, value=value, later=keyed is None, sku_id=keyed.sku_id if keyed else None)


# -- activation -----------------------------------------------------------------------------------------------------


def _plan_activation(desired: DesiredWindows, keyed: Licence | None) -> Plan:
    if keyed is not None and keyed.licensed:
        return Plan(satisfied=((WINDOWS_LABEL, keyed.sku_id),))
    if not desired.activate:
        return Plan(skipped=((WINDOWS_LABEL, NOT_WANTED),))
    words = f"activate Windows ({desired.channel})"
    sku_id = keyed.sku_id if keyed else None
    return Plan((Operation(Kind.ACTIVATE, words, WINDOWS_LABEL, "", keyed is None, sku_id, desired.channel),))
