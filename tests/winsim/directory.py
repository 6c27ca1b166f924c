# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The activation objects of an Active Directory forest."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from .kms import plain_name
from .licensing import Record, is_office
from .products import KMS_HOST_IDS, identify

OBJECT_MISSING = 0xC004F081
DOMAIN_UNREACHABLE = 0x8007054B
NO_SUCH_OBJECT = 0x80072030


@dataclass
class ActivationObject:
    """One object: it activates the Office versions of the host key it was made with (and Windows, where told)."""

    name: str
    dn: str
    versions: list[int] = field(default_factory=list)
    windows: bool = False
    activation_id: str = ""
    extended_pid: str = "55041-00206-000-000001-03-1033-9600.0000-0012016"
    partial_key: str = ""

    def properties(self) -> tuple[str, str, str, str]:
        """Name, DN, extended PID and activation ID, as a client remembers them."""
        return self.name, self.dn, self.extended_pid, self.activation_id

    def covers(self, product: Record) -> bool:
        """Whether clients of this product are activated by it; Office 2010 never is."""
        if not is_office(product):
            return self.windows
        known = identify(product)
        return known is not None and known[0] > 2010 and known[0] in self.versions


@dataclass
class Forest:
    """A forest by its root domain; its other domains are named where they do not end in it.

    ``other_objects`` are DNs, in lower case, of objects that are no activation objects.
    ``has_container`` false: its schema is older than Windows Server 2012 and knows no activation objects.
    """

    root: str
    domains: list[str] = field(default_factory=list)
    objects: list[ActivationObject] = field(default_factory=list)
    reachable: bool = True
    has_container: bool = True
    other_objects: list[str] = field(default_factory=list)

    @property
    def container(self) -> str:
        """The DN below which Windows keeps activation objects."""
        partition = ",".join(f"DC={label}" for label in plain_name(self.root).split("."))
        return f"CN=Activation Objects,CN=Microsoft SPP,CN=Services,CN=Configuration,{partition}"

    def dn_of(self, name: str) -> str:
        """The DN of an object by its common name; a comma in it is escaped."""
        return "CN=" + name.replace(",", "\\,") + "," + self.container

    def remove(self, dn: str) -> bool:
        """Delete an activation object; False where there is none."""
        kept = [known for known in self.objects if known.dn.lower() != dn.lower()]
        removed = len(kept) < len(self.objects)
        self.objects[:] = kept
        return removed

    def has_domain(self, domain: str | None) -> bool:
        """Whether a machine joined to that domain belongs to the forest."""
        name, root = plain_name(domain or ""), plain_name(self.root)
        return bool(name) and (name == root or name.endswith("." + root) or name in map(plain_name, self.domains))

    def add(self, name: str, versions: list[int], partial_key: str = "", windows: bool = False) -> ActivationObject:
        """Make an activation object where Windows keeps them."""
        made = ActivationObject(name, self.dn_of(name), list(versions), windows, partial_key=partial_key)
        made.activation_id = KMS_HOST_IDS[versions[0]] if versions else ""
        self.objects.append(made)
        return made

    def object_for(self, product: Record) -> ActivationObject | None:
        """The first object that covers a product."""
        return next((known for known in self.objects if known.covers(product)), None)

    def to_json(self) -> dict[str, Any]:
        """Plain data for a JSON store."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Forest:
        """The inverse of ``to_json``."""
        objects = [ActivationObject(**known) for known in data["objects"]]
        return cls(
            data["root"],
            data["domains"],
            objects,
            data["reachable"],
            data.get("has_container", True),
            data.get("other_objects", []),
        )
