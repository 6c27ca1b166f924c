# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volume License Packs and licence files in the role kms_host: every way to bring them, every way to fail."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from integration.kms_host_role_run import RoleRun, described_state, kms_host, run_role
from integration.winsim_server import FleetServer
from winsim.packs import licence_text, pack_text

pytestmark = pytest.mark.one_core

PACK = pack_text(2021)
SHA256 = hashlib.sha256(PACK.encode()).hexdigest()
URL = "https://files.corp.example/pack2021.exe"
SHARE = r"\\files\packs\pack2021.exe"
RUN_PACK = "Run the pack"


def pack(**values: Any) -> dict[str, Any]:
    """Variables with one pack of Office 2021."""
    return {"kms_host_license_packs": [{"product": "2021", **values}]}


def behaviour(name: str, **values: Any) -> dict[str, Any]:
    """Variables with a pack on the controller that behaves so."""
    return pack(src=f"FOLDER/{name}.exe", **values)


def licence_file(**values: Any) -> dict[str, Any]:
    """Variables with one licence file of Office 2021."""
    return {"kms_host_license_files": [{"product": "2021", **values}]}


GOOD: dict[str, dict[str, Any]] = {
    "copied": behaviour("good"),
    "german": behaviour("good"),
    "downloaded": pack(url=URL, checksum=SHA256),
    "shared": pack(path=SHARE, arguments="/quiet /norestart"),
    "wizard_after": behaviour("wizard_after", time_limit=3),
    "slow": behaviour("slow", time_limit=30),
    "file": licence_file(src="FOLDER/host.xrm-ms"),
}
# What the message holds: the cause, the next step, and what became of the host.
BAD: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "bad_checksum": (
        pack(url=URL, checksum="0" * 64),
        (
            "The checksum for https://files.corp.example/pack2021.exe did not match",
            "nothing was run",
            "Compare url and",
        ),
    ),
    "gone": (pack(url="https://files.corp.example/gone.exe", checksum="00"), ("(404) Not Found", "nothing was run")),
    "no_source": (behaviour("nowhere"), ("nowhere.exe", "nothing was run", "Compare src")),
    "no_share": (
        pack(path=r"\\files\packs\other.exe"),
        ("cannot find the file", r"\\files\packs\other.exe is there", "Keys and settings were not touched"),
    ),
    "wizard": (
        behaviour("wizard", time_limit=2),
        ("run without a wizard", "time_limit (2 seconds)", "end a wizard that still waits", "run again"),
    ),
    "wrong_version": (behaviour("wrong_version"), ("(exit code 0)", "is the pack of this version", "Office 2021")),
    "fails": (behaviour("fails"), ("(exit code 17002)", "Keys and settings were not touched", "Then run again")),
    "no_file": (licence_file(path=r"C:\Nowhere.xrm-ms"), ("could not be installed", ".xrm-ms file of the KMS host")),
    "not_elevated": (behaviour("good"), ("not elevated",)),
    "too_old": (behaviour("good"), ("This Windows is too old to be a KMS host for this Office version",)),
    "gvlk": (
        behaviour("good") | {"kms_host_products": [{"product": "2021", "key": "FXYTK-NJJ8C-GB6DW-3DYQT-6F7TH"}]},
        ("public client key (GVLK)", "Nothing was sent to the host"),
    ),
}
MEND = {"bad_checksum": GOOD["downloaded"], "no_share": GOOD["shared"], "no_file": GOOD["file"]}
NOT_MENDED = ("not_elevated", "too_old", "gvlk")
SETTINGS: dict[str, dict[str, Any]] = {
    "german": {"language": "de-DE"},
    "not_elevated": {"elevated": False},
    "too_old": {"os": "Windows Server 2012 R2"},
}
HOSTS = [*GOOD, *BAD]


def key_of(host: str) -> str:
    """A key of the host's own: a key serves six hosts only."""
    return f"AAAAA-BBBBB-CCCCC-DDDDD-K{HOSTS.index(host):02}21"


def fleet_text() -> str:
    """A bare server for each case."""
    fleet = {
        "dns": {"corp.example": {}},
        "microsoft": {"keys": [{"key": key_of(host), "office": 2021, "channel": "kms_host"} for host in HOSTS]},
        "downloads": {
            URL: {"pack": 2021},
            SHARE: {"pack": 2021},
            URL.replace("pack2021", "gone"): {"error": "(404) Not Found"},
        },
        "defaults": {"os": "Windows Server 2022", "domain": "corp.example"},
        "hosts": {host: SETTINGS.get(host, {}) for host in HOSTS},
    }
    return yaml.safe_dump(fleet, sort_keys=False)


