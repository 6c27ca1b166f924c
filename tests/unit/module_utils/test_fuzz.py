# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every parser on many damaged inputs: it answers or raises its own error, and nothing is licensed that says it is not.

``make fuzz`` tries a million inputs, a plain run 20,000. A failure names the seed that makes its input again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from ansible_collections.officefleet.activation.plugins.filter.deploy_rearm_outcome import deploy_rearm_outcome
from ansible_collections.officefleet.activation.plugins.module_utils import (
    ad_object_reading,
    confirmation_digits,
    kms_host_reading,
    netsh_text,
    ospp_results,
    ospp_text,
    reading,
    registry_text,
    slmgr_text,
    vbscript_feature,
    windows_reading,
)
from ansible_collections.officefleet.activation.plugins.module_utils.confirmation_records import Request
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.status import status_data
from ansible_collections.officefleet.activation.plugins.plugin_utils._confirmation_files import (
    read_entries,
    write_requests,
)
from ansible_collections.officefleet.activation.plugins.plugin_utils._inventory_files import (
    read_inventory,
    write_inventory,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.module_utils import ad_object_output, fleet_samples, kms_host_output, windows_output
from unit.module_utils.damage import damaged
from unit.module_utils.host_output import PROPLUS_2016, TRANSCRIPTS, output, registered, transcript
from winsim import fleet as fleet_file
from winsim.fleet_checks import FleetError

pytestmark = [pytest.mark.one_core, pytest.mark.timeout(0)]

INPUTS = int(os.environ.get("OFFICEFLEET_FUZZ_INPUTS", "20000"))
NUMBERS = sorted(path.name.partition("-")[0] for path in TRANSCRIPTS.glob("*.txt"))
SCRIPTS = [transcript(number) for number in NUMBERS]
REGISTRY = registered(PROPLUS_2016, "kms01", "1688")
KEYED = [transcript(f"{number:02}") for number in range(1, 31)]
HOSTS = [output(text, registry=REGISTRY) for text in KEYED]
HOSTS += [output(transcript("23"), extras={"all": transcript("30"), "cmid": transcript("67"), "proxy": "x"})]
WINDOWS = [windows_output.LICENSED, windows_output.IN_GRACE, windows_output.BY_MAK, windows_output.BY_DIRECTORY]
WINDOWS_HOSTS = [kms_host_output.answer({"windows": text}) for text in (*WINDOWS, kms_host_output.WINDOWS_HOST)]
FORESTS = [
    ad_object_output.answer(text)
    for text in (ad_object_output.listing(ad_object_output.OBJECT_WINDOWS), ad_object_output.EMPTY)
]
ENGINES = [
    "@elevated\r\nHKEY_USERS\\S-1-5-19\r\n@dism\r\nError: 0x800f0954\r\n@vbscript\r\n@end\r\n",
    "@elevated\r\n@dism\r\nFehler: 87\r\n@end\r\n",
]
PROXIES = ["\r\nCurrent WinHTTP proxy settings:\r\n\r\n    Proxy Server(s) :  http=p:80;https=p:81\r\n"
           "    Bypass List     :  <local>;*.corp.example\r\n"]  # fmt: skip
EXAMPLE_FLEET = (Path(fleet_file.__file__).parent / "example-fleet.yml").read_text()
DIGITS = ["123456 " * 8, "A: 123456 B: 234567", "1234567-" * 9]


class Target(NamedTuple):
    """A parser, texts that it is made for, and the errors that are its own."""

    read: Callable[[str], object]
    texts: Sequence[str]
    errors: tuple[type[Exception], ...] = ()


def read_host(text: str) -> object:
    """A host's answer, and everything that is shown of it."""
    return status_data(reading.read_output(text).status)


def says_licensed(text: str, line: str) -> bool:
    return any(line in one for one in text.replace("\r", "\n").split("\n"))


def read_windows(text: str) -> object:
    found = windows_reading.read_windows(text)
    licensed = [one for one in windows_reading.windows_status(found)["licences"] if one["state"] == "licensed"]
    assert not licensed or says_licensed(text, "License Status: Licensed")
    return found


def read_kms_host(text: str) -> object:
    found = kms_host_reading.read_host(text)
    licensed = [one for licences in found.licences.values() for one in licences if one.licensed]
    assert not licensed or says_licensed(text, "License Status: Licensed")
    return found


def read_keyed(text: str) -> object:
    listing = ospp_text.parse_listing(text)
    licensed = [one for one in listing.licences if one.licensed]
    assert not licensed or says_licensed(text, "---LICENSED---")
    return ospp_text.listing_data(listing)


def read_rearm(text: str) -> object:
    return deploy_rearm_outcome({"rc": 0, "stdout": text, "stderr": text})


def read_results(text: str) -> object:
    return (
        ospp_results.parse_step(text),
        ospp_results.parse_act(text),
        ospp_results.parse_cmid(text),
        ospp_results.parse_history(text),
        ospp_results.parse_installation_ids(text),
    )


def read_slmgr(text: str) -> object:
    return slmgr_text.parse_result(text), slmgr_text.parse_error(text), slmgr_text.parse_installation_id(text)


def read_digits(text: str) -> object:
    with contextlib.suppress(InputError):
        confirmation_digits.read_installation_id("option", text)
    return confirmation_digits.read_confirmation_id("option", text)


TARGETS: dict[str, Target] = {
    "ospp listings": Target(read_keyed, KEYED, (ospp_text.OsppTextError,)),
    "ospp results": Target(read_results, SCRIPTS),
    "slmgr results": Target(read_slmgr, SCRIPTS),
    "slmgr listings": Target(slmgr_text.parse_licences, SCRIPTS, (slmgr_text.SlmgrTextError,)),
    "answers of clients": Target(read_host, HOSTS),
    "answers of KMS hosts": Target(read_kms_host, WINDOWS_HOSTS),
    "answers about Windows": Target(read_windows, WINDOWS_HOSTS),
    "answers about the forest": Target(ad_object_reading.read_forest, FORESTS),
    "reg query": Target(registry_text.parse_registry, [REGISTRY, *HOSTS[:2]]),
    "netsh": Target(netsh_text.parse_proxy, PROXIES),
    "DISM": Target(lambda text: vbscript_feature.engine_problem(vbscript_feature.read_engine(text)), ENGINES),
    "ospprearm": Target(read_rearm, SCRIPTS[:5]),
    "confirmation IDs": Target(read_digits, DIGITS, (InputError,)),
    "fleet files": Target(fleet_file.read, [EXAMPLE_FLEET, "hosts: {a: {faults: [slow]}}"], (FleetError,)),
}
FILES = ("inventory.csv", "inventory.json", "confirmations.csv", "confirmations.json")
EACH = INPUTS // (len(TARGETS) + len(FILES))
SEEDS = st.integers(0, 2**48)


@pytest.mark.parametrize("name", TARGETS)
def test_a_parser_answers_or_raises_its_own_error(name: str) -> None:
    target = TARGETS[name]

    @settings(max_examples=EACH, database=None)
    @given(SEEDS)
    def attempt(seed: int) -> None:
        with contextlib.suppress(target.errors):
            target.read(damaged(target.texts, seed))

    attempt()


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read_or_refused_with_an_error_about_the_option(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    is_inventory = name.startswith("inventory")
    if is_inventory:
        write_inventory([fleet_samples.host("pc01", fleet_samples.product(), fleet_samples.mak())], path)
    else:
        write_requests([Request("pc01", PROPLUS_2016.sku_id, "Office 2016 proplus", "MAK16", "1" * 63)], path)
    texts = [path.read_text(encoding="utf-8-sig")]

    @settings(max_examples=EACH, database=None)
    @given(SEEDS)
    def attempt(seed: int) -> None:
        path.write_bytes(damaged(texts, seed).encode("utf-8", "surrogatepass"))
        with contextlib.suppress(InputError):
            records: Any = read_inventory(path) if is_inventory else read_entries(path)
            list(records)

    attempt()


def test_the_example_fleet_is_a_fleet() -> None:
    assert fleet_file.read(yaml.safe_dump(yaml.safe_load(EXAMPLE_FLEET))).machines
