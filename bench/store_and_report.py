# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records and reports 1,000 and 10,000 hosts, each in a process of its own, and prints time, peak memory and sizes.

The store and the report run as they do in a task, without Ansible around them: each host is recorded by a connection of
its own, as each fork does it. Run it by `make bench`.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from bench.results import ROOT, save, show

SIZES = (1_000, 10_000)
PLACES = {"ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(ROOT / ".collections"), sysconfig.get_paths()["purelib"]])}
PROBLEM_SHARE = 20  # one host in so many is not licensed, one is unreachable


@dataclass(frozen=True)
class Measured:
    """One step: seconds of wall clock and of CPU, and the peak memory of its process in MiB."""

    seconds: float
    cpu: float
    memory: float


def records(count: int) -> Iterator[object]:
    """Hosts as a fleet has them: most licensed by KMS, some by MAK, some in trouble, some with Visio."""
    from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import (
        HostProblem,
        HostRecord,
        ProductRecord,
    )

    now = datetime.now(timezone.utc)
    for number in range(count):
        host, bad = f"pc{number:05}.site{number % 40:02}.corp.example", number % PROBLEM_SHARE == 0
        state = {"state": "notification", "reason": "0xC004F074"} if bad else {"state": "licensed"}
        common = {"channel": "kms_client", "last_five": "6F7TH", "kms_host": f"kms{number % 4}.corp.example"}
        ends = {"expires": None if bad else now + timedelta(days=170)}
        names = [("proplus", f"sku-{number % 3}"), *([("visio_pro", "sku-visio")] if number % 3 == 0 else [])]
        products = tuple(
            ProductRecord(sku, f"Office 2021 {family}", f"Office 21, {sku}", family, 2021, **common, **state, **ends)
            for family, sku in names
        )
        problem = HostProblem("connect", "The host could not be reached.", "Check its WinRM port.")
        lost = number % PROBLEM_SHARE == 1
        yield HostRecord(
            host,
            now,
            ("all", f"site{number % 40:02}"),
            os_version="10.0.19045.3803",
            cmid=f"00000000-0000-0000-0000-{number:012}",
            products=None if lost else products,
            problem=problem if lost else None,
        )


def record(count: int, folder: Path) -> None:
    """Record every host, by a connection of its own."""
    from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import Run
    from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store

    run = Run("bench", datetime.now(timezone.utc))
    for one in records(count):
        with Store(f"sqlite:///{folder}/fleet.sqlite") as store:
            store.record(one, run)


def report(_count: int, folder: Path) -> None:
    """Write every form of the report."""
    from ansible_collections.officefleet.activation.plugins.module_utils.report_options import (
        FORMATS,
        read_report_options,
    )
    from ansible_collections.officefleet.activation.plugins.plugin_utils._fleet_report_run import (
        read_report,
        write_report,
    )
    from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store

    now = datetime.now(timezone.utc)
    days = {"grace_days": 14, "renewal_days": 30, "stale_days": 30}
    options = {"formats": list(FORMATS), "folder": str(folder), "limits": None, "since": "2026-01-01", **days}
    asked = read_report_options(options, now)
    with Store(f"sqlite:///{folder}/fleet.sqlite") as store:
        made, numbers = read_report(store, asked, now)
    list(write_report(made, numbers, folder, asked.formats))


STEPS: dict[str, Callable[[int, Path], None]] = {"record": record, "report": report}


def measure_here(step: str, count: int, folder: Path) -> None:
    """Run one step in this process and print what it took, for the process that asked."""
    from ansible.plugins.loader import init_plugin_loader

    init_plugin_loader()
    began, cpu = time.perf_counter(), time.process_time()
    STEPS[step](count, folder)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([time.perf_counter() - began, time.process_time() - cpu, memory]))


def measure(step: str, count: int, folder: Path) -> Measured:
    """Run one step in a new process, so that its peak memory is its own."""
    command = [sys.executable, "-m", __spec__.name, step, str(count), str(folder)]
    environment = {**os.environ, **PLACES}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{step} of {count} hosts failed:\n{done.stderr[-2000:]}")
    return Measured(*json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Measure both sizes side by side and show their ratio."""
    results: dict[tuple[str, int], Measured] = {}
    sizes: dict[int, dict[str, float]] = {}
    for count in SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            for step in STEPS:
                results[step, count] = measure(step, count, folder)
            sizes[count] = {path.name: path.stat().st_size / 2**20 for path in folder.iterdir()}
    rows: list[list[object]] = [["", "hosts", "seconds", "CPU s", "peak MiB", "ms/host"]]
    for (step, count), took in results.items():
        numbers = [f"{took.seconds:.2f}", f"{took.cpu:.2f}", f"{took.memory:.0f}", f"{1000 * took.seconds / count:.2f}"]
        rows.append([step, count, *numbers])
    show("Store and report, without Ansible around them", rows)
    print()
    for count, files in sizes.items():
        print(f"{count:,} hosts: store {files['fleet.sqlite']:.1f} MiB, page {files['report.html']:.1f} MiB")
    small, large = SIZES
    for step in STEPS:
        one, ten = results[step, small], results[step, large]
        time_ratio, memory_ratio = ten.seconds / one.seconds, ten.memory / one.memory
        print(f"{step}: {large // small} times the hosts took {time_ratio:.1f} times as long", end="")
        print(f" and {memory_ratio:.1f} times the memory")
    runs = [{"step": step, "hosts": count, **vars(took)} for (step, count), took in results.items()]
    save("store_and_report", {"runs": runs, "mebibytes": sizes})


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure_here(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
    else:
        main()
