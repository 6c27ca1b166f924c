# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that say when and how products are activated."""

from __future__ import annotations


class ModuleDocFragment:
    """Options and the traps around them."""

    DOCUMENTATION = r"""
options:
  renew_below_days:
    description:
      - Activate again also licensed KMS and Active Directory products whose activation lapses in fewer days than
        this, from 1 to 180.
      - An activation lasts 180 days and Windows renews it every 7 days by itself, so that a value such as V(150)
        finds clients that did not reach their KMS host for a month. A value near V(180) renews at almost every run.
      - When left out, licensed products are left alone. A licensed MAK product always is.
    type: int
  allow_mak_reactivation:
    description:
      - Allow a task on Windows 7 or Server 2008 R2 to activate a licensed MAK product again, which can spend one of
        the key's activations.
      - There C(ospp.vbs /act) is the only way to activate, and it takes every product that has a key. Where a
        licensed MAK stands beside a product that needs activation, the task is refused unless this is V(true).
      - On later versions of Windows it has no effect, because products are activated one by one.
    type: bool
    default: false
  activation_retries:
    description:
      - How often an activation that failed is tried again within the task, 0 to 10. Each attempt is one more command.
      - Only failures with a code where asking again can help (RV(outcomes[].retryable)) are tried again. A pending
        product is not, since other computers have to ask first.
    type: int
    default: 0
  activation_retry_delay:
    description:
      - Seconds before each further attempt, 0 to 3600. The task keeps its fork while it waits.
    type: int
    default: 10
notes:
  - A licensed MAK product is never activated again, because that spends one of the key's activations. When only some
    products need activation, C(slmgr.vbs /ato) is run for each of them on Windows 8, Server 2012 and later, in place
    of C(ospp.vbs /act), which takes every product.
  - Pending is not failed. A KMS host activates nobody before it has counted five Office computers, and answers
    0xC004F038 until then. Such a product has the result V(pending), RV(pending) is V(true), and the task succeeds.
    Ask again after other computers have asked, in a later play or with C(until); see the examples.
  - A task that waits with C(until) keeps its fork, so that hosts which have not asked yet may have to wait for it; a
    later play is better for many hosts. When its retries run out, Ansible itself lets the task fail, in words of its
    own; RV(outcomes) tells why.
"""
