# SPDX-License-Identifier: GPL-3.0-or-later
"""Waves laid over recorded clips: one arm moves, nothing else does, and the words say which."""

from __future__ import annotations

import dataclasses

import numpy as np
from coamd.backend.lab.training.augmentation.gestures import Wave, chest_frame, waved, waving_clip, waving_clips
from coamd.backend.training.data import Clip
from coamd.rigs.body.canonical import turned
from coamd.rigs.body.skeleton import BONE_LENGTHS, FPS, INDEX
from hypothesis import given
from hypothesis import strategies as st

from tests.motions import walk

WAVE = Wave("right", -1.0, 0.2, 0.3, 0.5, 1.5, 0.0)
MOVED = [INDEX["right_elbow"], INDEX["right_wrist"]]


def test_only_one_arm_moves_and_no_bone_is_stretched() -> None:
    clip = walk(4.0)
    result = waved(clip, WAVE)
    kept = [j for j in range(22) if j not in MOVED]
    np.testing.assert_array_equal(result[:, kept], clip[:, kept])
    for joint, parent in (("right_elbow", "right_shoulder"), ("right_wrist", "right_elbow")):
        length = np.linalg.norm(result[:, INDEX[joint]] - result[:, INDEX[parent]], axis=1)
        np.testing.assert_allclose(length, BONE_LENGTHS[INDEX[joint]])


def test_the_hand_is_up_and_swings_at_the_given_rate() -> None:
    clip = walk(8.0)
    result = waved(clip, WAVE)
    hand = result[:, INDEX["right_wrist"]] - result[:, INDEX["right_elbow"]]
    sideways = np.einsum("fi,fij->fj", hand, chest_frame(clip))[:, 0]
    assert (result[:, INDEX["right_wrist"], 1] > result[:, INDEX["right_shoulder"], 1]).all()
    spectrum = np.abs(np.fft.rfft(sideways - sideways.mean()))
    assert abs(np.fft.rfftfreq(len(sideways), 1 / FPS)[spectrum.argmax()] - 1.5) < 0.15


def test_before_its_start_a_wave_has_not_begun() -> None:
    clip = walk(4.0)
    late = waved(clip, dataclasses.replace(WAVE, start=2.0))
    np.testing.assert_allclose(late[:40], clip[:40], atol=1e-6)
    assert np.linalg.norm(late[60:, MOVED] - clip[60:, MOVED], axis=-1).mean() > 0.1
    # no jump on the way up: faster than the walk, slower than a punch
    assert np.linalg.norm(np.diff(late[:, MOVED], axis=0), axis=-1).max() < 0.25


@given(st.floats(-np.pi, np.pi))
def test_the_wave_goes_with_the_body(angle: float) -> None:
    clip = walk(2.0)
    np.testing.assert_allclose(waved(turned(clip, angle), WAVE), turned(waved(clip, WAVE), angle), atol=1e-9)


def test_the_words_name_the_arm() -> None:
    clip = Clip("c", "train", walk(4.0).astype(np.float32), ("a person walks",) * 8, ("walk",), "walk")
    for seed in range(8):
        made = waving_clip(clip, np.random.default_rng(seed))
        moved = np.linalg.norm(made.joints - clip.joints, axis=-1).mean(axis=0)
        side = "left" if moved[INDEX["left_wrist"]] > moved[INDEX["right_wrist"]] else "right"
        named = {word for text in made.texts for word in ("left", "right") if word in text}
        assert named <= {side}
        assert all("wav" in text for text in made.texts)
        assert "wave" in made.labels


def test_clips_whose_arms_are_busy_are_left_alone() -> None:
    clip = Clip("c", "train", walk(4.0).astype(np.float32), ("a person climbs",), ("climb",), "playground climbing")
    assert waving_clips([clip] * 9, 1) == []
