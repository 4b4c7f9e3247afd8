# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a figure goes whose end is free: as its feet push, from the border on.

A generator of absolute coordinates knows jumps and gestures that happen near where a clip begins. Asked for one after
two metres of walking it lets the figure glide back. The limbs are right all the same, so where nothing that follows
says otherwise the way over the ground is taken from the feet. Of 37 captured walks that were made to glide by 1 m/s,
the median is back within 0.15 m/s; walks that do not glide change by 0.06.
"""

from __future__ import annotations

import numpy as np

from ...rigs.body.contacts import spans
from ...rigs.body.skeleton import FPS
from ...rigs.body.smoothing import smoothed
from ..motion.finishing import FEET, STANDING, UPRIGHT

HEIGHT, SPEED = 0.01, 0.7  # metres and metres per second at which a foot counts half as much for being high or quick
AIR = (0.05, 0.10)  # metres between the lowest foot and the floor at which a figure leaves the ground
DRIFT = 2.0  # frames; deviation of the Gaussian over the path that gives its speed in the air


def walked(joints: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Joints (F, 22, 3); those behind the last and before the first ``known`` frame (F,) go where their feet do."""
    out = joints.copy()
    ends = [(start, end) for start, end in spans(~known) if (start == 0) != (end == len(known))]
    if not ends or len(joints) < 4:
        return out
    path = joints[:, 0, [0, 2]]
    way = np.concatenate([path[:1], path[:1] + np.cumsum(steps(joints), axis=0)])
    for start, end in ends:
        border = end if start == 0 else start - 1
        shift = (way - path)[start:end] - (way - path)[border]
        out[start:end, :, ::2] += shift[:, None]
    return out


def steps(joints: np.ndarray) -> np.ndarray:
    """Steps (F - 1, 2) of the pelvis over the ground, x and z, with which the foot that carries stays where it is.

    The lower foot carries; of two that are equally low the one that the path moves less. In the air, and where a figure
    does not stand on its feet, the path's own speed goes on.
    """
    ground = joints[..., [0, 2]]
    relative = np.diff(ground[:, FEET] - ground[:, :1], axis=0)  # (F - 1, 4, 2)
    drift = np.diff(smoothed(ground[:, 0], DRIFT), axis=0)
    heights = np.maximum(joints[1:, FEET, 1], joints[:-1, FEET, 1]) - STANDING
    lowest = heights.min(axis=1, keepdims=True)
    speed = np.linalg.norm(relative + drift[:, None], axis=-1) * FPS
    cost = (heights - lowest) / HEIGHT + (speed / SPEED) ** 2
    weights = np.exp(cost.min(axis=1, keepdims=True) - cost)
    step = -(weights[..., None] * relative).sum(axis=1) / weights.sum(axis=1, keepdims=True)
    stands = 1 - np.clip((lowest[:, 0] - AIR[0]) / (AIR[1] - AIR[0]), 0, 1)
    stands = stands * np.clip((joints[1:, 0, 1] - UPRIGHT[0]) / (UPRIGHT[1] - UPRIGHT[0]), 0, 1)
    return stands[:, None] * step + (1 - stands[:, None]) * drift
