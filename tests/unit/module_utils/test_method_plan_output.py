# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan as an inventory file, and as a report for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.inventory.manager import InventoryManager
from ansible.parsing.dataloader import DataLoader
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan import plan_fleet
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_inventory import inventory_text
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_report import plan_report
from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import FleetPlan
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import BAD, Report
from unit.module_utils.plan_computers import computer, desks, product

AWAY: dict[str, Any] = {"reach": ("internet",)}
VISIO = product(family="visio_pro")
FLEET = [
    *desks(5),
    computer("member", activation_objects=(2021,)),
    computer("laptop1", **AWAY),
    computer("laptop2", product(), VISIO, **AWAY),
    computer("kept", product(mak="ABCDE"), **AWAY),
    computer("lab", reach=("proxy",)),
    computer("vault", product(2019), reach=()),
    computer("off", unread="It is off.", products=()),
    computer("cloud", needless="Microsoft 365.", products=()),
    computer("fe80::1", **AWAY),
    computer("yes", **AWAY),
]
PLANNED = ["kms", "ad", "mak", "mak_proxy", "telephone"]


@pytest.fixture(scope="module")
def plan() -> FleetPlan:
    return plan_fleet(FLEET)


@pytest.fixture(scope="module")
def inventory(plan: FleetPlan, tmp_path_factory: pytest.TempPathFactory) -> InventoryManager:
    """The file as Ansible reads it."""
    path = tmp_path_factory.mktemp("plan") / "activation_plan.yml"
    path.write_text(inventory_text(plan))
    return InventoryManager(DataLoader(), sources=[str(path)])


def products(inventory: InventoryManager, host: str) -> Any:
    """What the groups of a host say of its products."""
    found = [group.vars["office_client_products"] for group in inventory.get_host(host).groups if group.vars]
    (only,) = found
    return only


@pytest.mark.parametrize("method", PLANNED)
def test_each_method_has_its_group(method: str, inventory: InventoryManager, plan: FleetPlan) -> None:
    wanted = {entry.host for entry in plan.hosts if entry.method.value == method}
    assert {host.name for host in inventory.groups[f"activation_{method}"].get_hosts()} == wanted


def test_what_is_planned_is_one_group_and_the_rest_another_that_touches_nothing(inventory: InventoryManager) -> None:
    rest = inventory.groups["activation_unplanned"]
    assert {host.name for host in rest.get_hosts()} == {"off", "cloud"}
    assert rest.vars == {"office_client_products": []}
    assert len(inventory.groups["activation_planned"].get_hosts()) == len(FLEET) - 2


@pytest.mark.parametrize(
    ("host", "wanted"),
    [
        ("desk1", [{"product": "all", "method": "kms"}]),
        ("member", [{"product": "all", "method": "ad"}]),
        ("laptop1", [{"product": "proplus", "method": "mak", "key": "{{ vault_mak_proplus_2021 }}"}]),
        (
            "laptop2",
            [
                {"product": "proplus", "method": "mak", "key": "{{ vault_mak_proplus_2021 }}"},
                {"product": "visio_pro", "method": "mak", "key": "{{ vault_mak_visio_pro_2021 }}"},
            ],
        ),
        ("kept", [{"product": "proplus", "method": "mak"}]),
        ("lab", [{"product": "proplus", "method": "mak_proxy", "key": "{{ vault_mak_proplus_2021 }}"}]),
        ("vault", [{"product": "proplus", "method": "mak_proxy", "key": "{{ vault_mak_proplus_2019 }}"}]),
    ],
)
def test_a_host_has_the_products_that_the_role_office_client_takes(
    host: str, wanted: Any, inventory: InventoryManager
) -> None:
    assert products(inventory, host) == wanted


def test_computers_with_the_same_products_share_a_group(inventory: InventoryManager) -> None:
    group = inventory.groups["activation_mak_proplus_2021"]
    assert {host.name for host in group.get_hosts()} == {"laptop1", "fe80::1", "yes"}


