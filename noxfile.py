# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every check of the project, one nox session each; `make test` runs them and sums up.

Sessions run the collection that `make collection` installed into .collections. The main ansible-core comes
with the `ansible` bundle in .venv; sessions for other versions install ansible-core alone, and of the bundle
that came with it, which is large, only the collections that are needed here.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import nox

ROOT = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
COLLECTIONS = ROOT / ".collections"
BUNDLE = sysconfig.get_paths()["purelib"]
ENVIRONMENT = {
    "ANSIBLE_COLLECTIONS_PATH": os.pathsep.join([str(COLLECTIONS), BUNDLE]),
    "ANSIBLE_CONFIG": str(ROOT / "tests" / "ansible.cfg"),
    "OFFICEFLEET_BUNDLE": BUNDLE,
    "PATH": os.pathsep.join([str(BIN), os.environ["PATH"]]),
}


@dataclass(frozen=True)
class Core:
    """A version of ansible-core: the `ansible` bundle that came with it, which brings the collections that it is
    tested with, and the Pythons that it and the tests run on, the preferred one first."""

    bundle: str
    pythons: tuple[str, ...]
    by_default: bool = False


# The oldest and the newest run by default beside the main one. Others can be asked for: nox -s core-2.18
CORES = {
    "2.16": Core("9", ("3.11", "3.12"), by_default=True),
    "2.17": Core("10", ("3.11", "3.12")),
    "2.18": Core("11", ("3.11", "3.12", "3.13")),
    "2.19": Core("12", ("3.11", "3.12", "3.13")),
    "2.20": Core("13", ("3.12", "3.13", "3.14")),
    "2.21": Core("14", ("3.13", "3.14", "3.12"), by_default=True),
}
# That of .venv
MAIN = ".".join(version("ansible-core").split(".")[:2])
# ansible-test of the main ansible-core installs this pip first, and names another one where that is wrong.
PIP_OF_ANSIBLE_TEST = "24_2"
# What playbooks and tests use of a bundle
COLLECTIONS_OF_BUNDLE = ("ansible/posix", "ansible/windows", "community/windows", "microsoft/ad")

TESTS = ["tests/unit", "tests/integration"]
# The store on its databases, pages in a browser, and jobs as AWX runs them, whose image has one ansible-core.
TESTS_OF_ONE_CORE = ["tests/store", "tests/pages", "tests/jobs"]

nox.options.default_venv_backend = "virtualenv"
nox.options.reuse_venv = "yes"


def interpreters(number: str) -> Iterator[Path]:
    """Yield where a Python of this version may be: on PATH, and in pyenv, whose shims may refuse to run."""
    name = f"python{number}"
    for folder in os.environ["PATH"].split(os.pathsep):
        if found := shutil.which(name, path=folder):
            yield Path(found)
    if shutil.which("pyenv"):
        root = subprocess.run(["pyenv", "root"], capture_output=True, text=True, check=False).stdout.strip()
        yield from sorted(Path(root, "versions").glob(f"*/bin/{name}"), reverse=True)


def runs(interpreter: Path) -> bool:
    """Tell whether this Python starts and can make virtual environments."""
    command = [interpreter, "-c", "import ensurepip, sqlite3, ssl, venv"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@functools.cache
def find_python(*versions: str) -> str | None:
    """Return the first Python that runs, in the order of the versions."""
    candidates = (path for number in versions for path in interpreters(number))
    return next((str(path) for path in candidates if runs(path)), None)


def locked_versions(session: nox.Session) -> Path:
    """Write the lock file without the lines of ansible-core's own and return where it is."""
    depends_on_core = ("ansible==", "ansible-core==", "ansible-compat==", "ansible-lint==", "resolvelib==")
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    target = Path(session.virtualenv.location, "constraints.txt")
    target.write_text("\n".join(line for line in lines if not line.startswith(depends_on_core)), encoding="utf-8")
    return target


def tool(session: nox.Session, name: str, *arguments: str, **environment: str) -> None:
    """Run a program of the main virtual environment."""
    session.run(str(BIN / name), *arguments, env={**ENVIRONMENT, **environment})


def bundled_collections(session: nox.Session, bundle: str) -> Path:
    """Return the folder with the collections of a bundle, fetched once and kept beside the sessions."""
    target = ROOT / ".nox" / f"bundle-{bundle}"
    if not target.is_dir():
        with tempfile.TemporaryDirectory() as folder:
            session.run(
                *f"python -m pip download -qq --no-deps --dest {folder} ansible=={bundle}.*".split(), silent=True
            )
            unpacked = Path(folder, "unpacked")
            with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
                wanted = tuple(f"ansible_collections/{name}/" for name in COLLECTIONS_OF_BUNDLE)
                wheel.extractall(unpacked, [name for name in wheel.namelist() if name.startswith(wanted)])
            shutil.copytree(unpacked, target)
    return target


def test_options(session: nox.Session) -> list[str]:
    """Return the options of pytest in a run of all tests: two at a time, results for a summary, what took long."""
    options = ["-n", "2", "--durations=12", "--durations-min=10"]
    reports = os.environ.get("OFFICEFLEET_REPORTS")
    return [*options, *([f"--junitxml={reports}/{session.name}.xml"] if reports else [])]


@nox.session(python=False, tags=["lint"])
def ruff(session: nox.Session) -> None:
    """Python: mistakes, style and layout."""
    tool(session, "ruff", "check")
    tool(session, "ruff", "format", "--check")


@nox.session(python=False, tags=["lint"])
def types(session: nox.Session) -> None:
    """Python: types, strictly, of the installed plugins and of the simulated fleet."""
    tool(session, "mypy")


@nox.session(python=False, tags=["lint"])
def yamllint(session: nox.Session) -> None:
    """YAML: layout."""
    tool(session, "yamllint", "--strict", ".")


@nox.session(name="ansible-lint", python=False, tags=["lint"])
def ansible_lint(session: nox.Session) -> None:
    """Roles, playbooks and module documentation, at the strictest profile."""
    # In a copy: ansible-lint leaves files of its own where it runs.
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "ansible_collections", "officefleet", "activation")
        shutil.copytree(COLLECTIONS / tree.relative_to(folder), tree)
        options = ["--profile", "production", "--offline", "--strict", "-c", str(ROOT / ".ansible-lint")]
        with session.chdir(tree):
            tool(session, "ansible-lint", *options, ANSIBLE_COLLECTIONS_PATH=f"{folder}{os.pathsep}{BUNDLE}")


