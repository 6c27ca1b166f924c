# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the numbers of a fleet for the textfile collector of Prometheus' node exporter. Not a public interface."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError
from ansible_collections.officefleet.activation.plugins.module_utils.report_numbers import FleetNumbers
from ansible_collections.officefleet.activation.plugins.module_utils.report_text import plain
from ansible_collections.officefleet.activation.plugins.plugin_utils._whole_file import whole_file

try:
    from prometheus_client import CollectorRegistry, Gauge, generate_latest
except ImportError:
    _MISSING = (
        f"prometheus_client is not installed in the Python that runs Ansible ({sys.executable}); "
        "run: python3 -m pip install prometheus_client"
    )
else:
    _MISSING = ""

_SUFFIX = ".prom"


def write_prometheus(numbers: FleetNumbers, path: Path, option: str = "path") -> None:
    """Write the metrics, whole or not at all.

    Raises InputError where prometheus_client is missing, the name has not the end that the node exporter looks for, or
    the file can't be written.
    """
    if _MISSING:
        raise InputError(option, _MISSING)
    if path.suffix != _SUFFIX:
        raise InputError(option, f"the node exporter reads only files whose name ends in {_SUFFIX}")
    with whole_file(path, option) as file:
        file.write(metrics_text(numbers))


def metrics_text(numbers: FleetNumbers) -> str:
    """The metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    _add_hosts(registry, numbers)
    _add_products(registry, numbers)
    _add_windows(registry, numbers)
    _add_keys(registry, numbers)
    _single(registry, "report_timestamp_seconds", "When these numbers were made.", numbers.as_of.timestamp())
    if numbers.newest_record is not None:
        text = "When anything was recorded of a host last."
        _single(registry, "newest_record_timestamp_seconds", text, numbers.newest_record.timestamp())
    return generate_latest(registry).decode()


def _add_hosts(registry: CollectorRegistry, numbers: FleetNumbers) -> None:
    text = "Hosts by what was read last: licensed, unlicensed, no_product, never_read."
    _labelled(registry, "hosts", text, ("status",), (((state,), count) for state, count in numbers.hosts_by_state))
    text = "Hosts by the step that failed last: connect, read, change."
    problems = {"connect": 0, "read": 0, "change": 0, **dict(numbers.problems)}
    _labelled(registry, "hosts_failed", text, ("step",), (((step,), count) for step, count in problems.items()))
    _single(registry, "hosts_stale", "Hosts that were not read for long.", numbers.stale_hosts)
    _single(registry, "hosts_need_person", "Hosts that somebody has to look at.", numbers.need_person)
    _single(registry, "hosts_duplicate_cmid", "Hosts that share a CMID.", numbers.duplicate_cmid_hosts)


def _add_products(registry: CollectorRegistry, numbers: FleetNumbers) -> None:
    text = "Products of volume clients by licence state and Office version."
    rows = (((state, office), count) for state, office, count in numbers.products_by_state)
    _labelled(registry, "products", text, ("state", "office"), rows)
    _single(registry, "unlicensed_products", "Products that are not licensed.", numbers.unlicensed)
    _single(registry, "at_risk_products", "Products that need attention in time.", numbers.at_risk)


def _add_windows(registry: CollectorRegistry, numbers: FleetNumbers) -> None:
    text = "Licences of Windows itself by licence state; no other metric counts them."
    _labelled(registry, "windows", text, ("state",), (((state,), count) for state, count in numbers.windows_by_state))
    _single(registry, "unlicensed_windows", "Licences of Windows that are not licensed.", numbers.windows_unlicensed)
    text = "Hosts whose Windows could not be read or activated when that was tried last."
    _single(registry, "hosts_windows_failed", text, numbers.windows_failed)


def _add_keys(registry: CollectorRegistry, numbers: FleetNumbers) -> None:
    text = "Activations left in the budget of a MAK, by its last five characters."
    rows = (((key,), left) for key, left in numbers.mak_left_by_key().items())
    _labelled(registry, "mak_activations_left", text, ("key",), rows)
    text = "Computers that a KMS host has counted, when it was read last."
    told = (item for item in numbers.kms_counts if item[2] is not None)
    counts = (((plain(host), plain(product)), count or 0) for host, product, count in told)
    _labelled(registry, "kms_host_counted_computers", text, ("host", "product"), counts)


def _single(registry: CollectorRegistry, name: str, text: str, value: float) -> None:
    Gauge(f"officefleet_{name}", text, registry=registry).set(value)


def _labelled(
    registry: CollectorRegistry,
    name: str,
    text: str,
    labels: tuple[str, ...],
    rows: Iterable[tuple[tuple[str, ...], float]],
) -> None:
    gauge = Gauge(f"officefleet_{name}", text, labels, registry=registry)
    for values, number in rows:
        gauge.labels(*values).set(number)
