# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test shares: the installed collection, a clean environment, and what counts as skipped.

Tests import and run the collection as users get it: from the tarball that `make collection` built and
installed into .collections, never from the source tree.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import sysconfig
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
COLLECTIONS = ROOT / ".collections"
INSTALLED = COLLECTIONS / "ansible_collections" / "officefleet" / "activation"

# Program that a test marked needs("program") runs -> Debian package that brings it.
DEBIAN_PACKAGES = {"chromium": "chromium", "named": "bind9", "postgres": "postgresql", "ssh": "openssh-client"}
# Debian keeps the programs of a PostgreSQL server, one folder a version, out of PATH.
POSTGRESQL_PROGRAMS = Path("/usr/lib/postgresql")

# Set by .ci/run: there a test that does not run is a failure.
NOTHING_SKIPPED = os.environ.get("OFFICEFLEET_NOTHING_SKIPPED") == "1"

# On a busy machine time says nothing; on CI, and where .ci/run stands for it, the same examples every time.
hypothesis.settings.register_profile("project", deadline=None, derandomize="CI" in os.environ or NOTHING_SKIPPED)
hypothesis.settings.load_profile("project")


def _prepare_environment() -> None:
    """Let this process and the ansible programs that it starts see one set of collections and settings."""
    bundle = sysconfig.get_paths()["purelib"]
    # nox runs other ansible-core versions without the bundle of collections, and names the bundle here.
    paths = [str(COLLECTIONS), os.environ.get("OFFICEFLEET_BUNDLE", bundle)]
    os.environ["ANSIBLE_COLLECTIONS_PATH"] = os.pathsep.join(paths)
    os.environ["ANSIBLE_CONFIG"] = str(ROOT / "tests" / "ansible.cfg")
    servers = sorted(POSTGRESQL_PROGRAMS.glob("*/bin"), key=lambda path: path.parent.name.zfill(3), reverse=True)
    path = [str(Path(sys.executable).parent), os.environ.get("PATH", ""), *map(str, servers[:1])]
    os.environ["PATH"] = os.pathsep.join(path)
    os.environ.setdefault("LC_ALL", "C.UTF-8")


def _versions() -> dict[str, str]:
    """What the collection is tested with."""
    from ansible.release import __version__

    found = {"ansible-core": __version__, "Python": platform.python_version()}
    for collection in ("ansible.windows", "community.windows"):
        name = Path("ansible_collections", *collection.split("."), "MANIFEST.json")
        for folder in os.environ["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep):
            if (manifest := Path(folder, name)).is_file():
                found.setdefault(collection, json.loads(manifest.read_text())["collection_info"]["version"])
    return found


def pytest_configure(config: pytest.Config) -> None:
    """Make `import ansible_collections.officefleet.activation` find the installed tarball."""
    if not (INSTALLED / "MANIFEST.json").is_file():
        raise pytest.UsageError("The collection is not installed in .collections: run `make collection`.")
    _prepare_environment()
    # Only now: Ansible reads its settings from the environment when it is imported.
    from ansible.plugins.loader import init_plugin_loader
    from ansible.utils.collection_loader import AnsibleCollectionConfig

    if AnsibleCollectionConfig.collection_finder is None:
        init_plugin_loader()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Name the ansible-core under test, and warn of an installed collection older than its sources."""
    versions = ", ".join(f"{name} {number}" for name, number in _versions().items())
    lines = [f"{versions}; the collection is that in {INSTALLED.relative_to(ROOT)}"]
    built = (INSTALLED / "MANIFEST.json").stat().st_mtime
    newer = [
        path
        for path in (ROOT / "plugins").rglob("*")
        if path.suffix in {".css", ".j2", ".js", ".py", ".yml"} and path.stat().st_mtime > built
    ]
    if newer:
        lines.append("WARNING: plugins/ is newer than the installed collection: run `make collection`.")
    return lines


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose server is not installed, and say how to get it."""
    for marker in item.iter_markers("needs"):
        program = marker.args[0]
        if shutil.which(program) is None:
            package = DEBIAN_PACKAGES.get(program, program)
            pytest.skip(f"{program} is not installed (Debian: apt-get install {package})")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell a summary what was tested with; under .ci/run, fail a run that skipped a test."""
    results = session.config.option.xmlpath
    if results and not hasattr(session.config, "workerinput"):
        Path(results).with_suffix(".json").write_text(json.dumps(_versions()), encoding="utf-8")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if NOTHING_SKIPPED and reporter is not None and reporter.stats.get("skipped"):
        reporter.write_line("\nTests were skipped where every test must run (OFFICEFLEET_NOTHING_SKIPPED).", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
