# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong while publishing: each a clear error with the next step, nothing half done without being said."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dns.resolver
import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.dns_access import DnsAccess, TsigKey
from ansible_collections.officefleet.activation.plugins.module_utils.srv_records import Change, RecordSet
from ansible_collections.officefleet.activation.plugins.plugin_utils import _dns
from integration.bind_server import KEY_NAME, BindServer, new_secret
from integration.controller_run import HOST, run_tasks
from integration.playbook_run import task

pytestmark = [pytest.mark.one_core, pytest.mark.needs("named")]

WRONG_SECRET = new_secret()
KMS01 = [{"target": "kms01.corp.example"}]
HERE = "_vlmcs._tcp.corp.example"


@dataclass(frozen=True)
class Case:
    """Options beside those that are right, the code of the failure, and what its message holds."""

    options: dict[str, Any]
    code: str | None
    says: tuple[str, ...]


CASES = {
    "nobody may update the zone": Case({"domain": "locked.example"}, "REFUSED", ("no right", "allow-update")),
    "another key may update the zone": Case({"domain": "guarded.example"}, "REFUSED", ("no right", "update-policy")),
    "the zone did not load": Case({"domain": "broken.example"}, "SERVFAIL", ("server failure", "log")),
    "the zone is not on this server": Case({"domain": "other.example"}, "REFUSED", ("has the zone", "server")),
    "the zone is delegated": Case({"domain": "away.corp.example"}, "NOTAUTH", ("not authoritative", "primary")),
    "the zone that is named does not exist": Case(
        {"domain": "a.b.corp.example", "zone": "b.corp.example"}, "NOTAUTH", ("not authoritative",)
    ),
    "a key that the server does not know": Case(
        {"tsig": {"name": "unknown-key", "secret": "{{ vault_secret }}"}}, "BADKEY", ("tsig.name",)
    ),
    "another secret": Case({"tsig": {"name": KEY_NAME, "secret": "{{ vault_wrong }}"}}, "BADSIG", ("tsig.secret",)),
    "another algorithm": Case(
        {"tsig": {"name": KEY_NAME, "secret": "{{ vault_secret }}", "algorithm": "hmac-sha512"}},
        "BADKEY",
        ("tsig.algorithm",),
    ),
    "no key where one is needed": Case({"tsig": "{{ omit }}"}, "REFUSED", ("no right",)),
    "nothing listens": Case({"port": 1}, "UNREACHABLE", ("cannot be reached", "firewall")),
    "the server's name has no address": Case({"server": "ns.does-not-exist.invalid"}, None, ("has no address",)),
    "the SRV name is an alias": Case({"domain": "alias.corp.example"}, None, ("alias (CNAME)",)),
    "the target is an alias": Case(
        {"records": [{"target": "www.corp.example", "addresses": ["192.0.2.1"]}]}, None, ("alias (CNAME)",)
    ),
}
IN_CHECK_MODE_TOO = {name for name, case in CASES.items() if "no right" not in case.says}


@pytest.fixture(scope="module")
def bind() -> Iterator[BindServer]:
    with BindServer() as server:
        server.add("_vlmcs._tcp.alias.corp.example", 60, "CNAME", "x.corp.example.")
        server.add("www.corp.example", 60, "CNAME", "x.corp.example.")
        yield server


@pytest.fixture(scope="module")
def variables(bind: BindServer) -> dict[str, Any]:
    return {"vault_secret": bind.secret, "vault_wrong": WRONG_SECRET}


def publish(name: str, bind: BindServer, options: dict[str, Any], **keywords: Any) -> dict[str, Any]:
    right = {
        **bind.place,
        "domain": "corp.example",
        "records": KMS01,
        "tsig": {"name": KEY_NAME, "secret": "{{ vault_secret }}"},
        "timeout": 15,
    }
    return task(name, "kms_srv_record", {**right, **options}, ignore_errors=True, **keywords)


@pytest.fixture(scope="module")
def answers(bind: BindServer, variables: dict[str, Any]) -> dict[str, Any]:
    """Every case, for real and in check mode, in one run."""
    tasks = []
    for name, case in CASES.items():
        tasks.append(publish(name, bind, case.options))
        tasks.append(publish(f"check: {name}", bind, case.options, check_mode=True))
    run = run_tasks(tasks, "-vvvv", variables=variables)
    assert bind.secret not in run.stdout + run.stderr
    assert WRONG_SECRET not in run.stdout + run.stderr
    return {one["name"]: run.results(one["name"])[HOST] for one in tasks}


