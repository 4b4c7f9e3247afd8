# SPDX-License-Identifier: GPL-3.0-or-later
"""Fewer keys, judged by an evaluation of the Bezier curves that Blender would draw."""

from __future__ import annotations

from itertools import pairwise

import motions
import numpy as np
import pytest
from characters import mixamo
from coamd.rigs.body.rotations import (
    angle_between,
    continuous,
    matrix_from_euler,
    matrix_from_quaternion,
    normalised,
    quaternion_to_euler,
)
from coamd.rigs.detect.detection import detect
from coamd.rigs.solve.key_reduction import BoneTrack, ReducedKeys, reduce, relative_error
from coamd.rigs.solve.retarget import retarget
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays


def drawn(keys: ReducedKeys, values: np.ndarray) -> np.ndarray:
    """The curves (F, C) through the keys, by de Casteljau, with handles at a third of the way."""
    out = values[keys.frames[0]][None].repeat(len(values), axis=0)
    for i, (start, end) in enumerate(pairwise(keys.frames)):
        third = (end - start) / 3.0
        points = [
            values[start],
            values[start] + third * keys.leaving[i],
            values[end] - third * keys.arriving[i + 1],
            values[end],
        ]
        for frame in range(start, end + 1):
            t = (frame - start) / (end - start)
            line = points
            while len(line) > 1:
                line = [(1.0 - t) * a + t * b for a, b in pairwise(line)]
            out[frame] = line[0]
    return out


def wander(seed: int, frames: int = 120) -> np.ndarray:
    """Quaternions (F, 4) of a bone that turns smoothly and far."""
    steps = np.random.default_rng(seed).normal(size=(frames, 4))
    kernel = np.hanning(15)
    smooth = np.stack([np.convolve(column, kernel, mode="same") for column in steps.T], axis=1)
    return continuous(normalised(np.cumsum(0.05 * smooth, axis=0) + np.array([1.0, 0.0, 0.0, 0.0])))


def euler(rotations: np.ndarray) -> np.ndarray:
    return quaternion_to_euler(rotations, "XZY")


def turned(rotations: np.ndarray, mode: str) -> np.ndarray:
    """Matrices of the channels of a mode, in other words than the code under test uses."""
    if mode == "QUATERNION":
        return matrix_from_quaternion(normalised(rotations))
    if mode == "AXIS_ANGLE":
        axis = normalised(rotations[:, 1:])
        half = rotations[:, :1] / 2.0
        return matrix_from_quaternion(np.hstack([np.cos(half), np.sin(half) * axis]))
    return matrix_from_euler(rotations, mode)


@pytest.mark.parametrize("mode", ["QUATERNION", "XZY", "AXIS_ANGLE"])
@pytest.mark.parametrize("degrees", [0.2, 1.0, 5.0])
def test_no_rotation_is_further_off_than_the_tolerance(mode: str, degrees: float) -> None:
    for seed in range(4):
        rotations = wander(seed)
        if mode == "XZY":
            rotations = euler(rotations)
        elif mode == "AXIS_ANGLE":
            angle = np.linspace(0.0, 4.0, 120)[:, None]
            rotations = np.hstack([angle, normalised(np.hstack([np.sin(angle), np.cos(angle), 0.2 * angle]))])
        (keys,) = reduce([BoneTrack(mode, rotations, None)], angle=np.radians(degrees), length=1.0)
        away = np.degrees(angle_between(turned(drawn(keys, rotations), mode), turned(rotations, mode)))
        assert away.max() <= degrees
        assert len(keys.frames) < 0.6 * len(rotations)


