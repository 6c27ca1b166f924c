# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment: ansible-builder accepts it, and what it installs is what the collection needs."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from ansible_collections.officefleet import activation
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent.parent
INSTALLED = Path(next(iter(activation.__path__)))
DEFINITION = INSTALLED / "execution-environment.yml"
REQUIREMENTS = INSTALLED / "meta" / "ee-requirements.txt"

# What plugins import -> the package that brings it. ansible-core brings the others.
PACKAGES = {"dns": "dnspython", "winrm": "pywinrm"}
BROUGHT_BY_ANSIBLE = {"ansible", "ansible_collections", "jinja2", "markupsafe", "packaging", "yaml"}


def requirements(*files: Path) -> dict[str, Requirement]:
    """The requirements of files by package name in lower case; comments and references to other files left out."""
    lines = [line.strip() for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    found = [Requirement(line) for line in lines if line and not line.startswith(("#", "-r"))]
    return {one.name.lower(): one for one in found}


def imported_packages(folder: Path) -> set[str]:
    """The names of the packages from elsewhere that the Python files below a folder import."""
    names: set[str] = set()
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                names.add(str(node.module))
    top = {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - BROUGHT_BY_ANSIBLE
    return {PACKAGES.get(name, name).lower().replace("_", "-") for name in top}


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The build context that ansible-builder makes of the definition and of the tarball beside it."""
    folder = tmp_path_factory.mktemp("image")
    shutil.copy(DEFINITION, folder)
    for tarball in (ROOT / ".build").glob("officefleet-activation-*.tar.gz"):
        shutil.copy(tarball, folder)
    command = ["ansible-builder", "create", "--output-filename", "Containerfile"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "context"


@pytest.fixture(scope="module")
def introspection() -> dict[str, list[str]]:
    """What ansible-builder finds in an image where the collection is installed: ``python`` and ``system``."""
    command = ["ansible-builder", "introspect", str(INSTALLED.parent.parent.parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = yaml.safe_load(done.stdout)
    return {kind: [line.partition("#")[0].strip() for line in lines] for kind, lines in found.items()}


def test_ansible_builder_accepts_the_definition(context: Path) -> None:
    assert (context / "Containerfile").is_file()


@pytest.mark.parametrize("package", ["ansible-core>=", "ansible-runner>="])
def test_the_image_has_what_awx_starts_jobs_with(package: str, context: Path) -> None:
    assert package in (context / "Containerfile").read_text(encoding="utf-8")


def test_the_image_gets_the_collection_of_this_version(context: Path) -> None:
    galaxy = yaml.safe_load((context / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert (context / "_build" / galaxy["collections"][0]["name"]).is_file()


def test_its_ansible_core_is_one_that_the_collection_runs_with() -> None:
    definition = yaml.safe_load(DEFINITION.read_text(encoding="utf-8"))
    wanted = Requirement(definition["dependencies"]["ansible_core"]["package_pip"]).specifier
    runtime = yaml.safe_load((INSTALLED / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    lowest = next(one.version for one in wanted if one.operator == ">=")
    assert SpecifierSet(runtime["requires_ansible"]).contains(lowest)


def test_ansible_builder_finds_the_python_requirements_of_the_collection(introspection: dict[str, list[str]]) -> None:
    found = {Requirement(line).name.lower() for line in introspection["python"]}
    assert found == set(requirements(REQUIREMENTS))


@pytest.mark.parametrize("package", ["krb5-workstation [platform:rpm]", "krb5-devel [compile platform:rpm]"])
def test_ansible_builder_finds_what_kerberos_needs_of_the_system(
    package: str, introspection: dict[str, list[str]]
) -> None:
    assert package in introspection["system"]


def test_every_package_that_a_plugin_imports_is_required() -> None:
    assert imported_packages(INSTALLED / "plugins") - set(requirements(REQUIREMENTS)) == set()


@pytest.mark.parametrize("extra", ["kerberos", "credssp"])
def test_the_winrm_connection_can_log_in_as_in_a_domain(extra: str) -> None:
    assert extra in requirements(REQUIREMENTS)["pywinrm"].extras


def test_the_image_installs_the_versions_that_are_tested() -> None:
    tested = requirements(ROOT / "requirements.in", ROOT / "requirements-test.in")
    image = requirements(REQUIREMENTS)
    both = set(tested) & set(image)
    assert {name: image[name].specifier for name in both} == {name: tested[name].specifier for name in both}
