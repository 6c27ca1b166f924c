# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad variables of the role kms_host are refused before anything is sent; its secrets are printed nowhere."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from ansible.release import __version__
from integration.bind_server import BindServer, new_secret
from integration.kms_host_role_run import PLAY, RoleRun, run_role
from integration.winsim_server import FleetServer
from winsim.packs import pack_text

pytestmark = pytest.mark.one_core

# ansible-core before 2.18 prints what the winrm plugin sends at -vvvvv, whatever no_log says.
VERBOSITY = "-vvvv" if tuple(int(part) for part in __version__.split(".")[:2]) < (2, 18) else "-vvvvv"
KEY = "KQXWJ-TBNRD-HFMPC-GYVKL-WRNXE"
BLOCKED = "BVNXM-QLKPJ-WTYGR-DFHCS-ZXRPK"
CONFIRMATION_ID = "731904582617395048261739504826173950482617395048"
PRODUCTS = {"kms_host_products": [{"product": "2021", "key": "{{ vault_key }}"}]}
PACKS = "kms_host_license_packs"

# Variables that the role refuses, and what the message must hold: the variable (or option of the module) and the rule.
REFUSED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "no products": ({"kms_host_products": None}, ("kms_host_products",)),
    "an empty list": ({"kms_host_products": []}, ("products", "at least one")),
    "an unknown product": ({"kms_host_products": [{"product": "2022"}]}, ("product", "2021", "2024")),
    "an unknown option": ({"kms_host_products": [{"product": "2021", "keey": "x"}]}, ("keey", "kms_host_products")),
    "a malformed key": (
        {"kms_host_products": [{"product": "2021", "key": "{{ vault_key[:23] }}"}]},
        ("products[0].key", "5 groups of 5"),
    ),
    "one key twice": (
        {"kms_host_products": [{"product": one, "key": "{{ vault_key }}"} for one in ("2016", "2021")]},
        ("products[1].key", "twice"),
    ),
    "an unknown activation": ({"kms_host_activation": "phone"}, ("kms_host_activation", "telephone")),
    "port 0": ({"kms_host_port": 0}, ("port", "1 to 65535")),
    "a port as text": ({"kms_host_port": "kms"}, ("kms_host_port", "int")),
    "an unknown priority": ({"kms_host_priority": "high"}, ("kms_host_priority", "low")),
    "a domain without name": ({"kms_host_publish_domains": [{"priority": 1}]}, ("domain", "kms_host_publish_domains")),
    "a priority of DNS": (
        {"kms_host_publish_domains": [{"domain": "corp.example", "priority": 65536}]},
        ("publish_domains[0].priority", "0 to 65535"),
    ),
    "a pack from nowhere": ({PACKS: [{"product": "2021"}]}, ("src, url, path", PACKS)),
    "a pack from two places": (
        {PACKS: [{"product": "2021", "src": "a.exe", "path": "b.exe"}]},
        ("src|url|path", PACKS),
    ),
    "a download without checksum": (
        {PACKS: [{"product": "2021", "url": "https://files.corp.example/pack.exe"}]},
        ("checksum", PACKS),
    ),
    "a pack of Windows": ({PACKS: [{"product": "windows", "src": "a.exe"}]}, ("product", PACKS)),
    "a file from nowhere": ({"kms_host_license_files": [{"product": "2021"}]}, ("src, path", "kms_host_license_files")),
    "TSIG without secret": (
        {"kms_host_dns_updates": [{"domain": "corp.example", "tsig": {"name": "key"}}]},
        ("secret", "tsig"),
    ),
    "an update without domain": (
        {"kms_host_dns_updates": [{"server": "127.0.0.1"}]},
        ("domain", "kms_host_dns_updates"),
    ),
    "a zone without server": ({"kms_host_microsoft_dns": [{"zone": "corp.example"}]}, ("dns_server",)),
    "a flag that is none": ({"kms_host_firewall": "perhaps"}, ("kms_host_firewall", "bool")),
}
NAMES = {case: f"case{number:02}" for number, case in enumerate(REFUSED)}
FLEET = f"""
dns: {{corp.example: {{}}}}
microsoft:
  keys:
    - {{key: {KEY}, office: 2021, channel: kms_host}}
    - {{key: {BLOCKED}, office: 2021, channel: kms_host, blocked: true}}
defaults: {{domain: corp.example, os: Windows Server 2022}}
hosts:
  case[00:{len(REFUSED) - 1:02}]:
  good: {{address: 127.10.44.11}}
  refused: {{address: 127.10.44.12}}
  phone:
  dns: {{address: 127.10.44.13}}
"""


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as server:
        (server.folder / "pack2021.exe").write_text(pack_text(2021))
        yield server
        assert server.violations() == []


