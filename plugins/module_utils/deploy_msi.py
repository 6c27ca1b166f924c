# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Config.xml for Setup of Office 2010, 2013 and 2016 (Windows Installer).

Source: Microsoft's "Config.xml file reference" (Display, PIDKEY, Setting) and "Activate volume licensed versions of
Office by using MAK" (AUTO_ACTIVATE, USEROPERATIONS). A KMS host has no place in it: that is the registry's.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from ansible_collections.officefleet.activation.plugins.module_utils.deploy_options import Deployment, Installation

_SILENT = {"Level": "none", "CompletionNotice": "no", "SuppressModal": "yes", "AcceptEula": "yes"}


def config_tree(deployment: Deployment, installation: Installation) -> Element:
    """The Configuration element that installs one product without a question, the EULA accepted.

    PIDKEY has no hyphens here. Volume products bring the key of a KMS client, so only other keys are written.
    """
    root = Element("Configuration", {"Product": installation.product_id})
    SubElement(root, "Display", _SILENT)
    if installation.key:
        SubElement(root, "PIDKEY", {"Value": installation.key.replace("-", "")})
    activates = deployment.auto_activate and installation.method != "mak_proxy"
    _add_setting(root, "AUTO_ACTIVATE", activates)
    if deployment.settings.user_operations is not None:
        _add_setting(root, "USEROPERATIONS", deployment.settings.user_operations)
    SubElement(root, "Setting", {"Id": "SETUP_REBOOT", "Value": "Never"})
    return root


def _add_setting(root: Element, name: str, is_on: bool) -> None:
    SubElement(root, "Setting", {"Id": name, "Value": "1" if is_on else "0"})
