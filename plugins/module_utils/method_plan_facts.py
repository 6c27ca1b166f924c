# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan is made from: the inventory's variables, the result of C(ospp_info) and the facts of each computer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils import problems
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError, is_sku_id
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import (
    PLANNED,
    Circumstances,
    Computer,
    InstalledProduct,
    Method,
)
from ansible_collections.officefleet.activation.plugins.module_utils.products import VERSIONS, gvlk, product_of

#: The inventory's variables are named by this and a field of Circumstances.
PREFIX = "activation_plan_"
REACH = ("kms", "internet", "proxy")
_OBJECT_VERSIONS = tuple(sorted(VERSIONS.values()))[1:]
_METHODS = tuple(method.value for method in (*PLANNED, Method.NONE))
_VOLUME = ("kms_client", "mak")

ONLY_SUBSCRIPTION = "Its Office is licensed by a subscription (Microsoft 365), which needs no volume activation."
ONLY_RETAIL = "Its Office has no volume licence, so that there is nothing to activate by KMS, AD or MAK."
ONLY_2010 = "It has only Office 2010, whose activation this collection does not change. Upgrade Office."
NO_OFFICE = "No Office is installed."
NO_RESULT = "The host could not be reached. Check that it is switched on, its WinRM port and the account."


def read_circumstances(values: Mapping[str, Any]) -> Circumstances:
    """What the inventory says, from its variables without their prefix; a missing one, or None, is its default.

    Raises InputError that names the variable and its rule.
    """
    given = {name: value for name, value in values.items() if value is not None}
    return Circumstances(**{name: _READERS[name](f"{PREFIX}{name}", value) for name, value in given.items()})


def _site(option: str, value: Any) -> str:
    if not isinstance(value, (str, int)) or isinstance(value, bool) or not str(value).strip():
        raise InputError(option, "the name of a site is needed")
    if "{{" in str(value):  # ansible-core before 2.19 leaves a template as it is where a variable is not defined
        raise InputError(option, "a variable in it is not defined")
    return str(value).strip()


def _reach(option: str, value: Any) -> tuple[str, ...]:
    rule = f"a list of {', '.join(REACH)} is needed; an empty list means no connection at all"
    entries = _list(option, value, rule)
    if any(entry not in REACH for entry in entries):
        raise InputError(option, rule)
    return tuple(name for name in REACH if name in entries)


def _days_away(option: str, value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not (text.isascii() and text.isdigit()):
        raise InputError(option, "a number of days is needed, 0 for a computer that never leaves the network")
    return int(text)


def _activation_objects(option: str, value: Any) -> tuple[int, ...]:
    rule = f"a list of Office versions is needed, out of {', '.join(map(str, _OBJECT_VERSIONS))}"
    known = {str(version): version for version in _OBJECT_VERSIONS}
    entries = [str(entry).strip() for entry in _list(option, value, rule)]
    if any(entry not in known for entry in entries):
        raise InputError(option, rule)
    return tuple(sorted({known[entry] for entry in entries}))


def _authenticating_proxy(option: str, value: Any) -> bool:
    words = {"true": True, "yes": True, "false": False, "no": False}
    if isinstance(value, bool):
        return value
    if str(value).strip().lower() not in words:
        raise InputError(option, "true or false is needed")
    return words[str(value).strip().lower()]


def _method(option: str, value: Any) -> Method:
    if not isinstance(value, str) or value not in _METHODS:
        raise InputError(option, f"one of {', '.join(_METHODS)} is needed, or nothing, so that the plan decides")
    return Method(value)


def _list(option: str, value: Any, rule: str) -> list[Any]:
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise InputError(option, rule)
    return list(value)


_READERS: dict[str, Callable[[str, Any], Any]] = {
    "site": _site,
    "reach": _reach,
    "days_away": _days_away,
    "activation_objects": _activation_objects,
    "authenticating_proxy": _authenticating_proxy,
    "method": _method,
}
#: The variables that a computer may have, without their prefix.
VARIABLES = tuple(_READERS)


def read_computer(
    host: str,
    values: Mapping[str, Any],
    result: Mapping[str, Any] | None,
    facts: Mapping[str, Any],
    described: bool = False,
) -> Computer:
    """A computer from the inventory's variables, the result of C(ospp_info) (None: there is none) and its facts.

    Raises InputError as read_circumstances does.
    """
    circumstances = read_circumstances(values)
    if result is None or "status" not in result:
        reason = _why_unread(result)
        unread, needless = (None, NO_OFFICE) if reason == NO_OFFICE else (reason, None)
        return Computer(host, circumstances, unread=unread, needless=needless, described=described)
    status = result["status"]
    keyed = [licence for licence in status["licences"] if licence["partial_product_key"]]
    products = _products(keyed)
    return Computer(
        host,
        circumstances,
        needless=None if products else _why_needless(keyed),
        os_version=status["os_version"],
        domain=facts.get("windows_domain_member"),
        cmid=status.get("cmid"),
        elevated=bool(status["elevated"]),
        user_operations=status["user_operations"],
        complete=bool(status["complete"]),
        office_2010=any(licence["office"] == 2010 for licence in keyed),
        described=described,
        products=products,
    )


def _why_unread(result: Mapping[str, Any] | None) -> str:
    if result is None or result.get("unreachable"):
        return NO_RESULT
    failures = result.get("failures") or []
    if not failures:
        return str(result.get("msg") or NO_RESULT)
    first = failures[0]
    if first["cause"] == problems.NO_OFFICE.cause:
        return NO_OFFICE
    return " ".join(filter(None, [first["cause"], f"({first['code']})" if first["code"] else "", first["remedy"]]))


def _why_needless(keyed: list[Mapping[str, Any]]) -> str | None:
    """Why a computer without a volume product needs no method; None where no product has a key at all."""
    if not keyed:
        return None
    if any(licence["office"] == 2010 and licence["channel"] in _VOLUME for licence in keyed):
        return ONLY_2010
    subscription = any(licence["channel"] == "subscription" for licence in keyed)
    return ONLY_SUBSCRIPTION if subscription else ONLY_RETAIL


def _products(keyed: list[Mapping[str, Any]]) -> tuple[InstalledProduct, ...]:
    """The volume products of Office 2013 and later; the licences of one product, such as KMS client and MAK, as one."""
    products: dict[str, list[Mapping[str, Any]]] = {}
    for licence in keyed:
        volume = licence["channel"] in _VOLUME and licence["office"] != 2010
        if volume and is_sku_id(licence["sku_id"]):
            product = product_of(licence["name"])
            products.setdefault(product.label if product else licence["name"], []).append(licence)
    return tuple(_product(label, licences) for label, licences in sorted(products.items()))


def _product(label: str, licences: list[Mapping[str, Any]]) -> InstalledProduct:
    licensed = [licence for licence in licences if licence["state"] == "licensed"]
    maks = [licence["partial_product_key"] for licence in licensed if licence["channel"] == "mak"]
    clients = [licence for licence in licensed if licence["channel"] == "kms_client"]
    product = product_of(licences[0]["name"])
    return InstalledProduct(
        label=label,
        sku_id=licences[0]["sku_id"],
        office=licences[0]["office"],
        family=product.family if product else None,
        variant=product.variant if product else "",
        gvlk_known=any(licence["channel"] == "kms_client" for licence in licences)
        or (product is not None and gvlk(product) is not None),
        mak=maks[0] if maks else None,
        by_kms=any(not licence["ad"] for licence in clients),
        by_ad=any(bool(licence["ad"]) for licence in clients),
    )