@pytest.mark.parametrize("name", CASES)
def test_what_the_server_refuses_is_told_with_cause_code_and_next_step(name: str, answers: dict[str, Any]) -> None:
    answer, case = answers[name], CASES[name]
    assert answer["failed"]
    assert answer["changed"] is False
    (failure,) = answer["failures"]
    assert failure["code"] == case.code
    assert failure["product"] is None
    assert [words for words in case.says if words not in answer["msg"]] == [], answer["msg"]
    assert failure["cause"] in answer["msg"]
    assert failure["remedy"] in answer["msg"]


@pytest.mark.parametrize("name", sorted(IN_CHECK_MODE_TOO))
def test_what_does_not_need_an_update_to_be_found_out_is_found_in_check_mode(
    name: str, answers: dict[str, Any]
) -> None:
    assert answers[f"check: {name}"]["msg"] == answers[name]["msg"]


def test_nothing_was_changed_by_any_of_them(answers: dict[str, Any], bind: BindServer) -> None:
    assert bind.records(HERE, "SRV") == []
    assert "Nothing was changed." in answers["nobody may update the zone"]["msg"]


def test_what_was_done_before_a_failure_is_told_and_the_next_run_continues(
    bind: BindServer, variables: dict[str, Any]
) -> None:
    options = {
        "domain": "guarded.example",
        "records": [{"target": "half.corp.example", "addresses": ["192.0.2.1"]}],
    }
    again = {**options, "domain": "corp.example"}
    run = run_tasks([publish("half", bind, options), publish("again", bind, again)], variables=variables)
    half = run.results("half")[HOST]
    assert half["failed"]
    assert half["changed"]
    assert "Done before that: add the A record 192.0.2.1 to half.corp.example" in half["msg"]
    assert bind.records("half.corp.example", "A") == ["192.0.2.1"]
    assert [words.split(" to ")[0] for words in run.results("again")[HOST]["operations"]] == [
        "add the SRV record 0 0 1688 half.corp.example."
    ]


