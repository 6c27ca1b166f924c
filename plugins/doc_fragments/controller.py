# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for the modules that work from the controller and connect to no managed host."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes, requirements and notes."""

    DOCUMENTATION = r"""
attributes:
  action:
    description: Has an action plugin, which runs on the controller.
    support: full
    details:
      - Everything runs on the controller, and nothing on the host of the task.
  action_group:
    description: Belongs to a group that C(module_defaults) can name.
    support: full
    membership:
      - officefleet.activation.all
  async:
    description: Supports the C(async) keyword.
    support: none
  become:
    description: Is usable alongside the C(become) keywords.
    support: N/A
    details:
      - Nothing runs on the host of the task.
  check_mode:
    description: Can run in check mode and predict what a real run changes, without changing anything.
    support: full
  connection:
    description: Uses the connection of the host.
    support: N/A
    details:
      - The host of the task is not connected to, and need not be reachable.
  delegation:
    description: Can be used with C(delegate_to) and related keywords.
    support: full
    details:
      - The module always runs on the controller. C(delegate_to=localhost) says so to readers, and C(run_once) lets it
        run once and not for every host of the play.
  diff_mode:
    description: Returns what has changed, or would change in check mode, when in diff mode.
    support: full
  platform:
    description: The operating systems that can be worked on.
    support: full
    details:
      - The controller, whatever the host of the task is.
    platforms: posix
notes:
  - The task runs for every host of a play, like any other. Use C(run_once) where its options do not differ between
    hosts.
  - In an execution environment of AWX the Python libraries have to be in the image, and what the module sees of DNS
    and of the network is what that container sees.
"""
