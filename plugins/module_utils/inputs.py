# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values from users: each has one strict pattern, and nothing reaches a command line that did not match it.

Every function returns the value in its normal form or raises InputError, which names the option and the rule
and never repeats a secret.
"""

from __future__ import annotations

import ipaddress
import re

from ansible_collections.officefleet.activation.plugins.module_utils.products import FAMILIES

PRODUCT_KEY = re.compile(r"[A-Z0-9]{5}(?:-[A-Z0-9]{5}){4}")
_LAST_FIVE = re.compile(r"[A-Z0-9]{5}")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?")
_NUMBERS_AND_DOTS = re.compile(r"[0-9.]+")
_PATH = re.compile(r"[A-Za-z]:\\[^\"%&|<>^!\x00-\x1f]+")
CONFIRMATION_ID_DIGITS = 48

DEFAULT_KMS_PORT = 1688


class InputError(ValueError):
    """A value that breaks its rule. ``option`` is the option as the user wrote it, the text says the rule."""

    def __init__(self, option: str, rule: str) -> None:
        super().__init__(f"{option}: {rule}")
        self.option = option
        self.rule = rule


def product_key(option: str, value: str) -> str:
    """A whole product key in upper case. The message of a refusal never holds the value."""
    key = value.strip().upper()
    if not PRODUCT_KEY.fullmatch(key):
        raise InputError(option, "a product key is 5 groups of 5 letters or digits joined by hyphens (value not shown)")
    return key


def last_five(option: str, value: str) -> str:
    """The last five characters of a product key, in upper case."""
    text = value.strip().upper()
    if not _LAST_FIVE.fullmatch(text):
        raise InputError(option, "exactly 5 letters or digits are needed: the last five characters of a product key")
    return text


def kms_host(option: str, value: str) -> str:
    """A host name, IPv4 or IPv6 address without port: lower case, without trailing dot and brackets."""
    text = value.strip()
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    # ipaddress takes any text as the zone of an IPv6 address, characters of cmd.exe included.
    if "%" in text:
        raise InputError(option, "an IPv6 address is given without a zone (the part after the percent sign)")
    try:
        return str(ipaddress.ip_address(bare)).lower()
    except ValueError:
        pass
    if re.fullmatch(r"([^:]+|\[.+\]):[0-9]+", text):
        raise InputError(option, "give the host alone, without a port; the port has an option of its own")
    return _dns_name(option, text, "a host name, an IPv4 or an IPv6 address is needed")


def dns_domain(option: str, value: str) -> str:
    """A DNS domain name in lower case without trailing dot; a single label is none."""
    rule = "a DNS domain name such as corp.example is needed"
    name = _dns_name(option, value.strip(), rule)
    if "." not in name:
        raise InputError(option, rule)
    return name


def _dns_name(option: str, text: str, rule: str) -> str:
    name = text[:-1] if text.endswith(".") else text
    labels = name.split(".")
    valid = 0 < len(name) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    if not valid or _NUMBERS_AND_DOTS.fullmatch(name):
        raise InputError(option, f"{rule} (letters, digits, hyphens and dots)")
    return name.lower()


def port(option: str, value: int) -> int:
    """A TCP port, 1 to 65535."""
    if not 1 <= value <= 65535:
        raise InputError(option, "a TCP port from 1 to 65535 is needed")
    return value


def confirmation_id(option: str, value: str) -> str:
    """A confirmation ID: 48 digits; blanks and hyphens between the groups are dropped."""
    digits = re.sub(r"[\s-]", "", value)
    if not re.fullmatch(r"[0-9]+", digits, re.ASCII):
        raise InputError(option, "a confirmation ID has digits only (blanks or hyphens may stand between groups)")
    if len(digits) != CONFIRMATION_ID_DIGITS:
        raise InputError(option, f"a confirmation ID has {CONFIRMATION_ID_DIGITS} digits, this one has {len(digits)}")
    return digits


def product(option: str, value: str, allow_all: bool = True) -> str:
    """A product as users name it: a family, a SKU ID, or C(all)."""
    text = value.strip().lower()
    if text in FAMILIES or _GUID.fullmatch(text) or (allow_all and text == "all"):
        return text
    known = ", ".join((("all",) if allow_all else ()) + FAMILIES)
    raise InputError(option, f"unknown product; known are {known}, or the SKU ID of a licence")


def is_sku_id(text: str) -> bool:
    """Whether a product is named by its SKU ID."""
    return bool(_GUID.fullmatch(text))


def script_path(value: str) -> str:
    """A Windows path read from a host, before it goes into a command line again."""
    if not _PATH.fullmatch(value):
        raise InputError("script", "the path read from the host holds characters that no command line may carry")
    return value
