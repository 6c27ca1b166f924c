# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reports built by hand for the tests of the page: a small fleet, one of 10,000 computers, and one that means harm."""

from __future__ import annotations

from ansible_collections.officefleet.activation.plugins.module_utils.report_shapes import (
    BAD,
    GOOD,
    WARN,
    Bar,
    Cell,
    Chart,
    Column,
    Figure,
    Report,
    Table,
)

Row = tuple[Cell, ...]

UNLICENSED_COLUMNS = (
    Column("host", "Host"),
    Column("product", "Product", choices=True),
    Column("state", "State", choices=True),
    Column("since", "Since", kind="date"),
    Column("days", "Days left", kind="number"),
    Column("code", "Code", choices=True),
    Column("cause", "Cause", long=True),
    Column("remedy", "What to do", long=True),
)
PRODUCT_COLUMNS = (
    Column("host", "Host"),
    Column("product", "Product", choices=True),
    Column("office", "Office", kind="number", choices=True),
    Column("channel", "Channel", choices=True),
    Column("state", "State", choices=True),
    Column("key", "Key ends in"),
    Column("expires", "Expires", kind="date"),
    Column("kms_host", "KMS host", choices=True),
    Column("port", "Port", kind="number"),
    Column("sku_id", "SKU ID"),
    Column("cmid", "CMID"),
    Column("groups", "Groups"),
    Column("os_version", "Windows", choices=True),
    Column("read_at", "Last read", kind="date"),
)

#: Host names sort as people count: pc2 before pc10. The order here is the order of the report.
SMALL_ROWS: tuple[Row, ...] = (
    (
        "pc10.corp.example",
        "proplus 2021",
        "notification",
        "2026-02-11T08:00:00+00:00",
        0,
        "0xC004F074",
        "No KMS host answered: the computer found none in DNS, or could not reach the one it found on port 1688.",
        "Look up _vlmcs._tcp in DNS with kms_discovery_info, and open TCP port 1688 from the computer to the KMS host.",
    ),
    (
        "pc2.corp.example",
        "visio_pro 2021",
        "oob_grace",
        "2026-02-27T16:30:00+00:00",
        12,
        "0xC004F038",
        "The KMS host answered, but has counted fewer than five computers with Office.",
        "Nothing on this computer. It is activated by itself when more computers have asked the KMS host.",
    ),
    (
        "pc1.corp.example",
        "proplus 2019",
        "oob_grace",
        None,
        None,
        None,
        "No activation was tried.",
        "Run site.yml on it.",
    ),
    (
        "laptop7.corp.example",
        "project_pro 2021",
        "oot_grace",
        "2026-01-02T09:15:00+02:00",
        9,
        "0xC004C020",
        "All activations of the MAK are used up.",
        "Ask Microsoft's activation centre for more activations, or give the computer another key.",
    ),
)


def product_row(number: int, second: bool) -> Row:
    """A product of a large fleet, different for each computer where real ones are."""
    host = f"pc{number:05}.site{number % 40}.corp.example"
    product, office = (("visio_pro", 2021), ("proplus", 2021 if number % 3 else 2019))[not second]
    state = "licensed" if number % 7 else "oob_grace"
    day = f"2026-{number % 6 + 4:02}-{number % 28 + 1:02}T{number % 24:02}:{number % 60:02}:00+00:00"
    kms = f"kms{number % 4}.corp.example"
    sku = f"{office:08x}-b3f4-4c3b-9a1e-{(number % 12):012x}"
    cmid = f"{number:08x}-4d2c-4f7a-8c55-{number * 7919:012x}"
    groups = f"desktops, site{number % 40}"
    read = f"2026-03-01T{number % 24:02}:{number % 60:02}:00+00:00"
    windows = ("10.0.19045", "10.0.22631", "6.3.9600")[number % 3]
    return (host, product, office, "kms_client", state, "6F7TH", day, kms, 1688, sku, cmid, groups, windows, read)


def unlicensed_row(number: int) -> Row:
    """A problem of a large fleet; causes and remedies are few."""
    template = SMALL_ROWS[number % 4]
    since = f"2026-02-{number % 28 + 1:02}T{number % 24:02}:00:00+00:00"
    return (f"pc{number * 3:05}.site{number % 40}.corp.example", *template[1:3], since, number % 30, *template[5:])


def unlicensed(rows: tuple[Row, ...]) -> Table:
    """The table of problems."""
    note = "Every installed product that is not licensed. A product can stand here and under At risk."
    return Table("unlicensed", "Unlicensed", note, "Every product is licensed.", UNLICENSED_COLUMNS, rows, problem=True)


def products(rows: tuple[Row, ...]) -> Table:
    """The inventory."""
    note = "Every product with a key, on every computer, as it was read last."
    return Table("products", "Products", note, "No product was read yet.", PRODUCT_COLUMNS, rows)


