# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host costs: one remote command when nothing changes, and at most three in a task that changes something."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from integration.playbook_run import Answer, alike, ask
from integration.winsim_server import FleetServer

MAK = "AAAAA-BBBBB-CCCCC-DDDDD-MAK21"
FLEET = rf"""
dns: {{corp.example: {{_vlmcs: [{{host: kms01.corp.example}}], kms01: 10.9.1.1}}}}
kms_hosts: {{kms01.corp.example: {{address: 10.9.1.1, serves: [2013, 2016, 2019, 2021, 2024], count: 10}}}}
forest: {{domain: branch.example, activation_objects: [{{name: Office AO, serves: [2021]}}]}}
microsoft: {{maks: [{{key: {MAK}, office: 2021, family: proplus, limit: 50}}]}}
defaults: {{domain: corp.example, office: [{{product: proplus, version: 2021}}]}}
hosts:
  by_host:
  by_dns: {{office: [{{product: proplus, version: 2024, kms_override: {{host: old.example, port: 1700}}}}]}}
  by_directory: {{domain: branch.example, os: Windows 11}}
  by_mak:
  mixed:
    office:
      - {{product: proplus, version: 2021}}
      - {{product: visio_pro, version: 2021}}
      - {{product: project_std, version: 2019}}
  windows7: {{os: Windows 7, office: [{{product: proplus, version: 2013}}]}}
  script2013: {{os: Windows 8.1, office: [{{product: standard, version: 2013, bits: 32}}]}}
  beside2010: {{office: [{{product: proplus, version: 2010}}, {{product: proplus, version: 2016}}]}}
  subscription:
    office:
      - {{product: o365proplus, version: 2016, channel: subscription, state: licensed,
          key: AAAAA-BBBBB-CCCCC-DDDDD-SUB36}}
  unkeyed: {{office: [{{product: proplus, version: 2021, key: none}}]}}
"""
KMS = {"products": [{"method": "kms"}]}
WISHES = {
    "by_host": {**KMS, "kms_host": "kms01.corp.example", "user_operations": True, "host_caching": False},
    "by_dns": {**KMS, "dns_discovery": True, "lookup_domain": "corp.example"},
    "by_directory": {"products": [{"method": "ad"}], "activation_type": "ad"},
    "by_mak": {"products": [{"product": "proplus", "method": "mak", "key": MAK}]},
    "mixed": {
        "kms_host": "kms01.corp.example",
        "products": [{"method": "kms"}, {"product": "proplus", "method": "mak", "key": MAK}],
    },
    "windows7": {**KMS, "kms_host": "kms01.corp.example", "user_operations": True},
    "script2013": {**KMS, "kms_host": "kms01.corp.example"},
    "beside2010": {**KMS, "kms_host": "kms01.corp.example"},
    "subscription": KMS,
    "unkeyed": {**KMS, "kms_host": "kms01.corp.example"},
}
TO_BE_CHANGED = sorted(WISHES.keys() - {"unkeyed", "subscription"})


@dataclass(frozen=True)
class Runs:
    """The same task twice, and two readings."""

    first: dict[str, Answer]
    second: dict[str, Answer]
    info: dict[str, Answer]
    extras: dict[str, Answer]
    violations: list[str]
    modules: set[str]


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with FleetServer(FLEET) as fleet:
        yield Runs(
            ask(fleet, "ospp_client", WISHES),
            ask(fleet, "ospp_client", WISHES),
            ask(fleet, "ospp_info", alike(WISHES)),
            ask(fleet, "ospp_info", alike(WISHES, gather=["cmid", "installation_ids", "history"])),
            fleet.violations(),
            {entry["module"] for entry in fleet.log()},
        )


@pytest.mark.parametrize("host", WISHES)
def test_a_host_in_its_desired_state_costs_one_command(runs: Runs, host: str) -> None:
    assert (len(runs.second[host].commands), runs.second[host].changed) == (1, False)


@pytest.mark.parametrize("host", WISHES)
def test_info_costs_one_command(runs: Runs, host: str) -> None:
    assert (len(runs.info[host].commands), runs.info[host].changed) == (1, False)


@pytest.mark.parametrize("host", WISHES)
def test_info_reads_its_extras_in_the_same_command(runs: Runs, host: str) -> None:
    assert len(runs.extras[host].commands) == 1
    assert {"cmid", "installation_ids", "history"} <= set(runs.extras[host].result["status"])


@pytest.mark.parametrize("host", TO_BE_CHANGED)
def test_a_task_that_changes_a_host_costs_at_most_three_commands(runs: Runs, host: str) -> None:
    assert runs.first[host].changed
    assert len(runs.first[host].commands) <= 3


def test_a_product_without_any_key_costs_one_more_reading(runs: Runs) -> None:
    commands = runs.first["unkeyed"].commands
    assert len(commands) == 4
    assert ["/dstatusall" in command for command in commands] == [False, True, False, False]


def test_a_host_with_nothing_but_a_subscription_costs_one_command(runs: Runs) -> None:
    assert (len(runs.first["subscription"].commands), runs.first["subscription"].changed) == (1, False)


def test_everything_ends_licensed(runs: Runs) -> None:
    states = {
        f"{host} {licence['name']}": licence["state"]
        for host, answer in runs.second.items()
        for licence in answer.licences.values()
        if licence["office"] != 2010
    }
    assert set(states.values()) == {"licensed"}, states


def test_win_command_is_the_only_module_that_runs(runs: Runs) -> None:
    assert runs.modules == {"win_command"}


def test_only_the_plain_language_was_sent(runs: Runs) -> None:
    assert runs.violations == []


RETRY_FLEET = rf"""
microsoft: {{maks: [{{key: {MAK}, office: 2021, family: proplus, limit: 50}}]}}
defaults:
  domain: corp.example
  office: [{{product: proplus, version: 2021, key: {MAK}}}]
  faults: [{{microsoft_unreachable: {{when: ' /act', times: 2}}}}]
hosts:
  no_retry:
  one_retry:
  enough:
"""


@pytest.fixture(scope="module")
def retried() -> Iterator[dict[str, Answer]]:
    """Microsoft can't be reached the first two times."""
    with FleetServer(RETRY_FLEET) as fleet:
        mak = {"products": [{"method": "mak"}], "activation_retry_delay": 0}
        yield ask(
            fleet,
            "ospp_client",
            {
                "no_retry": mak,
                "one_retry": {**mak, "activation_retries": 1},
                "enough": {**mak, "activation_retries": 5},
            },
        )


@pytest.mark.parametrize(
    ("host", "commands", "failed"), [("no_retry", 3, True), ("one_retry", 4, True), ("enough", 4, False)]
)
def test_a_retry_adds_one_command_and_so_does_a_look_at_the_proxy_where_all_failed(
    retried: dict[str, Answer], host: str, commands: int, failed: bool
) -> None:
    assert (len(retried[host].commands), retried[host].failed) == (commands, failed)
