# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of the fault campaign (`make faults`): every fault meets every kind of scenario, and nothing is found."""

from __future__ import annotations

import pytest
from campaign.battle import Battle, fight, steps_of, with_healthy
from campaign.cases import Trouble, numbered, sample, troubles
from campaign.checks import RULES, findings
from campaign.report import Tally
from campaign.scenarios import SCENARIOS
from winsim.faults import NAMES

pytestmark = [pytest.mark.one_core, pytest.mark.timeout(1800)]


@pytest.fixture(scope="module")
def battle() -> Battle:
    """One fleet with a host for each case, three runs."""
    return fight(with_healthy(numbered(sample(steps_of(list(SCENARIOS.values()))))))


def test_the_sample_has_every_fault_and_every_scenario(battle: Battle) -> None:
    tally = Tally()
    tally.add(battle)
    assert set(tally.faults) == set(NAMES) == {trouble.fault for trouble in troubles()}
    assert set(tally.scenarios) == set(SCENARIOS) - {"role_ad"}
    assert tally.cases > 85
    assert min(tally.ends.values()) > 15


@pytest.mark.parametrize("rule", [*RULES, "no run hangs", "no secret is shown", "winsim understands every command"])
def test_a_rule_holds_whatever_goes_wrong(rule: str, battle: Battle) -> None:
    assert [f"{one.case}: {one.text}" for one in findings(battle) if one.rule == rule] == []


def test_a_fault_that_stays_is_found() -> None:
    """The rules can be broken: by a host that nobody mends, and by a key in what Ansible prints."""
    (case,) = numbered([(SCENARIOS["client_mak"], 0, Trouble("no_office", lasts="on"))])
    broken = fight(with_healthy([case]), mended=False)
    broken.texts[0] += "AAAAA-BBBBB-CCCCC-DDDDD-Z0000"
    found = {one.rule for one in findings(broken)}
    assert {"the next run converges", "then nothing is left to do", "no secret is shown"} <= found
