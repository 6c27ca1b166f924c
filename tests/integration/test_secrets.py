# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No whole product key and no confirmation ID anywhere, however much Ansible prints: the last five characters only."""

from __future__ import annotations

import base64
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.release import __version__
from integration.playbook_run import play, plays_text, task
from integration.winsim_server import FleetServer

# ansible-core before 2.18 prints what the winrm plugin sends at -vvvvv, whatever no_log says.
PRINTS_WHAT_IT_SENDS = tuple(int(part) for part in __version__.split(".")[:2]) < (2, 18)
VERBOSITY = "-vvvv" if PRINTS_WHAT_IT_SENDS else "-vvvvv"
WARNING = "ansible-core before 2.18 prints product keys"

SECRETS = {
    "vault_mak": "KQXWJ-TBNRD-HFMPC-GYVKL-WRNXE",
    "vault_mak_lower_case": "pzqxw-nvbcm-ghfjd-ktyrl-mwqzx",
    "vault_mak_of_role": "BVNXM-QLKPJ-WTYGR-DFHCS-ZXRPK",
    "vault_mak_interrupted": "CMXNB-YWQTR-PLKJH-GFDSV-XQWMN",
    "vault_mak_unknown_to_microsoft": "HJKLM-ZXCVB-QWRTP-DFGHN-VBXMQ",
    "vault_mak_too_short": "RTYPQ-MNBVC-LKJHG-FDSWZ",
    "vault_mak_with_a_typo": "WQPLM-NJHBV-GCFXD-ZSRTY-KLPQ!",
    "vault_confirmation_id": "731904582617395048261739504826173950482617395048",
    "vault_confirmation_id_too_short": "90416273859041627385904162738590416273",
}
FLEET = f"""
microsoft:
  maks:
    - {{key: {SECRETS["vault_mak"]}, office: 2021, family: proplus, limit: 99}}
    - {{key: {SECRETS["vault_mak_lower_case"].upper()}, office: 2021, family: proplus, limit: 99}}
    - {{key: {SECRETS["vault_mak_of_role"]}, office: 2021, family: proplus, limit: 99}}
    - {{key: {SECRETS["vault_mak_interrupted"]}, office: 2021, family: proplus, limit: 99}}
    - {{key: AAAAA-BBBBB-CCCCC-DDDDD-MAK21, office: 2021, family: proplus, limit: 99}}
defaults: {{office: [{{product: proplus, version: 2021}}]}}
hosts:
  "PREFIX_client":
  "PREFIX_lower":
  "PREFIX_key":
  "PREFIX_role":
  "PREFIX_wrong":
  "PREFIX_format":
  "PREFIX_cut": {{faults: [{{name: drop_after, when: /inpkey, times: 1}}]}}
  "PREFIX_phone": {{office: [{{product: proplus, version: 2021, key: AAAAA-BBBBB-CCCCC-DDDDD-MAK21}}]}}
"""
CALLBACKS = ("default", "minimal", "ansible.posix.json")


def fleet_text() -> str:
    """The fleet with the hosts once for each callback."""
    head, _, hosts = FLEET.partition("hosts:\n")
    return f"{head}hosts:\n" + "".join(hosts.replace("PREFIX", prefix_of(name)) for name in CALLBACKS)


def prefix_of(callback: str) -> str:
    """The beginning of the names of the hosts that a callback's run uses."""
    return callback.rpartition(".")[2]


def client(variable: str, **more: Any) -> dict[str, Any]:
    """Options of ospp_client for a MAK from a vaulted variable."""
    return {"products": [{"product": "proplus", "method": "mak", "key": "{{ " + variable + " }}", **more}]}


def confirmation(variable: str) -> dict[str, Any]:
    """Options of ospp_activate for a confirmation ID from a vaulted variable."""
    return {"confirmation_ids": [{"product": "proplus", "confirmation_id": "{{ " + variable + " }}"}]}


def secret_play(prefix: str, host: str, *steps: tuple[str, dict[str, Any]], **keywords: Any) -> dict[str, Any]:
    """A play whose tasks may fail, each followed by a debug task that dumps what it registered."""
    tasks = []
    for number, (module, options) in enumerate(steps):
        name = f"{host} {number}"
        tasks.append(task(name, module, options, register="dumped", ignore_errors=True))
        tasks.append(task(f"dump {name}", "ansible.builtin.debug", {"var": "dumped"}))
    return play(
        *tasks,
        hosts=f"{prefix}_{host}",
        vars_files=["vault.yml"],
        ignore_unreachable=True,
        ignore_errors=True,
        **keywords,
    )


