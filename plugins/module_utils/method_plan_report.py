# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan for people: figures, a chart of the methods, and tables of computers, keys, sites and warnings."""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils.method_plan_shapes import (
    KMS_THRESHOLD,
    PLANNED,
    FleetPlan,
    HostPlan,
    Method,
    counts,
)
from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import (
    BAD,
    GOOD,
    PLAIN,
    WARN,
    Bar,
    Cell,
    Chart,
    Column,
    Figure,
    Report,
    Table,
)

_IN_WORDS = {
    Method.KMS: "KMS",
    Method.AD: "Active Directory",
    Method.MAK: "MAK",
    Method.MAK_PROXY: "MAK by another machine",
    Method.TELEPHONE: "MAK by telephone",
    Method.NONE: "none needed",
    Method.UNKNOWN: "not decided",
}


def plan_report(plan: FleetPlan, made: str = "") -> Report:
    """The report of a plan. ``made`` is when it was made, in the form in which people shall read it."""
    at = f" Made {made}." if made else ""
    return Report(
        key="plan",
        title="Activation plan",
        subtitle=f"The method for each of {len(plan.hosts)} computers.{at}",
        figures=_figures(plan),
        charts=(_methods(plan),),
        tables=(_undecided(plan), _warnings(plan), _keys(plan), _sites(plan), _computers(plan)),
        notices=(
            "Sites are counted over the computers of this plan only; a plan of a part of a fleet can be another one.",
        ),
    )


def _figures(plan: FleetPlan) -> tuple[Figure, ...]:
    numbers = counts(plan)
    undecided = numbers["unknown"]
    planned = sum(numbers[method.value] for method in PLANNED)
    by_hand = numbers["mak_proxy"] + numbers["telephone"]
    return (
        Figure("Computers planned", planned, f"of {numbers['computers']}", GOOD),
        Figure("Not decided", undecided, "could not be read, or lack a key", BAD if undecided else GOOD),
        Figure("MAK activations needed", numbers["mak_activations"], f"of {numbers['mak_keys']} MAKs", PLAIN),
        Figure("Confirmation IDs needed for", by_hand, "computers", WARN if by_hand else PLAIN),
        Figure("Warnings", numbers["warnings"], "", WARN if numbers["warnings"] else GOOD),
    )


def _methods(plan: FleetPlan) -> Chart:
    tones = {Method.UNKNOWN: BAD, Method.NONE: PLAIN, Method.MAK_PROXY: WARN, Method.TELEPHONE: WARN}
    numbers = counts(plan)
    bars = (Bar(_IN_WORDS[method], numbers[method.value], tones.get(method, GOOD)) for method in Method)
    return Chart("Methods", "computers", tuple(bar for bar in bars if bar.value))


def _undecided(plan: FleetPlan) -> Table:
    rows = tuple((host.host, host.site, host.reason) for host in plan.hosts if host.method is Method.UNKNOWN)
    return Table(
        key="undecided",
        title="Not decided",
        note="Computers that no method could be chosen for. Do what the reason says, and plan again.",
        empty="Every computer has its place in the plan.",
        columns=(Column("host", "Computer"), Column("site", "Site", choices=True), Column("why", "Why", long=True)),
        rows=rows,
        problem=True,
    )


def _warnings(plan: FleetPlan) -> Table:
    sites = {host.host: host.site for host in plan.hosts}
    return Table(
        key="warnings",
        title="Warnings",
        note="What to look after before the plan is put into effect, by computer.",
        empty="None.",
        columns=(
            Column("host", "Computer"),
            Column("site", "Site", choices=True),
            Column("warning", "Warning", long=True),
        ),
        rows=tuple((host, sites[host], one.warning) for one in plan.warnings for host in one.hosts),
        problem=True,
    )


def _keys(plan: FleetPlan) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for need in plan.host_keys:
        if need.kms:
            rows.append(("KMS host key", f"Office {need.office}", need.kms, None, "kms_host_products of the KMS host"))
        if need.ad:
            rows.append(("KMS host key", f"Office {need.office}", need.ad, None, "the forest's activation object"))
    rows += [("MAK", need.label, need.activations, need.activations, need.variable) for need in plan.maks]
    return Table(
        key="keys",
        title="Product keys needed",
        note="One KMS host key for each Office version; MAKs with that many activations left, each in the vault"
        " variable that is named. Products that are licensed by a MAK keep it and are not counted.",
        empty="None.",
        columns=(
            Column("kind", "Key", choices=True),
            Column("product", "For"),
            Column("computers", "Computers", "number"),
            Column("activations", "Activations", "number"),
            Column("place", "Where it belongs"),
        ),
        rows=tuple(rows),
    )


def _sites(plan: FleetPlan) -> Table:
    rows = tuple((one.site, one.computers, one.asking, one.unread, one.note) for one in plan.sites)
    return Table(
        key="sites",
        title="Expected KMS counts",
        note=f"A KMS host activates Office when {KMS_THRESHOLD} computers have asked it. Computers with the same client"
        " machine ID count as one.",
        empty="There is no site.",
        columns=(
            Column("site", "Site"),
            Column("computers", "With Office", "number"),
            Column("asking", "Would ask", "number"),
            Column("unread", "And unread", "number"),
            Column("note", "Result", long=True),
        ),
        rows=rows,
    )


def _computers(plan: FleetPlan) -> Table:
    return Table(
        key="computers",
        title="Computers",
        note="The method of each computer, and why.",
        empty="There is no computer.",
        columns=(
            Column("host", "Computer"),
            Column("site", "Site", choices=True),
            Column("method", "Method", choices=True),
            Column("products", "Products"),
            Column("warnings", "Warnings", "number"),
            Column("reason", "Why", long=True),
        ),
        rows=tuple(_computer(host) for host in plan.hosts),
    )


def _computer(host: HostPlan) -> tuple[Cell, ...]:
    products = ", ".join(product.label for product in host.products)
    return host.host, host.site, _IN_WORDS[host.method], products, len(host.warnings), host.reason
