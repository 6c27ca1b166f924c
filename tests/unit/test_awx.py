# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""awx/: AWX accepts what is asked of it, its answers reach the playbooks, and nothing is changed without approval."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.officefleet.activation.plugins.module_utils.products import FAMILIES, VERSIONS
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlalchemy import make_url
from unit.awx_objects import (
    AWX,
    INSTALLED,
    Options,
    Workflow,
    argument_spec,
    calls,
    documented_options,
    imported_playbook,
    mentions,
    modules_used,
    playbook_text,
)

# Playbooks that are for a terminal on the administrator's own computer.
NOT_FOR_AWX = {"simulated_fleet_start", "simulated_fleet_stop"}
MAK_PROXY = {"mak_proxy_collect", "mak_proxy_apply", "mak_proxy_reactivate"}
CHANGES_SOMETHING = {"site", "kms_host", "ad_activation", "windows"} | MAK_PROXY
# Those of MAK proxy write and read one file.
NEEDS_THE_WHOLE_FLEET = {"plan", "report"} | MAK_PROXY

# What AWX accepts in the fields of a credential type, and in the questions of a survey.
FIELD_KEYS = {"id", "label", "type", "format", "choices", "help_text", "multiline", "secret", "ask_at_runtime"}
FIELD_KEYS |= {"default"}
QUESTION_KEYS = {"question_name", "question_description", "variable", "type", "required", "default", "choices"}
QUESTION_KEYS |= {"min", "max"}
QUESTION_TYPES = {"text", "textarea", "multiplechoice", "multiselect", "integer", "float"}
NO_SECRETS = {"key_name", "key_algorithm", "store_host", "store_port", "store_database", "store_user"}
NO_SECRETS |= {"store_sslmode", "store_ca_file"}
GROUP_VARS = AWX / "project" / "inventory" / "group_vars"
PROJECT_FILES = sorted(path.name for path in (AWX / "project").glob("*.yml"))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Options]]:
    return calls(tmp_path_factory.mktemp("awx"))


@pytest.fixture(scope="module")
def types(asked: dict[str, list[Options]]) -> dict[str, Options]:
    return {one["name"]: one for one in asked["credential_type"]}


@pytest.fixture(scope="module")
def templates(asked: dict[str, list[Options]]) -> dict[str, Options]:
    return {one["name"]: one for one in asked["job_template"]}


@pytest.fixture(scope="module")
def surveys(asked: dict[str, list[Options]]) -> list[Options]:
    return [one["survey_spec"] for one in [*asked["job_template"], *asked["workflow_job_template"]]]


def playbook_of(template: Options) -> str:
    return imported_playbook(template["playbook"])


def questions(survey: Options) -> list[Options]:
    return survey["spec"]


def injected(credential_type: Options) -> dict[str, str]:
    return credential_type["injectors"]["extra_vars"]


def filled_in(template: str, **values: str) -> str:
    """What AWX makes of an injector's template: fields that were left empty are not there."""
    return ImmutableSandboxedEnvironment().from_string(template).render(values)


def choices_of(question: Options) -> list[str]:
    return question.get("choices", [])


# -- the modules of AWX ---------------------------------------------------------------------------------------------


@pytest.mark.one_core  # the bundle of the newest ansible-core has no collection awx.awx any more
def test_the_modules_of_awx_accept_every_call(asked: dict[str, list[Options]]) -> None:
    documented = documented_options(modules_used())
    problems = {
        f"{module} {options['name']}": messages
        for module, all_options in asked.items()
        for options in all_options
        if (messages := ArgumentSpecValidator(argument_spec(documented[module])).validate(options).error_messages)
    }
    assert problems == {}


def test_ansible_accepts_the_syntax_of_the_projects_playbooks() -> None:
    command = ["ansible-playbook", "-i", "localhost,", "--syntax-check", *PROJECT_FILES]
    done = subprocess.run(command, cwd=AWX / "project", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count("playbook: ")) == (0, len(PROJECT_FILES))


# -- credentials ----------------------------------------------------------------------------------------------------


def test_fields_of_credential_types_have_what_awx_knows(types: dict[str, Options]) -> None:
    fields = [field for one in types.values() for field in one["inputs"]["fields"]]
    assert [field for field in fields if not {"id", "label", "type"} <= set(field) <= FIELD_KEYS] == []


