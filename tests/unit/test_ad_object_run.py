# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task on an activation object tells where Ansible could not run its second command."""

from __future__ import annotations

from typing import cast

from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.plugin_utils._ad_object_run import ActivationObjectRun
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import HostError, RemoteHost
from unit.module_utils.ad_object_output import EMPTY, KEY_2021, answer, wanted

NOT_RUN = Problem("The command line could not be run on the host.", "Check WinRM and PowerShell there.")


class Host:
    """A domain member that answers once and whose PowerShell fails at the next command."""

    calls = 0

    def run(self, _line: str, _secret: bool, once: bool = False) -> str:
        """The first answer, then Ansible's error."""
        self.calls += 1
        if self.calls > 1:
            raise HostError(NOT_RUN)
        return answer(EMPTY)


def test_a_change_that_may_have_been_made_is_told_with_what_to_do_next() -> None:
    host = cast(RemoteHost, Host())
    result = ActivationObjectRun(host, wanted(product="2021", key=KEY_2021)).run(check_mode=False)
    (failure,) = result["failures"]
    assert (result["failed"], failure["cause"]) == (True, NOT_RUN.cause)
    assert "run again, the next run looks first and continues" in failure["remedy"]
    assert result["operations"] == ["make the activation object of Office 2021 with the key *HST21"]
    assert "Nothing was changed" not in result["msg"]
