# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server process: the endpoint, the control paths, and a listener for each KMS host."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
from dataclasses import asdict
from typing import Any

from aiohttp import web

from .commands import Runner
from .connections import Keys, listening_socket
from .endpoint import Endpoint
from .faults import Fault
from .files import checksum, content_of
from .happenings import duration
from .inventory import inventory
from .licensing import HResult
from .registry import set_value
from .running import RunningFleet
from .usage import Cost

MAX_BODY = 64 * 1024 * 1024


class Control:
    """``/winsim/...``: what tests and the command line ask and change while the fleet runs."""

    def __init__(self, fleet: RunningFleet, listeners: KmsListeners) -> None:
        self.fleet = fleet
        self.listeners = listeners

    def routes(self) -> list[web.RouteDef]:
        """All control paths."""
        return [
            web.get("/winsim/ready", self.ready),
            web.get("/winsim/world", self.world),
            web.get("/winsim/inventory", self.inventory),
            web.get("/winsim/state/{host}", self.state),
            web.patch("/winsim/state/{host}", self.change),
            web.get("/winsim/downloads", self.downloads),
            web.get("/winsim/usage", self.usage),
            web.delete("/winsim/usage", self.forget_usage),
            web.put("/winsim/cost", self.set_cost),
            web.get("/winsim/log", self.log),
            web.get("/winsim/log/{host}", self.log),
            web.post("/winsim/clock", self.clock),
            web.post("/winsim/confirmation", self.confirmation),
            web.post("/winsim/fault/{host}", self.set_fault),
            web.delete("/winsim/fault/{host}", self.clear_faults),
        ]

    async def ready(self, http: web.Request) -> web.Response:
        """Whether it serves, and what."""
        return web.json_response({"hosts": len(self.fleet.machines), "time": self.fleet.world.clock.now().isoformat()})

    async def world(self, http: web.Request) -> web.Response:
        """Clock, KMS hosts, DNS, Microsoft's keys."""
        return web.json_response(self.fleet.world.to_json())

    async def inventory(self, http: web.Request) -> web.Response:
        """The Ansible inventory."""
        return web.json_response(inventory(self.fleet.store))

    async def state(self, http: web.Request) -> web.Response:
        """One machine."""
        return web.json_response(self._machine(http).to_json())

    async def change(self, http: web.Request) -> web.Response:
        """Change a machine: its reach, language, elevated, vbscript, or properties of a product by SKU ID."""
        machine, data = self._machine(http), await _body(http)
        machine.reach |= data.pop("reach", {})
        for name in ("language", "elevated", "vbscript"):
            if name in data:
                setattr(machine, name, data.pop(name))
        for sku_id, properties in data.pop("products", {}).items():
            for product in machine.licensing.products:
                if product.get("ID", "").lower() == sku_id.lower():
                    product |= {name: str(value) for name, value in properties.items()}
        for path, value in data.pop("registry", {}).items():
            try:
                set_value(machine.licensing, path, value)
            except ValueError as error:
                raise _bad(str(error)) from error
        if data:
            raise _bad(f"unknown: {', '.join(data)}")
        self.fleet.settle()
        self.fleet.save(machine)
        await self.listeners.follow()
        return web.json_response(machine.to_json())

    async def downloads(self, http: web.Request) -> web.Response:
        """What URLs and shares give, with the checksums of the files."""
        return web.json_response({url: _described(entry) for url, entry in self.fleet.downloads.items()})

    async def usage(self, http: web.Request) -> web.Response:
        """What each host was asked since the start or the last reset."""
        return web.json_response({name: usage.to_json() for name, usage in self.fleet.usage.items()})

    async def forget_usage(self, http: web.Request) -> web.Response:
        """Count from nothing again."""
        self.fleet.usage.clear()
        return web.json_response({})

    async def set_cost(self, http: web.Request) -> web.Response:
        """How long programs take on every host from now on."""
        try:
            self.fleet.cost = Cost.read(await _body(http))
        except ValueError as error:
            raise _bad(str(error)) from error
        return web.json_response(asdict(self.fleet.cost))

    async def log(self, http: web.Request) -> web.Response:
        """The command log."""
        return web.json_response(list(self.fleet.store.log(http.match_info.get("host"))))

    async def clock(self, http: web.Request) -> web.Response:
        """Move the clock."""
        try:
            by = duration(str((await _body(http)).get("advance", "")))
        except ValueError as error:
            raise _bad(str(error)) from error
        time = self.fleet.advance(by)
        await self.listeners.follow()
        return web.json_response({"time": time})

    async def confirmation(self, http: web.Request) -> web.Response:
        """What Microsoft answers by telephone: the confirmation ID for an installation ID; counts as an activation."""
        data = await _body(http)
        try:
            answer = self.fleet.world.microsoft.confirmation_id(str(data["installation_id"]), str(data["key"]))
        except KeyError as error:
            raise _bad(f"{error.args[0]} is needed") from error
        except HResult as failure:
            raise _bad(f"Microsoft refuses: 0x{failure.code:08X}") from failure
        self.fleet.save()
        return web.json_response({"confirmation_id": answer})

    async def set_fault(self, http: web.Request) -> web.Response:
        """Give a host a fault."""
        try:
            fault = Fault.read(await _body(http))
            self.fleet.add_fault(http.match_info["host"], fault)
        except KeyError as error:
            raise _missing(http) from error
        except (ValueError, TypeError) as error:
            raise _bad(str(error)) from error
        await self.listeners.follow()
        return web.json_response(fault.to_json())

    async def clear_faults(self, http: web.Request) -> web.Response:
        """Take one fault or all."""
        try:
            self.fleet.clear_faults(http.match_info["host"], http.query.get("name"))
        except KeyError as error:
            raise _missing(http) from error
        await self.listeners.follow()
        return web.json_response({})

    def _machine(self, http: web.Request) -> Any:
        machine = self.fleet.machines.get(http.match_info["host"])
        if machine is None:
            raise _missing(http)
        return machine


