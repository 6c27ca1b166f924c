# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page that report.yml writes of a simulated fleet, in Chromium: what it shows is in the database, and is true.

The truth is the state of the simulated machines, which share no code with what reads and reports them.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from integration.winsim_server import FleetServer
from pages.opened_page import OpenPage
from pages.table_reader import ShownTable
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.needs("chromium")

KEY = "AAAAA-BBBBB-CCCCC-DDDDD"
FLEET = f"""
clock: 2026-11-24T08:00:00Z
dns: {{corp.example: {{kms01: 127.10.62.11, _vlmcs: [{{host: kms01.corp.example}}]}}}}
kms_hosts: {{kms01.corp.example: {{address: 127.10.62.11, serves: [2016, 2021], count: 10}}}}
microsoft:
  maks:
    - {{key: {KEY}-LTP21, office: 2021, family: proplus, limit: 50, used: 12}}
    - {{key: {KEY}-FULLX, office: 2016, family: proplus, limit: 5, used: 5}}
defaults: {{domain: corp.example, office: [{{product: proplus, version: 2021}}]}}
hosts:
  kms01.corp.example: {{groups: [kms_hosts], os: Windows Server 2022, office: []}}
  desk01:
  desk02: {{cmid: 11111111-2222-3333-4444-555555555555}}
  desk03: {{cmid: 11111111-2222-3333-4444-555555555555}}
  studio01: {{office: [{{product: proplus, version: 2021}}, {{product: visio_pro, version: 2021}}]}}
  laptop[01:02]:
    vars: {{office_client_products: [{{product: proplus, method: mak, key: {KEY}-LTP21, budget: 20}}]}}
  fullkey01:
    office: [{{product: proplus, version: 2016}}]
    vars: {{office_client_products: [{{product: proplus, method: mak, key: {KEY}-FULLX}}]}}
  kiosk01: {{elevated: false}}
  island01: {{reach: {{kms: false}}}}
  bare01: {{office: []}}
  gone01: {{vars: {{ansible_port: 1}}}}
"""
KMS_HOST = "kms01.corp.example"
KEYED = ("desk01", "desk02", "desk03", "fullkey01", "island01", "kiosk01", "laptop01", "laptop02", "studio01")
USED_BEFORE = {"LTP21": 12, "FULLX": 5}
BUDGET = 20
#: The numbers by which a machine knows its licence states, and the words of the page.
STATES = {"1": "licensed", "2": "grace after installation", "5": "notification"}
#: Where a failing host stands, words of its cause and of its remedy.
PROBLEMS = {
    "fullkey01": ("unlicensed", "The MAK has no activations left", "Ask volume licensing for more activations"),
    "island01": ("unlicensed", "No KMS host answers", "Test port 1688/TCP"),
    "kiosk01": ("need_person", "The account is not elevated", "Connect as a local administrator"),
    "bare01": ("need_person", "No Office is installed", "Install a volume edition of Office"),
    "gone01": ("need_person", "The host could not be reached", "Check that it is switched on"),
}
#: The products that are counted.
COUNTED = """
CREATE TEMP VIEW counted AS SELECT host, state FROM product WHERE channel NOT IN ('kms_host', 'subscription')
"""
Sql = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    """A fleet that site.yml has activated and recorded, and that report.yml has read and reported."""
    with FleetServer(FLEET) as running:
        options = {
            "officefleet_store_url": str(running.folder / "fleet.sqlite"),
            "officefleet_report_folder": str(running.folder / "report"),
            "office_client_activation_retry_delay": 0,
        }
        for name, hosts in (("site", "all:!kms_hosts"), ("report", "all")):
            extra = json.dumps({**options, "officefleet_hosts": hosts})
            running.play(Path(f"officefleet.activation.{name}"), "-e", extra)
        yield running


@pytest.fixture(scope="module")
def files(fleet: FleetServer) -> dict[str, Path]:
    """The page of this fleet instead of those that are built by hand."""
    return {"fleet": fleet.folder / "report" / "report.html"}


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """The page; a word on the console or a request fails the test."""
    return open_page("fleet")


