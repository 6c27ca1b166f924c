# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documentation of the modules says agrees with their argument specs and with what they return."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import ansible_collections.officefleet.activation as collection
import pytest
import yaml
from ansible.plugins.loader import filter_loader, fragment_loader, module_loader
from ansible.utils.plugin_docs import get_plugin_docs
from ansible_collections.officefleet.activation.plugins.module_utils import inputs, outcomes, products, status

COLLECTION = "officefleet.activation"
PLUGINS = Path(next(iter(collection.__path__))) / "plugins"
# The action group names every module; test_collection_metadata.py checks that.
RUNTIME = yaml.safe_load((PLUGINS.parent / "meta" / "runtime.yml").read_text(encoding="utf-8"))
MODULES: list[str] = RUNTIME["action_groups"]["all"]
CLIENT_MODULES = [name for name in MODULES if name.startswith("ospp_")]
CHANGING = [name for name in CLIENT_MODULES if not name.endswith("_info")]
EXTRAS = {"cmid", "installation_ids", "history", "winhttp_proxy"}
PYTHON_TYPES = {"bool": bool, "dict": dict, "float": float, "int": int, "list": list, "str": str}


@dataclasses.dataclass(frozen=True)
class Page:
    """The documentation of one plugin, with its fragments, as ansible-doc reads it."""

    doc: dict[str, Any]
    examples: str
    returns: dict[str, Any]

    @property
    def tasks(self) -> list[dict[str, Any]]:
        return yaml.safe_load(self.examples)


@cache
def page(name: str, kind: str = "module") -> Page:
    loader = {"module": module_loader, "filter": filter_loader}[kind]
    doc, examples, returns, _metadata = get_plugin_docs(f"{COLLECTION}.{name}", kind, loader, fragment_loader, False)
    return Page(doc, examples, yaml.safe_load(returns) if isinstance(returns, str) else returns)


@cache
def argument_spec(name: str) -> dict[str, Any]:
    action = importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.action.{name}")
    return action.ActionModule.SPEC["argument_spec"]


