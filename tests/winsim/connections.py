# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How hosts are reached other than by plain HTTP: certificates, SSH keys and the ports that they are for.

Everything that a client needs lies in a folder beside the state file, made when the first host needs it.
"""

from __future__ import annotations

import socket
import ssl
from datetime import datetime, timezone
from pathlib import Path

CONNECTIONS = ("http", "https", "ssh")
CERTIFICATES = ("good", "expired", "other_name", "other_authority")
"""What the certificate of a host is: ``good`` is valid, for its address, and by the authority that clients trust."""
_EXPIRED = datetime(2020, 1, 1, tzinfo=timezone.utc)


class Keys:
    """The folder of certificates and SSH keys of one state file."""

    def __init__(self, state: Path) -> None:
        self.folder = Path(f"{state.resolve()}-keys")
        self.authority = self.folder / "ca.pem"
        self.client_key = self.folder / "ssh_client_key"
        self.host_key = self.folder / "ssh_host_key"
        self.known_hosts = self.folder / "ssh_known_hosts"

    def certificate(self, kind: str, address: str) -> ssl.SSLContext:
        """The TLS settings of hosts with such a certificate."""
        if not self.authority.exists():
            self._make_certificates(address)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.folder / f"{kind}.pem")
        return context

    def _make_certificates(self, address: str) -> None:
        import trustme

        self.folder.mkdir(mode=0o700, exist_ok=True)
        trusted, other = trustme.CA(), trustme.CA(organization_name="Another authority")
        made = {
            "good": trusted.issue_cert(address),
            "expired": trusted.issue_cert(address, not_after=_EXPIRED),
            "other_name": trusted.issue_cert("another.example"),
            "other_authority": other.issue_cert(address),
        }
        for kind, certificate in made.items():
            certificate.private_key_and_cert_chain_pem.write_to_path(self.folder / f"{kind}.pem")
        trusted.cert_pem.write_to_path(self.authority)

    def prepare_ssh(self, address: str, ports: list[int]) -> None:
        """Make the keys of the hosts (all have one) and of the client, and the list of known hosts."""
        import asyncssh

        self.folder.mkdir(mode=0o700, exist_ok=True)
        for path in (self.host_key, self.client_key):
            if not path.exists():
                key = asyncssh.generate_private_key("ssh-ed25519", comment="winsim")
                key.write_public_key(path.with_suffix(".pub"))
                path.touch(mode=0o600)
                key.write_private_key(path)
        public = self.host_key.with_suffix(".pub").read_text()
        self.known_hosts.write_text("".join(f"[{address}]:{port} {public}" for port in ports))


def listening_socket(address: str, port: int | None) -> socket.socket:
    """A socket on the port that it had before, if that is free, else on any."""
    try:
        return socket.create_server((address, port or 0), backlog=1024)
    except OSError:
        return socket.create_server((address, 0), backlog=1024)
