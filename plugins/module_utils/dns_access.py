# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a DNS server is reached: which one, for how long, and with which key."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

#: The names that users know -> the names in the protocol (RFC 8945).
ALGORITHMS = {
    "hmac-sha256": "hmac-sha256",
    "hmac-sha224": "hmac-sha224",
    "hmac-sha384": "hmac-sha384",
    "hmac-sha512": "hmac-sha512",
    "hmac-sha1": "hmac-sha1",
    "hmac-md5": "hmac-md5.sig-alg.reg.int",
}
DNS_PORT = 53
_LONGEST_TIMEOUT = 300
_KEY_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63})*\.?")


@dataclass(frozen=True)
class TsigKey:
    """A shared secret. ``secret`` is in base64, as in the server's configuration, and never shown."""

    name: str
    secret: str = field(repr=False)
    algorithm: str = "hmac-sha256"


@dataclass(frozen=True)
class DnsAccess:
    """A DNS server and how to talk to it. ``server`` None: the one that DNS itself names. ``timeout`` in seconds."""

    server: str | None = None
    port: int = DNS_PORT
    timeout: int = 10
    zone: str | None = None
    tsig: TsigKey | None = None
    kerberos: bool = False


def read_access(options: Mapping[str, Any], owner: str | None = None) -> DnsAccess:
    """From task options. ``owner`` is the name that a given zone has to hold. Raises InputError."""
    server = None if options.get("server") is None else inputs.kms_host("server", options["server"])
    if not 1 <= options["timeout"] <= _LONGEST_TIMEOUT:
        raise InputError("timeout", f"a number of seconds from 1 to {_LONGEST_TIMEOUT} is needed")
    kerberos = bool(options.get("kerberos"))
    if kerberos and options.get("tsig"):
        raise InputError("kerberos", "contradicts tsig; a server takes one or the other")
    if kerberos and server is not None and (_is_address(server) or "." not in server):
        raise InputError("server", "has to be the full name of the server with kerberos: true, as in its Kerberos name")
    return DnsAccess(
        server=server,
        port=inputs.port("port", options["port"]),
        timeout=options["timeout"],
        zone=_read_zone(options.get("zone"), owner),
        tsig=_read_tsig(options["tsig"]) if options.get("tsig") else None,
        kerberos=kerberos,
    )


def _read_zone(value: str | None, owner: str | None) -> str | None:
    if value is None:
        return None
    zone = inputs.dns_domain("zone", value)
    if owner is not None and not owner.endswith(f".{zone}"):
        raise InputError("zone", f"does not hold the name {owner}")
    return zone


def _read_tsig(options: Mapping[str, Any]) -> TsigKey:
    name, secret = options["name"].strip(), options["secret"].strip()
    if not _KEY_NAME.fullmatch(name):
        raise InputError("tsig.name", "the name of a key as in the key statement of the server is needed")
    try:
        decoded = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    if not decoded:
        raise InputError("tsig.secret", "a secret in base64, as in the server's key statement, is needed (not shown)")
    return TsigKey(name.lower().removesuffix("."), secret, ALGORITHMS[options["algorithm"]])


def _is_address(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True
