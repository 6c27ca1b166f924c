# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows services of a simulated machine: found, started, stopped.

Only the licensing services exist. sppsvc makes a machine with an activated host key a KMS host: it listens while the
service runs.
"""

from __future__ import annotations

from .licensing import SERVICE_DISABLED, HResult, Record
from .machine import View

LICENSING_SERVICE = "sppsvc"


class ServiceFailedError(Exception):
    """A service does not start; ``is_disabled`` tells why, ``code`` is the Win32 error number."""

    def __init__(self, code: int) -> None:
        super().__init__(f"Win32 error {code}")
        self.code = code
        self.is_disabled = code == SERVICE_DISABLED & 0xFFFF


def find(view: View, name: str) -> Record | None:
    """A service by its name or display name."""
    wanted = name.lower()
    known = view.licensing.services
    return next((one for one in known if wanted in (one["Name"].lower(), one.get("DisplayName", "").lower())), None)


def is_running(service: Record) -> bool:
    """Whether it runs."""
    return service.get("State") == "Running"


def stop(view: View, service: Record) -> None:
    """Stop a service."""
    service["State"] = "Stopped"
    if service["Name"] == LICENSING_SERVICE and view.world is not None:
        view.world.stop_service(view.licensing)


def start(view: View, service: Record) -> None:
    """Start a service. Raises ServiceFailedError; then it is stopped."""
    try:
        if service["Name"] == LICENSING_SERVICE and view.world is not None:
            view.world.start_service(view.licensing, view.reach())
        elif service.get("StartMode") == "Disabled":
            raise HResult(SERVICE_DISABLED)
    except HResult as failure:
        service["State"] = "Stopped"
        service["Failed"] = "1"
        raise ServiceFailedError(failure.code & 0xFFFF) from failure
    service["State"] = "Running"
    service.pop("Failed", None)
