# SPDX-License-Identifier: GPL-3.0-or-later
"""Typing errors are mended, known words never touched, and nothing is read into what is not English."""

from __future__ import annotations

import pytest
from coamd.backend.language import spelling
from coamd.backend.language.spelling import CaptionWords, distance, mending_notes, one_away, read, stem
from hypothesis import given
from hypothesis import strategies as st
from spellchecker import SpellChecker

CAPTIONS = (
    "a person walks forward",
    "a person walks slowly and turns left",
    "someone kicks with the right leg",
    "someone jumps up and down",
    "a dancer spins, arms stretched out",
    "running and then jumping over something",
    "a man throws a ball",
    "a person creeps up the stairs carefully",
    "a boxer hits with the chest forward",
)
VOCABULARY = CaptionWords.of(CAPTIONS)
SHORT = st.text(alphabet="abc", max_size=5)


def plain_distance(a: str, b: str) -> int:
    """The same distance by its recursive definition."""
    if not a or not b:
        return len(a) + len(b)
    ways = [
        plain_distance(a[:-1], b) + 1,
        plain_distance(a, b[:-1]) + 1,
        plain_distance(a[:-1], b[:-1]) + (a[-1] != b[-1]),
    ]
    if len(a) > 1 and len(b) > 1 and a[-1] == b[-2] and a[-2] == b[-1]:
        ways.append(plain_distance(a[:-2], b[:-2]) + 1)
    return min(ways)


@given(SHORT, SHORT)
def test_the_distance_is_that_of_its_definition(a: str, b: str) -> None:
    assert distance(a, b) == plain_distance(a, b)


@given(st.text(alphabet="walk", min_size=1, max_size=6))
def test_one_away_is_distance_one(word: str) -> None:
    assert all(distance(word, other) == 1 for other in one_away(word))
    assert word[1:] in one_away(word) or word[1:] == word
    assert word + "z" in one_away(word)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a persn wlaks forwrad", "a person walks forward"),
        ("someoen jumsp up adn down", "someone jumps up and down"),
        ("kiks with the rigth leg", "kicks with the right leg"),
        ("teh man throws a ball", "the man throws a ball"),
        ("a dancer stretchedd out", "a dancer stretched out"),
        ("a man creeps caerfuly", "a man creeps carefully"),
        ("A PERSN walks", "A person walks"),
    ],
)
def test_typing_errors_are_mended_and_told(typed: str, meant: str) -> None:
    reading = read(typed, VOCABULARY)
    assert reading.text == meant
    assert reading.changed
    assert all(old in typed and new in meant for old, new in reading.changed)


@pytest.mark.parametrize("caption", CAPTIONS)
def test_what_the_captions_know_is_never_touched(caption: str) -> None:
    assert read(caption, VOCABULARY) == spelling.MendedText(caption)


def test_an_english_word_is_no_typing_error_of_another() -> None:
    """chest and hits are known words one letter away."""
    assert "chest" in one_away("chess")
    assert read("plays chess, sits on a hat", VOCABULARY).text == "plays chess, sits on a hat"


@pytest.mark.parametrize(
    "text",
    ["ein Mann läuft schnell nach vorne", "un homme marche vers l'avant", "человек идёт", "asdf jkl qwer", "12 ??"],
)
def test_other_languages_and_nonsense_stay(text: str) -> None:
    assert read(text, VOCABULARY) == spelling.MendedText(text)


def test_other_endings_stay_and_people_are_said_without_a_word() -> None:
    """An encoder that has read the language knows every ending; "a sleeping dog" is not a "sleeps dog"."""
    reading = read("he walked and jumped", VOCABULARY)
    assert reading.text == "a person walked and jumped"
    assert not reading.changed


def test_synonyms_are_told() -> None:
    reading = read("a man hurls a ball", VOCABULARY)
    assert reading.text == "a man throws a ball"
    assert mending_notes(reading) == ("Read 'hurls' as 'throws'.",)
    knows_it = CaptionWords.of([*CAPTIONS, "a man hurls a ball"])
    assert read("a man hurls a ball", knows_it).text == "a man hurls a ball"


def test_what_is_told_is_one_sentence() -> None:
    assert mending_notes(spelling.MendedText("as it was")) == ()
    assert mending_notes(read("a persn wlaks forwrad", VOCABULARY)) == (
        "Read 'persn' as 'person', 'wlaks' as 'walks' and 'forwrad' as 'forward'.",
    )


@given(st.text(max_size=60))
def test_any_text_can_be_read_and_reading_twice_changes_nothing_more(text: str) -> None:
    once = read(text, VOCABULARY).text
    assert read(once, VOCABULARY).text == once


def test_endings_of_verbs_share_a_stem() -> None:
    for family in ("walk walks walked walking", "run runs running", "carry carries carried", "dance dances dancing"):
        assert len({stem(word) for word in family.split()}) == 1, family
    assert stem("early") != stem("ear")
    assert stem("shower") != stem("show")


def test_every_replacement_is_made_of_english_words() -> None:
    known = SpellChecker(language="en").word_frequency
    for table in (spelling.PEOPLE, spelling.SYNONYMS):
        for word, other in table.items():
            assert all(part in known for part in other.split()), word
            assert not set(other.split()) & set(table), f"{word} leads to a word that leads on"
