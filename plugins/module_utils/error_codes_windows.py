# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Error codes of Windows itself that activation meets: DNS, network, WMI, services, rights.

Each row: code, category, whether a retry can help, cause, remedy. Source of codes, categories and retry:
tests/data/error-codes.tsv; causes and remedies are this collection's own words.
"""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils import error_codes_remedies as remedies

# A table reads best as a table: a formatter would give every field a line of its own.
# fmt: off
ROWS: tuple[tuple[int, str, bool, str, str], ...] = (
    (0x8007232B, "dns", True,
     "DNS knows no KMS host: the _vlmcs._tcp record is absent from the domain in which the client searches.",
     remedies.PUBLISH_SRV),
    (0x8007232A, "dns", True, "The DNS server fails when the client searches for a KMS host.",
     "Check the DNS servers of the client with nslookup -type=srv _vlmcs._tcp, or name the KMS host with "
     "ospp_kms_client kms_host until DNS works."),
    (0x8007251D, "dns", True,
     "The DNS name that the client asks for exists, but has no SRV record for a KMS host.",
     remedies.PUBLISH_SRV),
    (0x800706BA, "network", True,
     "The KMS host takes no RPC connection: it is down, or a firewall blocks the way to it.",
     remedies.OPEN_KMS_PORT),
    (0x80070005, "rights", False,
     "Windows denies access, because the command runs without elevated administrator rights.",
     remedies.ELEVATE),
    (0x8007000D, "license", False,
     "Licensing data on this computer are damaged, or the account may not read them.",
     "Run the task elevated (become with become_method runas); if the code stays, restart the licensing "
     "service and repair Office."),
    (0x80072EE7, "dns", True, "The name of the activation server cannot be resolved in DNS.",
     "Give the host a DNS server or proxy that resolves Internet names (netsh winhttp show proxy), or "
     "activate by telephone with a confirmation ID."),
    (0x80072EFD, "network", True, "The connection to the activation server is refused or blocked on the way.",
     remedies.OPEN_INTERNET_PATH),
    (0x80072EE2, "network", True, "The activation server gives no answer before the time limit.",
     remedies.RETRY_SERVER),
    (0x80072F8F, "network", True,
     "The secure connection to the activation server fails, because the clock or the trusted root "
     "certificates are wrong.",
     "Run w32tm /resync and update the root certificates of the host; take the activation servers out of "
     "any TLS inspection."),
    (0x80072EFE, "network", True, "The connection to the activation server is cut in the middle.",
     remedies.OPEN_INTERNET_PATH),
    (0x8004FE33, "network", False,
     "A proxy on the way to the activation server asks for a password, which activation can't give.",
     remedies.EXEMPT_FROM_PROXY),
    (0x80190197, "network", False,
     "A proxy on the way to the activation server refuses whoever does not log on to it (HTTP 407).",
     remedies.EXEMPT_FROM_PROXY),
    (0x80070422, "service", False, "The licensing service is disabled on this computer.",
     "Set sppsvc (osppsvc for Office on Windows 7) back to its default start type, with "
     "ansible.windows.win_service or in the group policy that disables it."),
    (0x80070426, "service", True, "The licensing service is not running on this computer.",
     "Start sppsvc (osppsvc for Office on Windows 7) with ansible.windows.win_service and read the "
     "Application event log if it stops again."),
    (0x8007267C, "dns", True, "The client has no DNS server configured, so it cannot search for a KMS host.",
     "Enter DNS servers in the network settings or DHCP options of the client, or give ospp_kms_client "
     "kms_host an IP address."),
    (0x80092328, "dns", True,
     "The name under which the client searches for a KMS host does not exist in DNS.",
     remedies.PUBLISH_SRV),
    (0x8007054B, "network", True,
     "The domain of the computer does not exist or none of its domain controllers answers.",
     "Test the domain with nltest /dsgetdc:DOMAIN and bring the host into its network or VPN."),
    (0x80072030, "other", False, "An object that the request names is missing in Active Directory.",
     "List the activation objects with slmgr.vbs /ao-list and check that the forest's schema is that of "
     "Windows Server 2012 or later."),
    (0x80041003, "rights", False, "WMI denies the account access to the licensing classes.",
     "Connect with an elevated account of the local Administrators group, or give the account rights on "
     "the WMI namespace root\\cimv2 (wmimgmt.msc)."),
    (0x80041010, "service", False, "WMI does not know the class of the licensing service.",
     "Repair Office (on Windows 7 this brings back osppsvc and its classes) and check WMI with winmgmt "
     "/verifyrepository."),
    (0x80041014, "service", True, "A component of WMI does not start.",
     "Restart the Windows Management Instrumentation service (winmgmt) or the computer, and check winmgmt "
     "/verifyrepository if the code returns."),
    (0x80080005, "service", True, "A COM server that licensing needs does not start in time.",
     remedies.RESTART_SERVICE),
    (0x80070057, "other", False, "Windows does not accept one of the values that the command passes on.",
     "Check the host name, port, lookup domain and other values of the task against the host's version of "
     "Windows and Office."),
    (0x80070002, "other", False, "A file that licensing needs is missing on this computer.",
     "Repair Office so that its files are complete, and run sfc /scannow if Windows itself shows the same "
     "code."),
)
# fmt: on
