# Copyright (c) 2026, the officefleet.activation contributors
# GNU General Public License v3.0+ (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's default output with a progress bar on a terminal, and a summary that groups hosts by cause."""

from __future__ import annotations

DOCUMENTATION = """
name: fleet_progress
type: stdout
author: officefleet.activation contributors (@officefleet)
version_added: "0.1.0"
short_description: Progress bar for a fleet, and a summary by cause
description:
  - Prints what P(ansible.builtin.default#callback) prints, and after it a summary that groups hosts by cause instead of
    by name. It is printed when a module of this collection gave a result on a host, and stands there as well when the
    run is stopped by Ctrl-C.
  - On a terminal, the lines of hosts that are well (ok, changed, skipped, included) give way to one progress bar with
    the hosts that are done, the estimated time that is left, and how many hosts are licensed, pending, failed and
    unreachable. Failures, warnings, diffs and the output of M(ansible.builtin.debug) are printed above it. With C(-v)
    all lines are printed above it.
  - Where standard output is no terminal, such as a file or a pipe, and in ansible-runner and AWX, nothing but the
    summary is added. There it is chosen by the environment variable C(ANSIBLE_STDOUT_CALLBACK) alone.
  - A bar counts the hosts that have something to do in a play, all its waves together. It appears with the first task
    of a module that reads or changes an Office client or a KMS host.
  - The variables C(COLUMNS) and C(NO_COLOR), and Ansible's settings for colours, are respected. In the text above the
    bar and in the summary, control characters that hosts may have sent are replaced by question marks.
notes:
  - Lines that the bar replaces are still written to the file of C(log_path), if there is one.
  - The recap of a play still has a line for each host. The summary comes after it.
requirements:
  - Set as C(stdout_callback) in the configuration.
  - tqdm on the controller, for the bar; without it there is one warning and the output of a log.
extends_documentation_fragment:
  - default_callback
  - result_format_callback
seealso:
  - plugin: officefleet.activation.fleet_summary
    plugin_type: filter
    description: The same summary in a playbook.
"""

EXAMPLES = """
run from a shell: >
  ANSIBLE_STDOUT_CALLBACK=officefleet.activation.fleet_progress
  ansible-playbook -i inventory officefleet.activation.site

ansible.cfg: >
  [defaults]
  stdout_callback = officefleet.activation.fleet_progress
"""

import atexit
import os
import sys
from typing import Any

from ansible import constants
from ansible.playbook.task_include import TaskInclude
from ansible.plugins.callback.default import CallbackModule as DefaultCallback
from ansible.utils.color import stringc
from ansible_collections.officefleet.activation.plugins.module_utils.fleet_progress import HOST_MODULES, FleetTally
from ansible_collections.officefleet.activation.plugins.module_utils.host_verdict import HostClass
from ansible_collections.officefleet.activation.plugins.plugin_utils._fleet_bar import (
    FleetBar,
    can_draw,
    is_terminal,
)

_COLORS = {
    HostClass.LICENSED: constants.COLOR_OK,
    HostClass.PENDING: constants.COLOR_WARN,
    HostClass.FAILED: constants.COLOR_ERROR,
    HostClass.UNREACHABLE: constants.COLOR_UNREACHABLE,
    HostClass.NOT_LICENSED: constants.COLOR_WARN,
    HostClass.NOT_DONE: constants.COLOR_WARN,
}


