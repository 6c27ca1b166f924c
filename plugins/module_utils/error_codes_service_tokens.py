# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error codes of the licensing service from C004F200 on: tokens and validity.

Each row: code, category, whether a retry can help, cause, remedy. Source of codes, categories and retry:
tests/data/error-codes.tsv; causes and remedies are this collection's own words.
"""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils import error_codes_remedies as remedies

# A table reads best as a table: a formatter would give every field a line of its own.
# fmt: off
ROWS: tuple[tuple[int, str, bool, str, str], ...] = (
    (0xC004F200, "license", False, "The installation does not pass the genuine check.",
     "Install keys of your own agreement with ospp_product_key, activate Windows and Office, and install "
     "anew from original media if the code stays."),
    (0xC004F210, "license", False, "The edition of the licence is not the edition that is installed.",
     remedies.KEY_OF_PRODUCT),
    (0xC004F301, "license", True, "The challenge for token-based activation is too old.",
     "Start the token-based activation again and answer its challenge without delay."),
    (0xC004F302, "license", False,
     "No certificate lets token-based activation run without a question to the user.",
     remedies.ACTIVATION_CERTIFICATE),
    (0xC004F303, "license", False,
     "The chain of the certificate for token-based activation is incomplete or not valid.",
     "Install the missing root and intermediate certificates on the host, then start the token-based "
     "activation again."),
    (0xC004F304, "license", False, "The licence for token-based activation is absent.",
     remedies.ISSUANCE_LICENCE),
    (0xC004F305, "license", False, "No certificate on the host can activate the product by token.",
     remedies.ACTIVATION_CERTIFICATE),
    (0xC004F306, "license", False, "The edition of the product has no token-based activation.",
     remedies.OTHER_METHOD),
    (0xC004F307, "license", False, "The data of the token-based activation are not valid.",
     remedies.ISSUANCE_LICENCE),
    (0xC004F308, "license", False, "The data of the token-based activation are altered.",
     remedies.ISSUANCE_LICENCE),
    (0xC004F309, "license", False,
     "The answer of the token-based activation does not belong to its challenge.",
     "Start the token-based activation again from a new challenge."),
    (0xC004F30A, "license", False, "The certificate does not meet the conditions of the licence.",
     remedies.ACTIVATION_CERTIFICATE),
    (0xC004F30B, "license", False, "The smart card in the reader cannot activate the product.",
     remedies.ACTIVATION_CERTIFICATE),
    (0xC004F30C, "license", False, "The contents of the token issuance licence are wrong.",
     remedies.ISSUANCE_LICENCE),
    (0xC004F30D, "license", False, "The thumbprint of the certificate is not written correctly.",
     "Give the thumbprint as 40 hexadecimal digits, as ospp.vbs /dtokcerts prints it."),
    (0xC004F30E, "license", False, "No certificate on the host has this thumbprint.",
     "Choose a thumbprint that ospp.vbs /dtokcerts lists on the host, or install the certificate there."),
    (0xC004F30F, "license", False, "The certificate does not meet the criteria of the issuance licence.",
     remedies.ACTIVATION_CERTIFICATE),
    (0xC004F310, "license", False,
     "The trust point of the certificate is not the one that the issuance licence names.",
     remedies.ACTIVATION_CERTIFICATE),
    (0xC004F311, "license", False,
     "The issuance licence does not accept certificates that are kept in software.",
     "Use a certificate on a smart card, or another issuance licence that accepts software certificates."),
    (0xC004F312, "license", False,
     "The private key of the certificate can be exported, so licensing refuses it.",
     "Issue the certificate with a private key that cannot be exported, then activate again."),
    (0xC004F313, "other", False, "The cryptography library of Windows does not load.", remedies.SYSTEM_FILES),
    (0xC004FC03, "network", True, "A network fault interrupts the activation.", remedies.OPEN_INTERNET_PATH),
    (0x4004FC04, "grace", False, "The product runs inside the period for which its licence is valid.",
     remedies.NOTHING_TO_DO),
    (0x4004FC05, "grace", False, "The product runs in a grace period that never ends.",
     remedies.NOTHING_TO_DO),
    (0x4004FC06, "grace", False, "The product runs inside an extended grace period.",
     remedies.ACTIVATE_IN_TIME),
    (0xC004FC07, "grace", False, "The period for which the licence is valid is over.", remedies.ACTIVATE_NOW),
    (0xC004FE00, "license", False,
     "The trusted store of licensing is altered, so the product needs a new activation.",
     remedies.ACTIVATE_NOW),
)
# fmt: on
