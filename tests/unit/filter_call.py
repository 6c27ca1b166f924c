# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A filter of the collection as a template calls it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar


def filtered(name: str, text: Any) -> Any:
    """The filter's result in a template, with the text in a variable."""
    templar = Templar(loader=DataLoader(), variables={"given": text})
    template = f"{{{{ given | officefleet.activation.{name} }}}}"
    try:
        from ansible.template import trust_as_template
    except ImportError:  # ansible-core before 2.19
        return templar.template(template)
    return templar.template(trust_as_template(template))


def refusal(name: str, text: Any) -> str:
    """What the filter says of something that it can't read."""
    with pytest.raises(AnsibleError) as caught:
        filtered(name, text)
    return str(caught.value)
