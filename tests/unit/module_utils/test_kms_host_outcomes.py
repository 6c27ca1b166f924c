# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of a change on a KMS host, judged by what was read back, and the status as data."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.error_catalogue import ALL_CODES
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_errors import (
    explain_on_a_host,
    failure_of,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_outcomes import (
    host_outcomes,
    host_status,
    restart_failures,
    step_codes,
    telephone_lines,
    telephone_message,
    unconfirmed,
)
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_plan import HostKind, plan_host
from ansible_collections.officefleet.activation.plugins.module_utils.kms_host_reading import HostReading
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_results import CODE_NOT_TOLD
from ansible_collections.officefleet.activation.plugins.module_utils.outcomes import Failure, Outcome
from unit.module_utils.host_output import transcript
from unit.module_utils.kms_host_output import (
    CONFIRMATION_ID,
    ID_2013,
    ID_2016,
    ID_2021,
    KEY_2013,
    KEY_2016,
    KEYED_2013,
    KEYED_2016,
    KEYLESS_2013,
    LICENSED_2013,
    NOT_FOUND,
    WINDOWS_CLIENT,
    WINDOWS_HOST,
    host,
    wanted,
)

P2013 = {"product": "2013", "key": KEY_2013}
P2016 = {"product": "2016", "key": KEY_2016}
OFFICE = "Office 2013"
OPERATIONS = {kind: Operation(kind, "words", OFFICE) for kind in HostKind}


def failures(before: HostReading, after: HostReading, text: str, **settings: Any) -> list[Failure]:
    """What a run reports that sends its first operation, whose step prints ``text``."""
    desired = wanted(P2013, **settings)
    first = plan_host(before, desired).operations[:1]
    return unconfirmed(first, plan_host(after, desired), step_codes(first, [text]))


KEYLESS, KEYED, LICENSED = (host({ID_2013: text}) for text in (KEYLESS_2013, KEYED_2013, LICENSED_2013))


# -- confirmed or not -----------------------------------------------------------------------------------------------


def test_what_was_read_back_is_confirmed() -> None:
    assert failures(KEYLESS, KEYED, transcript("91")) == []
    assert failures(KEYED, LICENSED, transcript("95")) == []


def test_what_was_read_back_counts_more_than_an_error() -> None:
    assert failures(KEYLESS, KEYED, transcript("93")) == []


@pytest.mark.parametrize(
    ("number", "code", "words"),
    [
        ("92", "0xC004F069", "No KMS host licence installed on this computer takes this key"),
        ("112", "0xC004F050", "The key is no valid key for any licence"),
        ("117", "0x80070005", ""),
    ],
)
def test_a_key_that_was_refused(number: str, code: str, words: str) -> None:
    (failure,) = failures(KEYLESS, KEYLESS, transcript(number))
    assert (failure.product, failure.code) == (OFFICE, code)
    assert failure.cause.startswith(f"Could not install the KMS host key: {words}")
    assert failure.remedy


def test_the_key_of_another_version_whose_licence_took_it() -> None:
    (failure,) = failures(KEYLESS, KEYLESS, transcript("91"))
    assert (failure.code, "it is the key of another version" in failure.cause) == (None, True)
    assert "kms_host_info" in failure.remedy


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (transcript("96"), "0xC004C008", "has used up its activations"),
        (transcript("96").replace("C004C008", "C004C003"), "0xC004C003", "because it is blocked"),
        (transcript("97"), "0x80072EE7", "is not reached"),
        ("Activating ...\r\nError: Product activation failed.\r\n\r\n", None, "no success and no error code"),
        (transcript("119"), None, "no success and no error code"),
        ("", None, "no success and no error code"),
    ],
)
def test_an_activation_that_failed(text: str, code: str | None, words: str) -> None:
    (failure,) = failures(KEYED, KEYED, text)
    assert (failure.product, failure.code) == (OFFICE, code)
    assert failure.cause.startswith("Could not activate the KMS host: ")
    assert words in failure.cause


