# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Links that lead out of the pages: to a file of the repository, or to Ansible's own documentation.

Both are known without a network. A link to a file that does not exist stays unresolved, which Sphinx reports.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

ANSIBLE = "https://docs.ansible.com/ansible/latest"
# Labels of Ansible's pages that antsibull-docs writes into the pages of plugins.
ANSIBLE_PAGES = {
    "action_plugins": "plugins/action.html",
    "ansible_configuration_settings": "reference_appendices/config.html",
    "callback_plugins": "plugins/callback.html",
    "common_return_values": "reference_appendices/common_return_values.html",
}
PLUGIN = re.compile(r"ansible_collections\.(\w+)\.(\w+)\.(\w+_(?:module|callback|connection|role))")


def ansible_url(label: str) -> str | None:
    """The page of Ansible's documentation that has a label, None where it is not one of Ansible's."""
    if label in ANSIBLE_PAGES:
        return f"{ANSIBLE}/{ANSIBLE_PAGES[label]}"
    found = PLUGIN.fullmatch(label)
    return f"{ANSIBLE}/collections/{found[1]}/{found[2]}/{found[3]}.html" if found else None


def file_url(page: str, link: str, root: Path, template: str) -> str | None:
    """Where a forge shows the file or folder that a page links to; None where it does not exist."""
    path = normpath(str(PurePosixPath(page).parent / link.partition("#")[0]))
    return template.format(path=path) if not path.startswith("..") and (root / path).exists() else None


def link_files(app: Sphinx, doctree: nodes.document) -> None:
    """Called for each page that was read: what MyST found no page for may be a file or folder of the repository."""
    root, template = Path(app.confdir).parent, app.config.repository_file_url
    for node in list(doctree.findall(pending_xref)):
        if node["reftype"] == "myst" and node["refdomain"] is None:
            url = file_url(node["refdoc"], node["reftarget"], root, template)
            if url:
                node.replace_self(nodes.reference("", "", *node.children, refuri=url))


def link_ansible(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.Element | None:
    """Called for a label that no page has."""
    url = ansible_url(node["reftarget"])
    return nodes.reference("", "", content, refuri=url) if url else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.add_config_value("repository_file_url", "", "env")
    app.connect("doctree-read", link_files)
    app.connect("missing-reference", link_ansible)
    return {"parallel_read_safe": True}