def flat(options: Mapping[str, Any], children: str, prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Options with their suboptions, named by their path: ``products.key``."""
    for name, option in options.items():
        yield prefix + name, option
        yield from flat(option.get(children) or {}, children, f"{prefix}{name}.")


def facts(option: Mapping[str, Any]) -> dict[str, Any]:
    """What a user has to know of an option, and what documentation and argument spec both say."""
    names = ("type", "elements", "default", "choices")
    return {name: option.get(name) for name in names} | {"required": bool(option.get("required"))}


def words(description: str | list[str]) -> str:
    return description if isinstance(description, str) else " ".join(description)


def used_options(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The options that the arguments of a task give, by their paths."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield prefix + name, item
            yield from used_options(item, f"{prefix}{name}.")
    elif isinstance(value, list):
        for item in value:
            yield from used_options(item, prefix)


def example_options(name: str) -> list[tuple[str, Any]]:
    arguments = (task.get(f"{COLLECTION}.{name}") for task in page(name).tasks)
    return [pair for item in arguments for pair in used_options(item)]


@pytest.mark.parametrize("name", MODULES)
def test_every_module_has_a_stub_without_documentation_and_a_page_beside_it(name: str) -> None:
    stub = ast.parse((PLUGINS / "modules" / f"{name}.py").read_text(encoding="utf-8"))
    assert {type(node) for node in stub.body} == {ast.Expr, ast.ImportFrom}
    assert page(name).doc["module"] == name
    assert page(name).doc["filename"].endswith(f"plugins/modules/{name}.yml")


@pytest.mark.parametrize("name", MODULES)
def test_the_documented_options_are_those_of_the_argument_spec(name: str) -> None:
    documented = {path: facts(option) for path, option in flat(page(name).doc["options"], "suboptions")}
    assert documented == {path: facts(option) for path, option in flat(argument_spec(name), "options")}


@pytest.mark.parametrize("name", MODULES)
def test_every_secret_option_says_where_to_take_it_from_and_where_it_never_appears(name: str) -> None:
    documented = dict(flat(page(name).doc["options"], "suboptions"))
    for path, option in flat(argument_spec(name), "options"):
        described = words(documented[path]["description"])
        assert ("vaulted variable" in described) == bool(option.get("no_log")), path
        assert ("appears in no result" in described) == bool(option.get("no_log")), path


@pytest.mark.parametrize("name", CLIENT_MODULES)
def test_options_that_name_a_product_list_every_family(name: str) -> None:
    for path, option in flat(page(name).doc["options"], "suboptions"):
        is_a_family = path in ("product", "products.product") or (path == "products" and option["elements"] == "str")
        missing = [family for family in products.FAMILIES if f"V({family})" not in words(option["description"])]
        assert not (is_a_family and missing), path


@pytest.mark.parametrize("name", MODULES)
def test_every_option_stands_in_an_example(name: str) -> None:
    assert {path for path, _value in example_options(name)} == set(dict(flat(argument_spec(name), "options")))


@pytest.mark.parametrize("name", MODULES)
def test_examples_take_secrets_from_vaulted_variables(name: str) -> None:
    secrets = {path for path, option in flat(argument_spec(name), "options") if option.get("no_log")}
    values = [value for path, value in example_options(name) if path in secrets]
    assert [value for value in values if not re.fullmatch(r"\{\{ vault_\w+ \}\}", value)] == []
    assert not any("loop" in task and secrets for task in page(name).tasks)


@pytest.mark.parametrize("name", MODULES)
def test_no_page_holds_a_whole_product_key(name: str) -> None:
    assert not inputs.PRODUCT_KEY.search(page(name).examples.upper())
    assert not inputs.PRODUCT_KEY.search(str(page(name)).upper())


@pytest.mark.parametrize("name", CLIENT_MODULES)
def test_every_module_tells_what_it_supports(name: str) -> None:
    attributes = {key: value["support"] for key, value in page(name).doc["attributes"].items()}
    assert attributes.pop("facts", None) == ("full" if "ansible_facts" in page(name).returns else None)
    assert attributes == {
        "action": "full",
        "action_group": "full",
        "async": "none",
        "become": "full",
        "check_mode": "full",
        "connection": "full",
        "delegation": "full",
        "diff_mode": "full" if name in CHANGING else "N/A",
        "platform": "full",
    }
    assert page(name).doc["attributes"]["action_group"]["membership"] == [f"{COLLECTION}.all"]


# -- what is returned -----------------------------------------------------------------------------------------------


def returned(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Return values with those they contain, named by their path."""
    for name, value in values.items():
        yield prefix + name, value
        yield from returned(value.get("contains") or {}, f"{prefix}{name}.")


def names_of(shape: type) -> set[str]:
    return {field.name for field in dataclasses.fields(shape)}


def contained(name: str, *path: str) -> set[str]:
    """The names that a documented value contains."""
    value: Mapping[str, Any] = {"contains": page(name).returns}
    for step in path:
        value = value["contains"][step]
    return set(value["contains"])


@pytest.mark.parametrize("name", MODULES)
def test_every_return_value_has_a_type_a_description_and_a_sample(name: str) -> None:
    for path, value in returned(page(name).returns):
        assert {"description", "returned", "type"} <= value.keys(), path
        assert ("sample" in value) != ("contains" in value), path
        assert value["type"] != "list" or value["elements"] in PYTHON_TYPES, path


@pytest.mark.parametrize("name", MODULES)
def test_every_sample_is_of_its_type(name: str) -> None:
    for path, value in returned(page(name).returns):
        sample = value.get("sample")
        assert sample is None or isinstance(sample, PYTHON_TYPES[value["type"]]), path


def test_the_page_of_ospp_info_explains_every_field_of_a_status() -> None:
    assert contained("ospp_info", "status") == names_of(status.Status)
    assert contained("ospp_info", "status", "licences") == names_of(status.Licence)
    assert contained("ospp_info", "status", "licences", "kms") == names_of(status.KmsSettings)
    assert contained("ospp_info", "status", "licences", "ad") == names_of(status.AdActivation)
    assert contained("ospp_info", "status", "kms_override") == names_of(status.KmsOverride)


def test_every_licence_state_is_named() -> None:
    described = page("ospp_info").returns["status"]["contains"]["licences"]["contains"]["state"]["description"]
    assert [state for state in status.State if f"V({state.value})" not in words(described)] == []


@pytest.mark.parametrize("name", CHANGING)
def test_the_other_pages_name_every_field_of_a_status(name: str) -> None:
    fields = page(name).returns["status"]["contains"]
    assert fields.keys() == names_of(status.Status) - EXTRAS
    (licence,) = fields["licences"]["sample"]
    assert licence.keys() == names_of(status.Licence)
    assert licence["kms"].keys() == names_of(status.KmsSettings)
    (override,) = fields["kms_override"]["sample"]
    assert override.keys() == names_of(status.KmsOverride)


@pytest.mark.parametrize("name", CLIENT_MODULES)
def test_every_field_of_a_failure_is_named(name: str) -> None:
    assert contained(name, "failures") == names_of(outcomes.Failure)


@pytest.mark.parametrize("name", CHANGING)
def test_every_field_of_an_outcome_is_named(name: str) -> None:
    assert contained(name, "outcomes") == names_of(outcomes.Outcome)


@pytest.mark.parametrize("name", CHANGING)
def test_what_the_modules_have_in_common_is_described_alike(name: str) -> None:
    def without_samples(values: Mapping[str, Any]) -> dict[str, Any]:
        return {path: {**value, "sample": None, "contains": None} for path, value in returned(values)}

    alike = {key: value for key, value in page("ospp_client").returns.items() if key != "ansible_facts"}
    own = {key: value for key, value in page(name).returns.items() if key != "ansible_facts"}
    assert without_samples(own) == without_samples(alike)


# -- the filter -----------------------------------------------------------------------------------------------------


def test_the_filter_documents_what_it_returns() -> None:
    documented = page("ospp_status", "filter").returns["_value"]["contains"]
    assert list(documented) == ["complete", "licences"]
    (licence,) = documented["licences"]["sample"]
    assert licence.keys() == names_of(status.Licence)
    assert licence["ad"].keys() == names_of(status.AdActivation)


def test_every_filter_has_a_page() -> None:
    pages = {path.stem for path in (PLUGINS / "filter").glob("*.yml")}
    files = [
        importlib.import_module(f"ansible_collections.{COLLECTION}.plugins.filter.{path.stem}")
        for path in (PLUGINS / "filter").glob("[!_]*.py")
    ]
    assert {name for file in files for name in file.FilterModule().filters()} == pages
