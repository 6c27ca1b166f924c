# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""configuration.xml for the Office Deployment Tool.

Source: Microsoft's "Configuration options for the Office Deployment Tool" and "Deploy Office LTSC 2021" (PIDKEY is the
GVLK for KMS or the MAK). The tool has no element for the KMS host nor for UserOperations: those are the registry's.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from ansible_collections.officefleet.activation.plugins.module_utils.deploy_options import Deployment, Installation
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_products import odt_gvlk


def configuration_tree(deployment: Deployment, installations: Iterable[Installation]) -> Element:
    """The Configuration element that installs these products without a question, the EULA accepted.

    ``AUTOACTIVATE`` stays 0 with MAK proxy: there the activation waits for a confirmation ID.
    """
    chosen = tuple(installations)
    root = Element("Configuration")
    add = SubElement(root, "Add", {"OfficeClientEdition": str(deployment.bits)})
    if deployment.channel:
        add.set("Channel", deployment.channel)
    if deployment.source_path:
        add.set("SourcePath", deployment.source_path)
    for one in chosen:
        _add_product(add, deployment, one)
    if deployment.remove_msi:
        SubElement(root, "RemoveMSI")
    activates = deployment.auto_activate and all(one.method != "mak_proxy" for one in chosen)
    _add_property(root, "AUTOACTIVATE", "1" if activates else "0")
    if deployment.force_app_shutdown:
        _add_property(root, "FORCEAPPSHUTDOWN", "TRUE")
    SubElement(root, "Display", {"Level": "None", "AcceptEULA": "TRUE"})
    return root


def _add_product(add: Element, deployment: Deployment, installation: Installation) -> None:
    product = SubElement(add, "Product", {"ID": installation.product_id})
    key = installation.key or odt_gvlk(deployment.office, installation.family)
    if key:
        product.set("PIDKEY", key)
    for language in deployment.languages:
        SubElement(product, "Language", {"ID": language})
    for app in deployment.exclude_apps:
        SubElement(product, "ExcludeApp", {"ID": app})


def _add_property(root: Element, name: str, value: str) -> None:
    SubElement(root, "Property", {"Name": name, "Value": value})
