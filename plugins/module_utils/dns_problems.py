# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a DNS server can answer to a question or an update, and what to do next.

The codes are the names of RFC 1035, 2136 and 8945, as DNS servers log them, and for what is no answer TIMEOUT,
UNREACHABLE, UNSIGNED and GARBLED.
"""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem

# Code -> cause and remedy, the same for questions and updates.
_EXCHANGE = {
    "BADKEY": (
        "The DNS server does not know the TSIG key.",
        "Compare tsig.name and tsig.algorithm with the key statement of the server. Microsoft DNS knows no TSIG keys:"
        " use kerberos: true there.",
    ),
    "BADSIG": (
        "The DNS server rejects the signature: the TSIG secret is not the one of the server's key.",
        "Compare tsig.secret and tsig.algorithm with the key statement of the server.",
    ),
    "BADTIME": (
        "The clocks of the controller and of the DNS server differ by more than five minutes.",
        "Synchronise both clocks (NTP), then run again.",
    ),
    "BADTRUNC": (
        "The DNS server rejects the length of the TSIG signature.",
        "Use the full algorithm (for example hmac-sha256) in the key statement of the server.",
    ),
    "SERVFAIL": (
        "The DNS server failed to handle the request (server failure).",
        "Read the server's log. Often the zone did not load, its journal cannot be written, or the server is a"
        " secondary that cannot reach its primary.",
    ),
    "TIMEOUT": (
        "The DNS server did not answer in time.",
        "Check that the server runs and that a firewall lets TCP and UDP of the DNS port through, or raise timeout.",
    ),
    "UNREACHABLE": (
        "The DNS server cannot be reached over TCP.",
        "Check server and port, that the server runs, and that a firewall lets TCP of the DNS port through.",
    ),
    "UNSIGNED": (
        "The answer of the DNS server is not signed as it must be.",
        "Check that the address is that of the DNS server itself; Microsoft DNS ignores TSIG keys and needs"
        " kerberos: true.",
    ),
    "GARBLED": (
        "What answers on the DNS port does not speak DNS.",
        "Check server and port.",
    ),
    "FORMERR": (
        "The DNS server says that it does not understand the request (format error).",
        "Check that server and port name a DNS server with dynamic updates (RFC 2136), and no device in between"
        " rewrites DNS.",
    ),
    "NOTIMP": (
        "The DNS server does not support the request.",
        "Name the primary server of the zone; it has to support dynamic updates (RFC 2136).",
    ),
    "NOTAUTH": (
        "The DNS server is not authoritative for the zone.",
        "Name the primary server of the zone in server, or leave server out, so that the zone's SOA record names it.",
    ),
}
_UPDATE = {
    "REFUSED": (
        "The DNS server refuses the update: no right to change these records.",
        "BIND: admit the key or address in allow-update or update-policy of the zone. Microsoft DNS: allow dynamic"
        " updates in the zone; where only secure ones are allowed, use kerberos: true with an account that owns the"
        " record or has write permission on it.",
    ),
    "NOTZONE": (
        "The name to change is not in the zone.",
        "Correct zone, or leave it out, so that it is looked up.",
    ),
    "NOTAUTH": (
        "The DNS server rejects the update: it is not authoritative for the zone, or the signature is not accepted.",
        "Name the primary server of the zone in server, and check the key.",
    ),
}
_QUESTION = {
    "REFUSED": (
        "The DNS server refuses to answer questions about the name.",
        "Check that this server has the zone, or name the one that has it in server; for BIND, allow-query has to"
        " admit the controller.",
    ),
}

#: After these nobody knows whether an update was done.
OUTCOME_UNKNOWN = frozenset({"TIMEOUT", "UNREACHABLE", "GARBLED", "UNSIGNED"})

CONTENTION = Problem(
    "The records changed again and again while they were to be updated.",
    "Run again; if it happens again, find out who else updates the name all the time.",
)
NOT_SHOWN = Problem(
    "The DNS server accepted the update, but does not show it.",
    "Name the primary server of the zone in server: a secondary that forwards updates shows them later only. Then"
    " read the server's log.",
)
ALIAS = Problem(
    "The name is an alias (CNAME), beside which no other record can stand.",
    "Remove the CNAME record, or use the name that it points to.",
)
NO_ZONE = Problem(
    "No zone was found for the name: the domain does not exist in DNS as the controller sees it.",
    "Correct the name, or name a server that has the zone in server.",
)
NO_SERVER = Problem(
    "The DNS server's name has no address.",
    "Correct server, or give the server by its address.",
)
NO_SYSTEM_RESOLVER = Problem(
    "The controller has no usable DNS configuration (/etc/resolv.conf).",
    "Name the DNS server in server.",
)
NO_DNSPYTHON = Problem(
    "The Python library dnspython is missing on the controller.",
    "Install it for the Python that runs Ansible: pip install dnspython. In an execution environment it belongs into"
    " the image.",
)
KERBEROS_REFUSED = Problem(
    "The DNS server accepted the Kerberos ticket, but did not complete the negotiation of a key (GSS-TSIG).",
    "Read the server's log. BIND needs tkey-gssapi-keytab with the key of DNS/<its full name>.",
)


def no_gssapi(reason: str) -> Problem:
    """Python cannot load its Kerberos library; ``reason`` is what it says."""
    return Problem(
        "The Python library gssapi is missing on the controller, which kerberos: true needs.",
        "Install it for the Python that runs Ansible: pip install gssapi (it needs the Kerberos development files, in"
        f" Debian libkrb5-dev). Python says: {reason.rstrip('.')}.",
    )


def kerberos_problem(text: str) -> Problem:
    """Kerberos itself failed on the controller; ``text`` is what its library says."""
    return Problem(
        "Kerberos gave no ticket for the DNS server.",
        "Get a ticket first (kinit, or a keytab and KRB5_CLIENT_KTNAME), check /etc/krb5.conf, and give the server"
        f" by its full name. Kerberos says: {text.rstrip('.')}.",
    )


def answer_problem(code: str, updating: bool = False) -> Problem:
    """The problem that a code stands for, as an answer to an update or to a question."""
    texts = {**_EXCHANGE, **(_UPDATE if updating else _QUESTION)}
    if code not in texts:
        return Problem(f"The DNS server answers {code}.", "Read the server's log.", code)
    cause, remedy = texts[code]
    if updating and code in OUTCOME_UNKNOWN:
        remedy = f"{remedy} Whether the update was done is not known: run again, the next run reads the records first."
    return Problem(cause, remedy, code)
