# SPDX-License-Identifier: GPL-3.0-or-later
"""A second of walking, repeated: no seam, and the way and heading of the recording go on."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.training.augmentation.cycles import cycle, repeated, repeated_clip
from coamd.backend.training.data import Clip
from coamd.rigs.body.canonical import facing
from coamd.rigs.body.skeleton import BONE_LENGTHS, FPS, PARENTS

from tests.motions import still, walk


def short(group: str = "walk", texts: tuple[str, ...] = ("a person walks",), turning: float = 0.0) -> Clip:
    return Clip("w", "train", walk(1.8, turning=turning).astype(np.float32), texts, ("walk",), group)


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_no_step_between_frames_is_greater_than_in_the_recording() -> None:
    joints = walk(1.8)
    found = cycle(joints)
    assert found is not None
    long = repeated(joints, *found, 140)
    assert len(long) == 140
    before, after = (np.linalg.norm(np.diff(part, axis=0), axis=-1).max() for part in (joints, long))
    assert after < 1.3 * before
    joints[found[1]] += 0.3  # sabotage: a recording with a jump in it keeps its jump
    assert np.linalg.norm(np.diff(repeated(joints, *found, 140), axis=0), axis=-1).max() > 1.3 * before


def test_it_goes_on_as_far_and_as_straight_as_the_recording() -> None:
    clip = repeated_clip(short(), rng())
    assert clip is not None
    way = clip.joints[-1, 0] - clip.joints[0, 0]
    speed = np.linalg.norm(way[[0, 2]]) / len(clip.joints) * FPS
    recorded = short().joints
    ahead = np.linalg.norm((recorded[-1, 0] - recorded[0, 0])[[0, 2]]) / len(recorded) * FPS
    assert speed == pytest.approx(ahead, rel=0.12)
    assert abs(way[0]) < 0.1 * way[2]
    lengths = np.linalg.norm(clip.joints[:, 1:] - clip.joints[:, list(PARENTS[1:])], axis=-1)
    np.testing.assert_allclose(lengths, np.tile(BONE_LENGTHS[1:], (len(lengths), 1)), atol=1e-4)


def test_a_walk_in_a_circle_stays_on_it() -> None:
    clip = repeated_clip(short(turning=0.6, texts=("a person walks in a circle",)), rng())
    assert clip is not None
    turn = np.unwrap(facing(clip.joints))
    assert (turn[-1] - turn[0]) / len(turn) * FPS == pytest.approx(0.6, rel=0.2)


def test_the_sway_of_one_cycle_does_not_become_a_circle() -> None:
    """A walk that turns a little in the second that was recorded, and of which nobody says so, goes straight on."""
    clip = repeated_clip(short(turning=0.1), rng())
    assert clip is not None
    turn = np.unwrap(facing(clip.joints))
    assert np.abs(turn - turn[0]).max() < 0.25
    assert np.abs(np.diff(turn)).max() < 2 * np.abs(np.diff(np.unwrap(facing(short(turning=0.1).joints)))).max()


@pytest.mark.parametrize(
    "clip",
    [
        short(texts=("a person walks and stops", "a person turns around")),
        short(group="dance"),
        Clip("s", "train", walk(0.6).astype(np.float32), ("a person walks",), (), "walk"),
    ],
)
def test_what_changes_on_the_way_or_is_no_gait_or_too_short_is_left_out(clip: Clip) -> None:
    assert repeated_clip(clip, rng()) is None


def test_without_two_poses_that_match_there_is_no_cycle() -> None:
    falling = still(1.8)
    falling += np.linspace(0.0, 30.0, len(falling))[:, None, None] ** 2 * np.array([0.0, 0.01, 0.0])
    assert cycle(falling) is None
