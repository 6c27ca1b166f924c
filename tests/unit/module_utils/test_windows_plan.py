# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Windows itself: what is read, what it still needs, in which commands, and what check mode predicts of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import ALL_CODES, format_code
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Plan, in_order, next_batch
from ansible_collections.officefleet.activation.plugins.module_utils.plan import NOT_ELEVATED
from ansible_collections.officefleet.activation.plugins.module_utils.windows_desired import DesiredWindows
from ansible_collections.officefleet.activation.plugins.module_utils.windows_editions import windows_gvlk
from ansible_collections.officefleet.activation.plugins.module_utils.windows_errors import explain_on_windows
from ansible_collections.officefleet.activation.plugins.module_utils.windows_lines import windows_line, windows_step
from ansible_collections.officefleet.activation.plugins.module_utils.windows_outcomes import (
    activation_outcome,
    unconfirmed,
    windows_codes,
)
from ansible_collections.officefleet.activation.plugins.module_utils.windows_plan import (
    IS_KMS_HOST,
    NO_AD,
    NO_CLIENT_KEY,
    NO_MAK,
    NOT_WANTED,
    plan_windows,
)
from ansible_collections.officefleet.activation.plugins.module_utils.windows_reading import WindowsReading
from ansible_collections.officefleet.activation.plugins.module_utils.windows_view import predict_windows, windows_view
from unit.module_utils.host_output import SPP, transcript
from unit.module_utils.windows_output import (
    APPLICATION,
    BY_DIRECTORY,
    BY_MAK,
    IN_GRACE,
    KMS_HOST,
    LICENSED,
    MAK,
    NO_KEY,
    OTHER_MAK,
    SERVER_2019_GVLK,
    SKU,
    WINDOWS_ID,
    wanted,
    windows,
)

KMS01 = {"kms_host": "kms01.corp.example"}
SET_KMS01 = "set the KMS host kms01.corp.example port 1688 for Windows alone"
ACTIVATE = "activate Windows (kms_client)"
REGISTERED = {SKU: {"KeyManagementServiceName": "kms01.corp.example", "KeyManagementServicePort": "1688"}}


def words(plan: Plan) -> list[str]:
    return [operation.words for operation in in_order(plan.operations)]


def plan(listing: str, desired: DesiredWindows, **of_the_host: Any) -> list[str]:
    return words(plan_windows(windows(listing, **of_the_host), desired))


def commands(reading: WindowsReading, desired: DesiredWindows) -> list[str]:
    """The arguments of slmgr.vbs in the first command."""
    batch = next_batch(plan_windows(reading, desired).operations)
    return [windows_step(operation, desired.settings) for operation in batch]


def problems(plan: Plan) -> list[Any]:
    return [problem for _target, problem in plan.problems]


# -- reading --------------------------------------------------------------------------------------------------------


def test_a_licensed_kms_client_shows_what_activated_it() -> None:
    licence = windows(LICENSED).licence
    assert licence is not None
    assert (licence.state.value, licence.partial_product_key, licence.grace_minutes) == ("licensed", "J464C", 254112)
    assert licence.kms is not None
    assert (licence.kms.discovered_host, licence.kms.host_caching) == ("kms01.corp.example", True)


def test_an_activation_object_is_named() -> None:
    licence = windows(BY_DIRECTORY).licence
    assert licence is not None
    assert licence.ad is not None
    assert licence.ad.object_name == "Windows AO"


def test_a_key_of_extended_updates_beside_it_is_not_windows() -> None:
    add_on = BY_MAK.replace("ServerStandard edition", "Server-ESU-Year1 add-on for ServerStandard edition")
    both = add_on + LICENSED.partition("\r\n\r\n")[2]
    assert [item.partial_product_key for item in windows(both).licences] == ["WNMAK", "J464C"]
    assert plan(both, wanted()) == []


@pytest.mark.parametrize(
    ("listing", "of_the_host", "cause"),
    [
        (LICENSED, {"vbscript": False}, "The VBScript engine is not installed"),
        (LICENSED, {"start": 4}, "The licensing service sppsvc is disabled"),
        (LICENSED, {"end": False}, "The answer of the host was cut off"),
        ("", {}, "The script slmgr.vbs hung"),
        ("nonsense\r\n", {}, "The script slmgr.vbs printed something"),
        (transcript("121"), {}, "The licensing service"),
    ],
)
def test_what_stands_in_the_way_of_reading(listing: str, of_the_host: dict[str, Any], cause: str) -> None:
    problem = windows(listing, **of_the_host).problem
    assert problem is not None
    assert problem.cause.startswith(cause)


# -- keys and activation --------------------------------------------------------------------------------------------


def test_a_licensed_windows_needs_nothing() -> None:
    done = plan_windows(windows(LICENSED), wanted())
    assert (words(done), done.satisfied) == ([], (("Windows", WINDOWS_ID),))


