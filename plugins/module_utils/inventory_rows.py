# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory of a store as rows (CSV) and objects (JSON), and back into records for another store.

Times of a product's state start anew in the store that imports. Activations that succeeded are not imported, since a
second import of the same file would count them again against the budget of their MAK.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import groupby
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.csv_cells import lossless, readable
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    KMS_HOST,
    OFFICE,
    WINDOWS,
    Attempt,
    FleetHost,
    FleetProduct,
    HostProblem,
    HostRecord,
    ProductRecord,
)
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.inventory_fields import Fields, time_data
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import Cell
from ansible_collections.officefleet.activation.plugins.module_utils.status import State

FORMAT = "officefleet.activation inventory"
FORMAT_VERSION = 1

HOST_FIELDS = (
    "host",
    "groups",
    "os_version",
    "cmid",
    "read_at",
    "tried_at",
    "complete",
    "problem_step",
    "problem_cause",
    "problem_remedy",
    "problem_code",
    "windows_read_at",
    "windows_problem_step",
    "windows_problem_cause",
    "windows_problem_remedy",
    "windows_problem_code",
)
PRODUCT_FIELDS = (
    "product",
    "state",
    "channel",
    "last_five",
    "office",
    "family",
    "name",
    "sku_id",
    "reason",
    "expires",
    "kms_host",
    "kms_port",
    "ad_object",
    "kms_count",
    "application",
    "since",
    "activated_by",
    "attempt_method",
    "attempt_result",
    "attempt_code",
    "attempt_cause",
    "attempt_remedy",
)
COLUMNS = (*HOST_FIELDS, *PRODUCT_FIELDS)

_CHANNELS = ("kms_client", "mak", "kms_host", "retail", "subscription", "other")
_STEPS = ("connect", "read", "change")
_METHODS = ("online", "confirmation_id", "reactivation")
_RESULTS = ("licensed", "pending", "failed")
_NOT_TOLD = "The cause was not recorded."
_Read = tuple[ProductRecord, "Attempt | None"]
_GROUP_PART = re.compile(r"(?:\\.|[^;\\])+", re.DOTALL)


def host_data(host: FleetHost) -> dict[str, Any]:
    """A host with its products as an object for JSON."""
    return {
        "host": host.name,
        "groups": list(host.groups),
        "os_version": host.os_version,
        "cmid": host.cmid,
        "read_at": time_data(host.read_at),
        "tried_at": time_data(host.tried_at),
        "complete": host.complete,
        **_problem_data(host.problem, "problem_"),
        "windows_read_at": time_data(host.windows_read_at),
        **_problem_data(host.windows_problem, "windows_problem_"),
        "products": [_product_data(product) for product in host.products],
    }


def _problem_data(problem: HostProblem | None, prefix: str) -> dict[str, Cell]:
    return {
        f"{prefix}step": problem.step if problem else None,
        f"{prefix}cause": (problem.cause or _NOT_TOLD) if problem else None,
        f"{prefix}remedy": problem.remedy if problem else None,
        f"{prefix}code": problem.code if problem else None,
    }


def _product_data(product: FleetProduct) -> dict[str, Cell]:
    record, attempt = product.record, product.last_attempt
    return {
        "product": record.product,
        "state": record.state,
        "channel": record.channel,
        "last_five": record.last_five,
        "office": record.office,
        "family": record.family,
        "name": record.name,
        "sku_id": record.sku_id,
        "reason": record.reason,
        "expires": time_data(record.expires),
        "kms_host": record.kms_host,
        "kms_port": record.kms_port,
        "ad_object": record.ad_object,
        "kms_count": record.kms_count,
        "application": record.application,
        "since": time_data(product.since),
        "activated_by": product.activated_by,
        "attempt_method": attempt.method if attempt else None,
        "attempt_result": attempt.result if attempt else None,
        "attempt_code": attempt.code if attempt else None,
        "attempt_cause": attempt.cause if attempt else None,
        "attempt_remedy": attempt.remedy if attempt else None,
    }


