# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the store keeps for MAK proxy: installation IDs, and the confirmation IDs that were obtained for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Request:
    """The installation ID of a product with a MAK on a host, and its confirmation ID once that is known.

    ``waiting``: the product was not licensed when the host was seen last, and this is the installation ID that it had
    then. ``collected_at`` is None where the ID came by a file. ``applied_at``: when the confirmation ID activated the
    product last, which proves that it is right.
    """

    host: str
    product: str
    sku_id: str
    last_five: str
    installation_id: str
    confirmation_id: str | None = field(default=None, repr=False)
    waiting: bool = True
    collected_at: datetime | None = None
    applied_at: datetime | None = None

    @property
    def place(self) -> tuple[str, str]:
        """The product on its host, of which one installation ID at a time is the right one."""
        return self.host, self.sku_id

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What a confirmation ID is for: a host's product with this MAK and installation ID."""
        return self.host, self.sku_id, self.last_five, self.installation_id
