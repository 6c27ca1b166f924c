# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An activation that did not reach Microsoft is explained by the proxy of its host."""

from __future__ import annotations

import dataclasses

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.outcomes import Failure, Outcome
from ansible_collections.officefleet.activation.plugins.module_utils.proxy_explanation import (
    HOST_KEY_WAYS,
    OFFICE_WAYS,
    WINDOWS_WAYS,
    not_reached,
    told_with_proxy,
)
from ansible_collections.officefleet.activation.plugins.module_utils.status import WinHttpProxy

FAILED = Outcome("sku", "Office 2021 proplus", "failed", "0x80072EFD", "Cause.", "Remedy.", attempt="online")
PROXY = WinHttpProxy("proxy.corp.example:8080", "<local>")
DIRECT = WinHttpProxy(None, None)


def failed_with(code: str) -> Outcome:
    return dataclasses.replace(FAILED, code=code)


@pytest.mark.parametrize("code", ["0x80072EE7", "0x80072EFD", "0x80072EE2", "0x80072EFE", "0x8004FE33", "0x80190197"])
def test_a_code_of_the_network_says_that_microsoft_was_not_reached(code: str) -> None:
    assert not_reached(failed_with(code))


@pytest.mark.parametrize(
    "outcome",
    [
        None,
        dataclasses.replace(FAILED, code=None),
        failed_with("0xC004C020"),
        failed_with("0x80072F8F"),
        dataclasses.replace(FAILED, result="pending"),
    ],
)
def test_anything_else_does_not(outcome: Outcome | None) -> None:
    assert not not_reached(outcome)


def test_the_remedy_names_the_proxy_and_the_three_ways_out() -> None:
    remedy = told_with_proxy(FAILED, PROXY, OFFICE_WAYS).remedy or ""
    ways = ["proxy.corp.example:8080", "bypass list <local>", "exempt *.sls.microsoft.com", "MAK proxy", "KMS"]
    assert [way for way in ways if way not in remedy] == []


def test_the_cause_names_no_proxy_so_that_hosts_can_be_grouped_by_it() -> None:
    causes = {told_with_proxy(FAILED, WinHttpProxy(server, None), OFFICE_WAYS).cause for server in ("a:80", "b:80")}
    assert len(causes) == 1


def test_a_password_is_certain_only_where_the_code_says_so() -> None:
    assert "may want a password" in (told_with_proxy(FAILED, PROXY, OFFICE_WAYS).cause or "")
    assert "asks for a password" in (told_with_proxy(failed_with("0x8004FE33"), PROXY, OFFICE_WAYS).cause or "")


def test_a_host_without_a_proxy_is_told_that_it_has_none() -> None:
    told = told_with_proxy(FAILED, DIRECT, OFFICE_WAYS)
    assert "no WinHTTP proxy" in (told.cause or "")
    assert "netsh winhttp set proxy" in (told.remedy or "")


def test_an_unknown_proxy_leaves_the_explanation_of_the_code() -> None:
    assert told_with_proxy(FAILED, None, OFFICE_WAYS) == FAILED


@pytest.mark.parametrize("proxy", [PROXY, DIRECT])
def test_code_and_result_stay_as_they_were(proxy: WinHttpProxy) -> None:
    told = told_with_proxy(FAILED, proxy, OFFICE_WAYS)
    assert (told.code, told.result, told.attempt) == (FAILED.code, FAILED.result, FAILED.attempt)


@pytest.mark.parametrize(
    ("ways", "way_out"),
    [(HOST_KEY_WAYS, "by telephone (activation: telephone)"), (WINDOWS_WAYS, "by telephone (slui.exe 4")],
)
@pytest.mark.parametrize("proxy", [PROXY, DIRECT])
def test_a_failure_of_a_host_key_or_of_windows_ends_with_its_own_way_out(
    proxy: WinHttpProxy, ways: str, way_out: str
) -> None:
    failure = Failure("Office 2021", "Cause.", "Remedy.", "0x80072EE2")
    told = told_with_proxy(failure, proxy, ways)
    assert not_reached(failure)
    assert (told.product, told.code, way_out in told.remedy) == ("Office 2021", "0x80072EE2", True)
    assert "mak_proxy" not in told.remedy
