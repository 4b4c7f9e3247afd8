# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a prompt looks like English, the only language the model reads. Called at every redraw, so it is cheap."""

from __future__ import annotations

import functools
import re
import unicodedata

# Small words by which a sentence of a language is known; none of them is an English word of a prompt.
_SMALL_WORDS = {
    *("der", "das", "ein", "eine", "einen", "einem", "einer", "und", "mit", "nach", "vorne", "geht", "läuft"),
    *(
        "springt",
        "dann",
        "sich",
        "auf",
        "dem",
        "den",
        "rückwärts",
        "winkt",
        "nicht",
        "langsam",
        "schnell",
        "arm",
        "beiden",
    ),
    *("une", "personne", "marche", "avec", "puis", "vers", "les", "des", "qui", "et", "dans", "court", "saute"),
    *(
        "homme",
        "una",
        "persona",
        "camina",
        "hacia",
        "adelante",
        "luego",
        "con",
        "corre",
        "salta",
        "el",
        "los",
        "hombre",
        "y",
    ),
    *("cammina", "avanti", "poi", "verso", "uomo", "il", "che", "della", "saluta"),
    *("uma", "pessoa", "anda", "para", "frente", "depois", "homem", "com", "pula"),
    *("een", "persoon", "loopt", "naar", "vooruit", "dan", "het", "met", "springt", "zwaait"),
    *("en", "går", "framåt", "och", "hoppar", "springer", "osoba", "idzie", "przodu", "skacze", "się", "jest"),
}
_AMBIGUOUS = {"arm", "court", "para", "en", "dan", "den", "el", "con", "des", "y", "met"}  # count half
_WORD = re.compile(r"[^\W\d_]+")
_SHARE = 0.3


@functools.lru_cache(maxsize=64)
def is_english(prompt: str) -> bool:
    """False where letters of another script, or small words of another language, make up a good part of the words."""
    words = [word.lower() for word in _WORD.findall(prompt)]
    if not words:
        return True
    foreign = 0.0
    for word in words:
        if any(not unicodedata.name(letter, "LATIN").startswith("LATIN") for letter in word):
            foreign += 1.0
        elif word in _AMBIGUOUS:
            foreign += 0.5
        elif word in _SMALL_WORDS:
            foreign += 1.0
    return foreign / len(words) < _SHARE
