# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""slmgr.vbs on a German Windows: everything it prints differs, nothing it does."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from unit.winsim.test_transcripts import ALL, Transcript, _contents
from winsim import slmgr, slmgr_english, slmgr_german
from winsim.licensing import ScriptOutput
from winsim.sentences import has_slmgr_sentence, sentence_codes

SLMGR = [t for t in ALL if not t.flavour]


def german(transcript: Transcript) -> ScriptOutput:
    return slmgr.run(transcript.machine(), transcript.arguments, language="de-DE")


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def test_every_text_has_its_translation() -> None:
    assert set(slmgr_german.TEXTS) == set(slmgr_english.TEXTS)


@pytest.mark.parametrize("name", slmgr_english.TEXTS)
def test_a_translation_shows_the_same_values(name: str) -> None:
    assert fields(slmgr_german.TEXTS[name]) == fields(slmgr_english.TEXTS[name])


@pytest.mark.parametrize("name", slmgr_english.TEXTS)
def test_a_translation_keeps_neither_label_nor_sentence(name: str) -> None:
    english, german_text = slmgr_english.TEXTS[name], slmgr_german.TEXTS[name]
    assert german_text.partition("{")[0].strip() != english.partition("{")[0].strip() or english.startswith("{")
    assert german_text != english


def test_every_sentence_of_slmgr_is_translated() -> None:
    assert set(slmgr_german.SENTENCES) == {code for code in sentence_codes() if has_slmgr_sentence(code)}


@pytest.mark.parametrize("transcript", SLMGR, ids=lambda t: t.name)
def test_no_label_is_english(transcript: Transcript) -> None:
    english_labels = {
        line.partition(": ")[0].strip() for line in transcript.output.splitlines() if re.search("[a-z]{3}", line)
    }
    labels = {line.partition(": ")[0].strip() for line in german(transcript).text.splitlines()}
    assert english_labels & labels == set()


@pytest.mark.parametrize("transcript", SLMGR, ids=lambda t: t.name)
def test_the_lines_are_as_many(transcript: Transcript) -> None:
    assert german(transcript).text.count("\r\n") == transcript.output.count("\n")


@pytest.mark.parametrize("transcript", SLMGR, ids=lambda t: t.name)
def test_the_exit_code_is_the_same(transcript: Transcript) -> None:
    assert german(transcript).exit_code == transcript.exit_code


@pytest.mark.parametrize("transcript", SLMGR, ids=lambda t: t.name)
def test_what_it_does_is_the_same(transcript: Transcript) -> None:
    machine = transcript.machine()
    slmgr.run(machine, transcript.arguments, language="de-DE")
    assert _contents(machine) == _contents(transcript.machine_after())


def test_identifiers_are_in_the_output_as_they_are() -> None:
    transcript = next(t for t in SLMGR if t.name == "83-slmgr-dlv-host-licensed")
    text = german(transcript).text
    assert "Aktivierungs-ID: 2e28138a-847f-42bc-9752-61b03fff33cd\r\n" in text
    assert "    Gezählte Computer: 22\r\n    Lauscht am Anschluss: 1688\r\n" in text


def test_english_of_any_country_is_the_original() -> None:
    transcript = next(t for t in SLMGR if t.name == "88-slmgr-dlv-all")
    result = slmgr.run(transcript.machine(), transcript.arguments, language="en-GB")
    assert result.text.replace("\r\n", "\n") == transcript.output


def test_a_language_without_translation_here_is_made_unreadable() -> None:
    transcript = next(t for t in SLMGR if t.name == "91-slmgr-ipk-success")
    assert "successfully" not in slmgr.run(transcript.machine(), transcript.arguments, language="fr-FR").text


def test_option_names_are_the_same_in_german() -> None:
    transcript = next(t for t in SLMGR if t.name == "101-slmgr-sprt-success")
    assert german(transcript).text.startswith("Der KMS-Anschluss ist jetzt 1689.\r\n")