@pytest.mark.parametrize("key", [None, MAK])
def test_a_licensed_mak_is_never_activated_again(key: str | None) -> None:
    assert plan(BY_MAK, wanted("mak", key=key)) == []


def test_any_client_key_will_do_where_none_is_given() -> None:
    assert plan(IN_GRACE, wanted()) == [ACTIVATE]


def test_another_mak_is_installed_and_read_back_before_it_is_activated() -> None:
    desired = wanted("mak", key=OTHER_MAK)
    assert plan(BY_MAK, desired) == ["install the key *OTHER on Windows", "activate Windows (mak)"]
    assert commands(windows(BY_MAK), desired) == [f"/ipk {OTHER_MAK}"]


def test_the_public_key_of_the_edition_takes_the_place_of_a_mak() -> None:
    assert commands(windows(BY_MAK), wanted()) == [f"/ipk {SERVER_2019_GVLK}"]


@pytest.mark.parametrize(
    ("edition", "version", "last_five"),
    [
        ("Enterprise", "10.0.26100.2314", "2YT43"),
        ("EnterpriseS", "10.0.19044.1", "J462D"),
        ("EnterpriseS", "10.0.14393.1", "QJ4BJ"),
        ("ServerStandard", "10.0.20348.2527", "VMK7H"),
        ("ServerDatacenter", "6.3.9600", "Q3VJ9"),
        ("Professional", "6.2.9200", "J8CK4"),
    ],
)
def test_public_keys_go_by_edition_and_version(edition: str, version: str, last_five: str) -> None:
    assert (windows_gvlk(edition, version) or "").endswith(last_five)


@pytest.mark.parametrize(
    ("edition", "version"), [("Core", "10.0.26100"), ("ServerStandard", "10.0.19041"), (None, None)]
)
def test_what_has_no_public_key_gets_none(edition: str | None, version: str | None) -> None:
    assert windows_gvlk(edition, version) is None


def test_an_edition_without_a_public_key_wants_it_from_the_user() -> None:
    home = BY_MAK.replace("ServerStandard", "Core")
    assert problems(plan_windows(windows(home), wanted())) == [NO_CLIENT_KEY]
    assert plan(home, wanted(key=SERVER_2019_GVLK))[0] == "install the key *J464C on Windows"


def test_a_mak_that_is_not_there_has_to_be_given() -> None:
    assert problems(plan_windows(windows(LICENSED), wanted("mak"))) == [NO_MAK]


def test_a_windows_without_any_key_can_be_given_one() -> None:
    assert plan(NO_KEY, wanted("mak", key=MAK)) == ["install the key *WNMAK on Windows", "activate Windows (mak)"]


def test_activation_that_is_not_wanted_is_skipped() -> None:
    left = plan_windows(windows(IN_GRACE), wanted(activate=False))
    assert (words(left), left.skipped) == ([], (("Windows", NOT_WANTED),))


# -- KMS client settings --------------------------------------------------------------------------------------------


def test_a_kms_host_is_set_by_the_activation_id_so_that_office_keeps_its_own() -> None:
    assert commands(windows(LICENSED), wanted(**KMS01)) == [f"/skms kms01.corp.example:1688 {WINDOWS_ID}"]


def test_an_ipv6_host_stands_in_brackets() -> None:
    desired = wanted(kms_host="fd00::1", kms_port=1700)
    assert commands(windows(LICENSED), desired) == [f"/skms [fd00::1]:1700 {WINDOWS_ID}"]


def test_a_host_that_only_the_registry_shows_is_recognised() -> None:
    assert plan(IN_GRACE, wanted(**KMS01), registry=REGISTERED) == [ACTIVATE]


def test_a_host_that_holds_for_everything_is_recognised() -> None:
    assert plan(LICENSED, wanted(**KMS01), registry={SPP: {"KeyManagementServiceName": "KMS01.corp.example."}}) == []


def test_with_a_new_key_the_host_waits_for_its_activation_id() -> None:
    desired = wanted(**KMS01)
    assert plan(BY_MAK, desired) == ["install the key *J464C on Windows", SET_KMS01, ACTIVATE]
    assert commands(windows(BY_MAK), desired) == [f"/ipk {SERVER_2019_GVLK}"]


def test_discovery_removes_the_host_of_windows_alone() -> None:
    reading = windows(IN_GRACE, registry=REGISTERED)
    assert commands(reading, wanted(dns_discovery=True)) == [f"/ckms {WINDOWS_ID}"]


@pytest.mark.parametrize("key", [SPP, APPLICATION])
def test_discovery_is_refused_where_a_host_is_registered_above(key: str) -> None:
    reading = windows(LICENSED, registry={key: {"KeyManagementServiceName": "policy.corp.example"}})
    (problem,) = problems(plan_windows(reading, wanted(dns_discovery=True)))
    assert "policy.corp.example" in problem.remedy


