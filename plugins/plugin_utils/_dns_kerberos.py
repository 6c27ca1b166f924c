# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key for updates, negotiated with a DNS server by Kerberos (GSS-TSIG, RFC 3645). Not a public interface.

The ticket is the controller's: a credential cache (kinit, KRB5CCNAME) or a client keytab (KRB5_CLIENT_KTNAME).
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import dns_problems
from ansible_collections.officefleet.activation.plugins.module_utils.dns_problems import answer_problem
from ansible_collections.officefleet.activation.plugins.plugin_utils._dns import (
    HAS_DNSPYTHON,
    DnsError,
    DnsServer,
    Signature,
)

if HAS_DNSPYTHON:
    import dns.message
    import dns.name
    import dns.rcode
    import dns.rdataclass
    import dns.rdatatype
    import dns.rdtypes.ANY.TKEY
    import dns.tsig

# RFC 2930: the mode of a key negotiated through GSS-API.
_GSS_MODE = 3
# Kerberos needs one round trip; a server that asks for more and more is broken.
_MOST_ROUNDS = 5


def require_gssapi() -> Any:
    """The library. Raises DnsError where it, or the Kerberos library below it, is missing."""
    try:
        # Loading it starts the Kerberos libraries, which tasks without Kerberos need not pay for.
        import gssapi
    except (ImportError, OSError) as error:
        raise DnsError(dns_problems.no_gssapi(str(error)), "the controller") from None
    return gssapi


def kerberos_signature(server: DnsServer) -> Signature:
    """Negotiate a key with a server. Raises DnsError: no library, no ticket, or the server refuses."""
    gssapi = require_gssapi()
    try:
        service = gssapi.Name(f"DNS@{server.name}", gssapi.NameType.hostbased_service)
        context = gssapi.SecurityContext(name=service, usage="initiate")
        return _negotiate(server, context)
    except gssapi.exceptions.GSSError as error:
        raise DnsError(dns_problems.kerberos_problem(" ".join(str(error).split())), server.name) from None


def _negotiate(server: DnsServer, context: Any) -> Signature:
    name = dns.name.from_text(f"{uuid.uuid4()}.{server.name}")
    keyring = {name: dns.tsig.Key(name, context, dns.tsig.GSS_TSIG)}
    signature = Signature(dns.tsig.GSSTSigAdapter(keyring), name, dns.tsig.GSS_TSIG)
    token = context.step()
    for _round in range(_MOST_ROUNDS):
        if context.complete:
            return signature
        answer = server.exchange(_question(token, signature), None)
        if answer.rcode() != dns.rcode.NOERROR:
            raise DnsError(answer_problem(dns.rcode.to_text(answer.rcode()), updating=True), server.name)
        # A signed answer has stepped the context already, while it was read.
        if not context.complete:
            token = context.step(_token(answer, name, server))
    raise DnsError(dns_problems.KERBEROS_REFUSED, server.name)


def _question(token: bytes, signature: Signature) -> dns.message.Message:
    now = int(time.time())
    key = dns.rdtypes.ANY.TKEY.TKEY(
        dns.rdataclass.ANY,
        dns.rdatatype.TKEY,
        dns.name.from_text("gss-tsig."),
        now,
        now,
        _GSS_MODE,
        dns.rcode.NOERROR,
        token,
    )
    question = dns.message.make_query(signature.name, dns.rdatatype.TKEY, dns.rdataclass.ANY, flags=0)
    question.keyring = signature.keyring
    question.find_rrset(question.additional, signature.name, dns.rdataclass.ANY, dns.rdatatype.TKEY, create=True).add(
        key
    )
    return question


def _token(answer: dns.message.Message, name: dns.name.Name, server: DnsServer) -> bytes:
    for rrset in answer.answer:
        if rrset.rdtype == dns.rdatatype.TKEY and rrset.name == name:
            if rrset[0].error != dns.rcode.NOERROR:
                break
            key: bytes = rrset[0].key
            return key
    raise DnsError(dns_problems.KERBEROS_REFUSED, server.name)
