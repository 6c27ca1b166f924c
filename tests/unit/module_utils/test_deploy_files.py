# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of an installation, compared with those that were written by hand (tests/data/deploy)."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_files import deploy_files, file_text
from ansible_collections.officefleet.activation.plugins.module_utils.deploy_options import read_deployment
from ansible_collections.officefleet.activation.plugins.module_utils.inputs import InputError

EXPECTED = Path(__file__).resolve().parents[2] / "data" / "deploy"
MAK, OTHER_MAK = "KQXWJ-TBNRD-HFMPC-GYVKL-WRNXE", "BVNXM-QLKPJ-WTYGR-DFHCS-ZXRPK"
KMS = {"product": "all", "method": "kms"}
PROPLUS_BY_MAK = {"product": "proplus", "method": "mak", "key": MAK}
LAPTOP = {
    "office": 2021,
    "products": [KMS, PROPLUS_BY_MAK],
    "install": ["proplus", "visio_pro", "access"],
    "kms_host": "KMS01.corp.example",
    "kms_port": 1700,
    "user_operations": True,
}
WINDOWS_INSTALLER = {
    "office": 2013,
    "products": [PROPLUS_BY_MAK, {"product": "visio_std", "method": "kms"}],
    "user_operations": True,
    "auto_activate": True,
}
ALL_OPTIONS = {
    "office": 2024,
    "products": [{"product": "proplus", "method": "ad"}],
    "auto_activate": True,
    "bits": 32,
    "languages": ["de-de", "MatchOS"],
    "channel": "Current",
    "source_path": r"\\files\a & b",
    "exclude_apps": ["Publisher", "Lync"],
    "remove_msi": True,
    "force_app_shutdown": True,
}
VISIO_2016 = {"office": 2016, "installer": "odt", "install": ["visio_pro", "project_std"]}


def text(options: dict[str, Any], name: str) -> str:
    return file_text(read_deployment(options), name)


def names(options: dict[str, Any]) -> list[str]:
    return [one.name for one in deploy_files(read_deployment(options))]


def tree(xml: str) -> str:
    """XML in the one form in which equal documents are equal texts."""
    return ElementTree.canonicalize(xml, strip_text=True)


@pytest.mark.parametrize(
    ("options", "name", "expected"),
    [
        (LAPTOP, "configuration-2021.xml", "configuration-2021.xml"),
        (LAPTOP, "configuration-2021-proplus.xml", "configuration-2021-proplus.xml"),
        (ALL_OPTIONS, "configuration-2024.xml", "configuration-2024-all-options.xml"),
        (VISIO_2016, "configuration-2016.xml", "configuration-2016.xml"),
        (WINDOWS_INSTALLER, "config-2013-proplus.xml", "config-2013-proplus.xml"),
        (WINDOWS_INSTALLER, "config-2013-visio_std.xml", "config-2013-visio_std.xml"),
    ],
)
def test_the_text_is_the_one_that_was_written_by_hand(options: dict[str, Any], name: str, expected: str) -> None:
    assert tree(text(options, name)) == tree((EXPECTED / expected).read_text(encoding="utf-8"))


def test_the_registry_file_has_windows_line_ends() -> None:
    expected = (EXPECTED / "office-2021.reg").read_text(encoding="ascii")
    assert text(LAPTOP, "office-2021.reg") == expected.replace("\n", "\r\n")


def test_every_mak_has_a_file_of_its_own() -> None:
    products = [PROPLUS_BY_MAK, {"product": "visio_pro", "method": "mak", "key": OTHER_MAK}]
    options = {**LAPTOP, "products": products}
    holders = {key: [name for name in names(options) if key in text(options, name)] for key in (MAK, OTHER_MAK)}
    assert holders == {MAK: ["configuration-2021-proplus.xml"], OTHER_MAK: ["configuration-2021-visio_pro.xml"]}


def test_only_files_with_a_key_of_the_user_are_closed_to_others() -> None:
    modes = {one.name: one.mode for one in deploy_files(read_deployment(LAPTOP))}
    assert modes == {
        "configuration-2021.xml": "0644",
        "configuration-2021-proplus.xml": "0600",
        "office-2021.reg": "0644",
    }


