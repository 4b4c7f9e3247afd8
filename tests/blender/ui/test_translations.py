# SPDX-License-Identifier: GPL-3.0-or-later
"""Every language has every text of the add-on, with the same gaps for what is filled in.

That Blender finds them is seen in a window (tests/window): the bpy wheels have no languages.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import ui_strings
from coamd.blender_addon.session.session import Session
from coamd.blender_addon.translations import sentences
from coamd.blender_addon.translations.catalogue import LANGUAGES
from coamd.blender_addon.translations.german_sentences import SENTENCES
from coamd.blender_addon.translations.sentences import GAP
from said import SAID


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_has_every_text(addon: Session, language: str) -> None:
    missing = sorted(ui_strings.wanted() - LANGUAGES[language].keys())
    assert not missing, f"add these to blender_addon/translations: {missing}"


def test_the_texts_that_are_looked_for_are_those_on_the_buttons(addon: Session) -> None:
    """So that the test above cannot pass by finding nothing: one from each place where texts come from."""
    found = ui_strings.wanted()
    for text in (
        "Foot Lock",  # a property
        "The character walks on the spot",  # a choice's tool tip
        "Stop the job that is on its way. Nothing is written",  # an operator's tool tip
        "Generate on a Mannequin",  # a button's own text
        "whatever fits around it",  # a placeholder
        "Making the motion",  # a phase
        "Leave Tweak Mode",  # a remedy
        "Advanced",  # a panel
        "{} s left",  # translated by ourselves
    ):
        assert text in found, text


def test_a_text_without_translation_is_seen(tmp_path: Path) -> None:
    (tmp_path / "panel.py").write_text('layout.label(text="Nobody has translated this")\n', "utf-8")
    assert ui_strings.written(tmp_path) == {"Nobody has translated this"}
    (tmp_path / "panel.py").write_text('layout.label(text="Mannequin.001", translate=False)\n', "utf-8")
    assert not ui_strings.written(tmp_path)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_filled_in_stands_in_both(language: str) -> None:
    for english, text in LANGUAGES[language].items():
        assert re.findall(r"\{[^}]*\}", english) == re.findall(r"\{[^}]*\}", text)
        assert text.strip()
        assert not english.endswith(".") or text.endswith(".")


def capital(text: str) -> str:
    """As `progress.describe` writes a phase."""
    return text[:1].upper() + text[1:]


def test_every_sentence_is_one_that_the_product_can_say() -> None:
    said = SAID | {capital(text) for text in SAID}
    assert not sorted(SENTENCES.keys() - said)
    assert len(SENTENCES) > 60


@pytest.mark.parametrize("english", [text for text in SENTENCES if GAP in text])
def test_a_sentence_keeps_its_values(english: str) -> None:
    german = SENTENCES[english]
    values = [f"value {k}" for k in range(english.count(GAP))]
    match = sentences.pattern_of(english).fullmatch(sentences.filled(english, values))
    assert match is not None
    assert list(match.groups()) == values
    for value in values:
        assert value in sentences.filled(german, values)


def test_a_message_is_told_in_the_language_of_the_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "iface", lambda text: SENTENCES.get(text, text))
    sentences._in_language.cache_clear()
    try:
        told = sentences.sentence("“Hero walks” is a strip of “Hero”: 9 frames, 22 bones.")
        assert told == "„Hero walks“ ist ein Strip von „Hero“: 9 Frames, 22 Knochen."
        lost = "The backend has ended. Nothing was changed."
        assert sentences.sentence(lost) == "Das Backend ist beendet. Nichts wurde geändert.", "a sentence in a sentence"
        assert sentences.sentence("Nobody has translated this.") == "Nobody has translated this."
    finally:
        sentences._in_language.cache_clear()


def test_in_english_a_message_stays_as_it_is() -> None:
    assert sentences.sentence("The backend has ended.") == "The backend has ended."
