# SPDX-License-Identifier: GPL-3.0-or-later
"""Pairs of sentences for the text encoder: what belongs together, what must be told apart, what is neither."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.training.text import Described, TextPairs, described_texts, noisy
from coamd.rigs.errors import UserError
from hypothesis import given
from hypothesis import strategies as st

LEFT = Described(("kicks left", "a left kick"), frozenset({"kick"}), mirror=1)
RIGHT = Described(("kicks right", "a right kick"), frozenset({"kick"}), mirror=0)
HIGH = Described(("kicks high",), frozenset({"kick"}))
WALK = Described(("walks",), frozenset({"walk"}))


def test_mirror_images_are_negatives_and_clips_of_one_label_are_not() -> None:
    pairs = TextPairs([LEFT, RIGHT], [HIGH, WALK])
    seen = set()
    for seed in range(40):
        first, _, same = pairs.draw(np.random.default_rng(seed), 8)
        assert not same.diagonal().any()  # a clip's own pair is the one that is right
        np.testing.assert_array_equal(same, same.T)
        kinds = ["left" if "l" in f.split()[-1][:1] or "left" in f else f for f in first]
        seen |= set(kinds)
        for i, a in enumerate(first):
            for j, b in enumerate(first):
                if i != j and {"kicks left", "kicks right"} == {a, b}:
                    assert not same[i, j]
                if {"kicks high", "kicks left"} == {a, b}:
                    assert same[i, j]
                if {"walks", "kicks left"} == {a, b}:
                    assert not same[i, j]
    assert "walks" in seen


WORDS = st.lists(st.sampled_from(["kick", "a", "person", "leftwards", "walk"]), min_size=1, max_size=9)


@given(WORDS, st.integers(0, 99))
def test_a_hurried_sentence_differs_by_at_most_a_word_or_two_letters(words: list[str], seed: int) -> None:
    text = " ".join(words)
    typed = noisy(text, np.random.default_rng(seed)).split()
    assert len(words) - 1 <= len(typed) <= len(words)
    if len(typed) == len(words):
        changed = [(a, b) for a, b in zip(words, typed, strict=True) if a != b]
        assert len(changed) <= 1
        assert all(abs(len(a) - len(b)) <= 1 for a, b in changed)


def test_held_out_clips_lend_no_words(tmp_path: Path) -> None:
    note = {"text": "Hop, hop.", "processed_label_text": ["hop"]}
    table = {name: {"annotations": [note]} for name in ("000001", "M000001", "000002")}
    path = tmp_path / "notes.json.gz"
    path.write_bytes(gzip.compress(json.dumps(table).encode()))
    (found,) = described_texts(path, held_out=["000001"])
    assert found == Described(("hop, hop",), frozenset({"hop"}))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.json.gz").write_bytes(b"no gzip")
    with pytest.raises(UserError, match="no annotation file"):
        described_texts(tmp_path / "notes.json.gz")