@settings(max_examples=60, deadline=None)
@given(
    arrays.arrays(np.float64, st.tuples(st.integers(1, 40), st.just(3)), elements=st.floats(-5.0, 5.0)),
    st.floats(0.001, 2.0),
)
def test_no_location_is_further_off_than_the_tolerance(places: np.ndarray, length: float) -> None:
    """Whatever the numbers: at worst every frame is keyed."""
    (keys,) = reduce([BoneTrack("QUATERNION", None, places)], angle=1.0, length=length)
    assert keys.frames[0] == 0
    assert keys.frames[-1] == len(places) - 1
    assert np.linalg.norm(drawn(keys, places) - places, axis=1).max() <= length


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.1, 10.0), st.floats(0.002, 0.1), st.floats(0.0, 0.2))
def test_a_bone_that_turns_and_moves_keeps_both(seed: int, degrees: float, length: float, noise: float) -> None:
    rng = np.random.default_rng(seed)
    rotations = continuous(normalised(wander(seed, 60) + rng.normal(scale=noise, size=(60, 4))))
    places = np.cumsum(rng.normal(scale=0.02, size=(60, 3)), axis=0)
    (keys,) = reduce([BoneTrack("QUATERNION", rotations, places)], angle=np.radians(degrees), length=length)
    made = drawn(keys, np.hstack([rotations, places]))
    away = np.degrees(angle_between(turned(made[:, :4], "QUATERNION"), turned(rotations, "QUATERNION")))
    assert away.max() <= degrees
    assert np.linalg.norm(made[:, 4:] - places, axis=1).max() <= length


def test_what_stands_still_has_two_keys_and_a_cubic_has_two_as_well() -> None:
    t = np.linspace(0.0, 1.0, 50)[:, None]
    still, cubic = np.zeros((50, 3)), np.hstack([t**3 - t, 2.0 * t * t, 1.0 - t])
    for places in (still, cubic):
        (keys,) = reduce([BoneTrack("XYZ", None, places)], angle=0.01, length=0.001)
        assert keys.frames.tolist() == [0, 49]


def test_bones_do_not_depend_on_each_other() -> None:
    tracks = [BoneTrack("QUATERNION", wander(seed), None) for seed in range(5)]
    together = reduce(tracks, angle=0.02, length=1.0)
    for track, keys in zip(tracks, together, strict=True):
        (alone,) = reduce([track], angle=0.02, length=1.0)
        assert np.array_equal(alone.frames, keys.frames)
        assert np.allclose(alone.leaving, keys.leaving)


def test_a_bone_that_may_use_a_quarter_of_the_tolerance_does_so() -> None:
    rotations = wander(2)
    for share in (1.0, 0.25):
        (keys,) = reduce([BoneTrack("QUATERNION", rotations, None, share)], angle=np.radians(2.0), length=1.0)
        away = np.degrees(
            angle_between(turned(drawn(keys, rotations), "QUATERNION"), matrix_from_quaternion(rotations))
        )
        assert 0.5 * share < away.max() <= 2.0 * share


def test_a_walk_needs_a_quarter_of_its_keys() -> None:
    rig = mixamo()
    curves = retarget(motions.walk(6.0), rig, detect(rig), fps=24.0)
    tracks = [BoneTrack("QUATERNION", curve.rotations, curve.locations) for curve in curves]
    keys = reduce(tracks, angle=np.radians(1.0), length=0.005)
    assert sum(len(key.frames) for key in keys) < 0.25 * len(tracks) * len(curves[0].rotations)


def test_curves_that_are_too_far_off_are_seen() -> None:
    """The measure itself: a turn of two degrees is twice one degree, and 3 cm are three times 1 cm."""
    still = np.array([[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
    half = np.radians(1.0)
    turn = np.array([[np.cos(half), np.sin(half), 0.0, 0.0, 0.0, 0.0, 0.0]])
    move = still + np.array([0.0, 0.0, 0.0, 0.0, 0.03, 0.0, 0.0])
    assert np.isclose(relative_error(2.0 * turn, still, "QUATERNION", np.radians(1.0), 0.01)[0], 2.0)
    assert np.isclose(relative_error(move, still, "QUATERNION", np.radians(1.0), 0.01)[0], 3.0)
