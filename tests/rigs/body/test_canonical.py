# SPDX-License-Identifier: GPL-3.0-or-later
"""The canonical form: bone lengths, floor, heading, handedness, and a mirror that is its own inverse."""

from __future__ import annotations

import numpy as np
from coamd.rigs.body.canonical import at_origin, canonical, facing, floor_height, mirrored, to_skeleton, turned
from coamd.rigs.body.resample import resample
from coamd.rigs.body.skeleton import BONE_LENGTHS, FPS, INDEX, PARENTS
from hypothesis import given
from hypothesis import strategies as st

from tests.motions import walk

ANGLES = st.floats(-np.pi, np.pi)


def bone_lengths(joints: np.ndarray) -> np.ndarray:
    return np.linalg.norm(joints[:, 1:] - joints[:, list(PARENTS[1:])], axis=-1)


@given(st.floats(0.5, 2.0))
def test_any_size_of_the_same_walk_becomes_the_same_clip(size: float) -> None:
    clip = walk()
    np.testing.assert_allclose(canonical(clip * size, FPS), canonical(clip, FPS), atol=1e-5)


def test_bone_lengths_are_those_of_the_skeleton() -> None:
    stretched = walk() * np.array([1.1, 1.0, 0.9])
    np.testing.assert_allclose(bone_lengths(to_skeleton(stretched)), np.tile(BONE_LENGTHS[1:], (len(stretched), 1)))


def test_the_first_frame_is_over_the_origin_facing_z_with_the_left_at_x() -> None:
    start = at_origin(turned(walk() + np.array([3.0, 0.0, -2.0]), 2.0))[0]
    np.testing.assert_allclose(start[0, [0, 2]], 0, atol=1e-9)
    assert abs(facing(start[None])[0]) < 1e-9
    assert start[INDEX["left_hip"], 0] > 0 > start[INDEX["right_hip"], 0]
    assert start[INDEX["left_foot"], 2] > start[INDEX["left_ankle"], 2]  # toes point forward: right-handed axes


@given(ANGLES)
def test_turning_left_is_a_positive_angle(angle: float) -> None:
    before, after = facing(walk()[:1])[0], facing(turned(walk()[:1], angle))[0]
    assert abs(np.angle(np.exp(1j * (after - before - angle)))) < 1e-6


def test_left_turn_goes_from_plus_z_to_plus_x() -> None:
    np.testing.assert_allclose(turned(np.array([0.0, 0.0, 1.0]), np.pi / 2), [1.0, 0.0, 0.0], atol=1e-12)


def test_a_mirror_image_swaps_sides_and_twice_is_nothing() -> None:
    clip = walk()
    image = mirrored(clip)
    np.testing.assert_array_equal(mirrored(image), clip)
    np.testing.assert_allclose(image[:, INDEX["left_knee"]], clip[:, INDEX["right_knee"]] * [-1, 1, 1])
    assert abs(abs(facing(image)[0]) - abs(facing(clip)[0])) < 1e-9


def test_one_toe_through_the_floor_does_not_lift_the_whole_clip() -> None:
    clip = walk()
    floor = floor_height(clip)
    clip[7, INDEX["left_foot"], 1] -= 0.5
    assert abs(floor_height(clip) - floor) < 0.01


@given(st.sampled_from([12.0, 24.0, 30.0, 60.0, 120.0]))
def test_resampling_follows_a_smooth_curve_and_keeps_its_seconds(fps: float) -> None:
    t = np.arange(0, 3, 1 / fps)
    wave = np.sin(2 * np.pi * 0.8 * t)[:, None]
    sampled = resample(wave, fps, FPS)
    at = np.arange(len(sampled)) / FPS
    assert at[-1] <= t[-1] + 1e-9 < at[-1] + 1 / FPS + 1e-9
    np.testing.assert_allclose(sampled[2:-2, 0], np.sin(2 * np.pi * 0.8 * at)[2:-2], atol=0.02)
