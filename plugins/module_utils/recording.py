# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the result of a task on one host to what the store keeps of it.

Results come from variables, so that they can be of another module, or cut: what is no result is refused (InputError).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
    KMS_HOST,
    OFFICE,
    WINDOWS,
    Attempt,
    HostProblem,
    HostRecord,
    ProductRecord,
)
from ansible_collections.officefleet.activation.plugins.module_utils.host_verdict import CHECK_CONNECTION, UNREACHABLE
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.problems import NO_OFFICE
from ansible_collections.officefleet.activation.plugins.module_utils.products import product_of
from ansible_collections.officefleet.activation.plugins.module_utils.windows_editions import WINDOWS_LABEL

_ASKED = (
    "the registered result of ospp_info, ospp_client (or another ospp module), kms_host, kms_host_info,"
    " windows_activation or windows_activation_info is needed"
)
_MESSAGE_LENGTH = 200


def host_record(host: str, groups: tuple[str, ...], at: datetime, result: Mapping[str, Any]) -> HostRecord:
    """The record of a result that was registered at a time. Raises InputError for what is no such result."""
    if result.get("unreachable"):
        remedy = f"{CHECK_CONNECTION} Ansible says: {_first_line(result)}"
        return HostRecord(host, at, groups, problem=HostProblem("connect", UNREACHABLE, remedy))
    status = result.get("status")
    # With failed_when: false a result says nothing of having failed.
    if not isinstance(status, Mapping) and not ("failures" in result or "msg" in result):
        raise InputError("result", _ASKED)
    try:
        return _read_record(HostRecord(host, at, groups), result, status)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError("result", f"{_ASKED}; this one lacks {error}") from None


def _read_record(record: HostRecord, result: Mapping[str, Any], status: Mapping[str, Any] | None) -> HostRecord:
    changes = "operations" in result
    no_office = any(item["cause"] == NO_OFFICE.cause for item in result.get("failures") or ())
    was_read = no_office or (status is not None and not _failed_to_read(result, status))
    problem = _problem(result, "change" if changes and was_read and not no_office else "read")
    about = _about(result, status)
    if status is None:
        seen = () if no_office else None
        return dataclasses.replace(record, products=seen, problem=problem, changes=changes, about=about)
    licences = {item.get("sku_id", item.get("activation_id")): item for item in status["licences"]}
    products = [_product(item, status, record.at, about) for item in licences.values() if _is_kept(item, about)]
    outcomes = result.get("outcomes") or ()
    return dataclasses.replace(
        record,
        os_version=status["os_version"],
        cmid=status.get("cmid"),
        complete=no_office or bool(status.get("complete", True)),
        products=tuple(products) if was_read else None,
        problem=problem,
        attempts=tuple(_attempt(item, licences, about) for item in outcomes if item.get("attempt")),
        changes=changes,
        about=about,
    )


def _about(result: Mapping[str, Any], status: Mapping[str, Any] | None) -> str:
    if result.get("application") == WINDOWS:
        return WINDOWS
    return KMS_HOST if status is not None and "settings" in status else OFFICE


def _is_kept(licence: Mapping[str, Any], about: str) -> bool:
    """Whether a licence has a key and is one of those that the result is about: that of a KMS host shows Windows' own
    client licence too, and that of Windows its KMS host licence."""
    is_of_host = licence["channel"] == KMS_HOST
    return bool(licence["partial_product_key"]) and (about == OFFICE or is_of_host == (about == KMS_HOST))


def _failed_to_read(result: Mapping[str, Any], status: Mapping[str, Any]) -> bool:
    """Whether a failure of the whole host came before anything of its licences was read: then its status is empty."""
    whole_host = any(item["product"] is None for item in result.get("failures") or ())
    return whole_host and not status["licences"] and not status.get("complete")


def _first_line(result: Mapping[str, Any]) -> str:
    lines = str(result.get("msg") or "nothing").strip().splitlines()
    return lines[0][:_MESSAGE_LENGTH] if lines else "nothing"


def _problem(result: Mapping[str, Any], step: str) -> HostProblem | None:
    """What stands in the way of the whole host, or of a product without an attempt that could tell it."""
    attempted = {item["product"] for item in result.get("outcomes") or () if item.get("attempt")}
    failures = [item for item in result.get("failures") or () if item["product"] not in attempted]
    if failures:
        first = min(failures, key=lambda item: item["product"] is not None)
        cause = first["cause"] if first["product"] is None else f"{first['product']}: {first['cause']}"
        return HostProblem(step, cause, first["remedy"], first["code"])
    if "status" not in result and not result.get("failures"):
        return HostProblem(step, _first_line(result), "Read the message of the task in the job log.")
    return None


def _attempt(outcome: Mapping[str, Any], licences: Mapping[str, Mapping[str, Any]], about: str) -> Attempt:
    licence = licences.get(outcome["sku_id"]) or {}
    return Attempt(
        product=outcome["product"],
        sku_id=outcome["sku_id"],
        method=outcome["attempt"],
        channel=licence.get("channel"),
        last_five=licence.get("partial_product_key"),
        result=outcome["result"],
        code=outcome["code"],
        cause=outcome["cause"],
        remedy=outcome["remedy"],
        application=_application(about, outcome["product"]),
    )


def _application(about: str, product: str) -> str:
    """A KMS host's licences are of Office and of Windows."""
    return WINDOWS if about == WINDOWS or (about == KMS_HOST and product == WINDOWS_LABEL) else OFFICE


def _product(licence: Mapping[str, Any], status: Mapping[str, Any], at: datetime, about: str) -> ProductRecord:
    product = product_of(licence["name"])
    minutes = licence["grace_minutes"]
    host, port = _kms_host(licence, status)
    service = licence.get("service") or {}
    label = WINDOWS_LABEL if about == WINDOWS else licence.get("product")
    label = label or (product.label if product else licence["name"].removesuffix(" edition"))
    return ProductRecord(
        sku_id=licence.get("sku_id", licence.get("activation_id")),
        product=label,
        name=licence["name"],
        family=product.family if product else None,
        office=licence.get("office"),
        channel=licence["channel"],
        state=licence["state"],
        reason=licence["reason"],
        last_five=licence["partial_product_key"],
        expires=at + timedelta(minutes=minutes) if minutes else None,
        kms_host=host,
        kms_port=port,
        ad_object=(licence.get("ad") or {}).get("object_name"),
        kms_count=service.get("current_count"),
        application=_application(about, label),
    )


def _kms_host(licence: Mapping[str, Any], status: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """The KMS host that a client asks: the registered one, else the one that DNS named, else as in the registry."""
    if licence["channel"] != "kms_client" or licence.get("ad"):
        return None, None
    kms = licence.get("kms") or {}
    if kms.get("host"):
        return kms["host"], kms["port"]
    if kms.get("discovered_host"):
        return kms["discovered_host"], kms["discovered_port"]
    for override in () if kms else status.get("kms_override") or ():
        if override["host"] and override["sku_id"] in (None, licence.get("sku_id")):
            return override["host"], override["port"]
    return None, None
