# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The desired state of one activation object, from task options whose types Ansible has checked already.

Everything that can be said against the options without looking at a host is said here (InputError).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import inputs
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_text import ActivationObject
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_desired import PRODUCTS, host_key
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import (
    HOST_ACTIVATION_IDS,
    WINDOWS,
    product_label,
)

#: What can be activated through Active Directory: Windows, and Office from 2013 on.
AD_PRODUCTS = [name for name in PRODUCTS if name != "2010"]
#: A common name in Active Directory has 64 characters at most.
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._()-]{0,62}[A-Za-z0-9._)-])?")
#: A distinguished name as a command line may carry it, in quotes.
_DN = re.compile(r"(?i)CN=[^\"%&|<>^!\x00-\x1f]{1,600}")
_OFFICE_OF = {activation_id: str(office) for office, activation_id in HOST_ACTIVATION_IDS.items()}


@dataclass(frozen=True)
class DesiredObject:
    """One activation object; None: not given. ``activation_id``: that of the Office product, None for Windows."""

    present: bool = True
    product: str | None = None
    activation_id: str | None = None
    name: str | None = None
    key: str | None = field(default=None, repr=False)
    activation: str = "online"
    confirmation_id: str | None = field(default=None, repr=False)

    @property
    def label(self) -> str:
        """The product in words; "" where none is given."""
        if self.product is not None:
            return product_label(self.product)
        return label_of(self.activation_id) or f"activation ID {self.activation_id}" if self.activation_id else ""

    def is_met_by(self, known: ActivationObject) -> bool:
        """Whether an object activates the product, whatever its name and key. Windows' versions differ by their key."""
        if self.activation_id is not None:
            return known.activation_id == self.activation_id
        foreign = label_of(known.activation_id) is not None
        return not foreign and self.key is not None and known.partial_product_key == self.key[-5:]

    def is_to_go(self, known: ActivationObject) -> bool:
        """Whether an object is one of those to remove: all that is given of it holds."""
        if self.activation_id is not None and known.activation_id != self.activation_id:
            return False
        return self.name is None or known.is_called(self.name)


def label_of(activation_id: str | None) -> str | None:
    """The Office version of an activation object; None for Windows and what is not known."""
    office = _OFFICE_OF.get(activation_id or "")
    return product_label(office) if office else None


def read_object_options(options: Mapping[str, Any]) -> DesiredObject:
    """The desired state from the options of C(ad_activation_object). Raises InputError."""
    present, product = options["state"] == "present", options.get("product")
    activation_id = (options.get("activation_id") or "").strip().lower() or None
    if activation_id is not None and (product == WINDOWS or not inputs.is_sku_id(activation_id)):
        raise InputError("activation_id", "the GUID of an Office KMS host licence is needed")
    if activation_id is None and product not in (None, WINDOWS):
        activation_id = HOST_ACTIVATION_IDS[int(product)]
    confirmation = options.get("confirmation_id")
    desired = DesiredObject(
        present=present,
        product=product,
        activation_id=activation_id,
        name=_read_name(options.get("name"), present),
        key=host_key("key", options.get("key")),
        activation=options["activation"],
        confirmation_id=inputs.confirmation_id("confirmation_id", confirmation) if confirmation else None,
    )
    _refuse(desired)
    return desired


def _refuse(desired: DesiredObject) -> None:
    """What single options do not show."""
    if desired.present and desired.product is None and desired.activation_id is None:
        raise InputError("product", "the product is needed that the activation object is for")
    if desired.present and desired.product == WINDOWS and desired.key is None:
        raise InputError("key", "the KMS host key of Windows is needed, because its activation objects differ by it")
    if not desired.present and desired.activation_id is None and desired.name is None:
        raise InputError("name", "name the activation object to remove (or an Office version in product)")


def _read_name(text: str | None, present: bool) -> str | None:
    name = (text or "").strip()
    if not name:
        return None
    if not present and _DN.fullmatch(name):
        return name
    if not _NAME.fullmatch(name):
        also = "" if present else ", or a distinguished name,"
        raise InputError("name", f"1 to 64 letters, digits, blanks and . _ - ( ){also} are needed")
    return name


def removable_dn(known: ActivationObject) -> str | None:
    """The DN to remove an object by; None where no command line may carry it."""
    return known.dn if known.dn and _DN.fullmatch(known.dn) else None
