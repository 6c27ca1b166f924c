# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""kms_host where something is wrong: with a key, a product, the server or the connection; and the run after it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pytest
import yaml
from ansible.release import __version__
from integration.kms_host_fleet import OFFICES, WINDOWS, fleet_text, host_key
from integration.playbook_run import Answer, alike, ask, licensing_state, play, plays_text, task
from integration.winsim_server import FleetServer

pytestmark = pytest.mark.one_core

RESTART = "restart the service sppsvc, so that the settings take effect"


class Bad(NamedTuple):
    """Words of the cause and of the remedy, and the code where there is one."""

    cause: str
    remedy: str
    code: str | None = None


# -- one product of two ---------------------------------------------------------------------------------------------

NO_2021 = [{"channel": "kms_host", "version": office, "key": "none"} for office in (2013, 2016)]
PRODUCT_HOSTS: dict[str, Any] = {
    "no_pack": {"office": NO_2021},
    "wrong_key": {"office": NO_2021},
    "unknown_key": {},
    "wrong_licence": {},
    "no_key": {},
    "blocked": {},
    "used_up": {},
    "too_old": {"os": "Windows Server 2012 R2"},
    "no_windows_pack": {"os": "Windows Server 2019"},
}


def keyed(hosts: dict[str, Any], host: str, product: int | str, of: int | str | None = None) -> dict[str, Any]:
    """A product with its key, or with the key ``of`` another."""
    return {"product": str(product), "key": host_key(hosts, host, of or product)}


PRODUCTS: dict[str, dict[str, Any]] = {
    host: keyed(PRODUCT_HOSTS, host, 2021) for host in ("no_pack", "blocked", "used_up", "too_old")
} | {
    "wrong_key": keyed(PRODUCT_HOSTS, "wrong_key", 2016, of=2021),
    "wrong_licence": keyed(PRODUCT_HOSTS, "wrong_licence", 2016, of=2021),
    "unknown_key": {"product": "2021", "key": "AAAAA-BBBBB-CCCCC-DDDDD-QQQQQ"},
    "no_key": {"product": "2021"},
    "no_windows_pack": keyed(PRODUCT_HOSTS, "no_windows_pack", WINDOWS),
}
SAID = {
    "no_pack": Bad("The KMS host licence of this Office version is not installed", "Volume License Pack"),
    "wrong_key": Bad("No KMS host licence installed on this computer takes this key", "Compare the key", "0xC004F069"),
    "unknown_key": Bad("The key is no valid key for any licence", "Volume Licensing Service Center", "0xC004F050"),
    "wrong_licence": Bad("it is the key of another version", "kms_host_info"),
    "no_key": Bad("has no key, and none is given", "Give the KMS host key (CSVLK)"),
    "blocked": Bad("because it is blocked", "Ask volume licensing", "0xC004C003"),
    "used_up": Bad("has used up its activations", "Activate by telephone", "0xC004C008"),
    "too_old": Bad("This Windows is too old", "LTSC 2021 needs Server 2016"),
    "no_windows_pack": Bad("takes this key", "Compare the key", "0xC004F069"),
}
KEY_VALUES = {
    host_key(PRODUCT_HOSTS, "blocked", 2021): {"blocked": True},
    host_key(PRODUCT_HOSTS, "used_up", 2021): {"used": 60},
}


@pytest.fixture(scope="module")
def products() -> Iterator[dict[str, list[Answer]]]:
    """Two runs for a product that fails and one that does not."""
    wishes = {
        host: {"products": [product, keyed(PRODUCT_HOSTS, host, 2013)], "port": 1700}
        for host, product in PRODUCTS.items()
    }
    with FleetServer(fleet_text(PRODUCT_HOSTS, KEY_VALUES)) as fleet:
        first, second = ask(fleet, "kms_host", wishes), ask(fleet, "kms_host", wishes)
        yield {host: [first[host], second[host]] for host in wishes}
        assert fleet.violations() == []


@pytest.mark.parametrize("host", PRODUCTS)
def test_a_product_that_fails_says_why(products: dict[str, list[Answer]], host: str) -> None:
    label = "Windows" if host == "no_windows_pack" else f"Office {PRODUCTS[host]['product']}"
    for answer in products[host]:
        assert answer.failed
        assert set(answer.failures) == {label}
        failure = answer.failures[label]
        assert SAID[host].cause in failure["cause"]
        assert SAID[host].remedy in failure["remedy"]
        assert failure["code"] == SAID[host].code
        assert answer.outcomes[label]["result"] == "failed"
        assert failure["remedy"] in answer.message


