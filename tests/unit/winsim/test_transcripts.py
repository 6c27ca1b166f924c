# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated scripts print byte for byte what the genuine ones printed, and leave the same state."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from winsim import ospp, slmgr
from winsim.licensing import Licensing, ScriptOutput
from winsim.sentences import hex_code, ospp_sentence, slmgr_sentence

DATA = Path(__file__).parents[2] / "data"
TRANSCRIPTS = DATA / "transcripts"
OSPP_COUNT = 81


@dataclass(frozen=True)
class Transcript:
    """One recorded run."""

    name: str
    script: str
    arguments: list[str]
    exit_code: int
    output: str

    @property
    def flavour(self) -> str:
        return {"ospp 2013": "2013", "ospp 2016+": "2016"}.get(self.script, "")

    def machine(self) -> Licensing:
        return Licensing.from_text((TRANSCRIPTS / "states" / f"{self.name}.state").read_text(encoding="utf-8"))

    def machine_after(self) -> Licensing:
        after = TRANSCRIPTS / "states" / f"{self.name}.after.state"
        return Licensing.from_text(after.read_text(encoding="utf-8")) if after.exists() else self.machine()

    def run(self, machine: Licensing) -> ScriptOutput:
        if self.flavour:
            return ospp.run(machine, self.arguments, self.flavour, popups="dismiss")
        return slmgr.run(machine, self.arguments)


def _read(path: Path) -> Transcript:
    header, _, output = path.read_bytes().decode("utf-8").partition("\n\n")
    argv = re.search(r"# argv: cscript.exe //nologo \S+ ?(.*)", header)
    script = re.search(r"# state: \[(.*?)\]", header)
    exit_code = re.search(r"# exit: (-?\d+)", header)
    if not (argv and script and exit_code):
        raise ValueError(f"{path.name}: not the header of a transcript")
    return Transcript(path.stem, script[1], argv[1].split(), int(exit_code[1]), output)


ALL = [_read(path) for path in sorted(TRANSCRIPTS.glob("*.txt"))]


def _contents(machine: Licensing) -> dict[str, object]:
    """What is compared: empty and absent are the same, and EventCode is an artefact of the recording."""

    def clean(record: dict[str, str]) -> dict[str, str]:
        return {name: value for name, value in record.items() if value != "" and name != "EventCode"}

    return {
        "os": clean(machine.os),
        "service": clean(machine.service),
        "registry": machine.registry,
        "services": [clean(r) for r in machine.services],
        "products": [clean(r) for r in machine.products],
        "events": [clean(r) for r in machine.events],
    }


@pytest.mark.parametrize("transcript", ALL, ids=lambda t: t.name)
def test_output_is_that_of_the_genuine_script(transcript: Transcript) -> None:
    result = transcript.run(transcript.machine())
    assert result.text.replace("\r\n", "\n") == transcript.output


@pytest.mark.parametrize("transcript", ALL, ids=lambda t: t.name)
def test_exit_code_is_that_of_the_genuine_script(transcript: Transcript) -> None:
    assert transcript.run(transcript.machine()).exit_code == transcript.exit_code


@pytest.mark.parametrize("transcript", ALL, ids=lambda t: t.name)
def test_state_afterwards_is_that_of_the_genuine_script(transcript: Transcript) -> None:
    machine = transcript.machine()
    transcript.run(machine)
    assert _contents(machine) == _contents(transcript.machine_after())


@pytest.mark.parametrize("transcript", [t for t in ALL if "<<POPUP>>" in t.output], ids=lambda t: t.name)
def test_text_ends_where_a_popup_opens(transcript: Transcript) -> None:
    result = ospp.run(transcript.machine(), transcript.arguments, transcript.flavour)
    assert (result.hangs, result.text.replace("\r\n", "\n")) == (True, transcript.output.partition("<<POPUP>>")[0])


def test_every_transcript_of_the_index_is_covered() -> None:
    with (TRANSCRIPTS / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        listed = {row["file"].removesuffix(".txt") for row in csv.DictReader(file, delimiter="\t")}
    assert {t.name for t in ALL} == listed


def test_the_number_of_ospp_transcripts_is_known() -> None:
    assert len([t for t in ALL if t.flavour]) == OSPP_COUNT


def test_state_files_survive_reading_and_writing() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (TRANSCRIPTS / "states").glob("*.state")]
    assert [Licensing.from_text(text).to_text() for text in texts] == texts