@pytest.mark.parametrize(("method", "kind", "sent"), [("ad", "KMS", True), ("kms", "AD", True), ("kms", "KMS", False)])
def test_an_activation_type_that_forbids_the_method_is_set_back(method: str, kind: str, sent: bool) -> None:
    listing = LICENSED.replace("Configured Activation Type: All", f"Configured Activation Type: {kind}")
    assert commands(windows(listing), wanted(method)) == ([f"/act-type 0 {WINDOWS_ID}"] if sent else [])


# -- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "desired", "problem"),
    [
        (windows(KMS_HOST), wanted(), IS_KMS_HOST),
        (windows(KMS_HOST), wanted("mak", key=MAK), IS_KMS_HOST),
        (windows(IN_GRACE, os_version="6.1.7601"), wanted("ad"), NO_AD),
        (windows(IN_GRACE, elevated=False), wanted(), NOT_ELEVATED),
    ],
)
def test_the_whole_task_is_refused(reading: WindowsReading, desired: DesiredWindows, problem: Any) -> None:
    assert ("", problem) in plan_windows(reading, desired).problems


def test_a_windows_that_is_right_may_be_read_by_an_account_that_is_not_elevated() -> None:
    assert plan_windows(windows(LICENSED, elevated=False), wanted()).problems == ()


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"method": "mak", "kms_host": "kms01"}, "kms_host"),
        ({"method": "mak", "key": SERVER_2019_GVLK}, "key"),
        ({"method": "kms", "key": "FXYTK-NJJ8C-GB6DW-3DYQT-6F7TH"}, "key"),
        ({"method": "kms", "key": "short"}, "key"),
        ({"method": "kms", "kms_host": "kms01", "dns_discovery": True}, "kms_host"),
        ({"method": "kms", "activation_retries": 11}, "activation_retries"),
    ],
)
def test_options_that_contradict_are_refused_without_their_value(options: dict[str, Any], option: str) -> None:
    with pytest.raises(InputError) as refused:
        wanted(**options)
    assert refused.value.option == option
    assert str(options.get("key")) not in str(refused.value)


# -- lines, outcomes, views -----------------------------------------------------------------------------------------


def test_one_line_reads_everything_from_a_copy_of_the_script() -> None:
    line = windows_line("officefleet1")
    assert line.count("cscript.exe") == 1
    assert r"%TEMP%\officefleet1.vbs" in line
    assert "/upk" not in line


def test_the_root_of_the_platform_is_read_by_single_values_only() -> None:
    """It also holds a whole product key of Windows."""
    queries = [part for part in windows_line("x").split("& ") if 'SoftwareProtectionPlatform"' in part]
    assert queries
    assert all(" /v " in query for query in queries)


@pytest.mark.parametrize(
    ("text", "result", "code"),
    [
        ("Error: 0xC004F038 too few\r\n", "pending", "0xC004F038"),
        ("Error: 0xC004F074 none\r\n", "failed", "0xC004F074"),
        ("Error: Product activation failed.\r\n", "failed", None),
    ],
)
def test_outcomes_of_an_activation(text: str, result: str, code: str | None) -> None:
    (operation,) = plan_windows(windows(IN_GRACE), wanted()).operations
    codes = windows_codes([operation], [text])
    outcome = activation_outcome(operation, windows(IN_GRACE), codes[operation])
    assert (outcome.result, outcome.code, outcome.attempt) == (result, code, "online")


def test_a_licensed_windows_is_licensed_whatever_the_script_says() -> None:
    (operation,) = plan_windows(windows(IN_GRACE), wanted()).operations
    assert activation_outcome(operation, windows(LICENSED), "unknown").result == "licensed"


def test_a_key_that_is_not_read_back_is_a_failure_of_windows() -> None:
    desired = wanted("mak", key=OTHER_MAK)
    todo = plan_windows(windows(BY_MAK), desired)
    (failure,) = unconfirmed(todo.operations, todo, {todo.operations[0]: "0xC004F069"})
    assert (failure.product, failure.code) == ("Windows", "0xC004F069")
    assert "belongs to another edition or version of Windows" in failure.cause


@pytest.mark.parametrize("code", sorted(ALL_CODES))
def test_no_remedy_sends_anybody_to_a_module_of_office(code: int) -> None:
    assert "ospp_" not in explain_on_windows(format_code(code)).remedy


@pytest.mark.parametrize(
    ("before", "after", "desired"),
    [
        (windows(IN_GRACE), windows(LICENSED), wanted()),
        (windows(BY_MAK), windows(LICENSED, registry=REGISTERED), wanted()),
        (windows(IN_GRACE, registry=REGISTERED), windows(LICENSED), wanted(dns_discovery=True)),
        (windows(IN_GRACE), windows(IN_GRACE, registry=REGISTERED), wanted(activate=False, **KMS01)),
    ],
)
def test_check_mode_predicts_what_is_read_afterwards(
    before: WindowsReading, after: WindowsReading, desired: DesiredWindows
) -> None:
    operations = in_order(plan_windows(before, desired).operations)
    assert predict_windows(windows_view(before, desired), operations, desired) == windows_view(after, desired)