def wishes(fleet: FleetServer, cases: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Variables by host."""
    made = {
        host: {"kms_host_products": [{"product": "2021", "key": key_of(host)}], **case} for host, case in cases.items()
    }
    return yaml.safe_load(yaml.safe_dump(made).replace("FOLDER", str(fleet.folder)))


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(fleet_text()) as server:
        for name in ("good", "wizard", "wizard_after", "wrong_version", "fails", "slow"):
            text = pack_text({"office": 2021, "behaviour": name, **({"seconds": 2} if name == "slow" else {})})
            (server.folder / f"{name}.exe").write_text(text)
        (server.folder / "host.xrm-ms").write_text(licence_text(2021))
        yield server
        assert server.violations() == []


VERIFY = {"kms_host_verify_timeout": 1, "kms_host_verify": False}


@pytest.fixture(scope="module")
def foretold(fleet: FleetServer) -> tuple[RoleRun, dict[str, Any], dict[str, Any]]:
    """A run in check mode, with the state before and after."""
    before = {host: described_state(fleet, host) for host in GOOD}
    run = run_role(fleet, wishes(fleet, GOOD), "--check", "--diff", everywhere=VERIFY)
    return run, before, {host: described_state(fleet, host) for host in GOOD}


@pytest.fixture(scope="module")
def good(fleet: FleetServer, foretold: object) -> RoleRun:
    return run_role(fleet, wishes(fleet, GOOD), everywhere=VERIFY)


@pytest.fixture(scope="module")
def bad(fleet: FleetServer) -> RoleRun:
    return run_role(fleet, wishes(fleet, {host: case for host, (case, _) in BAD.items()}), everywhere=VERIFY)


def test_check_mode_on_a_bare_server_changes_nothing_and_says_what_it_cannot_foretell(
    foretold: tuple[RoleRun, dict[str, Any], dict[str, Any]],
) -> None:
    run, before, after = foretold
    run.assert_fine()
    assert after == before
    for host in GOOD:
        assert run.changed(host) > 0
        said = run.result(host, "Say what a real run would install")["msg"]
        assert said.startswith("A real run would install the KMS host licence of Office 2021, and then its key")


@pytest.mark.parametrize("host", GOOD)
def test_the_licence_comes_from_a_pack_or_a_file(fleet: FleetServer, good: RoleRun, host: str) -> None:
    good.assert_fine(host)
    assert kms_host(fleet, f"{host}.corp.example")["serves"] == [2021]


@pytest.mark.parametrize("host", GOOD)
def test_no_file_is_left(fleet: FleetServer, good: RoleRun, host: str) -> None:
    paths = [path for path, _ in fleet.state(host)["files"].values()]
    assert not [path for path in paths if "officefleet" in path.lower()]


def test_a_german_windows_makes_no_difference(fleet: FleetServer, good: RoleRun) -> None:
    assert good.tasks("german") == good.tasks("copied")
    name = "Bring keys, activation and settings into the described state"
    german, english = (good.result(host, name)["operations"] for host in ("german", "copied"))
    assert (german[0][:-24], german[1:]) == (english[0][:-24], english[1:])


def test_a_second_run_runs_no_pack(fleet: FleetServer, good: RoleRun) -> None:
    again = run_role(fleet, wishes(fleet, GOOD), everywhere=VERIFY)
    again.assert_fine()
    assert {host: again.changed(host) for host in GOOD} == dict.fromkeys(GOOD, 0)
    assert set(again.calls.values()) == {3}


@pytest.mark.parametrize("host", BAD)
def test_a_pack_that_does_not_do_its_work_says_why_and_what_to_do(bad: RoleRun, host: str) -> None:
    message = bad.failure(host)
    assert [words for words in BAD[host][1] if words not in message] == []
    if host == "wizard":
        # Ansible's words, by its version.
        assert "timed out waiting" in message or "async task did not complete" in message


@pytest.mark.parametrize("host", BAD)
def test_nothing_but_the_pack_was_touched(fleet: FleetServer, bad: RoleRun, host: str) -> None:
    assert [one for one in fleet.commands(host) if "/ipk" in one or "/ato" in one or "reg add" in one] == []
    if host in NOT_MENDED:
        assert RUN_PACK not in bad.tasks(host)


def test_the_next_run_goes_on(fleet: FleetServer, bad: RoleRun) -> None:
    cases = {host: MEND.get(host, GOOD["copied"]) for host in BAD if host not in NOT_MENDED}
    mended = run_role(fleet, wishes(fleet, cases), everywhere=VERIFY)
    mended.assert_fine()
    assert all(kms_host(fleet, f"{host}.corp.example")["serves"] == [2021] for host in cases)
