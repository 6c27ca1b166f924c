# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error codes of the licensing service about KMS, Active Directory and firmware: C004F038 to C004F082.

Each row: code, category, whether a retry can help, cause, remedy. Source of codes, categories and retry:
tests/data/error-codes.tsv; causes and remedies are this collection's own words.
"""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils import error_codes_remedies as remedies

# A table reads best as a table: a formatter would give every field a line of its own.
# fmt: off
ROWS: tuple[tuple[int, str, bool, str, str], ...] = (
    (0xC004F038, "kms", True, "The KMS host counts too few computers so far; for Office it needs five.",
     "Activate again after more Office clients have asked the KMS host. Cloned hosts that share a client "
     "machine ID (CMID) count once: rearm their image with ospprearm.exe."),
    (0xC004F039, "kms", False,
     "The computer that is asked does not offer KMS, because no KMS host key works on it.",
     "Correct the address with ospp_kms_client kms_host or remove the stale _vlmcs._tcp SRV record; on the "
     "right KMS host, install its KMS host key."),
    (0x4004F040, "other", False,
     "The product is activated, but its owner is asked to check the product use rights.",
     "Compare the installation with the product use rights of your agreement; the host itself needs no "
     "change."),
    (0xC004F041, "kms", False, "The KMS host has its key installed, but is itself not activated.",
     "Activate the KMS host key there with slmgr.vbs /ato and the activation ID, or by telephone, then "
     "activate the client again."),
    (0xC004F042, "kms", False, "The KMS host answers, but has no key that serves this product and version.",
     "Install the volume licence pack and KMS host key of this Office version on the KMS host, or choose "
     "another host with ospp_kms_client kms_host."),
    (0xC004F047, "other", False, "The policy for the proxy is not refreshed.", remedies.OPEN_INTERNET_PATH),
    (0xC004F04D, "key", False, "The installation ID or the confirmation ID is not valid.",
     remedies.READ_IDS_AGAIN),
    (0xC004F04F, "license", False, "The licences lack the details by which licensing manages them.",
     remedies.REPAIR_OFFICE),
    (0xC004F050, "key", False,
     "The text given as product key is no valid key for any product on this computer.",
     "Check the key for typing errors and for the right product and version, then install it with "
     "ospp_product_key."),
    (0xC004F051, "key", False,
     "The licensing service on this computer refuses the product key because the key is blocked.",
     "Remove the blocked key with ospp_product_key and install another key of your agreement, or the GVLK "
     "for KMS."),
    (0xC004F052, "license", False, "The licences hold the same property more than once.",
     remedies.REPAIR_OFFICE),
    (0xC004F053, "license", False, "A policy that overrides another is badly set in the licence.",
     remedies.REPAIR_OFFICE),
    (0xC004F054, "license", False,
     "The details by which licensing manages the licences are there more than once.",
     remedies.REPAIR_OFFICE),
    (0xC004F055, "license", False, "The base product that this add-on needs is missing.",
     "Install and activate the base product first, then the add-on."),
    (0xC004F056, "kms", False, "The product cannot be activated by KMS with the key and licence that it has.",
     "Install the GVLK of the volume edition with ospp_product_key, or activate the product with a MAK "
     "instead."),
    (0xC004F057, "license", False, "The firmware of the computer lacks a licence that the key needs.",
     remedies.FIRMWARE_LICENCE),
    (0xC004F058, "license", False, "The firmware of the computer lacks a licence that the key needs.",
     remedies.FIRMWARE_LICENCE),
    (0xC004F059, "license", False, "The licence in the firmware of the computer is not valid.",
     remedies.FIRMWARE_LICENCE),
    (0xC004F060, "license", False, "The version of the licence package is not valid.",
     remedies.REPAIR_OFFICE),
    (0xC004F061, "key", False, "The product key is for upgrades only, and no earlier product is present.",
     remedies.KEY_OF_PRODUCT),
    (0xC004F062, "license", False, "A licence that the request needs is absent.", remedies.INSTALL_LICENCE),
    (0xC004F063, "license", False, "The licence of the computer's manufacturer is absent.",
     remedies.FIRMWARE_LICENCE),
    (0xC004F064, "grace", False, "The grace period after a failed genuine check is over.",
     remedies.GENUINE_KEY),
    (0x4004F065, "grace", False,
     "The product runs inside the grace period that follows a failed genuine check.",
     "Activate with a valid key of your agreement before the remaining grace time shown by ospp_info ends."),
    (0xC004F066, "other", False, "A property of the genuine check is set before the one that it depends on.",
     remedies.REPORT_BUG),
    (0xC004F067, "grace", False, "The second kind of grace period after a failed genuine check is over.",
     remedies.GENUINE_KEY),
    (0x4004F068, "grace", False,
     "The product runs inside the second kind of grace period after a failed genuine check.",
     remedies.ACTIVATE_IN_TIME),
    (0xC004F069, "key", False, "No product installed on this computer takes this key.",
     remedies.KEY_OF_PRODUCT),
    (0xC004F06A, "other", False, "The licensing service forbids what it is asked to do.",
     remedies.OTHER_METHOD),
    (0xC004F06B, "kms", False,
     "The KMS host runs in a virtual machine, which its Windows version does not permit.",
     "Move the KMS host key to a physical computer, or to a Windows version that may be a KMS host inside "
     "a virtual machine."),
    (0xC004F06C, "kms", False,
     "The KMS host rejects the request because the clocks of host and client are too far apart.",
     "Correct date, time and time zone on the client and on the KMS host, run w32tm /resync on both, then "
     "activate again."),
    (0xC004F071, "service", False, "The description file of a licensing plug-in is wrong.",
     remedies.SYSTEM_FILES),
    (0xC004F072, "license", False, "The policies for quick queries are not found.", remedies.REPAIR_STORE),
    (0xC004F073, "license", True, "The policies for quick queries are not loaded.", remedies.RESTART_SERVICE),
    (0xC004F074, "kms", True, "No KMS host answers, neither the one that is set nor any that DNS names.",
     "Test port 1688/TCP from the client to the KMS host and compare their clocks; then correct "
     "ospp_kms_client kms_host, or use dns_discovery with a _vlmcs._tcp SRV record."),
    (0xC004F075, "service", True, "The licensing service is stopping and takes no requests.",
     remedies.RESTART_SERVICE),
    (0xC004F076, "service", False, "A plug-in that the licensing service needs is absent.",
     remedies.SYSTEM_FILES),
    (0xC004F077, "other", False, "The version of the authentication data does not fit.", remedies.REPORT_BUG),
    (0xC004F078, "key", False, "The keys that are compared do not match.", remedies.CHECK_KEY),
    (0xC004F079, "other", False, "The authentication data are not set.", remedies.REPORT_BUG),
    (0xC004F07A, "other", True, "The licensing service cannot carry out a verification now.",
     remedies.RESTART_SERVICE),
    (0xC004F07B, "service", False, "The request is not possible while the licensing service runs.",
     "Stop the licensing service (sppsvc, or osppsvc for Office on Windows 7) before the request and start "
     "it again afterwards."),
    (0xC004F07C, "other", False, "The version of the computer's firmware is not valid for licensing.",
     remedies.FIRMWARE_LICENCE),
    (0xC004F07D, "key", False, "The product key does not allow this way of activating.",
     remedies.OTHER_METHOD),
    (0xC004F07E, "key", False, "The installation and confirmation IDs do not fit the installed key.",
     remedies.READ_IDS_AGAIN),
    (0xC004F07F, "key", False, "The installation and confirmation IDs belong to another environment.",
     remedies.READ_IDS_AGAIN),
    (0xC004F080, "license", False, "The licence belongs to another environment.", remedies.INSTALL_LICENCE),
    (0xC004F081, "license", False, "Active Directory holds no valid activation object for this product.",
     "Check with slmgr.vbs /ao-list that the forest has an activation object for this Office version; "
     "otherwise set the activation type to kms with ospp_kms_client."),
    (0xC004F082, "other", False, "The name of the activation object is too long for Active Directory.",
     "Give the activation object a shorter name and create it again."),
)
# fmt: on
