# SPDX-License-Identifier: GPL-3.0-or-later
"""A drifting floor is taken out of a motion; jumps, climbing and good motion stay."""

from __future__ import annotations

import numpy as np
import pytest
from coamd.backend.lab.evaluation.physics import airborne
from coamd.backend.motion.floor_levelling import BAND, WINDOW, levelled, stands_on_something
from coamd.rigs.body.canonical import canonical

from tests.motions import sit, still, walk


def clip(seconds: float = 6.0) -> np.ndarray:
    return canonical(walk(seconds), 20.0).astype(np.float64)


def lifted(joints: np.ndarray, heights: np.ndarray) -> np.ndarray:
    return joints + heights[:, None, None] * np.array([0.0, 1.0, 0.0])


@pytest.mark.parametrize("good", [clip(), canonical(still(4.0), 20.0), canonical(sit(4.0), 20.0)])
def test_motion_on_the_floor_stays_to_two_centimetres(good: np.ndarray) -> None:
    assert np.abs(levelled(good) - good).max() < 0.02


def test_a_slow_drift_is_taken_off_and_nothing_else_changes() -> None:
    good = clip()
    drifting = lifted(good, 0.15 * np.sin(np.linspace(0, np.pi, len(good))) ** 2)
    level = levelled(drifting)
    assert drifting[..., 1].min(axis=1).max() > 0.14
    assert level[..., 1].min(axis=1).max() < BAND + 0.04
    shift = level - drifting
    assert np.abs(shift[..., [0, 2]]).max() == 0.0
    assert np.abs(shift - shift[:, :1]).max() < 1e-12  # the figure moves as one
    assert np.abs(np.diff(shift[:, 0, 1], n=2)).max() < 0.004  # and smoothly


def test_a_jump_stays_as_high_as_it_is() -> None:
    good = clip()
    height = np.zeros(len(good))
    height[50:62] = 0.4 * np.sin(np.linspace(0, np.pi, 12))
    jump = lifted(good, height)
    assert np.abs(levelled(jump) - levelled(good) - (jump - good)).max() < 0.03


def test_who_stands_on_something_stays_up_there() -> None:
    good = clip()
    stool = lifted(good, np.where(np.arange(len(good)) > 60, 0.45, 0.0))
    moved = np.abs(levelled(stool) - stool)[..., 1]
    assert moved[75:].max() < 1e-9
    assert moved[:45].max() < 0.02


def test_who_is_not_to_stand_on_anything_comes_down() -> None:
    good = clip()
    stool = lifted(good, np.where(np.arange(len(good)) > 60, 0.45, 0.0))
    assert stands_on_something(stool)
    assert not stands_on_something(good)
    assert airborne(stool) > 2.0
    down = levelled(stool, raised=False)
    assert airborne(down) <= WINDOW / 20.0  # as long as a jump where the stool begins
    assert not stands_on_something(down)
    assert np.abs(levelled(good, raised=False) - levelled(good)).max() == 0.0


@pytest.mark.parametrize("frames", [1, 2, 5])
def test_a_clip_of_a_few_frames_can_be_levelled(frames: int) -> None:
    short = levelled(clip()[:frames])
    assert short.shape == (frames, 22, 3)
    assert np.isfinite(short).all()
