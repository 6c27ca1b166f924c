# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every recorded /dstatus and /dstatusall, and how a listing can be broken.

The expected values in data/expected were written by hand from the transcripts.
"""

from __future__ import annotations

import pytest
import yaml
from ansible_collections.officefleet.activation.plugins.module_utils.ospp_text import (
    OsppTextError,
    listing_data,
    parse_listing,
)
from unit.module_utils.host_output import (
    EXITING,
    EXPECTED,
    HEADER,
    PROPLUS_2016,
    PROPLUS_2016_MAK,
    SEPARATOR,
    STOPPED,
    VISIO_2016,
    keyed,
    listing,
    transcript,
)

MESSAGE_BOX = "26"
LISTINGS = [f"{number:02}" for number in range(1, 31) if f"{number:02}" != MESSAGE_BOX]
KEYS = {
    "sku_id", "product_id", "name", "description", "office", "channel", "state", "reason", "reason_informational",
    "grace_minutes", "partial_product_key", "activation_type", "kms", "ad",
}  # fmt: skip


def expected(number: str) -> object:
    return yaml.safe_load((EXPECTED / f"{number}.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("number", LISTINGS)
def test_transcript_reads_as_the_status_written_by_hand(number: str) -> None:
    assert listing_data(parse_listing(transcript(number))) == expected(number)


@pytest.mark.parametrize("number", LISTINGS)
def test_line_ends_make_no_difference(number: str) -> None:
    text = transcript(number).replace("\r\n", "\n")
    assert listing_data(parse_listing(text)) == expected(number)


@pytest.mark.parametrize("number", LISTINGS)
def test_lost_blanks_at_line_ends_make_no_difference(number: str) -> None:
    text = "\n".join(line.rstrip() for line in transcript(number).splitlines())
    assert listing_data(parse_listing(text)) == expected(number)


def test_a_licence_has_exactly_the_promised_keys() -> None:
    (licence,) = listing_data(parse_listing(transcript("03")))["licences"]
    assert set(licence) == KEYS
    assert set(licence["kms"]) == {
        "host", "port", "discovered_host", "discovered_port", "lookup_domain", "host_caching", "activation_interval",
        "renewal_interval",
    }  # fmt: skip
    (licence,) = listing_data(parse_listing(transcript("05")))["licences"]
    assert set(licence["ad"]) == {"object_name", "object_dn", "extended_pid", "activation_id"}


def test_a_message_box_is_no_listing() -> None:
    with pytest.raises(OsppTextError, match="names neither a licence nor their absence"):
        parse_listing(transcript(MESSAGE_BOX))


def test_what_a_real_host_shows_of_a_message_box_is_an_unfinished_listing() -> None:
    hung = parse_listing(f"{HEADER}\r\n{SEPARATOR}\r\n")
    assert (hung.complete, hung.finished, hung.licences) == (False, False, ())


OTHER_COMMANDS = ["31", "32", "41", "44", "46", "47", "51", "52", "53", "55", "58", "61", "64", "66", "67", "68", "69"]


@pytest.mark.parametrize("number", OTHER_COMMANDS)
def test_the_output_of_another_command_is_no_listing(number: str) -> None:
    with pytest.raises(OsppTextError):
        parse_listing(transcript(number))


@pytest.mark.parametrize("number", ["83", "95", "116", "121"])
def test_the_output_of_slmgr_is_no_listing(number: str) -> None:
    with pytest.raises(OsppTextError, match="it has no line 'Processing'"):
        parse_listing(transcript(number))


def test_two_listings_in_one_text_are_refused() -> None:
    with pytest.raises(OsppTextError, match="more than one"):
        parse_listing(transcript("01") + transcript("02"))


def test_an_ipv6_kms_host_is_read_without_brackets() -> None:
    for shown in ("fd00::5:1688", "[fd00::5]:1688"):
        (licence,) = parse_listing(listing(keyed(PROPLUS_2016, host=shown))).licences
        assert licence.kms is not None
        assert (licence.kms.host, licence.kms.port) == ("fd00::5", 1688)


@pytest.mark.parametrize(
    ("word", "state"), [("EXTENDED GRACE", "extended_grace"), ("UNKNOWN", "unknown"), ("SOMETHING NEW", "unknown")]
)
def test_states_without_a_transcript(word: str, state: str) -> None:
    (licence,) = parse_listing(listing(keyed(PROPLUS_2016, word))).licences
    assert licence.state.value == state


def test_a_listing_that_stops_at_the_licence_after_an_unknown_reason_is_incomplete() -> None:
    early = parse_listing(listing(keyed(PROPLUS_2016, "NOTIFICATIONS", reason="0x8007000D"), stopped=True))
    assert [licence.reason for licence in early.licences] == ["0x8007000D"]
    assert early.finished
    assert not early.complete


def test_the_bracketed_number_of_the_2016_script_changes_nothing() -> None:
    text = listing(keyed(PROPLUS_2016, "NOTIFICATIONS", reason="0x8007000D"), stopped=True)
    assert not parse_listing(text.replace(STOPPED, f"{STOPPED} (0x1A8)")).complete


def test_a_service_that_refuses_the_query_is_an_error_code_and_no_licence() -> None:
    refused = parse_listing(transcript("120"))
    assert (refused.error, refused.licences, refused.complete) == ("0x80070422", (), False)


def test_a_listing_without_its_end_line_is_incomplete() -> None:
    text = transcript("02").replace(f"{EXITING}\r\n", "")
    assert not parse_listing(text).complete


def test_a_licence_that_is_cut_off_is_not_shown() -> None:
    text = listing(keyed(PROPLUS_2016), keyed(VISIO_2016))
    cut = parse_listing(text[: text.index(VISIO_2016.last_five)])
    assert [licence.sku_id for licence in cut.licences] == [PROPLUS_2016.sku_id]
    assert not cut.complete


def test_two_licences_that_ran_into_each_other_are_not_mixed() -> None:
    kms, mak = keyed(PROPLUS_2016, "NOTIFICATIONS"), keyed(PROPLUS_2016_MAK)
    merged = kms[: kms.rindex(SEPARATOR)] + mak
    broken = parse_listing(listing(merged))
    assert [licence.sku_id for licence in broken.licences] == [PROPLUS_2016_MAK.sku_id]
    assert not broken.complete


def test_the_state_of_a_licence_whose_head_is_lost_is_not_given_to_the_one_before() -> None:
    kms, mak = keyed(PROPLUS_2016, "NOTIFICATIONS"), keyed(PROPLUS_2016_MAK)
    merged = kms[: kms.index("Last 5")] + mak[mak.index("LICENSE STATUS") :]
    broken = parse_listing(listing(merged))
    assert not broken.licences
    assert not broken.complete


def test_kms_lines_without_a_licence_make_a_listing_incomplete() -> None:
    block = keyed(PROPLUS_2016)
    assert not parse_listing(listing(block[block.index("\t") :], keyed(VISIO_2016))).complete


def test_a_line_that_nobody_knows_makes_a_listing_incomplete() -> None:
    block = keyed(PROPLUS_2016).replace("LICENSE STATUS:", "ESTADO DE LICENCIA:")
    assert not parse_listing(listing(block)).complete


def test_minutes_without_end_are_no_number() -> None:
    """Python refuses to convert a number of more than 4,300 digits."""
    block = keyed(PROPLUS_2016, grace=1).replace("(1 minute", f"({'9' * 5000} minute")
    (licence,) = parse_listing(listing(block.replace("120 minutes", f"{'9' * 5000} minutes"))).licences
    assert licence.grace_minutes is None
    assert licence.kms is not None
    assert licence.kms.activation_interval is None


@pytest.mark.parametrize(
    ("whole", "damaged"),
    [("---LICENSED---", "---LICEN\ufffdED---"), ("VL_MAK edition", "VL_M\ufffdK edition"), ("MAK16", "MAK\ufffd6")],
)
def test_a_licence_with_a_damaged_line_is_not_believed(whole: str, damaged: str) -> None:
    """A licensed MAK that is taken for an unlicensed one would be activated, and counted, once more."""
    block = keyed(PROPLUS_2016_MAK)
    assert whole in block
    broken = parse_listing(listing(keyed(PROPLUS_2016), block.replace(whole, damaged)))
    assert [licence.partial_product_key for licence in broken.licences] == [PROPLUS_2016.last_five]
    assert not broken.complete


def test_a_sentence_in_an_unreadable_code_page_is_no_damage() -> None:
    block = keyed(PROPLUS_2016, "NOTIFICATIONS", reason="0xC004F009")
    assert "ERROR DESCRIPTION: " in block
    assert parse_listing(listing(block.replace("ERROR DESCRIPTION: ", "ERROR DESCRIPTION: f\ufffdr "))).complete


@pytest.mark.parametrize("line", ["Activation Object name: Office 2016 AO", "AO DN: CN=Office 2016 AO"])
def test_a_name_that_people_gave_in_another_code_page_is_no_damage(line: str) -> None:
    text = transcript("05")
    assert line in text
    unreadable = text.replace(line, line.replace("Office 2016 AO", "B\ufffdro"))
    assert not parse_listing(unreadable).damaged
