# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Activation objects made from a machine: what slmgr.vbs /ad-activation-... asks of the licensing service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .directory import DOMAIN_UNREACHABLE, NO_SUCH_OBJECT, Forest
from .licensing import KEY_INVALID, HResult, Licensing, Record
from .microsoft import VolumeKey, check_confirmation_id, installation_id, need_way_there
from .products import key_identity

if TYPE_CHECKING:
    from .world_activator import MachineActivator

ACCESS_DENIED = 0x80070005
NO_PRODUCT_FOR_KEY = 0xC004F069
KEY_OF_ANOTHER_METHOD = 0xC004F07D


def forest_of(activator: MachineActivator) -> Forest:
    """The forest the machine belongs to. Raises HResult 8007054B where it belongs to none or reaches none."""
    forest = activator.world.forest
    joined = forest is not None and forest.has_domain(activator.reach.get("domain"))
    if forest is None or not joined or not forest.reachable or not activator.reach.get("directory", True):
        raise HResult(DOMAIN_UNREACHABLE)
    return forest


def activate_online(activator: MachineActivator, licensing: Licensing, key: str, name: str) -> None:
    """Make an activation object online.

    Raises HResult: C004F050 unknown key, C004F07D a key of another kind, C004F069 without the host licence on the
    machine, 8007054B no forest, 80070005 without rights there, 80072EE7 Microsoft unreachable, 8004FE33 a proxy in
    the way, C004C003 and C004C008.
    """
    known, product = _host_key(activator, licensing, key)
    forest = _writable_forest(activator)
    need_way_there(activator.world.microsoft, activator.reach)
    known.spend(_installation_id(forest, product))
    _make_object(forest, known, product, name)


def installation_id_for(activator: MachineActivator, licensing: Licensing, key: str) -> str:
    """The installation ID for an activation object: of the forest, whichever machine asks. Raises HResult as above."""
    _, product = _host_key(activator, licensing, key)
    return _installation_id(forest_of(activator), product)


def confirm(activator: MachineActivator, licensing: Licensing, key: str, confirmation_id: str, name: str) -> None:
    """Make an activation object by telephone. Raises HResult as above, and C004F02F or C004F031."""
    known, product = _host_key(activator, licensing, key)
    forest = _writable_forest(activator)
    check_confirmation_id(confirmation_id, _installation_id(forest, product), known.last_five)
    _make_object(forest, known, product, name)


def _host_key(activator: MachineActivator, licensing: Licensing, key: str) -> tuple[VolumeKey, Record]:
    known = activator.world.microsoft.keys.get(key.strip().upper())
    if known is None:
        raise HResult(KEY_INVALID)
    if known.channel != "kms_host":
        raise HResult(KEY_OF_ANOTHER_METHOD)
    meant = (known.office, "" if known.office else known.family.lower(), "kms_host")
    product = next((p for p in licensing.products if key_identity(p) == meant), None)
    if product is None:
        raise HResult(NO_PRODUCT_FOR_KEY)
    return known, product


def _writable_forest(activator: MachineActivator) -> Forest:
    forest = forest_of(activator)
    if not forest.has_container:
        raise HResult(NO_SUCH_OBJECT)
    need_rights(activator)
    return forest


def need_rights(activator: MachineActivator) -> None:
    """Raises HResult 80070005 where the account may not change the directory."""
    if not activator.reach.get("directory_write", True):
        raise HResult(ACCESS_DENIED)


def _installation_id(forest: Forest, product: Record) -> str:
    return installation_id(forest.root, product["ID"])


def _make_object(forest: Forest, known: VolumeKey, product: Record, name: str) -> None:
    """An object of the same name is replaced. The default name is illustrative: no recording shows one."""
    chosen = name or product["Name"].partition(", ")[2] or product["Name"]
    forest.remove(forest.dn_of(chosen))
    made = forest.add(chosen, [known.office] if known.office else [], known.last_five, windows=not known.office)
    made.activation_id = product["ID"]
