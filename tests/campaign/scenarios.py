# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done to a host while faults strike: every module that talks to one, in its changing form, and every role.

A host has keys of its own, so that what Microsoft counts tells what was spent on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from integration.playbook_run import task
from winsim.microsoft import CONFIRMATION_ID_DIGITS, derived_digits, installation_id
from winsim.packs import licence_text
from winsim.products import sku_id

Data = Mapping[str, Any]
ROLE = "officefleet.activation"
OFFICE_MAK = sku_id(2021, "proplus", "mak")
GVLK_2021 = "6F7TH"
#: Offices of which one forest has an object each.
FOREST = (2013, 2016, 2019, 2021, 2024)


@dataclass(frozen=True)
class Scenario:
    """One or more tasks on a machine of its own kind. ``kind`` groups what is much alike, for samples; ``machine``:
    its entry in the fleet file; ``key``: the entry of its key among those that Microsoft knows; ``repeats``: every
    run changes the host; ``forest``: what it changes is shared, so that a fleet takes few of its hosts."""

    name: str
    kind: str
    tasks: tuple[Data, ...]
    machine: Data = field(default_factory=dict)
    key: Data | None = None
    repeats: bool = False
    forest: bool = False


def key_of(number: int) -> str:
    """The key of the host with this number."""
    return f"AAAAA-BBBBB-CCCCC-DDDDD-Z{number:04}"


def confirmation_id(host: str, number: int) -> str:
    """What Microsoft's telephone says for the MAK of the Office of a host."""
    wanted = f"{installation_id(computer_name(host), OFFICE_MAK)} {key_of(number)[-5:]}"
    return derived_digits(wanted, CONFIRMATION_ID_DIGITS)


def computer_name(host: str) -> str:
    """The computer name of a host."""
    return host.upper()[:15]


def role(name: str, entry: str = "main") -> Data:
    """A task that runs a role."""
    return {"name": name, "ansible.builtin.import_role": {"name": f"{ROLE}.{name}", "tasks_from": entry}}


def client(**options: Any) -> Data:
    """The task of ospp_client. A retry without a delay costs nothing, and is a step more for faults to strike."""
    return task("ospp_client", "ospp_client", {"activation_retries": 1, "activation_retry_delay": 0, **options})


MAK = {"product": "proplus", "method": "mak", "key": "{{ host_key }}"}
PROXY = {**MAK, "method": "mak_proxy"}
SET = {"kms_host": "kms01.corp.example", "kms_port": 1700}
MAK_KEY = {"office": 2021, "family": "proplus", "limit": 9}
HOST_KEY = {"office": 2021, "channel": "kms_host"}
KEYLESS = {"office": [{"product": "proplus", "version": 2021, "key": "none"}]}
SERVER = {"os": "Windows Server 2022", "office": [{"channel": "kms_host", "version": 2021, "key": "none"}]}
WINDOWS = {"windows_licence": {"channel": "kms_client"}}
FULLY_KEYED = {"office": [{"product": "proplus", "version": 2021}, {"product": "visio_pro", "version": 2021}]}
NO_VBSCRIPT = {"os": "Windows 11 24H2", "vbscript": False}
GATHERED = ["cmid", "installation_ids", "history", "proxy"]
CLIENT_VARS = {
    "office_client_vbscript": "ensure_present",
    "office_client_kms_host": "kms01.corp.example",
    "office_client_kms_port": 1700,
    "office_client_activation_retry_delay": 0,
}
DIRECTORY = {"product": "{{ office_version }}", "key": "{{ host_key }}"}
CONFIRMED = [{"product": "proplus", "confirmation_id": "{{ confirmation_id }}"}]

