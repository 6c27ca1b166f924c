# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback fleet_progress: a bar on a terminal, the default output and a summary everywhere else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import ansible_runner
import pytest
from integration.playbook_run import play, plays_text, task
from integration.terminal_run import TerminalRun, run_on_terminal
from integration.winsim_server import FleetServer, PlaybookRun

CALLBACK = {"ANSIBLE_STDOUT_CALLBACK": "officefleet.activation.fleet_progress"}
HEADING = "FLEET SUMMARY"
KMS_HOST = "127.10.61.11"
FLEET = f"""
kms_hosts: {{kms01.corp.example: {{address: {KMS_HOST}, port: 1688, serves: [2021]}}}}
defaults:
  office: [{{product: proplus, version: 2021}}]
  vars: {{office_client_kms_host: {KMS_HOST}, office_client_activation_retry_delay: 0}}
hosts:
  desk[01:06]: {{groups: [site]}}
  plain[01:02]: {{groups: [site], elevated: false}}
  gone: {{groups: [site], vars: {{ansible_port: 1}}}}
  fresh: {{groups: [read]}}
  bare: {{groups: [read], office: []}}
  quick: {{groups: [stopped]}}
  stuck: {{groups: [stopped], faults: [{{slow: {{seconds: 600}}}}]}}
"""
ESCAPES = r"\e]0;name of the window\a\e[2J\u009b2J"
READ = plays_text(
    play(
        task("read", "ospp_info", ignore_errors=True),
        task("say", "ansible.builtin.debug", {"msg": "said aloud"}),
        task("leave out", "ansible.builtin.command", {"cmd": "true"}, when=False),
        task("stop", "ansible.builtin.fail", {"msg": "ESCAPES"}, when="inventory_hostname == 'bare'"),
        hosts="read",
    )
).replace("ESCAPES", ESCAPES.replace(r"\e", r"\u001b").replace(r"\a", r"\u0007"))


@pytest.fixture(scope="module")
def fleet() -> Iterator[FleetServer]:
    with FleetServer(FLEET) as running:
        yield running


@pytest.fixture(scope="module")
def rollout(fleet: FleetServer) -> TerminalRun:
    """site.yml in two waves, on a terminal."""
    extra = json.dumps({"officefleet_hosts": "site", "officefleet_serial": [1, "100%"]})
    return run_on_terminal("-i", str(fleet.inventory), "officefleet.activation.site", "-e", extra, **CALLBACK)


@pytest.fixture(scope="module")
def plain_and_watched(fleet: FleetServer) -> tuple[PlaybookRun, PlaybookRun]:
    """The same playbook into a pipe, with the default callback and with ours."""
    default = fleet.play(READ, "--forks", "1", ANSIBLE_STDOUT_CALLBACK="default")
    return default, fleet.play(READ, "--forks", "1", **CALLBACK)


@pytest.fixture(scope="module")
def narrow(fleet: FleetServer) -> TerminalRun:
    """The playbook that reads, on a terminal without colours whose width is told by COLUMNS; with a log file."""
    (fleet.folder / "read.yml").write_text(READ)
    options = {"NO_COLOR": "1", "COLUMNS": "60", "ANSIBLE_LOG_PATH": str(fleet.folder / "ansible.log"), **CALLBACK}
    return run_on_terminal("-i", str(fleet.inventory), str(fleet.folder / "read.yml"), **options)


@pytest.fixture(scope="module")
def stopped(fleet: FleetServer) -> TerminalRun:
    """Ctrl-C while one of two hosts does not answer."""
    (fleet.folder / "stopped.yml").write_text(plays_text(play(task("read", "ospp_info"), hosts="stopped")))
    arguments = ("-i", str(fleet.inventory), str(fleet.folder / "stopped.yml"))
    return run_on_terminal(*arguments, stop_at="1/2 ", **CALLBACK)


def summary(lines: list[str]) -> list[str]:
    """The lines below the heading of the summary."""
    heading = max(index for index, line in enumerate(lines) if line.startswith(HEADING))
    return [line for line in lines[heading + 1 :] if line]


# -- on a terminal ----------------------------------------------------------------------------------------------------


def test_the_bar_of_a_rollout_counts_the_hosts_of_all_waves(rollout: TerminalRun) -> None:
    (bar,) = [line for line in rollout.screen if "9/9" in line]
    assert bar.startswith("100%|")


def test_the_first_wave_fills_only_its_part_of_the_bar(rollout: TerminalRun) -> None:
    assert any(re.match(r"11%.* 1/9 .*1 pending", bar) for bar in rollout.bars)


def test_the_bar_tells_what_became_of_the_hosts(rollout: TerminalRun) -> None:
    (bar,) = [line for line in rollout.screen if "9/9" in line]
    assert bar.endswith("2 licensed 4 pending 2 failed 1 unreachable")


def test_the_bar_estimates_the_time_left(rollout: TerminalRun) -> None:
    assert any(re.search(r" [1-8]/9 \d\d:\d\d left", bar) for bar in rollout.bars)


def test_the_second_pass_has_a_bar_of_the_pending_hosts_alone(rollout: TerminalRun) -> None:
    assert [line for line in rollout.screen if re.search(r"100%\|.* 4/4 in .*6 licensed 2 failed 1 unreach", line)]


def test_hosts_that_are_well_give_way_to_the_bar(rollout: TerminalRun) -> None:
    assert not [line for line in rollout.drawn if re.match(r"(ok|changed|skipping|included).*(desk|plain|gone)", line)]