@nox.session(python=False, tags=["lint"])
def documentation(session: nox.Session) -> None:
    """Documentation of plugins and roles: markup, references, completeness."""
    options = ["--plugin-docs", "--validate-collection-refs=self"]
    tool(session, "antsibull-docs", "lint-collection-docs", *options, ".")


@nox.session(python=False, tags=["lint"])
def docs(session: nox.Session) -> None:
    """The guides, and the pages of plugins and roles, as HTML in .build/docs/html; a warning is an error."""
    source, html = ROOT / ".build" / "docs" / "source", ROOT / ".build" / "docs" / "html"
    shutil.rmtree(source.parent, ignore_errors=True)
    shutil.copytree(ROOT / "docs", source / "docs", ignore=shutil.ignore_patterns("_ext", "conf.py"))
    for page in [ROOT / "CONTRIBUTING.md", *ROOT.glob("roles/*/README.md"), ROOT / "tests/winsim/README.md"]:
        target = source / page.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(page, target)
    reference = source / "reference"
    reference.mkdir()
    options = ["--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(reference)]
    tool(session, "antsibull-docs", "collection", *options, "officefleet.activation")
    options = ["--quiet", "--fail-on-warning", "--keep-going", "-c", str(ROOT / "docs")]
    tool(session, "sphinx-build", *options, str(source), str(html), PYTHONPATH=str(COLLECTIONS))


@nox.session(python=False, tags=["lint"])
def changelog(session: nox.Session) -> None:
    """Changelog fragments."""
    tool(session, "antsibull-changelog", "lint")


@nox.session(python=False, tags=["lint"])
def licences(session: nox.Session) -> None:
    """Copyright and licence of every file."""
    tool(session, "reuse", "lint", "--lines")


@nox.session(python=False, tags=["lint"])
def tarball(session: nox.Session) -> None:
    """The tarball installs into an empty folder, holds no strays, and every plugin documents itself."""
    with tempfile.TemporaryDirectory() as folder:
        tool(session, "python", "tests/tools/tarball.py", folder)


@nox.session(name=f"core-{MAIN}", python=False, tags=["main", "tests"])
def core_main(session: nox.Session) -> None:
    """All tests with the ansible-core of the bundle."""
    tool(session, "pytest", *test_options(session), *(session.posargs or [*TESTS, *TESTS_OF_ONE_CORE]))


@nox.session(python=False, tags=["tests"])
def molecule(session: nox.Session) -> None:
    """The Molecule scenarios of the roles, on a simulated fleet of their own."""
    # Molecule keeps its state by the name of the checkout's folder, below ANSIBLE_HOME: runs must not share that.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        options = session.posargs or ["--all"]
        tool(session, "molecule", "test", *options, ANSIBLE_HOME=folder, MOLECULE_COMMAND_BORDERS="0")


@nox.session(python=False, default=False, tags=["matrix"])
def sanity(session: nox.Session) -> None:
    """ansible-test sanity, without containers; it names what it leaves out for want of a program."""
    # A home of its own: environments are kept there, and pip's settings, which ansible-test does not hand on.
    home = ROOT / ".nox" / "sanity"
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "tests" / "tools" / "get_pip.py", cache / f"get_pip_{PIP_OF_ANSIBLE_TEST}.py")
    settings = [
        f"{name[4:].lower().replace('_', '-')} = {os.environ[name]}" for name in os.environ if name[:4] == "PIP_"
    ]
    config = home / ".config" / "pip" / "pip.conf"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.touch(mode=0o600)  # an index may be given with a password
    config.write_text("\n".join(["[global]", *settings, ""]), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder, "ansible_collections", "officefleet", "activation")
        shutil.copytree(COLLECTIONS / tree.relative_to(folder), tree)
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        options = ["sanity", "--local", "--python", python]
        # pylint minds the name _ and what is plainer as it is; ruff sees to the rest.
        most = ["--skip-test", "pylint", "--skip-test", "import"]
        # Nothing but ansible-core is there: _store.py imports the rest of the store only where SQLAlchemy is.
        store = sorted(tree.glob("plugins/plugin_utils/_store_*.py"))
        imports = ["--test", "import", *(f"--exclude={path.relative_to(tree)}" for path in store)]
        with session.chdir(tree):
            for tests in [session.posargs] if session.posargs else [most, imports]:
                tool(session, "ansible-test", *options, *tests, HOME=str(home))