def test_sentences_agree_with_the_table_of_codes() -> None:
    with (DATA / "error-codes.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    wrong = []
    for row in rows:
        code = int(row["code"], 16)
        expected = f"{row['meaning']}." if row["ospp_has_text"] == "yes" else None
        has_own_text = slmgr_sentence(code) == row["meaning"]
        if ospp_sentence(code) != expected or has_own_text != (row["slmgr_has_text"] == "yes"):
            wrong.append(hex_code(code))
    assert wrong == []


# -- where Windows differs from the recording ------------------------------------------------------


def _machine(name: str) -> Licensing:
    return next(t for t in ALL if t.name == name).machine()


def test_setprt_with_a_word_fails_as_a_real_uint32_parameter_does() -> None:
    result = ospp.run(_machine("56-setprt-success"), ["/setprt:abc"], "2016")
    assert "ERROR CODE: 0x80041005" in result.text
    assert "Successfully" not in result.text


def test_setprt_above_65535_is_refused() -> None:
    result = ospp.run(_machine("56-setprt-success"), ["/setprt:70000"], "2016")
    assert "ERROR CODE: 0x80070057" in result.text


def test_dates_follow_the_local_form() -> None:
    machine = _machine("28-dstatus-real-expiry")
    machine.os["DateStyle"] = "01.01.1601"
    assert "BETA EXPIRATION: 30.06.2025 23:59:59\r\n" in ospp.run(machine, ["/dstatus"], "2013").text


def test_reason_without_a_sentence_ends_the_listing_at_the_next_licence() -> None:
    machine = _machine("16-dstatus-three-products")
    machine.products[0]["LicenseStatusReason"] = "8007000D"
    text = ospp.run(machine, ["/dstatus"], "2016").text
    assert text.count("SKU ID:") == 1
    assert "An unknown error occurred. (0x1A8)" in text


# -- what ospp.md adds to the recordings -----------------------------------------------------------


def test_machine_name_as_second_argument_opens_a_popup() -> None:
    result = ospp.run(_machine("31-act-success"), ["/act", "word"], "2013", popups="dismiss")
    assert "<<POPUP>> ERROR CODE: 462 | ERROR DESCRIPTION: " in result.text


def test_five_arguments_are_an_unsupported_command() -> None:
    result = ospp.run(_machine("31-act-success"), ["/dstatus", "a", "b", "c", "d"], "2013", popups="dismiss")
    assert "<<POPUP>> Unsupported command passed.\r\n" in result.text


def test_wmi_failure_opens_a_popup() -> None:
    machine = _machine("31-act-success")
    machine.os["fail.connect"] = "80041003"
    assert ospp.run(machine, ["/dstatus"], "2013").hangs


def test_every_occurrence_of_the_command_leaves_the_value() -> None:
    machine = _machine("55-sethst-success")
    ospp.run(machine, ["/sethst:a/sethst:b"], "2013")
    assert machine.products[0]["KeyManagementServiceMachine"] == "ab"


def test_disabled_service_fails_a_listing() -> None:
    machine = _machine("31-act-success")
    machine.services.append({"Name": "sppsvc", "StartMode": "Disabled"})
    assert "ERROR CODE: 0x80070422" in ospp.run(machine, ["/dstatus"], "2013").text


def test_disabled_service_fails_slmgr() -> None:
    machine = _machine("83-slmgr-dlv-host-licensed")
    machine.services.append({"Name": "sppsvc", "StartMode": "Disabled"})
    assert slmgr.run(machine, ["/dlv", "all"]).exit_code == -2147023838


def test_setting_without_elevation_shows_error_and_success() -> None:
    machine = _machine("56-setprt-success")
    machine.os["NoAdmin"] = "1"
    text = ospp.run(machine, ["/setprt:1689"], "2016").text
    assert text.count("ERROR CODE: 0xC004F025") == 2
    assert "Successfully applied setting." in text


def test_user_operations_let_standard_users_activate() -> None:
    machine = _machine("31-act-success")
    ospp.run(machine, ["/puserops"], "2013")
    machine.os["NoAdmin"] = "1"
    assert "<Product activation successful>" in ospp.run(machine, ["/act"], "2013").text


def test_office_clients_of_windows_7_are_not_seen_by_slmgr() -> None:
    machine = _machine("24-dstatus-win7")
    text = slmgr.run(machine, ["/dlv", machine.products[0]["ID"]]).text
    assert "Error: product key not found." in text


def test_slmgr_without_the_needed_argument_shows_usage() -> None:
    result = slmgr.run(_machine("83-slmgr-dlv-host-licensed"), ["/atp"])
    assert (result.exit_code, "Error: option atp needs <Confirmation ID>" in result.text) == (1, True)


def test_licensed_mak_is_not_activated_again_by_slmgr() -> None:
    machine = _machine("13-dstatus-mak-licensed")
    machine.os["fail.act"] = "C004C020"
    text = slmgr.run(machine, ["/ato", machine.products[0]["ID"]]).text
    assert "Product activated successfully." in text


def test_override_at_the_root_is_printed_as_the_products_own() -> None:
    machine = _machine("01-dstatus-kms-oob-grace")
    machine.registry_set(r"SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform\KeyManagementServiceName", "kms.example")
    text = ospp.run(machine, ["/dstatus"], "2013").text
    assert "\tKMS machine registry override defined: kms.example:1688\r\n" in text


def test_remhst_leaves_the_root_override() -> None:
    machine = _machine("57-remhst-success")
    path = r"SOFTWARE\Microsoft\OfficeSoftwareProtectionPlatform\KeyManagementServiceName"
    machine.registry_set(path, "root.example")
    ospp.run(machine, ["/remhst"], "2013")
    assert machine.kms_override(machine.products[0]) == ("root.example", None)


def test_sku_override_beats_the_application_and_the_root() -> None:
    machine = _machine("57-remhst-success")
    root = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
    application = machine.products[0]["ApplicationId"]
    machine.registry_set(rf"{root}\{application}\KeyManagementServiceName", "application.example")
    assert machine.kms_override(machine.products[0])[0] == "kms.corp.example"


def test_sku_override_shows_in_the_registry() -> None:
    machine = _machine("57-remhst-success")
    product = machine.products[0]
    path = (
        r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\SoftwareProtectionPlatform"
        rf"\{product['ApplicationId']}\{product['ID']}\KeyManagementServiceName"
    )
    assert machine.registry_view()[path] == "kms.corp.example"


def test_office_2010_script_asks_for_its_own_application() -> None:
    machine = _machine("24-dstatus-win7")
    assert "<No installed product keys detected>" in ospp.run(machine, ["/dstatus"], "2010").text


def test_office_2010_needs_osppsvc_on_every_windows() -> None:
    assert ospp.run(_machine("31-act-success"), ["/dstatus"], "2010").hangs
