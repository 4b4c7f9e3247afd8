# SPDX-License-Identifier: GPL-3.0-or-later
"""One height for the floor throughout a motion: heights that a generator makes drift by centimetres within seconds."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

WINDOW = 17  # frames; who is in the air for 0.85 s has jumped 0.89 m high (g t^2 / 8), which hardly anybody does
BAND = 0.03  # metres; a lowest joint between the floor and this may well stand on it
DRIFT, STEP = 0.2, 0.3  # metres: up to the one it is drift, from the other on the figure stands on something


def levelled(joints: np.ndarray, *, raised: bool = True, band: float = BAND) -> np.ndarray:
    """Motion (F, 22, 3), metres, Y up, floor near 0, without the slow rise and fall of its lowest joint.

    What ``standing_height`` leaves the ``band`` above the floor by is taken off every joint. Whoever climbs on
    something stays up there, unless nothing of the kind is meant: not ``raised``.
    """
    floor = standing_height(joints)
    drift = floor - np.clip(floor, 0.0, band)
    if raised:
        drift *= np.clip((STEP - floor) / (STEP - DRIFT), 0.0, 1.0)
    result = joints.astype(np.float64)
    result[..., 1] -= drift[:, None]
    return result


def stands_on_something(joints: np.ndarray) -> bool:
    """Whether the figure (F, 22, 3), floor at 0, is once higher up for longer than it could jump."""
    return bool(standing_height(joints).max() > DRIFT)


def standing_height(joints: np.ndarray) -> np.ndarray:
    """The height (F,) in metres at which a figure (F, 22, 3) stands, over time.

    The lowest joint's, with everything shorter than ``WINDOW`` that rises out of it taken off (a morphological opening:
    jumps and leaps stay as high as they are), smoothed.
    """
    reach = WINDOW // 2
    lowest = joints[..., 1].min(axis=1).astype(np.float64)  # (F,)
    floor = _windows(_windows(lowest, reach).min(axis=1), reach).max(axis=1)
    smooth: np.ndarray = _windows(_windows(floor, reach // 2).mean(axis=1), reach // 2).mean(axis=1)
    return smooth


def _windows(values: np.ndarray, reach: int) -> np.ndarray:
    """The values (F,) around each place, ends held -> (F, 2 reach + 1)."""
    return sliding_window_view(np.pad(values, reach, mode="edge"), 2 * reach + 1)
