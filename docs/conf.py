# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx makes the pages: `make docs`, which is the session `docs` of noxfile.py.

It builds a copy in which every page has its place of the repository, beside the pages of plugins and roles that
antsibull-docs writes into `reference`. A link between two Markdown files so works on a forge and in HTML.
"""

from __future__ import annotations

import sys
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
GALAXY = yaml.safe_load((HERE.parent / "galaxy.yml").read_text(encoding="utf-8"))
sys.path.insert(0, str(HERE / "_ext"))

project = f"{GALAXY['namespace']}.{GALAXY['name']}"
author = GALAXY["authors"][0]
copyright = f"2026, {author}"  # noqa: A001 - the name is Sphinx's
release = GALAXY["version"]

extensions = ["myst_parser", "sphinx_antsibull_ext", "error_pages", "outside_links"]
root_doc = "docs/index"
myst_heading_anchors = 3
# The template of links to files that are no pages.
repository_file_url = f"{GALAXY['repository']}/blob/main/{{path}}"

html_theme = "furo"
html_title = f"{project} {release}"
# Whoever opens the folder of the pages is led to the first one.
html_extra_path = [str(HERE / "_ext" / "index.html")]
html_copy_source = False
pygments_style = "default"
highlight_language = "none"
