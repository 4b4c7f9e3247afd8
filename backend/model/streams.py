# SPDX-License-Identifier: GPL-3.0-or-later
"""Three views of the same motion: joints, bones and frame-to-frame motion, on normalised coordinates."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

# Parent of each joint on the bone stream's own tree, rooted at spine3 (joint 9), 0-based; the root is its own parent.
# The pelvis hangs from spine1 and the hips from the pelvis, so the tree runs from the chest outwards.
STREAM_PARENTS: tuple[int, ...] = (3, 0, 0, 6, 1, 2, 9, 4, 5, 9, 7, 8, 9, 9, 9, 12, 13, 14, 16, 17, 18, 19)


def bones(joints: Tensor) -> Tensor:
    """Child minus parent (B, F, 66) of joints (B, F, 66)."""
    points = joints.reshape(*joints.shape[:-1], -1, 3)
    return (points - points.index_select(-2, _parents(points.device))).flatten(-2)


@lru_cache(maxsize=8)
def _parents(device: torch.device) -> Tensor:
    """The tree's index (22,) on a device: as a tuple it would be copied there, and waited for, at every call."""
    return torch.tensor(STREAM_PARENTS, device=device)


def motion(joints: Tensor) -> Tensor:
    """x_t - x_(t-1) (B, F, 66) of joints (B, F, 66); the first frame is zero."""
    steps = joints[:, 1:] - joints[:, :-1]
    return torch.cat([torch.zeros_like(joints[:, :1]), steps], dim=1)
