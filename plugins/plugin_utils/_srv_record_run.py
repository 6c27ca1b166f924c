# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the SRV records of KMS hosts into a desired state: read, update, read back. Not a public interface."""

from __future__ import annotations

import random
import time
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import dns_problems
from ansible_collections.officefleet.activation.plugins.module_utils import srv_records as srv
from ansible_collections.officefleet.activation.plugins.module_utils.dns_access import DnsAccess
from ansible_collections.officefleet.activation.plugins.module_utils.dns_problems import answer_problem
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.plugin_utils import _dns
from ansible_collections.officefleet.activation.plugins.plugin_utils._dns import DnsError, DnsServer, Signature, Zone
from ansible_collections.officefleet.activation.plugins.plugin_utils._dns_kerberos import (
    kerberos_signature,
    require_gssapi,
)

# Many hosts can publish themselves at the same moment; each of these meets the others' changes first.
_ATTEMPTS = 20
_LONGEST_PAUSE = 0.2


class SrvRecordRun:
    """One task."""

    def __init__(self, desired: srv.Desired, access: DnsAccess) -> None:
        _dns.require_dnspython()
        if access.kerberos:
            require_gssapi()
        self._desired = desired
        self._access = access
        self._servers: dict[str, DnsServer] = {}
        self._zones: dict[str, tuple[DnsServer, Zone]] = {}
        self._signatures: dict[str, Signature] = {}
        self._done: list[str] = []

    def run(self, check_mode: bool) -> dict[str, Any]:
        """The result of the task. In check mode questions are asked only. Raises DnsError before any change."""
        for name, _kind in self._desired.needed:
            if name not in self._zones:
                self._zones[name] = self._place_of(name)
        before = self._read()
        changes = srv.plan_records(self._desired, before)
        if check_mode or not changes:
            after = srv.predicted(changes, before)
            return self._result(before, after, [words for change in changes for words in change.words])
        try:
            problem = self._carry_out(changes)
        except DnsError as error:
            problem = error.problem
        return self._finished(before, problem)

    def _carry_out(self, changes: tuple[srv.Change, ...]) -> Problem | None:
        for _attempt in range(_ATTEMPTS):
            current = True
            for (server, zone), group in self._by_zone(changes):
                current = server.update(zone, group, self._signature(server))
                if not current:
                    break
                self._done += [words for change in group for words in change.words]
            if current:
                return dns_problems.NOT_SHOWN if srv.plan_records(self._desired, self._read()) else None
            time.sleep(random.uniform(0, _LONGEST_PAUSE))  # noqa: S311 - no secret, only out of step
            changes = srv.plan_records(self._desired, self._read())
        return dns_problems.CONTENTION

    def _by_zone(self, changes: tuple[srv.Change, ...]) -> list[tuple[tuple[DnsServer, str], list[srv.Change]]]:
        """The changes of each zone together: they are one message, and so happen together or not at all."""
        groups: dict[tuple[DnsServer, str], list[srv.Change]] = {}
        for change in changes:
            server, zone = self._zones[change.before.name]
            groups.setdefault((server, zone.name), []).append(change)
        return list(groups.items())

    def _finished(self, before: dict[tuple[str, str], srv.RecordSet], problem: Problem | None) -> dict[str, Any]:
        try:
            after = self._read()
        except DnsError as error:
            after, problem = before, problem or error.problem
        result = self._result(before, after, self._done)
        if problem is not None:
            told = f"Done before that: {'; '.join(self._done)}." if self._done else "Nothing was changed."
            unknown = problem.code in dns_problems.OUTCOME_UNKNOWN
            failure = {"product": None, "cause": problem.cause, "remedy": problem.remedy, "code": problem.code}
            message = problem.message if unknown and not self._done else f"{problem.message} {told}"
            result.update(failed=True, failures=[failure], msg=message)
        return result

    def _result(
        self,
        before: dict[tuple[str, str], srv.RecordSet],
        after: dict[tuple[str, str], srv.RecordSet],
        operations: list[str],
    ) -> dict[str, Any]:
        seen, now = srv.view(self._desired, before), srv.view(self._desired, after)
        server, zone = self._zones[self._desired.owner]
        result: dict[str, Any] = {
            "changed": seen != now,
            "diff": {"before": seen, "after": now},
            "operations": operations,
            "records": srv.records_data(after[self._desired.owner, "SRV"]),
            "server": server.name,
            "zone": zone.name,
        }
        if notes := srv.ttl_notes(self._desired, before):
            result["warnings"] = list(notes)
        return result

    # -- servers ----------------------------------------------------------------------------------------------------

    def _read(self) -> dict[tuple[str, str], srv.RecordSet]:
        return {(name, kind): self._zones[name][0].read(name, kind) for name, kind in self._desired.needed}

    def _place_of(self, name: str) -> tuple[DnsServer, Zone]:
        """The server and the zone of a name: those of the options, else those that DNS names."""
        access = self._access
        named = access.zone if name == self._desired.owner else None
        name = named or name
        if access.server is None:
            found = _dns.primary_server(name, access, _dns.system_resolver(access.timeout))
        else:
            found = DnsServer(access.server, _dns.server_addresses(access.server, access.port), access)
        server = self._servers.setdefault(found.name, found)
        zone = server.zone_of(name)
        if named not in (None, zone.name):
            raise DnsError(answer_problem("NOTAUTH"), server.name)
        return server, zone

    def _signature(self, server: DnsServer) -> Signature | None:
        if not self._access.kerberos:
            return None
        if server.name not in self._signatures:
            self._signatures[server.name] = kerberos_signature(server)
        return self._signatures[server.name]
