# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection says of itself agrees with what is in it."""

from __future__ import annotations

from pathlib import Path

import ansible_collections.officefleet.activation as collection
import yaml

INSTALLED = Path(next(iter(collection.__path__)))


def modules() -> set[str]:
    return {path.stem for path in (INSTALLED / "plugins" / "modules").glob("*.py")}


def test_every_module_is_in_the_action_group() -> None:
    runtime = yaml.safe_load((INSTALLED / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert set(runtime["action_groups"]["all"]) == modules()


def test_every_module_has_an_action_and_the_other_way_round() -> None:
    actions = {path.stem for path in (INSTALLED / "plugins" / "action").glob("[!_]*.py")}
    assert actions == modules()


def test_the_tests_import_the_installed_collection() -> None:
    assert INSTALLED.parts[-4:] == (".collections", "ansible_collections", "officefleet", "activation")


def test_a_play_that_stops_at_a_share_of_failures_has_no_block_that_always_goes_on() -> None:
    # Ansible does not count a host as failed while its block has something left to do, and starts the next wave.
    files = sorted((INSTALLED / "playbooks").glob("*.yml"))
    plays = [(file.stem, play) for file in files for play in yaml.safe_load(file.read_text(encoding="utf-8"))]
    stopping = [(name, play) for name, play in plays if "max_fail_percentage" in play]
    assert {name for name, _play in stopping} == {"site", "windows"}
    assert [name for name, play in stopping if any("always" in task for task in play.get("tasks", ()))] == []