def secret_playbook(prefix: str) -> str:
    """Keys and confirmation IDs everywhere they can be given, in tasks that succeed and in tasks that fail."""
    products = client("vault_mak_of_role")["products"]
    misspelt = [{"product": "proplus", "method": "mak", "keey": "{{ vault_mak }}"}]
    role = {"name": "officefleet.activation.office_client"}
    return plays_text(
        secret_play(prefix, "client", ("ospp_client", client("vault_mak"))),
        secret_play(prefix, "lower", ("ospp_client", client("vault_mak_lower_case"))),
        secret_play(
            prefix,
            "key",
            ("ospp_product_key", {"key": "{{ vault_mak }}", "exclusive": True}),
            ("ospp_product_key", {"key": "{{ vault_mak_of_role }}", "product": "proplus"}),
            ("ospp_product_key", {"state": "absent", "last_five": ["{{ vault_mak }}"]}),
            ("ospp_product_key", {"state": "absent", "key": "{{ vault_mak }}", "last_five": ["ABCDE"]}),
        ),
        secret_play(prefix, "wrong", ("ospp_client", client("vault_mak_unknown_to_microsoft"))),
        secret_play(
            prefix,
            "format",
            ("ospp_client", client("vault_mak_too_short")),
            ("ospp_product_key", {"key": "{{ vault_mak_with_a_typo }}"}),
            ("ospp_client", {"products": misspelt}),
            ("ospp_client", {"products": "{{ vault_mak }}"}),
            ("ospp_product_key", {"key": "{{ vault_mak }}", "exclusive": "{{ vault_mak }}"}),
            ("ospp_client", client("vault_mak", method="{{ vault_method | default('phone') }}")),
        ),
        secret_play(prefix, "cut", ("ospp_client", client("vault_mak_interrupted"))),
        secret_play(
            prefix,
            "phone",
            ("ospp_activate", confirmation("vault_confirmation_id")),
            ("ospp_activate", confirmation("vault_confirmation_id_too_short")),
        ),
        secret_play(
            prefix,
            "role",
            ("ansible.builtin.include_role", role),
            ("ansible.builtin.debug", {"var": "office_client_result"}),
            vars={"office_client_products": products},
        ),
        secret_play(prefix, "role", ("ansible.builtin.include_role", role), vars={"office_client_products": misspelt}),
        secret_play(
            prefix, "role", ("ansible.builtin.include_role", role), vars={"office_client_products": "{{ vault_mak }}"}
        ),
    )


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(fleet_text()) as running:
        password = running.folder / "password"
        password.write_text("not a secret of anybody")
        vault = running.folder / "vault.yml"
        vault.write_text(yaml.safe_dump(SECRETS))
        command = ["ansible-vault", "encrypt", "--vault-password-file", str(password), str(vault)]
        subprocess.run(command, check=True, capture_output=True)
        yield running


def outputs(fleet: FleetServer, callback: str, verbosity: str) -> dict[str, str]:
    """All that a run leaves behind: what is printed, the log, the files of junit."""
    folder = fleet.folder / callback
    run = fleet.play(
        secret_playbook(prefix_of(callback)),
        verbosity,
        "--diff",
        ANSIBLE_STDOUT_CALLBACK=callback,
        ANSIBLE_CALLBACKS_ENABLED="ansible.builtin.junit",
        JUNIT_OUTPUT_DIR=str(folder / "junit"),
        ANSIBLE_LOG_PATH=str(folder.with_suffix(".log")),
        ANSIBLE_VAULT_PASSWORD_FILE=str(fleet.folder / "password"),
    )
    files = {path.name: path.read_text() for path in Path(folder / "junit").glob("*.xml")}
    return {"stdout": run.stdout, "stderr": run.stderr, "log": folder.with_suffix(".log").read_text(), **files}


@pytest.fixture(scope="module")
def printed(fleet: FleetServer) -> dict[str, dict[str, str]]:
    """What was printed, by callback, at the highest verbosity that is safe with this ansible-core."""
    return {callback: outputs(fleet, callback, VERBOSITY) for callback in CALLBACKS}