def inventory_rows(host: FleetHost) -> list[dict[str, Cell]]:
    """A row for each product of a host, one without product fields for a host that has none, ready for CSV."""
    data = host_data(host)
    products = data.pop("products") or [{}]
    data["groups"] = ";".join(re.sub(r"([\\;])", r"\\\1", group) for group in host.groups)
    data["complete"] = "true" if host.complete else "false"
    whole = {**dict.fromkeys(COLUMNS), **data}
    return [{name: lossless(value) for name, value in {**whole, **product}.items()} for product in products]


def host_records(rows: Iterable[Mapping[str, str | None]]) -> Iterator[HostRecord]:
    """Records from rows of text, as inventory_rows() gives them; the rows of a host stand together.

    Line 1 is the header. Raises InputError, which names line and column, at the first row that is wrong. A host whose
    last try failed after it was read gives two records, in the order of their times.
    """
    seen: set[str] = set()
    read = (_read_row(line, row) for line, row in enumerate(rows, start=2))
    for name, group in groupby(read, key=lambda fields: fields.needed("host")):
        same = list(group)
        first = same[0]
        if name in seen:
            raise first.refuse("host", "the rows of a host must stand together; this host stands further above, too")
        seen.add(name)
        for fields in same:
            _same_host(first, fields)
        groups = [re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL) for part in _split_groups(first)]
        products = [fields for fields in same if any(fields.values.get(name) for name in PRODUCT_FIELDS)]
        yield from _records(first, tuple(groups), products)


def _read_row(line: int, row: Mapping[str, str | None]) -> Fields:
    Fields(f"line {line}", row).only(COLUMNS)
    return Fields(f"line {line}", {name: readable(value) for name, value in row.items() if value})


def _same_host(first: Fields, fields: Fields) -> None:
    for name in HOST_FIELDS:
        if fields.values.get(name) != first.values.get(name):
            raise fields.refuse(name, f"it differs from {first.where}, which is of the same host")


def _split_groups(fields: Fields) -> list[str]:
    return _GROUP_PART.findall(fields.text("groups") or "")


def records_of_data(document: Any) -> Iterator[HostRecord]:
    """Records from the object of a JSON file. Raises InputError, which names the place, also for a newer version."""
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        raise InputError("format", f"the file is no {FORMAT}")
    version = document.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise InputError("version", f"a whole number is needed; this release writes {FORMAT_VERSION}")
    if version > FORMAT_VERSION:
        rule = f"the file has version {version}, this release knows {FORMAT_VERSION}; update the collection"
        raise InputError("version", rule)
    seen: set[str] = set()
    for place, item in enumerate(_objects("hosts", document.get("hosts"))):
        fields = Fields(f"hosts[{place}]", item)
        fields.only((*HOST_FIELDS, "products"))
        name = fields.needed("host")
        if name in seen:
            raise fields.refuse("host", "each host may stand in the file once; this one stands further above, too")
        seen.add(name)
        yield from _records(fields, _group_list(fields), _product_fields(fields))


