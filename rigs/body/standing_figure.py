# SPDX-License-Identifier: GPL-3.0-or-later
"""A figure that stands still: what motion made of nothing but prompts begins with."""

from __future__ import annotations

import numpy as np

from .skeleton import BONE_LENGTHS, JOINTS, PARENTS

_STANDING = {  # where each joint of the left side is from its parent; X to the left, Y up, Z forward
    "hip": (1.0, -0.6, 0.0),
    "knee": (0.0, -1.0, 0.0),
    "ankle": (0.0, -1.0, 0.0),
    "foot": (0.0, -0.35, 1.0),
    "collar": (1.0, 0.5, 0.0),
    "shoulder": (1.0, 0.0, 0.0),
    "elbow": (0.3, -1.0, 0.0),
    "wrist": (0.2, -1.0, 0.1),
}


def standing(frames: int) -> np.ndarray:
    """(F, 22, 3) float32, metres: a figure that stands at the origin, facing +Z."""
    joints = np.zeros((len(JOINTS), 3))
    for joint, parent in enumerate(PARENTS[1:], start=1):
        side, _, part = JOINTS[joint].partition("_")
        way = np.array(_STANDING[part] if part else (0.0, 1.0, 0.0)) * (-1.0 if side == "right" else 1.0, 1.0, 1.0)
        joints[joint] = joints[parent] + BONE_LENGTHS[joint] * way / np.linalg.norm(way)
    joints[:, 1] -= joints[:, 1].min()
    return np.repeat(joints[None], frames, axis=0).astype(np.float32)
