# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of a motion over time, settled so that given poses are exact and borders are met in pose and speed.

``anchors`` are the frames whose pose is given: it is that of the frame that stands with them, usually the same. Where
that is so for the first or last frame, what is outside goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from .rotations import angle_between, continuous, matrix_from_quaternion, quaternion_from_matrix, slerp, transpose

# What is left of a difference at a pose that stays is taken out over this time on both sides of it. A body changes its
# mind in about half a second; faster shows as a jerk, slower drags a pose into frames that have nothing to do with it.
FADE = 0.4  # seconds
# So long the old motion hands over to the new one at a border, so that speeds meet too: of a motion that meets the old
# one in pose and speed this changes next to nothing, as its difference there grows with the square of time.
HANDOVER = 0.2  # seconds
# A loop whose end faces within this of its start is meant to go straight on.
STRAIGHT = np.radians(10.0)
ONE = np.array([1.0, 0.0, 0.0, 0.0])


def handover(frames: int, anchors: Mapping[int, int], fps: float) -> np.ndarray:
    """How much of a change counts in each frame (F,): from 0 at a border beyond which something goes on, to 1."""
    away = np.full(frames, np.inf)
    if anchors.get(0) == 0:
        away = np.minimum(away, np.arange(frames))
    if anchors.get(frames - 1) == frames - 1:
        away = np.minimum(away, np.arange(frames)[::-1])
    t = np.clip(away / max(min(HANDOVER * fps, frames / 4.0), 1.0), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def settled_turn(
    turn: np.ndarray, anchors: Mapping[int, int], fps: float, rotations: np.ndarray, yaw: float
) -> np.ndarray:
    """The turns (F, 4) of one bone with its given poses exact; what is too much there fades out on both sides.

    Args:
        rotations: (F, 3, 3) how the bone was turned against its parent before.
        yaw: by how much the end of the motion faces another way than its start, for the bone that carries it all.
    """
    if not anchors:
        return turn
    matrices = matrix_from_quaternion(turn)
    too_much = {}
    for frame, like in anchors.items():
        wanted = np.eye(3)
        if like != frame:  # a loop: as at its start, but facing where the end of the motion faces
            wanted = transpose(rotations[frame]) @ rotations[like]
            if abs((yaw + np.pi) % (2.0 * np.pi) - np.pi) > STRAIGHT:
                wanted = matrices[frame]
        too_much[frame] = wanted.T @ matrices[frame]
    share = shares(len(turn), tuple(anchors), fps)
    out = matrices
    for frame, weights in share.items():
        if angle_between(too_much[frame], np.eye(3)) > 0.0:
            undo = quaternion_from_matrix(too_much[frame].T)
            undo = slerp(np.broadcast_to(ONE, (len(turn), 4)), np.broadcast_to(undo, (len(turn), 4)), weights)
            out = out @ matrix_from_quaternion(undo)
    out = continuous(quaternion_from_matrix(out))
    for frame, like in anchors.items():
        if like == frame:
            out[frame] = ONE * np.sign(out[frame, 0])
    return out if out[0, 0] >= 0.0 else -out


def shares(frames: int, anchors: Iterable[int], fps: float) -> dict[int, np.ndarray]:
    """For each anchor the weights (F,): 1 in its frame, 0 from ``FADE`` or half of the way to the next anchor on.

    The fall is t² (3 - 2 t), whose speed is zero at both ends, so that speeds at the anchors stay as they are.
    """
    out = {}
    ordered = sorted(anchors)
    for k, frame in enumerate(ordered):
        away = np.arange(frames) - frame
        weights = np.zeros(frames)
        for side, other in ((-1, ordered[k - 1] if k else None), (1, ordered[k + 1] if k + 1 < len(ordered) else None)):
            length = max(FADE * fps, 1.0)
            if other is not None:
                length = min(length, abs(other - frame) / 2.0)
            t = np.clip(1.0 - side * away / length, 0.0, 1.0)
            weights = np.where(away * side >= 0, t * t * (3.0 - 2.0 * t), weights)
        out[frame] = weights
    return out
