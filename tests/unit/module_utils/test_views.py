# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What check mode predicts is what is read back after a run in which everything succeeds.

Each case has a host before, what is wanted, and the host after: what Windows shows once the operations are done.
"""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.desired import (
    ActivationRules,
    DesiredClient,
    read_activation,
    read_products,
    read_settings,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation, in_order
from ansible_collections.officefleet.activation.plugins.module_utils.plan import plan_activation, plan_client
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading
from ansible_collections.officefleet.activation.plugins.module_utils.views import Focus, predict, view
from unit.module_utils.host_output import (
    OFFICE,
    OSPP,
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    SPP,
    SUBSCRIPTION,
    VISIO_2016,
    WINDOWS_7,
    keyed,
    reading,
    registered,
    registry_key,
)

MAK_KEY = "AAAAA-BBBBB-CCCCC-DDDDD-MAK16"
NEW_MAK = "AAAAA-BBBBB-CCCCC-DDDDD-NEW16"
ROOT = registry_key(OSPP, KeyManagementServiceName="old")
NAME = "kms01.corp.example"


def with_host(port: int = 1688) -> Reading:
    """A host whose two KMS products have the wanted KMS host."""
    registry = "".join(registered(sku, NAME, str(port)) for sku in (PROPLUS_2016, VISIO_2016))
    shown = f"{NAME}:{port}"
    return reading(keyed(PROPLUS_2016, host=shown), keyed(VISIO_2016, host=shown), registry=registry)


BARE = reading(keyed(PROPLUS_2016), keyed(VISIO_2016))
SETTINGS: dict[str, tuple[Reading, dict[str, Any], Reading]] = {
    "KMS host": (BARE, {"kms_host": NAME}, with_host()),
    "KMS host and port": (BARE, {"kms_host": NAME, "kms_port": 1700}, with_host(1700)),
    "KMS port": (with_host(), {"kms_host": NAME, "kms_port": 1700}, with_host(1700)),
    "KMS port back to 1688": (with_host(1700), {"kms_host": NAME}, with_host()),
    "KMS host of products with different ones": (
        reading(keyed(PROPLUS_2016, host="a:1688"), keyed(VISIO_2016, host="b:1700")),
        {"kms_host": NAME},
        with_host(),
    ),
    "KMS host while a MAK is installed": (
        reading(keyed(PROPLUS_2016_MAK)),
        {"kms_host": NAME},
        reading(keyed(PROPLUS_2016_MAK), registry=registered(PROPLUS_2016, NAME)),
    ),
    "KMS host above one at the root": (
        reading(keyed(PROPLUS_2016_MAK), registry=ROOT),
        {"kms_host": NAME},
        reading(keyed(PROPLUS_2016_MAK), registry=ROOT + registered(PROPLUS_2016, NAME)),
    ),
    "back to DNS": (with_host(), {"dns_discovery": True}, BARE),
    "back to DNS without the image's value": (
        reading(keyed(PROPLUS_2016), registry=ROOT),
        {"dns_discovery": True, "remove_inherited": True},
        reading(keyed(PROPLUS_2016)),
    ),
    "back to DNS without the value for the application": (
        reading(
            keyed(PROPLUS_2016, ad=True), registry=registry_key(rf"{SPP}\{OFFICE}", KeyManagementServiceName="old")
        ),
        {"dns_discovery": True, "remove_inherited": True},
        reading(keyed(PROPLUS_2016, ad=True)),
    ),
    "lookup domain": (
        BARE,
        {"lookup_domain": "Corp.Example."},
        reading(keyed(PROPLUS_2016, domain="corp.example"), keyed(VISIO_2016, domain="corp.example")),
    ),
    "lookup domain cleared": (reading(keyed(PROPLUS_2016, domain="corp.example")), {"lookup_domain": ""}, BARE),
    "lookup domain after AD-based activation": (
        reading(keyed(PROPLUS_2016, ad=True)),
        {"lookup_domain": "corp.example"},
        reading(
            keyed(PROPLUS_2016, ad=True),
            registry=registry_key(
                rf"{SPP}\{OFFICE}\{PROPLUS_2016.sku_id}", KeyManagementServiceLookupDomain="corp.example"
            ),
        ),
    ),
    "caching off": (BARE, {"host_caching": False}, reading(keyed(PROPLUS_2016, caching=False))),
    "caching on": (reading(keyed(PROPLUS_2016, caching=False)), {"host_caching": True}, BARE),
    "caching off while a MAK is installed": (
        reading(keyed(PROPLUS_2016_MAK)),
        {"host_caching": False},
        reading(keyed(PROPLUS_2016_MAK), registry=registry_key(SPP, DisableKeyManagementServiceHostCaching=1)),
    ),
    "activation type kms": (BARE, {"activation_type": "kms"}, reading(keyed(PROPLUS_2016, activation_type="KMS"))),
    "activation type ad": (BARE, {"activation_type": "ad"}, reading(keyed(PROPLUS_2016, activation_type="AD"))),
    "activation type token": (
        BARE,
        {"activation_type": "token"},
        reading(keyed(PROPLUS_2016, activation_type="Token")),
    ),
    "activation type all": (reading(keyed(PROPLUS_2016, activation_type="KMS")), {"activation_type": "all"}, BARE),
    "UserOperations allowed": (
        BARE,
        {"user_operations": True},
        reading(keyed(PROPLUS_2016), registry=registry_key(SPP, UserOperations=1)),
    ),
    "UserOperations denied on Windows 7": (
        reading(keyed(PROPLUS_2016), registry=registry_key(OSPP, UserOperations=1), os_version=WINDOWS_7),
        {"user_operations": False},
        reading(keyed(PROPLUS_2016), registry=registry_key(OSPP, UserOperations=0), os_version=WINDOWS_7),
    ),
}

LICENSED_MAK = reading(keyed(PROPLUS_2016_MAK), keyed(SUBSCRIPTION))
PRODUCTS: dict[str, tuple[Reading, dict[str, Any], Reading]] = {
    "activation": (reading(keyed(PROPLUS_2016, "NOTIFICATIONS")), {"method": "kms"}, reading(keyed(PROPLUS_2016))),
    "from MAK to KMS": (LICENSED_MAK, {"method": "kms"}, reading(keyed(PROPLUS_2016), keyed(SUBSCRIPTION))),
    "from KMS to MAK": (
        reading(keyed(PROPLUS_2016), keyed(SUBSCRIPTION)),
        {"method": "mak", "key": MAK_KEY},
        LICENSED_MAK,
    ),
    "another MAK": (
        LICENSED_MAK,
        {"method": "mak", "key": NEW_MAK},
        reading(keyed(PROPLUS_2016_MAK, last_five="NEW16")),
    ),
    "a leftover key": (
        reading(keyed(PROPLUS_2016, "NOTIFICATIONS"), keyed(PROPLUS_2016_MAK)),
        {"method": "mak"},
        LICENSED_MAK,
    ),
    "a MAK that waits for its confirmation ID": (
        reading(keyed(PROPLUS_2016)),
        {"method": "mak_proxy", "key": MAK_KEY},
        reading(keyed(PROPLUS_2016_MAK, "OOB_GRACE")),
    ),
}


def predicted(before: Reading, operations: tuple[Operation, ...], focus: Focus) -> dict[str, Any]:
    return predict(view(before, focus), tuple(in_order(operations)), focus.settings)


@pytest.mark.parametrize("case", SETTINGS)
def test_predicted_settings_are_read_back(case: str) -> None:
    before, options, after = SETTINGS[case]
    settings = read_settings(options)
    plan = plan_client(before, DesiredClient(settings))
    assert plan.operations
    assert not plan.problems
    assert (
        predicted(before, plan.operations, Focus(settings))
        == view(after, Focus(settings))
        != view(before, Focus(settings))
    )


@pytest.mark.parametrize("case", SETTINGS)
def test_settings_that_were_read_back_need_nothing_more(case: str) -> None:
    _before, options, after = SETTINGS[case]
    assert not plan_client(after, DesiredClient(read_settings(options))).operations


@pytest.mark.parametrize("case", PRODUCTS)
def test_predicted_products_are_read_back(case: str) -> None:
    before, entry, after = PRODUCTS[case]
    products = read_products([{"product": "all", **entry}])
    focus = Focus(products=True, rules=ActivationRules())
    plan = plan_client(before, DesiredClient(products=products))
    assert plan.operations
    assert not plan.problems
    assert predicted(before, plan.operations, focus) == view(after, focus) != view(before, focus)


@pytest.mark.parametrize("case", PRODUCTS)
def test_products_that_were_read_back_need_nothing_more(case: str) -> None:
    _before, entry, after = PRODUCTS[case]
    assert not plan_client(after, DesiredClient(products=read_products([{"product": "all", **entry}]))).operations


def test_a_predicted_renewal_is_read_back() -> None:
    rules = ActivationRules(renew_below_days=30)
    focus = Focus(products=True, rules=rules)
    before, after = reading(keyed(PROPLUS_2016, grace=1440)), reading(keyed(PROPLUS_2016, grace=259200))
    plan = plan_activation(before, read_activation({"products": ["all"], "renew_below_days": 30}))
    assert view(before, focus) == {"products": {"Office 2016 proplus": {"WFG99 (kms_client)": "licensed, renewal due"}}}
    assert predicted(before, plan.operations, focus) == view(after, focus)


def test_a_predicted_confirmation_id_is_read_back() -> None:
    focus = Focus(products=True)
    before, after = reading(keyed(PROPLUS_2016_MAK, "OOB_GRACE")), reading(keyed(PROPLUS_2016_MAK))
    confirmations = [{"product": "proplus", "confirmation_id": "1" * 48}]
    plan = plan_activation(before, read_activation({"products": [], "confirmation_ids": confirmations}))
    assert predicted(before, plan.operations, focus) == view(after, focus)


def test_what_moves_by_itself_is_not_shown() -> None:
    focus = Focus(read_settings({"kms_host": NAME}), products=True)
    shown = f"{NAME}:1688"
    before = reading(keyed(PROPLUS_2016, grace=100, host=shown))
    after = reading(keyed(PROPLUS_2016, grace=99, host=shown, reason="0x4004F040"))
    assert view(before, focus) == view(after, focus)


def test_nothing_of_a_key_but_its_last_five_is_shown() -> None:
    before, entry, _after = PRODUCTS["from KMS to MAK"]
    plan = plan_client(before, DesiredClient(products=read_products([{"product": "all", **entry}])))
    assert MAK_KEY[:5] not in str(predicted(before, plan.operations, Focus(products=True)))


def test_settings_that_are_not_managed_are_not_shown() -> None:
    assert view(with_host(), Focus(read_settings({"host_caching": True}))) == {"host_caching": True}
    assert view(with_host(), Focus()) == {}
