# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory as rows and objects, and back into records."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    FleetHost,
    HostProblem,
    HostRecord,
)
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.inventory_rows import (
    COLUMNS,
    FORMAT,
    host_data,
    host_records,
    inventory_rows,
    records_of_data,
)
from unit.module_utils.fleet_samples import HOSTILE, NOW, ago, attempt, host, mak, product

GONE = HostProblem("connect", "The host could not be reached.", "Switch it on.", "0x1")
DENIED = HostProblem("change", "The account is not elevated.", "Use an elevated account.", "0x80070005")
HOST_LICENCE = {"channel": "kms_host", "product": "Office 2021", "sku_id": "csvlk", "kms_count": 7}


def by_rows(*hosts: FleetHost) -> list[HostRecord]:
    """What comes out of the rows of hosts; CSV makes text of every cell."""
    rows = [row for item in hosts for row in inventory_rows(item)]
    return list(host_records({key: None if cell is None else str(cell) for key, cell in row.items()} for row in rows))


def by_data(*hosts: FleetHost) -> list[HostRecord]:
    return list(records_of_data({"format": FORMAT, "version": 1, "hosts": [host_data(item) for item in hosts]}))


BOTH = pytest.mark.parametrize("carried", [by_rows, by_data])


@BOTH
def test_a_host_comes_back_with_all_its_products(carried: Any) -> None:
    whole = host("pc01", product(ad_object="AO"), mak(), os_version="10.0.19045", cmid="c", groups=("a", "b;c\\"))
    assert carried(whole) == [
        HostRecord(
            "pc01",
            NOW,
            ("a", "b;c\\"),
            "10.0.19045",
            "c",
            products=tuple(item.record for item in whole.products),
        )
    ]


@BOTH
def test_a_host_without_products_was_read_and_has_none(carried: Any) -> None:
    assert carried(host("pc01")) == [HostRecord("pc01", NOW, ("desktops",), products=())]


@BOTH
def test_a_host_that_was_never_read_tells_nothing_of_products(carried: Any) -> None:
    never = host("pc01", read=None, problem=GONE)
    assert carried(never) == [HostRecord("pc01", NOW, ("desktops",), products=None, problem=GONE)]


@BOTH
def test_a_failure_after_the_reading_is_a_record_of_its_own(carried: Any) -> None:
    records = carried(host("pc01", mak(), read=ago(9), tried_at=NOW, problem=GONE, complete=False))
    assert [(record.at, record.products is None, record.problem) for record in records] == [
        (ago(9), False, None),
        (NOW, True, GONE),
    ]


@BOTH
def test_a_change_that_failed_stays_with_the_reading(carried: Any) -> None:
    (record,) = carried(host("pc01", mak(), problem=DENIED))
    assert (record.problem, record.changes) == (DENIED, True)


@BOTH
def test_kms_host_licences_and_office_are_records_apart(carried: Any) -> None:
    records = carried(host("kms01", product(**HOST_LICENCE), mak()))
    assert [(record.about, [item.channel for item in record.products]) for record in records] == [
        ("kms_host", ["kms_host"]),
        ("office", ["mak"]),
    ]


@BOTH
def test_a_machine_that_is_only_a_kms_host_tells_nothing_of_office(carried: Any) -> None:
    assert [record.about for record in carried(host("kms01", product(**HOST_LICENCE)))] == ["kms_host"]


@BOTH
def test_an_activation_that_failed_is_carried_and_one_that_would_count_again_is_not(carried: Any) -> None:
    failed = attempt("failed", sku_id="s1", code="0xC004F074", cause="No answer.", remedy="Look.")
    spent = attempt("licensed", channel="mak", last_five="MAKAA")
    items = (product(state="unlicensed", sku_id="s1", attempt=failed), mak(attempt=spent))
    (record,) = carried(host("pc01", *items))
    assert record.attempts == (failed,)


@BOTH
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_come_back_as_they_were(carried: Any, text: str) -> None:
    problem = HostProblem("read", text, text, text)
    item = product(product=text, name=text, ad_object=text, reason=text)
    expected = HostRecord(text, NOW, (text, "b"), text, products=(item.record,), problem=problem)
    assert carried(host(text, item, groups=(text, "b"), os_version=text, problem=problem)) == [expected]


