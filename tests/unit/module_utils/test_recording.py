# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the store keeps of a task's result."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_records import HostRecord, ProductRecord
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.problems import NO_OFFICE, SCRIPT_HUNG, Problem
from ansible_collections.officefleet.activation.plugins.module_utils.recording import host_record
from ansible_collections.officefleet.activation.plugins.module_utils.status import status_data
from unit.module_utils.host_output import (
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    SUBSCRIPTION,
    VISIO_2016,
    keyed,
    reading,
    registered,
)

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=timezone.utc)
PROPLUS = "Office 2016 proplus"


def info(*blocks: str, **of_the_host: Any) -> dict[str, Any]:
    """A result of ospp_info."""
    return {"changed": False, "status": status_data(reading(*blocks, **of_the_host).status)}


def failure(problem: Problem, product: str | None = None) -> dict[str, Any]:
    return {"product": product, "cause": problem.cause, "remedy": problem.remedy, "code": problem.code}


def client(*blocks: str, outcomes: tuple[Any, ...] = (), failures: tuple[Any, ...] = ()) -> dict[str, Any]:
    """A result of ospp_client."""
    result = {**info(*blocks), "operations": [], "outcomes": list(outcomes), "pending": False}
    return {**result, "failed": True, "msg": "...", "failures": list(failures)} if failures else result


def outcome(result: str, attempt: str | None, **values: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("code", "cause", "remedy"))
    known = {"sku_id": PROPLUS_2016_MAK.sku_id, "product": PROPLUS, "retryable": False}
    return {**known, **empty, "result": result, "attempt": attempt, **values}


def record(result: dict[str, Any]) -> HostRecord:
    return host_record("pc01", ("desktops",), NOW, result)


def product(result: dict[str, Any]) -> ProductRecord:
    (only,) = record(result).products or ()
    return only


# -- products -------------------------------------------------------------------------------------------------------


def test_a_product_with_its_state_and_key() -> None:
    kept = product(info(keyed(PROPLUS_2016, "NOTIFICATIONS", reason="0xC004F009")))
    assert (kept.product, kept.family, kept.office, kept.channel) == (PROPLUS, "proplus", 2016, "kms_client")
    assert (kept.state, kept.reason, kept.last_five) == ("notification", "0xC004F009", "WFG99")


def test_when_an_activation_runs_out_is_kept_as_a_time() -> None:
    assert product(info(keyed(PROPLUS_2016, grace=43200))).expires == NOW + timedelta(days=30)


@pytest.mark.parametrize("grace", [None, 0])
def test_what_has_nothing_left_to_run_out_has_no_such_time(grace: int | None) -> None:
    assert product(info(keyed(PROPLUS_2016_MAK, grace=grace))).expires is None


def test_the_kms_host_that_is_registered() -> None:
    kept = product(info(keyed(PROPLUS_2016, host="kms01.corp.example:1700")))
    assert (kept.kms_host, kept.kms_port) == ("kms01.corp.example", 1700)


def test_a_product_that_lists_no_kms_lines_has_the_kms_host_of_the_registry() -> None:
    silent = keyed(PROPLUS_2016, silent=True)
    kept = product(info(silent, registry=registered(PROPLUS_2016, "kms02.corp.example", "1688")))
    assert kept.kms_host == "kms02.corp.example"


def test_a_product_that_active_directory_activated_has_its_object_and_no_kms_host() -> None:
    registry = registered(PROPLUS_2016, "kms02.corp.example", "1688")
    kept = product(info(keyed(PROPLUS_2016, ad=True), registry=registry))
    assert (kept.ad_object, kept.kms_host) == ("Office AO", None)


def test_a_mak_has_no_kms_host() -> None:
    registry = registered(PROPLUS_2016_MAK, "kms02.corp.example", "1688")
    assert product(info(keyed(PROPLUS_2016_MAK), registry=registry)).kms_host is None


def test_a_subscription_is_kept_by_the_name_of_its_licence() -> None:
    kept = product(info(keyed(SUBSCRIPTION)))
    assert (kept.product, kept.office, kept.channel) == (
        "Office 16, Office16O365ProPlusR_Subscription1",
        None,
        "subscription",
    )


def test_the_machine_of_a_result() -> None:
    kept = record({"status": {**info(keyed(PROPLUS_2016))["status"], "cmid": "0f8a7c11"}})
    assert (kept.host, kept.groups, kept.os_version, kept.cmid) == (
        "pc01",
        ("desktops",),
        "10.0.19045.3803",
        "0f8a7c11",
    )
    assert (kept.complete, kept.changes, kept.about) == (True, False, "office")


def test_a_listing_that_ended_early_says_so() -> None:
    assert record(info(keyed(PROPLUS_2016), stopped=True)).complete is False


