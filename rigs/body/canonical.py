# SPDX-License-Identifier: GPL-3.0-or-later
"""The form in which the model sees motion: one skeleton, 20 fps, floor at 0, start at the origin facing +Z."""

from __future__ import annotations

import numpy as np

from .resample import resample
from .skeleton import BONE_LENGTHS, FPS, INDEX, MIRROR, PARENTS

_LEGS = [INDEX[name] for name in ("left_knee", "right_knee", "left_ankle", "right_ankle")]


def to_skeleton(joints: np.ndarray) -> np.ndarray:
    """The same directions on the model's bone lengths, travel scaled with the length of the legs.

    Args:
        joints: (F, 22, 3) of any proportions, Y up.

    Returns:
        (F, 22, 3). The pelvis is scaled about the origin by the ratio of leg lengths, so that feet that
        stood on a floor at height h stand on one at h * ratio, and strides keep fitting the legs.
    """
    bones = joints - joints[:, list(PARENTS)]
    lengths = np.linalg.norm(bones, axis=-1)
    ratio = BONE_LENGTHS[_LEGS].sum() / np.median(lengths[:, _LEGS].sum(axis=1))
    result = np.empty(joints.shape, dtype=np.float64)
    result[:, 0] = joints[:, 0] * ratio
    for j in range(1, len(PARENTS)):
        result[:, j] = result[:, PARENTS[j]] + bones[:, j] / np.maximum(lengths[:, j : j + 1], 1e-9) * BONE_LENGTHS[j]
    return result


def floor_height(joints: np.ndarray) -> float:
    """Height of the ground under a take (F, 22, 3).

    The lowest joint is on the floor whenever the figure is not in the air, so the floor is a low quantile of
    its height; the minimum would follow single frames in which a toe goes through the floor.
    """
    return float(np.quantile(joints[..., 1].min(axis=1), 0.02))


def heading_fit(points: np.ndarray, targets: np.ndarray, axis: int | None = None) -> np.ndarray:
    """The turn about +Y, in radians, that brings points (..., 3) nearest to their targets, both about their means.

    Turned by a, a ground point (x, z) becomes (x cos a + z sin a, z cos a - x sin a). The sum of products with its
    target (u, v) is cos a sum(ux + vz) + sin a sum(uz - vx), which is largest, and the squared distance smallest, at
    a = atan2(sum(uz - vx), sum(ux + vz)). ``axis`` is what the sums run over, all by default.
    """
    x, _, z = np.moveaxis(points, -1, 0)
    u, _, v = np.moveaxis(targets, -1, 0)
    return np.arctan2((u * z - v * x).sum(axis=axis), (u * x + v * z).sum(axis=axis))


def facing(joints: np.ndarray) -> np.ndarray:
    """Heading (F,) in radians about +Y, 0 = facing +Z, positive = to the left, from hips and shoulders."""
    across = joints[:, INDEX["left_hip"]] - joints[:, INDEX["right_hip"]]
    across = across + joints[:, INDEX["left_shoulder"]] - joints[:, INDEX["right_shoulder"]]
    # forward = left-across x up: (ax, ., az) x (0, 1, 0) = (-az, ., ax)
    return np.arctan2(-across[:, 2], across[:, 0])


def turned(joints: np.ndarray, angle: float) -> np.ndarray:
    """Joints (..., 3) turned by ``angle`` radians about +Y (positive = to the left)."""
    c, s = np.cos(angle), np.sin(angle)
    return joints @ np.array([[c, 0.0, -s], [0.0, 1.0, 0.0], [s, 0.0, c]], dtype=joints.dtype)


def at_origin(joints: np.ndarray) -> np.ndarray:
    """Moved and turned so that in the first frame the pelvis is over the origin and the figure faces +Z."""
    start = joints[0, 0] * np.array([1.0, 0.0, 1.0], dtype=joints.dtype)
    return turned(joints - start, -float(facing(joints[:1])[0]))


def mirrored(joints: np.ndarray) -> np.ndarray:
    """Left and right swapped: X negated and the joints renamed."""
    return joints[..., list(MIRROR), :] * np.array([-1.0, 1.0, 1.0], dtype=joints.dtype)


def canonical_take(joints: np.ndarray, fps: float) -> np.ndarray:
    """A whole take on the model's skeleton at 20 fps with its floor at 0; place and heading are kept."""
    take = resample(to_skeleton(joints), fps, FPS)
    take = to_skeleton(take)  # in-between frames cut the corners of an arc by a millimetre or two
    take[..., 1] -= floor_height(take)
    return take


def canonical(joints: np.ndarray, fps: float) -> np.ndarray:
    """A clip as the model reads it: ``canonical_take`` and then ``at_origin``, float32 (F', 22, 3)."""
    return at_origin(canonical_take(joints, fps)).astype(np.float32)
