# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth curves and steps."""

from __future__ import annotations

import numpy as np


def smoothstep(t: np.ndarray) -> np.ndarray:
    """From 0 at t <= 0 to 1 at t >= 1, level at both ends."""
    t = np.clip(t, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def blur(values: np.ndarray, width: float) -> np.ndarray:
    """Gaussian mean over time of (F, ...), ``width`` in frames; beyond the ends the first and last frames go on."""
    reach = min(int(3.0 * width) + 1, len(values))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    kernel /= kernel.sum()
    flat = values.reshape(len(values), -1)
    padded = np.concatenate([flat[:1].repeat(reach, 0), flat, flat[-1:].repeat(reach, 0)])
    out = np.stack([np.convolve(column, kernel, mode="valid") for column in padded.T], axis=-1)
    return out.reshape(values.shape)


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
