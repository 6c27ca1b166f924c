# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to look after on a computer before its planned method is put into effect.

The texts name no host, so that a summary can group hosts by them.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import (
    BY_MAK,
    KMS_THRESHOLD,
    PLANNED,
    Computer,
    Method,
    SitePlan,
)
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_sites import (
    missing_objects,
    windows_is_old,
)

NOT_ELEVATED = (
    "The account is not elevated there, and site.yml will fail. Connect as a local administrator (UAC remote"
    " restrictions off, or a domain account), or use become with runas."
)
ENDED_EARLY = "The licence listing ended early: products that it does not show are not in this plan."
HAS_2010 = "Office 2010 has no activation by Active Directory, and this collection only reads its status."
OLD_WINDOWS_AD = "Active Directory-based activation needs Windows 8 / Server 2012 or later."
DOMAIN_UNKNOWN = "It is not known whether it is joined to a domain, so that Active Directory is not planned."
OLD_WINDOWS_MAK = (
    "On Windows 7 / Server 2008 R2 ospp.vbs activates all products at once. site.yml refuses to, where that would"
    " spend a count of a licensed MAK."
)
USERS_MAY_NOT = (
    "Standard users may not activate by MAK there (UserOperations). Where they shall, set"
    " office_client_user_operations: true."
)
PROXY_BLOCKS = (
    "An authenticating proxy blocks activation over the Internet. With an exception for Microsoft's activation"
    " servers, and activation_plan_authenticating_proxy: false, it can activate by MAK without confirmation IDs."
)
DESCRIBED = (
    "Its inventory sets office_client_products already. What stands in group_vars or host_vars wins over this plan;"
    " remove it there to put the plan into effect."
)
SHARED_CMID = (
    "Its client machine ID is that of another computer too, and a KMS host counts them as one. Rearm them"
    " (ospprearm.exe), and the image that they were made from."
)
NO_KEY = "No Office product has a key yet. If it was installed just now, start an Office program once."


def host_warnings(computer: Computer, method: Method, site: SitePlan, shared_cmid: bool) -> tuple[str, ...]:
    """The warnings for a computer whose method is decided."""
    found = [HAS_2010] if computer.office_2010 else []
    if method in PLANNED:
        found += [
            *_of_the_host(computer, method),
            *_of_the_directory(computer, method),
            *_of_kms(computer, method, site, shared_cmid),
            *_of_mak(computer, method),
        ]
    return tuple(found)


def _of_the_host(computer: Computer, method: Method) -> Iterator[str]:
    if not computer.elevated:
        yield NOT_ELEVATED
    if not computer.complete:
        yield ENDED_EARLY
    if computer.described:
        yield DESCRIBED
    if not computer.products and not computer.unread:
        yield NO_KEY
    by_mak = method in BY_MAK or any(product.mak for product in computer.products)
    if by_mak and windows_is_old(computer):
        yield OLD_WINDOWS_MAK


def _of_the_directory(computer: Computer, method: Method) -> Iterator[str]:
    if not computer.circumstances.activation_objects and method is not Method.AD:
        return
    if windows_is_old(computer):
        yield OLD_WINDOWS_AD
    elif computer.domain is None and not computer.unread and method is not Method.AD:
        yield DOMAIN_UNKNOWN
    elif computer.domain and missing_objects(computer):
        versions = ", ".join(map(str, missing_objects(computer)))
        yield f"The inventory names no activation object for Office {versions} (activation_plan_activation_objects)."
    elif computer.domain is False and method is Method.AD:
        yield "It is not joined to a domain, without which Active Directory does not activate it."


def _of_kms(computer: Computer, method: Method, site: SitePlan, shared_cmid: bool) -> Iterator[str]:
    if method not in (Method.KMS, Method.AD):
        return
    for product in computer.products:
        if product.mak:
            yield (
                f"{product.label} is licensed by the MAK *{product.mak}, which this plan removes; Microsoft does not"
                " give its count back. To keep it, set activation_plan_method: mak."
            )
        if not product.gvlk_known:
            yield (
                f"{product.label}: Microsoft's list has no public key (GVLK) for it. Give its KMS client setup key in"
                " office_client_products."
            )
    if method is Method.KMS and shared_cmid:
        yield SHARED_CMID
    if method is Method.KMS and not site.enough:
        yield f"Site {site.site} has only {site.asking + site.unread} of the {KMS_THRESHOLD} computers that KMS needs."


def _of_mak(computer: Computer, method: Method) -> Iterator[str]:
    here = computer.circumstances
    if method is Method.MAK and not computer.user_operations:
        yield USERS_MAY_NOT
    if method in BY_MAK and here.authenticating_proxy and "internet" in here.reach:
        yield PROXY_BLOCKS
