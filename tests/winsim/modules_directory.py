# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""microsoft.ad.group: security groups of the domain, as far as a group of KMS hosts needs them.

The groups are kept with the host that made them. Members are taken as they are written: nobody looks them up.
"""

from __future__ import annotations

import uuid
from typing import Any

from .machine import View
from .module_base import ModuleFailure, Option, RefusedError, not_simulated, read, unhandled
from .payload import Call

_GROUP = {
    "name": Option(),
    "identity": Option(),
    "path": Option(),
    "scope": Option(choices=("domainlocal", "global", "universal")),
    "category": Option(choices=("distribution", "security")),
    "description": Option(),
    "members": Option("raw"),
    "state": Option(default="present", choices=("absent", "present")),
    # Which domain controller is asked, and as whom, makes no difference here.
    **{name: Option("raw") for name in ("domain_server", "domain_username", "domain_password", "domain_credentials")},
    **not_simulated("attributes", "display_name", "homepage", "managed_by", "protect_from_deletion"),
    **not_simulated("sam_account_name"),
}
_MEMBER_ACTIONS = {"add", "remove", "set"}


def group(call: Call, view: View) -> dict[str, Any]:
    """A group made, changed or removed."""
    options = read(call, _GROUP)
    domain = view.machine.reach.get("domain")
    if not domain:
        raise unhandled("Unable to find a default server with Active Directory Web Services running.")
    name = options["name"] or options["identity"]
    if not name:
        raise ModuleFailure("one of the following is required: name, identity")
    naming_context = ",".join(f"DC={label}" for label in domain.split("."))
    dn = f"CN={name},{options['path'] or f'CN=Users,{naming_context}'}"
    groups = view.machine.ad_groups
    existing = groups.get(dn.lower())
    result: dict[str, Any] = {"object_guid": str(uuid.uuid5(uuid.NAMESPACE_DNS, dn.lower())), "distinguished_name": dn}
    result["sid"] = f"S-1-5-21-1004336348-1177238915-682003330-{uuid.uuid5(uuid.NAMESPACE_DNS, dn).int % 9000 + 1000}"
    if options["state"] == "absent":
        if existing is not None and not call.check_mode:
            del groups[dn.lower()]
        return {"changed": existing is not None, **result}
    if existing is None and not options["scope"]:
        raise ModuleFailure("scope must be set when state=present and the group does not exist")
    before = existing or {"dn": dn, "category": "security", "description": "", "members": []}
    wanted = before | {key: options[key] for key in ("scope", "category", "description") if options[key] is not None}
    wanted["members"] = _members(before["members"], options["members"])
    changed = existing is None or wanted != existing
    if changed and not call.check_mode:
        groups[dn.lower()] = wanted
    return {"changed": changed, **result}


def _members(present: list[str], change: Any) -> list[str]:
    """The members after a change of the form ``add``, ``remove``, ``set``."""
    if change is None:
        return present
    if not isinstance(change, dict) or not set(change) <= _MEMBER_ACTIONS:
        raise RefusedError("members of microsoft.ad.group other than add, remove and set is not simulated")
    actions = {action: [str(one) for one in names or []] for action, names in change.items()}
    kept = actions.get("set", present)
    removed = {name.lower() for name in actions.get("remove", [])}
    names = [name for name in [*kept, *actions.get("add", [])] if name.lower() not in removed]
    unique = {name.lower(): name for name in reversed(names)}
    return sorted(unique.values(), key=str.lower)
