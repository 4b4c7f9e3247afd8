# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth curves over time."""

from __future__ import annotations

import numpy as np


def smoothed(values: np.ndarray, deviation: float) -> np.ndarray:
    """Gaussian over the first axis (F, ...); beyond its ends a curve is taken to go on as its own point reflection.

    The reflection keeps value and slope at both ends, so that a walk does not slow down there.
    """
    reach = min(int(np.ceil(4 * deviation)), len(values) - 1)
    if reach < 1:
        return values.copy()
    before = 2 * values[:1] - values[reach:0:-1]
    after = 2 * values[-1:] - values[-2 : -reach - 2 : -1]
    padded = np.concatenate([before, values, after])
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    result: np.ndarray = windows @ (kernel / kernel.sum())
    return result
