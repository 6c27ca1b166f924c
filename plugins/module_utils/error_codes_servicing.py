# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error codes of Windows servicing and Windows Update, which DISM gives when a feature on demand is added.

Each row: code, category, whether a retry can help, cause, remedy. Source of codes, categories and retry:
tests/data/error-codes.tsv; causes and remedies are this collection's own words.
"""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils import error_codes_remedies as remedies

# A table reads best as a table: a formatter would give every field a line of its own.
# fmt: off
ROWS: tuple[tuple[int, str, bool, str, str], ...] = (
    (0x800F0954, "other", False, "The WSUS server of the host does not offer the Windows feature on demand.",
     "Let the policy 'Specify settings for optional component installation and component repair' take features "
     "from Windows Update, or name a folder that holds them as source."),
    (0x800F0950, "other", False, "Windows Update offers the Windows feature on demand not for this host.",
     "Bring Windows on the host up to date and let it reach Windows Update, or name a folder with the features "
     "of its version as source."),
    (0x800F0906, "network", True, "The files of the Windows feature on demand can't be downloaded.",
     remedies.FEATURE_SOURCE),
    (0x800F0907, "other", False, "A policy of the host forbids the download of Windows features.",
     "Change the policy 'Specify settings for optional component installation and component repair', or name a "
     "folder with the features on demand as source."),
    (0x800F081F, "other", False, "The source does not hold the files of the Windows feature on demand.",
     "Name as source the folder with the .cab files of the features on demand for exactly this version and "
     "architecture of Windows, and check that the account can read it."),
    (0x800F080C, "other", False, "This version of Windows does not know the feature on demand.",
     "Check the system files with sfc /scannow; before Windows 11 24H2 and Server 2025 VBScript is a part of "
     "Windows that can't be added."),
    (0x8024402C, "dns", True, "The name of the update server (WSUS or Windows Update) can't be resolved.",
     remedies.FEATURE_SOURCE),
    (0x80240438, "network", True, "The update server (WSUS or Windows Update) can't be reached from the host.",
     remedies.FEATURE_SOURCE),
)
# fmt: on
