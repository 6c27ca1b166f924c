# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation in ospp_user_operations.yml, code in plugins/action/ospp_user_operations.py; Ansible looks for this file."""

from __future__ import annotations