def test_a_priority_that_the_script_could_not_set_behind_a_windows_client() -> None:
    (failure,) = failures(LICENSED, LICENSED, transcript("118"), priority="low")
    assert (failure.product, failure.code) == (None, None)
    assert "a Windows client licence stands before it" in failure.cause
    assert "Leave priority out" in failure.remedy


def test_a_setting_that_stayed_as_it_was() -> None:
    (failure,) = failures(LICENSED, LICENSED, transcript("101"), port=1700)
    assert failure.cause == "Could not set the listening port: The setting read back is still the old one."


@pytest.mark.parametrize("kind", HostKind)
@pytest.mark.parametrize("code", [None, CODE_NOT_TOLD, "0x80070005", "0x12345678"])
def test_every_failure_has_a_cause_and_a_remedy_without_names(kind: HostKind, code: str | None) -> None:
    failure = failure_of(OPERATIONS[kind], code)
    assert failure.cause.startswith("Could not ")
    assert failure.remedy
    assert OFFICE not in failure.cause


@pytest.mark.parametrize("code", ["0xC004F069", "0xC004F050", "0xC004C001", "0xC004C003", "0xC004C008", "0xC004F031"])
def test_remedies_name_no_module_for_clients(code: str) -> None:
    assert int(code, 16) in ALL_CODES
    assert "ospp_" not in " ".join(explain_on_a_host(code))


STOPPED = "SERVICE_NAME: sppsvc \r\n        STATUS             : 1  STOPPED \r\n"
RUNNING = "SERVICE_NAME: sppsvc \r\n        STATUS             : 4  RUNNING \r\n"


@pytest.mark.parametrize("running", [RUNNING, RUNNING.replace("4  RUNNING", "2  START_PENDING")])
def test_a_service_that_was_restarted(running: str) -> None:
    assert restart_failures(host({ID_2013: LICENSED_2013}, steps=(STOPPED + running,))) == []


@pytest.mark.parametrize("step", ["", "Systemfehler 5 aufgetreten.", RUNNING + RUNNING])
def test_a_service_that_could_not_be_stopped(step: str) -> None:
    (failure,) = restart_failures(host({ID_2013: LICENSED_2013}, steps=(step,)))
    assert failure.product is None
    assert failure.cause.startswith("The settings are made, but the service sppsvc could not be stopped")


@pytest.mark.parametrize("step", [STOPPED, STOPPED + STOPPED, RUNNING + STOPPED])
def test_a_service_that_did_not_start_again(step: str) -> None:
    (failure,) = restart_failures(host({ID_2013: LICENSED_2013}, steps=(step,)))
    assert failure.cause.startswith("The settings are made, but the service sppsvc did not start again")
    assert "event logs" in failure.remedy


def test_a_service_that_does_not_answer_after_its_restart() -> None:
    (failure,) = restart_failures(host({ID_2013: "Error: 0x8007041D No words\r\n\r\n"}, steps=(STOPPED,)))
    assert (failure.product, failure.code) == (None, "0x8007041D")
    assert failure.cause.startswith("The settings are made, but the service sppsvc does not work after its restart: ")
    assert failure.remedy


# -- outcomes -------------------------------------------------------------------------------------------------------


def test_an_outcome_for_every_product() -> None:
    desired = wanted(P2013, P2016, {"product": "2021"})
    after = host({ID_2013: LICENSED_2013, ID_2016: KEYED_2016, ID_2021: NOT_FOUND})
    failed = [Failure("Office 2016", "cause", "remedy", "0x80072EE7"), Failure("Office 2021", "no pack", "install it")]
    assert host_outcomes(plan_host(after, desired), after, desired, failed) == [
        Outcome(ID_2013, OFFICE, "licensed"),
        Outcome(None, "Office 2016", "failed", "0x80072EE7", "cause", "remedy", retryable=True),
        Outcome(None, "Office 2021", "failed", None, "no pack", "install it"),
    ]