def forms(secret: str) -> set[str]:
    """How a secret can look: as it is, in other case, without hyphens, its first groups, and within base64."""
    plain = {secret, secret.upper(), secret.lower()}
    plain |= {re.sub("-", "", text) for text in plain}
    plain |= {secret[:19], secret[:19].upper()}
    encoded = set()
    for text in (secret, secret.upper()):
        for coding in ("utf-8", "utf-16-le"):
            data = text.encode(coding)
            # Where the secret starts within a group of three bytes changes how it looks; the edges are left out.
            encoded |= {base64.b64encode(b"\0" * skip + data).decode()[4:-4] for skip in range(3)}
    return plain | encoded


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("callback", CALLBACKS)
def test_a_secret_is_in_no_output(callback: str, name: str, printed: dict[str, dict[str, str]]) -> None:
    leaks = {
        (place, form): text[max(0, text.find(form) - 200) : text.find(form) + 80]
        for place, text in printed[callback].items()
        for form in forms(SECRETS[name])
        if form in text
    }
    assert leaks == {}


@pytest.mark.parametrize("callback", CALLBACKS)
def test_the_last_five_characters_are_shown(callback: str, printed: dict[str, dict[str, str]]) -> None:
    for place in ("stdout", "log"):
        assert "*" + SECRETS["vault_mak"][-5:] in printed[callback][place]


@pytest.mark.parametrize("callback", CALLBACKS)
def test_junit_wrote_its_files(callback: str, printed: dict[str, dict[str, str]]) -> None:
    assert [place for place in printed[callback] if place.endswith(".xml")]


@pytest.mark.parametrize("callback", CALLBACKS)
def test_the_keys_were_really_used(callback: str, printed: dict[str, dict[str, str]], fleet: FleetServer) -> None:
    prefix = prefix_of(callback)
    for host, name in (("client", "vault_mak"), ("lower", "vault_mak_lower_case"), ("role", "vault_mak_of_role")):
        product = fleet.product(f"{prefix}_{host}", "ProPlus2021VL_MAK")
        assert product["PartialProductKey"] == SECRETS[name][-5:].upper()
        assert product["LicenseStatus"] == "1"


@pytest.mark.parametrize("callback", CALLBACKS)
def test_the_failures_are_shown_with_their_reason(callback: str, printed: dict[str, dict[str, str]]) -> None:
    for words in ("0xC004F050", "5 groups of 5 letters or digits", "48 digits", "connection was lost"):
        assert words in printed[callback]["stdout"]


def test_no_registered_result_holds_a_secret(printed: dict[str, dict[str, str]]) -> None:
    text = printed["ansible.posix.json"]["stdout"]
    report = json.loads(text[text.index("{\n") : text.rindex("}") + 1])
    dumped = [
        result["dumped"]
        for play_ in report["plays"]
        for task_ in play_["tasks"]
        for result in task_["hosts"].values()
        if "dumped" in result
    ]
    assert len(dumped) >= len(SECRETS)
    assert [name for name, secret in SECRETS.items() if secret.upper() in json.dumps(dumped).upper()] == []


def test_the_log_of_the_simulated_fleet_masks_keys(printed: dict[str, dict[str, str]], fleet: FleetServer) -> None:
    logged = json.dumps(fleet.log())
    assert "/inpkey:" in logged
    assert [name for name, secret in SECRETS.items() if len(secret) == 29 and secret.upper() in logged.upper()] == []


def test_the_simulated_hosts_understood_every_line(printed: dict[str, dict[str, str]], fleet: FleetServer) -> None:
    assert fleet.violations() == []


def test_old_versions_warn_at_the_verbosity_at_which_they_print_keys(fleet: FleetServer) -> None:
    run = fleet.play(
        plays_text(
            secret_play("default", "client", ("ospp_client", client("vault_mak"))),
            secret_play("default", "phone", ("ospp_activate", confirmation("vault_confirmation_id"))),
        ),
        "-vvvvv",
        ANSIBLE_STDOUT_CALLBACK="default",
        ANSIBLE_VAULT_PASSWORD_FILE=str(fleet.folder / "password"),
    )
    assert (WARNING in re.sub(r"\s+", " ", run.stdout + run.stderr)) is PRINTS_WHAT_IT_SENDS
