# SPDX-License-Identifier: GPL-3.0-or-later
"""Constant bone lengths for joints made by a network."""

from __future__ import annotations

import numpy as np

from .skeleton import BONE_LENGTHS, PARENTS

SHORTEST = 1e-6  # metres; a bone shorter than this has no direction of its own


def fix_bone_lengths(joints: np.ndarray, lengths: np.ndarray = BONE_LENGTHS) -> np.ndarray:
    """The same directions on the bone ``lengths`` (22,), by default the model's.

    The tree is walked from the pelvis, which stays where it is; every child is put at its bone's length along its
    own direction. A bone without length points up.

    Args:
        joints: (..., 22, 3) metres.

    Returns:
        The same shape and dtype.
    """
    fixed = np.array(joints, dtype=np.float64)
    for child, parent in enumerate(PARENTS):
        if parent < 0:
            continue
        bone = joints[..., child, :].astype(np.float64) - joints[..., parent, :]
        length = np.linalg.norm(bone, axis=-1, keepdims=True)
        unit = np.where(length > SHORTEST, bone / np.maximum(length, SHORTEST), (0.0, 1.0, 0.0))
        fixed[..., child, :] = fixed[..., parent, :] + lengths[child] * unit
    return fixed.astype(joints.dtype)
