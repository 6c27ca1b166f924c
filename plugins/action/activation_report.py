# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes reports of the store; documentation in plugins/modules/activation_report.yml."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible_collections.officefleet.activation.plugins.module_utils.report_limits import LIMIT_NAMES, passed
from ansible_collections.officefleet.activation.plugins.module_utils.report_options import (
    DEFAULT_FORMATS,
    FORMATS,
    read_report_options,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_text import text_lines
from ansible_collections.officefleet.activation.plugins.plugin_utils._fleet_report_run import read_report, write_report
from ansible_collections.officefleet.activation.plugins.plugin_utils._prometheus import write_prometheus
from ansible_collections.officefleet.activation.plugins.plugin_utils._store import Store
from ansible_collections.officefleet.activation.plugins.plugin_utils._store_action import STORE, StoreAction


class ActionModule(StoreAction):
    """Files, lines for the job log, numbers, and which limits are passed."""

    SPEC = {
        "argument_spec": {
            "store": STORE,
            "folder": {"type": "path"},
            "formats": {"type": "list", "elements": "str", "choices": list(FORMATS), "default": list(DEFAULT_FORMATS)},
            "prometheus_file": {"type": "path"},
            "since": {"type": "str"},
            "grace_days": {"type": "int", "default": 14},
            "renewal_days": {"type": "int", "default": 30},
            "stale_days": {"type": "int", "default": 30},
            "limits": {"type": "dict", "options": {name: {"type": "float"} for name in LIMIT_NAMES}},
        },
    }

    def run_in_store(self, options: dict[str, Any], store: Store, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        now = datetime.now(timezone.utc)
        asked = read_report_options(options, now)
        report, numbers = read_report(store, asked, now)
        files: list[Path] = []
        if not self._task.check_mode:
            for file in write_report(report, numbers, Path(options["folder"] or "."), asked.formats):
                files.append(file)
                self._has_written = True
            if options["prometheus_file"]:
                files.append(Path(options["prometheus_file"]))
                write_prometheus(numbers, files[-1], "prometheus_file")
        return {
            "changed": bool(files),
            "files": [str(path.resolve()) for path in files],
            "lines": text_lines(report),
            "numbers": numbers.as_data(),
            "limits_passed": passed(numbers, asked.limits),
        }