def test_required_fields_exist(types: dict[str, Options]) -> None:
    for one in types.values():
        assert set(one["inputs"].get("required", [])) <= {field["id"] for field in one["inputs"]["fields"]}


def test_every_field_is_secret_unless_it_is_known_to_be_none(types: dict[str, Options]) -> None:
    fields = [field for one in types.values() for field in one["inputs"]["fields"]]
    assert {field["id"] for field in fields if not field.get("secret")} == NO_SECRETS


def test_no_secret_has_a_default(types: dict[str, Options]) -> None:
    fields = [field for one in types.values() for field in one["inputs"]["fields"]]
    assert [field["id"] for field in fields if field.get("secret") and "default" in field] == []


def test_injectors_read_the_fields_of_their_type_only(types: dict[str, Options]) -> None:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for one in types.values():
        example = {field["id"]: "EXAMPLE" for field in one["inputs"]["fields"]}
        for template in injected(one).values():
            assert "EXAMPLE" in environment.from_string(template).render(example)


def test_every_field_is_injected(types: dict[str, Options]) -> None:
    for one in types.values():
        text = " ".join(injected(one).values())
        assert [field["id"] for field in one["inputs"]["fields"] if not mentions(text, field["id"])] == []


def test_awx_refuses_environment_variables_of_ansible(types: dict[str, Options]) -> None:
    names = [name for one in types.values() for name in one["injectors"].get("env", {})]
    assert [name for name in names if name.startswith("ANSIBLE_")] == []


def test_no_two_types_inject_the_same_variable(types: dict[str, Options]) -> None:
    names = [name for one in types.values() for name in injected(one)]
    assert len(names) == len(set(names))


def test_mak_variables_are_named_by_family_and_version(types: dict[str, Options]) -> None:
    names = [name for one in types.values() for name in injected(one) if name.startswith("vault_mak_")]
    known = {f"vault_mak_{family}_{version}" for family in FAMILIES for version in VERSIONS.values()}
    assert set(names) - known == set()


def test_other_variables_are_read_by_a_playbook_or_by_the_inventory(types: dict[str, Options]) -> None:
    group_vars = " ".join(path.read_text(encoding="utf-8") for path in GROUP_VARS.glob("*.yml"))
    text = group_vars + playbook_text("site") + playbook_text("report")
    keys = ("vault_mak_", "vault_kms_host_key_")
    names = [name for one in types.values() for name in injected(one) if not name.startswith(keys)]
    assert [name for name in names if not mentions(text, name)] == []


def test_the_inventory_reads_only_what_a_credential_gives(types: dict[str, Options]) -> None:
    given = {name for one in types.values() for name in injected(one)}
    for path in GROUP_VARS.glob("*.yml"):
        assert set(re.findall(r"\bvault_\w+", path.read_text(encoding="utf-8"))) - given == set()


def test_a_job_has_one_credential_of_a_type_at_most(
    asked: dict[str, list[Options]], templates: dict[str, Options]
) -> None:
    type_of = {one["name"]: one["credential_type"] for one in asked["credential"]}
    for template in templates.values():
        used = [type_of[name] for name in template["credentials"]]
        assert len(used) == len(set(used))


def test_a_job_gets_the_store_where_its_playbook_uses_one(templates: dict[str, Options]) -> None:
    for template in templates.values():
        uses = mentions(playbook_text(playbook_of(template)), "officefleet_store_url")
        assert ("Office fleet store" in template["credentials"]) == uses


def test_credentials_are_created_without_content_and_never_overwritten(asked: dict[str, list[Options]]) -> None:
    assert {(one.get("inputs") is None, one["state"]) for one in asked["credential"]} == {(True, "exists")}


def test_the_store_url_takes_any_password(types: dict[str, Options]) -> None:
    template = injected(types["Office activation store"])["officefleet_store_url"]
    password = "p@ss:w/rd%20 #?"
    url = make_url(filled_in(template, store_host="db01", store_user="it", store_password=password))
    assert (url.password, url.host, url.database) == (password, "db01", "officefleet")


def test_a_store_without_a_server_is_no_store(types: dict[str, Options]) -> None:
    assert filled_in(injected(types["Office activation store"])["officefleet_store_url"], store_port="5432") == ""