@pytest.fixture
def database(fleet: FleetServer) -> Iterator[Sql]:
    """Ask the store without the collection's code."""
    with sqlite3.connect(fleet.folder / "fleet.sqlite") as connection:
        connection.execute(COUNTED)
        yield lambda query: sorted(connection.execute(query).fetchall())


def office_products(fleet: FleetServer, host: str) -> list[dict[str, str]]:
    """The Office products of a machine that have a key."""
    products = fleet.state(host)["licensing"]["products"]
    return [one for one in products if one["Name"].startswith("Office") and one["PartialProductKey"]]


def machines(fleet: FleetServer, *hosts: str) -> list[tuple[str, str, str]]:
    """Host, last five and state of every Office product with a key, as the machines have it."""
    return sorted(
        (host, one["PartialProductKey"], STATES[one["LicenseStatus"]])
        for host in hosts
        for one in office_products(fleet, host)
    )


def used_at_microsoft(fleet: FleetServer, last_five: str) -> int:
    """How many activations of a MAK Microsoft has counted since the fleet was made."""
    (key,) = [one for one in fleet.world()["microsoft"]["keys"] if one["key"].endswith(last_five)]
    return int(key["used"]) - USED_BEFORE[last_five]


def figures(page: Page) -> dict[str, int]:
    """The figures at the top, as a reader sees them."""
    titles, numbers = (page.locator(f".figure {part}").all_inner_texts() for part in (".figure-title", "strong"))
    return {title: int(number.replace(",", "")) for title, number in zip(titles, numbers, strict=True)}


def shown(page: Page, key: str, *titles: str) -> list[tuple[str, ...]]:
    """Some columns of a table, as a reader sees them."""
    table = ShownTable(page, key)
    return sorted(zip(*(table.column(title) for title in titles), strict=True))


# -- the database ---------------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_database(page: Page, database: Sql) -> None:
    (numbers,) = database(
        """SELECT (SELECT count(*) FROM host),
            (SELECT count(DISTINCT host) FROM counted WHERE host NOT IN
                (SELECT host FROM counted WHERE state != 'licensed')),
            (SELECT count(*) FROM counted WHERE state != 'licensed'),
            (SELECT count(*) FROM host WHERE problem_cause IS NOT NULL),
            (SELECT sum(budget) FROM mak_key) - (SELECT count(*) FROM activation WHERE fingerprint IS NOT NULL)"""
    )
    titles = ("Hosts", "Licensed hosts", "Unlicensed products", "Hosts that need a person", "MAK activations left")
    assert tuple(figures(page)[title] for title in titles) == numbers


def test_the_numbers_beside_the_tables_are_those_of_the_database(page: Page, database: Sql) -> None:
    queries = {
        "unlicensed": "SELECT count(*) FROM counted WHERE state != 'licensed'",
        "need_person": "SELECT count(*) FROM host WHERE problem_cause IS NOT NULL",
        "mak_usage": "SELECT count(DISTINCT last_five) FROM product WHERE channel = 'mak'",
        "duplicate_cmid": "SELECT count(*) FROM host one WHERE cmid IN (SELECT cmid FROM host WHERE name != one.name)",
        "kms_hosts": "SELECT count(*) FROM product WHERE channel = 'kms_host'",
        "products": "SELECT count(*) FROM product",
        "runs": "SELECT count(*) FROM run",
    }
    counted = {key: int(ShownTable(page, key).count().split()[0]) for key in queries}
    assert counted == {key: database(query)[0][0] for key, query in queries.items()}


def test_the_rows_of_all_products_are_those_of_the_database(page: Page, database: Sql) -> None:
    columns = shown(page, "products", "Host", "Product", "Channel", "Key (last five)")
    assert columns == database("SELECT host, product, channel, last_five FROM product")


# -- the machines ---------------------------------------------------------------------------------------------------


