# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error codes of the licensing service about keys, licences and confirmation IDs: C004F001 to C004F035.

Each row: code, category, whether a retry can help, cause, remedy. Source of codes, categories and retry:
tests/data/error-codes.tsv; causes and remedies are this collection's own words.
"""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils import error_codes_remedies as remedies

# A table reads best as a table: a formatter would give every field a line of its own.
# fmt: off
ROWS: tuple[tuple[int, str, bool, str, str], ...] = (
    (0xC004F001, "service", True, "The licensing service has an internal fault.", remedies.RESTART_SERVICE),
    (0xC004F002, "license", False, "The licensing service fails to use the rights of the licence.",
     remedies.REPAIR_OFFICE),
    (0xC004F003, "license", False, "A licence that the product needs is absent.", remedies.INSTALL_LICENCE),
    (0xC004F004, "key", False, "The product key lies outside the range of keys that the licence accepts.",
     remedies.KEY_OF_PRODUCT),
    (0xC004F005, "key", False, "The product key belongs to another licence than the installed one.",
     remedies.KEY_OF_PRODUCT),
    (0xC004F006, "license", False, "The signature file of the licence is absent.", remedies.REPAIR_OFFICE),
    (0xC004F007, "license", False, "The licence of the product is absent.", remedies.INSTALL_LICENCE),
    (0xC004F008, "license", False, "The licence of the product is absent.", remedies.INSTALL_LICENCE),
    (0xC004F009, "grace", False, "The grace period of the product is over, and it is still not activated.",
     remedies.ACTIVATE_NOW),
    (0xC004F00A, "license", False, "The application that asks is not the one that the licence names.",
     remedies.REPAIR_OFFICE),
    (0xC004F00B, "key", False, "The data of the product ID are absent.", remedies.KEY_OF_PRODUCT),
    (0x4004F00C, "grace", False, "The product runs inside its grace period and is not activated yet.",
     remedies.ACTIVATE_IN_TIME),
    (0x4004F00D, "grace", False,
     "The product runs inside the grace period after a hardware change or a long time without KMS renewal.",
     "Bring the host back to a network where its KMS host or domain answers and run ospp_activate; a MAK "
     "product with new hardware needs to be activated again."),
    (0xC004F00E, "license", False, "The licence does not work with the version of the security processor.",
     remedies.SYSTEM_FILES),
    (0xC004F00F, "license", False, "The hardware differs too much from the hardware that was activated.",
     "Activate again with ospp_activate; this spends another activation of a MAK, so use a confirmation ID "
     "by telephone when none is left."),
    (0xC004F010, "key", False,
     "The licensing service does not accept the product key for any installed licence.",
     remedies.KEY_OF_PRODUCT),
    (0xC004F011, "license", False, "The licence file of the product is not installed.",
     remedies.INSTALL_LICENCE),
    (0xC004F012, "other", False, "The licensing service holds no value under the key asked for.",
     remedies.REPAIR_STORE),
    (0xC004F013, "license", False, "The licence gives no permission to run this software.",
     remedies.NEW_LICENCE),
    (0xC004F014, "key", False, "No product key is installed for the product.",
     "Install its MAK, or the GVLK for KMS and Active Directory, with ospp_product_key; start Office once "
     "if it has just been installed."),
    (0xC004F015, "license", False,
     "The licence that belongs to the product key is not installed, often because Office is a retail "
     "edition.",
     "Replace the retail edition by the volume edition of the same product, then install the MAK or GVLK "
     "with ospp_product_key."),
    (0xC004F016, "other", False, "The licensing service does not support what it is asked to do.",
     remedies.OTHER_METHOD),
    (0xC004F017, "license", False, "The licence that the request needs is not installed.",
     remedies.INSTALL_LICENCE),
    (0xC004F018, "license", False, "The licence holds no usable address of an activation server.",
     remedies.REPAIR_OFFICE),
    (0xC004F019, "other", False, "The licensing service is asked for an event number that is wrong.",
     remedies.REPORT_BUG),
    (0xC004F01A, "other", False, "No program is registered for the licensing event.", remedies.REPORT_BUG),
    (0xC004F01B, "other", False, "The licensing event is registered already.", remedies.REPORT_BUG),
    (0xC004F01C, "license", False, "The licence of the product is not installed.", remedies.INSTALL_LICENCE),
    (0xC004F01D, "license", False, "The licensing service cannot verify the licence.",
     remedies.REPAIR_OFFICE),
    (0xC004F01E, "license", False, "The type of the input differs from the one that the licence expects.",
     remedies.REPORT_BUG),
    (0xC004F01F, "license", False, "The licence of the product is not valid.", remedies.REPAIR_OFFICE),
    (0xC004F020, "license", False, "The package of licences is not valid.", remedies.REPAIR_OFFICE),
    (0xC004F021, "license", False, "The licence is past the end of its validity.", remedies.NEW_LICENCE),
    (0xC004F022, "license", False, "The licensing service cannot authorise the licence.",
     remedies.REPAIR_OFFICE),
    (0xC004F023, "license", False, "The licence of the product is not valid.", remedies.REPAIR_OFFICE),
    (0xC004F024, "license", False, "The licence of the product is not valid.", remedies.REPAIR_OFFICE),
    (0xC004F025, "rights", False,
     "The licensing service wants administrator rights for this change, and the account has none.",
     remedies.ELEVATE),
    (0xC004F026, "other", False, "Data that the licensing service needs are absent.", remedies.REPAIR_STORE),
    (0xC004F027, "license", False, "The licence file is altered.", remedies.REPAIR_OFFICE),
    (0xC004F028, "license", False, "The policy cache of the licensing service is not valid.",
     remedies.RESTART_SERVICE),
    (0xC004F029, "service", False, "The licensing service cannot start in the present mode of Windows.",
     "Start Windows in its normal mode, not in safe mode or audit mode, then activate again."),
    (0xC004F02A, "license", False, "The licence of the product is not valid.", remedies.REPAIR_OFFICE),
    (0xC004F02C, "key", False, "The data of the offline activation do not have the right form.",
     "Hand ospp_activate the confirmation ID as digits only, without blanks or hyphens; read the "
     "installation ID again with ospp_info if it is refused."),
    (0xC004F02D, "key", False, "The confirmation ID carries a wrong version number.",
     remedies.READ_IDS_AGAIN),
    (0xC004F02E, "key", False, "The version of the confirmation ID is not supported.",
     remedies.READ_IDS_AGAIN),
    (0xC004F02F, "key", False, "The confirmation ID is too short or too long.",
     "Hand ospp_activate all 48 digits of the confirmation ID; if digits are missing, ask for the "
     "confirmation ID again."),
    (0xC004F030, "key", False, "The installation ID or the confirmation ID cannot be stored.",
     remedies.ELEVATE),
    (0xC004F031, "key", False,
     "The confirmation ID belongs to another installation ID than that of this product.",
     remedies.READ_IDS_AGAIN),
    (0xC004F032, "license", False, "The data that bind the licence to this computer are not valid.",
     remedies.REPAIR_STORE),
    (0xC004F033, "key", False, "A rule forbids this product key on this computer.",
     "Read the Application event log of the host for the rule that applies, then install a key that it "
     "allows with ospp_product_key."),
    (0xC004F034, "license", False,
     "The licence that the product key needs is absent or not valid on this computer.",
     remedies.REPAIR_OFFICE),
    (0xC004F035, "key", False,
     "The Windows volume key works only on a computer that already has a qualifying Windows licence.",
     "Get a Windows licence that qualifies for the volume upgrade, or install a Windows key of another "
     "type with slmgr.vbs /ipk."),
)
# fmt: on