def _objects(name: str, value: Any) -> list[Mapping[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(item, Mapping) for item in value):
        raise InputError(name, "a list of objects is needed")
    return value


def _group_list(fields: Fields) -> tuple[str, ...]:
    groups = fields.values.get("groups") or []
    if not isinstance(groups, list) or not all(isinstance(group, str) for group in groups):
        raise fields.refuse("groups", "a list of texts is needed")
    return tuple(groups)


def _product_fields(fields: Fields) -> list[Fields]:
    where = f"{fields.where}.products"
    products = _objects(where, fields.values.get("products") or [])
    found = [Fields(f"{where}[{place}]", item) for place, item in enumerate(products)]
    for product in found:
        product.only(PRODUCT_FIELDS)
    return found


def _records(fields: Fields, groups: tuple[str, ...], products: list[Fields]) -> Iterator[HostRecord]:
    """A record for each kind of reading, and for what failed after it, in the order of their times."""
    times = [fields.time(name) for name in ("tried_at", "read_at", "windows_read_at")]
    tried_at = next((at for at in times if at is not None), None)
    if tried_at is None:
        raise fields.refuse("tried_at", "a time is needed here or in read_at")
    known = HostRecord(
        fields.needed("host"),
        tried_at,
        groups,
        os_version=fields.text("os_version"),
        cmid=fields.text("cmid"),
        complete=fields.flag("complete", default=True),
    )
    read = [(_product(item), _attempt(item)) for item in products]
    windows = [item for item in read if item[0].about == WINDOWS]
    others = [item for item in read if item[0].about != WINDOWS]
    found = [*_windows_records(fields, known, windows)]
    found += _office_records(fields, known, others, is_alone=not found)
    yield from sorted(found, key=lambda record: record.at)


def _windows_records(fields: Fields, known: HostRecord, read: list[_Read]) -> Iterator[HostRecord]:
    read_at, problem = fields.time("windows_read_at"), _problem(fields, "windows_problem_")
    if read and read_at is None:
        raise fields.refuse("windows_read_at", "a time is needed where there are licences of Windows")
    if read_at is None and problem is None:
        return
    changes = problem is not None and problem.step == "change"
    about = replace(known, at=read_at or known.at, problem=problem, changes=changes, about=WINDOWS)
    yield _reading(about, read) if read_at is not None else about


def _office_records(fields: Fields, known: HostRecord, read: list[_Read], is_alone: bool) -> Iterator[HostRecord]:
    """The reading, and what failed after it as a record of its own. ``is_alone``: nothing tells of Windows."""
    read_at, problem = fields.time("read_at"), _problem(fields, "problem_")
    if read and read_at is None:
        raise fields.refuse("read_at", "a time is needed where there are products")
    failed_later = problem is not None and (read_at is None or known.at > read_at)
    if read_at is not None:
        at_once = None if failed_later else problem
        changes = at_once is not None and at_once.step == "change"
        yield from _readings(replace(known, at=read_at, problem=at_once, changes=changes), read)
    if failed_later or (read_at is None and is_alone):
        yield replace(known, problem=problem)


def _readings(known: HostRecord, read: list[_Read]) -> Iterator[HostRecord]:
    """One record for KMS host licences, one for Office; a machine with only the first tells nothing of the second."""
    on_host = [item for item in read if item[0].about == KMS_HOST]
    of_office = [item for item in read if item[0].about == OFFICE]
    if on_host:
        yield _reading(replace(known, about=KMS_HOST), on_host)
    if of_office or not on_host:
        yield _reading(known, of_office)


def _reading(known: HostRecord, read: list[_Read]) -> HostRecord:
    attempts = tuple(attempt for _record, attempt in read if attempt)
    return replace(known, products=tuple(product for product, _sent in read), attempts=attempts)


def _problem(fields: Fields, prefix: str) -> HostProblem | None:
    if fields.text(f"{prefix}step") is None:
        return None
    return HostProblem(
        fields.one_of(f"{prefix}step", _STEPS),
        fields.needed(f"{prefix}cause"),
        fields.text(f"{prefix}remedy"),
        fields.text(f"{prefix}code"),
    )


def _application(fields: Fields) -> str:
    return fields.one_of("application", (OFFICE, WINDOWS)) if fields.text("application") else OFFICE


def _product(fields: Fields) -> ProductRecord:
    product = fields.needed("product")
    return ProductRecord(
        sku_id=fields.needed("sku_id"),
        product=product,
        name=fields.text("name") or product,
        family=fields.text("family"),
        office=fields.number("office"),
        channel=fields.one_of("channel", _CHANNELS),
        state=fields.one_of("state", (state.value for state in State)),
        reason=fields.text("reason"),
        last_five=fields.key("last_five"),
        expires=fields.time("expires"),
        kms_host=fields.text("kms_host"),
        kms_port=fields.number("kms_port"),
        ad_object=fields.text("ad_object"),
        kms_count=fields.number("kms_count"),
        application=_application(fields),
    )


def _attempt(fields: Fields) -> Attempt | None:
    if fields.text("attempt_result") is None or fields.one_of("attempt_result", _RESULTS) == "licensed":
        return None
    return Attempt(
        product=fields.needed("product"),
        sku_id=fields.text("sku_id"),
        method=fields.one_of("attempt_method", _METHODS),
        channel=fields.text("channel"),
        last_five=fields.key("last_five"),
        result=fields.needed("attempt_result"),
        code=fields.text("attempt_code"),
        cause=fields.text("attempt_cause"),
        remedy=fields.text("attempt_remedy"),
        application=_application(fields),
    )