def test_a_server_that_never_answers(bind: BindServer, variables: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        options = {"port": silent.getsockname()[1], "timeout": 1}
        run = run_tasks([publish("silent", bind, options)], variables=variables)
    answer = run.results("silent")[HOST]
    assert answer["failures"][0]["code"] == "TIMEOUT"
    assert "did not answer in time" in answer["msg"]


@pytest.mark.parametrize(("library", "needs"), [("dns", "dnspython"), ("gssapi", "gssapi")])
def test_a_missing_library_is_named(
    library: str, needs: str, tmp_path: Path, bind: BindServer, variables: dict[str, Any]
) -> None:
    (tmp_path / f"{library}.py").write_text("raise ImportError('not here')")
    options = {"dns": {}, "gssapi": {"kerberos": True, "tsig": "{{ omit }}", "server": "ns.localhost"}}
    run = run_tasks([publish("run", bind, options[library])], variables=variables, PYTHONPATH=str(tmp_path))
    answer = run.results("run")[HOST]
    assert answer["failed"]
    assert f"The Python library {needs} is missing on the controller" in answer["msg"]
    assert f"pip install {needs}" in answer["msg"]


BAD_INPUT = {
    "domain": ({"domain": "corp"}, "a DNS domain name"),
    "records": ({"records": []}, "at least one record"),
    "records[0].target": ({"records": [{"target": "192.0.2.1"}]}, "the full name of the host"),
    "records[0].target ": ({"records": [{"target": "kms01"}]}, "the full name of the host"),
    "records[1].target": ({"records": KMS01 * 2}, "listed twice"),
    "records[0].port": ({"records": [{**KMS01[0], "port": 0}]}, "from 1 to 65535"),
    "records[0].weight": ({"records": [{**KMS01[0], "weight": 65536}]}, "from 0 to 65535"),
    "records[0].addresses": ({"records": [{**KMS01[0], "addresses": ["kms01"]}]}, "IPv4 and IPv6"),
    "ttl": ({"ttl": -1}, "from 0 to"),
    "zone": ({"zone": "branch.example"}, "does not hold the name"),
    "timeout": ({"timeout": 0}, "from 1 to 300"),
    "port": ({"port": 65536}, "from 1 to 65535"),
    "tsig.secret": ({"tsig": {"name": "x", "secret": "{{ vault_no_base64 }}"}}, "in base64"),
    "tsig.name": ({"tsig": {"name": "a b", "secret": "{{ vault_secret }}"}}, "the name of a key"),
    "kerberos": ({"kerberos": True}, "contradicts tsig"),
    "server": ({"kerberos": True, "tsig": "{{ omit }}"}, "the full name of the server"),
    "algorithm": ({"tsig": {"name": "x", "secret": "{{ vault_secret }}", "algorithm": "rot13"}}, "hmac-sha256"),
    "dict": ({"tsig": "name x {{ vault_secret }}"}, ""),
}


def test_bad_input_is_refused_with_option_and_rule_and_without_secrets(
    bind: BindServer, variables: dict[str, Any]
) -> None:
    secret = "SECRET-no-base64"
    tasks = [publish(name, bind, options) for name, (options, _rule) in BAD_INPUT.items()]
    run = run_tasks(tasks, "-vvvv", variables={**variables, "vault_no_base64": secret})
    for name, (_options, rule) in BAD_INPUT.items():
        answer = run.results(name)[HOST]
        assert answer["failed"], name
        assert name.strip() in answer["msg"], answer["msg"]
        assert rule in answer["msg"], answer["msg"]
    assert secret not in run.stdout + run.stderr
    assert bind.secret not in run.stdout + run.stderr


# -- the edge itself, where a playbook cannot bring about the situation -----------------------------------------------


def server_of(bind: BindServer) -> _dns.DnsServer:
    access = DnsAccess(bind.address, bind.port, 5, tsig=TsigKey(KEY_NAME, bind.secret))
    return _dns.DnsServer(bind.address, [bind.address], access)


def test_a_clock_that_is_wrong(bind: BindServer, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - 3600)
    with pytest.raises(_dns.DnsError, match="BADTIME") as caught:
        server_of(bind).read(HERE, "SRV")
    assert "clocks" in caught.value.problem.cause


@pytest.mark.parametrize("read", [(), ("0 0 1688 gone.corp.example.",)], ids=["none", "another"])
def test_an_update_holds_only_for_what_was_read(read: tuple[str, ...], bind: BindServer) -> None:
    name = f"_vlmcs._tcp.race{len(read)}.corp.example"
    bind.add(name, 300, "SRV", "0 0 1688 faster.corp.example.")
    change = Change(RecordSet(name, "SRV", 300 if read else None, read), read, ("0 0 1688 kms01.corp.example.",), 300)
    assert server_of(bind).update("corp.example", [change]) is False
    assert bind.records(name, "SRV") == ["0 0 1688 faster.corp.example."]


def test_a_name_outside_the_zone_is_refused(bind: BindServer) -> None:
    change = Change(RecordSet("_vlmcs._tcp.branch.example", "SRV"), (), ("0 0 1688 kms01.corp.example.",), 300)
    with pytest.raises(_dns.DnsError, match="NOTZONE"):
        server_of(bind).update("corp.example", [change])


def test_the_first_address_of_a_server_that_answers_is_used(bind: BindServer) -> None:
    access = DnsAccess(bind.address, bind.port, 5)
    server = _dns.DnsServer("ns1.corp.example", ["127.0.0.99", bind.address], access)
    assert server.zone_of(HERE) == _dns.Zone("corp.example", "ns1.corp.example")


def test_without_a_server_the_soa_record_names_it(bind: BindServer) -> None:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [bind.address], bind.port
    server = _dns.primary_server(HERE, DnsAccess(port=bind.port), resolver)
    assert server.name == "ns1.corp.example"
    assert server.read("ns1.corp.example", "A").values == (bind.address,)


def test_without_a_server_a_domain_that_nobody_has(bind: BindServer) -> None:
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = [bind.address], bind.port
    with pytest.raises(_dns.DnsError, match="REFUSED"):
        _dns.primary_server("_vlmcs._tcp.other.example", DnsAccess(port=bind.port), resolver)
