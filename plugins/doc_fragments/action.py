# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for all modules of this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """Attributes and notes."""

    DOCUMENTATION = r"""
attributes:
  action:
    description: Has an action plugin, which runs on the controller.
    support: full
    details:
      - Every decision is made on the controller. The host only runs C(cmd.exe), C(reg.exe) and Microsoft's own
        scripts, through M(ansible.windows.win_command). Nothing is installed on it.
  action_group:
    description: Belongs to a group that C(module_defaults) can name.
    support: full
    membership:
      - officefleet.activation.all
    details:
      - A default for C(group/officefleet.activation.all) reaches all modules, and a module refuses an option that it
        does not know. Where modules differ, set the defaults module by module.
  async:
    description: Supports the C(async) keyword.
    support: none
    details:
      - A task can have several steps on the host, and each of them would become a job of its own. Use more forks, and
        C(timeout) to bound a task.
  become:
    description: Is usable alongside the C(become) keywords.
    support: full
    details:
      - Use C(become_method=runas) with an account that is a local administrator where the connection's own is not
        elevated.
  check_mode:
    description: Can run in check mode and predict what a real run changes, without changing the host.
    support: full
  connection:
    description: Uses the connection of the host.
    support: full
    details:
      - Any connection to a Windows host will do (C(winrm), C(psrp), or C(ssh) with PowerShell as the shell).
  delegation:
    description: Can be used with C(delegate_to) and related keywords.
    support: full
  diff_mode:
    description: Returns what has changed, or would change in check mode, when in diff mode.
    support: full
  platform:
    description: The operating systems that can be worked on.
    support: full
    platforms: windows
notes:
  - Hosts are Windows 8, Server 2012 and later; Windows 7 and Server 2008 R2 with WMF 5.1, which ansible-core 2.19 and
    later need.
  - Office 2013 to LTSC 2024 are supported, several versions and products on one host too. Of Office 2010 only the
    status is read. Subscription licences (Microsoft 365) are shown, never touched.
  - Each script on the host is ended after 60 seconds, because C(ospp.vbs) reports some errors in a message box that
    nobody can close on a remote session. The task keyword C(timeout) stays the outer limit.
"""

    CHANGES = r"""
options: {}
notes:
  - A host that is as wanted costs one remote command. A change costs two more at most, one that applies settings and
    keys and one that activates; each reads the state back. A retry adds one, and so do a look for installed
    products that show no key, and a look at the WinHTTP proxy where a MAK did not reach Microsoft.
  - What is reported as changed, and the diff, come from comparing what was read before with what was read after,
    never from the fact that a command was sent.
  - The account needs to be elevated on the host as soon as something has to change; a local account over the network
    is elevated only where UAC remote restrictions are off. Reading needs no elevation.
  - What is wrong with one product stops that product only; the others are done, and the task fails at the end. What
    is wrong with the host stops the task before anything is changed. RV(failures) names cause, code and remedy of
    each.
  - When the connection is lost in the middle, run again. Each run reads the state first and does what is left.
"""

    SECRETS = r"""
options: {}
notes:
  - Product keys and confirmation IDs belong in vaulted variables, AWX credentials or look-ups. Whatever a plugin
    does, Ansible shows a value that is given with C(-e) (at C(-vvvv)), a value that stands literally in a task (in
    error messages, in the output of the C(junit) callback, with C(display_args_to_stdout)), and a value that is a
    loop item (at C(-vvvvv)).
  - Results, diffs, messages and logs hold the last five characters of a product key, never more, and no confirmation
    ID. The exception is C(-vvvvv) on ansible-core 2.16 and 2.17, which print there what they send to a Windows host,
    whatever C(no_log) says. Keep such a log secret.
  - While a script runs on the host, its arguments are visible in the host's process list, and in the Security event
    log where command lines are audited.
"""
