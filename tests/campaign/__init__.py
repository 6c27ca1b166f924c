# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults at every remote step of every module and role, and what must hold all the same."""
