# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stub that Ansible looks for: documentation in windows_activation_info.yml, code in the action of the same name."""

from __future__ import annotations
