# SPDX-License-Identifier: GPL-3.0-or-later
"""Gaits on the spot, as games and treadmills have them: the feet that carry say how fast the ground would go by."""

from __future__ import annotations

import numpy as np

from ...rigs.body.skeleton import FPS, INDEX

TOES = [INDEX["left_foot"], INDEX["right_foot"]]
LOW = 0.03  # metres above the lowest place of its toes, where a foot carries
SLIDES = 0.35  # m/s; feet that carry and are slower belong to somebody who stands, steps or slips
STAYS = 0.35  # share of the ground's speed that the hips have at most, over the whole take
ALIKE = 0.35  # share of the ground's speed by which the two feet may differ
CARRIES = 0.25  # share of the frames in which each foot is low, at least
SHORTEST = 10  # frames of a take that can say so


def ground_velocity(joints: np.ndarray) -> np.ndarray:
    """How the ground goes by (2,) along x and z, m/s, under a take (F, 22, 3) in metres at 20 fps; zero nearly always.

    Not zero where both feet, each whenever it is low, slide the same way at the same speed, and the hips stay.
    """
    still = np.zeros(2)
    if len(joints) < SHORTEST:
        return still
    toes = joints[:, TOES]  # (F, 2, 3)
    velocity = np.gradient(toes[..., [0, 2]], axis=0) * FPS  # (F, 2, 2)
    low = toes[..., 1] < np.quantile(toes[..., 1], 0.02, axis=0) + LOW  # (F, 2)
    if low.mean(axis=0).min() < CARRIES:
        return still
    feet = np.stack([np.median(velocity[low[:, side], side], axis=0) for side in (0, 1)])  # (side, 2)
    ground: np.ndarray = feet.mean(axis=0)
    speed = float(np.linalg.norm(ground))
    hips = joints[-1, 0, [0, 2]] - joints[0, 0, [0, 2]]
    travelled = float(np.linalg.norm(hips)) * FPS / (len(joints) - 1)
    alike = float(np.linalg.norm(feet[0] - feet[1])) < ALIKE * speed
    return ground if speed > SLIDES and alike and travelled < STAYS * speed else still


def over_ground(joints: np.ndarray) -> np.ndarray:
    """The take (F, 22, 3) over ground that stays: a gait on the spot travels, all else is as it was."""
    ground = ground_velocity(joints)
    if not ground.any():
        return joints
    seconds = np.arange(len(joints), dtype=joints.dtype) / FPS
    travel = np.zeros((len(joints), 1, 3), dtype=joints.dtype)
    travel[:, 0, [0, 2]] = -seconds[:, None] * ground
    return joints + travel