# -- surveys and variables ------------------------------------------------------------------------------------------


def test_surveys_have_the_shape_that_awx_wants(surveys: list[Options]) -> None:
    for survey in surveys:
        assert set(survey) == {"name", "description", "spec"}
        for question in questions(survey):
            assert {"question_name", "variable", "type", "required"} <= set(question) <= QUESTION_KEYS


def test_questions_are_of_types_that_hold_no_secret(surveys: list[Options]) -> None:
    assert {question["type"] for survey in surveys for question in questions(survey)} <= QUESTION_TYPES


def test_questions_with_choices_have_them_and_no_others(surveys: list[Options]) -> None:
    for survey in surveys:
        for question in questions(survey):
            assert bool(choices_of(question)) == (question["type"] in {"multiplechoice", "multiselect"})


def test_the_default_of_a_choice_is_one_of_its_choices(surveys: list[Options]) -> None:
    for survey in surveys:
        for question in [one for one in questions(survey) if choices_of(one)]:
            assert set(question["default"].split("\n")) <= set(choices_of(question))


def test_the_default_of_a_number_is_a_number_in_its_limits(surveys: list[Options]) -> None:
    for survey in surveys:
        for question in [one for one in questions(survey) if one["type"] == "integer"]:
            assert question["min"] <= question["default"] <= question["max"]


def test_a_required_question_has_a_default_so_that_schedules_can_run(surveys: list[Options]) -> None:
    required = [one for survey in surveys for one in questions(survey) if one["required"]]
    assert [one["variable"] for one in required if one.get("default") in (None, "")] == []


def test_playbooks_read_every_answer_and_every_extra_variable(templates: dict[str, Options]) -> None:
    unread = {
        name: variables
        for name, template in templates.items()
        if (variables := unread_variables(template, playbook_text(playbook_of(template))))
    }
    assert unread == {}


def unread_variables(template: Options, text: str) -> list[str]:
    """The variables of a template's survey and extra variables that a text does not mention."""
    variables = [question["variable"] for question in questions(template["survey_spec"])]
    return [name for name in [*variables, *template["extra_vars"]] if not mentions(text, name)]


def test_surveys_do_not_override_what_the_inventory_describes(surveys: list[Options]) -> None:
    variables = {question["variable"] for survey in surveys for question in questions(survey)}
    assert {name for name in variables if name.startswith(("office_client_", "kms_host_", "ad_activation_"))} == set()


def test_a_workflow_asks_only_what_its_first_job_asks_too(
    asked: dict[str, list[Options]], templates: dict[str, Options]
) -> None:
    for workflow in asked["workflow_job_template"]:
        first = templates[workflow["workflow_nodes"][0]["unified_job_template"]["name"]]
        known = {question["variable"] for question in questions(first["survey_spec"])}
        assert {question["variable"] for question in questions(workflow["survey_spec"])} <= known


# -- job templates --------------------------------------------------------------------------------------------------


def test_every_playbook_has_a_job_template(templates: dict[str, Options]) -> None:
    playbooks = {path.stem for path in (INSTALLED / "playbooks").glob("*.yml")} - NOT_FOR_AWX
    assert {playbook_of(template) for template in templates.values()} == playbooks


def test_every_playbook_that_changes_something_has_an_audit(templates: dict[str, Options]) -> None:
    audits = [one for one in templates.values() if one["job_type"] == "check" and one["diff_mode"]]
    assert {playbook_of(one) for one in audits} == CHANGES_SOMETHING


def test_jobs_stay_within_the_forks_that_winrm_bears(templates: dict[str, Options]) -> None:
    assert [name for name, one in templates.items() if int(one["forks"]) > 60] == []


def test_jobs_that_need_the_whole_fleet_are_not_sliced(templates: dict[str, Options]) -> None:
    whole = [one for one in templates.values() if playbook_of(one) in NEEDS_THE_WHOLE_FLEET and not only_reads(one)]
    assert {(int(one["job_slice_count"]), one["ask_job_slice_count_on_launch"]) for one in whole} == {(1, False)}


def only_reads(template: Options) -> bool:
    """Tell whether a job of report.yml writes no report: then every slice may do its part."""
    return template["extra_vars"].get("officefleet_report_formats") == []


