# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation in ospp_product_key.yml, code in plugins/action/ospp_product_key.py; Ansible looks for this file."""

from __future__ import annotations
