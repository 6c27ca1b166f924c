# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft's activation service: volume keys with their limits, online activation and confirmation IDs."""

from __future__ import annotations

import fnmatch
import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from .licensing import HResult

KEY_BLOCKED = 0xC004C003
KEY_UNKNOWN = 0xC004C001
MAK_EXHAUSTED = 0xC004C020
KEY_EXHAUSTED = 0xC004C008
CONFIRMATION_ID_LENGTH = 0xC004F02F
CONFIRMATION_ID_MISMATCH = 0xC004F031
SERVER_NAME_UNRESOLVED = 0x80072EE7
PROXY_WANTS_PASSWORD = 0x8004FE33

ACTIVATION_SERVER = "activation.sls.microsoft.com"
CONFIRMATION_ID_DIGITS = 48
INSTALLATION_ID_DIGITS = 63
KMS_HOSTS_PER_KEY = 6
ACTIVATIONS_PER_KMS_HOST = 10


@dataclass
class VolumeKey:
    """A key Microsoft knows.

    ``channel`` is mak, kms_host or retail; kms_client stands for a GVLK that products.py lacks. ``office`` 0 is
    Windows, whose host keys have the generation (``ws22``) as ``family``. ``used`` is what has been spent of
    ``limit``; ``requests`` counts every question, refused ones included. ``installations`` counts activations per
    installation ID, ``issued`` holds the confirmation IDs given out by installation ID.
    """

    key: str
    office: int
    family: str = ""
    channel: str = "mak"
    limit: int = 50
    used: int = 0
    requests: int = 0
    blocked: bool = False
    installations: dict[str, int] = field(default_factory=dict)
    issued: dict[str, str] = field(default_factory=dict)

    @property
    def last_five(self) -> str:
        """What a machine keeps of the key."""
        return self.key[-5:].upper()

    def spend(self, installation_id: str) -> None:
        """Count one activation. Raises HResult for a blocked or used-up key, counting nothing."""
        self.requests += 1
        if self.blocked:
            raise HResult(KEY_BLOCKED)
        if self.used >= self.limit or self._host_rule_broken(installation_id):
            raise HResult(MAK_EXHAUSTED if self.channel == "mak" else KEY_EXHAUSTED)
        self.used += 1
        self.installations[installation_id] = self.installations.get(installation_id, 0) + 1

    def _host_rule_broken(self, installation_id: str) -> bool:
        """A KMS host key serves six hosts, each activated once and reactivated up to nine times."""
        if self.channel != "kms_host":
            return False
        if installation_id not in self.installations:
            return len(self.installations) >= KMS_HOSTS_PER_KEY
        return self.installations[installation_id] >= ACTIVATIONS_PER_KMS_HOST


@dataclass
class Microsoft:
    """The service with its keys, by full key. ``reachable`` false: it is down for everybody."""

    keys: dict[str, VolumeKey] = field(default_factory=dict)
    reachable: bool = True

    def add(self, key: VolumeKey) -> VolumeKey:
        """Make a key known."""
        self.keys[key.key.upper()] = key
        return key

    def find(self, text: str) -> VolumeKey | None:
        """A key by its full text or its last five characters."""
        wanted = text.strip().upper()
        if wanted in self.keys:
            return self.keys[wanted]
        return next((key for key in self.keys.values() if len(wanted) == 5 and key.last_five == wanted), None)

    def key_of(self, last_five: str, office: int, family: str, channel: str) -> VolumeKey:
        """The key a product has installed. Raises HResult C004C001 where the service does not know it."""
        for key in self.keys.values():
            same_family = (channel == "kms_host" and office != 0) or key.family.lower() == family
            if (key.last_five, key.office, key.channel) == (last_five.upper(), office, channel) and same_family:
                return key
        raise HResult(KEY_UNKNOWN)

    def confirmation_id(self, installation_id: str, key: str) -> str:
        """The confirmation ID (48 digits) for an installation ID, as the telephone or VAMT would get it.

        It spends a count the first time; the same installation ID and key get the same answer again for nothing.
        Raises HResult: C004C001 unknown key, C004C003 blocked, C004C020 or C004C008 used up, C004F02C for an
        installation ID that is not 63 digits.
        """
        known = self.find(key)
        if known is None:
            raise HResult(KEY_UNKNOWN)
        digits = installation_id.replace("-", "").replace(" ", "")
        if len(digits) != INSTALLATION_ID_DIGITS or not digits.isdigit():
            raise HResult(0xC004F02C)
        if digits not in known.issued:
            known.spend(digits)
            known.issued[digits] = derived_digits(f"{digits} {known.last_five}", CONFIRMATION_ID_DIGITS)
        return known.issued[digits]

    def to_json(self) -> dict[str, Any]:
        """Plain data for a JSON store."""
        return {"reachable": self.reachable, "keys": [asdict(key) for key in self.keys.values()]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Microsoft:
        """The inverse of ``to_json``."""
        keys = [VolumeKey(**key) for key in data["keys"]]
        return cls({key.key.upper(): key for key in keys}, data["reachable"])


def host_key(key: str, office: int, generation: str = "") -> VolumeKey:
    """A KMS host key as Microsoft issues it: six hosts, each activated once and reactivated up to nine times."""
    return VolumeKey(key, office, generation, "kms_host", KMS_HOSTS_PER_KEY * ACTIVATIONS_PER_KMS_HOST)


def installation_id(machine_name: str, sku_id: str) -> str:
    """The installation ID (63 digits) of one product on one machine; always the same."""
    return derived_digits(f"{machine_name.lower()} {sku_id.lower()}", INSTALLATION_ID_DIGITS)


def check_confirmation_id(confirmation_id: str, installed_for: str, last_five: str) -> None:
    """What Windows checks offline. Raises HResult: C004F02F wrong length, C004F031 not for this installation or key."""
    if len(confirmation_id) != CONFIRMATION_ID_DIGITS or not confirmation_id.isdigit():
        raise HResult(CONFIRMATION_ID_LENGTH)
    if confirmation_id != derived_digits(f"{installed_for} {last_five.upper()}", CONFIRMATION_ID_DIGITS):
        raise HResult(CONFIRMATION_ID_MISMATCH)


def derived_digits(text: str, length: int) -> str:
    """Digits that depend on a text alone."""
    number = int.from_bytes(hashlib.sha512(text.encode()).digest(), "big")
    return str(number).zfill(length)[-length:]


def need_way_there(microsoft: Microsoft, reach: Mapping[str, Any]) -> None:
    """Raises HResult 80072EE7 where Microsoft is out of a machine's reach, 8004FE33 where a proxy is in the way."""
    if not (reach.get("microsoft", True) and microsoft.reachable):
        raise HResult(SERVER_NAME_UNRESOLVED)
    if asks_for_password(reach.get("winhttp_proxy")):
        raise HResult(PROXY_WANTS_PASSWORD)


def asks_for_password(proxy: Mapping[str, Any] | None) -> bool:
    """Whether what activates at Microsoft meets a proxy that it would have to log on to."""
    if proxy is None or not proxy.get("authenticating"):
        return False
    exempt = str(proxy.get("bypass") or "").lower().replace(" ", ";").split(";")
    return not any(fnmatch.fnmatchcase(ACTIVATION_SERVER, pattern) for pattern in exempt if pattern)
