# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Microsoft's slmgr.vbs: the frame of every run (slmgr.md, section 1).

A group of commands is one mapping from option to ``Command``; ``COMMANDS`` joins them.
"""

from __future__ import annotations

from collections.abc import Callable

from . import languages, slmgr_client, slmgr_directory, slmgr_host, slmgr_keys
from .licensing import HResult, Licensing, ScriptOutput
from .sentences import signed
from .slmgr_dlv import show_licences
from .slmgr_page import Command, Run, shown

_SERVER_UNAVAILABLE = 0x800706BA
_PLACES_OF_THE_OPTION = 4

COMMANDS: dict[str, Command] = {
    "/dlv": Command(show_licences, ("activation_id",)),
    **slmgr_keys.COMMANDS,
    **slmgr_host.COMMANDS,
    **slmgr_client.COMMANDS,
    **slmgr_directory.COMMANDS,
}


def run(
    licensing: Licensing,
    args: list[str],
    language: str = "en-US",
    read_file: Callable[[str], str | None] | None = None,
) -> ScriptOutput:
    """Run slmgr.vbs with its arguments.

    ``language`` is the display language if the script runs from System32, where its translations lie, and English for
    a copy elsewhere. ``read_file`` gives the content of a file of the machine (products.licence_file), None for none.
    """
    page = Run(licensing, language, read_file)
    result = page.finish(_run(page, args))
    if languages.is_english(language) or page.is_translated:
        return result
    return ScriptOutput(languages.translate_slmgr(result.text, language), result.exit_code, result.hangs)


def _run(page: Run, args: list[str]) -> int:
    """Run and return the exit code."""
    options = [place for place, text in enumerate(args[:_PLACES_OF_THE_OPTION]) if text[:1] in ("/", "-")]
    place = options[0] if options else 2
    if place in (1, 3):
        # A machine name, and perhaps an account, first: no other machine answers here.
        text = page.sentence(_SERVER_UNAVAILABLE)
        page.tell("connect_server", number=shown(_SERVER_UNAVAILABLE), server=args[0], text=text)
        return signed(_SERVER_UNAVAILABLE)
    if page.machine.os.get("fail.connect"):
        code = int(page.machine.os["fail.connect"], 16)
        page.tell("connect_local", number=shown(code), text=page.sentence(code))
        return signed(code)
    if place == 2:
        page.tell("bad_combination")
        page.say("")
        return _show_usage(page)
    return _run_option(page, args[0], args[1:])


def _run_option(page: Run, option: str, arguments: list[str]) -> int:
    command = COMMANDS.get("/" + option[1:].lower())
    if command is None:
        page.tell("unrecognized", option=option)
        page.say("")
        return _show_usage(page)
    if len(arguments) < command.needed:
        argument = page.text("arg_" + command.arguments[len(arguments)])
        page.say("")
        page.tell("needs", option=option[1:].lower(), argument=argument)
        return _show_usage(page)
    try:
        command.action(page, arguments)
    except HResult as failure:
        page.tell_error(failure)
        return signed(failure.code)
    return 0


def _show_usage(page: Run) -> int:
    """The beginning of the usage text; the list of options that follows is left out."""
    page.say(page.text("usage_title"), page.text("usage_line"), "           " + page.text("usage_machine"))
    return 1