class KmsListeners:
    """A TCP listener on the KMS port of each KMS host that runs. It accepts and closes: no KMS protocol is spoken."""

    def __init__(self, fleet: RunningFleet) -> None:
        self.fleet = fleet
        self.open: dict[tuple[str, int], asyncio.Server] = {}
        self.failed: list[str] = []
        self._following = asyncio.Lock()

    async def follow(self) -> None:
        """Open and close listeners until they match the world."""
        async with self._following:
            await self._follow()

    async def _follow(self) -> None:
        wanted = set()
        for host in self.fleet.world.kms_hosts.values():
            if host.running and host.reachable:
                wanted |= {(address, host.port) for address in host.addresses if address.startswith("127.")}
        for place in set(self.open) - wanted:
            server = self.open.pop(place)
            server.close()
            await server.wait_closed()
        for address, port in wanted - set(self.open):
            try:
                self.open[address, port] = await asyncio.start_server(_accept, address, port)
            except OSError as error:
                failure = f"KMS host address {address}:{port}: {error.strerror}"
                if failure not in self.failed:
                    self.failed.append(failure)
                    print(f"winsim: warning: {failure}", flush=True)

    async def close(self) -> None:
        """Close all."""
        for server in self.open.values():
            server.close()
        self.open.clear()


async def _accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def _described(entry: dict[str, Any]) -> dict[str, Any]:
    if "kind" not in entry:
        return dict(entry)
    content = content_of(entry["kind"])
    return {"size": len(content)} | {name: checksum(content, name) for name in ("sha1", "sha256")}


async def _body(http: web.Request) -> dict[str, Any]:
    try:
        data = json.loads(await http.text() or "{}")
    except ValueError as error:
        raise _bad(f"not JSON: {error}") from error
    if not isinstance(data, dict):
        raise _bad("must be an object")
    return data


def _bad(text: str) -> web.HTTPBadRequest:
    return web.HTTPBadRequest(text=text + "\n")


def _missing(http: web.Request) -> web.HTTPNotFound:
    return web.HTTPNotFound(text=f"no such host: {http.match_info['host']}\n")


class Doors:
    """The other ways in: a port for each kind of certificate, and one for each host that is reached over SSH."""

    def __init__(self, runner: Runner, web_runner: web.AppRunner, host: str) -> None:
        self.runner, self.web_runner, self.host = runner, web_runner, host
        self.machines = list(runner.fleet.machines.values())
        self.keys = Keys(runner.fleet.store.path)
        self._ssh: list[Any] = []

    async def open(self, before: dict[str, Any]) -> dict[str, dict[str, int]]:
        """Open them, on the ports they had ``before`` where those are free; the ports that they have."""
        certificates = sorted({one.certificate for one in self.machines if one.connection == "https"})
        https = {kind: listening_socket(self.host, before.get("https", {}).get(kind)) for kind in certificates}
        for kind, sock in https.items():
            await web.SockSite(self.web_runner, sock, ssl_context=self.keys.certificate(kind, self.host)).start()
        by_ssh = [one for one in self.machines if one.connection == "ssh"]
        ssh = {one.name: listening_socket(self.host, before.get("ssh", {}).get(one.name)) for one in by_ssh}
        if by_ssh:
            from . import ssh_server

            self.keys.prepare_ssh(self.host, [sock.getsockname()[1] for sock in ssh.values()])
            self._ssh = [await ssh_server.listen(self.runner, one, ssh[one.name], self.keys) for one in by_ssh]
        sockets = {"https": https, "ssh": ssh}
        return {kind: {name: sock.getsockname()[1] for name, sock in of.items()} for kind, of in sockets.items()}

    def close(self) -> None:
        """Close those of SSH, with their connections; the web runner closes its own."""
        for server in self._ssh:
            server.close()


async def serve(fleet: RunningFleet, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; prints one line when ready. Port 0 takes a free one."""
    listeners = KmsListeners(fleet)
    commands = Runner(fleet, listeners.follow)
    endpoint = Endpoint(commands)
    app = web.Application(client_max_size=MAX_BODY)
    app.add_routes([web.post("/wsman/{host}", endpoint.handle), *Control(fleet, listeners).routes()])
    runner = web.AppRunner(app, access_log=None, keepalive_timeout=300)
    await runner.setup()
    site = web.TCPSite(runner, host, port, backlog=1024)
    await site.start()
    port = runner.addresses[0][1]
    doors = Doors(commands, runner, host)
    ports = await doors.open(fleet.store.setting("address") or {})
    fleet.store.set_setting("address", {"host": host, "port": port, **ports})
    await listeners.follow()
    print(f"winsim ready: {len(fleet.machines)} hosts at http://{host}:{port}/wsman/<host>", flush=True)
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
    await stop.wait()
    endpoint.close()
    doors.close()
    await listeners.close()
    await runner.cleanup()
