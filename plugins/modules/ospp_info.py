# Copyright (c) 2026, the officefleet.activation contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stub that Ansible looks for: documentation in ospp_info.yml, code in the action of the same name."""

from __future__ import annotations