def test_the_fleet_can_be_read_for_a_report_in_slices(templates: dict[str, Options]) -> None:
    reading = [one for one in templates.values() if only_reads(one)]
    assert [(playbook_of(one), one["ask_job_slice_count_on_launch"]) for one in reading] == [("report", True)]


def test_a_failed_job_tells_somebody(asked: dict[str, list[Options]], templates: dict[str, Options]) -> None:
    names = [one["name"] for one in asked["notification_template"]]
    assert [name for name, one in templates.items() if one["notification_templates_error"] != names] == []


def test_awx_wants_numbers_for_the_mail_server_not_texts(asked: dict[str, list[Options]]) -> None:
    (mail,) = asked["notification_template"]
    assert {type(mail["notification_configuration"][name]) for name in ("port", "timeout")} == {int}


# -- workflows and schedules ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def workflows(asked: dict[str, list[Options]]) -> dict[str, Workflow]:
    return {one["name"]: Workflow(one["workflow_nodes"]) for one in asked["workflow_job_template"]}


def changing(names: set[str], templates: dict[str, Options]) -> list[str]:
    """Those of some job templates that change something."""
    runs = [name for name in names if templates[name]["job_type"] == "run"]
    return [name for name in runs if playbook_of(templates[name]) in CHANGES_SOMETHING]


def test_workflows_start_job_templates_that_exist(
    workflows: dict[str, Workflow], templates: dict[str, Options]
) -> None:
    assert set().union(*(graph.started(graph.by_name) for graph in workflows.values())) <= set(templates)


def test_workflows_change_nothing_before_a_person_has_approved(
    workflows: dict[str, Workflow], templates: dict[str, Options]
) -> None:
    started = set().union(*(graph.started(graph.reached_without_approval()) for graph in workflows.values()))
    assert changing(started, templates) == []


def test_a_workflow_comes_to_the_approval_although_single_computers_fail(workflows: dict[str, Workflow]) -> None:
    graph = workflows["Office fleet - plan, approve, apply, report"]
    kinds = {kind for node in ("plan", "audit") for kind in graph.next_nodes(node).values()}
    assert kinds == {"always_nodes"}


def test_workflows_report_what_the_job_before_has_read(workflows: dict[str, Workflow]) -> None:
    for graph in workflows.values():
        assert graph.next_nodes("read") == {"report": "always_nodes"}
        assert graph.by_name["report"]["extra_data"] == {"officefleet_read": "false"}


def test_workflows_give_jobs_only_answers_that_their_surveys_accept(
    workflows: dict[str, Workflow], templates: dict[str, Options]
) -> None:
    for node in [node for graph in workflows.values() for node in graph.nodes if node.get("extra_data")]:
        survey = templates[node["unified_job_template"]["name"]]["survey_spec"]
        accepted = {one["variable"]: choices_of(one) for one in questions(survey)}
        for variable, answer in node["extra_data"].items():
            assert answer in accepted[variable]


def test_schedules_change_nothing(
    asked: dict[str, list[Options]], workflows: dict[str, Workflow], templates: dict[str, Options]
) -> None:
    scheduled = {one["unified_job_template"] for one in asked["schedule"]}
    jobs = (workflows[name].started(workflows[name].by_name) if name in workflows else {name} for name in scheduled)
    assert changing(set().union(*jobs), templates) == []


@pytest.mark.parametrize("part", [r"^DTSTART;TZID=\w+/\w+:\d{8}T\d{6} RRULE:", r"FREQ=\w+;INTERVAL=\d+"])
def test_schedules_are_written_as_awx_wants_them(part: str, asked: dict[str, list[Options]]) -> None:
    assert [one["rrule"] for one in asked["schedule"] if not re.search(part, one["rrule"])] == []


# -- secrets --------------------------------------------------------------------------------------------------------


def texts(value: Any) -> list[str]:
    """All texts in data."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts(one)]
    return [str(value)]


def test_nothing_holds_a_product_key(asked: dict[str, list[Options]]) -> None:
    key = re.compile(r"\b[A-Z0-9]{5}(-[A-Z0-9]{5}){4}\b", re.IGNORECASE)
    assert [text for text in texts(dict(asked)) if key.search(text)] == []


def test_the_mail_server_has_no_password_here(asked: dict[str, list[Options]]) -> None:
    assert {one["notification_configuration"]["password"] for one in asked["notification_template"]} == {""}
