# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: ``python -m winsim serve|inventory|state|log|clock|fault|confirm|pack``."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from .fleet import FleetError
from .inventory import inventory
from .packs import BEHAVIOURS, BadPackError, licence_text, pack_text
from .store import Store


class CliError(Exception):
    """Something the user can put right."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; the exit status is 1 when it fails."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (CliError, FleetError, LookupError, OSError) as error:
        print(f"winsim: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="winsim", description="A simulated Windows fleet for Ansible.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: Any, words: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=words, description=words)
        sub.add_argument("--state", required=True, type=Path, help="the state file (SQLite)")
        sub.set_defaults(run=run)
        return sub

    serve = command("serve", _serve, "Serve a fleet until interrupted.")
    serve.add_argument("--fleet", type=Path, help="the fleet file; needed for a new state file")
    serve.add_argument("--port", type=int, default=5985, help="0 takes a free port (default: %(default)s)")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    command("inventory", _inventory, "Print the Ansible inventory (YAML).")
    command("state", _state, "Print machines as JSON.").add_argument("name", nargs="?", metavar="HOST")
    command("log", _log, "Print the command log (JSON lines).").add_argument("name", nargs="?", metavar="HOST")
    clock = command("clock", _clock, "Move the simulated clock of a running fleet.")
    clock.add_argument("by", help="such as +2h, 30m, 180d")
    confirm = command("confirm", _confirm, "Print the confirmation ID that Microsoft gives by telephone.")
    confirm.add_argument("installation_id")
    confirm.add_argument("key", help="the product key, or its last five characters")
    pack = commands.add_parser("pack", help="Print a simulated Volume License Pack; write it to a file named .exe.")
    pack.add_argument("office", type=int, help="the Office version, such as 2021")
    pack.add_argument("--behaviour", default="good", choices=BEHAVIOURS)
    pack.add_argument("--licence", action="store_true", help="print a licence file (.xrm-ms) instead")
    pack.set_defaults(run=_pack)
    fault = command("fault", _fault, "Set a fault of a host of a running fleet; 'none' clears all.")
    fault.add_argument("name", metavar="HOST")
    fault.add_argument("fault")
    fault.add_argument("option", nargs="*", metavar="k=v")
    return parser


def _serve(options: argparse.Namespace) -> None:
    from .running import RunningFleet
    from .server import serve

    store = Store(options.state)
    if store.setting("world") is None and options.fleet is None:
        raise CliError(f"{options.state} is new: --fleet is needed")
    fleet = RunningFleet.create(store, options.fleet.read_text() if options.fleet else "")
    asyncio.run(serve(fleet, options.host, options.port))
    store.close()


def _inventory(options: argparse.Namespace) -> None:
    print(yaml.safe_dump(inventory(Store(options.state, must_exist=True)), sort_keys=False), end="")


def _state(options: argparse.Namespace) -> None:
    machines = Store(options.state, must_exist=True).machines()
    if options.name and options.name not in machines:
        raise CliError(f"no such host: {options.name}")
    print(json.dumps(machines[options.name] if options.name else machines, indent=2))


def _log(options: argparse.Namespace) -> None:
    for entry in Store(options.state, must_exist=True).log(options.name):
        print(json.dumps(entry))


def _clock(options: argparse.Namespace) -> None:
    print(_ask(options.state, "POST", "clock", {"advance": options.by})["time"])


def _fault(options: argparse.Namespace) -> None:
    if options.fault == "none":
        _ask(options.state, "DELETE", f"fault/{options.name}")
        return
    data: dict[str, Any] = {"name": options.fault}
    for option in options.option:
        name, equals, value = option.partition("=")
        if not equals:
            raise CliError(f"{option}: options are written k=v")
        data[name] = value
    print(json.dumps(_ask(options.state, "POST", f"fault/{options.name}", data)))


def _confirm(options: argparse.Namespace) -> None:
    data = {"installation_id": options.installation_id, "key": options.key}
    print(_ask(options.state, "POST", "confirmation", data)["confirmation_id"])


def _pack(options: argparse.Namespace) -> None:
    try:
        if options.licence:
            print(licence_text(options.office), end="")
        else:
            print(pack_text({"office": options.office, "behaviour": options.behaviour}), end="")
    except BadPackError as error:
        raise CliError(str(error)) from error


def _ask(state: Path, method: str, path: str, data: dict[str, Any] | None = None) -> Any:
    """Ask the server that serves this state file."""
    address = Store(state, must_exist=True).setting("address")
    if not address:
        raise CliError("this state file has never been served")
    url = f"http://{address['host']}:{address['port']}/winsim/{path}"
    request = urllib.request.Request(url, json.dumps(data or {}).encode(), method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        raise CliError(error.read().decode().strip()) from error
    except urllib.error.URLError as error:
        raise CliError(f"the fleet does not run ({url}: {error.reason})") from error
