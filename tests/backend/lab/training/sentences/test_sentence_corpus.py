# SPDX-License-Identifier: GPL-3.0-or-later
"""What the text encoder is taught, and how often."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.training.sentences.corpus import (
    BANK,
    CAPTION,
    LABEL,
    SHORT,
    corpus,
    joined_sentences,
    numbered_sentences,
    progressive,
    third_person,
)
from coamd.backend.lab.training.sentences.space import angle_of, clauses, count_of
from coamd.backend.lab.training.sentences.wordings import Wording
from coamd.backend.training.data import Clip

CLIP = Clip(
    "c", "train", np.zeros((40, 22, 3)), ("a person waves with the left hand.",), ("wave",), wordings=("left wave",)
)


def test_sentences_are_drawn_by_what_they_are() -> None:
    found = corpus([CLIP], [Wording("k", {}, ("{side} kick", "wave"), True)], ["she orders tea"], ["hop", " "], 1)
    often = dict(zip(found.texts, found.shares, strict=True))
    assert sum(found.shares) == pytest.approx(1.0)
    unit = often["a person waves with the left hand"] / CAPTION
    assert often["a person waves with the right hand"] / unit == pytest.approx(CAPTION)
    assert often["right kick"] / unit == often["left kick"] / unit == pytest.approx(BANK)
    assert often["wave"] / unit == pytest.approx(LABEL)  # a label counts most, wherever else it stands
    assert often["hop"] / unit == pytest.approx(SHORT)
    assert "she orders tea" in often
    assert "" not in often
    assert not any(text.endswith(".") for text in often)


def test_the_same_seed_gives_the_same_sentences() -> None:
    assert corpus([CLIP], [], [], [], 1).texts == corpus([CLIP], [], [], [], 1).texts


def test_joined_sentences_have_two_actions() -> None:
    texts = ["a person walks", "someone sits down", "he kicks high", "waving", "a person walks, then sits"]
    made = list(joined_sentences(texts, np.random.default_rng(1)))
    assert made
    assert all(len(clauses(text)) == 2 for text in made)


def test_numbers_are_laid_out_evenly() -> None:
    made = list(numbered_sentences(np.random.default_rng(1)))
    for degrees in (45, 90, 180, 360):
        said = [text for text in made if f"{degrees} degree" in text]
        assert sum("left" in text for text in said) == sum("right" in text for text in said) > 5
        assert all(angle_of(text) == degrees for text in said)
    for count in (2, 3, 4):
        assert sum(count_of(text) == count for text in made) > 30
    assert all(
        sum(f"the {side} {limb}" in text for text in made) > 10 for side in ("left", "right") for limb in ("arm", "leg")
    )
    assert not any("{" in text for text in made)
    assert "one punch" in made


def test_verbs_are_written_as_english_writes_them() -> None:
    assert [third_person(verb) for verb in ("kick with", "punch", "stretch")] == ["kicks with", "punches", "stretches"]
    assert [progressive(verb) for verb in ("hop on", "wave", "lift")] == ["hopping on", "waving", "lifting"]
