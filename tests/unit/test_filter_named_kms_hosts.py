# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter named_kms_hosts: which KMS hosts the preflight of site.yml tries."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.officefleet.activation.plugins.filter.named_kms_hosts import named_kms_hosts


def named(**ports: Any) -> list[dict[str, Any]]:
    """The KMS hosts of computers that all name one, each with a port of its own."""
    variables = {
        host: {"office_client_kms_host": "kms01", "office_client_kms_port": port} for host, port in ports.items()
    }
    return named_kms_hosts(list(ports), variables)


def test_each_host_and_port_comes_once_and_the_port_is_1688_where_none_is_given() -> None:
    found = named(pc1=None, pc2="", pc3=1688, pc4="1700", pc5=1700)
    assert found == [{"host": "kms01", "port": 1688}, {"host": "kms01", "port": 1700}]


@pytest.mark.parametrize("port", ["http", [1688]])
def test_a_port_that_is_no_number_is_an_error_that_names_the_computer(port: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="pc2: office_client_kms_port has to be a number"):
        named(pc1=1688, pc2=port)