@pytest.mark.parametrize("host", PRODUCTS)
def test_the_other_product_and_the_settings_are_done(products: dict[str, list[Answer]], host: str) -> None:
    first, second = products[host]
    for answer in (first, second):
        assert answer.outcomes["Office 2013"]["result"] == "licensed"
        assert answer.result["diff"]["after"]["port"] == 1700
    assert (first.changed, second.changed) == (True, False)
    assert RESTART not in second.operations


# -- Microsoft out of reach, and the run after ----------------------------------------------------------------------


PROXY = {"server": "proxy.corp.example:8080", "authenticating": True, "bypass": "<local>"}
OUT_OF_REACH: dict[str, Any] = {"cut_off": {"reach": {"microsoft": False}}, "behind_proxy": {"winhttp_proxy": PROXY}}


class Reach(NamedTuple):
    """A run without a way to Microsoft, and for one server a run with it."""

    failed: dict[str, Answer]
    again: Answer


@pytest.fixture(scope="module")
def reach() -> Iterator[Reach]:
    wishes = {host: {"products": [keyed(OUT_OF_REACH, host, office) for office in OFFICES]} for host in OUT_OF_REACH}
    with FleetServer(fleet_text(OUT_OF_REACH)) as fleet:
        failed = ask(fleet, "kms_host", wishes)
        fleet.change("cut_off", reach={"microsoft": True})
        yield Reach(failed, ask(fleet, "kms_host", {"cut_off": wishes["cut_off"]})["cut_off"])
        assert fleet.violations() == []


def test_microsoft_out_of_reach_and_back(reach: Reach) -> None:
    failed = reach.failed["cut_off"]
    assert {failure["code"] for failure in failed.result["failures"]} == {"0x80072EE7"}
    assert failed.outcomes["Office 2021"]["retryable"] is True
    assert "Microsoft's activation server is not reached, and the host has no WinHTTP proxy" in failed.message
    assert failed.changed
    assert not reach.again.failed, reach.again.message
    assert reach.again.operations == [f"activate the KMS host Office {office}" for office in OFFICES]


def test_a_proxy_that_holds_the_activation_up_is_told_with_the_ways_out(reach: Reach) -> None:
    failure = reach.failed["behind_proxy"].failures["Office 2021"]
    ways = ("proxy.corp.example:8080, bypass list <local>", "exempt", "by telephone (activation: telephone)")
    assert (failure["code"], "asks for a password" in failure["cause"]) == ("0x8004FE33", True)
    assert [way for way in ways if way not in failure["remedy"]] == []
    assert reach.failed["behind_proxy"].outcomes["Office 2021"]["remedy"] == failure["remedy"]


def test_the_proxy_is_read_once_and_only_where_microsoft_was_not_reached(reach: Reach) -> None:
    looks = [sum("netsh" in line for line in answer.commands) for answer in (*reach.failed.values(), reach.again)]
    assert looks == [1, 1, 0]


# -- servers that can't be worked on --------------------------------------------------------------------------------

SERVERS: dict[str, Any] = {
    "not_elevated": {"elevated": False},
    "disabled": {"faults": ["service_disabled"]},
    "disabled_german": {"faults": ["service_disabled"], "language": "de-DE"},
    "absent": {"faults": ["service_absent"]},
    "no_vbscript": {"vbscript": False},
    "cut": {"faults": ["cut_output"]},
    "not_windows": {"vars": {"ansible_connection": "local"}},
}
SAID_OF_SERVERS = {
    "not_elevated": Bad("The account is not elevated", "become with runas"),
    "disabled": Bad("The licensing service sppsvc is disabled", "Set its start type back", "0x80070422"),
    "disabled_german": Bad("The licensing service sppsvc is disabled", "Set its start type back", "0x80070422"),
    "absent": Bad("The licensing service sppsvc does not exist", "Repair Windows"),
    "no_vbscript": Bad("The VBScript engine is not installed", "feature on demand VBSCRIPT"),
    "cut": Bad("cut off before its end", "Run again"),
    "not_windows": Bad("not reached as a Windows host", "Set ansible_connection"),
}


@dataclass(frozen=True)
class Servers:
    """What each server answered, and whether it is as it was."""

    answers: dict[str, Answer]
    predicted: dict[str, Answer]
    info: dict[str, Answer]
    untouched: dict[str, bool]


@pytest.fixture(scope="module")
def servers() -> Iterator[Servers]:
    wishes = {host: {"products": [keyed(SERVERS, host, 2021)]} for host in SERVERS}
    with FleetServer(fleet_text(SERVERS)) as fleet:
        before = {host: licensing_state(fleet, host) for host in SERVERS}
        predicted = ask(fleet, "kms_host", wishes, check=True)
        answers, info = ask(fleet, "kms_host", wishes), ask(fleet, "kms_host_info", alike(SERVERS))
        untouched = {host: before[host] == licensing_state(fleet, host) for host in SERVERS}
        yield Servers(answers, predicted, info, untouched)


