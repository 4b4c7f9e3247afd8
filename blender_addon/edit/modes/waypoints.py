# SPDX-License-Identifier: GPL-3.0-or-later
"""The body's path over its waypoints, smooth between them."""

from __future__ import annotations

import numpy as np


def path_through(frames: np.ndarray, places: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Places (M, 2) on the ground at frames ``at`` (M,), through ``places`` (K, 2) at ascending ``frames`` (K,).

    Cubic between them, each passed at the mean speed from the one before to the one behind it. Where two in a row are
    equal the body stays there, and nowhere does the path overshoot (Fritsch and Carlson).
    """
    if len(frames) < 2:
        return np.repeat(places, len(at), axis=0)
    steps = np.diff(frames)[:, None]
    slopes = np.diff(places, axis=0) / steps  # (K - 1, 2)
    speeds = np.zeros_like(places)
    inner = (slopes[:-1] * steps[1:] + slopes[1:] * steps[:-1]) / (steps[:-1] + steps[1:])
    least = np.minimum(np.abs(slopes[:-1]), np.abs(slopes[1:]))
    speeds[1:-1] = np.where(
        slopes[:-1] * slopes[1:] > 0.0, np.sign(inner) * np.minimum(np.abs(inner), 3.0 * least), 0.0
    )
    speeds[0], speeds[-1] = slopes[0], slopes[-1]
    k = np.clip(np.searchsorted(frames, at, side="right") - 1, 0, len(frames) - 2)
    t = np.clip((at - frames[k]) / (frames[k + 1] - frames[k]), 0.0, 1.0)[:, None]
    length, rest = steps[k], 1.0 - t
    ends = places[k] * (1.0 + 2.0 * t) * rest**2 + places[k + 1] * (3.0 - 2.0 * t) * t**2
    return ends + length * t * rest * (speeds[k] * rest - speeds[k + 1] * t)
