# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of hosts, groups and products and messages of connections that mean harm do none, in any output of a playbook.

Host and group names are the inventory's, product names are what a machine tells of itself. The machines have plain
names; only the inventory calls them something else.
"""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from integration.playbook_run import play, plays_text, task
from integration.winsim_server import FleetServer, PlaybookRun
from prometheus_client.parser import text_string_to_metric_families

MARKUP = "<img src=x onerror=alert(1)>"
FORMULA = "=cmd|' /C calc'!A0"
SQL = "'); DROP TABLE host; --"
#: Ansible itself would take a name with [ for a range of hosts.
TITLE = "\x1b]0;owned\x07"
ESCAPES = "\x1b[2J\x1b[31mred\x9b1m"
RIGHT_TO_LEFT = "fdp\u202egpj.exe"
TWO_LINES = "one\nok: two"
MARKDOWN = "a|b`c`*d*<!--"
END = "</script><script>alert(1)</script>"
PRODUCTS = (MARKUP, FORMULA, SQL, ESCAPES, RIGHT_TO_LEFT, END, MARKDOWN)
HOSTS = (FORMULA, SQL, TITLE, RIGHT_TO_LEFT, END, MARKDOWN, TWO_LINES, MARKUP)
KMS_HOST = f'kms "{{}}{TITLE}{TWO_LINES}{MARKUP}\\'
GONE, ADDRESS = "gone", "ADDRESS-OF-GONE"
FLEET = """
dns: {corp.example: {kms01: 127.10.64.11, _vlmcs: [{host: kms01.corp.example}]}}
kms_hosts: {kms01.corp.example: {address: 127.10.64.11, serves: [2021], count: 10}}
defaults: {domain: corp.example, office: [{product: proplus, version: 2021}]}
hosts:
  kms01.corp.example: {groups: [kms_hosts], os: Windows Server 2022, office: []}
  m[0:7]:
  gone:
"""


class Fleet(FleetServer):
    """A fleet whose inventory and machines use texts that mean harm, and the files that playbooks write of it."""

    @property
    def mark(self) -> Path:
        """A file that is there when a template was evaluated."""
        return self.folder / "owned"

    @property
    def template(self) -> str:
        """A template that leaves a mark where it is evaluated."""
        return f"{{{{ lookup('ansible.builtin.pipe', 'touch {self.mark}') }}}}"

    @property
    def products(self) -> dict[str, str]:
        """The product names by host."""
        return dict(zip(HOSTS, (*PRODUCTS, self.template), strict=True))

    def make_hostile(self) -> None:
        """Give machines and inventory their names."""
        for number, name in enumerate(self.products.values()):
            sku_id = self.product(f"m{number}", "ProPlus2021VL_KMS")["ID"]
            self.change(f"m{number}", products={sku_id: {"Name": f"{name} edition"}})
        machines = yaml.safe_load(self.inventory.read_text())["all"]["children"]["winsim"]
        hosts = {name: machines["hosts"][f"m{number}"] for number, name in enumerate(HOSTS)}
        hosts[GONE] = {"ansible_host": ADDRESS}
        for name in HOSTS[::2]:
            hosts[name] = {**hosts[name], "activation_plan_reach": ["internet"]}
        hosts[KMS_HOST] = machines["hosts"]["kms01.corp.example"]
        groups = {f"{name} group": {"hosts": {name: {}}} for name in HOSTS}
        groups["kms_hosts"] = {"hosts": {KMS_HOST: {}}}
        text = yaml.safe_dump({"all": {**machines, "hosts": hosts, "children": groups}})
        # The address is not the inventory's, but one that came from elsewhere: no template of Ansible.
        address = json.dumps(f"{MARKUP}{FORMULA}{TITLE}{RIGHT_TO_LEFT}{self.template}")
        self.inventory.write_text(text.replace(ADDRESS, f"!unsafe {address}"))

    def run(self, name: str, **variables: Any) -> PlaybookRun:
        """Run a playbook of the collection with the places of its files."""
        extra = {"officefleet_hosts": "all:!kms_hosts", "officefleet_store_url": f"{self.folder}/fleet.sqlite"}
        run = self.play(Path(f"officefleet.activation.{name}"), "-e", json.dumps({**extra, **variables}))
        assert run.exit_code in (0, 4), run.stdout + run.stderr
        return run

    def text(self, name: str) -> str:
        """What a file holds."""
        return (self.folder / name).read_bytes().decode()


@pytest.fixture(scope="module")
def fleet() -> Iterator[Fleet]:
    with Fleet(FLEET) as running:
        running.make_hostile()
        yield running


@pytest.fixture(scope="module")
def runs(fleet: Fleet) -> dict[str, PlaybookRun]:
    """Every playbook that writes something, once, and the store carried to another one by both kinds of file."""
    folder = fleet.folder
    report = {"officefleet_report_folder": f"{folder}", "officefleet_prometheus_file": f"{folder}/fleet.prom"}
    plan = {"officefleet_plan_file": f"{folder}/plan.yml", "officefleet_plan_page": f"{folder}/plan.html"}
    formats = {"officefleet_report_formats": ["html", "csv", "json", "markdown"], "officefleet_hosts": "all"}
    carried = []
    for form in ("csv", "json"):
        path = f"{folder}/carried.{form}"
        carried += [
            task("export", "activation_export", {"path": path, "store": f"{folder}/fleet.sqlite"}, run_once=True),
            task("import", "activation_import", {"path": path, "store": f"{folder}/{form}.sqlite"}, run_once=True),
        ]
    return {
        "site": fleet.run("site"),
        "report": fleet.run("report", **report, **formats),
        "status": fleet.run("status", officefleet_status_file=f"{folder}/status.json"),
        "plan": fleet.run("plan", **plan),
        "carried": fleet.play(plays_text(play(*carried, hosts="kms_hosts"))),
    }


class Elements(HTMLParser):
    """The elements of a page with their attributes, and the data that it carries for its script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.data: list[Any] = []
        self._in_data = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._in_data = dict(attrs).get("type") == "application/json"

    def handle_endtag(self, tag: str) -> None:
        self._in_data = False

    def handle_data(self, data: str) -> None:
        if self._in_data:
            self.data.append(json.loads(data))