@pytest.mark.parametrize("host", SERVERS)
def test_a_server_that_cannot_be_worked_on_says_why_and_stays_as_it_is(servers: Servers, host: str) -> None:
    said = SAID_OF_SERVERS[host]
    for answer in (servers.answers[host], servers.predicted[host]):
        assert (answer.failed, answer.changed) == (True, False)
        failure = answer.failures[None]
        assert said.cause in failure["cause"]
        assert said.remedy in failure["remedy"]
        assert failure["code"] == said.code
        assert (answer.operations, answer.result["telephone"]) == ([], [])
    assert servers.untouched[host]


@pytest.mark.parametrize("host", sorted(SERVERS.keys() - {"not_elevated"}))
def test_info_says_the_same(servers: Servers, host: str) -> None:
    assert SAID_OF_SERVERS[host].cause in servers.info[host].failures[None]["cause"]


def test_reading_needs_no_elevation(servers: Servers) -> None:
    assert not servers.info["not_elevated"].failed
    assert servers.info["not_elevated"].result["status"]["elevated"] is False


# -- the service does not start -------------------------------------------------------------------------------------


def test_a_service_that_does_not_start_again_and_the_run_after_its_repair() -> None:
    hosts = {"stuck": {}}
    wish = {"products": [keyed(hosts, "stuck", 2021)], "port": 1700}
    with FleetServer(fleet_text(hosts)) as fleet:
        fleet.set_fault("stuck", "service_will_not_start")
        first = ask(fleet, "kms_host", {"stuck": wish})["stuck"]
        failure = first.failures[None]
        assert failure["cause"].startswith("The settings are made, but the service sppsvc did not start again")
        assert first.changed
        assert first.result["diff"]["after"]["port"] == 1700
        assert "event log" in failure["remedy"]
        assert first.operations[-1] == RESTART

        second = ask(fleet, "kms_host", {"stuck": wish})["stuck"]
        assert (second.failures[None]["code"], second.operations) == ("0x8007041D", [])
        assert second.failures[None]["cause"] == "The licensing service sppsvc does not start."

        fleet.clear_faults("stuck")
        ask(fleet, "kms_host", {"stuck": wish})
        last = ask(fleet, "kms_host", {"stuck": wish})["stuck"]
        assert (last.failed, last.changed) == (False, False)
        (host,) = fleet.world()["kms_hosts"]
        assert (host["port"], host["running"], host["serves"]) == (1700, True, [2021])


# -- connections ----------------------------------------------------------------------------------------------------

MOMENTS = {"before": "drop_before", "during": "drop_during", "after": "drop_after"}
#: Short names, because a computer's name has 15 characters at most.
COMMANDS = {"read": "/dlv", "key": "/ipk", "port": "ListeningPort /t", "restart": "net stop", "ato": "/ato"}
WORDS = {
    "read": "connection",
    "key": "install the KMS host key",
    "port": "set the listening port",
    "restart": "restart the service",
    "ato": "activate the KMS host",
}
LOST = {f"{command}{moment}": (command, moment) for command in COMMANDS for moment in MOMENTS}


@dataclass(frozen=True)
class Lost:
    """The run that lost its connection, the two after it, what the network saw then, and activations by key."""

    first: dict[str, dict[str, Any]]
    second: dict[str, Answer]
    third: dict[str, Answer]
    hosts: dict[str, dict[str, Any]]
    used: dict[str, int]
    pending: dict[str, bool]


@pytest.fixture(scope="module")
def lost() -> Iterator[Lost]:
    hosts = dict.fromkeys(LOST)
    wishes = {host: {"products": [keyed(hosts, host, 2016), keyed(hosts, host, 2021)], "port": 1700} for host in hosts}
    with FleetServer(fleet_text(hosts)) as fleet:
        for host, (command, moment) in LOST.items():
            fleet.set_fault(host, MOMENTS[moment], when=COMMANDS[command], times=1)
        runs = [ask(fleet, "kms_host", wishes) for _run in range(3)]
        world = fleet.world()
        seen = {one["name"].partition(".")[0]: one for one in world["kms_hosts"]}
        used = {entry["key"]: entry["used"] for entry in world["microsoft"]["keys"]}
        pending = {
            host: "OfficeFleetRestartPending" in str(fleet.state(host)["licensing"]["registry"]) for host in hosts
        }
        yield Lost({host: runs[0][host].result for host in hosts}, runs[1], runs[2], seen, used, pending)
        assert fleet.violations() == []


@pytest.mark.parametrize("host", LOST)
def test_a_lost_connection_is_unreachable_and_says_what_was_under_way(lost: Lost, host: str) -> None:
    result, command = lost.first[host], LOST[host][0]
    assert result.get("unreachable") is True
    assert WORDS[command] in result["msg"]
    assert command == "read" or "the next run reads the state and continues" in result["msg"]
    assert "AAAAA-BBBBB" not in str(result)


