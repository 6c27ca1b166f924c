# Copyright (c) 2026, the officefleet.activation contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Windows prints in the display language, and the few translations that the simulation needs.

The translations only have to be non-English: they catch readers that look for English words.
"""

from __future__ import annotations

import re

_ENGLISH = {
    "reg_missing": "ERROR: The system was unable to find the specified registry key or value.",
    "reg_denied": "ERROR: Access is denied.",
    "reg_syntax": 'ERROR: Invalid syntax.\r\nType "REG {0} /?" for usage.',
    "reg_key_name": "ERROR: Invalid key name.",
    "reg_done": "The operation completed successfully.",
    "reg_default": "(Default)",
    "reg_not_set": "(value not set)",
    "ver": "Microsoft Windows [Version {0}]",
    "copied": "        {0} file(s) copied.",
    "no_file": "The system cannot find the file specified.",
    "not_found": "Could Not Find {0}",
    "sc_absent": "The specified service does not exist as an installed service.",
    "dism_error": "Error",
    "netsh_title": "Current WinHTTP proxy settings:",
    "netsh_direct": "Direct access (no proxy server).",
    "netsh_server": "Proxy Server(s) :  {0}",
    "netsh_bypass": "Bypass List     :  {0}",
    "netsh_none": "(none)",
}
_OTHER = {
    "de": {
        "reg_missing": "FEHLER: Der angegebene Registrierungsschlüssel bzw. Wert wurde nicht gefunden.",
        "reg_denied": "FEHLER: Zugriff verweigert",
        "reg_syntax": "FEHLER: Ungültige Syntax.",
        "reg_key_name": "FEHLER: Ungültiger Schlüsselname.",
        "reg_done": "Der Vorgang wurde erfolgreich beendet.",
        "reg_default": "(Standard)",
        "reg_not_set": "(Wert nicht festgelegt)",
        "copied": "        {0} Datei(en) kopiert.",
        "no_file": "Das System kann die angegebene Datei nicht finden.",
        "not_found": "{0} konnte nicht gefunden werden",
        "sc_absent": "Der angegebene Dienst ist kein installierter Dienst.",
        "dism_error": "Fehler",
        "netsh_title": "Aktuelle WinHTTP-Proxyeinstellungen:",
        "netsh_direct": "Direktzugriff (kein Proxyserver).",
        "netsh_server": "Proxyserver:  {0}",
        "netsh_bypass": "Umgehungsliste     :  {0}",
        "netsh_none": "(keine)",
    },
    "fr": {
        "reg_missing": "Erreur : le système n'a pas trouvé la clé ou la valeur de Registre spécifiée.",
        "reg_denied": "Erreur : accès refusé.",
        "reg_done": "L'opération a réussi.",
        "reg_default": "(par défaut)",
        "reg_not_set": "(valeur non définie)",
        "ver": "Microsoft Windows [version {0}]",
        "copied": "        {0} fichier(s) copié(s).",
        "dism_error": "Erreur",
        "netsh_title": "Paramètres de proxy WinHTTP en cours :",
        "netsh_direct": "Accès direct (aucun serveur proxy).",
        "netsh_server": "Serveur(s) proxy : {0}",
        "netsh_bypass": "Liste de contournement : {0}",
        "netsh_none": "(aucun)",
    },
}


def message(language: str, name: str, *values: object) -> str:
    """A message of Windows in a display language; in English where there is no translation."""
    texts = _OTHER.get(language.partition("-")[0].lower(), {})
    return texts.get(name, _ENGLISH[name]).format(*values)


def is_english(language: str) -> bool:
    """Whether the display language is English."""
    return language.lower().startswith("en")


def translate_slmgr(text: str, language: str) -> str:
    """slmgr.vbs run from System32 speaks the display language: every label and sentence differs.

    The words are no translation; they are marked so that nothing that looks for English finds it.
    """
    if is_english(language):
        return text
    mark = language.partition("-")[0].lower()
    lines = []
    for line in text.split("\r\n"):
        label, colon, value = line.partition(": ")
        lines.append(f"{_garble(label, mark)}{colon}{value}" if colon else _garble(line, mark))
    return "\r\n".join(lines)


def _garble(words: str, mark: str) -> str:
    return re.sub(r"[A-Za-z]{3,}", lambda match: f"{mark}_{match[0][::-1].lower()}", words)
