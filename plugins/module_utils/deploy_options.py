# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be installed and how it is to be activated there, from the variables that drive activation too.

Everything that can be said against the options is said here (InputError). An empty text means: not given.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.deploy_products import (
    MSI_VERSIONS,
    ODT_VERSIONS,
    msi_product_id,
    odt_channel,
    odt_product_id,
)
from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    METHODS,
    DesiredProduct,
    DesiredSettings,
    read_products,
    read_settings,
)
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

_PLAIN_TEXT = re.compile(r"[^\x00-\x1f\x7f]+")
_WORD = re.compile(r"[A-Za-z0-9-]+")
_FLAGS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class Installer(Enum):
    """What reads the file: Setup of Windows Installer, or the Office Deployment Tool."""

    MSI = "msi"
    ODT = "odt"


@dataclass(frozen=True)
class Installation:
    """One product to install. ``product_id``: what its installer calls it; ``key``: a key that the user gave."""

    family: str
    product_id: str
    method: str
    key: str | None = field(default=None, repr=False)

    @property
    def has_mak(self) -> bool:
        """Whether it is installed with a MAK."""
        return self.method in ("mak", "mak_proxy")


@dataclass(frozen=True)
class Deployment:
    """All that the installation files and the registry of an image need.

    ``settings``: the KMS host, its port and UserOperations. ``auto_activate``: setup itself activates.
    """

    office: int
    installer: Installer
    installations: tuple[Installation, ...]
    settings: DesiredSettings = field(default_factory=DesiredSettings)
    auto_activate: bool = False
    bits: int = 64
    languages: tuple[str, ...] = ("en-us",)
    channel: str | None = None
    source_path: str | None = None
    exclude_apps: tuple[str, ...] = ()
    remove_msi: bool = False
    force_app_shutdown: bool = False


_OPTIONS = {one.name for one in fields(Deployment)} - {"installations", "settings"}
_OPTIONS |= {"products", "install", "kms_host", "kms_port", "user_operations"}


def read_deployment(options: Mapping[str, Any]) -> Deployment:
    """The deployment that options describe. Raises InputError, which never repeats a key."""
    given = _given(options)
    unknown = sorted(set(given) - _OPTIONS)
    if unknown:
        raise InputError(unknown[0], "unknown option")
    office = _number(given, "office", sorted({*MSI_VERSIONS, *ODT_VERSIONS}))
    installer = _installer(given, office)
    return Deployment(
        office=office,
        installer=installer,
        installations=_installations(given, office, installer),
        settings=read_image_settings(given),
        auto_activate=bool(_flag(given, "auto_activate")),
        bits=_number(given, "bits", [32, 64]) if "bits" in given else 64,
        languages=_words(given, "languages") if "languages" in given else ("en-us",),
        channel=_text(given, "channel") or odt_channel(office),
        source_path=_text(given, "source_path"),
        exclude_apps=_words(given, "exclude_apps"),
        remove_msi=bool(_flag(given, "remove_msi")),
        force_app_shutdown=bool(_flag(given, "force_app_shutdown")),
    )


def read_image_settings(options: Mapping[str, Any]) -> DesiredSettings:
    """The host-wide settings alone, as the registry of an image needs them. Raises InputError."""
    given = _given(options)
    port = given.get("kms_port")
    return read_settings(
        {
            "kms_host": given.get("kms_host"),
            "kms_port": None if port is None else _integer("kms_port", port),
            "user_operations": _flag(given, "user_operations"),
        }
    )


def _given(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None and value != ""}


def _installer(given: Mapping[str, Any], office: int) -> Installer:
    """The one that the version has; 2016 has both, and Windows Installer where nothing is said."""
    asked = given.get("installer")
    if asked not in (None, "msi", "odt"):
        raise InputError("installer", "msi or odt is needed")
    chosen = Installer(asked or ("msi" if office in MSI_VERSIONS else "odt"))
    if office not in (MSI_VERSIONS if chosen is Installer.MSI else ODT_VERSIONS):
        raise InputError("installer", f"Office {office} has no installation by {chosen.value}")
    return chosen


def _installations(given: Mapping[str, Any], office: int, installer: Installer) -> tuple[Installation, ...]:
    products = {product.product: product for product in _products(given)}
    families = _words(given, "install", r"[a-z_]+") or tuple(name for name in products if name != "all")
    if not families:
        raise InputError("install", "name the products that are to be installed: products says only how all activate")
    made = tuple(_installation(family, products, office, installer) for family in dict.fromkeys(families))
    keys = [one.key for one in made if one.has_mak]
    if len(set(keys)) < len(keys):
        raise InputError("products", "a MAK is for one product: give each an entry with a key of its own")
    return made


def _products(given: Mapping[str, Any]) -> tuple[DesiredProduct, ...]:
    entries = given.get("products") or []
    for number, entry in enumerate(entries):
        if not isinstance(entry, Mapping) or entry.get("method") not in METHODS:
            raise InputError(f"products[{number}].method", f"one of {', '.join(METHODS)} is needed")
    return read_products([{"product": "all", **entry} for entry in entries])


def _installation(
    family: str, products: Mapping[str, DesiredProduct], office: int, installer: Installer
) -> Installation:
    product_id = (odt_product_id if installer is Installer.ODT else msi_product_id)(office, family)
    if product_id is None:
        raise InputError("install", f"Office {office} has no volume product {family} that {installer.value} installs")
    wish = products.get(family) or products.get("all") or DesiredProduct(family, "kms")
    made = Installation(family, product_id, wish.method, wish.key)
    if made.has_mak and not wish.key:
        rule = f"{family} is to be installed with method {wish.method}, which needs its MAK (key)"
        raise InputError("products", rule)
    return made


def _number(given: Mapping[str, Any], name: str, allowed: Sequence[int]) -> int:
    number = _integer(name, given.get(name, ""))
    if number not in allowed:
        raise InputError(name, f"one of {', '.join(map(str, allowed))} is needed")
    return number


def _integer(name: str, value: Any) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", str(value), re.ASCII):
        raise InputError(name, "a number is needed")
    return int(value)


def _flag(given: Mapping[str, Any], name: str) -> bool | None:
    if name not in given:
        return None
    flag = _FLAGS.get(str(given[name]).lower())
    if flag is None:
        raise InputError(name, "true or false is needed")
    return flag


def _text(given: Mapping[str, Any], name: str) -> str | None:
    if name not in given:
        return None
    if not isinstance(given[name], str) or not _PLAIN_TEXT.fullmatch(given[name]):
        raise InputError(name, "a text without control characters is needed")
    return str(given[name])


def _words(given: Mapping[str, Any], name: str, pattern: str = _WORD.pattern) -> tuple[str, ...]:
    values = given.get(name) or []
    if isinstance(values, (str, Mapping)) or not isinstance(values, Sequence):
        raise InputError(name, "a list is needed")
    for value in values:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise InputError(name, "a list of plain words is needed")
    return tuple(str(value) for value in values)
