# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that an installation needs: which, what each is called, who may read it, and its text.

Microsoft allows one MAK in a file ("Activate volume licensed versions of Office by using MAK", Deploying multiple MAK
keys), so each product with a MAK has a file of its own, and no other file holds its key.
"""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass

from ansible_collections.officefleet.activation.plugins.module_utils.deploy_msi import config_tree
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_odt import configuration_tree
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_options import (
    Deployment,
    Installation,
    Installer,
)
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_registry import reg_text, registry_values
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

_OWNER_ONLY, _EVERYBODY_READS = "0600", "0644"


@dataclass(frozen=True)
class DeployFile:
    """One file. ``installations``: what it installs; the file with none is the registry's."""

    name: str
    installations: tuple[Installation, ...] = ()

    @property
    def has_key(self) -> bool:
        """Whether it holds a key that the user gave. Public GVLKs are no secrets."""
        return any(one.key for one in self.installations)

    @property
    def mode(self) -> str:
        """Permissions: a file with a key is for its owner only."""
        return _OWNER_ONLY if self.has_key else _EVERYBODY_READS


def deploy_files(deployment: Deployment) -> tuple[DeployFile, ...]:
    """The files of a deployment, those without a MAK first."""
    files = _odt_files(deployment) if deployment.installer is Installer.ODT else _msi_files(deployment)
    if registry_values(deployment.settings):
        files.append(DeployFile(f"office-{deployment.office}.reg"))
    return tuple(files)


def file_text(deployment: Deployment, name: str) -> str:
    """The text of one of the files. Raises InputError where the deployment has no file of that name."""
    found = next((one for one in deploy_files(deployment) if one.name == name), None)
    if found is None:
        raise InputError("name", f"no file of this deployment: {name}")
    if not found.installations:
        return reg_text(registry_values(deployment.settings))
    if deployment.installer is Installer.ODT:
        return _xml_text(configuration_tree(deployment, found.installations))
    return _xml_text(config_tree(deployment, found.installations[0]))


def _odt_files(deployment: Deployment) -> list[DeployFile]:
    """One for all products without a MAK, since the tool installs several at once, and one for each MAK."""
    without = tuple(one for one in deployment.installations if not one.has_mak)
    files = [DeployFile(f"configuration-{deployment.office}.xml", without)] if without else []
    files += [
        DeployFile(f"configuration-{deployment.office}-{one.family}.xml", (one,))
        for one in deployment.installations
        if one.has_mak
    ]
    return files


def _msi_files(deployment: Deployment) -> list[DeployFile]:
    """One for each product: Config.xml names a single one."""
    return [DeployFile(f"config-{deployment.office}-{one.family}.xml", (one,)) for one in deployment.installations]


def _xml_text(root: ElementTree.Element) -> str:
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"
