# SPDX-License-Identifier: GPL-3.0-or-later
"""What a sentence says: its clauses, its facts, and where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from coamd.backend.lab.training.sentences.space import (
    FACTS,
    SentenceSpace,
    Teacher,
    angle_of,
    clauses,
    components_of,
    count_of,
    facts,
)
from coamd.backend.training.mirrored_words import mirrored_text
from coamd.rigs.errors import UserError

from tests.teachers import write_teacher


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("a person walks forward.", ["a person walks forward"]),
        ("a person walks, then sits down", ["a person walks", "a person sits down"]),
        ("someone jumps and then waves", ["someone jumps", "someone waves"]),
        ("walking, followed by running", ["walking", "running"]),
        ("the hero kicks, the hero falls", ["the hero kicks, the hero falls"]),
        ("he runs, jumps up, then rolls", ["he runs", "he jumps up", "he rolls"]),
        ("", [""]),
    ],
)
def test_clauses_are_actions_in_their_order_each_with_its_subject(sentence: str, parts: list[str]) -> None:
    assert clauses(sentence) == parts


@pytest.mark.parametrize(
    ("words", "degrees"),
    [
        ("turns 90 degrees to the left", 90),
        ("a 180° turn", 180),
        ("makes a quarter turn", 90),
        ("turns around", 180),
        ("turns a full circle", 360),
        ("walks forward", 0),
        ("walks 10 steps", 0),
    ],
)
def test_angles_are_read(words: str, degrees: int) -> None:
    assert angle_of(words) == degrees


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("jumps twice", 2),
        ("jumps three times", 3),
        ("4 kicks", 4),
        ("a single jump", 1),
        ("kicks once", 1),
        ("jumps", 0),
        ("one arm is raised", 0),
    ],
)
def test_counts_are_read(words: str, count: int) -> None:
    assert count_of(words) == count


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a person raises the left arm", "a person raises the right arm"),
        ("a person turns 90 degrees", "a person turns 180 degrees"),
        ("a person jumps twice", "a person jumps three times"),
        ("a person walks at 0.8 meters per second", "a person walks at 1.6 meters per second"),
        ("a person walks forward 2 meters", "a person walks forward 6 meters"),
        ("a person walks forward", "a person walks backward"),
        ("a person walks", "a person runs"),
        ("a person raises one arm", "a person raises both arms"),
        ("stands without moving", "stands moving"),
        ("turns clockwise", "turns counterclockwise"),
    ],
)
def test_what_a_motion_must_not_confuse_has_other_facts(one: str, other: str) -> None:
    assert not np.array_equal(facts(one), facts(other))


@pytest.mark.parametrize("text", ["kicks with the left leg and turns left", "a right hook, then a left step", "walks"])
def test_the_mirrored_sentence_has_its_sides_changed_and_nothing_else(text: str) -> None:
    said, seen = facts(text), facts(mirrored_text(text))
    np.testing.assert_array_equal(np.concatenate([said[5:10], said[:5], said[10:]]), seen)


def test_a_leg_is_not_an_arm() -> None:
    assert not np.array_equal(facts("raises the left leg"), facts("raises the left arm"))
    assert facts("a plain walk").shape == (FACTS,)


@pytest.mark.parametrize(("width", "parts"), [(320, (144, 56)), (256, (108, 42))])
def test_components_follow_the_width_of_the_text_encoder(width: int, parts: tuple[int, int]) -> None:
    assert components_of(width) == parts
    assert parts[0] + 2 * parts[1] + FACTS == width


def test_a_width_without_room_for_facts_is_refused() -> None:
    with pytest.raises(UserError, match="has no room"):
        components_of(64)


def letters(sentences: Sequence[str]) -> np.ndarray:
    """An encoder that counts letters, of 26 numbers."""
    return np.array([[text.count(chr(97 + k)) for k in range(26)] for text in sentences], dtype=np.float64)


def test_the_order_of_two_actions_is_in_the_vector() -> None:
    words = ["walks", "sits down", "jumps up", "kicks high", "waves", "turns", "rolls", "bows low", "crawls", "dances"]
    corpus = [f"a person {one}, then {two}" for one in words for two in words]
    space = SentenceSpace.fit(letters, corpus, 88)
    one, other, alone = space(["a person walks, then sits", "a person sits, then walks", "a person walks"])
    whole, first, last, facts_ = space.parts
    np.testing.assert_allclose(one[whole], other[whole], atol=1e-5)  # the same letters
    np.testing.assert_allclose(one[first], other[last], atol=1e-5)
    np.testing.assert_allclose(one[first], alone[first], atol=1e-5)
    np.testing.assert_allclose(alone[first], alone[last], atol=1e-5)
    assert np.linalg.norm(one - other) > 0.1
    assert one[facts_].shape == (FACTS,)
    assert len(one) == 88


def test_few_sentences_are_refused() -> None:
    with pytest.raises(UserError, match="needs more than"):
        SentenceSpace.fit(letters, ["a", "b", "c"], 128)


def test_a_teacher_reads_each_sentence_once_and_the_same_in_any_batch(tmp_path: Path) -> None:
    teacher = Teacher(write_teacher(tmp_path / "teacher"), batch=2)
    texts = ["a person walks", "sits", "someone jumps over a long bench", "sits"]
    found = teacher(texts)
    assert found.shape == (4, 64)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(found[1], found[3])
    np.testing.assert_allclose(Teacher(tmp_path / "teacher", batch=1)(texts), found, atol=1e-5)


def test_a_folder_without_an_encoder_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no sentence encoder in") as caught:
        Teacher(tmp_path)
    assert "--teacher" in caught.value.hint
