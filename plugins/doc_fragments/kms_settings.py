# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say which KMS host a client asks, and how it finds it."""

from __future__ import annotations


class ModuleDocFragment:
    """Options and the traps around them."""

    DOCUMENTATION = r"""
options:
  kms_host:
    description:
      - The KMS host that clients ask - a host name, an IPv4 or an IPv6 address, without a port.
      - Names compare without regard to case and to a trailing dot.
      - A registered KMS host switches DNS discovery off and wins over O(lookup_domain).
      - When left out, the registered host is not managed. Cannot be given with O(dns_discovery=true).
    type: str
  kms_port:
    description:
      - The TCP port of O(kms_host), 1 to 65535. V(1688) is meant when it is left out, and a client on which no port
        is set counts as having V(1688).
      - Needs O(kms_host). Without a registered host the port comes from the SRV record.
    type: int
  dns_discovery:
    description:
      - Remove the registered KMS host and port, so that clients find their KMS host by the SRV records
        C(_vlmcs._tcp) in DNS.
      - The task fails where a KMS host is registered above the licences, unless O(remove_inherited=true).
    type: bool
    default: false
  remove_inherited:
    description:
      - With O(dns_discovery=true), remove also KMS hosts and ports that a policy or an image has registered for the
        whole Office application or at the root of the licensing platform. C(ospp.vbs /remhst) does not reach them.
      - At the root C(SoftwareProtectionPlatform) Windows' own activation uses the value too.
      - A policy writes its value again; remove it there first.
    type: bool
    default: false
  lookup_domain:
    description:
      - The DNS domain in which clients look for SRV records of KMS hosts, instead of their own DNS suffixes.
      - An empty string removes the setting. When left out, it is not managed.
      - Windows 7 and Server 2008 R2 do not have this setting; a domain is refused for them.
    type: str
  host_caching:
    description:
      - Whether clients remember the KMS host that answered and ask it first next time.
      - This is one setting of the whole licensing service, so Windows' own KMS client follows it too.
      - Switch it off where clients are to honour priority and weight of the SRV records each time.
      - When left out, it is not managed.
    type: bool
  activation_type:
    description:
      - Which ways of volume activation a client may use. V(all) tries Active Directory first, then KMS.
      - When left out, it is not managed.
      - Windows 7 and Server 2008 R2 know KMS only; V(ad) and V(token) are refused for them, V(all) and V(kms) change
        nothing.
    type: str
    choices:
      - all
      - ad
      - kms
      - token
notes:
  - KMS host, port, lookup domain and activation type are written to B(every) Office KMS licence on the machine, with
    or without a key, of every product and Office version, because C(ospp.vbs) has no way to choose. Products of one
    host cannot have different KMS hosts this way.
  - C(ospp.vbs) stores these settings in KMS licences. A host that has none, as one with Microsoft 365 alone, has
    nothing to store them in and is left as it is; with a MAK a warning says so.
"""
