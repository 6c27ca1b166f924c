# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to change in DNS, and that records of other hosts never do."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils import dns_problems
from ansible_collections.officefleet.activation.plugins.module_utils import srv_records as srv
from ansible_collections.officefleet.activation.plugins.module_utils.dns_access import read_access
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.srv_records import RecordSet, SrvRecord
from hypothesis import given
from hypothesis import strategies as st

OWNER = "_vlmcs._tcp.corp.example"
OTHER = "0 0 1688 other.corp.example."
KMS01 = "0 0 1688 kms01.corp.example."
NAMES = [f"kms{number:02}.corp.example" for number in range(5)]
RECORD = {"target": "kms01.corp.example", "port": 1688, "priority": 0, "weight": 0, "addresses": []}


def desired(*records: dict[str, Any], state: str = "present", ttl: int | None = None) -> srv.Desired:
    listed = [{**RECORD, **record} for record in records or ({},)]
    return srv.read_desired({"domain": "corp.example", "records": listed, "state": state, "ttl": ttl})


def there(*values: str, ttl: int = 300, **addresses: tuple[str, ...]) -> dict[tuple[str, str], RecordSet]:
    sets = {(OWNER, "SRV"): RecordSet(OWNER, "SRV", ttl if values else None, values)}
    for kind in ("A", "AAAA"):
        found = addresses.get(kind, ())
        for name in NAMES:
            sets[name, kind] = RecordSet(name, kind, ttl if found else None, found)
    return sets


def changes(wanted: srv.Desired, sets: srv.Sets) -> list[tuple[str, tuple[str, ...], tuple[str, ...], int]]:
    return [(one.before.kind, one.remove, one.add, one.ttl) for one in srv.plan_records(wanted, sets)]


def test_the_record_of_a_host_is_found_whatever_its_case() -> None:
    assert SrvRecord.parse("0 10 1688 KMS01.Corp.Example.") == SrvRecord(0, 10, 1688, "kms01.corp.example")
    assert changes(desired(), there("0 0 1688 KMS01.corp.example.")) == []


def test_a_first_record_gets_the_ttl_of_kms_hosts() -> None:
    assert changes(desired(), there()) == [("SRV", (), (KMS01,), 3600)]


def test_a_record_with_other_numbers_is_replaced_as_the_server_wrote_it() -> None:
    old = "0 0 1688 KMS01.corp.example."
    assert changes(desired({"priority": 7}), there(OTHER, old)) == [
        ("SRV", (old,), ("7 0 1688 kms01.corp.example.",), 300)
    ]


def test_a_ttl_is_kept_where_none_is_asked_for() -> None:
    assert changes(desired({"weight": 1}), there(KMS01, ttl=60))[0][3] == 60


def test_a_ttl_is_kept_where_others_share_it() -> None:
    wanted = desired(ttl=900)
    assert changes(wanted, there(OTHER, KMS01)) == []
    assert "keep their TTL of 300 seconds" in srv.ttl_notes(wanted, there(OTHER, KMS01))[0]
    assert srv.ttl_notes(wanted, there(KMS01)) == ()


def test_a_new_ttl_writes_the_own_records_again() -> None:
    (change,) = srv.plan_records(desired(ttl=900), there(KMS01))
    assert change.remove == ()
    assert change.add == (KMS01,)
    assert change.after == RecordSet(OWNER, "SRV", 900, (KMS01,))
    assert change.words == (f"set the TTL of the SRV record {KMS01} at {OWNER} to 900",)


def test_absent_removes_every_record_of_the_host() -> None:
    second = "5 5 1700 KMS01.corp.example."
    assert changes(desired(state="absent"), there(OTHER, KMS01, second)) == [("SRV", (KMS01, second), (), 3600)]


def test_addresses_are_written_before_the_record_that_needs_them_and_removed_after_it() -> None:
    record = {"addresses": ["192.0.2.1", "2001:DB8::1"]}
    full = there(KMS01, A=("192.0.2.1", "192.0.2.2"), AAAA=("2001:db8::1",))
    assert [one[0] for one in changes(desired(record), there())] == ["AAAA", "A", "SRV"]
    assert changes(desired(record, state="absent"), full) == [
        ("SRV", (KMS01,), (), 3600),
        ("A", ("192.0.2.1",), (), 3600),
        ("AAAA", ("2001:db8::1",), (), 3600),
    ]


def test_other_addresses_of_a_name_stay() -> None:
    (change,) = srv.plan_records(desired({"addresses": ["192.0.2.1"]}), there(KMS01, A=("192.0.2.2",)))
    assert change.after.values == ("192.0.2.2", "192.0.2.1")


def test_the_view_holds_what_the_task_lists_only() -> None:
    sets = there(OTHER, KMS01, A=("192.0.2.1", "192.0.2.2"))
    assert srv.view(desired({"addresses": ["192.0.2.1"]}), sets) == {
        "records": ["kms01.corp.example port 1688, priority 0, weight 0, TTL 300"],
        "addresses": ["kms01.corp.example 192.0.2.1, TTL 300"],
    }


