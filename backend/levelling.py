# SPDX-License-Identifier: GPL-3.0-or-later
"""One height for the floor throughout a motion: heights that a generator makes drift by centimetres within seconds."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

WINDOW = 21  # frames; nobody jumps for longer than this second
BAND = 0.03  # metres; a lowest joint between the floor and this may well stand on it
DRIFT, STEP = 0.2, 0.3  # metres: up to the one it is drift, from the other on the figure stands on something


def levelled(joints: np.ndarray) -> np.ndarray:
    """Motion (F, 22, 3), metres, Y up, floor near 0, without the slow rise and fall of its lowest joint.

    The height at which the figure stands is the lowest joint's, with everything shorter than ``WINDOW`` that rises out
    of it taken off (a morphological opening: jumps and leaps stay as high as they are), smoothed. What it leaves the
    ``BAND`` above the floor by is taken off every joint. Whoever climbs on something stays up there.
    """
    reach = WINDOW // 2
    lowest = joints[..., 1].min(axis=1).astype(np.float64)  # (F,)
    floor = _windows(_windows(lowest, reach).min(axis=1), reach).max(axis=1)
    floor = _windows(_windows(floor, reach // 2).mean(axis=1), reach // 2).mean(axis=1)
    drift = floor - np.clip(floor, 0.0, BAND)
    drift *= np.clip((STEP - floor) / (STEP - DRIFT), 0.0, 1.0)
    result = joints.astype(np.float64)
    result[..., 1] -= drift[:, None]
    return result


def _windows(values: np.ndarray, reach: int) -> np.ndarray:
    """The values (F,) around each place, ends held -> (F, 2 reach + 1)."""
    return sliding_window_view(np.pad(values, reach, mode="edge"), 2 * reach + 1)