def test_all_groups_are_there_in_an_empty_plan() -> None:
    groups = yaml.safe_load(inventory_text(FleetPlan()))["all"]["children"]
    assert list(groups["activation_planned"]["children"]) == [f"activation_{method}" for method in PLANNED]


def test_the_order_of_the_hosts_does_not_matter(plan: FleetPlan) -> None:
    assert inventory_text(plan_fleet(FLEET[::-1])) == inventory_text(plan)


# -- the report -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def report(plan: FleetPlan) -> Report:
    return plan_report(plan, "on 24 November 2026")


def rows(report: Report, key: str) -> list[tuple[Any, ...]]:
    """The rows of a table."""
    (table,) = [table for table in report.tables if table.key == key]
    return list(table.rows)


def test_every_row_has_a_cell_for_each_column(report: Report) -> None:
    assert [table.key for table in report.tables for row in table.rows if len(row) != len(table.columns)] == []


def test_the_subtitle_says_of_what_and_as_of_when(report: Report) -> None:
    assert report.subtitle == "The method for each of 15 computers. Made on 24 November 2026."


def test_the_figures_are_those_of_the_plan(report: Report) -> None:
    assert {figure.title: figure.value for figure in report.figures} == {
        "Computers planned": 13,
        "Not decided": 1,
        "MAK activations needed": 7,
        "Confirmation IDs needed for": 2,
        "Warnings": 0,
    }
    assert [figure.title for figure in report.figures if figure.tone == BAD] == ["Not decided"]


def test_the_chart_shows_every_method_in_use(report: Report) -> None:
    assert sum(bar.value for bar in report.charts[0].bars) == len(FLEET)


def test_every_computer_has_its_row_with_the_reason(report: Report, plan: FleetPlan) -> None:
    found = {row[0]: row[-1] for row in rows(report, "computers")}
    assert found == {entry.host: entry.reason for entry in plan.hosts}


def test_what_is_not_decided_stands_apart_with_the_reason(report: Report) -> None:
    assert rows(report, "undecided") == [("off", "default", "It is off.")]


def test_keys_are_listed_with_where_they_belong(report: Report) -> None:
    assert rows(report, "keys") == [
        ("KMS host key", "Office 2021", 5, None, "kms_host_products of the KMS host"),
        ("KMS host key", "Office 2021", 1, None, "the forest's activation object"),
        ("MAK", "Office 2019 proplus", 1, 1, "vault_mak_proplus_2019"),
        ("MAK", "Office 2021 proplus", 5, 5, "vault_mak_proplus_2021"),
        ("MAK", "Office 2021 visio_pro", 1, 1, "vault_mak_visio_pro_2021"),
    ]


def test_sites_are_listed_with_their_count(report: Report) -> None:
    assert rows(report, "sites") == [("default", 14, 5, 1, "Enough computers ask.")]


def test_warnings_are_listed_by_computer() -> None:
    report = plan_report(plan_fleet([*desks(5), computer("plain", elevated=False)]))
    assert [row[:2] for row in rows(report, "warnings")] == [("plain", "default")]


# -- names that can't be seen ---------------------------------------------------------------------------------------

#: A control character of Latin-1, a mark that turns the direction of writing, a tag beyond 16 bits, and a letter.
UNSEEN = "pc\x9b\u202e\U000e0041ü"


def test_what_can_not_be_seen_in_a_name_is_written_out() -> None:
    lines = inventory_text(plan_fleet([computer(UNSEEN, **AWAY)])).splitlines()
    assert r'"pc\U0000009b\U0000202e\U000e0041ü":' in map(str.strip, lines)


def test_a_name_that_is_written_out_is_read_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "activation_plan.yml"
    path.write_text(inventory_text(plan_fleet([computer(UNSEEN, **AWAY)])), encoding="utf-8")
    assert list(InventoryManager(DataLoader(), sources=[str(path)]).hosts) == [UNSEEN]
