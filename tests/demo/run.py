# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo: a bare server becomes the KMS host of a small simulated fleet, which is brought into its described state
twice, broken by hand, and reported.

Everything is run as a user runs it: ansible-playbook over WinRM. Only the Windows computers are simulated.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / ".build" / "demo"
VERSIONS = (2013, 2016, 2019, 2021, 2024)
KEYS = {
    "vault_mak_laptops": "AAAAA-BBBBB-CCCCC-DDDDD-LTP21",
    "vault_mak_project": "AAAAA-BBBBB-CCCCC-DDDDD-PRJ21",
    **{f"vault_kms_host_key_{version}": f"AAAAA-BBBBB-CCCCC-DDDDD-HST{version % 100}" for version in VERSIONS},
}
CLIENTS = ("-e", "officefleet_hosts=all:!kms_hosts")
BIN = Path(sys.executable).parent
TWO_HOSTS_FAIL = (2,)  # kiosk01 and print01, which no playbook can help
KMS_SUMMARY = "officefleet.activation.kms_host : Say what clients will experience"
BREAK = r'cscript.exe //Nologo "C:\Program Files\Microsoft Office\Office16\OSPP.VBS" /sethst:kms.typo.example'


class DemoError(Exception):
    """The demo did not show what it should."""


def say(title: str) -> None:
    """Print a heading."""
    print(f"\n=== {title}", flush=True)


def run(*command: str, ok: tuple[int, ...] = (0,), **env: str) -> str:
    """Run a program and return its output, which also goes to a log. Raises DemoError for another exit code."""
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "ansible.cfg"),
        "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(ROOT / ".collections"), sysconfig.get_paths()["purelib"]]),
        "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        "ANSIBLE_VAULT_PASSWORD_FILE": str(WORK / "vault-password"),
        "PYTHONPATH": str(ROOT / "tests"),
        **env,
    }
    done = subprocess.run(command, env=environment, cwd=WORK, text=True, capture_output=True, check=False)
    with (WORK / "log.txt").open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n{done.stdout}{done.stderr}\n")
    if done.returncode not in ok:
        raise DemoError(f"{command[0]} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-2000:]}")
    return done.stdout


def start_fleet() -> subprocess.Popen[bytes]:
    """Start the simulated fleet and wait until it answers."""
    state = WORK / "fleet.db"
    command = [sys.executable, "-m", "winsim", "serve", "--fleet", str(HERE / "fleet.yml")]
    with (WORK / "winsim.txt").open("wb") as log:
        server = subprocess.Popen(
            [*command, "--state", str(state), "--port", "0"],
            env={**os.environ, "PYTHONPATH": str(ROOT / "tests"), "PYTHONUNBUFFERED": "1"},
            stdout=log,
            stderr=log,
        )
    for _attempt in range(600):
        printed = (WORK / "winsim.txt").read_text(encoding="utf-8")
        if server.poll() is not None:
            raise DemoError(f"the simulated fleet did not start:\n{printed}")
        if "winsim ready" in printed:
            return server
        time.sleep(0.1)
    server.terminate()
    raise DemoError("the simulated fleet does not answer")


def write_inventory() -> None:
    """The inventory as an organisation has it: hosts, variables by group, and keys in a vault."""
    inventory = WORK / "inventory"
    (inventory / "group_vars").mkdir(parents=True)
    hosts = run(sys.executable, "-m", "winsim", "inventory", "--state", str(WORK / "fleet.db"))
    (inventory / "hosts.yml").write_text(hosts, encoding="utf-8")
    variables = yaml.safe_load((HERE / "group_vars.yml").read_text(encoding="utf-8"))
    for group, values in variables.items():
        (inventory / "group_vars" / f"{group}.yml").write_text(yaml.safe_dump(values), encoding="utf-8")
    (WORK / "vault-password").write_text(os.urandom(16).hex(), encoding="utf-8")
    (inventory / "group_vars" / "all").mkdir()
    vault = inventory / "group_vars" / "all" / "vault.yml"
    vault.write_text(yaml.safe_dump(KEYS), encoding="utf-8")
    run(str(BIN / "ansible-vault"), "encrypt", str(vault))


def write_packs() -> None:
    """What the server lacks: packs, and licence files for the older versions (their form: tests/winsim/README.md)."""
    folder = WORK / "packs"
    folder.mkdir()
    for version in VERSIONS:
        (folder / f"{version}.exe").write_text(f"winsim volume license pack\noffice: {version}\n", encoding="utf-8")
        (folder / f"{version}.xrm-ms").write_text(f"winsim licence\noffice: {version}\n", encoding="utf-8")


def playbook(name: str, *options: str, ok: tuple[int, ...] = (0,)) -> str:
    """Run a playbook of the collection."""
    return run(str(BIN / "ansible-playbook"), "-i", "inventory", f"officefleet.activation.{name}", *options, ok=ok)