def told(run: PlaybookRun) -> list[str]:
    """The lines that tasks of our playbooks print."""
    results = [result for one in run.report["plays"] for item in one["tasks"] for result in item["hosts"].values()]
    return [line for result in results if isinstance(result.get("msg"), list) for line in result["msg"]]


def rows_of(database: Path, query: str) -> list[tuple[Any, ...]]:
    """What a store holds, read without the collection's code."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


# -- templates ------------------------------------------------------------------------------------------------------


def test_no_template_of_a_machine_is_evaluated(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    assert any(fleet.template in line for line in told(runs["status"]))
    assert not fleet.mark.exists()


# -- the job log ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["site", "report", "status", "plan"])
def test_lines_of_the_job_log_obey_nothing(runs: dict[str, PlaybookRun], name: str) -> None:
    lines = told(runs[name])
    assert len(lines) > 2
    assert [line for line in lines if not line.isprintable()] == []


def test_a_host_can_not_forge_a_line_of_the_job_log(runs: dict[str, PlaybookRun]) -> None:
    assert any(line.startswith("one?ok: two") for line in told(runs["status"]))


# -- the store ------------------------------------------------------------------------------------------------------


def test_the_store_holds_every_name_as_it_is(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    names = [name for (name,) in rows_of(fleet.folder / "fleet.sqlite", "SELECT name FROM host")]
    assert sorted(names) == sorted((*HOSTS, KMS_HOST, GONE))


@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_file_carries_every_name_to_another_store_as_it_is(
    fleet: Fleet, runs: dict[str, PlaybookRun], form: str
) -> None:
    assert runs["carried"].exit_code == 0
    stores = [fleet.folder / f"{name}.sqlite" for name in ("fleet", form)]
    ours, theirs = (rows_of(path, "SELECT host, name, product FROM product ORDER BY host") for path in stores)
    assert ours == theirs != []


# -- files of the report --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["report.html", "plan.html"])
def test_no_name_becomes_an_element_of_a_page(fleet: Fleet, runs: dict[str, PlaybookRun], name: str) -> None:
    elements = Elements(fleet.text(name))
    scripts = [attributes for tag, attributes in elements.found if tag == "script" and "type" not in attributes]
    assert (len(scripts), [tag for tag, _attributes in elements.found if tag == "img"]) == (1, [])
    assert not any(attribute.startswith("on") for _tag, attributes in elements.found for attribute in attributes)


@pytest.mark.parametrize(("name", "key"), [("report.html", "products"), ("plan.html", "computers")])
def test_a_page_shows_what_would_act_unseen(fleet: Fleet, runs: dict[str, PlaybookRun], name: str, key: str) -> None:
    (table,) = [data for data in Elements(fleet.text(name)).data if data["key"] == key]
    assert {MARKUP, FORMULA, SQL, END, MARKDOWN, "␛]0;owned␇", "fdp<U+202E>gpj.exe"} <= set(table["values"][0])
    assert not set("\x1b\x9b\u202e") & set(fleet.text(name))


def test_no_cell_of_a_csv_file_is_a_formula(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    files = sorted(fleet.folder.glob("*.csv"))
    cells = [cell for path in files for row in csv.reader(path.open(encoding="utf-8-sig", newline="")) for cell in row]
    assert f"'{FORMULA}" in cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@")) or not cell.isprintable()] == []


def test_every_row_of_a_table_in_the_markdown_file_stays_one(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    text = fleet.text("report.md")
    _before, _title, table = text.partition("## All products")
    rows = [line for line in table.partition("## ")[0].splitlines() if line.startswith("|")]
    assert len(rows) == 2 + len(HOSTS) + 1
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
    assert "<" not in text


def test_the_json_file_has_every_name_as_it_is(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    rows = json.loads(fleet.text("report.json"))["tables"]["products"]
    assert {row["host"] for row in rows} == {*HOSTS, KMS_HOST}


def test_prometheus_can_read_its_file(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    families = {family.name: family for family in text_string_to_metric_families(fleet.text("fleet.prom"))}
    (sample,) = families["officefleet_kms_host_counted_computers"].samples
    assert sample.labels["host"] == re.sub("[\x00-\x1f]", "?", KMS_HOST)


def test_the_data_of_the_status_has_every_name_as_it_is(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    assert {row["host"] for row in json.loads(fleet.text("status.json"))} == {*HOSTS, GONE}


# -- files of the plan ----------------------------------------------------------------------------------------------


def test_the_planned_inventory_has_every_name_as_it_is(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    groups = yaml.safe_load(fleet.text("plan.yml"))["all"]["children"]
    planned = groups["activation_planned"]["children"]
    by_mak = [group["hosts"] for group in planned["activation_mak"]["children"].values()]
    names = {name for hosts in (*by_mak, planned["activation_kms"]["hosts"]) for name in hosts}
    assert names == set(HOSTS)


def test_the_planned_inventory_hides_nothing_from_who_reads_it(fleet: Fleet, runs: dict[str, PlaybookRun]) -> None:
    assert fleet.text("plan.yml").replace("\n", "").isprintable()