def row(**values: str | None) -> dict[str, str | None]:
    usual = {"host": "pc01", "read_at": "2026-11-24T08:00:00Z", "product": "Office 2021 proplus"}
    return {**usual, "sku_id": "s1", "state": "licensed", "channel": "mak", **values}


def test_a_row_needs_few_columns() -> None:
    (record,) = host_records([row()])
    assert [item.product for item in record.products or ()] == ["Office 2021 proplus"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"host": ""}, "line 3, host: a value is needed"),
        ({"read_at": "24.11.2026 08:00"}, "line 3, read_at: a time with its zone is needed"),
        ({"read_at": "2026-11-24T08:00:00"}, "line 3, read_at: a time with its zone is needed, such as 2026"),
        ({"read_at": None}, "line 3, tried_at: a time is needed here or in read_at"),
        ({"read_at": None, "tried_at": "2026-11-24T08:00Z"}, "line 3, read_at: a time is needed where there are"),
        ({"state": "fine"}, "line 3, state: one of unlicensed, licensed, oob_grace"),
        ({"channel": "kms"}, "line 3, channel: one of kms_client, mak, kms_host"),
        ({"last_five": "ABC"}, "line 3, last_five: exactly 5 letters or digits"),
        ({"kms_port": "-1"}, "line 3, kms_port: a whole number from 0 on"),
        ({"complete": "maybe"}, "line 3, complete: true or false"),
        ({"problem_step": "sleep", "problem_cause": "x"}, "line 3, problem_step: one of connect, read, change"),
        ({"sku_id": None}, "line 3, sku_id: a value is needed"),
        ({"colour": "red"}, "line 3: unknown: 'colour'; known are host, groups"),
        ({"host": "pc00"}, "line 3, host: the rows of a host must stand together"),
    ],
)
def test_an_error_names_line_and_column(values: dict[str, str | None], message: str) -> None:
    rows = [row(host="pc00"), row(**values)]
    if values.get("host") == "pc00":
        rows.insert(1, row(host="pc99"))
        message = message.replace("line 3", "line 4")
    with pytest.raises(InputError, match=f"^{message}"):
        list(host_records(rows))


def test_rows_of_a_host_must_agree_on_it() -> None:
    with pytest.raises(InputError, match=r"^line 3, cmid: it differs from line 2, which is of the same host$"):
        list(host_records([row(cmid="a"), row(cmid="b")]))


KEY = "-".join(["ABCDE"] * 5)


@pytest.mark.parametrize("column", ["last_five", "reason", "host"])
def test_a_whole_product_key_is_refused_and_not_repeated(column: str) -> None:
    with pytest.raises(InputError) as error:
        list(host_records([row(**{column: KEY})]))
    assert "ABCDE-" not in str(error.value)


def document(**values: Any) -> dict[str, Any]:
    return {"format": FORMAT, "version": 1, "hosts": [], **values}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "format: the file is no officefleet.activation inventory"),
        (document(format="x"), "format: the file is no officefleet.activation inventory"),
        (document(version=2), "version: the file has version 2, this release knows 1; update the collection"),
        (document(version="1"), "version: a whole number is needed"),
        (document(hosts={}), "hosts: a list of objects is needed"),
        (document(hosts=[{"host": "a", "groups": "b"}]), r"hosts\[0\], groups: a list of texts is needed"),
        (document(hosts=[{"host": 7}]), r"hosts\[0\], host: a text of at most"),
        (document(hosts=[{"name": "a"}]), r"hosts\[0\]: unknown: 'name'"),
        (
            document(hosts=[{"host": "a", "read_at": "2026-11-24T08:00Z", "products": [{"product": "p"}]}]),
            r"hosts\[0\]\.products\[0\], sku_id: a value is needed",
        ),
        (
            document(hosts=[{"host": "a", "read_at": "2026-11-24T08:00Z"}] * 2),
            r"hosts\[1\], host: each host may stand in the file once",
        ),
    ],
)
def test_an_error_names_the_place_in_json(data: Any, message: str) -> None:
    with pytest.raises(InputError, match=f"^{message}"):
        list(records_of_data(data))


def test_columns_are_those_of_a_row() -> None:
    assert tuple(inventory_rows(host("pc01", mak()))[0]) == COLUMNS