def show_message(output: str, task: str, last: int = 0) -> None:
    """Print the message of a debug task, or its last lines."""
    found = re.search(rf"TASK \[{re.escape(task)}\].*?msg:\n(.*?)\n\n", output, re.DOTALL)
    if not found:
        raise DemoError(f"the task {task!r} printed nothing:\n{output[-3000:]}")
    for line in yaml.safe_load(found.group(1))[-last:]:
        print("  " + line)


def recap(output: str) -> dict[str, dict[str, int]]:
    """The numbers of the PLAY RECAP by host."""
    lines = re.findall(r"^(\S+)\s+: (ok=.*)$", output, re.MULTILINE)
    return {host: {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", numbers)} for host, numbers in lines}


def count(numbers: dict[str, dict[str, int]], name: str) -> int:
    """How many hosts have something under a heading of the recap."""
    return sum(1 for host in numbers.values() if host.get(name))


def demo() -> None:
    """All steps, each checked."""
    say("The fleet: see tests/demo/fleet.yml. It runs on this computer and speaks WinRM.")
    make_kms_host()
    roll_out()
    break_and_mend()
    report()
    say("Demo finished: the second run changed nothing; kiosk01 and print01 need a person, and the report says why.")
    print(f"  The page, for a browser:     {(WORK / 'officefleet-report' / 'report.html').relative_to(ROOT)}")
    print(f"  Everything that was printed: {(WORK / 'log.txt').relative_to(ROOT)}")


def make_kms_host() -> None:
    """Licence packs, keys, activation, firewall and DNS on a bare server, and then nothing more."""
    say("A bare server becomes the KMS host (playbook kms_host.yml): licence packs, keys, activation, firewall, DNS")
    began = time.monotonic()
    show_message(playbook("kms_host"), KMS_SUMMARY)
    print(f"  {time.monotonic() - began:.0f} seconds")
    say("A second run of it: nothing is left to change")
    again = playbook("kms_host")
    show_message(again, KMS_SUMMARY, last=1)
    must_change_nothing(again)


def roll_out() -> None:
    """The site playbook twice."""
    say("First run of the site playbook: configure, activate, ask again for those that were pending")
    began = time.monotonic()
    first = playbook("site", *CLIENTS, ok=TWO_HOSTS_FAIL)
    show_message(first, "Show what came out, grouped by cause")
    pending = first.partition("PLAY [Ask again")[2].partition("PLAY [Summary")[0].count("changed: [")
    print(f"  {pending} hosts had to wait until the KMS host had counted five; the second pass activated them")
    print(f"  changed hosts: {count(recap(first), 'changed')}; {time.monotonic() - began:.0f} seconds")
    if not pending:
        raise DemoError("the second pass activated nothing")
    say("Second run: nothing is left to change")
    second = playbook("site", *CLIENTS, ok=TWO_HOSTS_FAIL)
    show_message(second, "Show what came out, grouped by cause")
    must_change_nothing(second)


def must_change_nothing(output: str) -> None:
    """Print how many hosts a run changed. Raises DemoError when there are any."""
    changed = count(recap(output), "changed")
    print(f"  changed hosts: {changed}")
    if changed:
        raise DemoError(f"the second run changed something:\n{output}")


def break_and_mend() -> None:
    """A difference that somebody makes by hand shows in check mode, and is gone after a run."""
    say("Somebody registers a wrong KMS host on desktop02 by hand. A check-mode run shows it and changes nothing:")
    run(str(BIN / "ansible"), "-i", "inventory", "desktop02", "-m", "ansible.windows.win_command", "-a", BREAK)
    check = playbook("site", "--check", "--diff", "--limit", "desktop02")
    diff = re.search(r"^--- before.*?\n\n", check, re.DOTALL | re.MULTILINE)
    if not diff:
        raise DemoError(f"check mode shows no difference:\n{check}")
    print("  " + diff.group().strip().replace("\n", "\n  "))
    playbook("site", "--limit", "desktop02")


def report() -> None:
    """The report of the whole fleet, whose hosts in trouble are the two that no playbook can help."""
    say("The report of the fleet (playbook report.yml, read only): a page, CSV and JSON files")
    show_message(playbook("report"), "Show what needs somebody to act")
    written = json.loads((WORK / "officefleet-report" / "report.json").read_text(encoding="utf-8"))
    in_trouble = {row["host"] for row in written["tables"]["need_person"]}
    if in_trouble != {"kiosk01", "print01"}:
        raise DemoError(f"the report names other hosts that need a person: {sorted(in_trouble)}")


def main() -> int:
    """Entry point of `make demo`."""
    if WORK.exists():
        subprocess.run(["rm", "-rf", str(WORK)], check=True)
    WORK.mkdir(parents=True)
    server = None
    try:
        server = start_fleet()
        write_inventory()
        write_packs()
        demo()
    except DemoError as error:
        print(f"\nThe demo failed: {error}", file=sys.stderr)
        return 1
    finally:
        if server is not None:
            server.terminate()
            server.wait(60)
    return 0


if __name__ == "__main__":
    sys.exit(main())
