# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of a mirrored clip."""

from __future__ import annotations

import pytest
from coamd.backend.training.mirrored_words import mirrored_text
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("a person kicks with the left leg", "a person kicks with the right leg"),
        ("Right hand up, left foot forward", "Left hand up, right foot forward"),
        ("turns clockwise", "turns counterclockwise"),
        ("spins counter-clockwise", "spins clockwise"),
        ("r hop", "l hop"),
        ("stands upright and sits down right away", "stands upright and sits down right away"),
        ("walks, then a left-hand wave", "walks, then a right-hand wave"),
        ("a person walks", "a person walks"),
    ],
)
def test_sides_are_swapped_and_idioms_stay(text: str, image: str) -> None:
    assert mirrored_text(text) == image


@given(st.lists(st.sampled_from("left right Left a person turns clockwise counterclockwise leg".split()), max_size=8))
def test_twice_is_the_same_sentence(words: list[str]) -> None:
    text = " ".join(words)
    assert mirrored_text(mirrored_text(text)) == text
