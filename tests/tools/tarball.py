# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check the tarball as a user meets it: build it, install it into an empty folder, read every page of it.

Usage: tarball.py FOLDER, an empty folder for its work. It needs `ansible-galaxy` and `ansible-doc` on PATH.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NAME = "officefleet.activation"
MADE_BY_GALAXY = {"MANIFEST.json", "FILES.json"}
# Folder below plugins/ -> what ansible-doc calls it. Other folders hold code that documents itself.
DOCUMENTED = {"modules": "module", "filter": "filter", "callback": "callback", "lookup": "lookup"}


def output_of(*command: str) -> str:
    """Return what a command prints; when it fails, show all that it printed and stop."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def build(folder: Path) -> Path:
    """Build the tarball in this folder and return where it is."""
    output_of("ansible-galaxy", "collection", "build", "--force", "--output-path", str(folder))
    (tarball,) = folder.glob("officefleet-activation-*.tar.gz")
    return tarball


def strays(tarball: Path) -> list[str]:
    """Return the files of the tarball that do not belong to the project: caches, builds, local files."""
    listing = output_of("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    project = set(listing.split("\0")) | MADE_BY_GALAXY
    with tarfile.open(tarball) as archive:
        return sorted(member.name for member in archive if not member.isdir() and member.name not in project)


def plugin_names(installed: Path, folder: str) -> list[str]:
    """Return the full names of the plugins in one folder of the installed collection."""
    files = {path.stem for path in (installed / "plugins" / folder).glob("[!_]*") if path.is_file()}
    return [f"{NAME}.{name}" for name in sorted(files)]


def undocumented(names: list[str], kind: str) -> list[str]:
    """Return those of the plugins for which ansible-doc shows no description or no example."""
    pages = json.loads(output_of("ansible-doc", "--json", "--type", kind, *names))
    return [
        name
        for name in names
        if not pages.get(name, {}).get("doc", {}).get("description") or not pages[name].get("examples")
    ]


def check_documentation(installed: Path) -> list[str]:
    """Return what is wrong with the documentation of the installed plugins."""
    problems = []
    for folder, kind in DOCUMENTED.items():
        names = plugin_names(installed, folder)
        problems += [f"{name}: no description or example" for name in undocumented(names, kind)] if names else []
        print(f"{len(names)} documented plugins of type {kind}")
    actions = set(plugin_names(installed, "action"))
    problems += [f"{name}: no module page" for name in actions - set(plugin_names(installed, "modules"))]
    return problems


def main() -> int:
    """Run all checks in the folder named on the command line; return 0 when the tarball is in order."""
    folder = Path(sys.argv[1]).resolve()
    tarball = build(folder)
    problems = [f"{name}: should not be in the tarball" for name in strays(tarball)]
    empty = folder / "collections"
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = str(empty)
    install = ["ansible-galaxy", "collection", "install", "--offline", "--collections-path", str(empty)]
    output_of(*install, str(tarball))
    installed = empty / "ansible_collections" / "officefleet" / "activation"
    problems += check_documentation(installed)
    print(f"{tarball.name}: {tarball.stat().st_size // 1024} kB", *problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
