# SPDX-License-Identifier: GPL-3.0-or-later
"""Blends the changes of a motion over time, so that anchored poses are exact and borders match in pose and speed.

``anchors`` maps frames whose pose is given to the frame that has this pose, usually the same. If the first or last
frame is its own anchor, the motion continues outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from ..body.rotations import angle_between, continuous, matrix_from_quaternion, quaternion_from_matrix, slerp, transpose
from ..body.smoothing import smoothstep

# The remaining difference at an anchored pose fades out over this time on both sides of it. A body changes its course
# in about half a second; a faster fade shows as a jerk, a slower one affects unrelated frames.
FADE = 0.4  # seconds
# Duration of the blend from the old motion to the new one at a border, so that speeds match too. A motion that already
# matches in pose and speed hardly changes, as its difference grows with the square of time.
HANDOVER = 0.2  # seconds
# A loop whose end faces within this angle of its start is meant to go straight.
STRAIGHT = np.radians(10.0)
IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])


def handover(frames: int, anchors: Mapping[int, int], fps: float) -> np.ndarray:
    """The weight (F,) of a change in each frame: from 0 at a border beyond which the motion continues, to 1."""
    away = np.full(frames, np.inf)
    if anchors.get(0) == 0:
        away = np.minimum(away, np.arange(frames))
    if anchors.get(frames - 1) == frames - 1:
        away = np.minimum(away, np.arange(frames)[::-1])
    return smoothstep(away / max(min(HANDOVER * fps, frames / 4.0), 1.0))


def anchored_turn(
    turn: np.ndarray, anchors: Mapping[int, int], fps: float, rotations: np.ndarray, yaw: float
) -> np.ndarray:
    """The turns (F, 4) of one bone with its anchored poses exact; the difference there fades out on both sides.

    Args:
        rotations: (F, 3, 3) how the bone was turned against its parent before.
        yaw: difference in heading between end and start, for the bone that carries the body.
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
    share = anchor_weights(len(turn), tuple(anchors), fps)
    out = matrices
    for frame, weights in share.items():
        if angle_between(too_much[frame], np.eye(3)) > 0.0:
            undo = quaternion_from_matrix(too_much[frame].T)
            undo = slerp(np.broadcast_to(IDENTITY, (len(turn), 4)), np.broadcast_to(undo, (len(turn), 4)), weights)
            out = out @ matrix_from_quaternion(undo)
    out = continuous(quaternion_from_matrix(out))
    for frame, like in anchors.items():
        if like == frame:
            out[frame] = IDENTITY * np.sign(out[frame, 0])
    return out if out[0, 0] >= 0.0 else -out


def anchor_weights(frames: int, anchors: Iterable[int], fps: float) -> dict[int, np.ndarray]:
    """For each anchor the weights (F,): 1 in its frame, 0 beyond ``FADE`` or half the distance to the next anchor.

    They follow t² (3 - 2 t), whose slope is zero at both ends, so that speeds at the anchors do not change.
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
            weights = np.where(away * side >= 0, smoothstep(1.0 - side * away / length), weights)
        out[frame] = weights
    return out