def test_a_product_that_waits_is_skipped_and_not_failed() -> None:
    desired = wanted(P2013, activation="telephone")
    (outcome,) = host_outcomes(plan_host(KEYED, desired), KEYED, desired, [])
    assert (outcome.result, outcome.cause) == (
        "skipped",
        "the host key is installed and waits for a confirmation ID (telephone activation)",
    )


def test_a_host_that_was_activated_by_confirmation_id_says_so() -> None:
    desired = wanted(P2013)
    deposit = Operation(HostKind.DEPOSIT, "activate", OFFICE)
    (outcome,) = host_outcomes(plan_host(LICENSED, desired), LICENSED, desired, [], [deposit])
    assert (outcome.result, outcome.attempt) == ("licensed", "confirmation_id")


def test_a_licence_with_another_key_is_no_success() -> None:
    desired = wanted({"product": "2013", "key": KEY_2016})
    assert host_outcomes(plan_host(LICENSED, desired), LICENSED, desired, []) == []


# -- telephone ------------------------------------------------------------------------------------------------------


def telephone(reading: HostReading, *failed: Failure, activation: str = "telephone", **more: str) -> list[Any]:
    desired = wanted({**P2013, **more}, activation=activation)
    return telephone_lines(host_outcomes(plan_host(reading, desired), reading, desired, failed), reading, desired)


def test_the_installation_id_in_nine_groups() -> None:
    (line,) = telephone(KEYED)
    assert line == {
        "product": OFFICE,
        "activation_id": ID_2013,
        "installation_id": "1234567 8901234 5678901 2345678 9012345 6789012 3456789 0123456 7890123",
    }
    assert telephone_message([line]).startswith(f"{OFFICE}: installation ID 1234567 8901234")


def test_the_installation_id_of_an_older_windows() -> None:
    reading = host({ID_2013: KEYED_2013.replace("1234567890" * 6 + "123", "123456" * 9)})
    assert telephone(reading)[0]["installation_id"] == " ".join(["123456"] * 9)


def test_a_confirmation_id_that_was_refused_shows_the_installation_id_again() -> None:
    assert len(telephone(KEYED, Failure(OFFICE, "refused", "", "0xC004F031"), confirmation_id=CONFIRMATION_ID)) == 1


def test_nothing_to_read_out() -> None:
    assert telephone(LICENSED) == []
    assert telephone(KEYLESS) == []
    assert telephone(KEYED, activation="none") == []


# -- status ---------------------------------------------------------------------------------------------------------


def test_the_status_of_a_host() -> None:
    reading = host({"windows": WINDOWS_HOST, ID_2013: LICENSED_2013, ID_2016: NOT_FOUND})
    status = host_status(reading)
    assert {name: status[name] for name in status if name != "licences"} == {
        "os_version": "10.0.20348.2527",
        "elevated": True,
        "service_start": "automatic",
        "settings": {"port": 1688, "priority": "normal", "dns_publishing": True, "publish_domains": []},
    }
    shown = [(one["product"], one["state"], one["required_count"], one["service"]) for one in status["licences"]]
    assert [(*entry[:3], entry[3]["current_count"], entry[3]["requests"]["total"]) for entry in shown] == [
        ("Windows", "licensed", 25, 50, 1000),
        ("Office 2013", "licensed", 5, 22, 312),
    ]


def test_installation_ids_only_when_asked_for() -> None:
    assert "installation_id" not in host_status(KEYED)["licences"][0]
    assert host_status(KEYED, installation_ids=True)["licences"][0]["installation_id"].startswith("1234567890")


def test_a_windows_client_licence_serves_nothing() -> None:
    (licence,) = host_status(host({"windows": WINDOWS_CLIENT}))["licences"]
    assert (licence["product"], licence["channel"], licence["service"]) == ("Windows", "kms_client", None)