MODULES = (
    Scenario("client_kms", "client", (client(**SET, products=[{"method": "kms"}]),), KEYLESS),
    Scenario("client_mak", "client", (client(kms_host=SET["kms_host"], products=[MAK]),), key=MAK_KEY),
    Scenario(
        "client_cid",
        "client",
        (client(products=[PROXY]), task("confirm", "ospp_activate", {"confirmation_ids": CONFIRMED})),
        key=MAK_KEY,
    ),
    Scenario("kms_client", "client", (task("set", "ospp_kms_client", {**SET, "host_caching": False}),)),
    Scenario("user_operations", "client", (task("allow", "ospp_user_operations", {"allowed": True}),)),
    Scenario(
        "key_install",
        "client",
        (task("key", "ospp_product_key", {"product": "proplus", "key": "{{ host_key }}", "exclusive": True}),),
        key=MAK_KEY,
    ),
    Scenario(
        "key_remove",
        "client",
        (task("remove", "ospp_product_key", {"state": "absent", "last_five": [GVLK_2021]}),),
        FULLY_KEYED,
    ),
    Scenario("activate", "client", (task("activate", "ospp_activate"),), FULLY_KEYED),
    Scenario("mak_proxy", "client", (task("collect", "mak_proxy", {"products": [PROXY], "store": "{{ store }}"}),),
             key=MAK_KEY),
    Scenario(
        "windows_kms",
        "slmgr",
        (task("windows", "windows_activation", {"method": "kms", "kms_host": "kms01.corp.example", "kms_port": 1700}),),
        WINDOWS,
    ),
    Scenario(
        "windows_mak",
        "slmgr",
        (task("windows", "windows_activation", {"method": "mak", "key": "{{ host_key }}"}),),
        WINDOWS,
        {"windows": "Enterprise", "limit": 9},
    ),
    Scenario(
        "kms_host",
        "kms_host",
        (task("host", "kms_host", {"products": [{"product": "2021", "key": "{{ host_key }}"}], "port": 1700}),),
        SERVER,
        HOST_KEY,
    ),
    Scenario("vbscript", "one command", (task("engine", "vbscript_engine"),), NO_VBSCRIPT),
    Scenario("info", "one command", (task("info", "ospp_info", {"gather": GATHERED}),)),
    Scenario("windows_info", "one command", (task("info", "windows_activation_info"),), WINDOWS),
    Scenario("kms_host_info", "one command", (task("info", "kms_host_info", {"installation_ids": True}),), SERVER),
    Scenario("ad_info", "one command", (task("info", "ad_activation_object_info"),), SERVER),
    Scenario("ad_object", "forest", (task("object", "ad_activation_object", DIRECTORY),), forest=True),
)  # fmt: skip

ROLES = (
    Scenario(
        "role_client",
        "client",
        (role("office_client"),),
        {**KEYLESS, **NO_VBSCRIPT, "vars": CLIENT_VARS},
    ),
    Scenario(
        "role_windows",
        "slmgr",
        (role("windows_activation"),),
        {**WINDOWS, "vars": {"windows_activation_activation_retry_delay": 0}},
    ),
    Scenario(
        "role_kms_host",
        "slmgr",
        (role("kms_host"),),
        {
            "os": "Windows Server 2022",
            "firewall": True,
            "vars": {
                "kms_host_products": [{"product": "2021", "key": "{{ host_key }}"}],
                "kms_host_license_files": [{"product": "2021", "src": "{{ licence_file }}"}],
                "kms_host_verify": False,
            },
        },
        HOST_KEY,
    ),
    Scenario(
        "role_deploy",
        "client",
        (role("office_deploy_config", "registry"), role("office_deploy_config", "rearm")),
        {"vars": {
            "office_deploy_config_office": 2021,
            "office_deploy_config_kms_host": "kms01.corp.example",
            "office_deploy_config_products": [{"product": "all", "method": "kms"}],
            "office_deploy_config_install": ["proplus"],
        }},
        repeats=True,
    ),
    Scenario(
        "role_ad",
        "forest",
        (role("ad_activation"),),
        {"vars": {"ad_activation_objects": [DIRECTORY]}},
        forest=True,
    ),
)  # fmt: skip
SCENARIOS = {one.name: one for one in (*MODULES, *ROLES)}
LICENCE_FILE = licence_text(2021)
