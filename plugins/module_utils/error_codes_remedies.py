# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remedies that several error codes share: the next step, in words for the reader of a job log.

The data modules error_codes_*.py name these constants, so that a step is worded once and hosts can be grouped
by it.
"""

from __future__ import annotations

# Activation over the Internet
RETRY_SERVER = (
    "Activate again later; if the code stays, read the host's proxy with netsh winhttp show proxy and "
    "activate by telephone with a confirmation ID."
)
OPEN_INTERNET_PATH = (
    "Let the host reach Microsoft's activation servers over HTTPS and check netsh winhttp show proxy; a "
    "proxy that asks for a password blocks activation."
)
EXEMPT_FROM_PROXY = (
    "Let the proxy pass Microsoft's activation addresses without a password, or activate by MAK proxy (a "
    "confirmation ID that was obtained elsewhere) or by KMS."
)
ASK_MICROSOFT = (
    "Give this code to Microsoft's volume activation support, because nothing on the host mends it. "
    "Meanwhile activate by telephone with a confirmation ID."
)
TELEPHONE = (
    "Activate by telephone: read the installation ID with ospp_info, get its confirmation ID, and hand that "
    "to ospp_activate."
)
READ_IDS_AGAIN = (
    "Read the installation ID again with ospp_info and get a new confirmation ID for exactly that number, "
    "then hand all its digits to ospp_activate."
)

# Product keys
CHECK_KEY = (
    "Compare the key with the one listed for this product and version in the Volume Licensing Service "
    "Center, then install it with ospp_product_key."
)
REPLACE_KEY = (
    "Install another key of your agreement with ospp_product_key, and ask volume licensing why this one is refused."
)
KEY_OF_PRODUCT = (
    "List the installed products with ospp_info, then install the MAK or GVLK that belongs to one of them "
    "with ospp_product_key."
)
MORE_ACTIVATIONS = (
    "Ask volume licensing for more activations of this MAK (Volume Licensing Service Center), or move the "
    "product to KMS by installing its GVLK with ospp_product_key."
)
WINDOWS_KEY = (
    "Install the right key for this Windows edition with slmgr.vbs /ipk, then activate Windows with slmgr.vbs /ato."
)
OTHER_METHOD = (
    "Choose the activation method that the key is made for: a GVLK for KMS and Active Directory, a MAK for "
    "Microsoft's servers, both through ospp_product_key."
)

# Licences and the store
REPAIR_OFFICE = (
    "Repair the Office installation so that its licence files are installed anew, then install the key again "
    "with ospp_product_key and activate."
)
REPAIR_STORE = (
    "Restart the computer and activate again; if the code returns, repair Office and run slmgr.vbs /rilc to "
    "install the Windows licence files anew."
)
INSTALL_LICENCE = (
    "Install the volume edition of this Office product or repair it, and run ospp_info to see that its "
    "licence is listed before the key is installed."
)
NEW_LICENCE = "Install the current volume edition of the product, then its key with ospp_product_key."
FIRMWARE_LICENCE = (
    "Use a key that does not depend on the computer's firmware, or ask the manufacturer for a firmware that "
    "holds the licence."
)

# Services, system, clock
RESTART_SERVICE = (
    "Restart the licensing service (sppsvc, or osppsvc for Office on Windows 7) or the computer, then activate again."
)
SYNC_CLOCK = "Correct the date, time and time zone of the host, run w32tm /resync, then activate again."
SYSTEM_FILES = (
    "Check the system files with sfc /scannow and DISM /Online /Cleanup-Image /RestoreHealth, restart the "
    "computer, then activate again."
)
REPORT_BUG = (
    "Note the code and the command that ran, update Windows and Office, and try again; report it to "
    "Microsoft support if it returns."
)

# Rights
ELEVATE = (
    "Connect with an account of the local Administrators group that runs elevated, or use become with "
    "become_method runas."
)

# KMS and Active Directory
PUBLISH_SRV = (
    "Let the KMS host publish its _vlmcs._tcp SRV record in the DNS domain of the client, or name the host "
    "with ospp_kms_client kms_host."
)
OPEN_KMS_PORT = (
    "Start the KMS host and open port 1688/TCP on it and on the way to it. If it has moved, correct "
    "ospp_kms_client kms_host or return to dns_discovery."
)

# States
ACTIVATE_IN_TIME = "Activate the product with ospp_activate before the remaining grace time shown by ospp_info ends."
ACTIVATE_NOW = "Activate the product with ospp_activate; if that fails, follow the remedy of the code it reports."
NOTHING_TO_DO = "Do nothing on the host for this code; it tells a state and is no failure."

# Genuine check
GENUINE = (
    "Activate Windows with a valid key (slmgr.vbs /ipk, then /ato) and repeat the check; give this code to "
    "Microsoft support if it stays."
)
GENUINE_KEY = (
    "Install a valid key of your agreement with ospp_product_key and activate; check with slmgr.vbs /dlv "
    "that Windows is activated too."
)
CLEAN_INSTALL = "Install Windows and Office anew from original media, then install your own keys and activate."

# Token-based activation
ACTIVATION_CERTIFICATE = (
    "Give the host a certificate that fits the issuance licence (list candidates with ospp.vbs /dtokcerts), "
    "or change to KMS or MAK with ospp_product_key."
)
ISSUANCE_LICENCE = (
    "Install the token issuance licence again (list those present with ospp.vbs /dtokils), or change to KMS "
    "or MAK with ospp_product_key."
)

# Features on demand
FEATURE_SOURCE = (
    "Let the host reach its update server (WSUS or Windows Update) and check netsh winhttp show proxy, or name a "
    "folder with the features on demand as source."
)
