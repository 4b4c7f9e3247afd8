# SPDX-License-Identifier: GPL-3.0-or-later
"""What actions are called: character, what is done, frames; whole words, and no name twice."""

from __future__ import annotations

import pytest
from coamd.backend.language.spelling import MendedText, mending_notes
from coamd.blender_addon.results.action_names import LONGEST, action_name, cut, in_list, mended
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("prompt", "name"),
    [
        ("a person walks forward and waves.", "Hero walks forward and waves 1-95"),
        ("A person  walks\nforward", "Hero walks forward 1-95"),
        ("loop", "Hero loop 1-95"),
        ("a person is here", "Hero is here 1-95"),
    ],
)
def test_a_name_says_whose_what_and_when(prompt: str, name: str) -> None:
    assert action_name("Hero", prompt, 1, 95) == name


def test_takes_and_frames_before_the_first_are_told_apart() -> None:
    assert action_name("Hero", "loop", -29, 80) == "Hero loop -29 to 80"
    assert action_name("Hero", "sways", 1, 40, take=2) == "Hero sways 1-40, take 2"
    assert in_list("Hero sways 1-40, take 2", "Hero") == "2 · sways 1-40"
    assert in_list("Hero sways 1-40", "Hero") == "sways 1-40"
    assert in_list("renamed by hand", "Hero") == "renamed by hand"
    assert in_list("Hero walks forward and waves 37-156", "Hero", 22) == "walks forward… 37-156"


@given(st.text(max_size=40), st.text(max_size=200), st.integers(-500, 5000), st.integers(0, 5000), st.integers(0, 3))
def test_a_name_fits_into_blender_is_not_taken_and_cuts_no_word(
    character: str, prompt: str, first: int, length: int, others: int
) -> None:
    taken: set[str] = set()
    for _ in range(others + 1):
        name = action_name(character, prompt, first, first + length, taken)
        assert name not in taken
        assert len(name.encode()) <= LONGEST
        assert str(first + length) in name
        taken.add(name)


def test_only_a_word_that_is_too_long_by_itself_is_cut() -> None:
    assert cut("walks forward and waves", 17) == "walks forward"
    assert cut("walks forward, then waves, then sits down", 31) == "walks forward, then waves"
    assert cut("stands on", 9) == "stands on", "nothing was cut"
    assert cut("walks forward, and waves", 15) == "walks forward"
    assert cut("Donaudampfschiff", 5) == "Donau"
    assert len(cut("äöü" * 20, 5).encode()) <= 5


@pytest.mark.parametrize(
    ("prompt", "read", "name"),
    [
        ("a person wlaks forwad", (("wlaks", "walks"), ("forwad", "forward")), "Hero walks forward 1-95"),
        ("a person junps", (("junps", "jumps"),), "Hero jumps 1-95"),
        ("a person sits on a sofa", (("sofa", "seat"),), "Hero sits on a sofa 1-95"),
        ("a soldier marches", (("soldier", "military man"),), "Hero a soldier marches 1-95"),
        ("a person waves", (), "Hero waves 1-95"),
    ],
)
def test_a_name_has_no_typing_error_and_keeps_the_users_words(
    prompt: str, read: tuple[tuple[str, str], ...], name: str
) -> None:
    """The sentence is the backend's own."""
    notes = (
        "The prompt is longer than the model reads; its end had no effect.",
        *mending_notes(MendedText(prompt, read)),
    )
    assert action_name("Hero", mended(prompt, notes), 1, 95) == name
