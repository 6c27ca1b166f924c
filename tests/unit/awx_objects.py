# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What awx/configure.yml asks of AWX, without an AWX: the options of every call of an awx.awx module.

The playbook itself runs, with a collection awx.awx of its own beside it whose actions only give back the options that
they were called with. What the real modules accept is taken from their documentation.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from ansible_collections.officefleet import activation

INSTALLED = Path(next(iter(activation.__path__)))
AWX = INSTALLED / "awx"
CONFIGURE = AWX / "configure.yml"

GIVES_BACK_ITS_OPTIONS = """
from ansible.plugins.action import ActionBase

class ActionModule(ActionBase):
    TRANSFERS_FILES = False

    def run(self, tmp=None, task_vars=None):
        return dict(super().run(tmp, task_vars), options=dict(self._task.args))
"""

Options = dict[str, Any]


def modules_used() -> list[str]:
    """The awx.awx modules that the playbook calls, without the name of their collection."""
    return sorted(set(re.findall(r"^ +awx\.awx\.(\w+):$", CONFIGURE.read_text(encoding="utf-8"), re.MULTILINE)))


def calls(folder: Path) -> dict[str, list[Options]]:
    """Run the playbook in a folder for its work; return the options of all calls by module."""
    actions = folder / "ansible_collections" / "awx" / "awx" / "plugins" / "action"
    actions.mkdir(parents=True)
    for module in modules_used():
        (actions / f"{module}.py").write_text(GIVES_BACK_ITS_OPTIONS, encoding="utf-8")
    paths = os.pathsep.join([str(folder), os.environ["ANSIBLE_COLLECTIONS_PATH"]])
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": paths,
        "ANSIBLE_STDOUT_CALLBACK": "ansible.posix.json",
        "ANSIBLE_LOCALHOST_WARNING": "false",
    }
    command = ["ansible-playbook", "-i", "localhost,", str(CONFIGURE)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, list[Options]] = {}
    for task in json.loads(done.stdout[done.stdout.find("{\n") :])["plays"][0]["tasks"]:
        result = task["hosts"]["localhost"]
        module = str(result["action"]).rpartition(".")[2]
        found.setdefault(module, []).extend(one["options"] for one in result["results"])
    return found


def documented_options(modules: list[str]) -> dict[str, Options]:
    """The options that the real modules document, by module."""
    command = ["ansible-doc", "--json", "--type", "module", *(f"awx.awx.{module}" for module in modules)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    pages = json.loads(done.stdout)
    return {module: pages[f"awx.awx.{module}"]["doc"]["options"] for module in modules}


def argument_spec(options: Options) -> Options:
    """The argument spec that documented options describe."""
    kept = ("type", "elements", "choices", "required", "aliases")
    spec: Options = {}
    for name, option in options.items():
        spec[name] = {key: option[key] for key in kept if option.get(key)}
        if option.get("suboptions"):
            spec[name]["options"] = argument_spec(option["suboptions"])
    return spec


def playbook_text(name: str) -> str:
    """The text of a playbook of the collection without its comments, and of the argument specs of its roles."""
    text = (INSTALLED / "playbooks" / f"{name}.yml").read_text(encoding="utf-8")
    text = re.sub(r"(^|\s)#.*", "", text)
    for role in set(re.findall(r"officefleet\.activation\.(\w+)", text)):
        spec = INSTALLED / "roles" / role / "meta" / "argument_specs.yml"
        text += spec.read_text(encoding="utf-8") if spec.is_file() else ""
    return text


def mentions(text: str, variable: str) -> bool:
    """Tell whether a text has the name of a variable, as a word."""
    return re.search(rf"\b{re.escape(variable)}\b", text) is not None


def imported_playbook(file: str) -> str:
    """The playbook of the collection that a file of awx/project imports, by its short name."""
    (play,) = yaml.safe_load((AWX / "project" / file).read_text(encoding="utf-8"))
    collection, _, name = play["ansible.builtin.import_playbook"].rpartition(".")
    assert collection == "officefleet.activation"
    return name


@dataclass(frozen=True)
class Workflow:
    """The graph of a workflow job template."""

    nodes: list[Options]

    @cached_property
    def by_name(self) -> dict[str, Options]:
        """The nodes by their identifier."""
        return {node["identifier"]: node for node in self.nodes}

    def template(self, node: str) -> str:
        """The name of what a node starts."""
        return str(self.by_name[node]["unified_job_template"]["name"])

    def started(self, nodes: Iterable[str]) -> set[str]:
        """The names of the templates that nodes start; an approval starts none."""
        return {self.template(node) for node in nodes if not self.is_approval(node)}

    def is_approval(self, node: str) -> bool:
        """Tell whether a node waits for a person."""
        return bool(self.by_name[node]["unified_job_template"]["type"] == "workflow_approval")

    def next_nodes(self, node: str) -> dict[str, str]:
        """The nodes that follow a node, with the kind of the edge."""
        related = self.by_name[node].get("related", {})
        return {one["identifier"]: kind for kind, edges in related.items() for one in edges}

    def reached_without_approval(self) -> set[str]:
        """The nodes that are started although nobody has approved anything."""
        followers = {name for node in self.by_name for name in self.next_nodes(node)}
        waiting, seen = deque(set(self.by_name) - followers), set()
        while waiting:
            node = waiting.popleft()
            seen.add(node)
            allowed = {
                name
                for name, kind in self.next_nodes(node).items()
                if not self.is_approval(node) or kind != "success_nodes"
            }
            waiting.extend(allowed - seen)
        return seen