def test_the_order_of_clients() -> None:
    records = RecordSet(OWNER, "SRV", 300, ("9 9 1688 c.x.", "0 1 1688 b.x.", "0 5 1688 a.x.", "0 1 1688 a.x."))
    assert [one.text for one in srv.srv_records(records)] == [
        "0 5 1688 a.x.", "0 1 1688 a.x.", "0 1 1688 b.x.", "9 9 1688 c.x.",
    ]  # fmt: skip


NUMBERS = st.integers(0, 65535)
RECORDS = st.builds(SrvRecord, NUMBERS, NUMBERS, st.integers(1, 65535), st.sampled_from(NAMES))
ZONES = st.tuples(st.lists(RECORDS, max_size=6, unique=True), st.integers(1, 9999))
WISHES = st.tuples(
    st.lists(RECORDS, min_size=1, max_size=3, unique_by=lambda one: one.target),
    st.booleans(),
    st.none() | st.integers(0, 9999),
)


@given(ZONES, WISHES)
def test_whatever_there_is_one_plan_suffices_and_touches_nobody_else(
    zone: tuple[list[SrvRecord], int], wish: tuple[list[SrvRecord], bool, int | None]
) -> None:
    wanted = srv.Desired("corp.example", tuple(srv.DesiredRecord(one) for one in wish[0]), wish[1], wish[2])
    sets = there(*[one.text for one in zone[0]], ttl=zone[1])
    after = srv.predicted(srv.plan_records(wanted, sets), sets)
    own = {record.srv.target for record in wanted.records}
    found = {SrvRecord.parse(value) for value in after[OWNER, "SRV"].values}
    assert {one for one in found if one.target in own} == (set(wish[0]) if wanted.present else set())
    others = {one for one in zone[0] if one.target not in own}
    assert {one for one in found if one.target not in own} == others
    assert not others or after[OWNER, "SRV"].ttl == zone[1]
    assert srv.plan_records(wanted, after) == ()
    changed = bool(srv.plan_records(wanted, sets))
    assert changed == (srv.view(wanted, sets) != srv.view(wanted, after))


# -- options ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", ["kms01", "192.0.2.1", "2001:db8::1", "kms 01.corp.example", "10.0.0.256", ""])
def test_a_target_is_a_full_host_name(target: str) -> None:
    with pytest.raises(InputError, match=r"records\[0\]\.target"):
        desired({"target": target})


def access(**options: Any) -> Any:
    return read_access({"port": 53, "timeout": 5, **options}, OWNER)


def test_a_tsig_secret_is_never_shown() -> None:
    secret = "c2VjcmV0LXNlY3JldA=="
    tsig = {"name": "Key.", "secret": secret, "algorithm": "hmac-md5"}
    assert access(tsig=tsig).tsig.name == "key"
    assert access(tsig=tsig).tsig.algorithm == "hmac-md5.sig-alg.reg.int"
    assert secret not in repr(access(tsig=tsig))


@pytest.mark.parametrize("secret", ["not base64!", "", "abc"])
def test_a_malformed_tsig_secret_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(InputError) as caught:
        access(tsig={"name": "key", "secret": secret, "algorithm": "hmac-sha256"})
    assert caught.value.option == "tsig.secret"
    assert not secret or secret not in str(caught.value)


@pytest.mark.parametrize("server", ["192.0.2.1", "2001:db8::1", "dc01"])
def test_kerberos_needs_the_full_name_of_the_server(server: str) -> None:
    assert access(server=server).server == server
    with pytest.raises(InputError, match="full name"):
        access(server=server, kerberos=True)


@pytest.mark.parametrize("zone", ["branch.example", "p.example", "_vlmcs._tcp.corp.example"])
def test_a_zone_has_to_hold_the_name(zone: str) -> None:
    with pytest.raises(InputError, match="does not hold the name"):
        access(zone=zone)
    assert access(zone="_tcp.corp.example").zone == "_tcp.corp.example"


# -- answers of servers -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("updating", [True, False])
@pytest.mark.parametrize(
    "code",
    ["BADKEY", "BADSIG", "BADTIME", "BADTRUNC", "FORMERR", "GARBLED", "NOTAUTH", "NOTIMP", "NOTZONE", "REFUSED",
     "SERVFAIL", "TIMEOUT", "UNREACHABLE", "UNSIGNED", "NOTHING-KNOWN"],
)  # fmt: skip
def test_every_code_has_a_cause_and_a_next_step(code: str, updating: bool) -> None:
    problem = dns_problems.answer_problem(code, updating)
    assert problem.code == code
    assert problem.cause.endswith(".")
    assert problem.remedy.endswith((".", ")."))


def test_an_update_without_answer_says_that_its_end_is_unknown() -> None:
    assert "is not known" in dns_problems.answer_problem("TIMEOUT", updating=True).remedy
    assert "is not known" not in dns_problems.answer_problem("TIMEOUT").remedy
    assert "is not known" not in dns_problems.answer_problem("REFUSED", updating=True).remedy


def test_a_change_that_adds_nothing_keeps_the_ttl() -> None:
    before = RecordSet(OWNER, "SRV", 300, (KMS01, OTHER))
    assert srv.Change(before, (KMS01,), (), 9).after == dataclasses.replace(before, values=(OTHER,))