def test_a_kms_host_with_the_number_of_computers_that_it_counts() -> None:
    licence = {
        "product": "Office 2021",
        "activation_id": "47f3b983",
        "name": "Office 21, Office21KMSHostVL_KMS_Host edition",
        "channel": "kms_host",
        "office": 2021,
        "state": "licensed",
        "partial_product_key": "HST21",
        "grace_minutes": None,
        "reason": None,
        "service": {"current_count": 3},
    }
    windows = {**licence, "activation_id": "d450596f", "channel": "kms_client"}
    result = {"status": {"os_version": "10.0.20348", "settings": {}, "licences": [licence, windows]}}
    kept = product(result)
    assert (kept.sku_id, kept.product, kept.channel, kept.kms_count) == ("47f3b983", "Office 2021", "kms_host", 3)
    assert record(result).about == "kms_host"


# -- problems -------------------------------------------------------------------------------------------------------


def test_an_unreachable_host_keeps_what_is_known_of_it_and_says_what_ansible_said() -> None:
    kept = record({"unreachable": True, "changed": False, "msg": "basic: the specified credentials were rejected\nby"})
    assert kept.products is None
    assert kept.problem is not None
    assert kept.problem.step == "connect"
    assert kept.problem.remedy is not None
    assert kept.problem.remedy.endswith("Ansible says: basic: the specified credentials were rejected")


def test_a_host_that_could_not_be_read() -> None:
    kept = record({"failed": True, "changed": False, "msg": "...", "failures": [failure(SCRIPT_HUNG)]})
    assert kept.products is None
    assert kept.problem is not None
    assert (kept.problem.step, kept.problem.cause, kept.problem.remedy) == (
        "read",
        SCRIPT_HUNG.cause,
        SCRIPT_HUNG.remedy,
    )


def test_a_failure_that_the_playbook_let_pass_is_one_all_the_same() -> None:
    kept = record({"failed": False, "failed_when_result": False, "failures": [failure(SCRIPT_HUNG)]})
    assert kept.problem is not None
    assert kept.problem.cause == SCRIPT_HUNG.cause


def test_an_empty_status_of_a_host_that_could_not_be_read_removes_nothing() -> None:
    hung = {**client(failures=(failure(SCRIPT_HUNG),))}
    hung["status"] = {**hung["status"], "complete": False, "licences": []}
    assert record(hung).products is None
    assert record(hung).problem is not None


def test_a_host_without_office_has_no_products_for_certain() -> None:
    kept = record({"failed": True, "changed": False, "msg": "...", "failures": [failure(NO_OFFICE)]})
    assert (kept.products, kept.complete) == ((), True)
    assert kept.problem is not None
    assert (kept.problem.step, kept.problem.cause) == ("read", NO_OFFICE.cause)


def test_a_host_that_was_read_and_could_not_be_changed() -> None:
    problem = Problem("The account is not elevated on the host.", "Connect as an administrator.")
    kept = record(client(keyed(PROPLUS_2016, "OOB_GRACE"), failures=(failure(problem),)))
    assert kept.products is not None
    assert [item.product for item in kept.products] == [PROPLUS]
    assert kept.problem is not None
    assert (kept.problem.step, kept.problem.cause) == ("change", problem.cause)
    assert kept.changes is True


def test_a_product_that_failed_before_its_activation_is_named_in_the_problem() -> None:
    problem = Problem("The setting was refused.", "Look.", "0xC004F025")
    kept = record(client(keyed(PROPLUS_2016), failures=(failure(problem, PROPLUS),)))
    assert kept.problem is not None
    assert (kept.problem.cause, kept.problem.code) == (f"{PROPLUS}: The setting was refused.", "0xC004F025")


def test_a_failed_activation_is_an_attempt_and_no_problem_of_the_host() -> None:
    problem = Problem("No KMS host answers.", "Test port 1688.", "0xC004F074")
    failed = outcome("failed", "online", code="0xC004F074", cause=problem.cause, remedy=problem.remedy)
    kept = record(client(keyed(PROPLUS_2016_MAK), outcomes=(failed,), failures=(failure(problem, PROPLUS),)))
    assert kept.problem is None
    (attempt,) = kept.attempts
    assert (attempt.result, attempt.code, attempt.cause) == ("failed", "0xC004F074", problem.cause)


def test_a_task_that_failed_for_a_reason_of_its_own_says_it() -> None:
    kept = record({"failed": True, "changed": False, "msg": "The task timed out\nsomewhere"})
    assert kept.problem is not None
    assert (kept.problem.step, kept.problem.cause) == ("read", "The task timed out")


# -- attempts -------------------------------------------------------------------------------------------------------


def test_an_activation_with_the_key_that_it_spent() -> None:
    kept = record(
        client(keyed(PROPLUS_2016_MAK), keyed(VISIO_2016), outcomes=(outcome("licensed", "confirmation_id"),))
    )
    (attempt,) = kept.attempts
    assert (attempt.product, attempt.method, attempt.channel, attempt.last_five) == (
        PROPLUS,
        "confirmation_id",
        "mak",
        "MAK16",
    )


def test_a_product_that_was_licensed_already_is_no_attempt() -> None:
    assert record(client(keyed(PROPLUS_2016_MAK), outcomes=(outcome("licensed", None),))).attempts == ()


# -- what is no result ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "result", [{}, {"changed": False}, {"status": "started"}, {"status": {}}, {"status": {"licences": [{}]}}]
)
def test_a_result_of_another_module_is_refused(result: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="result: the registered result of ospp_info"):
        record(result)
