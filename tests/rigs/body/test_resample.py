# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing the frame rate."""

from __future__ import annotations

import motions
import numpy as np
import pytest
from coamd.rigs.body.resample import resample


@pytest.mark.parametrize(
    ("rate", "frames"), [(20.0, 80), (24.0, 95), (30.0, 119), (60.0, 238), (10.0, 40), (23.976, 95)]
)
def test_the_clip_keeps_its_length_in_seconds(rate: float, frames: int) -> None:
    assert len(resample(motions.walk(4.0), 20.0, rate)) == frames


def test_whole_multiples_keep_the_frames_themselves() -> None:
    clip = motions.walk(2.0)
    assert np.allclose(resample(clip, 20.0, 60.0)[::3], clip)
    assert np.allclose(resample(clip, 20.0, 10.0), clip[::2])


def test_between_frames_it_is_near_the_motion_itself() -> None:
    t = np.arange(0.0, 4.0, 0.05)
    wave = np.sin(4.0 * t)[:, None, None] * np.ones((1, 22, 3))
    fine = resample(wave, 20.0, 100.0)[:, 0, 0]
    at = np.arange(len(fine)) / 100.0
    inner = (at > 0.1) & (at < 3.8)
    assert np.abs(fine - np.sin(4.0 * at))[inner].max() < 1e-3


def test_a_single_frame_stays() -> None:
    clip = motions.still(1.0)[:1]
    assert np.allclose(resample(clip, 20.0, 30.0), clip)