def test_a_kms_client_key_of_the_user_closes_the_file_too() -> None:
    products = [{"product": "access", "method": "kms", "key": OTHER_MAK}]
    (only,) = deploy_files(read_deployment({"office": 2021, "products": products}))
    assert only.mode == "0600"


def test_without_kms_host_and_user_operations_there_is_no_registry_file() -> None:
    assert names({"office": 2021, "install": ["proplus"]}) == ["configuration-2021.xml"]


def test_mak_proxy_puts_the_mak_in_and_does_not_activate() -> None:
    product = PROPLUS_BY_MAK | {"method": "mak_proxy"}
    made = text({"office": 2021, "products": [product], "auto_activate": True}, "configuration-2021-proplus.xml")
    assert MAK in made
    assert '<Property Name="AUTOACTIVATE" Value="0" />' in made


@pytest.mark.parametrize("office", [2010, 2013, 2016])
def test_windows_installer_is_the_choice_up_to_2016(office: int) -> None:
    assert names({"office": office, "install": ["standard"]}) == [f"config-{office}-standard.xml"]


def test_visio_2010_has_one_setup_for_all_editions() -> None:
    assert 'Product="Visio"' in text({"office": 2010, "install": ["visio_std"]}, "config-2010-visio_std.xml")


def test_values_that_templates_made_texts_of_are_read() -> None:
    made = read_deployment({**LAPTOP, "office": "2021", "kms_port": "1700", "user_operations": "False", "channel": ""})
    assert (made.office, made.settings.kms_port, made.settings.user_operations) == (2021, 1700, False)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"office": 2007}, "office: one of 2010"),
        ({"office": ""}, "office: a number is needed"),
        ({"installer": "exe"}, "installer: msi or odt"),
        ({"installer": "msi"}, "installer: Office 2021 has no installation by msi"),
        ({"office": 2016, "installer": "odt"}, "install: Office 2016 has no volume product proplus that odt installs"),
        ({"office": 2024, "install": ["publisher"]}, "install: Office 2024 has no volume product publisher"),
        ({"install": ["word", "nonsense"]}, "install: Office 2021 has no volume product nonsense"),
        ({"products": [KMS], "install": []}, "install: name the products that are to be installed"),
        (
            {"products": [{"product": "proplus", "method": "mak"}]},
            "products: proplus is to be installed with method mak",
        ),
        ({"products": [{**PROPLUS_BY_MAK, "product": "all"}]}, "products: a MAK is for one product"),
        ({"products": [{"product": "proplus", "method": "fax"}]}, "products[0].method: one of kms, ad"),
        ({"products": ["proplus"]}, "products[0].method"),
        ({"kms_host": "kms01&calc"}, "kms_host: a host name"),
        ({"kms_port": 70000}, "kms_port: a TCP port"),
        ({"kms_host": "", "kms_port": 1700}, "kms_port: needs kms_host"),
        ({"user_operations": "perhaps"}, "user_operations: true or false"),
        ({"bits": 16}, "bits: one of 32, 64"),
        ({"languages": "de-de"}, "languages: a list"),
        ({"exclude_apps": ["a b"]}, "exclude_apps: a list of plain words"),
        ({"source_path": "a\x01b"}, "source_path: a text without control characters"),
        ({"colour": "red"}, "colour: unknown option"),
    ],
)
def test_what_can_not_be_is_refused(change: dict[str, Any], refusal: str) -> None:
    with pytest.raises(InputError) as caught:
        text({**LAPTOP, **change}, "configuration-2021.xml")
    assert str(caught.value).startswith(refusal)


def test_no_refusal_and_no_representation_shows_a_key() -> None:
    deployment = read_deployment(LAPTOP)
    with pytest.raises(InputError) as caught:
        read_deployment({**LAPTOP, "products": [{**PROPLUS_BY_MAK, "key": MAK + "!"}]})
    assert MAK not in str(caught.value) + repr(deployment) + repr(deploy_files(deployment))


def test_a_file_of_another_name_is_none_of_them() -> None:
    with pytest.raises(InputError):
        text(LAPTOP, "configuration-2019.xml")
