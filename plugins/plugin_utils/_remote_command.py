# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one seam to a host: run one command line through ansible.windows.win_command. Not a public interface."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible.plugins.action import ActionBase
from ansible_collections.officefleet.activation.plugins.module_utils.command_lines import (
    apply_line,
    proxy_line,
    read_line,
)
from ansible_collections.officefleet.activation.plugins.module_utils.operations import Operation
from ansible_collections.officefleet.activation.plugins.module_utils.problems import Problem
from ansible_collections.officefleet.activation.plugins.module_utils.reading import Reading, read_output, read_proxy
from ansible_collections.officefleet.activation.plugins.module_utils.status import WinHttpProxy


class HostError(Exception):
    """The command could not be run on the host, or the host can not be worked on."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


NOT_WINDOWS = Problem(
    "The host is not reached as a Windows host.",
    "Set ansible_connection to winrm, psrp, or ssh with ansible_shell_type powershell; or take it out of the group.",
)
_RETRIES = "reconnection_retries"
_HTTP_LIBRARIES = frozenset({"requests", "urllib3", "winrm", "pypsrp", "httpx", "httpcore"})


class RemoteHost:
    """Runs the command lines of this collection on the host of one task, in check mode too.

    ``calls``: how many modules were sent to it. ``task_vars``: the variables of the task. ``extras``: names of
    READ_COMMANDS that every reading has beside the status. ``latest``: what was read last.
    """

    def __init__(self, action: ActionBase, task_vars: dict[str, Any]) -> None:
        self._action = action
        self.task_vars = task_vars
        self.calls = 0
        self.extras: tuple[str, ...] = ()
        self.latest: Reading | None = None

    def read(self, extras: tuple[str, ...] = ()) -> Reading:
        """Read everything in one command."""
        self.latest = read_output(self.run(read_line((*self.extras, *extras)), secret=False))
        return self.latest

    def apply(self, script: str, steps: list[str], slmgr_copy: str | None, secret: bool) -> Reading:
        """Run steps and read everything back, in one command. ``secret``: a step holds a product key."""
        self.latest = read_output(self.run(apply_line(script, steps, self.extras, slmgr_copy), secret, once=True))
        return self.latest

    def winhttp_proxy(self) -> WinHttpProxy | None:
        """Read the proxy of the host's services and nothing else, in one command."""
        return read_proxy(self.run(proxy_line(), secret=False))

    def run(self, line: str, secret: bool, once: bool = False) -> str:
        """Run a command line and return what it printed. Raises HostError, or AnsibleConnectionFailure.

        ``once``: it changes something, and is not to be sent again when the connection breaks.
        """
        if not getattr(self._action._connection._shell, "_IS_WINDOWS", False):
            raise HostError(NOT_WINDOWS)
        self.calls += 1
        try:
            with self._task_settings(secret), self._retries(once):
                result = self._action._execute_module(
                    module_name="ansible.windows.win_command",
                    module_args={"_raw_params": line},
                    task_vars=self.task_vars,
                )
        except Exception as error:
            if _is_connection_error(error):
                raise AnsibleConnectionFailure(f"The connection to the host was lost: {error}") from None
            raise
        if result.get("unreachable"):
            raise AnsibleConnectionFailure(str(result.get("msg", "the connection was lost")))
        if "rc" not in result or "stdout" not in result:
            raise HostError(_not_run(result))
        return str(result["stdout"])

    @contextlib.contextmanager
    def _task_settings(self, secret: bool) -> Iterator[None]:
        """Reading runs in check mode as well; a key stays out of every log (reference/ansible.md)."""
        task, play_context = self._action._task, self._action._connection._play_context
        saved = task.check_mode, task.no_log, play_context.no_log
        task.check_mode = False
        if secret:
            task.no_log = play_context.no_log = True
        try:
            yield
        finally:
            task.check_mode, task.no_log, play_context.no_log = saved

    @contextlib.contextmanager
    def _retries(self, once: bool) -> Iterator[None]:
        """With retries, ssh sends a command anew after a lost connection, done or not: that could spend a key twice."""
        connection = self._action._connection
        if not once or not connection.has_option(_RETRIES):
            yield
            return
        saved = connection.get_option(_RETRIES)
        connection.set_option(_RETRIES, 0)
        try:
            yield
        finally:
            connection.set_option(_RETRIES, saved)


def lost_while(operations: Iterable[Operation], error: Exception) -> AnsibleConnectionFailure:
    """The error of a connection that was lost in the middle of a change: it says what was under way."""
    words = "; ".join(operation.words for operation in operations)
    return AnsibleConnectionFailure(
        f"The connection was lost while the host was to: {words}. Whether it did is not known:"
        f" run again, the next run reads the state and continues. ({error})"
    )


def _is_connection_error(error: Exception) -> bool:
    """Whether a connection plugin let an error of its HTTP library through, which Ansible takes for a failed task."""
    return isinstance(error, (ConnectionError, TimeoutError)) or type(error).__module__.split(".")[0] in _HTTP_LIBRARIES


def _not_run(result: dict[str, Any]) -> Problem:
    """win_command itself failed: its message is the host's, and may be in its language."""
    message = str(result.get("msg") or result.get("module_stderr") or "no answer").strip().splitlines()
    return Problem(
        "The command line could not be run on the host.",
        f"Ansible reports: {message[0][:300] if message else 'no answer'}. Check WinRM and PowerShell there.",
    )
