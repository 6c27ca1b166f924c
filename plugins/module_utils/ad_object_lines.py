# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command lines for activation objects: slmgr.vbs, always from a copy, so that it prints English everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_desired import DesiredObject
from ansible_collections.officefleet.activation.plugins.module_utils.ad_object_plan import ObjectKind
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation
from ansible_collections.officefleet.activation.plugins.module_utils.slmgr_lines import licence_listing, slmgr_line


def forest_line(copy_name: str, activation_id: str | None = None, steps: Sequence[str] = ()) -> str:
    """Run ``steps`` (arguments of slmgr.vbs) and list the activation objects, in one command.

    ``copy_name``: unique name (letters and digits) of the copy of slmgr.vbs, which is removed at the end.
    ``activation_id``: the KMS host licence to look for on the computer. Raises LineTooLongError.
    """
    listings = [("objects", "/ao-list")]
    if activation_id is not None:
        listings.append(licence_listing(activation_id))
    return slmgr_line(copy_name, steps, listings)


def step_arguments(operation: Operation, desired: DesiredObject) -> str:
    """The arguments of slmgr.vbs that carry out an operation (reference/slmgr.md)."""
    name = f' "{desired.name}"' if desired.name else ""
    arguments = {
        ObjectKind.READ_ID: f"/ad-activation-get-iid {desired.key}",
        ObjectKind.CREATE: f"/ad-activation-online {desired.key}{name}",
        ObjectKind.CONFIRM: f"/ad-activation-apply-cid {desired.key} {desired.confirmation_id}{name}",
        # By its DN: then nothing has to be guessed from a name.
        ObjectKind.REMOVE: f'/del-ao "{operation.value}"',
    }
    return arguments[ObjectKind(operation.kind)]
