# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Base of the actions of this collection: argument spec, redaction, errors. Not a public interface."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.release import __version__
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import PRODUCT_KEY, InputError
from ansible_collections.officefleet.activation.plugins.module_utils.plan import Planner
from ansible_collections.officefleet.activation.plugins.module_utils.views import Focus
from ansible_collections.officefleet.activation.plugins.plugin_utils._client_run import ClientRun, Retries
from ansible_collections.officefleet.activation.plugins.plugin_utils._remote_command import HostError, RemoteHost

if TYPE_CHECKING:
    from ansible_collections.officefleet.activation.plugins.plugin_utils._mak_budget import MakBudget

_ANY_KEY = re.compile(PRODUCT_KEY.pattern, re.IGNORECASE)


def redact(value: Any) -> Any:
    """Data in which every whole product key is cut down to its last five characters."""
    if isinstance(value, str):
        return _ANY_KEY.sub(lambda match: "*****-" * 4 + match.group()[-5:], value)
    if isinstance(value, Mapping):
        return {key: redact(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact(item) for item in value]
    return value


class OfficeAction(ActionBase):
    """An action that validates its options, runs on the host and returns a result without secrets."""

    SPEC: ClassVar[dict[str, Any]] = {}
    #: What a result holds where the host could not be judged, so that every result has the same keys.
    EMPTY: ClassVar[dict[str, Any]] = {}
    #: Options by which a key or a confirmation ID comes to be sent to a host.
    SECRETS: ClassVar[frozenset[str]] = frozenset({"key", "confirmation_id"})
    #: Whether the task has written a file or into the store: a refusal that comes later must not deny it.
    _has_written = False
    _supports_check_mode = True
    _supports_diff = True
    _supports_async = False
    _requires_connection = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ansible's entry point."""
        result = super().run(tmp, task_vars)
        del tmp
        self._warn_about_verbosity()
        try:
            _result, options = self.validate_argument_spec(**self.SPEC)
            outcome = self.run_module(options, RemoteHost(self, task_vars or {}))
        except InputError as error:
            # No exception leaves here: ansible-core before 2.19 would print where it was raised.
            outcome = {"failed": True, "changed": self._has_written, "msg": f"{error}. {self._left_undone()}"}
        except HostError as error:
            problem = error.problem
            failure = {"product": None, "cause": problem.cause, "remedy": problem.remedy, "code": problem.code}
            outcome = {**self.EMPTY, "failed": True, "changed": False, "msg": problem.message, "failures": [failure]}
        except AnsibleConnectionFailure as error:
            raise AnsibleConnectionFailure(redact(str(error))) from None
        except AnsibleError as error:
            if not _ANY_KEY.search(str(error)):
                raise
            outcome = {"failed": True, "changed": False, "msg": str(error)}
        result.update(redact(outcome))
        if not self._task.diff:
            result.pop("diff", None)
        return result

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        """The result for validated options. Raises InputError, HostError and Ansible's connection errors."""
        raise NotImplementedError

    def _left_undone(self) -> str:
        if self._has_written:
            return "What was written before that is kept."
        return "Nothing was sent to the host." if self._requires_connection else "Nothing was done."

    def _warn_about_verbosity(self) -> None:
        """ansible-core before 2.18 prints what it sends at -vvvvv whatever no_log says."""
        old = tuple(int(part) for part in __version__.split(".")[:2]) < (2, 18)
        if (
            old
            and self._display.verbosity >= 5
            and any(name in self.SECRETS for name in _option_names(self._task.args))
        ):
            self._display.warning(
                "ansible-core before 2.18 prints product keys and confirmation IDs at -vvvvv: keep this log secret."
            )


class ClientAction(OfficeAction):
    """An action that brings a host into a desired state by a plan."""

    EMPTY: ClassVar[dict[str, Any]] = {"operations": [], "outcomes": [], "pending": False}

    def run_module(self, options: dict[str, Any], host: RemoteHost) -> dict[str, Any]:
        planner, focus = self.plan(options)
        retries = Retries(options.get("activation_retries") or 0, options.get("activation_retry_delay") or 0)
        run = ClientRun(host, planner, focus, retries, self.budget(options, host.task_vars))
        return run.run(check_mode=self._task.check_mode)

    def plan(self, options: dict[str, Any]) -> tuple[Planner, Focus]:
        """The planner for validated options, and the part of the state that the task manages."""
        raise NotImplementedError

    def budget(self, options: dict[str, Any], task_vars: Mapping[str, Any]) -> MakBudget | None:
        """What holds the MAKs of the task to their budgets; None where none has one."""
        return None


def _option_names(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [*map(str, value), *(name for item in value.values() for name in _option_names(item))]
    if isinstance(value, (list, tuple)):
        return [name for item in value for name in _option_names(item)]
    return []