@nox.session(
    name="galaxy-importer", python=find_python("3.11", "3.12", "3.13") or False, default=False, tags=["matrix"]
)
def galaxy_importer(session: nox.Session) -> None:
    """What Galaxy looks at when a release is uploaded; ansible-lint is a session of its own, and stricter."""
    if not session.python:
        session.skip("no Python 3.11 to 3.13 was found")
    # In an environment of its own: it wants an older attrs than everything else.
    session.install("galaxy-importer", f"ansible-core=={MAIN}.*")
    (archive,) = (ROOT / ".build").glob("officefleet-activation-*.tar.gz")
    settings = {"GALAXY_IMPORTER_RUN_ANSIBLE_LINT": "false", "GALAXY_IMPORTER_RUN_ANSIBLE_TEST": "false"}
    with session.chdir(session.create_tmp()):
        session.run("python", "-m", "galaxy_importer.main", str(archive), env={**ENVIRONMENT, **settings})


@nox.session(python=find_python("3.14", "3.13", "3.12") or False, default=False)
def newest(session: nox.Session) -> None:
    """Checks and tests with the newest release of everything, whatever ranges and lock say: what will break next."""
    if not session.python:
        session.skip("no Python 3.12 or newer was found")
    folder = Path(session.create_tmp())
    for name in ("requirements.in", "requirements-test.in"):
        text = (ROOT / name).read_text(encoding="utf-8")
        (folder / name).write_text(re.sub(r",?<[\d.]+", "", text), encoding="utf-8")
    # Nothing is kept of an earlier run: pip leaves what satisfies a range as it is.
    session.install("--upgrade", "--upgrade-strategy", "eager", "-r", str(folder / "requirements.in"))
    # In that environment the noxfile calls its ansible-core the main one.
    session.run("python", "tests/tools/checks.py", "--tags", "lint", "main", env={"OFFICEFLEET_REPORTS": ""})


def core_session(name: str, core: str, pythons: tuple[str, ...], tag: str, default: bool) -> None:
    """Register a session that runs the tests with one more ansible-core, on the first of the Pythons that is here."""
    interpreter = find_python(*pythons)

    @nox.session(name=name, python=interpreter or False, tags=[tag], default=default)
    def run_tests(session: nox.Session) -> None:
        """The tests with this ansible-core and the collections of its time.

        The way to a host, options, templates, roles and callbacks are tested with each ansible-core; a test marked
        one_core looks at what comes after that, and costs too much to be run three times.
        """
        if interpreter is None:
            session.skip(f"no Python {' or '.join(pythons)} was found")
        constraints = str(locked_versions(session))
        session.install("-r", "requirements-test.in", f"ansible-core=={core}.*", "-c", constraints)
        bundle = str(bundled_collections(session, CORES[core].bundle))
        paths = os.pathsep.join([str(COLLECTIONS), bundle])
        environment = {**ENVIRONMENT, "ANSIBLE_COLLECTIONS_PATH": paths, "OFFICEFLEET_BUNDLE": bundle}
        tests = session.posargs or [*TESTS, "-m", "not one_core"]
        session.run("pytest", *test_options(session), *tests, env=environment)


for _name, _core in CORES.items():
    if _name != MAIN:
        core_session(f"core-{_name}", _name, _core.pythons, "tests", _core.by_default)
    for _python in _core.pythons:
        core_session(f"core-{_name}-py{_python}", _name, (_python,), "matrix", default=False)
