# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role office_client: works without any variable, and refuses bad values before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from integration.playbook_run import play, plays_text, task
from integration.winsim_server import FleetServer, PlaybookRun

KEY = "KQXWJ-TBNRD-HFMPC-GYVKL-WRNXE"
ROLE = {"name": "officefleet.activation.office_client"}
PRODUCTS = "office_client_products"


def products(**entry: Any) -> dict[str, Any]:
    """Variables with one product."""
    return {PRODUCTS: [entry]}


# Variables that the role refuses, and what the message must hold: the variable (or option of the module) and the rule.
REFUSED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "products that are no list of products": ({PRODUCTS: "{{ vault_key }}"}, (PRODUCTS,)),
    "a product without method": (products(product="proplus"), ("method", PRODUCTS)),
    "an unknown method": (products(method="phone"), ("method", "mak_proxy")),
    "an unknown option of a product": (products(method="mak", keey="{{ vault_key }}"), ("keey",)),
    "an unknown family": (products(product="office", method="kms"), ("products[0].product", "unknown product")),
    "a malformed key": (products(method="mak", key="{{ vault_key[:23] }}"), ("products[0].key", "5 groups of 5")),
    "a KMS host that is no name": ({"office_client_kms_host": {"a": 1}}, ("kms_host", "a host name")),
    "a KMS host with port": ({"office_client_kms_host": "kms01:1688"}, ("kms_host", "without a port")),
    "port 0": ({"office_client_kms_host": "kms01", "office_client_kms_port": 0}, ("kms_port", "1 to 65535")),
    "a port as text": ({"office_client_kms_port": "http"}, ("office_client_kms_port", "int")),
    "a port without host": ({"office_client_kms_port": 1700}, ("kms_port", "needs kms_host")),
    "DNS discovery beside a host": (
        {"office_client_kms_host": "kms01", "office_client_dns_discovery": True},
        ("kms_host", "contradicts dns_discovery"),
    ),
    "a lookup domain that is none": ({"office_client_lookup_domain": "corp"}, ("lookup_domain", "DNS domain")),
    "an unknown activation type": ({"office_client_activation_type": "mak"}, ("office_client_activation_type", "kms")),
    "days that are none": ({"office_client_renew_below_days": 0}, ("renew_below_days", "1 to 180")),
    "too many retries": ({"office_client_activation_retries": 99}, ("activation_retries", "0 to 10")),
    "an unknown way with pending hosts": ({"office_client_on_pending": "ignore"}, ("office_client_on_pending", "warn")),
    "caching that is no boolean": ({"office_client_host_caching": "often"}, ("office_client_host_caching", "bool")),
}
NOT_GIVEN = {
    "office_client_kms_host": "",
    "office_client_kms_port": None,
    "office_client_renew_below_days": None,
    "office_client_lookup_domain": None,
    "office_client_host_caching": None,
    "office_client_user_operations": None,
}
FLEET = f"""
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example}}]}}}}
kms_hosts: {{kms01.corp.example: {{address: 127.10.24.11, port: 1688, serves: [2021], count: 9}}}}
defaults: {{domain: corp.example, office: [{{product: proplus, version: 2021}}]}}
hosts:
  refused[01:{len(REFUSED):02}]:
  plain:
  emptied: {{office: [{{product: proplus, version: 2021, lookup_domain: corp.example}}]}}
"""


def host_of(name: str) -> str:
    """The host of a case: one each, so that its log proves that nothing was sent."""
    return f"refused{list(REFUSED).index(name) + 1:02}"


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


def text_of_cases() -> str:
    """A play for each case. What fails inside the role is caught, so that the next play runs."""
    plays = []
    for name, (variables, _says) in REFUSED.items():
        block = {
            "block": [task("the role", "ansible.builtin.include_role", ROLE)],
            "rescue": [task(name, "ansible.builtin.debug", {"var": "ansible_failed_result"})],
        }
        plays.append(play(block, hosts=host_of(name), vars=variables, vars_files=["key.yml"]))
    return plays_text(*plays)


@pytest.fixture(scope="module")
def refusals(fleet: FleetServer) -> PlaybookRun:
    """All refused cases in one run, as talkative as an administrator who looks for the error makes it."""
    # A file that is read, as a vaulted one is: a key written in the playbook is shown by Ansible itself.
    (fleet.folder / "key.yml").write_text(f"vault_key: {KEY}\n")
    return fleet.play(text_of_cases(), "-vvv")


@pytest.mark.parametrize("name", REFUSED)
def test_bad_values_are_refused_before_anything_is_sent(name: str, refusals: PlaybookRun, fleet: FleetServer) -> None:
    failed = refusals.results(name)[host_of(name)]["ansible_failed_result"]
    assert [words for words in REFUSED[name][1] if words not in failed["msg"]] == [], failed["msg"]
    assert fleet.log(host_of(name)) == []


def test_the_validation_of_arguments_shows_no_key(refusals: PlaybookRun) -> None:
    for text in (refusals.stdout, refusals.stderr):
        assert KEY not in text
        assert KEY[:23] not in text


def test_without_any_variable_all_products_are_activated_by_kms(fleet: FleetServer) -> None:
    run = fleet.play(plays_text(play(hosts="plain", roles=[ROLE])))
    assert run.exit_code == 0, run.stdout
    product = fleet.product("plain", "ProPlus2021VL_KMS")
    assert product["LicenseStatus"] == "1"
    assert not product.get("KeyManagementServiceMachine")
    assert len(fleet.commands("plain")) == 2
    assert fleet.violations() == []


def test_variables_that_are_null_or_empty_count_as_not_given(fleet: FleetServer) -> None:
    run = fleet.play(plays_text(play(hosts="emptied", roles=[ROLE], vars=NOT_GIVEN)))
    assert run.exit_code == 0, run.stdout
    product = fleet.product("emptied", "ProPlus2021VL_KMS")
    assert product["LicenseStatus"] == "1"
    assert product["KeyManagementServiceLookupDomain"] == "corp.example"