def duplicate_cmid(rows: tuple[Row, ...]) -> Table:
    """Computers that count as one; each row names several."""
    columns = (Column("group", "CMID"), Column("hosts", "Hosts", long=True), Column("remedy", "What to do", long=True))
    return Table("duplicate_cmid", "Duplicate CMID", "Computers that share one.", "None do.", columns, rows, True)


def mak_usage() -> Table:
    """A table that names no host."""
    columns = (Column("key", "Key ends in"), Column("spent", "Spent", "number"), Column("left", "Left", "number"))
    rows = (("3HKQ7", 180, 20), ("9XWVD", 46, 4), ("T2PQR", 7, None))
    return Table("mak_usage", "MAK usage", "What was spent of each MAK.", "No MAK is in use.", columns, rows)


def fleet(computers: int, product_rows: tuple[Row, ...], problem_rows: tuple[Row, ...]) -> Report:
    """A fleet report with these rows."""
    late = tuple(row for row in problem_rows if row[2] == "oob_grace")
    unlicensed_count = len(problem_rows)
    return Report(
        key="fleet",
        title="Office activation",
        subtitle=f"{computers:,} computers, as of 1 March 2026 12:00 UTC",
        notices=("The newest record is 3 days old: run status.yml with officefleet_record to renew it.",),
        figures=(
            Figure("Computers", computers, "of which 12 were not reached"),
            Figure("Licensed products", len(product_rows) - unlicensed_count, tone=GOOD),
            Figure("Unlicensed products", unlicensed_count, tone=BAD),
            Figure("At risk", len(late), "due within 30 days", tone=WARN),
            Figure("MAK activations left", 24, "on the key with the fewest", tone=WARN),
        ),
        charts=(
            Chart(
                "Products by state",
                "products",
                (
                    Bar("Licensed", len(product_rows) - unlicensed_count, GOOD),
                    Bar("Grace period", len(late), WARN),
                    Bar("Notification", unlicensed_count - len(late), BAD),
                ),
            ),
            Chart(
                "Licensed, by who activated it",
                "products",
                (
                    Bar("kms01.corp.example:1688", 8210),
                    Bar("Active Directory", 2120),
                    Bar("MAK, online", 180),
                    Bar("Office LTSC Professional Plus 2024, activated by a KMS host with a very long name", 17),
                ),
            ),
            Chart("Expiring in the next weeks", "products", tuple(Bar(f"Week {week}", 40 * week) for week in range(4))),
        ),
        tables=(
            unlicensed(problem_rows),
            Table(
                "at_risk",
                "At risk",
                "Due, but licensed or in grace.",
                "Nothing is due.",
                UNLICENSED_COLUMNS,
                late,
                problem=True,
            ),
            duplicate_cmid((("5f0c2d6e-0001", "pc1.corp.example, pc2.corp.example", "Rearm Office on the image."),)),
            Table("changes", "Changes", "Since 1 February.", "Nothing changed.", PRODUCT_COLUMNS, ()),
            mak_usage(),
            products(product_rows),
        ),
    )


def small_fleet() -> Report:
    """Four problems, 40 products."""
    return fleet(31, tuple(product_row(number, number > 30) for number in range(1, 41)), SMALL_ROWS)


def medium_fleet() -> Report:
    """400 computers, 520 products, 120 problems: some pages of each, and quickly printed."""
    inventory = tuple(product_row(number, number > 400) for number in range(1, 521))
    return fleet(400, inventory, tuple(unlicensed_row(number) for number in range(120)))


def large_fleet() -> Report:
    """10,000 computers, 13,000 products, 3,000 problems."""
    inventory = tuple(product_row(number, False) for number in range(10_000))
    visio = tuple(product_row(number, True) for number in range(0, 9_000, 3))
    return fleet(10_000, inventory + visio, tuple(unlicensed_row(number) for number in range(3_000)))


#: What computers could be called by someone who means harm, or by accident.
HOSTILE = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=\'owned\'">',
    "</script><script>document.title='owned'</script>",
    "<!--<script>",
    "' OR 1=1; DROP TABLE hosts; --",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\tstarts with a tab",
    "\x1b[2J\x1b[31mred\x1b[0m",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "fdp\u202egpj.exe",
    "line\u2028separator",
    "half \ud800 pair",
    'two\r\nlines, "quoted"',
    "n" * 300,
)


def hostile_fleet() -> Report:
    """Every text of the report is one that means harm."""
    rows = tuple((name,) * 3 + (name, name, name, name, name) for name in HOSTILE)
    markup = HOSTILE[1]
    columns = tuple(
        Column(column.key, markup, column.kind, column.choices, column.long) for column in UNLICENSED_COLUMNS
    )
    return Report(
        key="hostile",
        title=HOSTILE[0],
        subtitle=HOSTILE[2],
        notices=HOSTILE,
        figures=tuple(Figure(name, name, name, tone=BAD) for name in HOSTILE),
        charts=(Chart(markup, markup, tuple(Bar(name, 3, BAD) for name in HOSTILE)),),
        tables=(Table("unlicensed", HOSTILE[2], markup, markup, columns, rows, problem=True),),
    )
