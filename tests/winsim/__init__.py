# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated Windows fleet: licensing services, Microsoft's scripts, KMS hosts and the machines in front."""