class CallbackModule(DefaultCallback):
    """The default callback, watched by a tally.

    The properties of results are those of ansible-core before 2.19 (``_host``), which later ones have as well.
    """

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "officefleet.activation.fleet_progress"

    def __init__(self) -> None:
        super().__init__()
        self._tally = FleetTally()
        self._bar: FleetBar | None = None
        self._draws = False
        self._quiet = False
        self._play_id: str | None = None
        self._process = os.getpid()
        self._ended = False

    # -- the run ------------------------------------------------------------------------------------------------

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Find out whether there is a terminal."""
        super().v2_playbook_on_start(playbook)
        atexit.register(self._end)
        # ansible-runner, and AWX with it, derives a callback of its own from this one, on a terminal that nobody sees.
        if type(self) is not CallbackModule or not is_terminal(sys.stdout):
            return
        self._draws = can_draw()
        if not self._draws:
            self._display.warning("fleet_progress shows no progress bar: install tqdm on the controller.")
            return
        self._quiet = self._display.verbosity == 0
        if self._quiet:
            # This lets the default callback print the name of a task only above a line that is printed.
            self.set_option("display_skipped_hosts", False)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """A play, or the next wave of the same play."""
        if play._uuid != self._play_id:
            self._close_bar()
            self._play_id = play._uuid
            variables = play.get_variable_manager().get_vars(play=play, include_hostvars=False)
            self._tally.begin_play(variables.get("ansible_play_hosts_all", ()))
        super().v2_playbook_on_play_start(play)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """A task; the first of ours in a play opens the bar."""
        super().v2_playbook_on_task_start(task, is_conditional)
        if not _is_ours(task) or task.run_once:
            return
        self._tally.expect_results()
        if self._draws and self._bar is None and self._tally.total:
            self._bar = FleetBar(self._tally.total, self._display._lock)
            self._show()

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """The recap, and the summary below it."""
        self._close_bar()
        super().v2_playbook_on_stats(stats)
        self._end()

    # -- results ------------------------------------------------------------------------------------------------

    def v2_runner_on_ok(self, result: Any) -> None:
        """A host is well."""
        self._watch(result)
        if self._gives_way(result):
            self._log(result)
        else:
            super().v2_runner_on_ok(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """A task failed on a host."""
        self._watch(result, failed=True, leaves=not ignore_errors)
        super().v2_runner_on_failed(result, ignore_errors)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """A host could not be reached."""
        self._watch(result, failed=True, unreachable=True, leaves=not result._task.ignore_unreachable)
        super().v2_runner_on_unreachable(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """A host left out a task."""
        if _is_ours(result._task) or isinstance(result._task, TaskInclude):
            self._tally.add_skipped(result._host.get_name(), _is_ours(result._task))
            self._show()
        super().v2_runner_on_skipped(result)

    def v2_runner_item_on_ok(self, result: Any) -> None:
        """An item of a loop is well."""
        if not self._gives_way(result):
            super().v2_runner_item_on_ok(result)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        """Hosts include tasks."""
        if not self._quiet:
            super().v2_playbook_on_include(included_file)

    # -- the bar and the summary ----------------------------------------------------------------------------------

    def _watch(self, result: Any, failed: bool = False, unreachable: bool = False, leaves: bool = False) -> None:
        """Count a result, before the default callback takes parts of it away."""
        host = result._host.get_name()
        if _is_ours(result._task):
            self._tally.add_result(host, {"unreachable": True} if unreachable else result._result, failed)
        elif leaves:
            self._tally.add_stopped(host, result._task.get_name(), unreachable)
        if leaves:
            self._tally.leave(host)
        self._show()

    def _gives_way(self, result: Any) -> bool:
        """Whether the bar stands for the line of a host that is well."""
        told = result._result
        asked_for = told.get("_ansible_verbose_always") or told.get("warnings") or told.get("deprecations")
        return self._quiet and not asked_for

    def _log(self, result: Any) -> None:
        if isinstance(result._task, TaskInclude):
            return
        state = "changed" if result._result.get("changed") else "ok"
        self._display.display(f"{state}: [{self.host_label(result)}] {result._task.get_name()}", log_only=True)

    def _show(self) -> None:
        if self._bar is not None:
            numbers = self._tally.numbers.items()
            counts = " ".join(
                stringc(f"{number} {kind.value}", _COLORS.get(kind, "normal")) for kind, number in numbers
            )
            self._bar.show(self._tally.done, self._tally.total, counts)

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _end(self) -> None:
        """The last words, once: after the recap, or at exit where the run was stopped. Nothing in a forked process."""
        if self._ended or os.getpid() != self._process:
            return
        self._ended = True
        self._close_bar()
        if not self._tally.has_results:
            return
        headline, groups = self._tally.summary()
        self._display.banner("FLEET SUMMARY")
        self._display.display(headline)
        for group in groups:
            for line in group.lines:
                self._display.display(line, color=_COLORS.get(group.kind))
        sys.stdout.flush()


def _is_ours(task: Any) -> bool:
    """Whether a task's module tells the class of a host; short names are resolved."""
    return (getattr(task, "resolved_action", None) or task.action) in HOST_MODULES
