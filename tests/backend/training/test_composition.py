# SPDX-License-Identifier: GPL-3.0-or-later
"""Two clips joined to one: no jump where they meet, and a sentence that names both."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.training.composition import (
    best_match,
    composed,
    composed_clips,
    joined,
    joined_text,
    pose_features,
)
from coamd.backend.training.data import Clip
from coamd.rigs.body.canonical import at_origin, facing, turned
from coamd.rigs.body.skeleton import BONE_LENGTHS, PARENTS
from hypothesis import given
from hypothesis import strategies as st

from tests.motions import lie, sit, walk


def clip(joints: np.ndarray, text: str, group: str = "walk") -> Clip:
    return Clip(group, "train", at_origin(joints).astype(np.float32), (text,), (group,), group)


@given(st.floats(-3.0, 3.0), st.floats(-5.0, 5.0), st.floats(-5.0, 5.0))
def test_a_pose_is_the_same_wherever_it_stands_and_faces(angle: float, x: float, z: float) -> None:
    joints = walk(1.0)
    np.testing.assert_allclose(
        pose_features(turned(joints, angle) + np.array([x, 0.0, z])), pose_features(joints), atol=1e-9
    )


def test_the_best_match_is_the_one_of_all_pairs() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(7, 132)), rng.normal(size=(5, 132))
    distances = np.linalg.norm(first[:, None] - second[None], axis=-1) / np.sqrt(44)
    distance, a, b = best_match(first, second)
    assert distance == pytest.approx(distances.min())
    assert distances[a, b] == distances.min()


def test_the_second_clip_goes_on_where_the_first_was_left() -> None:
    first, second = walk(4.0, turning=0.4), walk(4.0, turning=-0.3)
    _, a, b = best_match(pose_features(first)[40:60], pose_features(second)[10:40])
    whole = joined(first, second, 40 + a, 10 + b)
    fastest = max(np.linalg.norm(np.diff(part, axis=0), axis=-1).max() for part in (first, second))
    assert np.linalg.norm(np.diff(whole, axis=0), axis=-1).max() < 1.3 * fastest
    assert np.abs(np.diff(np.unwrap(facing(whole)))).max() < 0.1
    lengths = np.linalg.norm(whole - whole[:, list(PARENTS)], axis=-1)[:, 1:]
    np.testing.assert_allclose(lengths, np.broadcast_to(BONE_LENGTHS[1:], lengths.shape), atol=1e-5)
    np.testing.assert_allclose(whole[: 35 + a], at_origin(first)[: 35 + a], atol=1e-4)
    assert len(whole) % 4 == 0


def test_a_join_without_a_match_does_jump() -> None:
    """The check above can fail: lying down is entered out of a walk."""
    first, second = walk(4.0), lie(4.0)
    whole = joined(first, second, 60, 10)
    fastest = max(np.linalg.norm(np.diff(part, axis=0), axis=-1).max() for part in (first, second))
    assert np.linalg.norm(np.diff(whole, axis=0), axis=-1).max() > 1.3 * fastest
    assert composed(clip(first, "a person walks"), clip(second, "someone rolls over", "lie"), rng_of()) is None


def test_sentences_are_joined_where_they_fit() -> None:
    rng = rng_of()
    both = {joined_text("A person walks.", "someone sits down", rng) for _ in range(50)}
    assert "A person walks, then sits down" in both and "A person walks and then sits down" in both
    doing = {joined_text("walking ahead", "sitting down", rng) for _ in range(50)}
    assert "walking ahead before sitting down" in doing
    assert joined_text("a person walks", "a salsa", rng) is None
    assert joined_text("a person walks", "someone is sitting", rng) is None
    assert joined_text("walking ahead", "a person sits", rng) is None


def test_composed_clips_name_both_actions_and_fit_the_model() -> None:
    clips = [
        clip(walk(6.0), "a person walks forward"),
        clip(walk(7.0, turning=0.5), "someone walks in a curve"),
        clip(sit(4.0), "a man sits down", "sit and stand"),
    ]
    made = composed_clips(clips, 12, seed=3)
    assert made
    assert [one.id for one in made] == [one.id for one in composed_clips(clips, 12, seed=3)]
    for one in made:
        assert 40 <= len(one.joints) <= 196 and len(one.joints) % 4 == 0
        assert any(word in one.texts[0] for word in ("then", "after"))
        assert np.abs(one.joints[0, 0, [0, 2]]).max() < 1e-5


def rng_of() -> np.random.Generator:
    return np.random.default_rng(1)