@pytest.mark.parametrize("host", LOST)
def test_the_next_run_does_what_is_left(lost: Lost, host: str) -> None:
    assert not lost.second[host].failed, lost.second[host].message
    assert {one["result"] for one in lost.second[host].outcomes.values()} == {"licensed"}
    seen = lost.hosts[host]
    assert (seen["serves"], seen["port"], seen["running"]) == ([2016, 2021], 1700, True)
    assert not lost.pending[host]


@pytest.mark.parametrize("host", LOST)
def test_the_run_after_that_changes_nothing(lost: Lost, host: str) -> None:
    assert (lost.third[host].changed, len(lost.third[host].commands)) == (False, 1)


@pytest.mark.parametrize("host", LOST)
def test_no_activation_is_spent_twice(lost: Lost, host: str) -> None:
    assert [lost.used[host_key(LOST, host, office)] for office in (2016, 2021)] == [1, 1]


# -- bad input ------------------------------------------------------------------------------------------------------

KEY = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEE"
BAD_INPUT: dict[str, tuple[dict[str, Any], str]] = {
    "empty": ({"products": []}, "products: at least one product is needed"),
    "badkey": ({"products": [{"product": "2021", "key": KEY + "F"}]}, "products[0].key: a product key is"),
    "gvlk": (
        {"products": [{"product": "2021", "key": "FXYTK-NJJ8C-GB6DW-3DYQT-6F7TH"}]},
        "this is the public client key (GVLK) of Office 2021 proplus",
    ),
    "badproduct": ({"products": [{"product": "2007"}]}, "value of product must be one of"),
    "badport": ({"products": [{"product": "2021"}], "port": 70000}, "port: a TCP port from 1 to 65535 is needed"),
    "baddomain": (
        {"products": [{"product": "2021"}], "publish_domains": [{"domain": 'x.example" & calc'}]},
        "publish_domains[0].domain: a DNS domain name",
    ),
    "badconfirmation": (
        {"products": [{"product": "2021", "confirmation_id": "1" * 47}]},
        "products[0].confirmation_id: a confirmation ID has 48 digits, this one has 47",
    ),
}


def test_bad_input_is_refused_before_anything_is_sent() -> None:
    with FleetServer(fleet_text(dict.fromkeys(BAD_INPUT))) as fleet:
        answers = ask(fleet, "kms_host", {host: options for host, (options, _text) in BAD_INPUT.items()})
        for host, (_options, text) in BAD_INPUT.items():
            assert answers[host].failed
            assert text in answers[host].message
            assert answers[host].commands == []
            assert not re.search(r"[A-Z0-9]{5}(-[A-Z0-9]{5}){3}", str(answers[host].result))


# -- secrets --------------------------------------------------------------------------------------------------------

# ansible-core before 2.18 prints what the winrm plugin sends at -vvvvv, whatever no_log says.
VERBOSITY = "-vvvv" if tuple(int(part) for part in __version__.split(".")[:2]) < (2, 18) else "-vvvvv"


def test_no_key_and_no_confirmation_id_in_any_output() -> None:
    hosts = {"secret": {}, "refused": {}}
    secrets = {f"vault_{host}": host_key(hosts, host, 2021) for host in hosts} | {"vault_cid": "731904582617" * 4}
    plays = [
        play(
            task("key", "kms_host", {"products": [{"product": "2021", "key": f"{{{{ vault_{host} }}}}"}], **more}),
            task(
                "confirmation",
                "kms_host",
                {
                    "products": [
                        {"product": "2021", "key": f"{{{{ vault_{host} }}}}", "confirmation_id": "{{ vault_cid }}"}
                    ]
                },
                ignore_errors=True,
            ),
            hosts=host,
            vars_files=["secrets.yml"],
        )
        for host, more in (("secret", {"port": 1700}), ("refused", {"activation": "telephone"}))
    ]
    with FleetServer(fleet_text(hosts)) as fleet:
        (fleet.folder / "secrets.yml").write_text(yaml.safe_dump(secrets))
        log = fleet.folder / "log"
        run = fleet.play(
            plays_text(*plays), VERBOSITY, "--diff", ANSIBLE_STDOUT_CALLBACK="default", ANSIBLE_LOG_PATH=str(log)
        )
        printed = "\n".join([run.stdout, run.stderr, log.read_text()])
        assert fleet.product("secret", "Office 21")["LicenseStatus"] == "1"
    assert "*" + secrets["vault_secret"][-5:] in printed
    assert "0xC004F031" in printed
    assert [name for name, secret in secrets.items() if secret in printed] == []
