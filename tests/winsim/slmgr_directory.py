# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""slmgr.vbs: the activation objects of a forest (slmgr.md, section 2).

Only with a world is there a directory; the recordings of /ad-activation-... were made without one.
"""

from __future__ import annotations

from .directory import DOMAIN_UNREACHABLE, NO_SUCH_OBJECT, Forest
from .licensing import Activator, HResult
from .slmgr_page import Command, Run

_INDENT = "    "


def _activate_online(page: Run, arguments: list[str]) -> None:
    page.wmi.service()
    page.wmi.activate_forest(arguments[0], arguments[1] if len(arguments) > 1 else "")
    page.tell("activated")


def _show_installation_id(page: Run, arguments: list[str]) -> None:
    page.wmi.service()
    page.tell("installation_id", value=page.wmi.forest_installation_id(arguments[0]))
    page.say("")
    page.tell("phone_numbers")


def _apply_confirmation_id(page: Run, arguments: list[str]) -> None:
    page.wmi.service()
    page.wmi.confirm_forest(arguments[0], arguments[1], arguments[2] if len(arguments) > 2 else "")
    page.tell("activated")


def _list_objects(page: Run, arguments: list[str]) -> None:
    forest = _forest(page)
    if not forest.has_container:
        page.tell("old_schema")
        return
    page.tell("objects")
    for known in forest.objects:
        page.say(_INDENT + page.text("ao_name", value=known.name))
        rows = {
            "activation_id": f"{{{known.activation_id.upper()}}}",
            "partial_key": known.partial_key,
            "ao_pid": known.extended_pid,
            "ao_dn": known.dn,
        }
        page.say(*(2 * _INDENT + page.text(name, value=value) for name, value in rows.items()), "")
    if not forest.objects:
        page.say(_INDENT + page.text("no_objects"))


def _delete_object(page: Run, arguments: list[str]) -> None:
    """Delete by name, relative or full DN. An object of another class is left alone, without a word."""
    forest = _forest(page)
    if not forest.has_container:
        page.tell("old_schema")
        return
    dn = arguments[0]
    if ",cn=" not in dn.lower():
        dn = ("" if dn.lower().startswith("cn=") else "CN=") + f"{dn},{forest.container}"
        page.say(_INDENT + page.text("ao_dn", value=dn), "")
    if dn.lower() not in forest.other_objects:
        _world(page).need_directory_rights()
        if not forest.remove(dn):
            raise HResult(NO_SUCH_OBJECT)
    page.tell("object_deleted")


def _forest(page: Run) -> Forest:
    return _world(page).activation_objects()


def _world(page: Run) -> Activator:
    if page.machine.world is None:
        raise HResult(DOMAIN_UNREACHABLE)
    return page.machine.world


COMMANDS: dict[str, Command] = {
    "/ad-activation-online": Command(_activate_online, ("product_key", "object_name"), needed=1),
    "/ad-activation-get-iid": Command(_show_installation_id, ("product_key",), needed=1),
    "/ad-activation-apply-cid": Command(
        _apply_confirmation_id, ("product_key", "confirmation_id", "object_name"), needed=2
    ),
    "/ao-list": Command(_list_objects),
    "/del-ao": Command(_delete_object, ("object_dn",), needed=1),
}