def test_every_product_with_its_state_is_as_on_its_machine(page: Page, fleet: FleetServer) -> None:
    truth = machines(fleet, *KEYED, KMS_HOST)
    assert shown(page, "products", "Host", "Key (last five)", "State") == truth


def test_the_unlicensed_are_those_that_their_machines_do_not_call_licensed(page: Page, fleet: FleetServer) -> None:
    truth = [one for one in machines(fleet, *KEYED) if one[2] != "licensed"]
    assert shown(page, "unlicensed", "Host", "Key (last five)", "State") == truth
    assert figures(page)["Unlicensed products"] == len(truth) == 3


def test_the_licensed_hosts_are_those_with_nothing_else_on_them(page: Page, fleet: FleetServer) -> None:
    states: dict[str, set[str]] = {}
    for host, _key, state in machines(fleet, *KEYED):
        states.setdefault(host, set()).add(state)
    assert figures(page)["Licensed hosts"] == sum(found == {"licensed"} for found in states.values()) == 6


def test_the_bars_count_the_products_of_the_machines(page: Page, fleet: FleetServer) -> None:
    bars = page.locator("svg g > title").all_text_contents()
    for state, count in Counter(state for _host, _key, state in machines(fleet, *KEYED)).items():
        assert [bar for bar in bars if bar.startswith(f"{state}: {count} products")]


def test_the_activations_of_a_mak_are_those_that_microsoft_counted(page: Page, fleet: FleetServer) -> None:
    usage = shown(page, "mak_usage", "Key (last five)", "Activations spent")
    assert usage == [(key, str(used_at_microsoft(fleet, key))) for key in sorted(USED_BEFORE)]
    assert figures(page)["MAK activations left"] == BUDGET - used_at_microsoft(fleet, "LTP21")


def test_the_count_of_the_kms_host_is_its_own(page: Page, fleet: FleetServer) -> None:
    own = [
        (one["PartialProductKey"], one["KeyManagementServiceCurrentCount"]) for one in office_products(fleet, KMS_HOST)
    ]
    assert shown(page, "kms_hosts", "Key (last five)", "Computers counted") == sorted(own)


def test_who_activated_what_is_what_the_machines_remember(page: Page, fleet: FleetServer) -> None:
    licensed = [
        one for host in KEYED for one in office_products(fleet, host) if STATES[one["LicenseStatus"]] == "licensed"
    ]
    truth = Counter(
        f"{one['DiscoveredKeyManagementServiceMachineName']}:{one['DiscoveredKeyManagementServiceMachinePort']}"
        if "KMS_Client" in one["Name"]
        else one["PartialProductKey"]
        for one in licensed
    )
    assert shown(page, "by_authority", "Name", "Products") == sorted((name, str(n)) for name, n in truth.items())


def test_computers_that_share_a_cmid_share_it_on_the_machines(page: Page, fleet: FleetServer) -> None:
    cmids = {host: fleet.state(host)["licensing"]["service"]["ClientMachineID"] for host in KEYED}
    count = Counter(cmids.values())
    truth = sorted((host, cmid) for host, cmid in cmids.items() if count[cmid] > 1)
    assert shown(page, "duplicate_cmid", "Host", "CMID") == truth != []


# -- for the reader -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", PROBLEMS)
def test_a_failing_host_is_in_sight_with_cause_and_remedy(page: Page, host: str) -> None:
    key, cause, remedy = PROBLEMS[host]
    row = page.locator(f"#table-{key} tbody tr").filter(has=page.get_by_text(host, exact=True))
    expect(row).to_be_visible()
    expect(row).to_contain_text(cause)
    expect(row).to_contain_text(remedy)


def test_the_filter_for_a_host_finds_it_in_every_table_that_names_it(page: Page) -> None:
    page.get_by_label("Host name").fill("kiosk01")
    assert {key: ShownTable(page, key).hosts() for key in ("unlicensed", "need_person", "products")} == {
        "unlicensed": ["kiosk01"],
        "need_person": ["kiosk01"],
        "products": ["kiosk01"],
    }