def test_failures_are_still_printed(rollout: TerminalRun) -> None:
    fatal = {line.split("]")[0] for line in rollout.screen if line.startswith("fatal: [")}
    assert fatal == {"fatal: [plain01", "fatal: [plain02", "fatal: [gone"}


def test_no_line_that_stays_is_torn_by_the_bar(rollout: TerminalRun) -> None:
    with_bar = [line for line in rollout.screen if re.search(r"\d+%\|", line)]
    assert [line[:5] for line in with_bar] == ["100%|", "100%|"]


def test_the_summary_is_that_of_the_playbook(rollout: TerminalRun) -> None:
    shown = re.search(r"^ok: \[localhost\] => (\{.*?^\})", "\n".join(rollout.screen), re.DOTALL | re.MULTILINE)
    assert shown is not None
    assert summary(rollout.screen) == json.loads(shown.group(1))["msg"]


def test_the_summary_names_the_hosts_of_a_cause(rollout: TerminalRun) -> None:
    lines = summary(rollout.screen)
    (cause,) = [index for index, line in enumerate(lines) if line.startswith("FAILED 2: The account is not elevated")]
    assert lines[cause + 1] == "    plain01, plain02"


def test_debug_messages_are_printed(narrow: TerminalRun) -> None:
    assert [line for line in narrow.screen if "said aloud" in line]


def test_the_bar_is_as_wide_as_columns_says(narrow: TerminalRun) -> None:
    assert {len(bar) for bar in narrow.bars if bar.startswith("100%")} == {60}


def test_text_from_a_host_cannot_play_tricks_on_the_terminal(narrow: TerminalRun) -> None:
    assert set(re.findall(r"[^\x20-\x7e\u2588-\u258f\n\r\t]", narrow.output)) == set()


def test_lines_that_the_bar_replaces_are_in_the_log_file(fleet: FleetServer, narrow: TerminalRun) -> None:
    assert "ok: [fresh] read" in (fleet.folder / "ansible.log").read_text()


def test_without_tqdm_there_is_one_warning_and_the_default_output(fleet: FleetServer, tmp_path: Path) -> None:
    (tmp_path / "tqdm.py").write_text("raise ImportError('not here')\n")
    (fleet.folder / "fresh.yml").write_text(plays_text(play(task("read", "ospp_info"), hosts="fresh")))
    arguments = ("-i", str(fleet.inventory), str(fleet.folder / "fresh.yml"))
    run = run_on_terminal(*arguments, PYTHONPATH=str(tmp_path), **CALLBACK)
    seen = "\n".join(run.screen)
    assert ("ok: [fresh]" in run.screen, seen.count("install tqdm"), run.bars) == (True, 1, [])


# -- Ctrl-C -----------------------------------------------------------------------------------------------------------


def test_ctrl_c_ends_the_run_as_ever(stopped: TerminalRun) -> None:
    assert stopped.exit_code == 99


def test_ctrl_c_leaves_the_cursor_on_a_line_of_its_own(stopped: TerminalRun) -> None:
    assert stopped.output.endswith("\n")


def test_ctrl_c_leaves_the_bar_where_it_was(stopped: TerminalRun) -> None:
    assert [line for line in stopped.screen if re.match(r" 50%\|.* 1/2 in ", line)]


def test_ctrl_c_still_tells_what_came_out(stopped: TerminalRun) -> None:
    assert summary(stopped.screen)[0] == "2 hosts: 1 not licensed, 1 not done"


def test_ctrl_c_names_the_hosts_that_gave_no_result(stopped: TerminalRun) -> None:
    lines = summary(stopped.screen)
    (cause,) = [index for index, line in enumerate(lines) if line.startswith("NOT DONE 1: The run ended before")]
    assert lines[cause + 1] == "    stuck"


# -- where there is no terminal ----------------------------------------------------------------------------------------


def test_a_log_gets_the_default_output_and_the_summary(plain_and_watched: tuple[PlaybookRun, PlaybookRun]) -> None:
    default, watched = plain_and_watched
    assert watched.stdout.startswith(default.stdout)


def test_a_log_gets_nothing_else(plain_and_watched: tuple[PlaybookRun, PlaybookRun]) -> None:
    default, watched = plain_and_watched
    added = watched.stdout.removeprefix(default.stdout).strip().splitlines()
    assert (added[0].rstrip(" *"), added[1]) == (HEADING, "2 hosts: 1 failed, 1 not licensed")


def test_errors_are_those_of_the_default_callback(plain_and_watched: tuple[PlaybookRun, PlaybookRun]) -> None:
    default, watched = plain_and_watched
    assert (watched.stderr, watched.exit_code) == (default.stderr, default.exit_code)


def test_a_playbook_of_other_modules_gets_no_summary(fleet: FleetServer) -> None:
    playbook = plays_text(play(task("say", "ansible.builtin.debug", {"msg": "hello"}), hosts="fresh"))
    assert HEADING not in fleet.play(playbook, **CALLBACK).stdout


def test_ansible_runner_and_awx_get_the_summary_without_a_bar(fleet: FleetServer, tmp_path: Path) -> None:
    playbook = json.loads(plays_text(play(task("read", "ospp_info"), hosts="fresh")))
    run = ansible_runner.run(
        private_data_dir=str(tmp_path), playbook=playbook, inventory=str(fleet.inventory), envvars=CALLBACK, quiet=True
    )
    lines = run.stdout.read().splitlines()
    assert [line for line in lines if "1/1" in line or line.startswith("1 hosts")] == ["1 hosts: 1 not licensed"]