@pytest.fixture(scope="module")
def refused(fleet: FleetServer) -> RoleRun:
    wishes = {NAMES[case]: {**PRODUCTS, **variables} for case, (variables, _) in REFUSED.items()}
    return run_role(fleet, wishes, everywhere={"vault_key": KEY})


@pytest.mark.parametrize("case", REFUSED)
def test_bad_values_are_refused_before_anything_is_sent(fleet: FleetServer, refused: RoleRun, case: str) -> None:
    message = refused.failure(NAMES[case])
    assert [words for words in REFUSED[case][1] if words not in message] == []
    assert fleet.log(NAMES[case]) == []


# -- secrets --------------------------------------------------------------------------------------------------------


def texts_of(secret: str) -> list[str]:
    """A secret as it may stand in an output: plain, and in base64 at every offset, as PowerShell gets it."""
    wide = secret.encode("utf-16-le")
    encoded = [base64.b64encode(b" " * shift + wide).decode()[4:-4] for shift in range(3)]
    return [secret, *encoded]


@pytest.mark.parametrize("callback", ["default", "ansible.posix.json"])
def test_secrets_are_nowhere(fleet: FleetServer, callback: str) -> None:
    with BindServer() as bind:
        wrong = new_secret()
        vault = {
            "vault_key": KEY,
            "part_of_vault_key": KEY[:23],
            "vault_blocked": BLOCKED,
            "vault_confirmation_id": CONFIRMATION_ID,
            "vault_tsig": bind.secret,
            "vault_wrong_tsig": wrong,
        }
        output = run_with_vault(fleet, secret_wishes(fleet, bind), vault, callback)
    assert "PLAY RECAP" in output or '"stats"' in output
    shown = [name for name, secret in vault.items() for text in texts_of(secret) if text in output]
    assert shown == []
    log = json.dumps(fleet.log())
    assert [name for name, secret in vault.items() if "tsig" in name and secret in log] == []


def secret_wishes(fleet: FleetServer, bind: BindServer) -> dict[str, dict[str, Any]]:
    """Secrets everywhere they can be given, where all goes well and where it does not."""
    pack = {"kms_host_license_packs": [{"product": "2021", "src": str(fleet.folder / "pack2021.exe")}]}

    def host(key: str, tsig: str, address: str, **product: str) -> dict[str, Any]:
        signed = {"name": bind.options["tsig"]["name"], "secret": f"{{{{ {tsig} }}}}"}
        update = {"domain": "corp.example", **bind.place, "tsig": signed}
        return pack | {
            "kms_host_products": [{"product": "2021", "key": f"{{{{ {key} }}}}", **product}],
            "kms_host_dns_updates": [update],
            "kms_host_verify_dns": bind.place,
            "kms_host_remove_stale_records": ["gone.corp.example"],
            "kms_host_address": address,
            "kms_host_name": f"{address.rpartition('.')[2]}.corp.example",
        }

    phone = {"confirmation_id": "{{ vault_confirmation_id }}"}
    return {
        "good": host("vault_key", "vault_tsig", "127.10.44.11"),
        "refused": host("vault_blocked", "vault_tsig", "127.10.44.12"),
        "dns": host("vault_key", "vault_wrong_tsig", "127.10.44.13"),
        "phone": host("vault_key", "vault_tsig", "127.10.44.14", **phone) | {"kms_host_activation": "telephone"},
        "case00": host("vault_key", "vault_tsig", "127.10.44.15") | {"kms_host_port": "kms"},
        "case01": host("vault_key[:23]", "vault_tsig", "127.10.44.16"),
    }


def run_with_vault(fleet: FleetServer, wishes: dict[str, Any], vault: dict[str, str], callback: str) -> str:
    """All that a run prints at the highest verbosity, in diff mode, with the secrets in an encrypted file."""
    password = fleet.folder / "password"
    password.write_text("not a secret")
    file = fleet.folder / "vault.yml"
    file.write_text(yaml.safe_dump(vault))
    subprocess.run(["ansible-vault", "encrypt", "--vault-password-file", str(password), str(file)], check=True)
    options = ["--vault-password-file", str(password), "-e", f"@{file}", "--diff", VERBOSITY]
    run = run_role(fleet, wishes, *options, playbook=PLAY, ANSIBLE_STDOUT_CALLBACK=callback)
    return run.run.stdout + run.run.stderr
